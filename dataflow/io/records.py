"""Images in a RecordIO file: which there are, and batches of them, decoded."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dataflow.errors import FormatError, UnknownNameError
from dataflow.io.colours import Colours, Normalization
from dataflow.io.geometry import Geometry
from dataflow.io.lines import image_list
from dataflow.io.orders import part_of
from dataflow.recordio import MXIndexedRecordIO, MXRecordIO, unpack
from dataflow.recordio.codec import decode

_FLAGS = {1: 0, 3: 1, 4: -1}  # how to decode, by the count of channels


@dataclass(frozen=True)
class Making:
    """How a sample is made of a record.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width.
    dtype : dtype
        Of the numbers.
    label_width : int
        Labels of a sample.
    labels : mapping, optional
        Labels by the number of the record, instead of those in it.
    geometry, colours, normalization
        What is done to an image, in this order.
    mean : numpy.ndarray, optional
        An image to subtract.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    label_width: int
    labels: Mapping[int, np.ndarray] | None
    geometry: Geometry
    colours: Colours
    normalization: Normalization
    mean: np.ndarray | None

    def __call__(
        self, record: bytes, data: np.ndarray, label: np.ndarray, seed: Sequence[int]
    ) -> int:
        """Write data and labels of a record, and return its number."""
        header, content = unpack(record)
        random = np.random.default_rng(list(seed))
        try:
            label[...] = self._labels(header)
            image = decode(content, _FLAGS[self.shape[0]])
            channels = image.shape[2] if image.ndim == 3 else 1
            if channels != self.shape[0]:
                raise FormatError(
                    f"the image has {channels} channels, and data_shape asks for "
                    f"{self.shape[0]}"
                )
        except FormatError as error:
            raise FormatError(f"record {header.id}: {error}") from error
        image = self.geometry(image, self.shape[1:], random)  # type: ignore[arg-type]
        image = self.colours(image, random)
        self.normalization(image, data, self.mean, random)
        return header.id

    def _labels(self, header: Any) -> np.ndarray:
        if self.labels is None:
            labels = np.atleast_1d(np.float32(header.label))
        elif header.id in self.labels:
            labels = self.labels[header.id]
        else:
            raise UnknownNameError(f"path_imglist has no labels of record {header.id}")
        if len(labels) != self.label_width:
            raise FormatError(
                f"it has {len(labels)} label(s), and label_width is {self.label_width}"
            )
        return labels


class ImageRecords:
    """Some records of a file, read and made into batches.

    Parameters
    ----------
    file : MXRecordIO
        The file.
    starts : list of int
        Where the records begin.
    making : Making
        What becomes of them.
    threads : int
        How many threads decode images.
    """

    def __init__(
        self, file: MXRecordIO, starts: Sequence[int], making: Making, threads: int
    ) -> None:
        self._file = file
        self._starts = starts
        self._making = making
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dataflow-images")
        self._reading = threading.Lock()

    def batch(
        self, positions: np.ndarray, seed: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return data, labels and numbers of the records at some positions."""
        making, count = self._making, len(positions)
        data = np.empty((count, *making.shape), making.dtype)
        labels = np.empty((count, making.label_width), np.float32)
        with self._reading:
            records = [self._file.read_at(self._starts[i]) for i in positions]
        seeds = [(*seed, place) for place in range(count)]
        made = self._pool.map(making, records, data, labels, seeds)
        try:
            numbers = np.fromiter(made, np.uint64, count)
        except FormatError as error:
            raise FormatError(f"{self._file.uri}, {error}") from error
        return data, labels, numbers


def find_records(
    path_imgrec: Any, path_imgidx: Any, num_parts: int, part_index: int
) -> tuple[MXRecordIO, list[int]]:
    """Open a file, and return it with the positions of a part of its records.

    With an index the parts are equal in records, else in bytes.
    """
    if path_imgidx:
        indexed = MXIndexedRecordIO(path_imgidx, path_imgrec, "r")
        starts = sorted(indexed.idx.values())
        chosen = slice(*part_of(len(starts), num_parts, part_index))
        return indexed, starts[chosen]
    file = MXRecordIO(path_imgrec, "r")
    words = Path(file.uri).stat().st_size // 4  # records begin on multiples of four
    first, end = (4 * border for border in part_of(words, num_parts, part_index))
    return file, [start for start in file.starts() if first <= start < end]


def read_labels(path_imglist: Any) -> dict[int, np.ndarray]:
    """Return the labels in a list of images, by the number of the record."""
    return {number: labels for number, labels, _ in image_list(path_imglist)}
