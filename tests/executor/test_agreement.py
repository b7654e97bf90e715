"""Agreement: random networks give the same on every placement and every engine."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from tests.executor.networks import (
    Network,
    Result,
    assert_same,
    random_network,
    run,
)
from tests.executor.running import in_threads

SEEDS = range(20)
CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(4)}


def drawn(seed: int) -> tuple[Network, dict[str, np.ndarray], list[np.ndarray]]:
    network = random_network(seed)
    rng = np.random.default_rng(seed)
    return network, network.values(rng), network.heads(rng)


def scattered(network: Network, seed: int, count: int = 4) -> dict[str, object]:
    """Return how to bind with every step on a random context."""
    draw = random.Random(seed)
    groups = [f"g{draw.randrange(count)}" for _ in network.steps]
    return {"groups": groups.__getitem__, "group2ctx": CONTEXTS}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_context_agrees_with_numpy(seed):
    network, values, heads = drawn(seed)
    assert_same(network.run(values, heads), network.evaluate(values, heads), 1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_double_precision_they_agree_closely(seed):
    network = random_network(seed, dtype="float64")
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    assert_same(network.run(values, heads), network.evaluate(values, heads), 1e-11)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_placement_gives_exactly_what_one_context_gives(seed):
    network, values, heads = drawn(seed)
    expected = network.run(values, heads)
    for count in (2, 4):
        how = scattered(network, seed + count, count)
        assert_same(network.run(values, heads, **how), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_naive_engine_gives_exactly_the_same(seed):
    network, values, heads = drawn(seed)
    how = scattered(network, seed)
    expected = network.run(values, heads, **how)
    with mx.engine.use(mx.engine.create("naive")):
        assert_same(network.run(values, heads, **how), expected)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_count_of_workers_changes_nothing(workers):
    for seed in range(6):
        network, values, heads = drawn(seed)
        how = scattered(network, seed)
        expected = network.run(values, heads, **how)
        engine = mx.engine.create("threaded", cpu_workers=workers)
        with engine, mx.engine.use(engine):
            assert_same(network.run(values, heads, **how), expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("spread", [False, True])
def test_requests_write_add_or_leave_out_gradients(seed, spread):
    network, values, heads = drawn(seed)
    draw = random.Random(seed)
    requests = {name: draw.choice(("write", "add", "null")) for name in values}
    how = scattered(network, seed) if spread else {}
    executor = network.bind(values, requests, **how)
    first, second = run(executor, heads), run(executor, heads)
    exact = network.evaluate(values, heads).gradients
    wanted = {name for name in values if requests[name] != "null"}
    assert set(first.gradients) == set(second.gradients) == wanted
    for name in wanted:
        once = 7 if requests[name] == "add" else 0  # gradients start at 7
        twice = once + exact[name] if requests[name] == "add" else 0
        for found, before in ((first, once), (second, twice)):
            np.testing.assert_allclose(
                found.gradients[name], before + exact[name], rtol=1e-4, atol=1e-4
            )


@pytest.mark.parametrize("seed", range(6))
def test_null_leaves_the_gradients_array_alone(seed):
    network, values, heads = drawn(seed)
    untouched = {n: mx.nd.full(v.shape, 5) for n, v in values.items()}
    arrays = {n: mx.nd.array(v) for n, v in values.items()}
    executor = network.symbol().bind(mx.cpu(), arrays, untouched, "null")
    run(executor)
    executor.backward([mx.nd.array(h) for h in heads])
    assert all((g.asnumpy() == 5).all() for g in untouched.values())


@pytest.mark.parametrize("seed", range(8))
def test_runs_repeat_exactly_without_waiting_between_them(seed):
    network, values, heads = drawn(seed)
    executor = network.bind(values, **scattered(network, seed))
    expected = run(executor, heads)
    grads = [mx.nd.array(h) for h in heads]
    for _ in range(5):
        executor.forward(is_train=True)
        executor.backward(grads)
    again = Result(
        [x.asnumpy() for x in executor.outputs],
        {n: g.asnumpy() for n, g in executor.grad_dict.items()},
    )
    assert_same(again, expected)


@pytest.mark.parametrize("seed", range(6))
def test_every_forward_sees_the_values_it_was_given(seed):
    network, values, _ = drawn(seed)
    executor = network.bind(values, "null", **scattered(network, seed))
    rng = np.random.default_rng(seed)
    given = [network.values(rng) for _ in range(4)]
    # Outputs are copied out asynchronously, before the next forward overwrites them.
    copies = [[x.copy() for x in executor.forward(**new)] for new in given]
    for new, outputs in zip(given, copies, strict=True):
        expected = network.evaluate(new, network.heads(rng)).outputs
        for found, wanted in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(found.asnumpy(), wanted, rtol=1e-4, atol=1e-4)


def test_two_threads_may_share_an_executor():
    network, values, heads = drawn(5)
    executor = network.bind(values, **scattered(network, 5))
    expected = run(executor, heads)

    def work() -> None:
        for _ in range(30):
            executor.forward(is_train=True)
            executor.backward([mx.nd.array(h) for h in heads])

    in_threads(2, work)
    assert_same(run(executor, heads), expected)


def test_executors_of_one_symbol_do_not_disturb_each_other():
    network, values, heads = drawn(7)
    symbol = network.symbol()
    rng = np.random.default_rng(0)
    cases = [values, network.values(rng), network.values(rng)]
    grads = [{n: mx.nd.zeros(v.shape) for n, v in c.items()} for c in cases]
    executors = [
        symbol.bind(mx.cpu(), {n: mx.nd.array(v) for n, v in case.items()}, grad)
        for case, grad in zip(cases, grads, strict=True)
    ]
    for _ in range(3):
        for executor in executors:
            executor.forward(is_train=True)
        for executor in executors:
            executor.backward([mx.nd.array(h) for h in heads])
    for case, executor in zip(cases, executors, strict=True):
        found = Result(
            [x.asnumpy() for x in executor.outputs],
            {n: g.asnumpy() for n, g in executor.grad_dict.items()},
        )
        assert_same(found, network.evaluate(case, heads), 1e-4)


def test_threads_may_bind_and_run_executors_of_one_symbol_at_once():
    network, values, heads = drawn(11)
    expected = network.run(values, heads)

    def work() -> Result:
        return network.run(values, heads, **scattered(network, 11))

    for result in in_threads(4, work):
        assert_same(result, expected)


def test_arguments_may_be_shared_by_two_executors():
    x = mx.sym.Variable("x")
    shared = mx.nd.array([1.0, 2.0])
    first = mx.sym.square(x).bind(mx.cpu(), {"x": shared})
    second = mx.sym.negative(x).bind(mx.cpu(), {"x": shared})
    for value in range(20):
        shared[:] = value
        one, other = first.forward()[0].copy(), second.forward()[0].copy()
        assert one.asnumpy().tolist() == [value * value] * 2
        assert other.asnumpy().tolist() == [-value] * 2


def test_an_output_may_feed_another_executor():
    x = mx.sym.Variable("x")
    first = mx.sym.square(x).bind(mx.cpu(), {"x": mx.nd.array([3.0])})
    second = mx.sym.negative(x).bind(mx.cpu(1), {"x": first.outputs[0]})
    for value in range(1, 20):
        first.forward(x=mx.nd.array([float(value)]))
        assert second.forward()[0].asscalar() == -value * value
