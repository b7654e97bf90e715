"""Batches of arrays that lie in memory (or in HDF5 files)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.io.batches import Arrays, DataBatch, DataDesc, DataIter, check_count
from dataflow.io.sources import is_dataset, named_arrays
from dataflow.ndarray import NDArray, array, concatenate

Named = list[tuple[str, Any]]
_HANDLES = ("pad", "discard", "roll_over")


class NDArrayIter(DataIter):
    """Cuts arrays into batches.

    A batch that lies whole in its array shares its memory: copy it before you write to
    it. `shuffle` draws from NumPy's global generator, as MXNet does, so that
    ``numpy.random.seed`` gives the order it always gave.

    Parameters
    ----------
    data, label : array, list of arrays or dict of arrays
        NDArrays, numpy.ndarrays (they become float32) or h5py.Datasets.
    batch_size : int
        Samples in a batch.
    shuffle : bool
        Put the samples in a new order at every reset.
    last_batch_handle : str
        What becomes of samples at the end that do not fill a batch: ``"pad"`` fills up
        with those at the start, ``"discard"`` leaves them out, ``"roll_over"`` puts
        them first in the next epoch.
    data_name, label_name : str
        Names of arrays that have none.
    layout : str
        A letter for each axis; N is the one along which samples lie.

    Raises
    ------
    ArgumentError
        There is no data, or the counts of samples differ.
    ArgumentTypeError
        Data or label is no array.
    """

    def __init__(
        self,
        data: Any,
        label: Any = None,
        batch_size: int = 1,
        shuffle: bool = False,
        last_batch_handle: str = "pad",
        data_name: str = "data",
        label_name: str = "softmax_label",
        layout: str = "NCHW",
    ) -> None:
        super().__init__(check_count("batch_size", batch_size))
        if last_batch_handle not in _HANDLES:
            raise ArgumentError(
                f"last_batch_handle is {last_batch_handle!r}; "
                f"use one of {', '.join(map(repr, _HANDLES))}"
            )
        self.layout = layout
        self._axis = _batch_axis(layout)
        self.data = named_arrays(data, data_name, allow_empty=False)
        self.label = named_arrays(label, label_name, allow_empty=True)
        self.num_data = _count(self.data + self.label, self._axis)
        self.idx = np.arange(self.num_data)
        self._order = self.idx.copy()  # of samples that are read when they are used
        self.shuffle = shuffle
        self.last_batch_handle = last_batch_handle
        self.cursor = -self.batch_size
        self._rolled: tuple[Arrays, Arrays] | None = None
        self.reset()

    @property
    def data_list(self) -> list[Any]:
        """All its arrays: data, then labels."""
        return [value for _, value in self.data + self.label]

    @property
    def num_source(self) -> int:
        """Count of its arrays."""
        return len(self.data) + len(self.label)

    @property
    def provide_data(self) -> list[DataDesc]:
        """Descriptions of the arrays of data of a batch."""
        return self._described(self.data)

    @property
    def provide_label(self) -> list[DataDesc]:
        """Descriptions of the arrays of labels of a batch."""
        return self._described(self.label)

    def _described(self, source: Named) -> list[DataDesc]:
        described = []
        for name, value in source:
            shape = list(value.shape)
            shape[self._axis] = self.batch_size
            described.append(DataDesc(name, tuple(shape), value.dtype, self.layout))
        return described

    def reset(self) -> None:
        """Begin the next epoch, with what ``"roll_over"`` kept of the last one."""
        if self.shuffle:
            self._shuffle()
        in_last = self.num_data - self.batch_size < self.cursor < self.num_data
        if self._rolled is not None and in_last:
            self.cursor -= self.num_data + self.batch_size
        else:
            self._start_over()

    def hard_reset(self) -> None:
        """Begin the next epoch with nothing of the last one."""
        if self.shuffle:
            self._shuffle()
        self._start_over()

    def _start_over(self) -> None:
        self.cursor = -self.batch_size
        self._rolled = None

    def _shuffle(self) -> None:
        # MXNet shuffles the last order anew, and the samples by it once more.
        np.random.shuffle(self.idx)
        self._order = self._order[self.idx]
        self.data = self._taken(self.data)
        self.label = self._taken(self.label)

    def _taken(self, source: Named) -> Named:
        key = (*[slice(None)] * self._axis, self.idx)
        return [
            (name, value if is_dataset(value) else value[key]) for name, value in source
        ]

    def iter_next(self) -> bool:
        """Move on by a batch, and tell whether there are samples."""
        self.cursor += self.batch_size
        if self.cursor >= 0:
            self._rolled = None
        return self.cursor < self.num_data

    def next(self) -> DataBatch:
        """Return the next batch; raises StopIteration at the end of an epoch."""
        if not self.iter_next():
            raise StopIteration
        data, label = self.getdata(), self.getlabel()
        if data[0].shape[self._axis] != self.batch_size:
            if self.last_batch_handle == "roll_over":
                self._rolled = data, label
            raise StopIteration
        return DataBatch(data=data, label=label, pad=self.getpad(), index=None)

    def getdata(self) -> Arrays:
        """Return the current batch's arrays of data."""
        return self._batch(self.data, 0)

    def getlabel(self) -> Arrays:
        """Return the current batch's arrays of labels."""
        return self._batch(self.label, 1)

    def getpad(self) -> int:
        """Return how many samples fill the current batch up.

        With ``"roll_over"``, how many of its samples are the last epoch's.
        """
        if self.last_batch_handle == "pad":
            return max(self.cursor + self.batch_size - self.num_data, 0)
        return -self.cursor if -self.batch_size < self.cursor < 0 else 0

    def _batch(self, source: Named, which: int) -> Arrays:
        if not -self.batch_size < self.cursor < self.num_data:
            raise ArgumentError(
                "there is no current batch: call next or iter_next first, and reset "
                "at the end of an epoch"
            )
        rolled = self._rolled[which] if self._rolled and self.cursor < 0 else None
        return [
            self._joined(([rolled[i]] if rolled else []) + self._parts(value))
            for i, (_, value) in enumerate(source)
        ]

    def _parts(self, value: Any) -> Arrays:
        """Return the pieces of an array that make the current batch."""
        start, stop = max(self.cursor, 0), self.cursor + self.batch_size
        parts = [self._slice(value, start, min(stop, self.num_data))]
        if self.last_batch_handle == "pad":
            for passed in range(self.num_data, stop, self.num_data):
                parts.append(self._slice(value, 0, min(stop - passed, self.num_data)))
        return parts

    def _joined(self, parts: Arrays) -> NDArray:
        return concatenate(parts, axis=self._axis, always_copy=False)

    def _slice(self, value: Any, start: int, stop: int) -> NDArray:
        if is_dataset(value):
            # HDF5 takes increasing indices only.
            chosen = self._order[start:stop]
            order = np.argsort(chosen)
            rows = np.asarray(value[chosen[order]])
            return array(rows[np.argsort(order)])
        part: NDArray = value[(*[slice(None)] * self._axis, slice(start, stop))]
        return part


def _batch_axis(layout: Any) -> int:
    if not isinstance(layout, str) or "N" not in layout:
        raise ArgumentError(
            f"layout must have an N, for the axis along which samples lie; it is "
            f"{layout!r}"
        )
    return layout.find("N")


def _count(source: Named, axis: int) -> int:
    """Return the count of samples of the first array; no other may have fewer."""
    counts = {name: _samples(name, value, axis) for name, value in source}
    first, count = next(iter(counts.items()))
    for name, other in counts.items():
        if other < count:
            raise ArgumentError(
                f"'{first}' has {count} samples, and '{name}' only {other}"
            )
    if not count:
        raise ArgumentError(f"'{first}' has no samples")
    return count


def _samples(name: str, value: Any, axis: int) -> int:
    if len(value.shape) <= axis:
        raise ArgumentError(
            f"'{name}' has shape {value.shape}, and so no axis {axis} for samples"
        )
    if axis and is_dataset(value):
        raise ArgumentError(
            f"'{name}' is a h5py.Dataset; its samples must lie along axis 0"
        )
    return int(value.shape[axis])
