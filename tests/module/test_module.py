"""A Module's own ways: shapes, sharing, and where it does better than MXNet's."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.module.executor_group import KEPT
from tests.module.calls import (
    LABEL,
    SHAPE,
    batch,
    bound,
    mlp,
    parameters,
    ready,
    trained,
)
from tests.module.networks import batches, first_parameters


def values(module):
    return {k: v.asnumpy() for params in module.get_params() for k, v in params.items()}


def test_rebinding_keeps_what_was_learned():
    module = trained(mx)
    before = {k: v.copy() for k, v in values(trained(mx)).items()}
    module.bind([("data", (2, 9))], [("softmax_label", (2,))], force_rebind=True)
    after = values(module)
    assert all((after[name] == value).all() for name, value in before.items())
    module.forward_backward(batch(mx, 2))
    module.update()
    assert not np.array_equal(values(module)["fc1_weight"], before["fc1_weight"])


def test_executors_of_recent_shapes_are_kept():
    module = ready(mx)
    first = module._exec_group.execs
    seen = {}
    for count in (2, 3, 2, 4, 3, 2):
        module.forward(batch(mx, count))
        executors = module._exec_group.execs
        assert seen.setdefault(count, executors) is executors
    assert seen[4] is first
    for count in range(5, 20):
        module.forward(batch(mx, count))
    assert len(module._exec_group._by_shape) == KEPT
    module.forward(batch(mx, 4))
    assert module._exec_group.execs is first


def test_a_batch_without_labels_may_have_another_size():
    module = ready(mx)
    module.forward(batch(mx, 7, label=False), is_train=False)
    assert module.get_outputs()[0].shape == (7, 4)
    assert module.label_shapes[0].shape == (7,)
    module.reshape([("data", (3, 9))])
    assert [x.shape for x in module.label_shapes] == [(3,)]


def test_a_batch_that_does_not_fit_changes_nothing():
    module = ready(mx)
    with pytest.raises(ValueError, match=r"'data' \(4, 8\).*'data' \(4, 9\)"):
        module.forward(batch(mx, width=8))
    assert module.data_shapes == [mx.io.DataDesc("data", (4, 9))]
    module.forward(batch(mx))
    with pytest.raises(ValueError, match="2 arrays of data; needed are 1: data"):
        module.forward(mx.io.DataBatch([mx.nd.ones((4, 9))] * 2))


def test_values_that_do_not_fit_change_nothing():
    module = ready(mx)
    before = values(module)
    given = parameters(mx) | {
        "fc2_weight": mx.nd.ones((3, 12)),
        "fc1_bias": mx.nd.ones(12),
    }
    with pytest.raises(ValueError, match="fc2_weight"):
        module.init_params(arg_params=given, force_init=True)
    assert (values(module)["fc1_bias"] == before["fc1_bias"]).all()


def test_data_may_be_numpy_arrays():
    module = ready(mx)
    module.forward(mx.io.DataBatch([np.ones((4, 9))], [np.zeros(4)]))
    assert module.get_outputs()[0].shape == (4, 4)


def test_predictions_are_copies_without_dropout():
    net = mx.sym.Dropout(mx.sym.Variable("data"), p=0.9)
    module = mx.mod.Module(net, label_names=None)
    module.bind([("data", (4, 3))])
    module.init_params()
    first = module.predict(np.ones((4, 3)))
    module.predict(np.zeros((4, 3)))
    assert (first.asnumpy() == 1).all()
    data = mx.io.NDArrayIter(np.arange(18).reshape(6, 3), batch_size=4)
    kept = [outputs[0] for outputs, _, _ in module.iter_predict(data)]
    assert kept[0].asnumpy().ravel().tolist() == list(range(12))
    assert kept[1].shape == (2, 3)


def test_only_the_batches_that_are_used_are_read():
    module = ready(mx)
    data = mx.io.NDArrayIter(np.arange(72).reshape(8, 9), np.zeros(8), 2)
    rows = [module.predict(data, num_batch=1, reset=first) for first in (True, False)]
    module.predict(data, num_batch=0, reset=False)
    assert (data.next().data[0].asnumpy()[0, 0]) == 36
    assert rows[0].shape == rows[1].shape == (2, 4)


def test_batches_with_different_counts_of_outputs_are_not_merged():
    class Odd(mx.mod.BaseModule):
        def forward(self, data_batch, is_train=None):
            self.outputs = data_batch.data * (2 - bool(data_batch.pad))

        def get_outputs(self, merge_multi_context=True):
            return self.outputs

    module = Odd()
    module.binded = module.params_initialized = True
    data = mx.io.NDArrayIter(np.ones((3, 2)), batch_size=2)
    with pytest.raises(AssertionError, match=r"\[1, 2\] outputs.*merge_batches=False"):
        module.predict(data)
    assert [len(each) for each in module.predict(data, merge_batches=False)] == [2, 1]


def test_parameters_are_shared_with_another_module():
    lender = trained(mx)
    module = mx.mod.Module(mlp(mx))
    module.bind([("data", (2, 9))], [("softmax_label", (2,))], shared_module=lender)
    for ours, theirs in zip(
        module._exec_group.param_arrays, lender._exec_group.param_arrays, strict=True
    ):
        assert ours[0] is theirs[0]
    ours, theirs = (m._exec_group.execs[0]._lowering.arenas for m in (module, lender))
    assert ours == theirs  # one arena for both
    assert module._optimizer is lender._optimizer


def other_mlp(hidden=12, name="fc1"):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=hidden, name=name)
    net = mx.sym.FullyConnected(net, num_hidden=4, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


@pytest.mark.parametrize(
    ("symbol", "says"),
    [
        (other_mlp(hidden=5), r"'fc1_weight' has shape \(5, 9\).*\(12, 9\)"),
        (other_mlp(name="fc9"), "'fc9_weight' is not in the module"),
    ],
)
def test_parameters_that_cannot_be_shared_are_named(symbol, says):
    module = mx.mod.Module(symbol)
    with pytest.raises(ValueError, match=says):
        module.bind(SHAPE, LABEL, shared_module=ready(mx))
    assert not module.binded


def test_names_that_are_wrong_are_suggested():
    with pytest.raises(ValueError, match="did you mean 'data'"):
        mx.mod.Module(mlp(mx), data_names=["dta"])
    with pytest.raises(KeyError, match=r"grad_req.*did you mean 'fc1_bias'"):
        bound(mx, binding={"grad_req": {"fc1_bas": "add"}})
    with pytest.warns(UserWarning, match="softmax_labl"):
        mx.mod.Module(mlp(mx), label_names=["softmax_labl"])
    with pytest.raises(TypeError, match="a Module runs a Symbol"):
        mx.mod.Module("net")


def test_gradients_are_added_up_when_asked_for():
    module = ready(mx, binding={"grad_req": {"fc1_weight": "add"}})
    sums = []
    for _ in range(2):
        module.forward_backward(batch(mx))
        grads = module._exec_group.execs[0].grad_dict
        sums.append([grads[name].asnumpy() for name in ("fc1_weight", "fc2_weight")])
    np.testing.assert_allclose(sums[1][0], 2 * sums[0][0], rtol=1e-5)
    np.testing.assert_allclose(sums[1][1], sums[0][1], rtol=1e-5)


def test_fit_reports_by_its_own_names():
    seen = []
    module = mx.mod.Module(mlp(mx))
    module.fit(
        batches(mx, (9,)),
        num_epoch=1,
        batch_end_callback=lambda told: seen.append(sorted(told.locals)),
    )
    assert {"self", "data_batch", "epoch", "nbatch", "eval_metric"} <= set(seen[0])


def test_rows_of_sparse_parameters_are_not_asked_for():
    module = ready(mx)
    with pytest.warns(UserWarning, match="no parameter is sparse"):
        module.prepare(batch(mx), sparse_row_id_fn=lambda data: {})


def test_a_training_continues_where_parameters_were_fixed():
    fixed = ["fc1_weight"]
    module = mx.mod.Module(mlp(mx), fixed_param_names=fixed)
    arguments, states = first_parameters(mx, mlp(mx), (9,))
    module.fit(batches(mx, (9,)), arg_params=arguments, aux_params=states, num_epoch=1)
    after = values(module)
    assert (after["fc1_weight"] == arguments["fc1_weight"].asnumpy()).all()
    assert (after["fc1_bias"] != arguments["fc1_bias"].asnumpy()).any()


def test_labels_can_be_measured_that_were_not_bound():
    module = mx.mod.Module(mlp(mx))
    with pytest.warns(UserWarning, match="label_shapes are of nothing"):
        module.bind(SHAPE, for_training=False)
    module.init_params()
    (name, value), *_ = module.score(batches(mx, (9,), batch_size=4), "acc")
    assert name == "accuracy"
    assert 0 <= value <= 1


def test_inputs_are_checked_by_name_and_layout():
    with pytest.raises(KeyError, match="no argument 'mask'"):  # noqa: SIM117
        with pytest.warns(UserWarning, match="label_shapes are of"):
            bound(mx, label=[("mask", (4,))])
    odd = [mx.io.DataDesc("data", (4, 9), layout="TC")]
    with pytest.raises(AssertionError, match="an N in layout"):
        bound(mx, shape=odd, label=None, label_names=None)
    with pytest.raises(AssertionError, match="1 states are given; there are 0"):
        ready(mx).set_states([mx.nd.ones(1)])
