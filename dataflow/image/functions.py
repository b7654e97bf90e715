"""Images as arrays: reading them, sizing them, cropping them.

An image is an NDArray of shape (height, width, channels), red first.
"""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np

from dataflow.context import cpu
from dataflow.errors import ArgumentError, ArgumentTypeError, FormatError
from dataflow.ndarray import NDArray, array
from dataflow.recordio import codec
from dataflow.serialization.files import reading

Size = tuple[int, int]  # width, height
Box = tuple[int, int, int, int]  # left, top, width, height
_AUTO, _ANY = 9, 10  # methods that choose another one


def imdecode(
    buf: Any, flag: int = 1, to_rgb: bool = True, out: NDArray | None = None
) -> NDArray:
    """Return the image in the bytes of a file.

    Parameters
    ----------
    buf : bytes, numpy.ndarray or NDArray
        A file of PNG, JPEG or whatever else the library knows.
    flag : int
        1 for colour, 0 for grey.
    to_rgb : bool
        Whether red comes first; else blue does.
    out : NDArray, optional
        Where to write, instead of into a new array.

    Raises
    ------
    ArgumentError
        `buf` is no bytes, or `flag` neither 0 nor 1.
    FormatError
        It is no image.
    MissingPackageError
        Neither OpenCV nor Pillow is installed.
    """
    if isinstance(buf, NDArray):
        buf = buf.asnumpy()
    if isinstance(buf, np.ndarray):
        buf = buf.astype(np.uint8, copy=False).tobytes()
    if not isinstance(buf, bytes | bytearray | memoryview):
        raise ArgumentError(
            f"buf must be bytes or an array of bytes, not {type(buf).__name__}"
        )
    if flag not in (0, 1):
        raise ArgumentError(f"flag is {flag!r}; use 1 for colour, 0 for grey")
    pixels = np.atleast_3d(codec.decode(bytes(buf), flag))
    return _given(pixels[..., ::-1] if to_rgb else pixels, out)


def imread(
    filename: Any, flag: int = 1, to_rgb: bool = True, out: NDArray | None = None
) -> NDArray:
    """Return the image in a file.

    The other parameters and the errors are those of `imdecode`; also MissingFileError.
    """
    with reading(filename) as stream:
        content = stream.read()
    try:
        return imdecode(content, flag, to_rgb, out)
    except FormatError as error:
        raise FormatError(f"{filename}: {error}") from error


def _given(pixels: np.ndarray, out: NDArray | None) -> NDArray:
    if out is None:
        return array(pixels, cpu(), pixels.dtype)
    out[:] = pixels
    return out


def imresize(
    src: NDArray, w: int, h: int, interp: int = 1, out: NDArray | None = None
) -> NDArray:
    """Return an image in another size.

    Parameters
    ----------
    src : NDArray
        The image.
    w, h : int
        Its new width and height.
    interp : int
        0 for the nearest pixel, 1 linear, 2 cubic, 3 by area, 4 Lanczos, 9 chooses by
        the sizes, 10 by chance.
    out : NDArray, optional
        Where to write, instead of into a new array.

    Raises
    ------
    ArgumentError
        There is no such method, or a size is not above 0.
    MissingPackageError
        Neither OpenCV nor Pillow is installed.
    """
    height, width, _ = _shape(src)
    if w < 1 or h < 1:
        raise ArgumentError(f"an image cannot have width {w} and height {h}")
    method = _method(interp, (height, width), (h, w))
    return _given(codec.resize(src.asnumpy(), (int(w), int(h)), method), out)


def _shape(src: NDArray) -> tuple[int, int, int]:
    if not isinstance(src, NDArray) or src.ndim != 3:
        raise ArgumentTypeError(
            "an image must be an NDArray of shape (height, width, channels), not "
            f"{getattr(src, 'shape', src)!r}"
        )
    height, width, channels = src.shape
    return height, width, channels


def _method(interp: int, old: Size, new: Size) -> int:
    """Choose a method; the sizes are (height, width)."""
    if interp == _AUTO:
        if new[0] > old[0] and new[1] > old[1]:
            return 2
        return 3 if new[0] < old[0] and new[1] < old[1] else 1
    if interp == _ANY:
        return random.randint(0, 4)
    if interp not in (0, 1, 2, 3, 4):
        raise ArgumentError(f"interp is {interp!r}; use 0 to 4, 9 or 10")
    return interp


