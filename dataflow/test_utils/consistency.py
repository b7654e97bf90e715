"""Comparing what contexts and element types make of the same symbol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.executor import Executor
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow.test_utils.comparing import assert_almost_equal
from dataflow.test_utils.tolerances import Tolerance

Results = dict[str, Any]


def check_consistency(
    sym: Symbol | Sequence[Symbol],
    ctx_list: Sequence[Mapping[str, Any]],
    scale: float = 1.0,
    grad_req: str = "write",
    arg_params: dict[str, Any] | None = None,
    aux_params: dict[str, Any] | None = None,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    raise_on_err: bool = True,
    ground_truth: Mapping[str, Any] | None = None,
    equal_nan: bool = False,
    use_uniform: bool = False,
    rand_type: Any = np.float64,
) -> Results:
    """Check that a symbol gives the same on several contexts and in several types.

    Parameters
    ----------
    sym : Symbol or sequence of Symbol
        What is computed; or one symbol for each entry of `ctx_list`.
    ctx_list : sequence of mapping
        What `Symbol.simple_bind` is given for each: ``ctx``, ``type_dict``, shapes.
    scale : float
        Deviation of random arguments.
    grad_req : str
        ``"write"``, ``"add"`` or ``"null"``.
    arg_params, aux_params : dict, optional
        Values of arguments and auxiliary states; others are random, and 0.
    rtol, atol, equal_nan
        As in `assert_almost_equal`.
    raise_on_err : bool
        Raise at the first difference, rather than print all.
    ground_truth : mapping, optional
        What to compare with; by default the results in the most precise type.
    use_uniform : bool
        Draw random arguments from a uniform distribution rather than a normal one.
    rand_type : dtype
        In which type they are drawn.

    Returns
    -------
    dict
        Outputs and gradients that the others were compared with, by name.

    Raises
    ------
    AssertionError
        Two results differ.
    """
    if len(ctx_list) < 2:
        raise ArgumentError(f"to compare takes two entries of ctx_list, not {ctx_list}")
    symbols = [sym] * len(ctx_list) if isinstance(sym, Symbol) else list(sym)
    _check_alike(symbols, len(ctx_list))
    executors = [
        one.simple_bind(grad_req=grad_req, **given)
        for one, given in zip(symbols, ctx_list, strict=True)
    ]
    values = {} if arg_params is None else arg_params
    states = {} if aux_params is None else aux_params
    _draw(executors[0], values, scale, use_uniform, rand_type)
    for executor in executors:
        _fill(executor, values, states)
    best = int(np.argmax([e.outputs[0].raw_dtype.itemsize for e in executors]))
    runs = [_outputs(executors)]
    if grad_req != "null":
        runs.append(_gradients(executors))
    truth: Results = {}
    for results in runs:
        truth = dict(results[best] if ground_truth is None else ground_truth)
        for difference in _differences(results, best, truth, rtol, atol, equal_nan):
            if raise_on_err:
                raise difference
            print(difference)
    return truth


def _draw(
    executor: Executor,
    values: dict[str, Any],
    scale: float,
    uniform: bool,
    dtype: Any,
) -> None:
    """Draw arguments that have no values yet."""
    for name, array in sorted(executor.arg_dict.items()):
        if name not in values:
            if uniform:
                made = np.random.uniform(-0.92 * scale, 0.92 * scale, array.shape)
            else:
                made = np.random.normal(0, scale, array.shape)
            values[name] = made.astype(dtype)


def _check_alike(symbols: Sequence[Symbol], count: int) -> None:
    if len(symbols) != count:
        raise ArgumentError(f"{len(symbols)} symbols for {count} entries of ctx_list")
    for one in symbols[1:]:
        for names in (Symbol.list_arguments, Symbol.list_outputs):
            if names(one) != names(symbols[0]):
                raise ArgumentError(
                    f"symbols to compare must have the same names, not "
                    f"{names(one)} and {names(symbols[0])}"
                )


def _fill(
    executor: Executor, values: Mapping[str, Any], states: dict[str, Any]
) -> None:
    for name, array in executor.arg_dict.items():
        array[:] = values[name]
    for name, array in executor.aux_dict.items():
        array[:] = states.setdefault(name, 0)
    for gradient in executor.grad_arrays:
        if gradient is not None:
            gradient[:] = 0


def _outputs(executors: Sequence[Executor]) -> list[Results]:
    for executor in executors:
        executor.forward(is_train=False)
    return [_copied(executor.output_dict) for executor in executors]


def _gradients(executors: Sequence[Executor]) -> list[Results]:
    """Run a training step; the first executor's outputs are everyone's gradients."""
    for executor in executors:
        executor.forward(is_train=True)
    heads = []
    for outputs in zip(*(executor.outputs for executor in executors), strict=True):
        least = min((o.raw_dtype for o in outputs), key=lambda dtype: dtype.itemsize)
        heads.append(outputs[0].asnumpy().astype(least))
    for executor in executors:
        executor.backward(
            [
                nd.array(head, output.context, output.dtype)
                for head, output in zip(heads, executor.outputs, strict=True)
            ]
        )
    return [_copied(e.output_dict | e.grad_dict) for e in executors]


def _copied(arrays: Mapping[str, NDArray | None]) -> Results:
    return {name: a.copy() for name, a in arrays.items() if a is not None}


def _differences(
    results: Sequence[Results],
    best: int,
    truth: Results,
    rtol: Tolerance,
    atol: Tolerance,
    equal_nan: bool,
) -> Iterator[AssertionError]:
    """Yield an error for each result that is not the true one."""
    for number, result in enumerate(results):
        for name, value in result.items() if number != best else ():
            try:
                assert_almost_equal(value, truth[name], rtol, atol, equal_nan=equal_nan)
            except AssertionError as error:
                where = f"'{name}' of ctx_list[{number}] and of ctx_list[{best}]"
                yield AssertionError(f"{where} differ. {error}")
