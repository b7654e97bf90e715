"""Images to and from bytes, and to other sizes.

Images are arrays of bytes (height, width) or (height, width, channels), their channels
in OpenCV's order: blue, green, red, alpha.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, FormatError, MissingPackageError
from dataflow.recordio.backends import PNG, Image, Size, _OpenCV, backend

_EXTENSIONS = (".jpg", ".jpeg", PNG)


def decode(content: bytes, flag: int = 1) -> Image:
    """Return the image in the bytes of a file.

    Parameters
    ----------
    content : bytes
        A file of PNG, JPEG or whatever else the library knows.
    flag : int
        1 for colour, 0 for grey, -1 for whatever the image has.

    Raises
    ------
    FormatError
        It is no image.
    """
    image = backend().decode(bytes(content), flag) if len(content) else None
    if image is None:
        raise FormatError(
            f"{len(content)} bytes that begin with {bytes(content[:8]).hex(' ')!r} are "
            "no image, or a damaged one"
        )
    return image


def encode(image: Any, quality: int = 95, extension: str = ".jpg") -> bytes:
    """Return the bytes of an image's file.

    Parameters
    ----------
    image : numpy.ndarray
        The image.
    quality : int
        Of JPEG, 1 to 100; for PNG, how much to compress, 1 to 9.
    extension : str
        ``".jpg"``, ``".jpeg"`` or ``".png"``, in any case.

    Raises
    ------
    ArgumentError
        The image cannot be encoded, or not in this way.
    """
    kind = extension.lower()
    if kind not in _EXTENSIONS:
        raise ArgumentError(
            f"img_fmt is {extension!r}; use one of {', '.join(_EXTENSIONS)}"
        )
    pixels = np.ascontiguousarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or not pixels.size:
        raise ArgumentError(
            "an image must be bytes (uint8) of shape (height, width) or (height, width,"
            f" channels), not {pixels.dtype} {pixels.shape}"
        )
    best = 9 if kind == PNG else 100
    return backend().encode(pixels, kind, min(quality, best))


def _flat(image: Image) -> Image:
    """Return an image in one piece, and without a channel if it has only one."""
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    return np.ascontiguousarray(image)


def resize(image: Image, size: Size, method: int = 1) -> Image:
    """Return an image in another size.

    Parameters
    ----------
    image : numpy.ndarray
        The image.
    size : (int, int)
        Its new width and height.
    method : int
        0 for the nearest pixel, 1 linear, 2 cubic, 3 by area, 4 Lanczos.
    """
    if image.shape[1::-1] == size:
        return image
    made = backend().resize(_flat(image), size, method)
    return made.reshape(size[1], size[0], *image.shape[2:])


def warp(
    image: Image, matrix: Any, size: Size, method: int = 1, fill: int = 255
) -> Image:
    """Return an image moved by a matrix (2, 3), of a size, with what is free filled."""
    made = backend().warp(_flat(image), matrix, size, method, fill)
    return made.reshape(size[1], size[0], *image.shape[2:])


def shift_hls(image: Image, shifts: list[int]) -> Image:
    """Return an image with hue, lightness and saturation shifted, within their limits.

    Raises
    ------
    MissingPackageError
        OpenCV is not installed.
    """
    library = backend()
    if not isinstance(library, _OpenCV):
        raise MissingPackageError(
            "random_h, random_l and random_s need OpenCV: "
            "pip install opencv-python-headless"
        )
    cv2 = library.cv2
    values = cv2.cvtColor(_flat(image), cv2.COLOR_BGR2HLS).astype(np.int16) + shifts
    limited = np.clip(values, 0, [180, 255, 255]).astype(np.uint8)
    return cv2.cvtColor(limited, cv2.COLOR_HLS2BGR)  # type: ignore[no-any-return]
