"""An iterator over images in files of their own, or in a RecordIO file."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow import recordio
from dataflow.errors import ArgumentError, FormatError
from dataflow.image.augmenters import Augmenter
from dataflow.image.creating import CreateAugmenter
from dataflow.image.functions import imdecode
from dataflow.image.listing import labelled, opened
from dataflow.io.batches import DataBatch, DataDesc, DataIter, check_count
from dataflow.io.files import check_part
from dataflow.ndarray import NDArray
from dataflow.serialization.files import reading

_HANDLES = ("pad", "discard", "roll_over")
_DTYPES = ("int32", "float32", "int64", "float64")
_log = logging.getLogger(__name__)


class ImageIter(DataIter):
    """Reads images, changes them by augmenters, and makes batches of them.

    Parameters
    ----------
    batch_size : int
        Images in a batch.
    data_shape : (int, int, int)
        Channels (3), height and width of an image.
    label_width : int
        Labels of an image.
    path_imgrec : str, optional
        A RecordIO file to read from.
    path_imglist : str, optional
        A list of images: lines of number, labels and path, with tabs between them.
    path_root : str, optional
        Folder of the paths.
    path_imgidx : str, optional
        Index of the RecordIO file; parts and another order ask for it.
    shuffle : bool
        Take the images in another order in every epoch, by Python's `random`.
    part_index, num_parts : int
        Into how many parts the images are divided, and which of them is read.
    aug_list : list of Augmenter, optional
        The augmenters; by default those of `CreateAugmenter`.
    imglist : list, optional
        A list of images: each a list of labels and path.
    data_name, label_name : str
        Names of the arrays.
    dtype : str
        Element type of labels in a list.
    last_batch_handle : str
        ``"pad"``, ``"discard"`` or ``"roll_over"``, as in `NDArrayIter`.
    **kwargs
        Arguments of `CreateAugmenter`.

    Raises
    ------
    ArgumentError
        There is nothing to read, or a value cannot be used.
    """

    def __init__(
        self,
        batch_size: int,
        data_shape: tuple[int, int, int],
        label_width: int = 1,
        path_imgrec: str | None = None,
        path_imglist: str | None = None,
        path_root: str | None = None,
        path_imgidx: str | None = None,
        shuffle: bool = False,
        part_index: int = 0,
        num_parts: int = 1,
        aug_list: Sequence[Augmenter] | None = None,
        imglist: list[Any] | None = None,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: str = "float32",
        last_batch_handle: str = "pad",
        **kwargs: Any,
    ) -> None:
        super().__init__(check_count("batch_size", batch_size))
        self._check(path_imgrec, path_imglist or imglist, dtype, last_batch_handle)
        check_part(num_parts, part_index)
        self.check_data_shape(data_shape)
        self.imglist = labelled(path_imglist, imglist, dtype)
        self.path_root = path_root
        self.data_shape = tuple(data_shape)
        self.label_width = label_width
        self.shuffle = shuffle
        self.last_batch_handle = last_batch_handle
        shape = () if label_width == 1 else (label_width,)
        self.provide_data = [DataDesc(data_name, (batch_size, *self.data_shape))]
        self.provide_label = [DataDesc(label_name, (batch_size, *shape))]
        self.imgrec = opened(path_imgrec, path_imgidx)
        self.seq = self._sequence(part_index, num_parts)
        if aug_list is None:
            aug_list = CreateAugmenter(self.data_shape, **kwargs)  # type: ignore[arg-type]
        self.auglist = list(aug_list)
        self.cur = 0
        self._rolled: tuple[NDArray, NDArray, int] | None = None
        self._ended = False
        self.reset()

    @staticmethod
    def _check(record: Any, listed: Any, dtype: str, handle: str) -> None:
        if not record and not listed:
            raise ArgumentError(
                "nothing to read: pass path_imgrec, path_imglist or imglist"
            )
        for name, value, allowed in (
            ("dtype", dtype, _DTYPES),
            ("last_batch_handle", handle, _HANDLES),
        ):
            if value not in allowed:
                raise ArgumentError(
                    f"{name} is {value!r}; use one of {', '.join(map(repr, allowed))}"
                )

    def _sequence(self, part_index: int, num_parts: int) -> list[Any] | None:
        """Return the keys of a part of the images; None for a file without index."""
        if self.imgrec is None:
            keys = list(self.imglist or ())
        elif isinstance(self.imgrec, recordio.MXIndexedRecordIO):
            keys = list(self.imgrec.keys)
        elif self.shuffle or num_parts > 1:
            raise ArgumentError("shuffle and num_parts need an index: pass path_imgidx")
        else:
            return None
        share = len(keys) // num_parts
        return keys if num_parts == 1 else keys[part_index * share :][:share]

    @property
    def num_image(self) -> int | None:
        """Count of its images; None for a file without index."""
        return None if self.seq is None else len(self.seq)

    def reset(self) -> None:
        """Begin the next epoch, with what ``"roll_over"`` kept of the last one."""
        if self.shuffle and self.seq is not None:
            random.shuffle(self.seq)
        if self._rolled is None:
            self._rewind()
            self._ended = False

    def hard_reset(self) -> None:
        """Begin the next epoch with nothing of the last one."""
        self._rolled = None
        self.reset()

    def _rewind(self) -> None:
        self.cur = 0
        if self.imgrec is not None and self.seq is None:
            self.imgrec.reset()

    def next_sample(self) -> tuple[Any, bytes]:
        """Return labels and bytes of the next image; StopIteration at the end."""
        if self._ended:
            raise StopIteration
        sample = self._sample_at(self.cur)
        if sample is None:
            if self.last_batch_handle != "discard":
                self._rewind()
            raise StopIteration
        self.cur += 1
        return sample

    def _sample_at(self, place: int) -> tuple[Any, bytes] | None:
        if self.seq is None:
            assert self.imgrec is not None
            record = self.imgrec.read()
        elif place >= len(self.seq):
            return None
        elif isinstance(self.imgrec, recordio.MXIndexedRecordIO):
            record = self.imgrec.read_idx(self.seq[place])
        else:
            assert self.imglist is not None
            label, name = self.imglist[self.seq[place]]
            return label, self.read_image(name)
        if record is None:
            return None
        header, content = recordio.unpack(record)
        if self.imglist is None or self.seq is None:
            return header.label, content
        return self.imglist[self.seq[place]][0], content

    def next(self) -> DataBatch:
        """Return the next batch; raises StopIteration at the end of an epoch."""
        rolled, self._rolled = self._rolled, None
        if rolled is None:
            data = nd.zeros(self.provide_data[0].shape)
            label = nd.zeros(self.provide_label[0].shape)
            filled = self._fill(data, label, 0)
            if not filled:
                raise StopIteration
        else:
            data, label, filled = rolled
        pad = self.batch_size - filled
        if pad:
            if self.last_batch_handle == "discard":
                raise StopIteration
            if self.last_batch_handle == "roll_over" and rolled is None:
                self._rolled = data, label, filled
                raise StopIteration
            while filled < self.batch_size:
                filled = self._fill(data, label, filled)
            self._ended = self.last_batch_handle == "pad"
        return DataBatch([data], [label], pad=pad)

    def _fill(self, data: NDArray, label: NDArray, place: int) -> int:
        """Write samples from a place on, and return where they end."""
        while place < self.batch_size:
            try:
                labels, content = self.next_sample()
            except StopIteration:
                break
            image = self.imdecode(content)
            try:
                self.check_valid_image([image])
            except RuntimeError as error:
                _log.debug("skipping an image: %s", error)
                continue
            data[place] = self.postprocess_data(self.augmentation_transform(image))
            label[place] = labels
            place += 1
        return place

    def check_data_shape(self, data_shape: Any) -> None:
        """Raise ArgumentError unless images of this shape can be made."""
        if len(data_shape) != 3 or data_shape[0] != 3:
            raise ArgumentError(
                f"data_shape is {data_shape!r}; it must be (3, height, width)"
            )

    def check_valid_image(self, data: Any) -> None:
        """Raise a RuntimeError for an image that shall be skipped."""
        if not data[0].shape:
            raise FormatError("the image has no dimensions")

    def imdecode(self, s: bytes) -> NDArray:
        """Return the image in bytes; raises FormatError that says which one it is."""
        try:
            return imdecode(s)
        except FormatError as error:
            key = self.cur - 1 if self.seq is None else self.seq[self.cur - 1]
            name = self.imglist[key][1] if self.imglist is not None else f"index {key}"
            raise FormatError(f"broken image {name}: {error}") from error

    def read_image(self, fname: str) -> bytes:
        """Return the bytes of an image's file."""
        with reading(os.path.join(self.path_root or "", fname)) as stream:
            return stream.read()

    def augmentation_transform(self, data: NDArray) -> NDArray:
        """Return an image as the augmenters change it."""
        for augmenter in self.auglist:
            data = augmenter(data)
        return data

    def postprocess_data(self, datum: NDArray) -> NDArray:
        """Return an image as it stands in the batch: channels first."""
        moved: NDArray = nd.transpose(datum, axes=(2, 0, 1))
        return moved
