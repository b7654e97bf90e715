"""Modules on several contexts: what is split, what is merged, and the same results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataflow as mx
from dataflow.module.splitting import groups_by_context, merge, part, split_batch
from tests.module.calls import batch, parameters, ready, trained
from tests.module.networks import batches, first_parameters, lenet, mlp
from tests.module.test_module import values

WORKLOADS = st.lists(st.integers(1, 5), min_size=1, max_size=5)


@given(st.integers(1, 60), WORKLOADS)
def test_every_sample_goes_to_one_context(batch_size, workloads):
    try:
        slices = split_batch(batch_size, workloads)
    except ValueError:
        # rounded up for the others, nothing may be left for the last one
        assert batch_size < len(workloads) * sum(workloads)
        return
    samples = [i for s in slices for i in range(batch_size)[s]]
    assert samples == list(range(batch_size))
    assert len(slices) == len(workloads)
    assert all(s.stop > s.start for s in slices)


@given(st.integers(5, 20), WORKLOADS, st.integers(-1, 2))
def test_merging_undoes_splitting(batch_size, workloads, axis):
    shape = [2, 3, 2]
    if axis >= 0:
        shape[axis] = batch_size
    array = mx.nd.array(np.arange(np.prod(shape)).reshape(shape))
    pieces = [part(array, s, axis) for s in split_batch(batch_size, [1] * 3)]
    (joined,) = merge([pieces], [axis])
    assert (joined.asnumpy() == array.asnumpy()).all()


def learned(network, contexts, kvstore="local", epochs=2, workloads=None, **settings):
    build, shape = {"mlp": (mlp, (9,)), "lenet": (lenet, (1, 8, 8))}[network]
    symbol = build(mx)
    arguments, states = first_parameters(mx, symbol, shape)
    module = mx.mod.Module(
        symbol, context=[mx.cpu(i) for i in range(contexts)], work_load_list=workloads
    )
    module.fit(
        batches(mx, shape, count=48),
        arg_params=arguments,
        aux_params=states,
        kvstore=kvstore,
        num_epoch=epochs,
        optimizer_params={"learning_rate": 0.1, "momentum": 0.9, **settings},
    )
    return values(module)


@pytest.mark.parametrize("kvstore", ["local", "device"])
@pytest.mark.parametrize("workloads", [None, [1, 3]])
def test_two_contexts_learn_what_one_learns(kvstore, workloads):
    one = learned("mlp", 1)
    two = learned("mlp", 2, kvstore, workloads=workloads)
    for name, value in one.items():  # sums of gradients are rounded otherwise
        np.testing.assert_allclose(two[name], value, rtol=1e-4, atol=1e-6)


def test_whoever_updates_it_is_the_same(monkeypatch):
    on_store = learned("mlp", 3)
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", "0")
    beside = learned("mlp", 3)
    for name, value in on_store.items():
        # each context updates alone, and get_params takes the mean of three
        np.testing.assert_allclose(beside[name], value, rtol=1e-5, atol=1e-7)


def test_a_training_on_several_contexts_repeats_exactly():
    first, second = (learned("lenet", 3, epochs=1) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)


def test_groups_of_operators_go_to_further_contexts():
    with mx.AttrScope(ctx_group="front"):
        net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=12, name="fc1")
    with mx.AttrScope(ctx_group="back"):
        net = mx.sym.FullyConnected(net, num_hidden=4, name="fc2")
    net = mx.sym.SoftmaxOutput(net, name="softmax")
    groups = {"front": [mx.cpu(2), mx.cpu(3)], "back": mx.cpu(4)}
    found = []
    for group2ctxs in (None, groups):
        module = mx.mod.Module(
            net, context=[mx.cpu(0), mx.cpu(1)], group2ctxs=group2ctxs
        )
        module.fit(
            batches(mx, (9,)), arg_params=parameters(mx), aux_params={}, num_epoch=2
        )
        found.append(values(module))
    assert all((found[0][name] == found[1][name]).all() for name in found[0])
    executors = module._exec_group.execs
    places = [e.arg_dict["fc1_weight"].context for e in executors]
    assert places == [mx.cpu(2), mx.cpu(3)]


def test_groups_that_do_not_fit_are_refused():
    assert groups_by_context({"a": [mx.cpu(1)]}, 2) == [{"a": mx.cpu(1)}] * 2
    with pytest.raises(AssertionError, match="has 3 contexts; the module has 2"):
        groups_by_context({"a": [mx.cpu(1)] * 3}, 2)
    with pytest.raises(AssertionError, match="1 dicts for 2 contexts"):
        groups_by_context([{}], 2)
    with pytest.raises(AssertionError, match="not 3"):
        groups_by_context(3, 2)


def test_parameters_that_are_set_are_not_lost_on_the_store():
    module = trained(mx, {"learning_rate": 0.0}, context=[mx.cpu(0), mx.cpu(1)])
    assert module._update_on_kvstore
    module.set_params({"fc2_bias": mx.nd.ones(4)}, {}, allow_missing=True)
    module.forward_backward(batch(mx))
    module.update()
    found = values(module)
    assert (found["fc2_bias"] == 1).all()
    module.set_params(parameters(mx), {})
    module.forward_backward(batch(mx))
    module.update()
    np.testing.assert_allclose(values(module)["fc2_bias"], [0.3, 0.1, 0.2, 0])


def test_a_list_holds_a_batch_for_each_context():
    module = ready(mx, context=[mx.cpu(0), mx.cpu(1)])
    whole = batch(mx, 6)
    module.forward(whole, is_train=True)
    together = module.get_outputs()[0].asnumpy()
    halves = [
        mx.io.DataBatch([whole.data[0][i : i + 3]], [whole.label[0][i : i + 3]])
        for i in (0, 3)
    ]
    module.forward(halves, is_train=True)
    np.testing.assert_array_equal(module.get_outputs()[0].asnumpy(), together)
    metric = mx.metric.create("acc")
    module.update_metric(metric, [half.label for half in halves], pre_sliced=True)
    assert metric.num_inst == 6
    with pytest.raises(ValueError, match="a list of 3 batches for 2 contexts"):
        module.forward([halves[0]] * 3)


def test_states_are_split_and_merged():
    net = mx.sym.Variable("data") + mx.sym.Variable("state")
    module = mx.mod.Module(
        mx.sym.MakeLoss(net),
        label_names=None,
        state_names=["state"],
        context=[mx.cpu(0), mx.cpu(1)],
    )
    module.bind([("data", (4, 2))])
    module.init_params()
    whole = mx.nd.array(np.arange(8).reshape(4, 2))
    module.set_states([whole])
    assert (module.get_states()[0].asnumpy() == whole.asnumpy()).all()
    pieces = module.get_states(merge_multi_context=False)
    assert [piece.context for piece in pieces[0]] == [mx.cpu(0), mx.cpu(1)]
    module.set_states(value=3)
    assert (module.get_states()[0].asnumpy() == 3).all()
    with pytest.raises(AssertionError, match="either states or a value"):
        module.set_states()


def test_samples_may_lie_along_another_axis():
    data = mx.sym.Variable("data", __layout__="TNC")
    net = mx.sym.BlockGrad(data * 2, name="out")
    net._set_attr(__layout__="TNC")
    module = mx.mod.Module(net, label_names=None, context=[mx.cpu(0), mx.cpu(1)])
    module.bind([mx.io.DataDesc("data", (3, 4, 2), layout="TNC")])
    module.init_params()
    array = np.arange(24).reshape(3, 4, 2)
    module.forward(mx.io.DataBatch([mx.nd.array(array)]))
    assert [o.shape for o in module.get_outputs(False)[0]] == [(3, 2, 2)] * 2
    assert (module.get_outputs()[0].asnumpy() == array * 2).all()
    assert module.output_shapes == [("out_output", (3, 4, 2))]
