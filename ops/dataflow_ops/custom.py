"""Operators of the user's own: their properties say what a declaration says.

The kernel that calls the user's code comes with the framework, since that code sees
the framework's arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes, text
from dataflow_ops.dtypes import DTypes
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import (
    AttributeValueError,
    DTypeError,
    ShapeError,
    suggestion,
)
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given, is_known


class Properties(Protocol):
    """What the user defines; see `dataflow.operator.CustomOpProp`."""

    def list_arguments(self) -> Sequence[str]:
        """Names of the arguments."""

    def list_outputs(self) -> Sequence[str]:
        """Names of the outputs."""

    def list_auxiliary_states(self) -> Sequence[str]:
        """Names of the auxiliary states."""

    def infer_shape(self, in_shape: list[Any]) -> Sequence[Sequence[Any]]:
        """Shapes of arguments, outputs and states from those of the arguments."""

    def infer_type(self, in_type: list[Any]) -> Sequence[Sequence[Any]]:
        """Types of arguments, outputs and states from those of the arguments."""

    def declare_backward_dependency(
        self, out_grad: list[Any], in_data: list[Any], out_data: list[Any]
    ) -> Sequence[Any]:
        """Return those of the values that the gradient needs."""


_FACTORIES: dict[str, Callable[..., Properties]] = {}


def register_properties(op_type: str, factory: Callable[..., Properties]) -> None:
    """Enter what makes the properties of operators of a type; the last one counts."""
    _FACTORIES[op_type] = factory


class _CustomOperator(Operator):
    """Makes the properties when attributes are parsed; they go with the attributes."""

    def parse(self, given: Mapping[str, Any]) -> Attributes:
        if "properties" in given:
            return Attributes(given)
        settings = {key: str(value) for key, value in given.items()}
        op_type = settings.pop("op_type", None)
        if op_type is None:
            raise AttributeValueError("required attribute 'op_type' is missing")
        factory = _FACTORIES.get(op_type)
        if factory is None:
            hint = suggestion(op_type, _FACTORIES) or "register it first"
            raise AttributeValueError(f"no operator '{op_type}' is registered; {hint}")
        try:
            properties = factory(**settings)
        except TypeError as error:
            raise AttributeValueError(f"operator '{op_type}': {error}") from error
        return Attributes({"op_type": op_type, **settings, "properties": properties})


def _arguments(attributes: Attributes) -> tuple[str, ...]:
    return tuple(_properties(attributes).list_arguments())


def _states(attributes: Attributes) -> tuple[str, ...]:
    return tuple(_properties(attributes).list_auxiliary_states())


def _outputs(attributes: Attributes) -> tuple[str, ...]:
    return tuple(_properties(attributes).list_outputs())


class _Nothing:
    """The properties of an operator of which not even the type is known."""

    def list_arguments(self) -> Sequence[str]:
        return ()

    list_outputs = list_auxiliary_states = list_arguments


def _properties(attributes: Attributes) -> Any:
    return attributes.get("properties", _Nothing())


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    properties = _properties(attributes)
    count = len(properties.list_arguments())
    shown = [_shown(shape) for shape in inputs[:count]]
    complete = all(map(is_known, inputs[:count]))
    try:
        told = properties.infer_shape(shown)
    except Exception as error:
        if not complete:  # it could not tell from so little
            return inputs, outputs
        raise ShapeError(
            f"infer_shape of '{attributes.op_type}' failed on {shown}: "
            f"{type(error).__name__}: {error}"
        ) from error
    parts = _parts(attributes, "infer_shape", told)
    shapes = [[_read(shape) for shape in part] for part in parts]
    return [*shapes[0], *shapes[2]], shapes[1]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    properties = _properties(attributes)
    known = list(inputs[: len(properties.list_arguments())])
    given = [None if dtype is None else dtype.type for dtype in known]
    try:
        told = properties.infer_type(given)
    except Exception as error:
        if any(dtype is None for dtype in known):
            return inputs, outputs
        raise DTypeError(
            f"infer_type of '{attributes.op_type}' failed on {known}: "
            f"{type(error).__name__}: {error}"
        ) from error
    parts = _parts(attributes, "infer_type", told)
    dtypes = [[None if t is None else np.dtype(t) for t in part] for part in parts]
    return [*dtypes[0], *dtypes[2]], dtypes[1]


def _parts(attributes: Attributes, rule: str, told: Any) -> tuple[list[Any], ...]:
    """Check the lists that a user's rule returned: the last one may be left out."""
    names = (_arguments(attributes), _outputs(attributes), _states(attributes))
    parts = tuple(list(part) for part in (*told, (), ())[:3])
    kinds = ("arguments", "outputs", "states")
    for kind, named, part in zip(kinds, names, parts, strict=True):
        if len(named) != len(part):
            raise ShapeError(
                f"{rule} of '{attributes.op_type}' must return {len(named)} {kind} "
                f"({', '.join(named) or 'none'}), not {len(part)}"
            )
    return parts


def _shown(shape: Shape | None) -> list[int]:
    return [] if shape is None else [0 if d == UNKNOWN else d for d in shape]


def _read(shape: Sequence[int] | None) -> Shape | None:
    if shape is None:
        return None
    return tuple(UNKNOWN if d <= 0 else int(d) for d in shape)


def _gradient(call: Call) -> Sequence[Entry | None]:
    """Make the backward operator, given just what the user declared it needs."""
    attributes = call.attributes
    arguments = len(_arguments(attributes))
    heads = [f"out_grad{i}" for i in range(len(call.outputs))]
    data = [f"in_data{i}" for i in range(arguments)]
    made = [f"out_data{i}" for i in range(len(call.outputs))]
    wanted = _properties(attributes).declare_backward_dependency(heads, data, made)
    needs = tuple(name for name in (*heads, *data, *made) if name in set(wanted))
    entries = [_entry(call, name) for name in needs]
    states = call.inputs[arguments:]
    gradients = call.make(
        "_backward_Custom", *entries, *states, **{**attributes, "needs": needs}
    )
    return [*gradients, *[None] * len(states)]


def _entry(call: Call, name: str) -> Entry:
    kind = name.rstrip("0123456789")
    index = int(name.removeprefix(kind))
    if kind == "out_grad":
        return call.out_grad(index)
    return (call.inputs if kind == "in_data" else call.outputs)[index]


register(
    _CustomOperator(
        name="Custom",
        summary="An operator of the user's own, registered by `operator.register`.",
        inputs=_arguments,
        auxiliary=_states,
        outputs=_outputs,
        attributes=(Attribute("op_type", text, doc="Name it was registered under."),),
        free=True,
        shapes=_shapes,
        dtypes=_dtypes,
        gradient=_gradient,
    )
)

register(
    _CustomOperator(
        name="_backward_Custom",
        summary="The gradient that the user defined for an operator of their own.",
        inputs=lambda attributes: tuple(attributes.get("needs", ())),
        auxiliary=_states,
        outputs=_arguments,
        free=True,
        shapes=given,
        dtypes=given_dtypes,
    )
)
