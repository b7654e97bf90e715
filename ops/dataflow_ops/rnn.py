"""Recurrent layers: several of them, in one or both directions, as one operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    fraction,
    optional,
    positive,
    real,
)
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import FLOAT32, DType, DTypes, floating
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import unify as unify_dtypes
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, find, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    fill,
    given,
    size,
)

GATES = {"gru": 3, "lstm": 4, "rnn_relu": 1, "rnn_tanh": 1}

_ATTRIBUTES = (
    Attribute("state_size", positive, doc="Elements of a layer's state."),
    Attribute("num_layers", positive, doc="Layers, each fed by the one before."),
    Attribute(
        "bidirectional",
        boolean,
        False,
        "Give every layer a second half that reads the sequence from its end.",
    ),
    Attribute("mode", choice(*GATES), doc="What a layer computes at each step."),
    Attribute(
        "p",
        fraction,
        0.0,
        "Share of each layer's outputs, but the last one's, dropped in training.",
    ),
    Attribute("state_outputs", boolean, False, "Return the last states as well."),
    Attribute(
        "projection_size",
        optional(positive),
        None,
        "lstm: elements to which a linear map reduces the state.",
    ),
    Attribute("lstm_state_clip_min", optional(real), None, "Least value of a cell."),
    Attribute("lstm_state_clip_max", optional(real), None, "Largest value of a cell."),
    Attribute(
        "lstm_state_clip_nan", boolean, False, "Clip a NaN to the least value, too."
    ),
    Attribute(
        "use_sequence_length",
        boolean,
        False,
        "Take an input `sequence_length`: steps of each sequence; the outputs after "
        "them are 0, and the last states are those of its last step.",
    ),
)


class Sizes(NamedTuple):
    """The numbers that every array of a network follows from."""

    layers: int
    directions: int
    gates: int
    hidden: int  # elements of a cell
    result: int  # elements of a state: `hidden`, or fewer by projection

    @property
    def strands(self) -> int:
        """Count the layers, each direction for itself."""
        return self.layers * self.directions

    @property
    def width(self) -> int:
        """Elements that a layer returns at each step."""
        return self.directions * self.result


def sizes_of(attributes: Attributes) -> Sizes:
    """Return the sizes of a network."""
    return Sizes(
        attributes.num_layers,
        2 if attributes.bidirectional else 1,
        GATES[attributes.mode],
        attributes.state_size,
        attributes.projection_size or attributes.state_size,
    )


def parameter_shapes(attributes: Attributes, inputs: int) -> Iterator[Shape]:
    """Shapes of the parts of the vector of parameters, in order.

    First come the weights of every layer and direction: by the input, by the state and,
    where there is one, of the projection. Then come their biases: one that goes with
    the input and one that goes with the state.
    """
    sizes = sizes_of(attributes)
    rows = sizes.gates * sizes.hidden
    for strand in range(sizes.strands):
        yield (rows, inputs if strand < sizes.directions else sizes.width)
        yield (rows, sizes.result)
        if attributes.projection_size is not None:
            yield (sizes.result, sizes.hidden)
    yield from [(rows,)] * (2 * sizes.strands)


def parameter_count(attributes: Attributes, inputs: int) -> int:
    """Count the parameters of a network with this many inputs at a step."""
    return sum(map(size, parameter_shapes(attributes, inputs)))


def reserve_shapes(attributes: Attributes, steps: int, batch: int) -> list[Shape]:
    """Shapes of what one layer keeps for its gradient, in order.

    Its states, by which factor dropout multiplied them, and for each direction the
    gates and, with lstm, the cells or, with gru, what the state adds to the candidate.
    """
    sizes = sizes_of(attributes)
    shapes: list[Shape] = [(steps, batch, sizes.directions, sizes.result)]
    if attributes.p > 0:
        shapes.append((steps, batch, sizes.width))
    for _ in range(sizes.directions):
        shapes.append((steps, batch, sizes.gates, sizes.hidden))
        if attributes.mode in ("lstm", "gru"):
            shapes.append((steps, batch, sizes.hidden))
    return shapes


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    cell = ("state_cell",) if attributes.mode == "lstm" else ()
    lengths = ("sequence_length",) if attributes.use_sequence_length else ()
    return ("data", "parameters", "state", *cell, *lengths)


def _shown(attributes: Attributes) -> tuple[str, ...]:
    """Names of the outputs that a user sees."""
    if not attributes.state_outputs:
        return ("output",)
    cell = ("statecell_output",) if attributes.mode == "lstm" else ()
    return ("output", "state_output", *cell)


def _outputs(attributes: Attributes) -> tuple[str, ...]:
    return (*_shown(attributes), "reserve")


def _check(attributes: Attributes) -> None:
    if attributes.mode != "lstm" and attributes.projection_size is not None:
        raise AttributeValueError("'projection_size' goes with mode 'lstm' only")
    limits = (attributes.lstm_state_clip_min, attributes.lstm_state_clip_max)
    if limits.count(None) == 1:
        raise AttributeValueError(
            "'lstm_state_clip_min' and 'lstm_state_clip_max' go together"
        )


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    _check(attributes)
    sizes = sizes_of(attributes)
    steps, batch, length = _data(attributes, inputs, outputs)
    parameters = UNKNOWN if length == UNKNOWN else parameter_count(attributes, length)
    shapes: dict[str, Shape] = {
        "data": (steps, batch, length),
        "parameters": (parameters,),
        "state": (sizes.strands, batch, sizes.result),
        "state_cell": (sizes.strands, batch, sizes.hidden),
        "sequence_length": (batch,),
        "output": (steps, batch, sizes.width),
        "reserve": (_reserve(attributes, steps, batch),),
    }
    shapes["state_output"] = shapes["state"]
    shapes["statecell_output"] = shapes["state_cell"]
    return (
        [shapes[name] for name in _inputs(attributes)],
        [shapes[name] for name in _outputs(attributes)],
    )


def _data(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Shape:
    """Return what all shapes tell of data's: steps, batch, inputs at a step."""
    data: Shape = (UNKNOWN, UNKNOWN, UNKNOWN)
    if inputs[0] is not None and len(inputs[0]) != 3:
        raise ShapeError(
            "data should have 3 dimensions (steps, batch, inputs), "
            f"not {display(inputs[0])}"
        )
    data = fill(data, inputs[0])
    data = fill(data, outputs[0] and (*outputs[0][:2], UNKNOWN))
    for state in (*inputs[2:], *outputs[1:-1]):
        if state is not None:
            batch = state[1] if len(state) == 3 else state[0]
            data = fill(data, (UNKNOWN, batch, UNKNOWN))
    return fill(data, (UNKNOWN, UNKNOWN, _length(attributes, inputs[1])))


