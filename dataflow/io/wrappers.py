"""Iterators over other iterators: of another length, or read ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.io.ahead import Ahead
from dataflow.io.batches import DataBatch, DataDesc, DataIter, check_count

Renaming = Sequence[Mapping[str, str]] | None


class _Holding(DataIter):
    """An iterator that has whole batches, so that its ``get`` methods look into one."""

    current_batch: DataBatch | None = None

    def _current(self) -> DataBatch:
        if self.current_batch is None:
            raise ArgumentError(
                "there is no current batch: call next or iter_next first"
            )
        return self.current_batch

    def getdata(self) -> Any:
        """Return the current batch's arrays of data."""
        return self._current().data

    def getlabel(self) -> Any:
        """Return the current batch's arrays of labels."""
        return self._current().label

    def getindex(self) -> Any:
        """Return the numbers of the current batch's samples, if they have any."""
        return self._current().index

    def getpad(self) -> Any:
        """Return how many samples at the end only fill the current batch up."""
        return self._current().pad


class ResizeIter(_Holding):
    """Gives epochs of a length of its own from another iterator.

    Parameters
    ----------
    data_iter : DataIter
        The other iterator. It is reset wherever it ends.
    size : int
        Batches in an epoch.
    reset_internal : bool
        Whether a reset is one of the other iterator, too; if not, the next epoch goes
        on where the last one ended.
    """

    def __init__(
        self, data_iter: DataIter, size: int, reset_internal: bool = True
    ) -> None:
        super().__init__(data_iter.batch_size)
        self.data_iter = data_iter
        self.size = check_count("size", size)
        self.reset_internal = reset_internal
        self.cur = 0
        self.provide_data = data_iter.provide_data
        self.provide_label = data_iter.provide_label
        if hasattr(data_iter, "default_bucket_key"):
            self.default_bucket_key = data_iter.default_bucket_key

    def reset(self) -> None:
        """Begin the next epoch."""
        self.cur = 0
        if self.reset_internal:
            self.data_iter.reset()

    def iter_next(self) -> bool:
        """Move on to the next batch, and tell whether there was one."""
        if self.cur == self.size:
            return False
        try:
            self.current_batch = self.data_iter.next()
        except StopIteration:
            self.data_iter.reset()
            self.current_batch = self.data_iter.next()
        self.cur += 1
        return True


class PrefetchingIter(_Holding):
    """Reads other iterators ahead, side by side, and joins their batches.

    What fails in one of them is raised by `next`; the epoch is over then.

    Parameters
    ----------
    iters : DataIter or list of DataIter
        The other iterators, of equally many batches. Leave them alone meanwhile: each
        is run on a thread of its own.
    rename_data, rename_label : list of dict, optional
        For each iterator, new names of its arrays by old ones.

    Raises
    ------
    ArgumentError
        There are no iterators, or not as many dicts of names.
    UnknownNameError
        A name of an array is in no dict.
    """

    def __init__(
        self,
        iters: DataIter | list[DataIter],
        rename_data: Renaming = None,
        rename_label: Renaming = None,
    ) -> None:
        self.iters = iters if isinstance(iters, list) else [iters]
        self.n_iter = len(self.iters)
        if not self.iters:
            raise ArgumentError("PrefetchingIter needs at least one iterator")
        for each in self.iters:
            if not hasattr(each, "provide_data") or not hasattr(each, "next"):
                raise ArgumentTypeError(f"{each!r} is no data iterator")
        self.rename_data = rename_data
        self.rename_label = rename_label
        described = self.provide_data
        _ = self.provide_label  # the names are checked here, not at the first batch
        super().__init__(described[0][1][0] if described else 0)
        self._ahead = [Ahead(each.next) for each in self.iters]

    @property
    def provide_data(self) -> list[DataDesc]:
        """Descriptions of all iterators' arrays of data."""
        given = [each.provide_data for each in self.iters]
        return _renamed(given, self.rename_data, "rename_data")

    @property
    def provide_label(self) -> list[DataDesc]:
        """Descriptions of all iterators' arrays of labels."""
        given = [each.provide_label for each in self.iters]
        return _renamed(given, self.rename_label, "rename_label")

    def reset(self) -> None:
        """Begin the next epoch of all iterators."""
        for ahead in self._ahead:
            ahead.pause()
        for each in self.iters:
            each.reset()
        for ahead in self._ahead:
            ahead.start()

    def iter_next(self) -> bool:
        """Move on to the next batch, and tell whether there was one."""
        batches = [_taken(ahead) for ahead in self._ahead]
        there = [batch for batch in batches if batch is not None]
        if not there:
            return False
        if len(there) < len(batches) or any(b.pad != there[0].pad for b in there):
            raise ArgumentError(
                "the iterators differ in their numbers of samples: "
                + _differences(batches)
            )
        self.current_batch = self._joined(there)
        return True

    def next(self) -> DataBatch:
        """Return the next batch; raises StopIteration at the end of an epoch."""
        if not self.iter_next():
            raise StopIteration
        return self._current()

    def _joined(self, batches: list[DataBatch]) -> DataBatch:
        return DataBatch(
            [array for batch in batches for array in batch.data or ()],
            [array for batch in batches for array in batch.label or ()],
            batches[0].pad,
            batches[0].index,
            provide_data=self.provide_data,
            provide_label=self.provide_label,
        )


def _taken(ahead: Ahead[DataBatch]) -> DataBatch | None:
    try:
        return ahead.take()
    except StopIteration:
        return None


def _differences(batches: list[DataBatch | None]) -> str:
    return ", ".join(
        f"iterator {i} has ended" if b is None else f"iterator {i} has pad {b.pad}"
        for i, b in enumerate(batches)
    )


def _renamed(
    given: list[list[Any]], renaming: Renaming, argument: str
) -> list[DataDesc]:
    if renaming is None:
        return [x for described in given for x in described]
    if len(renaming) != len(given):
        raise ArgumentError(
            f"{argument} needs a dict for each of {len(given)} iterators, not "
            f"{len(renaming)}"
        )
    pairs = zip(given, renaming, strict=True)
    return [_new(x, names, argument) for group, names in pairs for x in group]


def _new(described: Any, names: Mapping[str, str], argument: str) -> DataDesc:
    if not isinstance(described, DataDesc):
        return DataDesc(*described)
    if described.name not in names:
        raise UnknownNameError(f"{argument} has no new name of '{described.name}'")
    return DataDesc(names[described.name], described.shape, described.dtype)
