"""Programs replaced between two runs, when kernels cost other than they did."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import dataflow as mx
from dataflow.executor import dividing, sampling
from dataflow.executor.lowering import Lowering
from dataflow.executor.watching import Drift, Watch, drift
from dataflow.graph.node import Node
from dataflow.graph.parallel import Division, as_division
from dataflow_engine import ThreadedEngine
from tests.executor.networks import assert_same, random_network, run
from tests.executor.running import TIMEOUT, Faulty, in_threads, replace_kernel

EVERY = 6
BRANCHES = 6
CHEAP, DEAR = 1.0, 100.0


class Priced(Watch):
    """A watch on which every kernel takes what the test says."""

    us_of: Callable[[str], float]

    def timed(self, node: Node, thunk: Callable[[], Any]) -> Callable[[], Any]:
        self._kernels += 1

        def run() -> None:
            thunk()
            self.note(node, Priced.us_of(node.name))

        return run


def price(us_of: Callable[[str], float]) -> None:
    Priced.us_of = staticmethod(us_of)  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look often at costs that the test says, on a machine of three cores."""
    monkeypatch.setattr(dividing, "EVERY", EVERY)
    monkeypatch.setattr(dividing, "CORES", 3)
    monkeypatch.setattr(sampling, "Watch", Priced)
    monkeypatch.delenv("DATAFLOW_PARALLEL", raising=False)
    monkeypatch.setattr(
        dividing, "thread_counts", lambda order: {s.context: 3 for s in order.segments}
    )
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        yield


def branches() -> mx.Executor:
    """Bind branches of two operators each, which are added up at the end."""
    ends = []
    for i in range(BRANCHES):
        data, weight = mx.sym.Variable(f"data{i}"), mx.sym.Variable(f"weight{i}")
        ends.append(mx.sym.dot(mx.sym.sin(data, name=f"f{i}"), weight, name=f"d{i}"))
    shapes = {f"{n}{i}": (3, 3) for n in ("data", "weight") for i in range(BRANCHES)}
    made = mx.sym.add_n(*ends, name="sum").simple_bind(mx.cpu(), **shapes)
    for i in range(BRANCHES):
        made.arg_dict[f"data{i}"][:] = np.arange(9).reshape(3, 3) / 9 + i
        made.arg_dict[f"weight{i}"][:] = np.eye(3)
    return made


def look(executor: mx.Executor, step: Callable[[], Any] | None = None) -> None:
    """Run until costs have been looked at once more."""
    seen = executor._divider.decisions
    for _ in range(200):
        (step or executor.forward)()
        mx.nd.waitall()
        if executor._divider.decisions > seen:
            return
    raise AssertionError("costs are not looked at")


def threads(executor: mx.Executor) -> list[int]:
    return [len(d.parts) for d in executor._compiled.divisions.values()]


def test_only_what_drifts_twofold_and_matters_is_told():
    a, b, c = (Node(None, name) for name in "abc")
    before = {a: 100.0, b: 50.0, c: 1.0}
    assert drift(before, before) is None
    assert drift(before, {a: 190.0, b: 95.0, c: 1.0}) is None
    assert drift(before, {a: 100.0, b: 50.0, c: 9.0}) is None
    assert drift(before, {a: 100.0, b: 50.0, c: 40.0}) == (c, 1.0, 40.0)
    assert drift(before, {a: 100.0, b: 25.0, c: 1.0}) == (b, 50.0, 25.0)
    assert drift(before, {a: 300.0, b: 50.0, c: 1.0}) == (None, 151.0, 351.0)
    assert drift(before, {a: 20.0, b: 20.0, c: 1.0}) == (None, 151.0, 41.0)


def test_costs_that_are_not_known_from_before_are_no_drift():
    a, b = Node(None, "a"), Node(None, "b")
    assert drift({a: 100.0}, {a: 100.0, b: 1000.0}) is None
    assert drift({a: 100.0, b: 1000.0}, {a: 100.0}) is None
    assert drift({}, {a: 100.0}) is None
    assert drift({a: 0.0}, {a: 0.0}) is None


