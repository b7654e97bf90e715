"""Unrolled cells whose graphs and results are compared with MXNet's.

Written against either framework, so that the recorder can run them.
"""

from __future__ import annotations

import inspect
import json
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

LENGTH, BATCH, FEATURES = 2, 3, 4
SEQUENCES = {"NTC": (BATCH, LENGTH, FEATURES), "TNC": (LENGTH, BATCH, FEATURES)}
PICTURES = (BATCH, 3, 4, 4)

Cell = Callable[[Any], Any]
Network = Callable[[Any], Any]

CELLS: dict[str, Cell] = {
    "rnn": lambda r: r.RNNCell(4),
    "rnn_relu": lambda r: r.RNNCell(3, activation="relu", prefix="x_"),
    "lstm": lambda r: r.LSTMCell(4),
    "lstm_forgetful": lambda r: r.LSTMCell(2, prefix="y_", forget_bias=0.5),
    "gru": lambda r: r.GRUCell(4),
    "residual": lambda r: r.ResidualCell(r.GRUCell(4)),
    "zoneout": lambda r: r.ZoneoutCell(r.LSTMCell(4), 0.2, 0.3),
    "zoneout_outputs": lambda r: r.ZoneoutCell(r.RNNCell(4), zoneout_outputs=0.2),
    "dropout": lambda r: r.DropoutCell(0.3),
    "no_dropout": lambda r: r.DropoutCell(0.0),
    "sequential": lambda r: stacked(
        r, r.LSTMCell(4, prefix="a_"), r.DropoutCell(0.4), r.GRUCell(3, prefix="b_")
    ),
    "bidirectional": lambda r: r.BidirectionalCell(
        r.RNNCell(3, prefix="l_"), r.LSTMCell(4, prefix="r_")
    ),
    "bidirectional_stack": lambda r: stacked(
        r,
        r.BidirectionalCell(
            r.GRUCell(2, prefix="l_"), r.GRUCell(2, prefix="r_"), output_prefix="both_"
        ),
        r.ResidualCell(r.RNNCell(4)),
    ),
    "fused_lstm": lambda r: r.FusedRNNCell(4),
    "fused_gru": lambda r: r.FusedRNNCell(
        3, 2, "gru", bidirectional=True, get_next_state=True
    ),
    "fused_lstm_states": lambda r: r.FusedRNNCell(
        3, 2, dropout=0.3, get_next_state=True, forget_bias=2.0, prefix="f_"
    ),
    "fused_tanh": lambda r: r.FusedRNNCell(3, 1, "rnn_tanh", get_next_state=True),
    "fused_relu": lambda r: r.FusedRNNCell(3, 2, "rnn_relu", bidirectional=True),
    "unfused_lstm": lambda r: r.FusedRNNCell(
        3, 2, "lstm", bidirectional=True, dropout=0.3
    ).unfuse(),
    "unfused_gru": lambda r: r.FusedRNNCell(3, 2, "gru", dropout=0.3).unfuse(),
    "unfused_relu": lambda r: r.FusedRNNCell(3, 2, "rnn_relu", prefix="u_").unfuse(),
    "fused_below": lambda r: stacked(r, r.FusedRNNCell(4, prefix="f_"), r.LSTMCell(3)),
    "fused_ways": lambda r: r.BidirectionalCell(
        r.FusedRNNCell(3, prefix="l_"), r.FusedRNNCell(2, prefix="r_")
    ),
    "fused_one_way": lambda r: r.BidirectionalCell(
        r.RNNCell(3, prefix="l_"), r.FusedRNNCell(2, prefix="r_")
    ),
    "fused_residual": lambda r: r.ResidualCell(r.FusedRNNCell(4)),
}

CONVOLUTIONAL: dict[str, Cell] = {
    "conv_rnn": lambda r: r.ConvRNNCell(PICTURES, 2),
    "conv_lstm": lambda r: r.ConvLSTMCell(PICTURES, 2, activation="tanh"),
    "conv_lstm_strided": lambda r: r.ConvLSTMCell(
        PICTURES, 2, h2h_dilate=(2, 2), i2h_stride=(2, 2), i2h_weight_initializer="ones"
    ),
    "conv_gru": lambda r: r.ConvGRUCell(PICTURES, 2, h2h_kernel=(1, 3), prefix="g_"),
}


def stacked(rnn: Any, *cells: Any) -> Any:
    stack = rnn.SequentialRNNCell()
    for cell in cells:
        stack.add(cell)
    return stack


