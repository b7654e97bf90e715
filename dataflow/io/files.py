"""The base of iterators that read files, and what their arguments have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dataflow.context import cpu
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.io.batches import DataBatch, DataDesc, DataIter
from dataflow.io.orders import Batch, Rounds
from dataflow.ndarray import NDArray, array
from dataflow.serialization.files import check_name, reading

Shape = tuple[int, ...]


class MXDataIter(DataIter):
    """Base of the iterators that MXNet has in C++; derive from it.

    Its ``get`` methods return one array each, not a list.

    Parameters
    ----------
    rounds : Rounds
        Which samples make a batch.
    batch_size : int
        How many.
    data_name, label_name : str
        Names of the arrays.
    """

    def __init__(
        self, rounds: Rounds, batch_size: int, data_name: str, label_name: str
    ) -> None:
        super().__init__(batch_size)
        self._rounds = rounds
        self._names = data_name, label_name
        self._current: DataBatch | None = None
        self._left = 0  # batches of this epoch that were not taken
        self._start(go_on=True)

    def _start(self, *, go_on: bool) -> None:
        batches = self._rounds.epoch(go_on=go_on)
        self._left = len(batches)
        self._feed(batches)

    def _feed(self, batches: list[Batch]) -> None:
        """Begin an epoch of these batches."""
        self._coming = iter(batches)

    def _read(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return data and labels of samples; for derived classes to define."""
        raise NotImplementedError(f"{type(self).__name__} must define _read")

    def _describe(self, data: Shape, label: Shape, dtypes: tuple[Any, Any]) -> None:
        """Set the descriptions, from the shapes of one sample."""
        described = [
            [DataDesc(name, (self.batch_size, *shape), np.dtype(dtype).type)]
            for name, shape, dtype in zip(
                self._names, (data, label), dtypes, strict=True
            )
        ]
        self.provide_data, self.provide_label = described

    def reset(self) -> None:
        """Begin the next epoch.

        With `round_batch` it goes on after the samples that filled the last batch up,
        if that was taken.
        """
        self._current = None
        self._start(go_on=not self._left)

    def iter_next(self) -> bool:
        """Move on to the next batch, and tell whether there was one."""
        self._current = self._made() if self._left else None
        self._left -= self._current is not None
        return self._current is not None

    def _made(self) -> DataBatch:
        positions, pad = next(self._coming)
        return self._batched(*self._read(positions), pad, positions)

    def _batched(
        self, data: np.ndarray, label: np.ndarray, pad: int, index: np.ndarray
    ) -> DataBatch:
        arrays = [array(x, cpu(), x.dtype) for x in (data, label)]
        return DataBatch(arrays[:1], arrays[1:], pad, index.astype(np.uint64))

    def next(self) -> DataBatch:
        """Return the next batch; raises StopIteration at the end of an epoch."""
        if not self.iter_next():
            raise StopIteration
        return self._taken()

    def _taken(self) -> DataBatch:
        if self._current is None:
            raise ArgumentError("there is no current batch: call next first")
        return self._current

    def getdata(self) -> NDArray:
        """Return the current batch's array of data."""
        return self._taken().data[0]  # type: ignore[index, no-any-return]

    def getlabel(self) -> NDArray:
        """Return the current batch's array of labels."""
        return self._taken().label[0]  # type: ignore[index, no-any-return]

    def getindex(self) -> Any:
        """Return the numbers of the current batch's samples in their file."""
        return self._taken().index

    def getpad(self) -> Any:
        """Return how many samples at the end only fill the current batch up."""
        return self._taken().pad


def in_order(count: int) -> Callable[[], np.ndarray]:
    """Return what gives the positions of samples as they lie."""
    return lambda: np.arange(count)


def check_shape(name: str, shape: Any) -> Shape:
    """Return the shape of one sample; an integer stands for one dimension.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        A dimension is not above 0, or no integer.
    """
    given = (shape,) if isinstance(shape, int | np.integer) else shape
    if not isinstance(given, tuple | list) or not all(
        isinstance(d, int | np.integer) for d in given
    ):
        raise ArgumentTypeError(f"{name} must be a tuple of integers, not {shape!r}")
    if not given or min(given) < 1:
        raise ArgumentError(f"{name} is {shape!r}; its dimensions must be above 0")
    return tuple(map(int, given))


def check_dtype(dtype: Any, allowed: tuple[str, ...]) -> np.dtype[Any]:
    """Return the element type, the first one for None; raises ArgumentError."""
    try:
        wanted = np.dtype(allowed[0] if dtype in (None, "None") else dtype)
    except TypeError:
        wanted = None
    if wanted is None or wanted.name not in allowed:
        raise ArgumentError(
            f"dtype is {dtype!r}; use one of {', '.join(map(repr, allowed))}"
        )
    return wanted


def check_part(num_parts: int, part_index: int) -> None:
    """Raise ArgumentError unless there is a part of this number."""
    if not 0 <= part_index < num_parts:
        raise ArgumentError(
            f"part_index is {part_index}, but must be from 0 to below num_parts, which "
            f"is {num_parts}"
        )


def read_all(name: Any) -> bytes:
    """Return the bytes of a file, or of all files in a folder, in order of name."""
    path = Path(check_name(name))
    if not path.is_dir():
        with reading(name) as stream:
            return stream.read()
    pieces = []
    for file in sorted(path.iterdir()):
        if file.is_file():
            content = file.read_bytes()
            pieces.append(content if content.endswith(b"\n") else content + b"\n")
    return b"".join(pieces)
