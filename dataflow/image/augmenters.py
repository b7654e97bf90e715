"""Augmenters: callables that change an image, mostly by chance.

Here are those of its size and position. They draw from Python's `random`, as MXNet's
do.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.image.functions import (
    Size,
    area_range,
    center_crop,
    imresize,
    random_crop,
    random_size_crop,
    resize_short,
)
from dataflow.ndarray import NDArray


class Augmenter:
    """Base of all augmenters: derive from it, and define ``__call__``.

    Parameters
    ----------
    **kwargs
        Its settings, for `dumps`.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {name: _plain(value) for name, value in kwargs.items()}

    def dumps(self) -> Any:
        """Return its name and settings as JSON."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__")


def _plain(value: Any) -> Any:
    if isinstance(value, NDArray):
        value = value.asnumpy()
    return value.tolist() if isinstance(value, np.ndarray) else value


class SequentialAug(Augmenter):
    """Applies augmenters one after another."""

    def __init__(self, ts: Sequence[Augmenter]) -> None:
        super().__init__()
        self.ts = list(ts)

    def dumps(self) -> Any:
        """Return its name, and what its augmenters say."""
        return [type(self).__name__.lower(), [x.dumps() for x in self.ts]]

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        for augmenter in self.ts:
            src = augmenter(src)
        return src


class RandomOrderAug(SequentialAug):
    """Applies augmenters in random order."""

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        random.shuffle(self.ts)
        return super().__call__(src)


class _Sized(Augmenter):
    """An augmenter with a size and a method to resize."""

    def __init__(self, size: Any, interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = size
        self.interp = interp


class ResizeAug(_Sized):
    """Gives the shorter edge a length; see `resize_short`."""

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return resize_short(src, self.size, self.interp)


class ForceResizeAug(_Sized):
    """Resizes to (width, height), whatever the proportions."""

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        width, height = self.size
        return imresize(src, width, height, self.interp)


class RandomCropAug(_Sized):
    """Crops anywhere; see `random_crop`."""

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return random_crop(src, self.size, self.interp)[0]


class CenterCropAug(_Sized):
    """Crops in the middle; see `center_crop`."""

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return center_crop(src, self.size, self.interp)[0]


class RandomSizedCropAug(Augmenter):
    """Crops a random area, and resizes it; see `random_size_crop`."""

    def __init__(
        self,
        size: Size,
        area: Any,
        ratio: tuple[float, float],
        interp: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size = size
        self.area = area_range(area, kwargs)
        self.ratio = ratio
        self.interp = interp

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        size, area, ratio = self.size, self.area, self.ratio
        return random_size_crop(src, size, area, ratio, self.interp)[0]


class HorizontalFlipAug(Augmenter):
    """Mirrors left to right, with probability `p`."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return nd.flip(src, axis=1) if random.random() < self.p else src


class CastAug(Augmenter):
    """Changes the element type."""

    def __init__(self, typ: str = "float32") -> None:
        super().__init__(type=typ)
        self.typ = typ

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return src.astype(self.typ)