def scale_down(src_size: Size, size: Size) -> Size:
    """Return a crop's size, brought down in its proportions to fit into an image's."""
    w, h = size
    width, height = src_size
    if height < h:
        w, h = w * height / h, height  # type: ignore[assignment]
    if width < w:
        w, h = width, h * width / w  # type: ignore[assignment]
    return int(w), int(h)


def resize_short(src: NDArray, size: int, interp: int = 2) -> NDArray:
    """Return an image whose shorter edge has a length; see `imresize`."""
    height, width, _ = _shape(src)
    short = min(height, width)
    return imresize(src, size * width // short, size * height // short, interp)


def fixed_crop(
    src: NDArray,
    x0: int,
    y0: int,
    w: int,
    h: int,
    size: Size | None = None,
    interp: int = 2,
) -> NDArray:
    """Return a part of an image.

    Parameters
    ----------
    src : NDArray
        The image.
    x0, y0, w, h : int
        Left and top border, width and height of the part.
    size : (int, int), optional
        Width and height to resize it to.
    interp : int
        How; see `imresize`.
    """
    part = src[y0 : y0 + h, x0 : x0 + w]
    if size is None or (w, h) == tuple(size):
        return part
    return imresize(part, *size, interp)


def random_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, Box]:
    """Return a part of a size that lies anywhere, and where it lies.

    A part that is larger than the image is scaled down to fit, and then resized.
    """
    height, width, _ = _shape(src)
    w, h = scale_down((width, height), size)
    x, y = random.randint(0, width - w), random.randint(0, height - h)
    return fixed_crop(src, x, y, w, h, size, interp), (x, y, w, h)


def center_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, Box]:
    """Return the part of a size in the middle, and where it lies; see `random_crop`."""
    height, width, _ = _shape(src)
    w, h = scale_down((width, height), size)
    x, y = (width - w) // 2, (height - h) // 2
    return fixed_crop(src, x, y, w, h, size, interp), (x, y, w, h)


def random_size_crop(
    src: NDArray,
    size: Size,
    area: float | tuple[float, float],
    ratio: tuple[float, float],
    interp: int = 2,
    **kwargs: Any,
) -> tuple[NDArray, Box]:
    """Return a part of random area and proportions, resized, and where it lies.

    Parameters
    ----------
    src : NDArray
        The image.
    size : (int, int)
        Width and height to resize the part to.
    area : float or (float, float)
        Range of its area, as a share of the image; one number is the least.
    ratio : (float, float)
        Range of width by height.
    interp : int
        How to resize; see `imresize`.
    **kwargs
        ``min_area``, the old name of `area`.
    """
    height, width, _ = _shape(src)
    low, high = area_range(area, kwargs)
    logs = math.log(ratio[0]), math.log(ratio[1])
    for _ in range(10):  # not every ratio fits
        target = random.uniform(low, high) * height * width
        drawn = math.exp(random.uniform(*logs))
        w, h = round(math.sqrt(target * drawn)), round(math.sqrt(target / drawn))
        if w <= width and h <= height:
            x, y = random.randint(0, width - w), random.randint(0, height - h)
            return fixed_crop(src, x, y, w, h, size, interp), (x, y, w, h)
    return center_crop(src, size, interp)


def area_range(area: Any, kwargs: dict[str, Any]) -> tuple[float, float]:
    """Return the range of an area, which may be given by its old name."""
    if "min_area" in kwargs:
        warnings.warn("min_area is called area now", DeprecationWarning, stacklevel=3)
        area = kwargs.pop("min_area")
    if kwargs:
        raise ArgumentTypeError(f"there is no parameter '{next(iter(kwargs))}'")
    return (area, 1.0) if isinstance(area, int | float) else tuple(area)


def color_normalize(src: NDArray, mean: Any | None, std: Any | None = None) -> NDArray:
    """Subtract a mean from an image, divide it by a deviation, and return it.

    Parameters
    ----------
    src : NDArray
        The image; it is changed.
    mean, std : NDArray, optional
        What to subtract and to divide by; they are broadcast.
    """
    if mean is not None:
        src -= mean
    if std is not None:
        src /= std
    return src
