"""What FeedForward is given: a symbol, and arrays or iterators that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.io import DataIter, NDArrayIter
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow_ops.errors import suggestion

ARRAYS = (NDArray, np.ndarray)


def as_iterator(X: Any, y: Any, is_train: bool, batch_size: int) -> Any:
    """Return an iterator over samples.

    Parameters
    ----------
    X : DataIter, NDArray or numpy.ndarray
        Samples.
    y : NDArray or numpy.ndarray, optional
        Their labels; not for iterators, which have them.
    is_train : bool
        Whether labels are needed. Samples are then shuffled, and what does not fill the
        last batch comes first in the next epoch.
    batch_size : int
        Samples in a batch, at most.

    Raises
    ------
    ArgumentTypeError
        `X` is something else, or `y` is no array.
    ArgumentError
        Labels are missing, of another count, or more than one for each sample.
    """
    if not isinstance(X, ARRAYS):
        if not isinstance(X, DataIter):
            raise ArgumentTypeError(
                "X must be a DataIter, an NDArray or a numpy.ndarray, not "
                f"{type(X).__name__}"
            )
        return X
    if not X.shape:
        raise ArgumentError("X has no axis along which samples could lie")
    return NDArrayIter(
        X,
        _labels(y, X.shape[0], is_train),
        min(X.shape[0], batch_size),
        shuffle=is_train,
        last_batch_handle="roll_over" if is_train else "pad",
    )


def as_validation(eval_data: Any, batch_size: int) -> Any:
    """Return an iterator over samples to measure on; None if there are none.

    Parameters
    ----------
    eval_data : DataIter, or pair, optional
        An iterator; or samples and labels: NDArrays, numpy.ndarrays or lists.
    batch_size : int
        As in `as_iterator`.

    Raises
    ------
    ArgumentTypeError, ArgumentError
        It is something else; see `as_iterator`.
    """
    if eval_data is None or isinstance(eval_data, DataIter):
        return eval_data
    if not isinstance(eval_data, tuple | list) or len(eval_data) != 2:
        raise ArgumentTypeError(
            "eval_data must be a DataIter, or a pair of samples and labels, not "
            f"{type(eval_data).__name__}"
        )
    X, y = (np.array(x) if isinstance(x, list) else x for x in eval_data)
    return as_iterator(X, y, is_train=True, batch_size=batch_size)


def _labels(y: Any, count: int, is_train: bool) -> Any:
    if y is None:
        if is_train:
            raise ArgumentError(
                "labels are missing: pass y, or an iterator that has them"
            )
        return np.zeros(count)
    if not isinstance(y, ARRAYS):
        raise ArgumentTypeError(
            f"y must be an NDArray or a numpy.ndarray, not {type(y).__name__}"
        )
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] != 1):
        raise ArgumentError(
            f"y has shape {y.shape}; it needs one label for each sample"
        )
    if y.shape[0] != count:
        raise ArgumentError(f"X has {count} samples, and y {y.shape[0]} labels")
    return y.reshape(-1)


def check_symbol(symbol: Any) -> None:
    """Raise unless it is a symbol whose arguments have names of their own."""
    if not isinstance(symbol, Symbol):
        raise ArgumentTypeError(
            f"FeedForward trains a Symbol, not {symbol!r}; for one that depends on the "
            "batch there is BucketingModule"
        )
    arguments = symbol.list_arguments()
    for name in arguments:
        if arguments.count(name) > 1:
            raise ArgumentError(
                f"two arguments of the symbol have the name '{name}'; give them "
                "different ones"
            )


def check_inputs(symbol: Symbol, given: Sequence[str]) -> None:
    """Raise UnknownNameError unless the symbol has arguments of these names."""
    arguments = symbol.list_arguments()
    for name in given:
        if name not in arguments:
            hint = suggestion(name, arguments) or f"it has {', '.join(arguments)}"
            raise UnknownNameError(
                f"the data have '{name}', and the symbol no such argument; {hint}"
            )
