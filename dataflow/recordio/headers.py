"""What a record of a data set holds: a header with its labels, and an image."""

from __future__ import annotations

import struct
from numbers import Number
from typing import Any, NamedTuple

import numpy as np

from dataflow.errors import ArgumentError, FormatError
from dataflow.recordio.codec import decode, encode


class HEADER(NamedTuple):
    """What stands before the content of a record: a label, and a number.

    Parameters
    ----------
    flag : int
        Count of labels if `label` is an array, else 0; `pack` sets it.
    label : float or array of float
        The label, or labels.
    id, id2 : int
        Number of the record, and its higher bits.
    """

    flag: int
    label: Any
    id: int
    id2: int


IRHeader = HEADER
_HEADER = struct.Struct("<IfQQ")


def pack(header: Any, s: bytes) -> bytes:
    """Return a record of a header and a content.

    Parameters
    ----------
    header : IRHeader
        Or a tuple of its four values.
    s : bytes
        The content.

    Raises
    ------
    ArgumentError
        A value of the header is of a wrong kind or out of range.
    """
    header = HEADER(*header)
    if isinstance(header.label, Number):
        header = header._replace(flag=0)
    else:
        labels = np.asarray(header.label, "<f4")
        header = header._replace(flag=labels.size, label=0)
        s = labels.tobytes() + s
    try:
        return _HEADER.pack(*header) + s
    except (struct.error, OverflowError) as error:
        raise ArgumentError(f"{header} cannot be packed: {error}") from error


def unpack(s: bytes) -> tuple[HEADER, bytes]:
    """Return header and content of a record; raises FormatError if it is cut off."""
    if len(s) < _HEADER.size:
        raise FormatError(
            f"a record of {len(s)} bytes has no header, which takes {_HEADER.size}"
        )
    header = HEADER._make(_HEADER.unpack_from(s))
    content = s[_HEADER.size :]
    if header.flag > 0:
        if len(content) < 4 * header.flag:
            raise FormatError(
                f"a record says {header.flag} labels, but has only {len(content)} bytes"
            )
        labels = np.frombuffer(content, "<f4", header.flag)
        return header._replace(label=labels), content[4 * header.flag :]
    return header, content


def unpack_img(s: bytes, iscolor: int = -1) -> tuple[HEADER, np.ndarray]:
    """Return header and image of a record.

    Parameters
    ----------
    s : bytes
        The record.
    iscolor : int
        1 for colour, 0 for grey, -1 for whatever the image has.

    Returns
    -------
    header : IRHeader
        The header.
    image : numpy.ndarray
        Bytes of shape (height, width) or, with channels blue, green and red (and alpha
        if it has that and `iscolor` is -1), (height, width, channels).

    Raises
    ------
    FormatError
        It is cut off, or holds no image.
    MissingPackageError
        Neither OpenCV nor Pillow is installed.
    """
    header, content = unpack(s)
    return header, decode(content, iscolor)


def pack_img(
    header: Any, img: np.ndarray, quality: int = 95, img_fmt: str = ".jpg"
) -> bytes:
    """Return a record of a header and an image.

    Parameters
    ----------
    header : IRHeader
        Or a tuple of its four values.
    img : numpy.ndarray
        The image, as `unpack_img` gives it.
    quality : int
        Of JPEG, 1 to 100; for PNG, how much to compress, 1 to 9.
    img_fmt : str
        ``".jpg"`` or ``".png"``.

    Raises
    ------
    ArgumentError
        The image or the format cannot be encoded.
    MissingPackageError
        Neither OpenCV nor Pillow is installed.
    """
    return pack(header, encode(img, quality, img_fmt))