def test_a_program_is_given_up_taken_up_and_divided_anew():
    price(lambda name: CHEAP)
    executor = branches()
    look(executor)
    expected = executor.outputs[0].asnumpy()
    assert threads(executor) == []
    assert "one thread" in str(executor.plan_report())

    price(lambda name: DEAR)  # taken up for the first time
    look(executor)
    assert threads(executor) == [3]
    taken_up = executor._compiled.divisions
    report = str(executor.plan_report())
    assert "3 threads, predicted" in report
    assert "all operators took 13 us when it was last divided and now 1300" in report
    assert "divided anew" in report

    price(lambda name: 10 * DEAR if name == "d0" else DEAR / 2)  # one branch is long
    look(executor)
    assert threads(executor)
    assert executor._compiled.divisions != taken_up
    assert "operator 'd0' took 100 us" in str(executor.plan_report())

    price(lambda name: CHEAP)  # and given up
    look(executor)
    assert threads(executor) == []
    assert "one thread" in str(executor.plan_report())
    np.testing.assert_array_equal(executor.forward()[0].asnumpy(), expected)


def test_costs_that_stay_change_nothing():
    price(lambda name: DEAR)
    executor = branches()
    look(executor)
    lowering, notes = executor._lowering, executor.plan_report().division
    price(lambda name: 1.5 * DEAR)
    for _ in range(3):
        look(executor)
    assert executor._lowering is lowering
    assert notes[0].split(";")[0] in str(executor.plan_report())


def test_a_drift_that_asks_for_the_same_keeps_the_program():
    price(lambda name: DEAR)
    executor = branches()
    look(executor)
    lowering = executor._lowering
    price(lambda name: 10 * DEAR)
    look(executor)
    assert executor._lowering is lowering
    assert "it stays as it was" in str(executor.plan_report())
    look(executor)  # that is what costs are compared with from now on
    assert executor._divider._every == EVERY


def test_costs_that_go_up_and_down_are_asked_for_seldom():
    price(lambda name: DEAR)
    executor = branches()
    look(executor)
    for number in range(10):
        price(lambda name, dear=number % 2: DEAR if dear else CHEAP)
        look(executor)
    assert executor._divider._every == dividing.SELDOM * EVERY


def test_few_runs_are_measured_and_those_by_one_thread(monkeypatch):
    price(lambda name: DEAR)
    measured = []
    plan = Lowering.plan

    def noting(self, **how):
        made = plan(self, **how)
        if how.get("timed") is not None:
            measured.append(made)
        return made

    monkeypatch.setattr(Lowering, "plan", noting)
    monkeypatch.setattr(dividing, "EVERY", 50)
    executor = branches()
    look(executor)
    assert len(measured) == 1
    replayed = []
    replay = executor._replay
    executor._replay = lambda first, plan: (replayed.append(plan), replay(first, plan))
    look(executor)
    assert len(measured) == 2
    assert sum(plan is measured[1] for plan in replayed) == sampling.WATCHED
    assert len(replayed) >= 50
    contests = executor._lowering.contests
    assert sum(map(len, contests.values())) == 1  # none for what was measured


def test_the_mode_of_most_runs_is_measured(monkeypatch):
    price(lambda name: DEAR)
    modes = []
    plan = Lowering.plan

    def noting(self, **how):
        if how.get("timed") is not None and not how["backward"]:
            modes.append(how["is_train"])
        return plan(self, **how)

    monkeypatch.setattr(Lowering, "plan", noting)
    executor = branches()
    count = iter(range(10_000))
    look(executor, lambda: executor.forward(is_train=True))
    look(executor, lambda: executor.forward(is_train=next(count) % 6 == 0))
    look(executor, lambda: executor.forward(is_train=next(count) % 6 != 0))
    assert modes == [True, False, True]


