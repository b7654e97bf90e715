"""An iterator over files of the MNIST data set's form, IDX."""

from __future__ import annotations

import gzip
import logging
import struct
import zlib
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, FormatError
from dataflow.io.batches import check_count
from dataflow.io.files import MXDataIter, check_dtype, check_part
from dataflow.io.orders import Rounds, Shuffler
from dataflow.serialization.files import reading

_IMAGES, _LABELS = 3, 1  # how many dimensions each of the files has


class MNISTIter(MXDataIter):
    """Reads images of handwritten digits, or others in such files, and their labels.

    Values are from 0 to before 1. What does not fill a batch at the end is left out.

    Parameters
    ----------
    image, label : str
        Files of unsigned bytes in IDX form; they may be compressed by gzip.
    batch_size : int
        Samples in a batch.
    shuffle : bool
        Put the samples in another order once, by the seed.
    flat : bool
        Give each image as one row, not as (1, height, width).
    seed : int
        Of the order; it gives the one that it gives in MXNet.
    silent : bool
        Do not log how many images there are.
    num_parts, part_index : int
        Into how many parts the samples are divided, and which of them is read.
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
    ArgumentError
        There are fewer images than a batch needs.
    FormatError
        A file is not of this form, or the files differ in their counts.
    MissingFileError
        There is no such file.
    """

    def __init__(
        self,
        *,
        image: str = "./train-images-idx3-ubyte",
        label: str = "./train-labels-idx1-ubyte",
        batch_size: int = 128,
        shuffle: bool = True,
        flat: bool = False,
        seed: int = 0,
        silent: bool = False,
        num_parts: int = 1,
        part_index: int = 0,
        prefetch_buffer: int = 4,
        ctx: str = "gpu",
        dtype: Any = None,
        data_name: str = "data",
        label_name: str = "softmax_label",
    ) -> None:
        del prefetch_buffer, ctx
        kind = check_dtype(dtype, ("float32",))
        size = check_count("batch_size", batch_size)
        check_part(num_parts, part_index)
        self._images, self._labels = read_idx(image, _IMAGES), read_idx(label, _LABELS)
        count = len(self._images)
        if len(self._labels) != count:
            raise FormatError(
                f"{image} has {count} images and {label} {len(self._labels)} labels"
            )
        order = np.arange(*_part(count, num_parts, part_index))
        if shuffle:
            order = Shuffler(seed).shuffled(order)
        if len(order) < size:
            raise ArgumentError(
                f"batch_size is {size}, but there are only {len(order)} images in part "
                f"{part_index} of {num_parts} of {image}"
            )
        whole = order[: len(order) // size * size]
        super().__init__(
            Rounds(lambda: whole, size, False), size, data_name, label_name
        )
        height, width = self._images.shape[1:]
        self._shape = (height * width,) if flat else (1, height, width)
        self._describe(self._shape, (), (kind, kind))
        if not silent:
            shape = (size, *self._shape)
            logging.getLogger(__name__).info(
                "%s: %d images, batches of %s", image, len(order), shape
            )

    def _read(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = self._images[positions].reshape(-1, *self._shape)
        labels = self._labels[positions].astype(np.float32)
        return images.astype(np.float32) / np.float32(256), labels


def _part(count: int, num_parts: int, part_index: int) -> tuple[int, int]:
    share = count / num_parts
    return int(share * part_index), int(share * (part_index + 1))


def read_idx(name: Any, dimensions: int) -> np.ndarray:
    """Return the unsigned bytes of an IDX file with so many dimensions.

    Raises
    ------
    FormatError
        It is of another form, or has fewer bytes than it says.
    """
    with reading(name) as stream:
        content = stream.read()
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, name)
    # Two zeros, the element type (8: unsigned byte), and the count of dimensions.
    expected = bytes([0, 0, 8, dimensions])
    start = 4 + 4 * dimensions
    if content[:4] != expected or len(content) < start:
        raise FormatError(
            f"{name} is no IDX file of {dimensions} dimension(s): it begins with "
            f"{content[:4].hex(' ')}, and should with {expected.hex(' ')}"
        )
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    count = 1
    for dimension in shape:
        count *= dimension
    if len(content) - start < count:
        raise FormatError(
            f"{name} says {shape}, {count} bytes, but only "
            f"{len(content) - start} follow"
        )
    return np.frombuffer(content, np.uint8, count, start).reshape(shape)


def _unpacked(content: bytes, name: Any) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{name} is damaged: {error}") from error
