"""Augmenters and what they make, here and when golden values are recorded."""

from __future__ import annotations

import random

import numpy as np

VECTORS = np.arange(9).reshape(3, 3) / 10
AUGMENTERS = {
    "BrightnessJitterAug": (0.3,),
    "CastAug": ("int32",),
    "CenterCropAug": ((3, 2),),
    "ColorJitterAug": (0.3, 0.4, 0.5),
    "ColorNormalizeAug": (np.array([1.0, 2, 3]), np.array([2.0])),
    "ContrastJitterAug": (0.4,),
    "HorizontalFlipAug": (0.9,),
    "HueJitterAug": (0.5,),
    "LightingAug": (0.5, np.array([1.0, 2, 3]), VECTORS),
    "RandomCropAug": ((3, 2),),
    "RandomGrayAug": (0.9,),
    "SaturationJitterAug": (0.5,),
}
SETTINGS = {
    "usual": {"rand_crop": True, "rand_mirror": True, "mean": True, "std": True},
    "all": dict(
        {"resize": 6, "rand_crop": True, "rand_mirror": True, "rand_gray": 0.1},
        **{"brightness": 0.1, "contrast": 0.2, "saturation": 0.3, "hue": 0.1},
        **{"pca_noise": 0.05, "mean": np.array([1.0]), "inter_method": 9},
    ),
    "resized": {"rand_crop": True, "rand_resize": True},
}
CROPS = {  # sizes of an image, and of what is cropped
    "smaller": ((9, 7), (4, 5)),
    "equal": ((9, 7), (7, 9)),
    "too wide": ((9, 7), (14, 9)),
    "too high": ((9, 7), (3, 11)),
}


def picture(height=4, width=5):
    drawn = np.random.RandomState(1)
    return drawn.randint(0, 256, (height, width, 3)).astype(np.float32)


def changed(mx, name):
    """Return what an augmenter makes of the picture, and what it says of itself."""
    random.seed(4)
    np.random.seed(4)
    augmenter = getattr(mx.image, name)(*AUGMENTERS[name])
    made = augmenter(mx.nd.array(picture()))
    values = made.asnumpy().astype(np.float64)
    return [made.dtype.__name__, values.round(4).tolist(), augmenter.dumps()]


def listed(mx, name):
    """Return what the augmenters of some settings say of themselves."""
    made = mx.image.CreateAugmenter((3, 4, 5), **SETTINGS[name])
    return [augmenter.dumps() for augmenter in made]


def boxes(mx, name):
    """Return where parts lie."""
    random.seed(5)
    (height, width), size = CROPS[name]
    scaled = list(mx.image.scale_down((width, height), size))
    image = mx.nd.array(picture(height, width))
    made = [scaled]
    for crop in (mx.image.center_crop, mx.image.random_crop):
        part, box = crop(image, size, interp=0)
        made.append([list(part.shape), list(box)])
    return made
