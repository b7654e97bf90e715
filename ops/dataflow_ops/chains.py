"""Chains: a producer of features and what follows it alone, as one operator.

A convolution, a fully connected layer or a normalization is followed by element-wise
steps, and nothing else reads what lies between: its kernel can compute them on the way.

A chain is an operator of its own, declared when it is made and known to no user.
"""

from __future__ import annotations

from dataclasses import dataclass

from dataflow_ops.attributes import Attributes
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DType
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.fused import Step
from dataflow_ops.registry import Operator, find
from dataflow_ops.shapes import Shape, given

PRODUCERS = ("Convolution", "FullyConnected", "BatchNorm")
# Of the way back: a normalization's gradient begins with that of what followed it.
PRODUCERS_BACK = ("_backward_Activation", "_backward_relu")


@dataclass(frozen=True)
class Chain:
    """What a chain computes.

    Parameters
    ----------
    shapes, dtypes : tuple
        Those of every value: of the inputs, then of the steps' outputs in order.
    inputs : int
        How many inputs there are.
    states : int
        How many of them, the last ones, are auxiliary states.
    steps : tuple of Step
        In order; all but the first read an output of the one before.
    outputs : tuple of int
        The values that leave the chain, that of the last step first.
    """

    shapes: tuple[Shape, ...]
    dtypes: tuple[DType, ...]
    inputs: int
    states: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    @property
    def operator(self) -> str:
        """Name of the operator that computes it."""
        return chain_name(self.steps[0].operator)


def chain_name(producer: str) -> str:
    """Name the operator of chains that begin with this one."""
    return f"_chain_{producer}"


def declare(chain: Chain) -> Operator:
    """Declare the operator that computes a chain."""
    arguments = chain.inputs - chain.states
    return Operator(
        name=chain.operator,
        summary=f"{len(chain.steps)} operators, one behind the other, as one.",
        inputs=tuple(f"input{i}" for i in range(arguments)),
        auxiliary=tuple(f"state{i}" for i in range(chain.states)),
        outputs=tuple(f"output{i}" for i in range(len(chain.outputs))),
        shapes=given,
        dtypes=given_dtypes,
        inplace=_overwritable(chain),
        cost=lambda attributes, inputs, outputs: _cost(chain),
    )


def _overwritable(chain: Chain) -> tuple[tuple[int, int], ...]:
    """Tell what the result may lie over: on the way back, what that begins with."""
    first = chain.steps[0]
    is_back = first.operator in PRODUCERS_BACK
    return ((first.reads[0], 0),) if is_back else ()


def parameters(chain: Chain) -> Attributes:
    """Return the attributes of the node that stands for a chain."""
    return Attributes({"chain": chain})


def _cost(chain: Chain) -> OperatorCost:
    costs = [
        find(step.operator).cost(
            step.attributes,
            [chain.shapes[value] for value in step.reads],
            [chain.shapes[value] for value in step.writes],
        )
        for step in chain.steps
    ]
    return OperatorCost(sum(c.flops for c in costs), sum(c.elements for c in costs))
