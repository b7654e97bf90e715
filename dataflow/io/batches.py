"""What every data iterator gives: batches, and descriptions of their arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.ndarray import NDArray

Arrays = list[NDArray]


class _NameAndShape(NamedTuple):
    name: str
    shape: tuple[int, ...]


class DataDesc(_NameAndShape):
    """Name, shape, element type and layout of one array of every batch.

    It is the pair of name and shape for whoever takes it as a tuple.

    Parameters
    ----------
    name : str
        The argument of a symbol that it is for.
    shape : tuple of int
        Shape of a whole batch.
    dtype : dtype
        Element type.
    layout : str
        A letter for each axis; N is the one along which samples lie.
    """

    dtype: Any
    layout: str | None

    def __new__(
        cls,
        name: str,
        shape: tuple[int, ...],
        dtype: Any = np.float32,
        layout: str | None = "NCHW",
    ) -> Self:
        """Make the pair, and give it what it says besides."""
        description = super().__new__(cls, name, shape)
        description.dtype = dtype
        description.layout = layout
        return description

    def __getnewargs__(self) -> Any:
        return self.name, self.shape, self.dtype, self.layout

    def __repr__(self) -> str:
        return f"DataDesc[{self.name},{self.shape},{self.dtype},{self.layout}]"

    @staticmethod
    def get_batch_axis(layout: str | None) -> int:
        """Return the axis along which samples lie: 0 without a layout, -1 if none."""
        return 0 if layout is None else layout.find("N")

    @staticmethod
    def get_list(
        shapes: Iterable[tuple[str, tuple[int, ...]]],
        types: Iterable[tuple[str, Any]] | None,
    ) -> list[DataDesc]:
        """Return descriptions made of pairs of name and shape, and of name and type.

        Parameters
        ----------
        shapes : iterable of (str, tuple of int)
            Names and shapes.
        types : iterable of (str, dtype), optional
            Types by name; float32 for all if there are none.

        Raises
        ------
        UnknownNameError
            A name has a shape, but no type.
        """
        if types is None:
            return [DataDesc(name, shape) for name, shape in shapes]
        known = dict(types)
        described = []
        for name, shape in shapes:
            if name not in known:
                raise UnknownNameError(
                    f"'{name}' has a shape and no type; types are given of "
                    f"{', '.join(map(repr, known)) or 'nothing'}"
                )
            described.append(DataDesc(name, shape, known[name]))
        return described


class DataBatch:
    """One batch: arrays of data, arrays of labels, and what is to be known of them.

    Parameters
    ----------
    data, label : list of NDArray
        What a network is given, and what it shall learn.
    pad : int, optional
        How many samples at the end only fill the batch up.
    index : numpy.ndarray, optional
        Numbers of the samples in their source.
    bucket_key : object, optional
        Which network of a `BucketingModule` it is for.
    provide_data, provide_label : list of DataDesc, optional
        Descriptions of its arrays.
    """

    def __init__(
        self,
        data: Sequence[Any] | None,
        label: Sequence[Any] | None = None,
        pad: int | None = None,
        index: Any = None,
        bucket_key: Any = None,
        provide_data: Any = None,
        provide_label: Any = None,
    ) -> None:
        for name, arrays in (("data", data), ("label", label)):
            if arrays is not None and not isinstance(arrays, list | tuple):
                raise ArgumentTypeError(
                    f"{name} of a batch must be a list of NDArrays, not "
                    f"{type(arrays).__name__}; put one array into a list"
                )
        self.data = data
        self.label = label
        self.pad = pad
        self.index = index
        self.bucket_key = bucket_key
        self.provide_data = provide_data
        self.provide_label = provide_label

    def __str__(self) -> str:
        shapes = [x.shape for x in self.data or ()]
        labels = [x.shape for x in self.label] if self.label else None
        name = type(self).__name__
        return f"{name}: data shapes: {shapes} label shapes: {labels}"


class DataIter:
    """Base of all data iterators: batches, one after another, epoch after epoch.

    Derive from it and define either `next`, or `iter_next` with the ``get`` methods;
    also `reset`, and the attributes `provide_data` and `provide_label`.

    Parameters
    ----------
    batch_size : int
        Samples in a batch.
    """

    provide_data: Any
    provide_label: Any

    def __init__(self, batch_size: int = 0) -> None:
        self.batch_size = batch_size

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> DataBatch:
        return self.next()

    def reset(self) -> None:
        """Go back to the start: begin the next epoch."""

    def next(self) -> DataBatch:
        """Return the next batch; raises StopIteration at the end of an epoch."""
        if not self.iter_next():
            raise StopIteration
        return DataBatch(
            data=self.getdata(),
            label=self.getlabel(),
            pad=self.getpad(),
            index=self.getindex(),
        )

    def iter_next(self) -> Any:
        """Move on to the next batch, and tell whether there was one."""

    def getdata(self) -> Any:
        """Return the current batch's arrays of data."""

    def getlabel(self) -> Any:
        """Return the current batch's arrays of labels."""

    def getindex(self) -> Any:
        """Return the numbers of the current batch's samples, if they have any."""

    def getpad(self) -> Any:
        """Return how many samples at the end only fill the current batch up."""


def check_count(name: str, value: Any) -> int:
    """Return a count of at least 1; raises ArgumentError, ArgumentTypeError."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise ArgumentTypeError(f"{name} must be an integer, not {value!r}")
    if value < 1:
        raise ArgumentError(f"{name} must be at least 1, not {value}")
    return int(value)
