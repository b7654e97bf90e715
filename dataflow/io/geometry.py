"""How `ImageRecordIter` brings an image to its size: scale, turn, pad and crop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.recordio import codec

Image = np.ndarray
Random = np.random.Generator
Area = tuple[int, int]  # height, width
_AUTO, _ANY = 9, 10  # methods that choose another one
_UNLIMITED = 1e10


@dataclass(frozen=True)
class Geometry:
    """The parameters of an image's size and position, and what they do.

    Parameters
    ----------
    resize : int
        The shorter edge, to begin with; -1 leaves it.
    rand_crop : bool
        Crop anywhere, not in the middle.
    random_resized_crop : bool
        Crop an area of `min_random_area` to `max_random_area` of the image, of an
        aspect ratio in its range, and resize it.
    max_rotate_angle : int
        Turn by up to so many degrees, either way.
    max_aspect_ratio, min_aspect_ratio : float
        Range of width by height; without a minimum, 1 less and more `max_aspect_ratio`.
    max_shear_ratio : float
        Shear by up to so much, either way.
    max_crop_size, min_crop_size : int
        Crop a square of an edge in this range, and resize it; -1 does not.
    max_random_scale, min_random_scale : float
        Scale by a factor in this range.
    max_random_area, min_random_area : float
        See `random_resized_crop`.
    max_img_size, min_img_size : float
        Limits of the edges after that.
    rotate : int
        Turn by so many degrees; -1 does not.
    fill_value : int
        What new pixels are.
    inter_method : int
        0 for the nearest pixel, 1 linear, 2 cubic, 3 by area, 4 Lanczos, 9 chooses by
        the sizes, 10 by chance.
    pad : int
        New pixels on each edge, before the crop.
    """

    resize: int = -1
    rand_crop: bool = False
    random_resized_crop: bool = False
    max_rotate_angle: int = 0
    max_aspect_ratio: float = 0
    min_aspect_ratio: float | None = None
    max_shear_ratio: float = 0
    max_crop_size: int = -1
    min_crop_size: int = -1
    max_random_scale: float = 1
    min_random_scale: float = 1
    max_random_area: float = 1
    min_random_area: float = 1
    max_img_size: float = _UNLIMITED
    min_img_size: float = 0
    rotate: int = -1
    fill_value: int = 255
    inter_method: int = 1
    pad: int = 0

    def __post_init__(self) -> None:
        if self.inter_method not in (0, 1, 2, 3, 4, _AUTO, _ANY):
            raise ArgumentError(
                f"inter_method is {self.inter_method!r}; use 0 to 4, 9 or 10"
            )
        if self.min_crop_size > self.max_crop_size:
            raise ArgumentError(
                f"min_crop_size is {self.min_crop_size}, and max_crop_size only "
                f"{self.max_crop_size}"
            )
        others = self.rand_crop or self.max_crop_size != -1 or self._scales
        if self.random_resized_crop and others:
            raise ArgumentError(
                "random_resized_crop does not go with rand_crop, max_crop_size, "
                "min_random_scale or max_random_scale"
            )

    def __call__(self, image: Image, size: Area, random: Random) -> Image:
        """Return an image of a size, made of another."""
        if self.resize != -1:
            height, width = image.shape[:2]
            short = min(height, width)
            goal = self.resize * height // short, self.resize * width // short
            image = self._resized(image, goal, random)
        if self._moves:
            image = self._moved(image, random)
        if self.pad > 0:
            edges = [(self.pad, self.pad)] * 2 + [(0, 0)] * (image.ndim - 2)
            image = np.pad(image, edges, constant_values=self.fill_value)
        if self.random_resized_crop:
            box = self._random_area(image.shape[:2], random)
        elif self.max_crop_size != -1:
            box = self._random_square(image.shape[:2], random)
        else:
            box = None
        if box is not None:
            return self._resized(image[box], size, random)
        return self._cropped(image, size, random)

    @property
    def _scales(self) -> bool:
        return (self.min_random_scale, self.max_random_scale) != (1, 1)

    @property
    def _aspects(self) -> tuple[float, float]:
        if self.min_aspect_ratio is not None:
            return self.min_aspect_ratio, self.max_aspect_ratio
        return 1 - self.max_aspect_ratio, 1 + self.max_aspect_ratio

    @property
    def _moves(self) -> bool:
        return (
            self.max_rotate_angle > 0
            or self.max_shear_ratio > 0
            or self.rotate > 0
            or self._scales
            or (not self.random_resized_crop and self._aspects != (1, 1))
            or (self.min_img_size, self.max_img_size) != (0, _UNLIMITED)
        )

    def _method(self, old: Area, new: Area, random: Random) -> int:
        if self.inter_method == _ANY:
            return int(random.integers(5))
        if self.inter_method != _AUTO:
            return self.inter_method
        if new[0] > old[0] and new[1] > old[1]:
            return 2
        return 3 if new[0] < old[0] and new[1] < old[1] else 1

    def _resized(self, image: Image, size: Area, random: Random) -> Image:
        method = self._method(image.shape[:2], size, random)
        return codec.resize(image, size[::-1], method)

    def _moved(self, image: Image, random: Random) -> Image:
        """Shear, turn and scale about the middle."""
        height, width = image.shape[:2]
        shear = random.uniform(-1, 1) * self.max_shear_ratio
        limit = self.max_rotate_angle
        angle = self.rotate if self.rotate > 0 else random.integers(-limit, limit + 1)
        scale, ratio = 1.0, 1.0
        if not self.random_resized_crop:
            scale = random.uniform(self.min_random_scale, self.max_random_scale)
            ratio = random.uniform(*self._aspects)
        down = 2 * scale / (1 + ratio)
        across = ratio * down
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        matrix = np.array(
            [
                [down * cos - shear * sin * across, down * sin + shear * cos * across],
                [-sin * across, cos * across],
            ]
        )
        edges = np.array([scale * width, scale * height])
        edges = np.clip(edges, self.min_img_size, self.max_img_size)
        shift = (edges - matrix @ [width, height]) / 2
        size = int(edges[0]), int(edges[1])
        method = self._method((height, width), size[::-1], random)
        moving = np.column_stack([matrix, shift])
        return codec.warp(image, moving, size, method, self.fill_value)

    def _random_area(self, size: Area, random: Random) -> tuple[slice, slice] | None:
        height, width = size
        for _ in range(10):  # not every ratio fits
            area = random.uniform(self.min_random_area, self.max_random_area)
            ratio = random.uniform(*self._aspects)
            rows = round(math.sqrt(height * width * area / ratio))
            columns = round(math.sqrt(height * width * area * ratio))
            if random.random() > 0.5:
                rows, columns = columns, rows
            if rows <= height and columns <= width:
                return self._box(size, (rows, columns), random, anywhere=True)
        return None

    def _random_square(self, size: Area, random: Random) -> tuple[slice, slice]:
        if self.max_crop_size > min(size):
            raise ArgumentError(
                f"max_crop_size is {self.max_crop_size}, but an image has only {size}"
            )
        edge = int(random.integers(self.min_crop_size, self.max_crop_size + 1))
        return self._box(size, (edge, edge), random, anywhere=self.rand_crop)

    def _cropped(self, image: Image, size: Area, random: Random) -> Image:
        """Crop, after scaling an image up that is too small."""
        for axis in (0, 1):
            if image.shape[axis] < size[axis]:
                factor = size[axis] / image.shape[axis]
                goal = [int(factor * edge) for edge in image.shape[:2]]
                goal[axis] = size[axis]
                image = self._resized(image, (goal[0], goal[1]), random)
        return image[self._box(image.shape[:2], size, random, anywhere=self.rand_crop)]

    @staticmethod
    def _box(
        size: Area, part: Area, random: Random, *, anywhere: bool
    ) -> tuple[slice, slice]:
        """Return where a part lies: anywhere, or in the middle."""
        starts = [whole - some for whole, some in zip(size, part, strict=True)]
        if anywhere:
            starts = [int(random.integers(start + 1)) for start in starts]
        else:
            starts = [start // 2 for start in starts]
        rows, columns = starts
        return slice(rows, rows + part[0]), slice(columns, columns + part[1])
