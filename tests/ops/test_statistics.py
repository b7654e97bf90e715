"""Mean and variance of channels: to all digits, however they are computed."""

import numpy as np
import pytest

from dataflow_ops.kernels import backends
from dataflow_ops.kernels.onednn import statistics

SHAPES = [(4, 5, 9, 9), (2, 64, 16, 16), (3, 48, 47, 41), (2, 130, 40, 40)]
COMPILED = backends.missing("numba") is None


def images(shape, mean, last):
    random = np.random.default_rng(len(shape) + shape[1])
    values = random.normal(mean, 2, shape).astype("float32")
    return np.moveaxis(np.moveaxis(values, 1, -1).copy(), -1, 1) if last else values


def computed(data):
    found = np.empty((2, data.shape[1]), "float32")
    statistics.bind_statistics(data, *found)()
    return found


@pytest.fixture(params=[False, True] if COMPILED else [False])
def compiles(request, monkeypatch):
    monkeypatch.setattr(statistics, "_compiles", lambda: request.param)
    monkeypatch.setattr(statistics, "_COMPILED", 0)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("mean", [0.0, -3.0, 4000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_means_far_from_zero_cost_no_digits(compiles, shape, mean, last):
    data = images(shape, mean, last)
    exact = data.astype("float64")
    found = computed(data)
    np.testing.assert_allclose(found[0], exact.mean((0, 2, 3)), 1e-6, 1e-6)
    np.testing.assert_allclose(found[1], exact.var((0, 2, 3)), 1e-5)


def test_the_first_rows_may_be_unlike_the_others(compiles):
    data = images((2, 32, 40, 40), 0.0, last=True)
    data[0, :, :2] += 1000
    exact = data.astype("float64")
    found = computed(data)
    np.testing.assert_allclose(found[0], exact.mean((0, 2, 3)), 1e-5)
    np.testing.assert_allclose(found[1], exact.var((0, 2, 3)), 1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_seen_in_the_mean(compiles, value):
    data = images((2, 32, 40, 40), 0.0, last=True)
    data[1, 7, 3, 3] = value
    with np.errstate(invalid="ignore"):
        mean = computed(data)[0]
    assert not np.isfinite(mean[7])
    assert np.isfinite(np.delete(mean, 7)).all()


@pytest.mark.parametrize("last", [False, True])
def test_results_do_not_depend_on_the_cores(compiles, monkeypatch, last):
    data = images((3, 48, 47, 41), 1.0, last)
    assert data.size >= statistics._LARGE
    found = []
    for count in (1, 2):
        monkeypatch.setattr(statistics, "cores", lambda count=count: count)
        found.append(computed(data))
    np.testing.assert_array_equal(*found)
