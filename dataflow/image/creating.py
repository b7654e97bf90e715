"""The usual list of augmenters, made from a few settings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.image import augmenters as aug
from dataflow.image import colours
from dataflow.ndarray import NDArray

# Of the colours of ImageNet's images, red first.
_MEAN, _DEVIATION = (123.68, 116.28, 103.53), (58.395, 57.12, 57.375)
_EIGENVALUES = (55.46, 4.794, 1.148)
_EIGENVECTORS = (
    (-0.5675, 0.7192, 0.4009),
    (-0.5808, -0.0045, -0.8140),
    (-0.5836, -0.6948, 0.4203),
)


def CreateAugmenter(
    data_shape: tuple[int, int, int],
    resize: int = 0,
    rand_crop: bool = False,
    rand_resize: bool = False,
    rand_mirror: bool = False,
    mean: Any = None,
    std: Any = None,
    brightness: float = 0,
    contrast: float = 0,
    saturation: float = 0,
    hue: float = 0,
    pca_noise: float = 0,
    rand_gray: float = 0,
    inter_method: int = 2,
) -> list[aug.Augmenter]:
    """Return augmenters in the usual order.

    Parameters
    ----------
    data_shape : (int, int, int)
        Channels, height and width of the result.
    resize : int
        Length of the shorter edge, to begin with; 0 leaves it.
    rand_crop : bool
        Crop anywhere, not in the middle.
    rand_resize : bool
        Crop a random area and resize it; asks for `rand_crop`.
    rand_mirror : bool
        Mirror every other image, by chance.
    mean, std : array or True, optional
        Mean and deviation of the channels (or of all), to subtract and divide by; True
        stands for those of ImageNet.
    brightness, contrast, saturation, hue : float
        By how much to change them, at most.
    pca_noise : float
        Deviation of noise along the principal components of colours.
    rand_gray : float
        Probability that an image is made grey.
    inter_method : int
        How to resize; see `imresize`.

    Raises
    ------
    ArgumentError
        `rand_resize` without `rand_crop`, or a mean or deviation that cannot be used.
    """
    made: list[aug.Augmenter] = []
    size = data_shape[2], data_shape[1]
    if resize > 0:
        made.append(aug.ResizeAug(resize, inter_method))
    if rand_resize:
        if not rand_crop:
            raise ArgumentError("rand_resize is a way to crop: pass rand_crop, too")
        ratio = 3.0 / 4.0, 4.0 / 3.0
        made.append(aug.RandomSizedCropAug(size, 0.08, ratio, inter_method))
    elif rand_crop:
        made.append(aug.RandomCropAug(size, inter_method))
    else:
        made.append(aug.CenterCropAug(size, inter_method))
    if rand_mirror:
        made.append(aug.HorizontalFlipAug(0.5))
    made.append(aug.CastAug())
    if brightness or contrast or saturation:
        made.append(colours.ColorJitterAug(brightness, contrast, saturation))
    if hue:
        made.append(colours.HueJitterAug(hue))
    if pca_noise > 0:
        values, vectors = np.array(_EIGENVALUES), np.array(_EIGENVECTORS)
        made.append(colours.LightingAug(pca_noise, values, vectors))
    if rand_gray > 0:
        made.append(colours.RandomGrayAug(rand_gray))
    mean, std = _colour("mean", mean, _MEAN), _colour("std", std, _DEVIATION)
    if mean is not None or std is not None:
        made.append(colours.ColorNormalizeAug(mean, std))
    return made


def _colour(name: str, given: Any, usual: tuple[float, ...]) -> Any:
    if given is True:
        return np.array(usual, np.float32)
    if given is None or given is False:
        return None
    if not isinstance(given, np.ndarray | NDArray) or given.shape[:1] not in (
        (1,),
        (3,),
    ):
        raise ArgumentError(
            f"{name} must be True, or an array of 1 or 3 numbers, not {given!r}"
        )
    return given
