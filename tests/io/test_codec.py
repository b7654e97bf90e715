"""OpenCV and Pillow, each where it is installed."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from dataflow.errors import FormatError
from dataflow.recordio import backends, codec
from tests.io import png
from tests.io.cases import images


@pytest.fixture(params=["cv2", "PIL"])
def library(request, monkeypatch):
    """Return a back end, made the one in use."""
    pytest.importorskip(request.param)
    if request.param == "cv2":
        made = backends._OpenCV(importlib.import_module("cv2"))
    else:
        names = ("PIL.Image", "PIL.ImageOps")
        made = backends._Pillow(*map(importlib.import_module, names))
    monkeypatch.setattr(codec, "backend", lambda: made)
    return made


def shapes(image):
    alpha = np.concatenate([image, image[..., :1]], 2)
    return {"colour": image, "grey": image[..., 0], "alpha": alpha}


@pytest.mark.parametrize("kind", ["colour", "grey", "alpha"])
@pytest.mark.parametrize("flag", [-1, 1])
def test_images_are_what_the_file_says(library, kind, flag):
    content = png.encode(shapes(images()[0])[kind])
    expected = png.PNG().decode(content, flag)
    if flag == 1:
        expected = expected[..., :3]
    np.testing.assert_array_equal(codec.decode(content, flag), expected)


def test_grey_is_about_what_libpng_makes_of_colours(library):
    content = png.encode(images()[0])
    expected = png.PNG().decode(content, 0).astype(int)
    seen = codec.decode(content, 0)
    assert seen.shape == expected.shape
    assert abs(seen - expected).max() <= 1


@pytest.mark.parametrize("kind", ["colour", "grey", "alpha"])
def test_png_comes_back_as_it_went(library, kind):
    image = shapes(images()[0])[kind]
    np.testing.assert_array_equal(
        codec.decode(codec.encode(image, 3, ".PNG"), -1), image
    )


def test_jpeg_comes_back_about_as_it_went(library):
    rows, columns = np.mgrid[:32, :32]
    image = np.stack([rows * 4, columns * 4, rows + columns], 2).astype(np.uint8)
    back = codec.decode(codec.encode(image, 100, ".jpg"), 1)
    assert abs(back.astype(int) - image).max() < 20
    assert len(codec.encode(image, 10)) < len(codec.encode(image, 100))


@pytest.mark.parametrize("method", range(5))
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_sizes(library, method, dtype):
    for image in shapes(np.full((6, 7, 3), 50, dtype)).values():
        made = codec.resize(image, (4, 9), method)
        assert made.shape == (9, 4, *image.shape[2:])
        np.testing.assert_allclose(made, 50, rtol=1e-4)


def test_doubling_by_the_nearest_pixel(library):
    image = images()[0]
    doubled = image.repeat(2, 0).repeat(2, 1)
    np.testing.assert_array_equal(codec.resize(image, doubled.shape[1::-1], 0), doubled)


def test_a_shift_by_whole_pixels(library):
    image = images()[0]
    made = codec.warp(image, [[1, 0, 2], [0, 1, 1]], image.shape[1::-1], 0, 9)
    np.testing.assert_array_equal(made[1:, 2:], image[:-1, :-2])
    assert (made[0] == 9).all()
    assert (made[:, :2] == 9).all()
    grey = image[..., 0]
    assert codec.warp(grey, [[1, 0, 0], [0, 1, 0]], (3, 4), 1).shape == (4, 3)


@pytest.mark.parametrize("content", [b"", b"abc", png.encode(images()[0])[:40]])
def test_what_is_no_image(library, content):
    with pytest.raises(FormatError, match="no image, or a damaged one"):
        codec.decode(content)
