"""Work from shapes: what a run costs, and the rules that many operators share."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.shapes import Shape, size


class OperatorCost(NamedTuple):
    """Estimated work of one run: arithmetic operations and elements moved."""

    flops: float
    elements: float


CostRule = Callable[[Attributes, list[Shape], list[Shape]], OperatorCost]


def elements_moved(inputs: list[Shape], outputs: list[Shape]) -> int:
    """Count the elements of all inputs and outputs."""
    return sum(map(size, inputs)) + sum(map(size, outputs))


def elementwise_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """One arithmetic operation per output element; every element moved once."""
    return OperatorCost(sum(map(size, outputs)), elements_moved(inputs, outputs))


def weighted_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """Two operations for each weight that an output element sums over.

    Inputs are data, weight (its first axis counts the features made), ...
    """
    flops = 2.0 * size(outputs[0]) * size(inputs[1][1:])
    return OperatorCost(flops, elements_moved(inputs, outputs))


def weighted_backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """Twice the forward work, for two gradients; inputs: out_grad, data, weight."""
    flops = 4.0 * size(inputs[0]) * size(inputs[2][1:])
    return OperatorCost(flops, elements_moved(inputs, outputs))
