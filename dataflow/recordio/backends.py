"""The libraries that know images: OpenCV, which MXNet uses, and Pillow.

Their values differ a little where sizes change. What is asked of them is in `codec`.
"""

from __future__ import annotations

import functools
import importlib
import io
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from dataflow.errors import MissingPackageError

Image = np.ndarray
Size = tuple[int, int]  # width, height
PNG = ".png"


class Backend(Protocol):
    """What a library has to do."""

    def decode(self, content: bytes, flag: int) -> Image | None:
        """Return the image, None if it is none; colour 1, grey 0, as it is -1."""

    def encode(self, image: Image, extension: str, quality: int) -> bytes:
        """Return the bytes of a file."""

    def resize(self, image: Image, size: Size, method: int) -> Image:
        """Return the image in another size; for the methods see `codec.resize`."""

    def warp(
        self, image: Image, matrix: Any, size: Size, method: int, fill: int
    ) -> Image:
        """Return the image moved by a matrix (2, 3), with what is free filled."""


class _OpenCV:
    """The functions through the package cv2."""

    def __init__(self, cv2: ModuleType) -> None:
        self.cv2: Any = cv2

    def decode(self, content: bytes, flag: int) -> Image | None:
        return self.cv2.imdecode(np.frombuffer(content, np.uint8), flag)  # type: ignore[no-any-return]

    def encode(self, image: Image, extension: str, quality: int) -> bytes:
        key = "IMWRITE_PNG_COMPRESSION" if extension == PNG else "IMWRITE_JPEG_QUALITY"
        _, content = self.cv2.imencode(
            extension, image, [getattr(self.cv2, key), quality]
        )
        return bytes(content)

    def resize(self, image: Image, size: Size, method: int) -> Image:
        return self.cv2.resize(image, size, interpolation=method)  # type: ignore[no-any-return]

    def warp(
        self, image: Image, matrix: Any, size: Size, method: int, fill: int
    ) -> Image:
        return self.cv2.warpAffine(  # type: ignore[no-any-return]
            image, np.float32(matrix), size, flags=method, borderValue=(fill,) * 4
        )


class _Pillow:
    """The functions through the package PIL."""

    METHODS = ("NEAREST", "BILINEAR", "BICUBIC", "BOX", "LANCZOS")

    def __init__(self, image: ModuleType, operations: ModuleType) -> None:
        self.Image: Any = image
        self.operations: Any = operations

    def decode(self, content: bytes, flag: int) -> Image | None:
        try:
            image = self.Image.open(io.BytesIO(content))
            image.load()
        except Exception:  # of many kinds, where a file is damaged
            return None
        if flag >= 0:
            image = self.operations.exif_transpose(image)
            image = image.convert("RGB" if flag else "L")
        elif image.mode not in ("L", "RGB", "RGBA"):
            clear = "transparency" in image.info or image.mode in ("LA", "PA")
            kind = "L" if image.mode == "1" else "RGBA" if clear else "RGB"
            image = image.convert(kind)
        return _swapped(np.asarray(image))

    def encode(self, image: Image, extension: str, quality: int) -> bytes:
        stream = io.BytesIO()
        if extension == PNG:
            options = {"format": "png", "compress_level": quality}
        else:
            options = {"format": "jpeg", "quality": quality}
        self.Image.fromarray(_swapped(image)).save(stream, **options)
        return stream.getvalue()

    def resize(self, image: Image, size: Size, method: int) -> Image:
        chosen = getattr(self.Image.Resampling, self.METHODS[method])
        return self._layered(image, lambda layer: layer.resize(size, chosen))

    def warp(
        self, image: Image, matrix: Any, size: Size, method: int, fill: int
    ) -> Image:
        # Pillow wants the way back, and counts from the corners of pixels.
        back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
        back[:, 2] += 0.5 - back[:, :2].sum(1) / 2
        chosen = getattr(self.Image.Resampling, self.METHODS[min(method, 2)])
        way = (self.Image.Transform.AFFINE, tuple(back.ravel()), chosen)
        return self._layered(
            image, lambda layer: layer.transform(size, *way, fillcolor=fill)
        )

    def _layered(self, image: Image, function: Callable[[Any], Any]) -> Image:
        """Return what a function makes of each channel.

        All at once, Pillow would take a fourth channel for what hides the others.
        """
        if image.dtype != np.uint8:
            image = image.astype(np.float32)
        layers = [image] if image.ndim == 2 else list(np.moveaxis(image, 2, 0))
        made = [np.asarray(function(self.Image.fromarray(x))) for x in layers]
        return made[0] if image.ndim == 2 else np.stack(made, 2)


def _swapped(image: Image) -> Image:
    """Return an image with red and blue changed about."""
    if image.ndim == 2 or image.shape[2] == 1:
        return image.reshape(image.shape[:2])
    order = [2, 1, 0, 3][: image.shape[2]]
    return np.ascontiguousarray(image[:, :, order])


@functools.cache
def backend() -> Backend:
    """Return the library to use; raises MissingPackageError if there is none."""
    try:
        return _OpenCV(importlib.import_module("cv2"))
    except ImportError:
        pass
    try:
        return _Pillow(*map(importlib.import_module, ("PIL.Image", "PIL.ImageOps")))
    except ImportError as error:
        raise MissingPackageError(
            "images need OpenCV or Pillow: pip install opencv-python-headless, or "
            "pip install pillow"
        ) from error
