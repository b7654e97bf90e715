"""Fused groups' kernels: tiles, halves on two cores, functions, generated modules."""

from __future__ import annotations

import builtins
import itertools
import math
import sys
import threading

import numpy as np
import pytest
from scipy import special

from dataflow_ops.attributes import Attributes
from dataflow_ops.fused import BROADCAST, ELEMENTWISE, NAME, Program, Reduction, Step
from dataflow_ops.kernels import backends, cores, numba
from dataflow_ops.kernels.numba import functions, modules, reductions
from dataflow_ops.kernels.numba.expressions import _TABLE
from dataflow_ops.kernels.table import Invocation, Request, lookup, quiet
from dataflow_ops.kernels.tiles import collapsed, tile_of, tile_shape, tiles
from dataflow_ops.registry import find, names

# Tiles


@pytest.mark.parametrize("count", [1, 2, 5, 7, 24, 1000])
@pytest.mark.parametrize("shape", [(1,), (10,), (3, 4), (2, 3, 4), (5, 1, 7)])
def test_tiles_cover_every_element_once(shape, count):
    seen = np.zeros(shape, int)
    for tile in tiles(shape, count):
        seen[tile] += 1
        assert seen[tile].shape == tile_shape(shape, tile)
        assert seen[tile].size <= max(count, 1)
    assert (seen == 1).all()


def test_a_tile_of_a_broadcast_array_keeps_its_short_axes():
    array = np.arange(4).reshape(1, 4)
    (tile, *_) = tiles((3, 4), 2)
    assert tile_of(array, (3, 4), tile).tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("shapes", "merged"),
    [
        ([(2, 3, 4), (2, 3, 4)], (24,)),
        ([(2, 3, 4), (1, 3, 4)], (2, 12)),
        ([(2, 3, 4), (3, 1)], (2, 3, 4)),
        ([(2, 3, 4), (4,)], (6, 4)),
        ([(2, 3, 4), (1, 1, 1)], (24,)),
        ([(1, 1)], (1,)),
        ([()], (1,)),
    ],
)
def test_axes_that_run_on_are_merged(shapes, merged):
    arrays = [np.zeros(shape) for shape in shapes]
    shape, views = collapsed(shapes[0], arrays)
    assert shape == merged
    for view, array in zip(views, arrays, strict=True):
        assert np.broadcast_shapes(view.shape, shape) == shape
        assert np.shares_memory(view, array)


def test_axes_come_in_the_order_of_memory():
    turned = np.zeros((4, 5)).T
    assert collapsed((5, 4), [turned, turned])[0] == (20,)
    assert collapsed((5, 4), [turned, np.zeros((5, 4))])[0] == (4, 5)
    every_second = np.zeros((6, 4))[::2]
    assert collapsed((3, 4), [every_second])[0] == (3, 4)


# Two cores


def test_both_halves_run_once_on_whatever_threads():
    ran = []
    both = cores.Halves(lambda: ran.append(1), lambda: ran.append(2))
    for _ in range(100):
        ran.clear()
        both()
        assert sorted(ran) == [1, 2]


def test_a_busy_helper_is_not_waited_for(monkeypatch):
    class Busy:
        def take(self, offer):
            pass

    monkeypatch.setattr(cores, "_helpers", Busy())
    ran = []
    cores.Halves(lambda: ran.append(1), lambda: ran.append(2))()
    assert ran == [1, 2]


def test_halves_run_side_by_side():
    met = threading.Barrier(2)
    cores.Halves(lambda: met.wait(20), lambda: met.wait(20))()


def test_a_failure_of_either_half_is_raised_when_both_have_ended():
    ran = []

    def broken():
        raise ZeroDivisionError

    for halves in ((broken, lambda: ran.append(2)), (lambda: ran.append(1), broken)):
        with pytest.raises(ZeroDivisionError):
            cores.Halves(*halves)()
    assert ran == [2, 1]


# Functions: plain Python, so they are tried without a compiler, too


def computed(function, values):
    with np.errstate(all="ignore"):
        return np.array([function(np.float32(value)) for value in values], np.float32)


def ulps(found, expected):
    expected = np.asarray(expected, np.float64)
    unit = np.spacing(np.abs(expected).astype(np.float32)).astype(np.float64)
    return np.max(np.abs(found.astype(np.float64) - expected) / unit)


