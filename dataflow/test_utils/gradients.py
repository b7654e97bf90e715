"""Checks of gradients against numeric differentiation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataflow import symbol
from dataflow.context import Context, current_context
from dataflow.errors import ArgumentError, InferenceError
from dataflow.executor import Executor
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow.test_utils.checking import DTYPE
from dataflow.test_utils.comparing import assert_almost_equal
from dataflow.test_utils.given import (
    Values,
    arguments,
    as_array,
    attributed,
    check_dense,
    check_dtype,
    random_gradients,
    states,
)
from dataflow.test_utils.tolerances import (
    Tolerance,
    default_numeric_eps,
    get_tolerance,
)

PROJECTION = "__random_proj"


def numeric_grad(
    executor: Executor,
    location: Mapping[str, Any],
    aux_states: Mapping[str, Any] | None = None,
    eps: float = 1e-4,
    use_forward_train: bool = True,
    dtype: Any = DTYPE,
) -> dict[str, np.ndarray]:
    """Return the gradients of the sum of an executor's first output, numerically.

    Parameters
    ----------
    executor : Executor
        What computes the output.
    location : mapping of str to array
        By which arguments to differentiate, and where. Gradients by integers are 0.
    aux_states : mapping of str to array, optional
        What auxiliary states are set to before every pass.
    eps : float
        The distance of the two points that are compared.
    use_forward_train : bool
        Whether operators behave as in training.
    dtype : dtype
        Type of the results.
    """
    check_dtype(dtype, as_given=False)
    values = {name: np.array(value) for name, value in location.items()}
    for name, value in values.items():
        executor.arg_dict[name][:] = value

    def total() -> float:
        for name, state in (aux_states or {}).items():
            executor.aux_dict[name][:] = state
        output = executor.forward(is_train=use_forward_train)[0]
        return float(output.asnumpy().sum(dtype=np.float64))

    return {
        name: _differences(executor.arg_dict[name], value, total, eps).astype(dtype)
        for name, value in values.items()
    }


def _differences(
    target: NDArray, value: np.ndarray, total: Any, eps: float
) -> np.ndarray:
    """Return (f(x + eps/2) - f(x - eps/2)) / eps for every element x."""
    gradient = np.zeros(value.shape)
    if value.dtype.kind != "f":
        return gradient
    for place in np.ndindex(value.shape):
        sums = []
        for step in (eps / 2, -eps / 2):
            moved = value.copy()
            moved[place] += step
            target[:] = moved
            sums.append(total())
        gradient[place] = (sums[0] - sums[1]) / eps
    target[:] = value
    return gradient


def check_numeric_gradient(
    sym: Symbol,
    location: Values,
    aux_states: Values | None = None,
    numeric_eps: Tolerance = None,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    grad_nodes: Sequence[str] | Mapping[str, str] | None = None,
    use_forward_train: bool = True,
    ctx: Context | None = None,
    grad_stype_dict: Mapping[str, str] | None = None,
    dtype: Any = DTYPE,
) -> None:
    """Check the gradients of a symbol of one output against numeric ones.

    Parameters
    ----------
    sym : Symbol
        What is differentiated: the sum of its output times random numbers.
    location, aux_states : mapping or sequence
        Arguments and auxiliary states, by name or in order.
    numeric_eps : float or mapping, optional
        The distance of the two points that are compared; by default one that suits the
        output's type.
    rtol, atol
        As in `assert_almost_equal`.
    grad_nodes : sequence or mapping, optional
        By which arguments to differentiate, or the request (``"write"``, ``"add"``,
        ``"null"``) for each; by default all.
    use_forward_train : bool
        Whether operators behave as in training where the gradient is numeric.
    ctx : Context, optional
        Where; the current context by default.
    grad_stype_dict : mapping, optional
        Storage types of gradients; only ``"default"`` exists here.
    dtype : dtype
        The type in which to compute.

    Raises
    ------
    AssertionError
        A gradient is another one.
    """
    check_dtype(dtype, as_given=False)
    check_dense(grad_stype_dict)
    context = ctx or current_context()
    requests = _requests(sym, grad_nodes)
    values = arguments(sym, location, context, dtype)
    aux = states(sym, aux_states, context, dtype)
    aux_values = {name: array.asnumpy() for name, array in (aux or {}).items()}
    before = random_gradients({n: values[n] for n in requests}, context, dtype)
    gradients = {name: array.copy() for name, array in before.items()}
    executor = _projected(sym).bind(
        context,
        values | {PROJECTION: _projection(sym, values, context, dtype)},
        gradients,
        {**requests, PROJECTION: "null"},
        aux,
    )
    output = executor.forward(is_train=True)[0]
    executor.backward()
    eps = get_tolerance(output, numeric_eps, default_numeric_eps())
    at = {name: values[name].asnumpy() for name in requests}
    numeric = numeric_grad(executor, at, aux_values, eps, use_forward_train, dtype)
    for name, request in requests.items():
        pair = attributed(numeric[name], gradients[name], before[name], request)
        names = f"NUMERICAL_{name}", f"BACKWARD_{name}"
        assert_almost_equal(*pair, rtol, atol, names)


def _requests(sym: Symbol, grad_nodes: Any) -> dict[str, str]:
    names = sym.list_arguments()
    chosen = names if grad_nodes is None else grad_nodes
    requests = (
        dict(chosen) if isinstance(chosen, Mapping) else dict.fromkeys(chosen, "write")
    )
    for name in requests:
        if name not in names:
            raise ArgumentError(
                f"grad_nodes names '{name}'; the arguments are {', '.join(names)}"
            )
    return requests


def _projected(sym: Symbol) -> Symbol:
    if len(sym) != 1:
        raise ArgumentError(
            f"{sym!r} has {len(sym)} outputs; pick one by index to check its gradient"
        )
    return symbol.make_loss(sym * symbol.Variable(PROJECTION))


def _projection(
    sym: Symbol, values: Mapping[str, NDArray], ctx: Context, dtype: Any
) -> NDArray:
    shapes = sym.infer_shape(**{name: array.shape for name, array in values.items()})[1]
    if shapes is None or shapes[0] is None:
        raise InferenceError(f"the shape of {sym!r} does not follow from location")
    return as_array(np.random.rand(*shapes[0]) + 0.1, ctx, dtype)
