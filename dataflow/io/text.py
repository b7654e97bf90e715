"""Iterators over files of text."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, FormatError
from dataflow.io.batches import check_count
from dataflow.io.files import (
    MXDataIter,
    Shape,
    check_dtype,
    check_part,
    check_shape,
    in_order,
)
from dataflow.io.lines import sparse, table
from dataflow.io.orders import Rounds

_NONE = (None, "", "NULL")  # what stands for a file that there is not


class CSVIter(MXDataIter):
    """Reads comma-separated values, one sample a line.

    The file is read once, and kept in memory.

    Parameters
    ----------
    data_csv : str
        The file of the data, or a folder of such files.
    data_shape : tuple of int
        Shape of one sample; a line has as many numbers.
    batch_size : int
        Samples in a batch.
    label_csv : str, optional
        The file of the labels; without one they are 0.
    label_shape : tuple of int
        Shape of one label.
    round_batch : bool
        Fill the last batch up with the first samples, and begin the next epoch after
        them; if not, what fills it up are samples of the batch before.
    prefetch_buffer : int
        Accepted for MXNet's sake, as is `ctx`: there is nothing to wait for.
    ctx : str
        See `prefetch_buffer`.
    dtype : str, optional
        ``"float32"``, ``"int32"`` or ``"int64"``, of data and labels.
    data_name, label_name : str
        Names of the arrays.

    Raises
    ------
    FormatError
        A line does not have as many numbers as the shape.
    MissingFileError
        There is no such file.
    """

    def __init__(
        self,
        *,
        data_csv: str,
        data_shape: Any,
        batch_size: int,
        label_csv: str | None = "NULL",
        label_shape: Any = (1,),
        round_batch: bool = True,
        prefetch_buffer: int = 4,
        ctx: str = "gpu",
        dtype: Any = None,
        data_name: str = "data",
        label_name: str = "softmax_label",
    ) -> None:
        del prefetch_buffer, ctx
        kind = check_dtype(dtype, ("float32", "int32", "int64"))
        size = check_count("batch_size", batch_size)
        shape = check_shape("data_shape", data_shape)
        each = check_shape("label_shape", label_shape)
        self._data = table(data_csv, shape, kind)
        count = len(self._data)
        if label_csv in _NONE:
            each, self._label = (), np.zeros(count, kind)
        else:
            self._label = table(label_csv, each, kind)
            _check_counts(data_csv, count, label_csv, len(self._label))
            if each == (1,):
                each, self._label = (), self._label[:, 0]
        rounds = Rounds(in_order(count), size, round_batch)
        super().__init__(rounds, size, data_name, label_name)
        self._describe(shape, each, (kind, kind))

    def _read(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._data[positions], self._label[positions]


class LibSVMIter(MXDataIter):
    """Reads rows ``label index:value ...``, whose indices begin at 0, one a line.

    The batches are dense; there is no other storage type. The file is read once, and
    kept in memory.

    Parameters
    ----------
    data_libsvm : str
        The file, or a folder of such files.
    data_shape : tuple of int
        The length of one sample.
    batch_size : int
        Samples in a batch.
    label_libsvm : str, optional
        A file of the same form whose rows are the labels; the labels of `data_libsvm`
        mean nothing then.
    label_shape : tuple of int
        The length of one label.
    num_parts, part_index : int
        Into how many parts of about as many bytes the file is divided, and which of
        them is read.
    round_batch : bool
        Must be True: the last batch is filled up with the first samples, and the next
        epoch begins after them.
    prefetch_buffer : int
        Accepted for MXNet's sake, as is `ctx`: there is nothing to wait for.
    ctx : str
        See `prefetch_buffer`.
    dtype : str, optional
        Only ``"float32"``.
    data_name, label_name : str
        Names of the arrays.

    Raises
    ------
    FormatError
        A line is not of this form, or has an index beyond the shape.
    MissingFileError
        There is no such file.
    """

    def __init__(
        self,
        *,
        data_libsvm: str,
        data_shape: Any,
        batch_size: int,
        label_libsvm: str | None = "NULL",
        label_shape: Any = (1,),
        num_parts: int = 1,
        part_index: int = 0,
        round_batch: bool = True,
        prefetch_buffer: int = 4,
        ctx: str = "gpu",
        dtype: Any = None,
        data_name: str = "data",
        label_name: str = "softmax_label",
    ) -> None:
        del prefetch_buffer, ctx
        if not round_batch:
            raise ArgumentError("LibSVMIter has no round_batch=False; leave it out")
        kind = check_dtype(dtype, ("float32",))
        size = check_count("batch_size", batch_size)
        check_part(num_parts, part_index)
        part = num_parts, part_index
        length = _length("data_shape", data_shape)
        self._label, self._data = sparse(data_libsvm, length, part)
        each: Shape = ()
        if label_libsvm not in _NONE:
            each = (_length("label_shape", label_shape),)
            self._label = sparse(label_libsvm, each[0], part)[1]
            counts = len(self._data), len(self._label)
            _check_counts(data_libsvm, counts[0], label_libsvm, counts[1])
        rounds = Rounds(in_order(len(self._data)), size, True)
        super().__init__(rounds, size, data_name, label_name)
        self._describe((length,), each, (kind, kind))

    def _read(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._data[positions], self._label[positions]


def _check_counts(data: Any, count: int, label: Any, labels: int) -> None:
    if not count:
        raise FormatError(f"{data} has no samples")
    if labels < count:
        raise FormatError(f"{data} has {count} samples, but {label} only {labels}")


def _length(name: str, shape: Any) -> int:
    checked = check_shape(name, shape)
    if len(checked) != 1:
        raise ArgumentError(f"{name} is {shape!r}; LibSVM's rows have one dimension")
    return checked[0]
