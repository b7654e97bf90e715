"""Augmenters of an image's colours, which are numbers of a floating type by then.

They draw from Python's `random`, and `LightingAug` from NumPy's, as MXNet's do.
"""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.image.augmenters import Augmenter, RandomOrderAug
from dataflow.image.functions import color_normalize
from dataflow.ndarray import NDArray

_GREY = (0.299, 0.587, 0.114)


class BrightnessJitterAug(Augmenter):
    """Multiplies by a factor within `brightness` of 1."""

    def __init__(self, brightness: float) -> None:
        super().__init__(brightness=brightness)
        self.brightness = brightness

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return src * (1.0 + random.uniform(-self.brightness, self.brightness))


class ContrastJitterAug(Augmenter):
    """Mixes with the mean grey, by a factor within `contrast` of 1."""

    def __init__(self, contrast: float) -> None:
        super().__init__(contrast=contrast)
        self.contrast = contrast
        self.coef = nd.array([[_GREY]])

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        alpha = 1.0 + random.uniform(-self.contrast, self.contrast)
        grey = src * self.coef
        mean = nd.sum(grey) * (3.0 * (1.0 - alpha) / grey.size)
        return src * alpha + mean


class SaturationJitterAug(Augmenter):
    """Mixes with its own grey, by a factor within `saturation` of 1."""

    def __init__(self, saturation: float) -> None:
        super().__init__(saturation=saturation)
        self.saturation = saturation
        self.coef = nd.array([[_GREY]])

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        alpha = 1.0 + random.uniform(-self.saturation, self.saturation)
        grey = nd.sum(src * self.coef, axis=2, keepdims=True)
        return src * alpha + grey * (1.0 - alpha)


class HueJitterAug(Augmenter):
    """Turns the hue by up to `hue` half turns, about the axis of grey in YIQ space."""

    def __init__(self, hue: float) -> None:
        super().__init__(hue=hue)
        self.hue = hue
        self.tyiq = np.array(
            [[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]]
        )
        self.ityiq = np.array(
            [[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]]
        )

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        angle = random.uniform(-self.hue, self.hue) * math.pi
        cos, sin = math.cos(angle), math.sin(angle)
        turn = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
        return nd.dot(src, nd.array((self.ityiq @ turn @ self.tyiq).T))


class ColorJitterAug(RandomOrderAug):
    """Changes brightness, contrast and saturation, in random order."""

    def __init__(self, brightness: float, contrast: float, saturation: float) -> None:
        ts: list[Augmenter] = []
        if brightness > 0:
            ts.append(BrightnessJitterAug(brightness))
        if contrast > 0:
            ts.append(ContrastJitterAug(contrast))
        if saturation > 0:
            ts.append(SaturationJitterAug(saturation))
        super().__init__(ts)


class LightingAug(Augmenter):
    """Adds noise along principal components of colours, of deviation `alphastd`."""

    def __init__(self, alphastd: float, eigval: Any, eigvec: Any) -> None:
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd = alphastd
        self.eigval = eigval
        self.eigvec = eigvec

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        alpha = np.random.normal(0, self.alphastd, size=(3,))
        return src + nd.array(np.dot(self.eigvec * alpha, self.eigval))


class ColorNormalizeAug(Augmenter):
    """Subtracts a mean, and divides by a deviation; see `color_normalize`."""

    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__(mean=mean, std=std)
        self.mean = None if mean is None else nd.array(mean)
        self.std = None if std is None else nd.array(std)

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return color_normalize(src, self.mean, self.std)


class RandomGrayAug(Augmenter):
    """Makes all channels grey, with probability `p`."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p
        self.mat = nd.array([[0.21] * 3, [0.72] * 3, [0.07] * 3])

    def __call__(self, src: NDArray) -> NDArray:
        """Return the image, changed."""
        return nd.dot(src, self.mat) if random.random() < self.p else src