def flat(states: Any) -> Iterator[Any]:
    for state in states:
        if isinstance(state, list):
            yield from flat(state)
        else:
            yield state


def unrolled(make: Cell, layout: str, merge: bool | None) -> Network:
    def network(mx: Any) -> Any:
        outputs, states = make(mx.rnn).unroll(
            LENGTH, mx.sym.Variable("data"), layout=layout, merge_outputs=merge
        )
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return mx.sym.Group([*outputs, *flat(states)])

    return network


def unrolled_list(make: Cell) -> Network:
    """Unroll over a list of inputs, with states from outside."""

    def network(mx: Any) -> Any:
        cell = make(mx.rnn)
        states = cell.begin_state(func=mx.sym.Variable)
        inputs = [mx.sym.Variable(f"t{i}") for i in range(LENGTH)]
        outputs, states = cell.unroll(LENGTH, inputs, begin_state=states)
        return mx.sym.Group([*outputs, *states])

    return network


def stepped(make: Cell) -> Network:
    def network(mx: Any) -> Any:
        cell = make(mx.rnn)
        output, states = cell(mx.sym.Variable("data"), cell.begin_state())
        return mx.sym.Group([output, *states])

    return network


# Whose graphs depend on the layout, and on whether outputs are merged.
ARRANGED = ("rnn", "dropout", "residual", "bidirectional", "fused_lstm", "fused_gru")
ARRANGED += ("fused_one_way", "fused_ways")
STEPS = {f"t{i}": (BATCH, FEATURES) for i in range(LENGTH)}
PICTURE_STEPS = {f"t{i}": PICTURES for i in range(LENGTH)}


def _cases() -> Iterator[tuple[str, tuple[Network, dict[str, tuple[int, ...]]]]]:
    for name, make in CELLS.items():
        yield name, (unrolled(make, "NTC", True), {"data": SEQUENCES["NTC"]})
    for name in ARRANGED:
        for layout, shape in SEQUENCES.items():
            for merge in (None, False):
                network = unrolled(CELLS[name], layout, merge)
                case = f"{name}, {layout}, merged: {merge}"
                yield case, (network, {"data": shape})
    for name, make in CONVOLUTIONAL.items():
        yield f"{name}, step", (stepped(make), {"data": PICTURES})
        yield f"{name}, list", (unrolled_list(make), PICTURE_STEPS)
    for name in ("rnn", "lstm", "gru", "sequential"):
        yield f"{name}, list", (unrolled_list(CELLS[name]), STEPS)


NETWORKS = dict(_cases())


