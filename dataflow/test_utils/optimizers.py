"""Comparing optimizers."""

from __future__ import annotations

import copy
from typing import Any

from dataflow import random
from dataflow.errors import ArgumentError
from dataflow.test_utils.comparing import assert_almost_equal, compare_ndarray_tuple
from dataflow.test_utils.given import check_dense


def compare_optimizer(
    opt1: Any,
    opt2: Any,
    shape: Any,
    dtype: Any,
    w_stype: str = "default",
    g_stype: str = "default",
    rtol: float = 1e-4,
    atol: float = 1e-5,
    compare_states: bool = True,
    ntensors: int = 1,
) -> None:
    """Check that two optimizers make the same step.

    Parameters
    ----------
    opt1, opt2 : Optimizer
        The optimizers.
    shape : sequence of int, or list of them
        The shape of a weight; a list of `ntensors` of them, which `opt2` updates in
        one call.
    dtype : dtype
        Type of weights and gradients.
    w_stype, g_stype : str
        Storage types; only ``"default"`` exists here.
    rtol, atol
        As in `assert_almost_equal`.
    compare_states : bool
        Compare what the optimizers remember, too.
    ntensors : int
        Count of weights.
    """
    check_dense({"weight": w_stype, "gradient": g_stype})
    several = isinstance(shape, list)
    shapes = shape if several else [shape]
    if len(shapes) != ntensors:
        raise ArgumentError(f"{len(shapes)} shapes for {ntensors} weights")
    weights, gradients = (
        [random.uniform(shape=each, dtype=dtype) for each in shapes] for _ in range(2)
    )
    others = copy.deepcopy((weights, gradients))
    first = [opt1.create_state_multi_precision(i, w) for i, w in enumerate(weights)]
    second = [opt2.create_state_multi_precision(i, w) for i, w in enumerate(weights)]
    for number, step in enumerate(zip(weights, gradients, first, strict=True)):
        opt1.update_multi_precision(number, *step)
    if several:
        numbers = list(range(ntensors))
        opt2.update_multi_precision(numbers, *map(tuple, others), second)
    else:
        opt2.update_multi_precision(0, others[0][0], others[1][0], second[0])
    for weight, other in zip(weights, others[0], strict=True):
        assert_almost_equal(weight, other, rtol, atol)
    if compare_states:
        compare_ndarray_tuple(tuple(first), tuple(second), rtol, atol)