def _length(attributes: Attributes, parameters: Shape | None) -> int:
    """Return how many inputs a step has, by the number of parameters."""
    if not parameters or parameters[0] == UNKNOWN:
        return UNKNOWN
    rest = parameters[0] - parameter_count(attributes, 0)
    each = parameter_count(attributes, 1) - parameter_count(attributes, 0)
    if rest < 0 or rest % each:
        raise ShapeError(
            f"parameters {display(parameters)} fit no number of inputs: with n of them "
            f"there are {parameter_count(attributes, 0)} + {each} n"
        )
    return rest // each


def _reserve(attributes: Attributes, steps: int, batch: int) -> int:
    if UNKNOWN in (steps, batch):
        return UNKNOWN
    layer = sum(map(size, reserve_shapes(attributes, steps, batch)))
    return int(attributes.num_layers * layer)


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """All agree, but lengths may be integers, and the reserve is at least single."""
    names = _inputs(attributes)
    lengths = inputs[-1] if attributes.use_sequence_length else None
    dtype: DType | None = None
    for name, known in zip(names, inputs, strict=True):
        if name != "sequence_length":
            dtype = floating(unify_dtypes(dtype, known))
    for known in outputs[:-1]:
        dtype = floating(unify_dtypes(dtype, known))
    if dtype is None:
        return inputs, outputs
    told = [lengths or dtype if n == "sequence_length" else dtype for n in names]
    reserve = np.promote_types(dtype, FLOAT32)
    return told, [*[dtype] * (len(outputs) - 1), reserve]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    steps, batch, _ = inputs[0]
    flops = 2.0 * steps * batch * size(inputs[1])
    return OperatorCost(flops, elements_moved(inputs, outputs))


# Gradients


def _heads(attributes: Attributes) -> tuple[str, ...]:
    return ("out_grad", "state_grad", "statecell_grad")[: len(_shown(attributes))]


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    return (*_heads(attributes), *_inputs(attributes), "reserve")


def _differentiated(attributes: Attributes) -> tuple[str, ...]:
    return tuple(n for n in _inputs(attributes) if n != "sequence_length")


def _gradient(call: Call) -> Sequence[Entry | None]:
    heads = [call.out_grad(i) for i, _ in enumerate(_heads(call.attributes))]
    made = call.make(
        "_backward_RNN",
        *heads,
        *call.inputs,
        call.output("reserve"),
        **call.attributes,
    )
    none = [None] * (len(call.inputs) - len(made))
    return [*made, *none]


def _backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    steps, batch, _ = inputs[0]
    flops = 4.0 * steps * batch * size(outputs[1])
    return OperatorCost(flops, elements_moved(inputs, outputs))


register(
    Operator(
        name="RNN",
        summary="Recurrent layers, with x_t the data, h the state and W, U, b of the "
        "parameters. rnn_tanh: h_t = tanh(W x_t + U h_(t-1) + b); rnn_relu likewise; "
        "lstm: i, f, o = sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, "
        "h_t = o tanh(c_t); gru: r, z = sigmoid(...), "
        "n = tanh(W x_t + b + r (U h_(t-1) + b')), h_t = (1 - z) n + z h_(t-1).",
        inputs=_inputs,
        outputs=_outputs,
        visible=lambda attributes: len(_shown(attributes)),
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=_dtypes,
        cost=_cost,
        random=True,
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_RNN",
        summary="Gradients of RNN by data, parameters and first states.",
        inputs=_backward_inputs,
        outputs=_differentiated,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=_backward_cost,
    )
)


# Joins the arrays that make up a vector of parameters: Concat under another name.
register(replace(find("Concat"), name="_rnn_param_concat", aliases=()))