def test_a_kernel_that_fails_while_it_is_measured_decides_nothing(monkeypatch):
    faulty = Faulty()
    faulty.broken = False
    replace_kernel(monkeypatch, "sin", faulty)
    price(lambda name: DEAR)
    executor = branches()
    look(executor)
    assert threads(executor)
    price(lambda name: CHEAP)
    faulty.broken = True

    def failing() -> None:
        executor.forward()
        with pytest.raises(mx.MXNetError, match="operator sin 'f"):
            executor.outputs[0].asnumpy()

    look(executor, failing)
    assert threads(executor)
    faulty.broken = False
    look(executor)
    assert not threads(executor)


def test_no_memory_for_another_program_leaves_the_old_one(monkeypatch):
    price(lambda name: CHEAP)
    executor = branches()
    expected = executor.forward()[0].asnumpy()
    look(executor)
    lowering = executor._lowering
    price(lambda name: DEAR)

    def refuse(*_: Any, **__: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Lowering, "divided", refuse)
        look(executor)
        assert executor._lowering is lowering
        assert not threads(executor)
        assert "no memory" in str(executor.plan_report())
        np.testing.assert_array_equal(executor.forward()[0].asnumpy(), expected)
    with monkeypatch.context() as patch:  # and when its kernels are bound
        price(lambda name: 10 * DEAR)
        bind = Lowering._bind_all
        patch.setattr(
            Lowering,
            "_bind_all",
            lambda self, *a: bind(self, *a) if self is lowering else refuse(),
        )
        look(executor)
        assert executor._lowering is lowering
    price(lambda name: 100 * DEAR)
    look(executor)
    assert threads(executor)
    np.testing.assert_array_equal(executor.forward()[0].asnumpy(), expected)


def test_runs_in_flight_end_with_the_program_that_they_began_with(monkeypatch):
    gate, began = threading.Event(), threading.Event()
    gate.set()

    def gated(invocation: Any) -> None:
        began.set()
        assert gate.wait(TIMEOUT)
        np.copyto(invocation.outputs[0], invocation.inputs[0])

    replace_kernel(monkeypatch, "sin", gated)
    price(lambda name: DEAR)
    executor = branches()
    look(executor)
    lowering = executor._lowering
    price(lambda name: CHEAP)
    watched: list[Watch] = []
    monkeypatch.setattr(
        dividing, "drift", lambda before, now: watched.append(now) or Drift(None, 1, 2)
    )
    for _ in range(5 * EVERY):  # measured, and not yet decided
        executor._run(lowering, [], backward=False, is_train=False)
        mx.nd.waitall()
    assert executor._divider.knows(lowering)
    began.clear()
    gate.clear()
    copies = []

    def given(value: float) -> None:
        values = mx.nd.full((3, 3), value)
        executor.forward(**{f"data{i}": values for i in range(BRANCHES)})
        copies.append(executor.outputs[0].copy())

    executor._run(lowering, [], backward=False, is_train=False)  # held at the gate
    assert began.wait(TIMEOUT)
    given(1.0)  # decides, and is pushed behind it
    assert executor._lowering is not lowering
    given(2.0)
    assert watched
    gate.set()
    for copy, value in zip(copies, (1.0, 2.0), strict=True):
        np.testing.assert_array_equal(copy.asnumpy(), np.full((3, 3), BRANCHES * value))