RANGES = {
    "exp": np.linspace(-87, 88.5, 3001),
    "log": np.concatenate([np.geomspace(1e-37, 1e37, 2000), np.linspace(0.5, 2, 999)]),
    "tanh": np.concatenate([np.linspace(-10, 10, 2001), np.geomspace(1e-30, 1, 500)]),
    "log1p": np.concatenate([np.linspace(-0.999, 9, 2001), np.geomspace(1e-30, 1, 99)]),
    "expm1": np.concatenate([np.linspace(-30, 80, 2001), np.geomspace(1e-30, 1, 99)]),
    "erf": np.concatenate([np.linspace(-6, 6, 2001), np.geomspace(1e-30, 1, 99)]),
}


@pytest.mark.parametrize("name", RANGES)
def test_functions_are_right_to_a_few_units_in_the_last_place(name):
    values = RANGES[name].astype(np.float32)
    found = computed(getattr(functions, name), values)
    exact = special.erf if name == "erf" else getattr(np, name)
    limit = 2 if name in ("exp", "log") else 6
    assert ulps(found, exact(values.astype(np.float64))) <= limit


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(("exp", v, e) for v, e in ((200, math.inf), (-200, 0), (0, 1))),
        *(("exp", v, e) for v, e in ((math.inf, math.inf), (-math.inf, 0))),
        *(("log", v, e) for v, e in ((0, -math.inf), (math.inf, math.inf), (1, 0))),
        ("log", -1, math.nan),
        *(("tanh", v, e) for v, e in ((math.inf, 1), (-math.inf, -1), (0, 0))),
        *(("log1p", v, e) for v, e in ((-1, -math.inf), (math.inf, math.inf), (0, 0))),
        *(("expm1", v, e) for v, e in ((-math.inf, -1), (math.inf, math.inf), (0, 0))),
        *(("expm1", v, e) for v, e in ((-200, -1), (200, math.inf))),
        *(("erf", v, e) for v, e in ((-math.inf, -1), (math.inf, 1), (0, 0))),
        *((name, math.nan, math.nan) for name in RANGES),
    ],
)
def test_functions_at_their_ends(name, value, expected):
    (found,) = computed(getattr(functions, name), [value])
    np.testing.assert_allclose(found, expected, rtol=3e-7, atol=1e-30)


def test_denormal_numbers():
    found = computed(functions.exp, [-95, -100])
    np.testing.assert_allclose(found, np.exp([-95.0, -100.0]), rtol=0.05)
    found = computed(functions.log, [1e-40])
    np.testing.assert_allclose(found, np.log(1e-40), rtol=1e-4)


# Generated modules


def test_a_module_is_written_once_and_mended(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAFLOW_CACHE", str(tmp_path))
    monkeypatch.setattr(modules, "_folder", modules._folder.__wrapped__)
    text = "kernel = 7\n"
    load = modules.imported.__wrapped__
    assert load(text).kernel == 7
    (path,) = (tmp_path / "kernels").glob("*.py")
    path.write_text("kernel = 8\n")  # half written, or somebody's
    assert load(text).kernel == 7
    assert path.read_text() == text
    assert load("kernel = 9\n").kernel == 9


def test_a_folder_that_others_write_to_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAFLOW_CACHE", str(tmp_path))
    folder = tmp_path / "kernels"
    folder.mkdir()
    folder.chmod(0o777)
    assert modules._folder.__wrapped__() != folder


BY_ACTIVATION = {"softrelu", "_backward_softrelu"}  # are no operators of their own


def test_compiled_operators_exist_and_may_be_fused():
    compiled = _TABLE.keys() - BY_ACTIVATION
    assert compiled <= names().keys()
    assert compiled <= ELEMENTWISE | BROADCAST


def test_a_numba_that_cannot_be_imported_is_done_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.warns(RuntimeWarning, match="NumPy computes"):
        assert not modules.is_usable.__wrapped__()


def test_without_numba_it_says_so(monkeypatch):
    monkeypatch.setattr(numba, "find_spec", lambda name: None)
    assert "pip install" in numba.missing()
    monkeypatch.delenv("DATAFLOW_BACKEND", raising=False)
    assert "numba" not in backends.available.__wrapped__()


# Compiled expressions

SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-40, -3e38, 1.0, -0.7, 2.5, 30.0]
CLIP = {"a_min": -1.0, "a_max": 2.0}


def parameters(name):
    if "clip" in name:
        return CLIP
    if "Activation" in name:
        return {"act_type": "softrelu"}
    return {"scalar": -0.7} if name.endswith("_scalar") else {}


