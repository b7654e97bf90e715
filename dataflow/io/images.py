"""Iterators over images in RecordIO files."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from typing import Any

import numpy as np

from dataflow import ndarray
from dataflow.errors import ArgumentError, ArgumentTypeError, FormatError
from dataflow.io.ahead import Ahead
from dataflow.io.batches import DataBatch, check_count
from dataflow.io.colours import Colours, Normalization
from dataflow.io.files import MXDataIter, check_dtype, check_part, check_shape
from dataflow.io.geometry import Geometry
from dataflow.io.orders import Batch, Rounds, Shuffler
from dataflow.io.records import ImageRecords, Making, find_records, read_labels
from dataflow_ops.errors import suggestion

_MAGIC = 111  # MXNet adds it to the seed of the order
Read = tuple[np.ndarray, np.ndarray, int, np.ndarray]


class ImageRecordIter(MXDataIter):
    """Reads images from a RecordIO file, decoded side by side and ahead of their use.

    The index of a batch has the numbers in the records' headers. Orders are those of
    MXNet by the same seed; other random choices are not, but repeat under one seed
    whatever the count of threads.

    Parameters
    ----------
    path_imgrec : str
        The file, as `tools/im2rec.py` makes it.
    data_shape : tuple of int
        Channels (1, 3 or 4), height and width of an image.
    batch_size : int
        Images in a batch.
    path_imgidx : str
        The index of the file; parts are then equal in images, else in bytes.
    path_imglist : str
        A list of images, whose labels are taken instead of those in the file.
    label_width : int
        Labels of an image.
    shuffle : bool
        Take the images in another order in every epoch.
    seed : int
        Of the order, and of all else that is random.
    seed_aug : int, optional
        Make the same random changes in every epoch, those of this seed.
    num_parts, part_index : int
        Into how many parts the file is divided, and which of them is read.
    preprocess_threads : int
        How many threads decode.
    prefetch_buffer : int
        How many batches are read ahead.
    round_batch : bool
        Fill the last batch up with the first images, and begin the next epoch after
        them; if not, what fills it up are images of the batch before.
    dtype : str, optional
        ``"float32"``, ``"uint8"`` or ``"int8"``; bytes are not normalized, but int8 is
        centred.
    verbose : bool
        Log how many images there are.
    aug_seq, device_id, ctx, shuffle_chunk_size, shuffle_chunk_seed
        Accepted for MXNet's sake; orders are always those of whole files.
    data_name, label_name : str
        Names of the arrays.
    **augmentation
        Fields of `dataflow.io.geometry.Geometry`, and of `Colours` and `Normalization`
        in `dataflow.io.colours`.

    Raises
    ------
    ArgumentError
        A value cannot be used.
    ArgumentTypeError
        There is no such parameter.
    FormatError
        The file is none of images, or damaged; or labels are not `label_width`.
    MissingFileError
        There is no such file.
    MissingPackageError
        Neither OpenCV nor Pillow is installed.
    """

    def __init__(
        self,
        *,
        path_imgrec: str = "",
        data_shape: Any,
        batch_size: int,
        path_imgidx: str = "",
        path_imglist: str = "",
        label_width: int = 1,
        shuffle: bool = False,
        seed: int = 0,
        seed_aug: int | None = None,
        num_parts: int = 1,
        part_index: int = 0,
        preprocess_threads: int = 4,
        prefetch_buffer: int = 4,
        round_batch: bool = True,
        dtype: Any = None,
        verbose: bool = True,
        aug_seq: str = "aug_default",
        device_id: int = 0,
        ctx: str = "gpu",
        shuffle_chunk_size: int = 0,
        shuffle_chunk_seed: int = 0,
        data_name: str = "data",
        label_name: str = "softmax_label",
        **augmentation: Any,
    ) -> None:
        del device_id, ctx, shuffle_chunk_size, shuffle_chunk_seed
        size = check_count("batch_size", batch_size)
        threads = check_count("preprocess_threads", preprocess_threads)
        depth = check_count("prefetch_buffer", prefetch_buffer)
        width = check_count("label_width", label_width)
        check_part(num_parts, part_index)
        if aug_seq != "aug_default":
            raise ArgumentError(f"aug_seq is {aug_seq!r}; there is only 'aug_default'")
        geometry, colours, normalization = _augmenters(augmentation)
        making = Making(
            shape=_image_shape(data_shape),
            dtype=check_dtype(dtype, ("float32", "uint8", "int8")),
            label_width=width,
            labels=read_labels(path_imglist) if path_imglist else None,
            geometry=geometry,
            colours=colours,
            normalization=normalization,
            mean=_mean_image(normalization.mean_img, _image_shape(data_shape)),
        )
        file, starts = find_records(path_imgrec, path_imgidx, num_parts, part_index)
        if not starts:
            raise FormatError(
                f"{path_imgrec} has no images in part {part_index} of {num_parts}"
            )
        if verbose:
            log = logging.getLogger(__name__)
            log.info("%s: %d images, %d threads", path_imgrec, len(starts), threads)
        records = ImageRecords(file, starts, making, threads)
        self._reader = _Reader(records, seed, seed_aug)
        self._depth = depth
        self._ahead: Ahead[Read] | None = None
        order = _order(len(starts), Shuffler(_MAGIC + seed) if shuffle else None)
        rounds = Rounds(order, size, round_batch)
        super().__init__(rounds, size, data_name, label_name)
        label = () if width == 1 else (width,)
        self._describe(making.shape, label, (making.dtype, np.float32))

    def _feed(self, batches: list[Batch]) -> None:
        if self._ahead is not None:
            self._ahead.pause()
        self._reader.begin(batches)
        if self._ahead is None:
            self._ahead = Ahead(self._reader, self._depth)
        else:
            self._ahead.start()

    def _made(self) -> DataBatch:
        assert self._ahead is not None
        data, label, pad, numbers = self._ahead.take()
        return self._batched(data, label, pad, numbers)


class ImageRecordUInt8Iter(ImageRecordIter):
    """`ImageRecordIter` of bytes, not normalized: that with ``dtype="uint8"``."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters | {"dtype": "uint8"})


