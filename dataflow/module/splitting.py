"""Splitting batches among contexts, and merging what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dataflow import ndarray as nd
from dataflow.context import Context, cpu
from dataflow.errors import ArgumentError, UsageError
from dataflow.ndarray import NDArray

Arrays = Sequence[NDArray]
Groups = Mapping[str, Context] | None


def split_batch(batch_size: int, workloads: Sequence[float]) -> list[slice]:
    """Return the samples of each context, in proportion to its workload.

    Parameters
    ----------
    batch_size : int
        Samples in a batch.
    workloads : sequence of float
        How much each context takes, relative to the others. The last one takes what
        rounding leaves.

    Raises
    ------
    ArgumentError
        A context would get no sample.
    """
    total = sum(workloads)
    ends = [0]
    for workload in workloads[:-1]:
        ends.append(ends[-1] + round(workload * batch_size / total))
    ends.append(batch_size)
    for start, end in pairwise(ends):
        if start >= min(end, batch_size):
            raise ArgumentError(
                f"a batch of {batch_size} cannot be split among {len(workloads)} "
                f"contexts of workloads {list(workloads)} so that each gets a sample; "
                "use fewer contexts or larger batches"
            )
    return [slice(*pair) for pair in pairwise(ends)]


def part(array: Any, samples: slice, axis: int) -> Any:
    """Return the part of an array that holds some samples; all of it for no axis."""
    whole = axis < 0 or (samples.start, samples.stop) == (0, array.shape[axis])
    return array if whole else array[(slice(None),) * axis + (samples,)]


def merge(pieces: Sequence[Arrays], axes: Sequence[int]) -> list[NDArray]:
    """Join the pieces of each of several results along its axis of samples.

    Pieces of a result without such an axis are taken for equal: the first is returned.
    """
    return [_joined(p, axis) for p, axis in zip(pieces, axes, strict=True)]


def _joined(pieces: Arrays, axis: int) -> NDArray:
    if axis < 0 or len(pieces) == 1:
        return pieces[0]
    context = pieces[0].context
    return nd.concatenate([p.as_in_context(context) for p in pieces], axis=axis)


def mean(copies: Arrays) -> NDArray:
    """Return the mean of the copies of an array that several contexts have."""
    if len(copies) == 1:
        return copies[0]
    first, *others = (copy.copyto(cpu()) for copy in copies)
    for other in others:
        first += other
    return first / len(copies)


def groups_by_context(given: Any, count: int) -> list[Groups]:
    """Return, for each of `count` contexts of a module, a context by ``ctx_group``.

    Parameters
    ----------
    given : dict, list of dict, or None
        One mapping for each context, or one for all, in which a list stands for one
        context each.
    count : int
        How many contexts the module has.

    Raises
    ------
    UsageError
        It is something else, or a list has another length.
    """
    if given is None:
        return [None] * count
    if isinstance(given, list):
        if len(given) != count:
            raise UsageError(f"group2ctxs has {len(given)} dicts for {count} contexts")
        return given
    if not isinstance(given, Mapping):
        raise UsageError(
            "group2ctxs is a dict from ctx_group to context, or a list of such, one "
            f"for each context; not {given!r}"
        )
    spread = {group: _spread(group, given[group], count) for group in given}
    return [{g: each[number] for g, each in spread.items()} for number in range(count)]


def _spread(group: str, contexts: Any, count: int) -> list[Context]:
    each = [contexts] if isinstance(contexts, Context) else list(contexts)
    if len(each) == 1:
        return each * count
    if len(each) != count:
        raise UsageError(
            f"group2ctxs['{group}'] has {len(each)} contexts; the module has {count}"
        )
    return each