def program_of(operators, shape):
    """Return one program of all these operators, each on the first values."""
    steps, made = [], 3
    for name in operators:
        operator = find(name)
        attributes = operator.parse(parameters(name))
        count = len(operator.output_names(attributes))
        reads = tuple(range(len(operator.input_names(attributes))))
        steps.append(Step(name, attributes, reads, tuple(range(made, made + count))))
        made += count
    dtypes = (np.dtype(np.float32),) * made
    return Program(shape, (shape,) * 3, dtypes, tuple(steps), tuple(range(3, made)))


def outputs_of(backend, program, inputs):
    outputs = tuple(np.zeros(program.shape, np.float32) for _ in program.outputs)
    requests = (Request.WRITE,) * len(outputs)
    call = Invocation(np, Attributes({"program": program}), inputs, outputs, requests)
    quiet(lookup(backend, NAME).bind(call))()
    return outputs


@pytest.mark.skipif(numba.missing() is not None, reason="Numba is not installed")
@pytest.mark.parametrize("part", [0, 1, 2])
def test_compiled_expressions_agree_with_the_reference(part, monkeypatch):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    operators = sorted(_TABLE.keys() - BY_ACTIVATION)[part::3]
    operators += ["Activation", "_backward_Activation"] if part == 0 else []
    values = np.array(list(itertools.product(SPECIAL, repeat=2)), np.float32).T
    inputs = (*np.ascontiguousarray(values), np.ascontiguousarray(values[0][::-1]))
    program = program_of(operators, inputs[0].shape)
    found = outputs_of("numba", program, inputs)
    expected = outputs_of("reference", program, inputs)
    names = [step.operator for step in program.steps for _ in step.writes]
    for name, mine, theirs in zip(names, found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-6, atol=2e-38, err_msg=name)


# Reductions


@pytest.mark.parametrize(("side", "of_nan"), [("upper", "max"), ("lower", "min")])
def test_whole_numbers_keep_the_order_of_floats(side, of_nan):
    values = np.array([v for v in SPECIAL if v == v], np.float32)
    keys = [int(getattr(reductions, side)(value)) for value in values]
    told = [float(reductions.number(np.int32(key))) for key in keys]
    np.testing.assert_array_equal(told, values)
    assert sorted(range(len(keys)), key=keys.__getitem__) == list(
        np.lexsort((~np.signbit(values), values))
    )
    beyond = int(getattr(reductions, side)(np.float32(math.nan)))
    assert {*keys, beyond} - {getattr(builtins, of_nan)(*keys, beyond)} == set(keys)
    assert math.isnan(reductions.number(np.int32(beyond)))


LYING = {
    "contiguous": lambda x: x,
    "turned": lambda x: np.ascontiguousarray(x.T).T,
    "channels last": lambda x: np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1),
    "with gaps": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
}


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
@pytest.mark.parametrize("lying", LYING)
@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_reductions_of_arrays_that_lie_in_any_way(monkeypatch, axes, lying, request_):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    source = np.random.default_rng(1)
    shape, kept = (
        (6, 70, 5),
        tuple(1 if i in axes else d for i, d in enumerate((6, 70, 5))),
    )
    x = LYING[lying](source.normal(size=shape).astype(np.float32))
    square = Step("square", find("square").parse({}), (0,), (1,))
    ends = (
        Reduction("sum", "mean", axes, 1, 2, kept),
        Reduction("max", "", axes, 0, 3, kept),
    )
    single = (np.dtype(np.float32),) * 4
    program = Program(shape, (shape,), single, (square,), (1, 2, 3), ends, (0, 1, 2))
    exact = x.astype(np.float64)
    expected = (
        exact**2,
        (exact**2).mean(axis=axes, keepdims=True),
        exact.max(axis=axes, keepdims=True),
    )
    for backend in ("reference", "numba") if not numba.missing() else ("reference",):
        outputs = tuple(np.ones_like(array, np.float32) for array in expected)
        requests = (Request.WRITE, request_, request_)
        call = Invocation(np, Attributes({"program": program}), (x,), outputs, requests)
        quiet(lookup(backend, NAME).bind(call))()
        for number, (found, right) in enumerate(zip(outputs, expected, strict=True)):
            added = 1 if number and request_ is Request.ADD else 0
            np.testing.assert_allclose(found, right + added, rtol=1e-5)
