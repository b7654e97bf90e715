"""Products of matrices, as steps of a plan."""

from __future__ import annotations

import numpy as np

from dataflow_ops.kernels.onednn.codes import Argument
from dataflow_ops.kernels.onednn.memory import Layout, ordered, undecided
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.kernels.onednn.steps import NONE, Steps


def matrix(rows: int, columns: int, stored_transposed: bool = False) -> Layout:
    """Describe a matrix; its rows, or else its columns, lie one behind the other."""
    return ordered((rows, columns), (1, 0) if stored_transposed else None)


def multiply(
    plan: Plan,
    left: str,
    right: str,
    result: str,
    bias: str = "",
    steps: Steps = NONE,
    *,
    packed: bool = False,
) -> None:
    """Append the product of two matrices that the plan knows.

    The right one may first be packed as the product likes it best.
    """
    names = (left, right, bias, result)
    layouts = [plan.layout(name) if name else None for name in names]
    if packed:
        layouts[1] = undecided(plan.layout(right).shape)
    reads: dict[int, str] = {Argument.SOURCE: left, Argument.WEIGHTS: right}
    if bias:
        reads[Argument.BIAS] = bias
    product = Primitive("matmul", *layouts, threads=plan.threads, steps=steps.described)
    reads |= steps.reads
    plan.run(product, reads, {Argument.RESULT: result})


def sum_rows(plan: Plan, rows: int, source: str, result: str) -> None:
    """Append the sum of a matrix's rows, as a product with ones."""
    plan.constant("ones", np.ones(rows, np.float32), matrix(1, rows))
    multiply(plan, "ones", source, result)
