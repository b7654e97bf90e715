"""GPUs: what is asked of CuPy gives what NumPy gives, through a stand-in for it.

The tests with the marker ``gpu`` do the same with CuPy itself, where there is a GPU.
"""

from __future__ import annotations

import itertools
import os
import random

import numpy as np
import pytest

import dataflow as mx
from dataflow import autograd
from dataflow.errors import ContextError
from dataflow.ndarray import NDArray
from dataflow.ndarray.imperative import invoke
from dataflow_ops.registry import find
from tests.devices import test_arrays
from tests.devices.test_arrays import values
from tests.executor.networks import assert_same, random_network, run
from tests.ops.cases import FAMILIES

HOST = mx.Context("cpu", 0)


SOME = 24 if "DATAFLOW_TEST_PROGRAMS" not in os.environ else 1  # every so many cases


@pytest.mark.usefixtures("gpus")
def test_they_are_counted():
    assert mx.num_gpus() == 2
    with pytest.raises(ContextError, match=r"gpu\(2\).*CUDA finds 2 devices"):
        mx.nd.zeros(2, ctx=mx.gpu(2))


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize("types", [("float32", "float32"), ("float64", "int32")])
def test_copies_between_all_places(types):
    places = [HOST, mx.cpu_pinned(), mx.gpu(0), mx.gpu(1), mx.sim(0)]
    value = np.arange(6).reshape(2, 3) + 0.5
    for here, there in itertools.product(places, places):
        target = mx.nd.zeros((2, 3), there, types[1])
        mx.nd.array(value, here, types[0]).copyto(target)
        np.testing.assert_array_equal(target.asnumpy(), value.astype(types[1]))


@pytest.mark.usefixtures("gpus", "reference")
def test_calls_give_what_they_give_on_the_host():
    for found, expected in zip(values(mx.gpu(1)), values(HOST), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.usefixtures("gpus", "reference")
@pytest.mark.parametrize("seed", range(8))
def test_any_placement_gives_the_same(seed):
    draw = random.Random(seed)
    network = random_network(seed, size=12)
    rng = np.random.default_rng(seed)
    inputs, heads = network.values(rng), network.heads(rng)
    requests = {name: draw.choice(("write", "add", "null")) for name in inputs}
    places = [HOST, mx.gpu(0), mx.gpu(1)]
    where = [f"g{draw.randrange(3)}" for _ in network.steps]
    groups = {f"g{i}": place for i, place in enumerate(places)}
    with HOST:
        one = network.bind(inputs, requests, where.__getitem__)
    with draw.choice(places):
        many = network.bind(inputs, requests, where.__getitem__, groups)
    for number in range(3):
        here = heads if number % 2 else ()
        assert_same(run(one, here), run(many, here))


def computed(case, context):
    """Return what an operator computes: outputs, states and gradients."""
    mx.random.seed(3)
    arrays = [mx.nd.array(x, context, x.dtype) for x in case.values().values()]
    for array in arrays:
        array.attach_grad()
    given = case.attributes if arrays else {"ctx": repr(context), **case.attributes}
    with autograd.record(train_mode=case.train):
        outputs = invoke(find(case.operator), arrays, given, None, NDArray)
    made = [*outputs, *arrays]
    if case.differentiable and outputs[0].source is not None:
        heads = case.head_gradients([x.shape for x in outputs])
        heads = [mx.nd.array(x, context, x.dtype) for x in heads]
        autograd.backward(outputs, heads)
        made += [array.grad for array in arrays]
    return [array.asnumpy() for array in made]


CASES = [case for cases in FAMILIES.values() for case in cases]
CASES = [
    case
    for case in CASES
    if case.inputs or "ctx" in {each.name for each in find(case.operator).attributes}
]


@pytest.mark.usefixtures("gpus", "reference")
@pytest.mark.parametrize("kind", ["naive"])
@pytest.mark.parametrize("part", range(8))
def test_operators_compute_what_they_compute_on_the_host(part):
    """Every 24th case, other ones for each part; all with an option."""
    for case in CASES[part * SOME // 8 :: SOME] if SOME > 1 else CASES[part::8]:
        pairs = zip(computed(case, mx.gpu(1)), computed(case, HOST), strict=True)
        for found, expected in pairs:
            np.testing.assert_array_equal(found, expected, err_msg=case.id)


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize("name", ["Mixed", "Awaited", "Old"])
def test_operators_of_the_users_own(name):
    executor = test_arrays.symbol(name).simple_bind(mx.gpu(0), x=(2,))
    executor.forward(is_train=True, x=[1, 2])
    executor.backward(mx.nd.ones(2))
    assert executor.outputs[0].asnumpy().tolist() == [12, 18]
    assert executor.grad_dict["x"].asnumpy().tolist() == [4, 4]


@pytest.mark.usefixtures("gpus")
def test_an_executor_takes_no_devices_of_two_types():
    x = mx.sym.Variable("x")
    with pytest.raises(ContextError, match=r"gpu\(0\) and sim\(0\)"):
        (x + 1).simple_bind(mx.gpu(0), x=(2,), group2ctx={"a": mx.sim(0)})


@pytest.mark.gpu
@pytest.mark.usefixtures("reference")
def test_a_real_gpu_gives_what_the_host_gives():
    for found, expected in zip(values(mx.gpu(0)), values(HOST), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.gpu
@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("part", range(8))
def test_operators_on_a_real_gpu(part):
    for case in CASES[part::8]:
        pairs = zip(computed(case, mx.gpu(0)), computed(case, HOST), strict=True)
        for found, expected in pairs:
            np.testing.assert_allclose(
                found, expected, rtol=1e-3, atol=1e-4, err_msg=case.id
            )
