"""What FeedForward trains, a module, and what it asks, an executor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np

from dataflow.context import Context
from dataflow.errors import ArgumentError
from dataflow.executor import Executor
from dataflow.io import DataBatch
from dataflow.model.inputs import check_inputs
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol


def _module(symbol: Symbol, **options: Any) -> Any:
    # Modules are built on this package, so they are found late.
    return import_module("dataflow.module").Module(symbol, **options)


def _names(described: Iterable[tuple[str, Any]] | None) -> list[str]:
    """Return the names in an iterator's descriptions of its arrays."""
    return [each[0] for each in described or ()]


def trainable(symbol: Symbol, data: Any, **options: Any) -> Any:
    """Return a module that can be trained on what an iterator gives.

    Parameters
    ----------
    symbol : Symbol
        The network.
    data : DataIter
        Where batches come from.
    **options
        Further arguments of Module.

    Raises
    ------
    UnknownNameError
        The data have a name that is no argument's.
    """
    data_names, label_names = _names(data.provide_data), _names(data.provide_label)
    check_inputs(symbol, [*data_names, *label_names])
    module = _module(symbol, data_names=data_names, label_names=label_names, **options)
    module.bind(data.provide_data, data.provide_label)
    return module


def predictor(
    symbol: Symbol,
    data: Any,
    context: Context,
    arg_params: Mapping[str, NDArray],
    aux_params: Mapping[str, NDArray],
    allow_extra: bool,
) -> Executor:
    """Return an executor that predicts what an iterator gives.

    Parameters
    ----------
    symbol : Symbol
        The network. Arguments whose names end with ``label`` need no value.
    data : DataIter
        Where batches come from.
    context : Context
        Where it runs.
    arg_params, aux_params : mapping
        Parameters and auxiliary states.
    allow_extra : bool
        Allow them to have names that are no parameters'.

    Raises
    ------
    UnknownNameError
        A name is no argument's.
    ArgumentError
        A parameter is missing.
    """
    shapes = {each[0]: each[1] for each in data.provide_data}
    check_inputs(symbol, list(shapes))
    arguments = symbol.list_arguments()
    for name in arguments:
        if name not in shapes and name not in arg_params and not _is_label(name):
            raise ArgumentError(
                f"the network has no value of '{name}'; call fit, or pass arg_params"
            )
    types = {n: array.dtype for n, array in arg_params.items() if n in arguments}
    types |= {each[0]: getattr(each, "dtype", np.float32) for each in data.provide_data}
    executor = symbol.simple_bind(context, "null", type_dict=types, **shapes)
    executor.copy_params_from(arg_params, aux_params, allow_extra)
    return executor


def _is_label(name: str) -> bool:
    return name.endswith("label")


def run(
    executor: Executor, data: Any, num_batch: int | None, reset: bool
) -> Iterator[DataBatch]:
    """Yield batches when their outputs are on their way."""
    if reset:
        data.reset()
    given = _names(data.provide_data)
    for batch in islice(data, num_batch):
        executor.forward(False, **dict(zip(given, batch.data, strict=True)))
        yield batch


def unpadded(arrays: Iterable[NDArray], batch: DataBatch) -> list[NDArray]:
    """Return copies without what only fills the batch up."""
    return [array[: len(array) - (batch.pad or 0)].copy() for array in arrays]


def fetched(batches: Iterable[list[NDArray]]) -> list[np.ndarray]:
    """Return each of the batches' arrays, joined, as values for Python.

    Those of one batch are waited for while the next one is computed.
    """
    found: list[list[np.ndarray]] = []
    last: list[NDArray] = []
    for arrays in batches:
        found.append([array.asnumpy() for array in last])
        last = arrays
    found.append([array.asnumpy() for array in last])
    return [np.concatenate(parts) for parts in zip(*found[1:], strict=True)]


def single(values: list[np.ndarray]) -> Any:
    """Return the only value of a list, or the list if it has several."""
    return values[0] if len(values) == 1 else values
