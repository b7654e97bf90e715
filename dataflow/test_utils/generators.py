"""Checks that random numbers follow the distribution that they should."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, MissingPackageError

Generator = Callable[[int], Any]


def mean_check(
    generator: Generator, mu: float, sigma: float, nsamples: int = 1000000
) -> bool:
    """Tell whether a sample's mean lies within three deviations of it.

    Parameters
    ----------
    generator : callable
        Takes a count and returns as many numbers.
    mu, sigma : float
        Mean and standard deviation of the distribution.
    nsamples : int
        Size of the sample.
    """
    mean = np.asarray(generator(nsamples), np.float64).mean()
    return bool(abs(mean - mu) < 3 * sigma / np.sqrt(nsamples))


def var_check(generator: Generator, sigma: float, nsamples: int = 1000000) -> bool:
    """Tell whether a sample's variance lies within three deviations of it.

    The parameters are those of `mean_check`; the distribution is a normal one.
    """
    variance = np.asarray(generator(nsamples), np.float64).var(ddof=1)
    deviation = np.sqrt(2 / (nsamples - 1)) * sigma**2
    return bool(abs(variance - sigma**2) < 3 * deviation)


def gen_buckets_probs_with_ppf(
    ppf: Callable[[float], float], nbuckets: int
) -> tuple[list[tuple[float, float]], list[float]]:
    """Return buckets that are equally likely, and their probabilities.

    Parameters
    ----------
    ppf : callable
        The inverse of the cumulative distribution function.
    nbuckets : int
        How many buckets.
    """
    if nbuckets < 1:
        raise ArgumentError(f"there must be 1 bucket or more, not {nbuckets}")
    bounds = [ppf(i / nbuckets) for i in range(nbuckets + 1)]
    return list(pairwise(bounds)), [1 / nbuckets] * nbuckets


def chi_square_check(
    generator: Generator,
    buckets: list[Any],
    probs: Sequence[float],
    nsamples: int = 1000000,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Test a sample by how many of it fall into each bucket.

    Parameters
    ----------
    generator : callable
        Takes a count and returns as many numbers.
    buckets : list of float, or of pairs of float
        Values of a discrete distribution; or ranges, in order, for a continuous one.
    probs : sequence of float
        The probability of each bucket; they sum to 1.
    nsamples : int
        Size of the sample.

    Returns
    -------
    tuple
        The probability of a deviation as large as this one, and the counts found and
        expected.
    """
    try:
        stats = import_module("scipy.stats")
    except ImportError as error:
        raise MissingPackageError("chi_square_check needs scipy; install it") from error
    if len(probs) != len(buckets):
        raise ArgumentError(f"{len(probs)} probabilities for {len(buckets)} buckets")
    samples = np.asarray(generator(nsamples)).reshape(-1)
    found = np.array([_count(samples, bucket) for bucket in buckets])
    expected = nsamples * np.asarray(probs, np.float64)
    # The test compares shares; what fell beside all buckets is not part of it.
    scaled = expected * found.sum() / expected.sum()
    return float(stats.chisquare(found, scaled).pvalue), found, expected.astype(int)


def _count(samples: np.ndarray, bucket: Any) -> int:
    if not isinstance(bucket, list | tuple):
        return int((samples == bucket).sum())
    low, high = bucket
    if low > high:
        raise ArgumentError(f"bucket {bucket} ends before it begins")
    return int(((samples >= low) & (samples < high)).sum())


def verify_generator(
    generator: Generator,
    buckets: list[Any],
    probs: Sequence[float],
    nsamples: int = 1000000,
    nrepeat: int = 5,
    success_rate: float = 0.2,
    alpha: float = 0.05,
) -> list[float]:
    """Raise AssertionError if too few of several samples pass `chi_square_check`.

    Parameters
    ----------
    generator, buckets, probs, nsamples
        As in `chi_square_check`.
    nrepeat : int
        How many samples.
    success_rate : float
        The share of them that must pass.
    alpha : float
        A sample passes if its probability is above this.

    Returns
    -------
    list of float
        The samples' probabilities.
    """
    results = [
        chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)
    ]
    chances = [chance for chance, _, _ in results]
    passed = sum(chance > alpha for chance in chances)
    if passed < nrepeat * success_rate:
        counts = [found.tolist() for _, found, _ in results]
        raise AssertionError(
            f"only {passed} of {nrepeat} samples pass: probabilities {chances}, counts "
            f"{counts}, where {results[0][2].tolist()} were expected in {buckets}"
        )
    return chances
