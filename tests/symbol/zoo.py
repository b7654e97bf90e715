"""Small networks whose names and shapes are compared with MXNet's.

Written against either framework's symbol module, so that the recorder can run them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Shapes = dict[str, tuple[int, ...]]


def describe(symbol: Any, shapes: Shapes) -> dict[str, Any]:
    """Return everything that is compared, as plain JSON."""
    arguments, outputs, states = symbol.infer_shape(**shapes)
    return {
        "name": symbol.name,
        "arguments": symbol.list_arguments(),
        "outputs": symbol.list_outputs(),
        "states": symbol.list_auxiliary_states(),
        "inputs": symbol.list_inputs(),
        "internals": symbol.get_internals().list_outputs(),
        "argument_shapes": [list(shape) for shape in arguments],
        "output_shapes": [list(shape) for shape in outputs],
        "state_shapes": [list(shape) for shape in states],
    }


def mlp(s: Any) -> Any:
    net = s.Variable("data")
    net = s.FullyConnected(net, num_hidden=128)
    net = s.Activation(net, act_type="relu")
    net = s.FullyConnected(net, num_hidden=10)
    return s.SoftmaxOutput(net, name="softmax")


def named_layers(s: Any) -> Any:
    net = s.FullyConnected(s.Variable("data"), name="fc1", num_hidden=8)
    net = s.Activation(net, name="tanh", act_type="tanh")
    return s.FullyConnected(net, name="fc2", num_hidden=3, no_bias=True)


def lenet(s: Any) -> Any:
    net = s.Variable("data")
    for filters in (8, 16):
        net = s.Convolution(net, kernel=(5, 5), num_filter=filters)
        net = s.Activation(net, act_type="tanh")
        net = s.Pooling(net, pool_type="max", kernel=(2, 2), stride=(2, 2))
    net = s.FullyConnected(s.Flatten(net), num_hidden=10)
    return s.SoftmaxOutput(net)


def batch_normed(s: Any) -> Any:
    net = s.Convolution(s.Variable("data"), kernel=(3, 3), pad=(1, 1), num_filter=4)
    net = s.BatchNorm(net)
    net = s.Activation(net, act_type="relu")
    return s.BatchNorm(net, name="last")


def residual(s: Any) -> Any:
    data = s.Variable("data")
    net = s.Convolution(data, kernel=(3, 3), pad=(1, 1), num_filter=3, no_bias=True)
    net = s.BatchNorm(net, fix_gamma=False)
    return s.Activation(net + data, act_type="relu")


def inception(s: Any) -> Any:
    data = s.Variable("data")
    towers = [
        s.Convolution(data, kernel=(k, k), pad=(k // 2, k // 2), num_filter=2)
        for k in (1, 3, 5)
    ]
    return s.Concat(*towers)


def arithmetic(s: Any) -> Any:
    a, b = s.Variable("a"), s.Variable("b")
    c = a + b * 2 - 3 / a
    d = (1 - c) ** 2 / (b + 1) - -a
    return s.Group([c * d, d % 2, 2**c, a - b, a / b])


def comparisons(s: Any) -> Any:
    a, b = s.Variable("a"), s.Variable("b")
    return s.Group([a == b, a != 1, a > b, a >= 2, a < b, a <= 3])


def split(s: Any) -> Any:
    parts = s.SliceChannel(s.Variable("data"), num_outputs=3, axis=1)
    return s.Group([parts[2], s.add_n(parts[0], parts[1]), parts])


def shared_weights(s: Any) -> Any:
    w, b = s.Variable("w"), s.Variable("b")
    left = s.FullyConnected(s.Variable("left"), weight=w, bias=b, num_hidden=4)
    right = s.FullyConnected(s.Variable("right"), weight=w, bias=b, num_hidden=4)
    return s.Group([left, right])


def unrolled(s: Any) -> Any:
    weight, hidden = s.Variable("i2h_weight"), s.Variable("state")
    steps = s.SliceChannel(s.Variable("data"), num_outputs=3, axis=0, squeeze_axis=True)
    for t in range(3):
        step = s.FullyConnected(steps[t], weight=weight, num_hidden=5, name=f"t{t}_i2h")
        inner = s.FullyConnected(hidden, num_hidden=5, name=f"t{t}_h2h")
        hidden = s.Activation(step + inner, act_type="tanh")
    return hidden


def embedding(s: Any) -> Any:
    net = s.Embedding(s.Variable("data"), input_dim=20, output_dim=6)
    net = s.Dropout(net, p=0.5)
    return s.SoftmaxOutput(s.FullyConnected(net, num_hidden=20), name="out")


def losses(s: Any) -> Any:
    fc = s.FullyConnected(s.Variable("data"), num_hidden=2)
    return s.Group(
        [
            s.LinearRegressionOutput(fc),
            s.BlockGrad(fc),
            s.MakeLoss(s.sum(s.square(fc))),
        ]
    )


def reshaped(s: Any) -> Any:
    net = s.Reshape(s.Variable("data"), shape=(0, -1, 2))
    net = s.transpose(net, axes=(0, 2, 1))
    return s.Flatten(s.expand_dims(net, axis=1))


def from_variables_shape(s: Any) -> Any:
    data = s.Variable("data", shape=(4, 7))
    return s.FullyConnected(data, num_hidden=2)


def recomposed(s: Any) -> Any:
    data = s.Variable("data")
    head = s.FullyConnected(data, num_hidden=3, name="head")
    body = s.Activation(s.FullyConnected(data, num_hidden=5), act_type="relu")
    return head(data=body)


def repeated(s: Any) -> Any:
    net = s.FullyConnected(s.Variable("x"), num_hidden=2)
    for _ in range(3):
        net = s.exp(net) + s.exp(net)
    return net


NETWORKS: dict[str, tuple[Callable[[Any], Any], Shapes]] = {
    "mlp": (mlp, {"data": (32, 784)}),
    "named_layers": (named_layers, {"data": (2, 5)}),
    "lenet": (lenet, {"data": (2, 1, 28, 28)}),
    "batch_normed": (batch_normed, {"data": (2, 3, 8, 8)}),
    "residual": (residual, {"data": (2, 3, 8, 8)}),
    "inception": (inception, {"data": (2, 3, 8, 8)}),
    "arithmetic": (arithmetic, {"a": (2, 3), "b": (2, 3)}),
    "comparisons": (comparisons, {"a": (2, 3), "b": (2, 3)}),
    "split": (split, {"data": (2, 6)}),
    "shared_weights": (shared_weights, {"left": (2, 3), "right": (5, 3)}),
    "unrolled": (unrolled, {"data": (3, 2, 4), "state": (2, 5)}),
    "embedding": (embedding, {"data": (4, 3)}),
    "losses": (losses, {"data": (4, 3)}),
    "reshaped": (reshaped, {"data": (3, 4, 5)}),
    "from_variables_shape": (from_variables_shape, {}),
    "recomposed": (recomposed, {"data": (4, 3)}),
    "repeated": (repeated, {"x": (4, 3)}),
}
