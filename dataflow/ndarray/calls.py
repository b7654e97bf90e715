"""What a call of an operator on arrays means, remembered for the next one like it.

All that does not depend on the arrays themselves is found out once: attributes and
shapes when an operator is called on arrays of some shapes and types (`Call`), and the
kernel when that is on a device of some kind (`Selection`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dataflow.context import Context
from dataflow.errors import ArgumentError, InferenceError
from dataflow.ndarray.handle import Handle
from dataflow_ops import dtypes as dtype_rules
from dataflow_ops import shapes as shape_rules
from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.table import Kernel, Request, Specification, lookup
from dataflow_ops.registry import Operator

Specifications = tuple[Specification, ...]

MOST = 4096  # calls that are remembered


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The kernel of a call on one context.

    Parameters
    ----------
    available : tuple of str
        The back ends among which it was chosen.
    entered : Kernel or None
        What the chosen one had in its table.
    backend : str
        The chosen one.
    kernel : Kernel
        What computes.
    lane : str
        Where it runs.
    nbytes : int or None
        Its workspace; None if it takes none.
    shapes : tuple of tuple of int
        The shapes of all outputs.
    writes : tuple of Request
        The request to write each of them.
    """

    available: tuple[str, ...]
    entered: Kernel | None
    backend: str
    kernel: Kernel
    lane: str
    nbytes: int | None
    shapes: tuple[tuple[int, ...], ...]
    writes: tuple[Request, ...]

    def is_current(self, name: str) -> bool:
        """Tell whether back ends and their kernels are what they were."""
        return (
            backends.available() == self.available
            and lookup(self.backend, name) is self.entered
        )


@dataclass(frozen=True, slots=True, eq=False)
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
    selections : dict
        The kernels that were chosen for it.
    """

    operator: Operator
    attributes: Attributes
    names: tuple[str, ...]
    inputs: Specifications
    outputs: Specifications
    visible: int
    states: int
    selections: dict[Context, Selection] = field(default_factory=dict, repr=False)

    def on(self, context: Context) -> Selection:
        """Return the kernel that computes it on a context; DeclarationError if none."""
        found = self.selections.get(context)
        if found is None or not found.is_current(self.operator.name):
            found = self.selections[context] = _select(self, context)
        return found


def _select(call: Call, context: Context) -> Selection:
    name = call.operator.name
    available = backends.available()
    specifications = (call.attributes, call.inputs, call.outputs)
    backend, kernel = backends.select(name, *specifications, context.device_type)
    rule = kernel.workspace
    return Selection(
        available,
        lookup(backend, name),
        backend,
        kernel,
        lane_of(kernel, context),
        None if rule is None else rule(*specifications),
        tuple(x.shape for x in call.outputs),
        (Request.WRITE,) * len(call.outputs),
    )


def lane_of(kernel: Kernel, context: Context) -> str:
    """Return where a kernel runs on a context.

    What calls the user's own code runs on the host: it may use operators of the device
    and wait for them, which would never come to an end inside of the device's stream.
    """
    users = kernel.waits is not None
    return "cpu" if users and context.is_device else context.lane


_calls: dict[Hashable, Call] = {}


def key_of(
    operator: Operator, inputs: Sequence[Handle], given: Mapping[str, Any]
) -> Hashable:
    """Return what calls that mean the same have in common.

    Raises
    ------
    TypeError
        It cannot be told of an attribute.
    """
    key: list[Any] = [operator]
    for name, value in given.items():
        key.append(name)
        key.append(exact(value))
    for array in inputs:
        raw = array._raw
        key.append(raw.shape)
        key.append(raw.dtype)
    return tuple(key)


# Immutable, and alike if they are equal and of one type.
_SIMPLE = frozenset({int, bool, str, type, type(None)})


def exact(value: Any) -> Hashable:
    """Return what only values that mean the same to a parser have in common.

    1, 1.0 and True are equal, and so are 0.0 and -0.0.

    Raises
    ------
    TypeError
        It is of a type about which nothing is known.
    """
    kind = type(value)
    if kind is float:
        return value if value != 0 else ("0", str(value))
    if kind in _SIMPLE:
        return kind, value
    if kind is tuple or kind is list:
        return kind, *map(exact, value)
    if isinstance(value, np.generic):
        return kind, value.tobytes()
    if isinstance(value, np.dtype | type):
        return value
    raise TypeError(f"a {kind.__name__} may change")


def resolve(
    operator: Operator, inputs: Sequence[Handle], given: Mapping[str, Any]
) -> Call:
    """Check a call and infer its outputs.

    Raises
    ------
    ArgumentError
        An attribute or the count of inputs does not fit.
    InferenceError
        The inputs' shapes or types contradict the operator.
    """
    try:
        key = key_of(operator, inputs, given)
    except TypeError:
        return _resolve(operator, inputs, given)
    call = _calls.get(key)
    if call is None:
        call = _resolve(operator, inputs, given)
        remember(key, call)
    return call


def known(
    operator: Operator,
    kind: type[Handle],
    args: Sequence[Any],
    given: Mapping[str, Any],
) -> tuple[Hashable, Call | None]:
    """Return the call of an operator on these arguments if such a one was remembered.

    Parameters
    ----------
    operator : Operator
        What is called.
    kind : type
        What arrays are.
    args, given
        As the user passed them: only what is all arrays, and all plain attributes, is
        looked for.

    Returns
    -------
    tuple
        The key by which it is remembered, None if it cannot be; and the call.
    """
    for array in args:
        if type(array) is not kind:
            return None, None
    for value in given.values():
        if value is None:  # may stand for an array
            return None, None
    try:
        key = key_of(operator, args, given)
    except TypeError:
        return None, None
    return key, _calls.get(key)


def remember(key: Hashable, call: Call) -> None:
    """Keep a call for the next one with its key."""
    if len(_calls) >= MOST:
        _calls.clear()  # what is still used will soon be back
    _calls[key] = call


def _resolve(
    operator: Operator, arrays: Sequence[Handle], given: Mapping[str, Any]
) -> Call:
    inputs = tuple(Specification(x.shape, x.raw_dtype) for x in arrays)
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    try:
        attributes = operator.parse(plain)
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
