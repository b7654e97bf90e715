"""Executors with constants compute what they compute without, to the last bit."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow.executor import compiling, memory_report
from dataflow.graph import folding, pipeline
from dataflow.graph.folding import Folded
from dataflow_ops.kernels import backends
from tests.executor.running import replace_kernel

SHAPE = (3, 4)
UNARY = ("exp", "tanh", "square", "sign", "negative", "zeros_like", "ones_like")
PAIRS = ("broadcast_add", "broadcast_sub", "broadcast_mul", "broadcast_maximum")


@pytest.fixture(autouse=True)
def _fresh_plans():
    compiling._plans.clear()
    yield
    compiling._plans.clear()


def from_nothing(draw: random.Random) -> mx.sym.Symbol:
    kind = draw.randrange(5)
    if kind == 0:
        return mx.sym.zeros(SHAPE)
    if kind == 1:
        return mx.sym.ones((1, 4))
    if kind == 2:
        return mx.sym.full(SHAPE, draw.choice((-1.5, 0.25, 2)))
    if kind == 3:
        return mx.sym.arange(0, 12).reshape(SHAPE) * 0.1
    return mx.sym.eye(3, 4)


def random_symbol(seed: int) -> mx.sym.Symbol:
    """Return a symbol of which about half is known; each value has one shape."""
    draw = random.Random(seed)
    known = [whole(from_nothing(draw))]
    open_ = [mx.sym.Variable("a"), mx.sym.Variable("b")]
    for _ in range(20):
        side = draw.choice((known, open_))
        kind = draw.choice((*UNARY, "pair", "pair", "mixed", "new", "split", "shape"))
        first, second = draw.choice(side[-4:]), draw.choice(side)
        if kind == "new":
            known.append(whole(from_nothing(draw)))
        elif kind == "split":
            parts = mx.sym.SliceChannel(first, num_outputs=2, axis=1)
            side.append(mx.sym.Concat(parts[1], parts[draw.randrange(2)], dim=1))
        elif kind == "shape":
            count = mx.sym.size_array(draw.choice(open_)).astype("float32")
            known.append(whole(count.reshape((1, 1)) / 4))
        elif kind == "pair":
            side.append(getattr(mx.sym, draw.choice(PAIRS))(first, second))
        elif kind == "mixed":
            both = draw.choice(known), draw.choice(open_[-4:])
            open_.append(getattr(mx.sym, draw.choice(PAIRS))(*both))
        else:
            side.append(getattr(mx.sym, kind)(mx.sym.clip(first, a_min=-2, a_max=2)))
    ends = mx.sym.broadcast_add(open_[-1], known[-1]), open_[-2], known[-2]
    return mx.sym.Group([mx.sym.tanh(value * 0.25) for value in ends])


def whole(small: mx.sym.Symbol) -> mx.sym.Symbol:
    return mx.sym.broadcast_to(small, shape=SHAPE)


def results(symbol: mx.sym.Symbol) -> tuple[list[np.ndarray], mx.Executor]:
    """Bind, run twice both ways, and return outputs and gradients."""
    names = symbol.list_arguments()
    executor = symbol.simple_bind(mx.cpu(), **dict.fromkeys(names, SHAPE))
    rng = np.random.default_rng(0)
    for name in names:
        executor.arg_dict[name][:] = mx.nd.array(rng.uniform(-1, 1, SHAPE))
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones(x.shape) * 2 for x in executor.outputs])
    found = [*executor.outputs, *executor.grad_arrays]
    return [x.asnumpy() for x in found], executor


def unfolded(symbol: mx.sym.Symbol) -> list[np.ndarray]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "fold", lambda graph, compute: Folded(graph))
        compiling._plans.clear()
        found = results(symbol)[0]
        compiling._plans.clear()
    return found


@pytest.mark.parametrize("seed", range(25))
def test_folded_is_unfolded(monkeypatch, seed):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    symbol = random_symbol(seed)
    found, executor = results(symbol)
    for mine, plain in zip(found, unfolded(symbol), strict=True):
        assert mine.tobytes() == plain.tobytes()
    assert executor.plan_report().folded > 0


def masked() -> mx.sym.Symbol:
    """Return data under a causal mask that follows from nothing."""
    rows = mx.sym.arange(0, 4).reshape((4, 1))
    columns = mx.sym.arange(0, 4).reshape((1, 4))
    mask = mx.sym.broadcast_greater(columns, rows) * -1e9
    return mx.sym.broadcast_add(mx.sym.Variable("x"), mask, name="masked")


def test_what_is_known_is_not_run_again(monkeypatch):
    runs: list[int] = []

    def count(call):
        runs.append(1)
        call.outputs[0][...] = np.arange(4)

    replace_kernel(monkeypatch, "_arange", count)
    executor = masked().simple_bind(mx.cpu(), x=(4, 4))
    assert len(runs) <= 2  # one where simplify finds that they are the same
    before = len(runs)
    for _ in range(3):
        executor.forward()
        mx.nd.waitall()
    assert len(runs) == before
    expected = np.where(np.arange(4) > np.arange(4)[:, None], np.float32(-1e9), 0)
    np.testing.assert_array_equal(executor.outputs[0].asnumpy(), expected)


def test_reports_tell_of_constants():
    executor = masked().simple_bind(mx.cpu(), x=(4, 4), grad_req="null")
    report = executor.plan_report()
    assert report.folded == 5
    assert list(report.constants.values()) == [64]
    assert report.variables == 1
    assert "folding: 5 operators computed at binding, 64 B kept" in str(report)
    told = masked().memory_report(x=(4, 4), grad_req="null")
    assert (told.arguments, told.constants) == (64, 64)
    assert told.total_bytes == 64 + 64 + 64 + told.planned_bytes
    assert "constants" in str(told)
    plain = mx.sym.exp(mx.sym.Variable("x")).memory_report(x=(2,))
    assert plain.constants == 0
    assert "constants" not in str(plain)


def test_fusion_switched_off_folds_nothing(monkeypatch):
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    report = masked().simple_bind(mx.cpu(), x=(4, 4)).plan_report()
    assert (report.folded, report.constants) == (0, {})


def test_a_memory_budget_folds_nothing():
    executor = masked().simple_bind(mx.cpu(), x=(4, 4), memory_budget=10**6)
    assert executor.plan_report().folded == 0


def test_a_monitor_sees_what_is_folded():
    executor = masked().simple_bind(mx.cpu(), x=(4, 4))
    seen: dict[str, np.ndarray] = {}
    executor.set_monitor_callback(
        lambda name, array: seen.update({name: array.asnumpy()})
    )
    executor.forward()
    assert sum(name.startswith("_arange") for name in seen) == 2
    assert len(seen) == 7


def test_executors_of_one_plan_share_constants():
    symbol = masked()
    first, second = (symbol.simple_bind(mx.cpu(), x=(4, 4)) for _ in range(2))
    for executor in (first, second):
        executor.arg_dict["x"][:] = 1
        executor.forward()
    np.testing.assert_array_equal(*(e.outputs[0].asnumpy() for e in (first, second)))
    assert first._compiled is second._compiled


@pytest.mark.parametrize("other", [mx.cpu(1), mx.sim(0)])
def test_constants_lie_where_they_are_read(other):
    with mx.AttrScope(ctx_group="one"):
        known = mx.sym.arange(0, 4).reshape((4, 1)) * 2
        here = mx.sym.broadcast_add(mx.sym.Variable("x"), known)
    with mx.AttrScope(ctx_group="two"):
        there = mx.sym.broadcast_mul(here, known)
    groups = {"one": mx.cpu(0), "two": other}
    executor = there.simple_bind(mx.cpu(), group2ctx=groups, x=(4, 2))
    executor.arg_dict["x"][:] = 1
    for _ in range(2):
        out = executor.forward(is_train=True)[0]
        executor.backward([mx.nd.ones(out.shape, ctx=out.context)])
    column = 2 * np.arange(4, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(out.asnumpy(), np.tile((1 + column) * column, 2))
    gradient = executor.grad_dict["x"].asnumpy()
    np.testing.assert_array_equal(gradient, np.tile(column, 2))
    assert executor.plan_report().copies == 2  # of what is computed, there and back


def test_a_constant_that_stays_too_large_crosses_contexts(monkeypatch):
    monkeypatch.setattr(folding, "MOST_BYTES", 16)  # room for one of the two
    with mx.AttrScope(ctx_group="one"):
        known = mx.sym.full((4,), 3)
        here = mx.sym.Variable("x") + known
    with mx.AttrScope(ctx_group="two"):
        there = here * known
    groups = {"one": mx.cpu(0), "two": mx.cpu(1)}
    executor = there.simple_bind(mx.cpu(), group2ctx=groups, x=(4,), grad_req="null")
    executor.arg_dict["x"][:] = 1
    assert executor.forward()[0].asnumpy().tolist() == [12] * 4
    assert len(executor.plan_report().constants) == 1


def test_a_failure_stays_where_the_user_runs_it():
    index = mx.sym.full((2,), 9)
    bad = mx.sym.take(mx.sym.ones((3, 4)), index, mode="raise", name="bad")
    executor = mx.sym.broadcast_add(bad, mx.sym.Variable("x")).simple_bind(
        mx.cpu(), x=(2, 4)
    )
    executor.forward()
    with pytest.raises(mx.MXNetError, match="bad"):
        executor.outputs[0].asnumpy()


def test_a_custom_operator_on_constants_is_run_every_time():
    runs: list[int] = []

    class Count(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            runs.append(1)
            self.assign(out_data[0], req[0], in_data[0])

    @mx.operator.register("counted_for_folding")
    class CountProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Count()

    known = mx.sym.Custom(mx.sym.ones((2,)), op_type="counted_for_folding")
    executor = (known + mx.sym.Variable("x")).simple_bind(
        mx.cpu(), x=(2,), grad_req="null"
    )
    for _ in range(3):
        executor.forward()
        mx.nd.waitall()
    assert len(runs) == 3


def test_every_draw_from_known_parameters_is_another():
    drawn = mx.sym.random.normal(mx.sym.zeros((64,)), mx.sym.ones((64,)))
    executor = (drawn + mx.sym.Variable("x")).simple_bind(
        mx.cpu(), x=(64,), grad_req="null"
    )
    first, second = (executor.forward()[0].asnumpy() for _ in range(2))
    assert (first != second).any()


def test_a_reshaped_executor_has_constants_of_its_shapes():
    x = mx.sym.Variable("x")
    symbol = mx.sym.broadcast_add(x, mx.sym.shape_array(x).astype("float32"))
    executor = symbol.simple_bind(mx.cpu(), x=(3, 2), grad_req="null")
    other = executor.reshape(x=(5, 2), partial_shaping=True, allow_up_sizing=True)
    other.arg_dict["x"][:] = 0
    executor.arg_dict["x"][:] = 0
    assert other.forward()[0].asnumpy()[0].tolist() == [5, 2]
    assert executor.forward()[0].asnumpy()[0].tolist() == [3, 2]


def test_memory_reports_count_each_context(monkeypatch):
    with mx.AttrScope(ctx_group="one"):
        known = mx.sym.full((4,), 3)
        here = mx.sym.Variable("x") + known
    with mx.AttrScope(ctx_group="two"):
        there = here * known
    groups = {"one": mx.cpu(0), "two": mx.cpu(1)}
    told = there.memory_report(group2ctx=groups, x=(4,), grad_req="null")
    assert isinstance(told, memory_report.MemoryReport)
    assert told.constants == 32
