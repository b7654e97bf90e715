"""Networks, data and first parameters, for modules here and for recording."""

from __future__ import annotations

import numpy as np

CLASSES = 4


def mlp(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=12, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    net = mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def lenet(mx):
    net = mx.sym.Variable("data")
    for number, filters in enumerate((4, 6), start=1):
        # A bias before a BatchNorm has no gradient but rounding errors.
        shape = {"kernel": (3, 3), "pad": (1, 1), "no_bias": True}
        net = mx.sym.Convolution(net, num_filter=filters, name=f"conv{number}", **shape)
        net = mx.sym.BatchNorm(net, fix_gamma=False, name=f"bn{number}")
        net = mx.sym.Activation(net, act_type="tanh", name=f"tanh{number}")
        net = mx.sym.Pooling(
            net, kernel=(2, 2), stride=(2, 2), pool_type="max", name=f"pool{number}"
        )
    net = mx.sym.FullyConnected(net, num_hidden=10, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    net = mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


NETWORKS = {"mlp": (mlp, (9,)), "lenet": (lenet, (1, 8, 8))}


def samples(shape, count, seed=0):
    """Return samples that can be learned, and labels."""
    stream = np.random.RandomState(seed)
    labels = stream.randint(0, CLASSES, count)
    centres = np.random.RandomState(99).uniform(-1, 1, (CLASSES, *shape))
    data = centres[labels] + stream.normal(0, 0.4, (count, *shape))
    return data.astype(np.float32), labels.astype(np.float32)


def batches(mx, shape, count=44, batch_size=16, seed=0, **options):
    """Return an iterator; by default its last batch is filled up."""
    return mx.io.NDArrayIter(*samples(shape, count, seed), batch_size, **options)


def first_parameters(mx, symbol, shape, seed=1):
    """Return arguments and auxiliary states for these samples."""
    stream = np.random.RandomState(seed)
    shapes, _, state_shapes = symbol.infer_shape(data=(1, *shape))
    named = dict(zip(symbol.list_arguments(), shapes, strict=True))
    arguments = {
        name: mx.nd.array(stream.uniform(-0.4, 0.4, size))
        for name, size in sorted(named.items())
        if name not in ("data", "softmax_label")
    }
    states = {
        name: mx.nd.array(np.full(size, float(name.endswith("_var"))))
        for name, size in zip(symbol.list_auxiliary_states(), state_shapes, strict=True)
    }
    return arguments, states