@pytest.fixture
def dividing_anew(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Divide at random, or not at all, whenever costs are looked at."""
    price(lambda name: DEAR)
    draw = random.Random(0)

    def divide(
        costs: Sequence[float], needs: Sequence[Sequence[int]], threads: int
    ) -> Division:
        count = draw.randint(1, threads)
        return as_division([draw.randrange(count) for _ in costs], costs, needs)

    monkeypatch.setattr(dividing, "drift", lambda before, now: Drift(None, 1.0, 2.0))
    monkeypatch.setattr(dividing, "SELDOM", 1)
    monkeypatch.setattr(dividing, "divide", divide)
    monkeypatch.setattr(dividing, "SHORTEST_US", 0.0)
    monkeypatch.setattr(dividing, "LEAST_GAIN", 1.0)
    monkeypatch.setattr(dividing, "LEAST_SAVED", -math.inf)
    monkeypatch.setattr(Division, "pays", property(lambda self: len(self.parts) > 1))
    monkeypatch.setattr("dataflow_engine.contest.WORTH", math.inf)
    return draw


CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(2)}


@pytest.mark.parametrize("contexts", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_results_are_those_of_one_thread_across_programs(
    seed, contexts, dividing_anew, monkeypatch
):
    """Outputs, and gradients that are written or added."""
    network = random_network(seed, size=16)
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    draw = random.Random(seed)
    where = [f"g{draw.randrange(contexts)}" for _ in network.steps]
    requests = {n: draw.choice(("write", "add", "null", "write")) for n in values}
    made = {}
    for said in ("auto", "0"):
        monkeypatch.setenv("DATAFLOW_PARALLEL", said)
        made[said] = network.bind(values, requests, where.__getitem__, CONTEXTS)
    programs = set()
    for number in range(60):
        here = heads if number % 5 else ()  # now and then without backward
        assert_same(run(made["auto"], here), run(made["0"], here))
        programs.add(made["auto"]._lowering.number)
        programs.add(id(made["auto"]._lowering))
    assert made["auto"]._divider.decisions >= 4
    assert len(programs) > 3


@pytest.mark.parametrize("seed", range(3))
def test_failures_in_the_middle_of_a_swap_are_told_and_forgotten(
    seed, dividing_anew, monkeypatch
):
    """The run before a swap fails, or the one right after it."""
    faulty = Faulty()
    replace_kernel(monkeypatch, "sin", faulty)
    monkeypatch.setattr(sampling, "GIVE_UP", EVERY)  # what fails is not measured
    faulty.broken = False
    executor = branches()
    expected = executor.forward()[0].asnumpy()
    draw = random.Random(seed)
    swaps = 0
    for _ in range(100):
        before = executor._lowering
        faulty.broken = draw.random() < 0.3
        executor.forward()
        swaps += executor._lowering is not before
        if faulty.broken:
            with pytest.raises(mx.MXNetError, match="operator sin 'f"):
                executor.outputs[0].asnumpy()
        else:
            np.testing.assert_array_equal(executor.outputs[0].asnumpy(), expected)
        mx.nd.waitall()
    assert swaps > 3


def test_threads_that_share_an_executor_never_mix_two_programs(dividing_anew):
    network = random_network(1, size=16)
    rng = np.random.default_rng(1)
    executor = network.bind(network.values(rng), "write")
    arrays = [mx.nd.array(head) for head in network.heads(rng)]
    executor.forward(is_train=True)
    expected = [x.asnumpy() for x in executor.outputs]
    executor.backward(arrays)
    gradients = [x.asnumpy() for x in executor.grad_arrays]

    def work() -> None:
        for _ in range(40):
            executor.forward(is_train=True)
            executor.backward(arrays)
            mx.nd.waitall()

    in_threads(2, work)
    assert executor._divider.decisions > 3
    for array, value in zip(
        (*executor.outputs, *executor.grad_arrays),
        (*expected, *gradients),
        strict=True,
    ):
        np.testing.assert_array_equal(array.asnumpy(), value)


def test_a_monitor_and_backward_keep_to_what_ran_forward(dividing_anew):
    """Backward comes after a forward of another program, or of a monitored run."""
    network = random_network(2, size=16)
    rng = np.random.default_rng(2)
    executor = network.bind(network.values(rng), "write")
    arrays = [mx.nd.array(head) for head in network.heads(rng)]
    executor.forward(is_train=True)
    executor.backward(arrays)
    expected = [x.asnumpy() for x in executor.grad_arrays]
    for number in range(50):
        executor.set_monitor_callback(None if number % 4 else lambda name, array: None)
        executor.forward(is_train=True)
        executor.set_monitor_callback(None)
        executor.backward(arrays)
        mx.nd.waitall()
        for array, value in zip(executor.grad_arrays, expected, strict=True):
            np.testing.assert_array_equal(array.asnumpy(), value)
    assert executor._divider.decisions > 3
