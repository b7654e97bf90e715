"""Layouts: the arrays of a batch, and which part of them each context takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dataflow.errors import ArgumentError, UnknownNameError, UsageError
from dataflow.io import DataDesc
from dataflow.module.splitting import part, split_batch

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Descriptions of a batch's arrays, and the samples of each context.

    Parameters
    ----------
    data, labels : tuple of DataDesc
        Arrays of whole batches.
    batch_size : int
        Samples in a batch.
    slices : tuple of slice
        For each context its samples.
    """

    data: tuple[DataDesc, ...]
    labels: tuple[DataDesc, ...]
    batch_size: int
    slices: tuple[slice, ...]

    @staticmethod
    def of(
        data: Sequence[DataDesc],
        labels: Sequence[DataDesc] | None,
        workloads: Sequence[float],
        arguments: Sequence[str],
    ) -> Layout:
        """Return the layout of these arrays, split by workloads.

        Raises
        ------
        UsageError
            The arrays differ in their counts of samples, or none has samples.
        UnknownNameError
            A name is not among `arguments`.
        ArgumentError
            A context would get no sample.
        """
        everything = (*data, *(labels or ()))
        for description in everything:
            if description.name not in arguments:
                raise UnknownNameError(
                    f"the symbol has no argument '{description.name}', whose shape is "
                    f"given; it has {', '.join(arguments)}"
                )
        batch_size = _batch_size(everything)
        slices = tuple(split_batch(batch_size, workloads))
        return Layout(tuple(data), tuple(labels or ()), batch_size, slices)

    @property
    def data_names(self) -> list[str]:
        """Names of the data."""
        return [x.name for x in self.data]

    @property
    def label_names(self) -> list[str]:
        """Names of the labels."""
        return [x.name for x in self.labels]

    @property
    def data_axes(self) -> list[int]:
        """The axis of samples of each array of data; -1 for none."""
        return [axis_of(x) for x in self.data]

    @property
    def key(self) -> tuple[tuple[str, Shape], ...]:
        """All names and shapes."""
        return tuple((x.name, tuple(x.shape)) for x in (*self.data, *self.labels))

    def described(self) -> str:
        """Return all names and shapes as text."""
        return ", ".join(f"'{name}' {shape}" for name, shape in self.key)

    def shapes(self, number: int) -> dict[str, Any]:
        """Return the shapes of one context's part of a batch."""
        samples = self.slices[number]
        count = samples.stop - samples.start
        return {
            x.name: resized(x.shape, axis_of(x), count)
            for x in (*self.data, *self.labels)
        }

    def parts(self, batch: Any) -> Iterator[dict[str, Any]]:
        """Return each context's part of every array that a batch has, by name.

        Parameters
        ----------
        batch : DataBatch, or list of DataBatch
            A whole batch, or one for each context.

        Raises
        ------
        ArgumentError
            The batch has too few or too many arrays of data, or the list batches.
        """
        if isinstance(batch, list):
            if len(batch) != len(self.slices):
                raise ArgumentError(
                    f"a list of {len(batch)} batches for {len(self.slices)} contexts"
                )
            return (self._values(each, None) for each in batch)
        return (self._values(batch, samples) for samples in self.slices)

    def _values(self, batch: Any, samples: slice | None) -> dict[str, Any]:
        data, labels = batch.data or (), batch.label or ()
        if len(data) != len(self.data):
            raise ArgumentError(
                f"the batch has {len(data)} arrays of data; needed are "
                f"{len(self.data)}: {', '.join(self.data_names)}"
            )
        pairs = [*zip(self.data, data, strict=True)]
        pairs += zip(self.labels, labels, strict=False)
        if samples is None:
            return {x.name: array for x, array in pairs}
        return {x.name: part(array, samples, axis_of(x)) for x, array in pairs}

    def labels_of(
        self, number: int, labels: Sequence[Any], pre_sliced: bool
    ) -> dict[str, Any]:
        """Return one context's part of the labels; they may have no names yet."""
        if pre_sliced:
            labels = labels[number]
        axes = [axis_of(x) for x in self.labels] or [0] * len(labels)
        names = self.label_names or [f"label{i}" for i in range(len(labels))]
        triples = zip(names, axes, labels, strict=False)
        if pre_sliced:
            return {name: label for name, _, label in triples}
        samples = self.slices[number]
        return {name: part(label, samples, axis) for name, axis, label in triples}


def axis_of(description: DataDesc) -> int:
    """Return the axis along which the samples of an array lie; -1 for none."""
    return DataDesc.get_batch_axis(description.layout)


def resized(shape: Sequence[int], axis: int, count: int) -> Shape:
    """Return a shape with another count of samples; the same for no axis."""
    if axis < 0:
        return tuple(shape)
    return (*shape[:axis], count, *shape[axis + 1 :])


def _batch_size(descriptions: Sequence[DataDesc]) -> int:
    counts = {
        x.name: x.shape[axis_of(x)]
        for x in descriptions
        if 0 <= axis_of(x) < len(x.shape)
    }
    if not counts:
        raise UsageError("no array of a batch has an axis of samples, an N in layout")
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{count} of '{name}'" for name, count in counts.items())
        raise UsageError(f"a batch has one count of samples for all, not {listed}")
    return int(next(iter(counts.values())))
