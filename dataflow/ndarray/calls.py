"""What a call of an operator on arrays means, remembered for the next one like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dataflow.errors import ArgumentError, InferenceError
from dataflow_ops import dtypes as dtype_rules
from dataflow_ops import shapes as shape_rules
from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels.table import Specification
from dataflow_ops.registry import Operator

Specifications = tuple[Specification, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator with attributes, on inputs of known shapes and types.

    Parameters
    ----------
    operator : Operator
        What is called.
    attributes : Attributes
        Its typed attributes.
    names : tuple of str
        Names of its inputs, auxiliary states last.
    inputs : tuple of Specification
        Their shapes and types.
    outputs : tuple of Specification
        Shapes and types of all its outputs, hidden ones included.
    visible : int
        How many of them a user sees.
    states : int
        How many of its inputs are auxiliary states.
    """

    operator: Operator
    attributes: Attributes
    names: tuple[str, ...]
    inputs: Specifications
    outputs: Specifications
    visible: int
    states: int


def resolve(
    operator: Operator, inputs: Specifications, given: Mapping[str, Any]
) -> Call:
    """Check a call and infer its outputs.

    Raises
    ------
    ArgumentError
        An attribute or the count of inputs does not fit.
    InferenceError
        The inputs' shapes or types contradict the operator.
    """
    key = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in given.items())
    try:
        hash(key)
    except TypeError:
        return _resolve.__wrapped__(operator, inputs, key)
    return _resolve(operator, inputs, key)


@lru_cache(maxsize=4096)
def _resolve(
    operator: Operator, inputs: Specifications, given: tuple[tuple[str, Any], ...]
) -> Call:
    try:
        attributes = operator.parse(dict(given))
    except DeclarationError as error:
        raise ArgumentError(f"operator {operator.name}: {error}") from None
    states = operator.auxiliary_names(attributes)
    names = (*operator.input_names(attributes), *states)
    if len(inputs) != len(names):
        raise ArgumentError(
            f"operator {operator.name} takes {len(names)} arrays "
            f"({', '.join(names)}), not {len(inputs)}"
        )
    outputs = _infer(operator, attributes, names, inputs)
    return Call(
        operator,
        attributes,
        names,
        inputs,
        outputs,
        operator.visible_outputs(attributes),
        len(states),
    )


def _infer(
    operator: Operator,
    attributes: Attributes,
    names: Sequence[str],
    inputs: Specifications,
) -> Specifications:
    unknown = [None] * len(operator.output_names(attributes))
    try:
        shapes = operator.shapes(attributes, [x.shape for x in inputs], unknown)
        dtypes = operator.dtypes(attributes, [x.dtype for x in inputs], unknown)
        for given, shape, dtype in zip(inputs, shapes[0], dtypes[0], strict=True):
            shape_rules.unify(given.shape, shape)
            dtype_rules.unify(given.dtype, dtype)
        if not all(map(shape_rules.is_known, shapes[1])):
            raise DeclarationError("the shapes of its outputs do not follow")
    except DeclarationError as error:
        listing = ", ".join(
            f"{name} {x.shape} {x.dtype}" for name, x in zip(names, inputs, strict=True)
        )
        raise InferenceError(
            f"operator {operator.name}: {error}; given were {listing}"
        ) from error
    return tuple(
        Specification(shape or (), dtype or dtype_rules.FLOAT32)
        for shape, dtype in zip(shapes[1], dtypes[1], strict=True)
    )