def build(mx: Any, name: str) -> Any:
    with mx.name.NameManager(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of fused cells, by layout
        return NETWORKS[name][0](mx)


def graph(symbol: Any) -> dict[str, Any]:
    """Return everything of a graph that is compared, as plain JSON."""
    document = json.loads(symbol.tojson())
    return {
        "nodes": [line(node) for node in document["nodes"]],
        "heads": [head[:2] for head in document["heads"]],
        "outputs": symbol.list_outputs(),
    }


def line(node: dict[str, Any]) -> str:
    """Return a node of a symbol's document as one line of text."""
    given = sorted(node.get("attrs", {}).items())
    inputs = " ".join(f"{i[0]}.{i[1]}" for i in node["inputs"])
    attributes = "; ".join(f"{key}={value}" for key, value in given)
    return f"{node['op']} {node['name']} ({inputs}) {attributes}".rstrip()


def run(mx: Any, name: str) -> np.ndarray:
    """Return outputs and gradients by all arguments, end to end, for fixed ones."""
    symbol, shapes = distinct(mx, build(mx, name)), NETWORKS[name][1]
    executor = symbol.simple_bind(mx.cpu(), **shapes)
    stream = np.random.RandomState(0)
    for argument in symbol.list_arguments():
        array = executor.arg_dict[argument]
        array[:] = stream.uniform(-0.7, 0.7, array.shape)
    executor.forward(is_train=False)
    found = [output.asnumpy() for output in executor.outputs]
    heads = [mx.nd.array(stream.uniform(-1, 1, value.shape)) for value in found]
    if not draws(symbol):
        executor.forward(is_train=True)
        executor.backward(heads)
        gradients = executor.grad_dict
        found += [gradients[a].asnumpy() for a in symbol.list_arguments()]
    return np.concatenate([value.astype(np.float32).ravel() for value in found])


def distinct(mx: Any, symbol: Any) -> Any:
    """Return a symbol without repeated outputs, whose gradients MXNet does not sum."""
    names = symbol.list_outputs()
    first = [i for i, name in enumerate(names) if name not in names[:i]]
    return mx.sym.Group([symbol[i] for i in first])


def draws(symbol: Any) -> bool:
    """Tell whether a symbol draws random numbers in training."""
    nodes = json.loads(symbol.tojson())["nodes"]
    shares = [node.get("attrs", {}).get("p", "0") for node in nodes]
    return any(float(share) > 0 for share in shares)


def is_run(name: str) -> bool:
    """Tell whether results are recorded; other layouts give the same."""
    return "merged" not in name


# Weights, and batches of sentences

WEIGHTS = ("rnn", "lstm", "gru", "residual", "sequential", "bidirectional")
WEIGHTS += ("fused_lstm_states", "fused_gru", "fused_relu", "fused_below")
SENTENCES = [
    [3 * i + j for j in range(length)]
    for i, length in enumerate((2, 3, 3, 5, 5, 5, 5, 2, 1, 7, 3))
]
ITERATORS = {
    "by length": {},
    "given": {"buckets": [5, 3, 4], "invalid_label": 0, "dtype": "int32"},
    "time first": {"layout": "TN", "data_name": "words", "label_name": "next"},
}


def packed(mx: Any, name: str) -> tuple[Any, dict[str, Any]]:
    """Return a cell and weights for it: 0, 1, 2 and so on, in each array."""
    cell = CELLS[name](mx.rnn)
    symbol, shapes = NETWORKS[name][0](mx), NETWORKS[name][1]
    found = zip(symbol.list_arguments(), symbol.infer_shape(**shapes)[0], strict=True)
    return cell, {
        argument: mx.nd.array(np.arange(np.prod(shape)).reshape(shape))
        for argument, shape in found
        if argument != "data"
    }


def unpacked(mx: Any, name: str) -> dict[str, Any]:
    """Return names, shapes and first elements of a cell's unpacked weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        cell, arrays = packed(mx, name)
    arrays = cell.unpack_weights(arrays)
    return {
        key: [list(value.shape), float(value.asnumpy().flat[0])]
        for key, value in arrays.items()
    }


def batches(mx: Any, name: str) -> Any:
    """Return two epochs of batches, as plain JSON."""
    random.seed(3)
    np.random.seed(3)
    iterator = mx.rnn.BucketSentenceIter(SENTENCES, 2, **ITERATORS[name])
    found = [_described(iterator)]
    for _ in range(2):
        found += [[b.bucket_key, b.pad, *_described(b)] for b in iterator]
        iterator.reset()
    return found


def _described(source: Any) -> list[Any]:
    descriptions = [*source.provide_data, *source.provide_label]
    arrays = [*source.data, *source.label] if hasattr(source, "pad") else []
    return [
        [[d.name, list(d.shape), d.layout] for d in descriptions],
        [[str(np.dtype(a.dtype)), a.asnumpy().tolist()] for a in arrays],
    ]


CLASSES = ("RNNParams", "BaseRNNCell", "RNNCell", "LSTMCell", "GRUCell", "FusedRNNCell")
CLASSES += ("SequentialRNNCell", "BidirectionalCell", "ModifierCell", "DropoutCell")
CLASSES += ("ZoneoutCell", "ResidualCell", "BaseConvRNNCell", "ConvRNNCell")
CLASSES += ("ConvLSTMCell", "ConvGRUCell", "BucketSentenceIter")
FUNCTIONS = ("rnn_unroll", "save_rnn_checkpoint", "load_rnn_checkpoint")
FUNCTIONS += ("do_rnn_checkpoint", "encode_sentences")


def signatures(mx: Any) -> dict[str, list[str]]:
    """Return the parameters of all public functions, with their plain defaults."""
    found = {name: getattr(mx.rnn, name) for name in FUNCTIONS}
    for name in CLASSES:
        kind = getattr(mx.rnn, name)
        found[name] = kind
        for key in dir(kind):
            if callable(getattr(kind, key)) and not key.startswith("_"):
                found[f"{name}.{key}"] = getattr(kind, key)
    return {key: _parameters(function) for key, function in found.items()}


def _parameters(function: Any) -> list[str]:
    return [_text(p) for p in inspect.signature(function).parameters.values()]


def _text(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty:
        return parameter.name
    plain = isinstance(default, str | int | float | tuple | None)
    return f"{parameter.name}={default!r}" if plain else f"{parameter.name}=..."
