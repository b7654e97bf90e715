"""Checks of what a symbol computes, forward and backward, against given values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.context import Context, current_context
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow.test_utils.comparing import assert_almost_equal
from dataflow.test_utils.given import (
    Values,
    arguments,
    as_array,
    attributed,
    by_name,
    check_dense,
    check_dtype,
    random_gradients,
    states,
)
from dataflow.test_utils.tolerances import Tolerance, default_dtype

Requests = str | Sequence[str] | Mapping[str, str]
DTYPE = default_dtype()


def simple_forward(
    sym: Symbol, ctx: Context | None = None, is_train: bool = False, **inputs: Any
) -> Any:
    """Compute the outputs of a symbol once.

    Parameters
    ----------
    sym : Symbol
        What is computed.
    ctx : Context, optional
        Where; the current context by default.
    is_train : bool
        As in `Executor.forward`.
    **inputs : array_like
        The arguments.

    Returns
    -------
    numpy.ndarray or list of numpy.ndarray
        The output; several as a list.
    """
    context = ctx or current_context()
    arrays = {name: nd.array(value, context) for name, value in inputs.items()}
    outputs = sym.bind(context, arrays, grad_req="null").forward(is_train=is_train)
    values = [output.asnumpy() for output in outputs]
    return values[0] if len(values) == 1 else values


def check_symbolic_forward(
    sym: Symbol,
    location: Values,
    expected: Values,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    aux_states: Values | None = None,
    ctx: Context | None = None,
    equal_nan: bool = False,
    dtype: Any = DTYPE,
) -> list[NDArray]:
    """Check the outputs of a symbol; return them.

    Parameters
    ----------
    sym : Symbol
        What is computed.
    location, aux_states : mapping or sequence
        Arguments and auxiliary states, by name or in order.
    expected : mapping or sequence
        The outputs, by name or in order.
    rtol, atol, equal_nan
        As in `assert_almost_equal`.
    ctx : Context, optional
        Where; the current context by default.
    dtype : dtype, or "asnumpy"
        As which type NumPy values are taken; ``"asnumpy"`` for their own.

    Raises
    ------
    AssertionError
        An output is another one.
    """
    check_dtype(dtype)
    context = ctx or current_context()
    executor = sym.bind(
        context,
        arguments(sym, location, context, dtype),
        grad_req="null",
        aux_states=states(sym, aux_states, context, dtype),
    )
    outputs = executor.forward(is_train=False)
    wanted = by_name(expected, sym.list_outputs(), "expected", partial=True)
    for name, output in zip(sym.list_outputs(), outputs, strict=True):
        if name in wanted:
            names = f"EXPECTED_{name}", f"FORWARD_{name}"
            assert_almost_equal(wanted[name], output, rtol, atol, names, equal_nan)
    return outputs


def check_symbolic_backward(
    sym: Symbol,
    location: Values,
    out_grads: Any,
    expected: Values,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    aux_states: Values | None = None,
    grad_req: Requests = "write",
    ctx: Context | None = None,
    grad_stypes: Mapping[str, str] | None = None,
    equal_nan: bool = False,
    dtype: Any = DTYPE,
) -> dict[str, NDArray]:
    """Check the gradients of a symbol's arguments; return them.

    Parameters
    ----------
    out_grads : mapping, sequence or NDArray, optional
        Gradients of the outputs, by name or in order.
    expected : mapping or sequence
        Gradients of arguments, by name or in order.
    grad_req : str, sequence or mapping
        ``"write"``, ``"add"`` or ``"null"``, for all arguments or for each. What was
        in a gradient's array before must be gone, be added to, or be left alone.
    grad_stypes : mapping, optional
        Storage types of gradients; only ``"default"`` exists here.
    sym, location, aux_states, rtol, atol, equal_nan, ctx, dtype
        As in `check_symbolic_forward`.

    Raises
    ------
    AssertionError
        A gradient is another one.
    """
    check_dtype(dtype)
    check_dense(grad_stypes)
    context = ctx or current_context()
    wanted = by_name(expected, sym.list_arguments(), "expected", partial=True)
    before = random_gradients(wanted, context, dtype)
    gradients = {name: array.copy() for name, array in before.items()}
    requests = _requests(sym, grad_req)
    executor = sym.bind(
        context,
        arguments(sym, location, context, dtype),
        gradients,
        {name: requests[name] if name in wanted else "null" for name in requests},
        states(sym, aux_states, context, dtype),
    )
    executor.forward(is_train=True)
    executor.backward(_heads(sym, out_grads, context, dtype))
    for name, value in wanted.items():
        pair = attributed(value, gradients[name], before[name], requests[name])
        names = f"EXPECTED_{name}", f"BACKWARD_{name}"
        assert_almost_equal(*pair, rtol, atol, names, equal_nan)
    return gradients


def _requests(sym: Symbol, grad_req: Requests) -> dict[str, str]:
    names = sym.list_arguments()
    if isinstance(grad_req, str):
        return dict.fromkeys(names, grad_req)
    if isinstance(grad_req, Mapping):
        return {name: grad_req.get(name, "null") for name in names}
    return by_name(grad_req, names, "grad_req")


def _heads(
    sym: Symbol, out_grads: Any, ctx: Context, dtype: Any
) -> list[NDArray] | None:
    if out_grads is None:
        return None
    if isinstance(out_grads, NDArray | np.ndarray):
        out_grads = [out_grads]
    given = by_name(out_grads, sym.list_outputs(), "out_grads")
    return [as_array(given[name], ctx, dtype) for name in sym.list_outputs()]
