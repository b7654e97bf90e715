"""Multi-head attention on projections that stand interleaved in one array.

Arrays of projections are (length, batch, heads * parts * width): for each head its
query, key and value (three parts), its key and value (two), or one of them alone.
Attention maps are (batch * heads, queries, keys).
"""

from __future__ import annotations

from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, positive
from dataflow_ops.costs import CostRule, OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.matrices import fit
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    display,
    given,
    size,
)

_HEADS = (Attribute("heads", positive, doc="Number of attention heads."),)


class _Operand(NamedTuple):
    """An input or output: letters for its lengths, one of which holds all heads."""

    name: str
    letters: str  # n: batch, d: width of a head; lengths: l, or q and k
    axis: int  # the one that holds the heads
    parts: int  # how many there are for each head

    @property
    def is_map(self) -> bool:
        return self.axis == 0

    def divided(self, shape: Shape | None, heads: int) -> Shape | None:
        """Return the shape with the heads taken out; raises ShapeError."""
        if shape is None:
            return None
        if len(shape) != 3:
            raise ShapeError(f"{self.name} {display(shape)} should have 3 dimensions")
        length, factor = shape[self.axis], self.parts * heads
        if length == UNKNOWN:
            return shape
        if length % factor:
            raise ShapeError(
                f"{self.name} {display(shape)}: dimension {self.axis} should divide by"
                f" {factor}, for {heads} heads with {self.parts} in each"
            )
        return (*shape[: self.axis], length // factor, *shape[self.axis + 1 :])

    def multiplied(self, shape: Shape | None, heads: int) -> Shape | None:
        """Return the shape with the heads put back."""
        if shape is None or shape[self.axis] == UNKNOWN:
            return shape
        length = shape[self.axis] * self.parts * heads
        return (*shape[: self.axis], length, *shape[self.axis + 1 :])


def _projections(name: str, length: str, parts: int) -> _Operand:
    return _Operand(name, f"{length}nd", 2, parts)


def _map(name: str, queries: str, keys: str) -> _Operand:
    return _Operand(name, f"n{queries}{keys}", 0, 1)


def _shapes(operands: tuple[_Operand, ...]) -> ShapeRule:
    pattern = " ".join(f"{x.name}:{x.letters}" for x in operands)

    def rule(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
        heads = attributes.heads
        pairs = list(zip(operands, (*inputs, *outputs), strict=True))
        divided = [operand.divided(shape, heads) for operand, shape in pairs]
        try:
            told = fit(pattern, divided)
        except ShapeError:
            shown = ", ".join(f"{x.name} {display(shape)}" for x, shape in pairs)
            raise ShapeError(
                f"shapes do not fit one another for {heads} heads: {shown}"
            ) from None
        shapes = [x.multiplied(y, heads) for x, y in zip(operands, told, strict=True)]
        return shapes[: len(inputs)], shapes[len(inputs) :]

    return rule


def _cost(operands: tuple[_Operand, ...], products: int) -> CostRule:
    """Two operations for each element of a map and of a head's width, per product."""

    def rule(
        attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
    ) -> OperatorCost:
        shapes = dict(zip(operands, (*inputs, *outputs), strict=False))
        (maps,) = (shape for x, shape in shapes.items() if x.is_map)
        operand, shape = next(item for item in shapes.items() if not item[0].is_map)
        width = shape[2] / (operand.parts * attributes.heads)
        flops = 2.0 * products * size(maps) * width
        return OperatorCost(flops, elements_moved(inputs, outputs))

    return rule


for _name, _summary, _inputs, _output in (
    (
        "selfatt_qk",
        "Q K^T / sqrt(width of a head), for the queries and keys of one sequence.",
        (_projections("queries_keys_values", "l", 3),),
        _map("output", "l", "l"),
    ),
    (
        "selfatt_valatt",
        "A V, for attention maps A and the values of one sequence.",
        (_projections("queries_keys_values", "l", 3), _map("attention", "l", "l")),
        _projections("output", "l", 1),
    ),
    (
        "encdec_qk",
        "Q K^T / sqrt(width of a head), for queries of one sequence and keys of "
        "another.",
        (_projections("queries", "q", 1), _projections("keys_values", "k", 2)),
        _map("output", "q", "k"),
    ),
    (
        "encdec_valatt",
        "A V, for attention maps A from one sequence to the values of another.",
        (_projections("keys_values", "k", 2), _map("attention", "q", "k")),
        _projections("output", "q", 1),
    ),
):
    _names = tuple(operand.name for operand in _inputs)
    register(
        Operator(
            name=f"_contrib_interleaved_matmul_{_name}",
            summary=_summary,
            inputs=_names,
            attributes=_HEADS,
            shapes=_shapes((*_inputs, _output)),
            dtypes=same_float,
            cost=_cost((*_inputs, _output), 1),
            gradient=backward(
                f"_backward_interleaved_matmul_{_name}",
                "out_grad",
                *_names,
                of=tuple(range(len(_names))),
            ),
        )
    )
    register(
        Operator(
            name=f"_backward_interleaved_matmul_{_name}",
            summary=f"Gradients of interleaved_matmul_{_name}.",
            inputs=("out_grad", *_names),
            outputs=_names,
            attributes=_HEADS,
            shapes=given,
            dtypes=given_dtypes,
            cost=_cost((_output, *_inputs), 2),
        )
    )