class ImageRecordInt8Iter(ImageRecordIter):
    """`ImageRecordIter` of signed bytes: that with ``dtype="int8"``."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters | {"dtype": "int8"})


class _Reader:
    """Reads the batches of one epoch after another."""

    def __init__(self, records: ImageRecords, seed: int, seed_aug: int | None) -> None:
        self._records = records
        self._seed = seed
        self._seed_aug = seed_aug
        self._epoch = -1
        self._coming: Iterator[tuple[int, Batch]] = iter(())

    def begin(self, batches: list[Batch]) -> None:
        """Begin the next epoch."""
        self._epoch += 1
        self._coming = enumerate(batches)

    def __call__(self) -> Read:
        """Read the next batch; raises StopIteration at the end of the epoch."""
        number, (positions, pad) = next(self._coming)
        seeds = (abs(self._seed), self._epoch)
        if self._seed_aug is not None:
            seeds = (abs(self._seed_aug), 0)
        data, label, numbers = self._records.batch(positions, (*seeds, number))
        return data, label[:, 0] if label.shape[1] == 1 else label, pad, numbers


def _order(count: int, shuffler: Shuffler | None) -> Any:
    positions = np.arange(count)
    return lambda: positions if shuffler is None else shuffler.shuffled(positions)


def _augmenters(given: dict[str, Any]) -> tuple[Geometry, Colours, Normalization]:
    """Divide parameters among what they belong to; raises ArgumentTypeError."""
    kinds = (Geometry, Colours, Normalization)
    names = [{field.name for field in dataclasses.fields(kind)} for kind in kinds]
    for name in given:
        if not any(name in known for known in names):
            hint = suggestion(name, set().union(*names))
            raise ArgumentTypeError(
                f"ImageRecordIter has no parameter '{name}'; {hint}"
            )
    parts = [{k: v for k, v in given.items() if k in known} for known in names]
    return Geometry(**parts[0]), Colours(**parts[1]), Normalization(**parts[2])


def _image_shape(data_shape: Any) -> tuple[int, ...]:
    shape = check_shape("data_shape", data_shape)
    if len(shape) != 3 or shape[0] not in (1, 3, 4):
        raise ArgumentError(
            f"data_shape is {data_shape!r}; it must be (channels, height, width), with "
            "1, 3 or 4 channels"
        )
    return shape


def _mean_image(name: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    if not name:
        return None
    loaded = ndarray.load(name)
    arrays = list(loaded.values() if isinstance(loaded, dict) else loaded)
    if len(arrays) != 1 or arrays[0].shape != shape:
        raise FormatError(f"{name} must hold one array of shape {shape}, a mean image")
    mean: np.ndarray = arrays[0].asnumpy()
    return mean
