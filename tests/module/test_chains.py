"""Chains of modules, and modules in Python."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from tests.module.calls import LABEL, SHAPE, batch, chain
from tests.module.networks import CLASSES, batches, first_parameters, mlp
from tests.module.test_module import values


def scores_alone():
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=12, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    return mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")


def gradient(scores, labels):
    """Return that of the softmax's cross entropy."""
    return mx.nd.softmax(scores) - mx.nd.one_hot(labels, depth=CLASSES)


@pytest.mark.parametrize("contexts", [1, 2])
def test_a_loss_in_python_trains_as_one_in_the_symbol(contexts):
    options = {"context": [mx.cpu(i) for i in range(contexts)]}
    arguments, _ = first_parameters(mx, mlp(mx), (9,))
    python = mx.mod.SequentialModule()
    python.add(mx.mod.Module(scores_alone(), label_names=None, **options))
    python.add(
        mx.mod.PythonLossModule(grad_func=gradient), take_labels=True, auto_wiring=True
    )
    found = []
    for module in (mx.mod.Module(mlp(mx), **options), python):
        module.fit(
            batches(mx, (9,), count=48),
            eval_data=batches(mx, (9,), count=20),
            arg_params=arguments,
            aux_params={},
            num_epoch=2,
            optimizer_params={"learning_rate": 0.1},
        )
        found.append(values(module))
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, rtol=1e-4, atol=1e-6)


def test_chains_give_gradients_of_their_data():
    module = chain(mx)
    module.bind(SHAPE, LABEL, inputs_need_grad=True)
    module.init_params()
    module.forward_backward(batch(mx))
    assert module.get_input_grads()[0].shape == (4, 9)


def test_chains_take_batches_of_other_shapes():
    module = chain(mx)
    module.bind(SHAPE, LABEL)
    module.init_params()
    given = batch(mx, 7, provide_data=[mx.io.DataDesc("data", (7, 9))])
    module.forward(given, is_train=False)
    assert module.get_outputs()[0].shape == (7, 4)
    assert given.data[0].shape == (7, 9)  # the batch is left alone


def test_a_module_is_fed_as_much_as_it_takes():
    both = mx.sym.Variable("a") + mx.sym.Variable("b")
    module = mx.mod.SequentialModule().add(
        mx.mod.Module(scores_alone(), label_names=[])
    )
    module.add(mx.mod.Module(both, ["a", "b"], []), auto_wiring=True)
    with pytest.raises(
        AssertionError, match=r"module 1 takes 2 arrays \(a, b\).*fed 1"
    ):
        module.bind(SHAPE)
    with pytest.raises(AssertionError, match="did you mean 'take_labels'"):
        module.add(mx.mod.PythonLossModule(), take_label=True)


def test_a_module_in_python_is_in_the_states_that_it_was_brought_to():
    module = mx.mod.PythonLossModule(grad_func=gradient)
    module.bind([("data", (4, 4))], [("softmax_label", (4,))])
    module.init_params()
    module.init_optimizer()
    assert module.binded
    assert module.params_initialized
    assert module.optimizer_initialized
    data = mx.io.NDArrayIter(np.eye(4), np.arange(4), 4)
    assert module.score(data, "acc") == [("accuracy", 1.0)]


def test_a_loss_in_python_needs_labels_to_learn():
    module = mx.mod.PythonLossModule(grad_func=gradient)
    module.bind([("data", (4, 4))], None)
    with pytest.raises(ValueError, match="has no labels"):
        module.forward(mx.io.DataBatch([mx.nd.ones((4, 4))]))
    module.forward(mx.io.DataBatch([mx.nd.ones((4, 4))]), is_train=False)
    module._label_shapes = []
    with pytest.raises(RuntimeError, match="labels cannot be given per context"):
        module.update_metric(mx.metric.create("acc"), [], pre_sliced=True)
