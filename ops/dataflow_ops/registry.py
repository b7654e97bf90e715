"""What an operator declares, and the table of all operators.

A declaration says everything about an operator but how to compute it: nothing in it
knows a device or an array library. How to compute it is in `dataflow_ops.kernels`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, parse_attributes
from dataflow_ops.costs import CostRule, elementwise_cost
from dataflow_ops.dtypes import DTypeRule, same_dtype
from dataflow_ops.errors import DeclarationError, suggestion
from dataflow_ops.gradients import Gradient
from dataflow_ops.parts import PlacesRule
from dataflow_ops.shapes import ShapeRule, same_shape

Names = tuple[str, ...] | Callable[[Attributes], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator:
    """One operator's declaration.

    Parameters
    ----------
    name : str
        Name in files and in the kernel table.
    summary : str
        What it computes, one or two lines, with its formula.
    aliases : tuple of str
        Further names under which users call it.
    inputs, outputs : tuple of str, or function of the attributes
        Argument and output names in order.
    auxiliary : tuple of str, or function of the attributes
        Further inputs, after the arguments, that the operator updates (states).
    visible : function of the attributes, optional
        How many leading outputs a user sees; all when omitted.
    variadic : str, optional
        The attribute that counts the inputs of an operator with any number of them.
    attributes : tuple of Attribute
        The schema of its attributes.
    free : bool
        It takes any further attributes, as strings.
    shapes, dtypes : rules
        See `dataflow_ops.shapes` and `dataflow_ops.dtypes`.
    gradient : Gradient, optional
        See `dataflow_ops.gradients`; None where no gradient flows.
    inplace : tuple of (input, output)
        Which output may be written over which input (when nobody else needs it).
    view : bool
        Output 0 holds the bytes of input 0 in the same order: sharing them costs
        nothing, and its kernel must accept that both are the same memory.
    joins, splits : rule, optional
        Where in output 0 the inputs lie, and where in input 0 the outputs; see
        `dataflow_ops.parts`. Its kernel copies only what does not lie there.
    cost : rule
        Work from shapes.
    random : bool
        It draws random numbers.
    """

    name: str
    summary: str
    aliases: tuple[str, ...] = ()
    inputs: Names = ("data",)
    auxiliary: Names = ()
    outputs: Names = ("output",)
    visible: Callable[[Attributes], int] | None = None
    variadic: str | None = None
    attributes: tuple[Attribute, ...] = ()
    free: bool = False
    shapes: ShapeRule = same_shape
    dtypes: DTypeRule = same_dtype
    gradient: Gradient | None = None
    inplace: tuple[tuple[int, int], ...] = ()
    view: bool = False
    joins: PlacesRule | None = None
    splits: PlacesRule | None = None
    cost: CostRule = elementwise_cost
    random: bool = False

    def parse(self, given: Mapping[str, Any]) -> Attributes:
        """Return the typed attributes; raises AttributeValueError."""
        return parse_attributes(self.attributes, given)

    def input_names(self, attributes: Attributes) -> tuple[str, ...]:
        """Names of the arguments, without auxiliary states."""
        return _names(self.inputs, attributes)

    def auxiliary_names(self, attributes: Attributes) -> tuple[str, ...]:
        """Names of the auxiliary states, which follow the arguments."""
        return _names(self.auxiliary, attributes)

    def output_names(self, attributes: Attributes) -> tuple[str, ...]:
        """Names of all outputs, hidden ones included."""
        return _names(self.outputs, attributes)

    def visible_outputs(self, attributes: Attributes) -> int:
        """Count the leading outputs that a user sees."""
        if self.visible is not None:
            return self.visible(attributes)
        return len(self.output_names(attributes))

    def __repr__(self) -> str:
        return f"Operator({self.name!r})"


def _names(names: Names, attributes: Attributes) -> tuple[str, ...]:
    return names if isinstance(names, tuple) else names(attributes)


_OPERATORS: dict[str, Operator] = {}


def register(operator: Operator) -> Operator:
    """Enter a declaration under its name and aliases; each name exists once."""
    for name in (operator.name, *operator.aliases):
        if name in _OPERATORS:
            raise DeclarationError(f"operator '{name}' is declared twice")
        _OPERATORS[name] = operator
    return operator


def find(name: str) -> Operator:
    """Return the operator of this name or alias.

    Raises
    ------
    DeclarationError
        There is none; the closest name is suggested.
    """
    try:
        return _OPERATORS[name]
    except KeyError:
        hint = suggestion(name, _OPERATORS)
        message = f"there is no operator '{name}'" + (f"; {hint}" if hint else "")
        raise DeclarationError(message) from None


def names() -> Mapping[str, Operator]:
    """Every name and alias with its operator, in order of declaration."""
    return dict(_OPERATORS)
