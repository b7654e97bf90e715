"""Symbols whose JSON text is compared with MXNet's, byte for byte.

Written against either framework's module, so that the recorder can run them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.symbol.zoo import NETWORKS

Builder = Callable[[Any], Any]


def annotated(mx: Any) -> Any:
    s = mx.sym
    with mx.AttrScope(ctx_group="stage1", __mood__="happy"):
        data = s.Variable("data", attr={"__mine__": "a b", "lr_mult": "0.5"})
        net = s.FullyConnected(data, name="fc1", num_hidden=4, lr_mult=2, wd_mult=0)
        with mx.AttrScope(ctx_group="stage2"):
            net = s.Activation(net, name="relu1", act_type="relu")
    net = s.FullyConnected(
        net, name="fc2", num_hidden=3, attr={"__mood__": "sad", "ctx_group": "stage3"}
    )
    net = s.Dropout(net, p=0.25, name="drop", force_mirroring=True)
    return s.SoftmaxOutput(net, name="softmax", __note__='said "so"')


def literal_keys(mx: Any) -> Any:
    with mx.AttrScope(mood="happy", ctx_group="g"):
        return mx.sym.Variable("v", attr={"foo": "bar"})


def set_later(mx: Any) -> Any:
    data = mx.sym.Variable("data")
    data._set_attr(mood="happy", lr_mult="2")
    net = mx.sym.FullyConnected(data, num_hidden=2, name="fc")
    net._set_attr(ctx_group="late", __z__="1")
    return net


def variables(mx: Any) -> Any:
    s = mx.sym
    return s.Group(
        [
            s.Variable("plain"),
            s.Variable("shaped", shape=(2, 3)),
            s.Variable("one", shape=(4,)),
            s.Variable("partly", shape=(0, 3)),
            s.Variable("half", dtype="float16"),
            s.Variable("double", dtype=np.float64),
            s.Variable("long", shape=(2,), dtype=np.dtype("int64")),
            s.Variable("bytes", dtype="uint8", lr_mult=0.1, wd_mult=2),
            s.Variable("made", init='["constant", {"value": 3}]'),
            s.Variable("own", attr={"__own__": "x"}, __other__="y"),
            s.Variable("dense", stype="default"),
        ]
    )


def numbers(mx: Any) -> Any:
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    made = [
        *(a + 1, a - 2.5, 3 - a, a * 1e-7, 2 / a, a / 3.0, a % 2, a**0.5, 2**a),
        *(a > 1, a == 0.1, a != 1e30, -a, abs(a), a + b, a * b - b / a),
        *(a + np.float32(1.5), a * np.int64(3)),
    ]
    return mx.sym.Group(made)


def values(mx: Any) -> Any:
    """Attributes given as lists, by position, as numbers and types of NumPy."""
    s = mx.sym
    x = s.Variable("x")
    net = s.Reshape(x, shape=[0, -1, np.int64(4)])
    net = s.transpose(net, axes=(np.int32(1), 0, 2))
    net = s.clip(net, a_min=np.float32(0.5), a_max=1)
    net = s.Cast(net, dtype=np.float16)
    net = s.Cast(net, dtype="float32")
    net = s.Pooling(net, kernel=(2,), pool_type="avg", global_pool=np.bool_(False))
    net = s.sum(net, axis=None, keepdims=True)
    net = s.mean(net, axis=(0,), exclude=False)
    net = s.expand_dims(net, axis=-1)
    net = s.softmax(net, axis=-1, temperature=2.0)
    return s.slice(net, begin=(None, 0), end=(1, None))


def states(mx: Any) -> Any:
    """Statistics that are given, made, and shared by two operators and a reader."""
    s = mx.sym
    x = s.Variable("x")
    mean, var = s.Variable("mean"), s.Variable("var", init="mine")
    first = s.BatchNorm(x, moving_mean=mean, moving_var=var, name="first", eps=1e-5)
    second = s.BatchNorm(x * 2, moving_mean=mean, moving_var=var, name="second")
    third = s.BatchNorm(second, name="third", fix_gamma=False, momentum=0.99)
    return s.Group([second, third, first, mean, mean + 1])


def recomposed_states(mx: Any) -> Any:
    s = mx.sym
    normal = s.BatchNorm(s.Variable("d"), name="bn", use_global_stats=True)
    again = normal(d=s.FullyConnected(s.Variable("x"), num_hidden=2, name="fc"))
    return s.Group([again, normal, again(x=normal, name="third")])


def internals(mx: Any) -> Any:
    net = mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn")
    return mx.sym.Activation(net, act_type="relu", name="act").get_internals()


def wide(mx: Any) -> Any:
    """Lists of more than ten, which stand on lines of their own."""
    s = mx.sym
    joined = s.Concat(*[s.Variable(f"v{i}") for i in range(12)], name="joined", dim=0)
    ten = s.add_n(*[s.Variable(f"w{i}") for i in range(10)], name="ten")
    parts = s.SliceChannel(joined, num_outputs=11, name="parts")
    return s.Group([*parts, ten])


def escapes(mx: Any) -> Any:
    name = 'a"b\\c/d\te\rf\ng é 猫 \x01\x7f'
    return mx.sym.exp(mx.sym.Variable(name, attr={"__k__": name, "__é__": ""}))


def residual_network(mx: Any) -> Any:
    s = mx.sym
    net = s.Variable("data", shape=(0, 3, 32, 32))
    net = s.Convolution(
        net, num_filter=8, kernel=(3, 3), pad=(1, 1), no_bias=True, name="conv0"
    )
    for unit, (width, step) in enumerate([(8, 1), (16, 2)]):
        before = f"unit{unit}_"
        inner = s.BatchNorm(net, fix_gamma=False, eps=2e-5, name=before + "bn1")
        inner = s.Activation(inner, act_type="relu", name=before + "relu1")
        short = net
        if step == 2:
            short = s.Convolution(
                inner,
                num_filter=width,
                kernel=(1, 1),
                stride=(2, 2),
                no_bias=True,
                workspace=256,
                name=before + "sc",
            )
        inner = s.Convolution(
            inner,
            num_filter=width,
            kernel=(3, 3),
            stride=(step, step),
            pad=(1, 1),
            no_bias=True,
            cudnn_tune="off",
            name=before + "conv1",
        )
        net = inner + short
    net = s.Pooling(net, global_pool=True, kernel=(7, 7), pool_type="avg", name="pool")
    net = s.FullyConnected(s.Flatten(net), num_hidden=10, name="fc")
    return s.SoftmaxOutput(net, name="softmax", normalization="batch")


def unrolled_lstm(mx: Any) -> Any:
    """Layers in groups of their own, weights shared over time."""
    s = mx.sym
    layers, steps, hidden = 2, 3, 4
    with mx.AttrScope(ctx_group="embed"):
        table = s.Variable("embed_weight")
        words = s.Embedding(
            s.Variable("data"), weight=table, input_dim=9, output_dim=4, name="embed"
        )
        wordvec = s.SliceChannel(words, num_outputs=steps, squeeze_axis=True)
    weights, state = [], []
    for i in range(layers):
        with mx.AttrScope(ctx_group=f"layer{i}"):
            names = ("i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias")
            weights.append([s.Variable(f"l{i}_{name}") for name in names])
            state.append([s.Variable(f"l{i}_init_c"), s.Variable(f"l{i}_init_h")])
    outputs = []
    for t in range(steps):
        below = wordvec[t]
        for i in range(layers):
            with mx.AttrScope(ctx_group=f"layer{i}"):
                state[i] = _cell(s, hidden, below, state[i], weights[i], f"t{t}_l{i}")
                below = state[i][1]
        outputs.append(below)
    with mx.AttrScope(ctx_group="decode"):
        net = s.FullyConnected(s.Concat(*outputs, dim=0), num_hidden=9, name="pred")
        label = s.transpose(data=s.Variable("softmax_label"))
        label = s.Reshape(data=label, shape=(-1,))
        return s.SoftmaxOutput(data=net, label=label, name="softmax")


def _cell(
    s: Any, hidden: int, data: Any, state: list[Any], weights: list[Any], name: str
) -> list[Any]:
    i2h = s.FullyConnected(
        data,
        weight=weights[0],
        bias=weights[1],
        num_hidden=4 * hidden,
        name=name + "_i",
    )
    h2h = s.FullyConnected(
        state[1],
        weight=weights[2],
        bias=weights[3],
        num_hidden=4 * hidden,
        name=name + "_h",
    )
    gates = s.SliceChannel(i2h + h2h, num_outputs=4, name=name + "_slice")
    kinds = ("sigmoid", "tanh", "sigmoid", "sigmoid")
    enter, change, forget, leave = (
        s.Activation(gates[i], act_type=kind) for i, kind in enumerate(kinds)
    )
    cell = (forget * state[0]) + (enter * change)
    return [cell, leave * s.Activation(cell, act_type="tanh")]


def prefixed(mx: Any) -> Any:
    with mx.name.Prefix("net_"):
        net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2)
        return mx.sym.exp(net, name="end")


def deep(mx: Any) -> Any:
    net = mx.sym.Variable("x")
    for _ in range(300):
        net = mx.sym.tanh(net)
    return net


def no_inputs(mx: Any) -> Any:
    s = mx.sym
    made = [s.zeros((2, 3)), s.ones((2,), dtype="int32"), s.full((2,), 3), s.eye(3)]
    return s.Group([*made, s.arange(1, 7, 2)])


def initialised(mx: Any) -> Any:
    s = mx.sym
    net = s.LeakyReLU(s.Variable("x"), act_type="prelu", name="slope")
    return s.LeakyReLU(net, act_type="leaky", slope=0.1, name="leaky")


def a_head_twice(mx: Any) -> Any:
    x = mx.sym.Variable("x")
    net = mx.sym.exp(x)
    return mx.sym.Group([net, x, net])


def mixed_precision(mx: Any) -> Any:
    s = mx.sym
    x = s.Variable("x")
    low = s.amp_cast(s.amp_cast(x, dtype="float16", name="c1"), dtype="float32")
    both = s.amp_multicast(low, x, num_outputs=2, name="m")
    return s.Group([both[0] + both[1], s.amp_cast(x, dtype="float16", name="head")])


def mixed_precision_kept(mx: Any) -> Any:
    return mixed_precision(mx)


OWN: tuple[Builder, ...] = (
    *(annotated, literal_keys, set_later, variables, numbers, values, states),
    *(recomposed_states, internals, wide, escapes, residual_network),
    *(unrolled_lstm, prefixed, deep, no_inputs, initialised, a_head_twice),
    *(mixed_precision, mixed_precision_kept),
)
SYMBOLS: dict[str, Builder] = {build.__name__: build for build in OWN} | {
    name: lambda mx, build=build: build(mx.sym) for name, (build, _) in NETWORKS.items()
}


def text(mx: Any, name: str) -> str:
    """Return the JSON text of a symbol by this framework."""
    with mx.name.NameManager():
        return SYMBOLS[name](mx).tojson(remove_amp_cast="kept" not in name)
