"""What kernels let a primitive do to its result before it is written.

oneDNN's relu makes 0 of NaN. Here it is x * min(1, max(0, x * huge)), which keeps NaN
(and makes NaN of -inf), and to which 0 is added, lest there be zeros with a sign.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dataflow_ops.kernels.onednn.codes import Algorithm, operand_of_step
from dataflow_ops.kernels.onednn.memory import Layout
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Step

_HUGE = float(np.finfo(np.float32).max)
# NumPy's tanh is faster.
ACTIVATIONS = {
    "relu": (
        Step(Algorithm.HARD_SWISH, _HUGE, 0.0),
        Step(Algorithm.LINEAR, 1.0, 0.0),
    ),
    "sigmoid": (Step(Algorithm.LOGISTIC),),
}


class Combination(NamedTuple):
    """A sum or product with a number for each channel.

    Parameters
    ----------
    algorithm : Algorithm
        SUM or PRODUCT.
    operand : str
        What the plan calls these numbers.
    layout : Layout, optional
        How a primitive is to have it.
    """

    algorithm: Algorithm
    operand: str
    layout: Layout | None = None


class Steps(NamedTuple):
    """Combinations, then a function: ``relu``, ``sigmoid`` or none."""

    combined: tuple[Combination, ...] = ()
    activation: str = ""

    @property
    def reads(self) -> dict[int, str]:
        """What a primitive with these steps reads for them."""
        return {operand_of_step(i): x.operand for i, x in enumerate(self.combined)}

    @property
    def described(self) -> list[Step]:
        """Return them as primitives are given them."""
        own = [Step(x.algorithm, operand=x.layout) for x in self.combined]
        return [*own, *ACTIVATIONS.get(self.activation, ())]

    def seen(self, plan: Plan, layout: Layout) -> Steps:
        """Return them with the operands seen as a primitive is to have them."""
        combined = []
        for number, part in enumerate(self.combined):
            name = f"operand {number}"
            plan.view(name, part.operand, layout)
            combined.append(Combination(part.algorithm, name, layout))
        return self._replace(combined=tuple(combined))


NONE = Steps()
