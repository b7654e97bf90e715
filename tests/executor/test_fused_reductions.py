"""Groups that end in reductions compute what the same graphs compute node by node."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends
from tests.executor.elementwise import EMITTERS, Program, assert_alike, run, use

OPERATORS = (
    *("sum", "mean", "max", "min", "prod", "nansum", "nanprod", "square_sum"),
    *("norm1", "norm2"),
)
AXES = (None, (0,), (1,), (2,), (-1, -2), (0, 2), (0, 1))


@pytest.fixture(params=EMITTERS)
def emitter(request, monkeypatch):
    use(monkeypatch, request.param)
    return request.param


def groups(executor: mx.Executor) -> list[list[str]]:
    graph = executor._compiled.graph
    return [[node.name for node in nodes] for nodes in graph.groups.values()]


def reduced(name: str, x: mx.sym.Symbol, **how: object) -> mx.sym.Symbol:
    if name.startswith("norm"):
        return mx.sym.norm(x, ord=int(name[-1]), name=name, **how)
    function = {"square_sum": "_internal._square_sum"}.get(name, name)
    found = mx.sym
    for part in function.split("."):
        found = getattr(found, part)
    return found(x, name=name, **how)


def plain(program: Program, **how: object) -> list[np.ndarray]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATAFLOW_FUSION", "0")
        patch.setattr(backends, "available", lambda: ("reference",))
        return run(program, **how)[0]


def program(
    symbol: mx.sym.Symbol, shapes: dict[str, tuple[int, ...]], dtype: str = "float32"
) -> Program:
    source = np.random.default_rng(5)
    values = {
        name: source.uniform(0.5, 1.5, shapes[name]).astype(dtype)
        for name in symbol.list_arguments()
    }
    _, outputs, _ = symbol.infer_shape(**shapes)
    heads = [source.uniform(-1, 1, shape).astype(dtype) for shape in outputs]
    return Program(symbol, values, heads)


def check(wanted: Program, request: str = "write", tolerance: float = 1e-5) -> list:
    found, executor = run(wanted, request)
    assert_alike(found, plain(wanted, request=request), tolerance)
    return groups(executor)


# Every reduction, over whatever axes


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("name", OPERATORS)
def test_a_group_ends_in_a_reduction(monkeypatch, name, axes):
    number = OPERATORS.index(name) + AXES.index(axes)
    use(monkeypatch, "reference", tile=(16, 64, 1 << 16)[number % 3])
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    how = {"keepdims": bool(number % 2)} | ({"axis": axes} if axes else {})
    symbol = reduced(name, mx.sym.broadcast_mul(x * 1.5, y, name="product"), **how)
    wanted = program(symbol, {"x": (3, 4, 5), "y": (1, 4, 1)})
    found = check(wanted, ("write", "add")[number % 2])
    assert any(name in group and "product" in group for group in found)


@pytest.mark.skipif("numba" not in EMITTERS, reason="Numba is not installed")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axes", [None, (1,), (0,), (0, 2)])
def test_compiled_groups_end_in_reductions(monkeypatch, axes, dtype):
    """All in one symbol, in four groups, so that little is to be compiled."""
    use(monkeypatch, "numba")
    x = mx.sym.Variable("x")
    how = {"axis": axes} if axes else {}
    symbol = mx.sym.Group([reduced(n, x * 1.5, **how) for n in OPERATORS])
    found = check(program(symbol, {"x": (3, 70, 5)}, dtype), tolerance=2e-5)
    assert {name for group in found for name in group} >= set(OPERATORS)


@pytest.mark.parametrize("name", ["max", "min", "sum", "nansum"])
@pytest.mark.parametrize("axis", [0, 1])
def test_numbers_that_are_none(emitter, name, axis):
    values = np.ones((3, 40), "float32")
    values[0, 7] = np.nan
    values[1, 3], values[2, 2] = np.inf, -np.inf
    values[1, 5] = -np.nan
    x = mx.sym.Variable("x")
    symbol = reduced(name, mx.sym.negative(x), axis=axis)
    executor = symbol.bind(mx.cpu(), {"x": mx.nd.array(values)})
    assert groups(executor)
    (found,) = executor.forward()
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(-values, axis=axis)
    np.testing.assert_array_equal(found.asnumpy(), expected)


def test_sums_are_as_right_as_those_of_single_precision_can_be(emitter):
    values = np.full(1 << 20, 0.1, "float32")
    values[0] = 1e6
    x = mx.sym.Variable("x")
    executor = mx.sym.sum(x * 1).bind(mx.cpu(), {"x": mx.nd.array(values)})
    exact = values.astype("float64").sum()
    limit = {"reference": 1e-6, "numba": 1e-7}[emitter]  # tiles are of float32
    assert abs(executor.forward()[0].asnumpy()[0] / exact - 1) < limit


@pytest.mark.parametrize("axes", [None, 0, 1])
def test_the_order_does_not_depend_on_the_cores(emitter, monkeypatch, axes):
    values = np.random.default_rng(0).normal(size=(300, 70)).astype("float32")

    def computed(count: int) -> np.ndarray:
        for module in ("reference", "numba"):
            path = f"dataflow_ops.kernels.{module}.fused.cores"
            monkeypatch.setattr(path, lambda: count)
        how = {} if axes is None else {"axis": axes}
        symbol = mx.sym.sum(mx.sym.square(mx.sym.Variable("x")), **how)
        return symbol.bind(mx.cpu(), {"x": mx.nd.array(values)}).forward()[0].asnumpy()

    np.testing.assert_array_equal(computed(1), computed(2))


# What is written by hand


def softmax_loss() -> mx.sym.Symbol:
    x, label = mx.sym.Variable("x"), mx.sym.Variable("label")
    shifted = mx.sym.broadcast_sub(
        x, mx.sym.max(x, axis=1, keepdims=True, name="top"), name="shifted"
    )
    total = mx.sym.sum(
        mx.sym.exp(shifted, name="exp"), axis=1, keepdims=True, name="total"
    )
    chances = mx.sym.broadcast_sub(shifted, mx.sym.log(total), name="chances")
    taken = mx.sym.elemwise_mul(chances, label, name="taken")
    return mx.sym.negative(mx.sym.sum(taken, name="loss"))


def layer_norm() -> mx.sym.Symbol:
    x, gamma, beta = map(mx.sym.Variable, ("x", "gamma", "beta"))
    how = {"axis": -1, "keepdims": True}
    centered = mx.sym.broadcast_sub(
        x, mx.sym.mean(x, name="mean", **how), name="centered"
    )
    squares = mx.sym.square(centered, name="squares")
    deviation = mx.sym.sqrt(mx.sym.mean(squares, name="variance", **how) + 1e-5)
    normed = mx.sym.broadcast_div(centered, deviation, name="normed")
    scaled = mx.sym.broadcast_mul(normed, gamma, name="scaled")
    return mx.sym.broadcast_add(scaled, beta, name="shifted")


def squared_error() -> mx.sym.Symbol:
    a, x, b = map(mx.sym.Variable, "axb")
    error = mx.sym.broadcast_add(mx.sym.elemwise_mul(a, x, name="ax"), b, name="plus")
    return mx.sym.mean(mx.sym.square(error, name="square"), name="loss")


BY_HAND = (
    (
        softmax_loss,
        {"x": (6, 9), "label": (6, 9)},
        (("shifted", "exp", "total"), ("chances", "taken", "loss")),
    ),
    (
        layer_norm,
        {"x": (6, 8), "gamma": (8,), "beta": (8,)},
        (("centered", "squares", "variance"), ("normed", "scaled", "shifted")),
    ),
    (
        squared_error,
        {"a": (6, 8), "x": (6, 8), "b": (8,)},
        (("ax", "plus", "square", "loss"),),
    ),
)


@pytest.mark.parametrize(("symbol", "shapes", "expected"), BY_HAND)
def test_what_is_written_by_hand(emitter, symbol, shapes, expected):
    found = check(program(symbol(), shapes), tolerance=3e-5)
    assert set(expected) <= {tuple(group) for group in found}


def test_gradients_of_broadcasting_end_in_sums(emitter):
    wanted = program(layer_norm(), {"x": (6, 8), "gamma": (8,), "beta": (8,)})
    found, executor = run(wanted)
    assert_alike(found, plain(wanted), 3e-5)
    kinds = [node.operator.name for node in executor._compiled.graph.operators]
    assert not any(kind.startswith("_backward_broadcast") for kind in kinds)
    together = [set(group) for group in groups(executor)]
    assert any("shifted_backward_rhs" in group for group in together)


@pytest.mark.parametrize("shape", [(1, 4, 1), (4, 5), (5,), (1,), (1, 1), (3, 1, 5)])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_gradients_of_a_side_of_any_shape(monkeypatch, name, shape):
    use(monkeypatch, "reference")
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    left = getattr(mx.sym, f"broadcast_{name}")(mx.sym.tanh(x), y)
    right = getattr(mx.sym, f"broadcast_{name}")(y, mx.sym.exp(x))
    wanted = program(mx.sym.Group([left, right]), {"x": (3, 4, 5), "y": shape})
    check(wanted, "add" if len(shape) == 1 else "write")


def test_both_sides_of_a_sum_have_gradients_of_their_own(emitter):
    """The whole side's gradient is the given one: it is copied, not aliased."""
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    wanted = program(mx.sym.broadcast_add(x, y), {"x": (3, 4), "y": (3, 1)})
    check(wanted)
    check(wanted, "add")


# What users see


def test_the_report_names_the_reductions(emitter):
    x = mx.sym.Variable("x")
    symbol = mx.sym.mean(mx.sym.square(x, name="a"), name="b")
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", x=(40, 50))
    assert executor.plan_report().groups == {"a+b": ("a", "b")}


def test_what_lies_between_takes_no_memory(emitter):
    x = mx.sym.Variable("x")
    symbol = mx.sym.mean(mx.sym.square(x * 2, name="a"), name="loss")
    report = symbol.memory_report(grad_req="null", x=(400, 500))
    assert report.planned_bytes < 400 * 500 * 4
    assert report.names == ("_mulscalar0+a+loss",) or "a+loss" in report.names[0]


def test_a_failure_names_the_member(monkeypatch):
    use(monkeypatch, "reference")
    from tests.executor.running import Faulty, replace_kernel

    replace_kernel(monkeypatch, "abs", Faulty())
    x = mx.sym.Variable("x")
    symbol = mx.sym.norm(mx.sym.sin(x, name="before"), ord=1, name="culprit")
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", x=(40, 2))
    with pytest.raises(mx.errors.OperatorError, match=r"'culprit'.*reductions.py"):
        executor.forward()[0].asnumpy()
