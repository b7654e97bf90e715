"""How `ImageRecordIter` changes an image's colours, and makes numbers of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dataflow.recordio import codec

Image = np.ndarray
Random = np.random.Generator
_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # on the channels as they lie
_PRINCIPAL = np.array(  # of the colours of ImageNet, red first
    [
        [55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009],
        [55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140],
        [55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203],
    ]
)


@dataclass(frozen=True)
class Colours:
    """The parameters of an image's colours, and what they do to its bytes.

    Parameters
    ----------
    brightness, contrast, saturation : float
        Change them by a factor within so much of 1.
    pca_noise : float
        Deviation of noise along the principal components of colours.
    random_h, random_s, random_l : int
        Shift hue, saturation and lightness by up to so much; this needs OpenCV.
    """

    brightness: float = 0
    contrast: float = 0
    saturation: float = 0
    pca_noise: float = 0
    random_h: int = 0
    random_s: int = 0
    random_l: int = 0

    def __call__(self, image: Image, random: Random) -> Image:
        """Return an image in other colours."""
        if self.brightness > 0 or self.contrast > 0 or self.saturation > 0:
            image = self._jittered(image, random)
        limits = np.array([self.random_h, self.random_l, self.random_s])
        if limits.any():
            drawn = (random.random(3) + 4 * random.random(3)) / 5
            shifts = (drawn * limits * 2 - limits).astype(int)
            image = codec.shift_hls(image, shifts.tolist())
        if self.pca_noise > 0:
            noise = _PRINCIPAL @ random.normal(0, self.pca_noise, 3)
            image = _bytes(np.trunc(image + noise[::-1]))
        return image

    def _jittered(self, image: Image, random: Random) -> Image:
        limits = np.array([self.brightness, self.contrast, self.saturation])
        factors = 1 + random.uniform(-limits, limits)
        for which in random.permutation(3).tolist():
            grey: Any = 0
            if which > 0 and image.ndim == 3:
                grey = image[..., :3] @ _GREY
            elif which > 0:
                grey = image
            if which == 1:
                grey = np.mean(grey)
            elif which == 2 and image.ndim == 3:
                grey = grey[..., None]
            image = _bytes(
                np.rint(image * factors[which] + grey * (1 - factors[which]))
            )
        return image


def _bytes(values: np.ndarray) -> Image:
    image: Image = np.clip(values, 0, 255).astype(np.uint8)
    return image


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round halves away from zero, as C does."""
    whole: np.ndarray = np.copysign(np.floor(np.abs(values) + 0.5), values)
    return whole


@dataclass(frozen=True)
class Normalization:
    """The parameters that make numbers of bytes, and what they do.

    Parameters
    ----------
    mirror, rand_mirror : bool
        Mirror every image left to right, or every other by chance.
    mean_img : str
        File of an image, as saved by `nd.save`, to subtract.
    mean_r, mean_g, mean_b, mean_a : float
        What to subtract from each channel, if there is no `mean_img`.
    std_r, std_g, std_b, std_a : float
        What to divide it by.
    scale : float
        What to multiply it by.
    max_random_contrast, max_random_illumination : float
        Multiply by a factor within so much of 1, and add up to so much.
    """

    mirror: bool = False
    rand_mirror: bool = False
    mean_img: str = ""
    mean_r: float = 0
    mean_g: float = 0
    mean_b: float = 0
    mean_a: float = 0
    std_r: float = 1
    std_g: float = 1
    std_b: float = 1
    std_a: float = 1
    scale: float = 1
    max_random_contrast: float = 0
    max_random_illumination: float = 0

    def __call__(
        self, image: Image, out: np.ndarray, mean: np.ndarray | None, random: Random
    ) -> None:
        """Write an image's numbers, with the channels first, and red the first of them.

        Parameters
        ----------
        image : numpy.ndarray
            Bytes of shape (height, width) or (height, width, channels), blue first.
        out : numpy.ndarray
            Of shape (channels, height, width); its type decides what is done.
        mean : numpy.ndarray, optional
            What to subtract, of the same shape; else the channels' means.
        random : numpy.random.Generator
            Where random numbers come from.
        """
        channels = out.shape[0]
        order = [0] if channels == 1 else [2, 1, 0, 3][:channels]
        pixels = image.reshape(*image.shape[:2], -1)[..., order].transpose(2, 0, 1)
        if self.mirror or (self.rand_mirror and random.random() < 0.5):
            pixels_out = out[:, :, ::-1]
        else:
            pixels_out = out
        if mean is None:
            means = [self.mean_r, self.mean_g, self.mean_b, self.mean_a]
            mean = np.array(means[:channels], np.float32).reshape(-1, 1, 1)
        if out.dtype == np.uint8:
            pixels_out[...] = pixels
        elif out.dtype == np.int8:
            pixels_out[...] = np.clip(pixels - _rounded(mean), -128, 127)
        else:
            factor, shift = self._line(channels, random)
            np.multiply(pixels - mean, factor, out=pixels_out)
            pixels_out += shift

    def _line(self, channels: int, random: Random) -> tuple[np.ndarray, np.ndarray]:
        """Return factor and shift of each channel."""
        contrast = 1 + random.uniform(-1, 1) * self.max_random_contrast
        light = random.uniform(-1, 1) * self.max_random_illumination
        deviations = [self.std_r, self.std_g, self.std_b, self.std_a][:channels]
        unit = self.scale / np.array(deviations).reshape(-1, 1, 1)
        return (contrast * unit).astype(np.float32), (light * unit).astype(np.float32)
