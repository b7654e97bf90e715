"""dataflow.image: functions, augmenters and ImageIter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FormatError,
    MissingFileError,
)
from tests.io.augmenting import (
    AUGMENTERS,
    CROPS,
    SETTINGS,
    boxes,
    changed,
    listed,
    picture,
)
from tests.io.cases import images
from tests.io.png import encode

GOLDEN = json.loads((Path(__file__).parents[1] / "golden/io.json").read_text())
pytestmark = pytest.mark.usefixtures("pictures")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(encode(images()[0]))
    return path


@pytest.mark.parametrize("name", AUGMENTERS)
def test_augmenters_do_what_mxnets_do(name):
    kind, values, said = changed(mx, name)
    expected = GOLDEN[f"augmenter {name}"]
    assert (kind, said) == (expected[0], expected[2])
    np.testing.assert_allclose(values, expected[1], rtol=1e-5, atol=1e-2)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_usual_augmenters_are_those_of_mxnet(name):
    assert listed(mx, name) == GOLDEN[f"augmenters {name}"]


@pytest.mark.parametrize("name", CROPS)
def test_parts_lie_where_they_lie_in_mxnet(name):
    seen = json.loads(json.dumps(boxes(mx, name)))
    assert seen == GOLDEN[f"crop {name}"]


def test_an_image_is_read_with_red_first(photo):
    expected = images()[0]
    content = photo.read_bytes()
    for given in (content, bytearray(content), np.frombuffer(content, np.uint8)):
        image = mx.image.imdecode(given)
        assert image.dtype is np.uint8
        np.testing.assert_array_equal(image.asnumpy(), expected)
    buffer = mx.nd.array(np.frombuffer(content, np.uint8), dtype="uint8")
    blue = mx.image.imdecode(buffer, to_rgb=False).asnumpy()
    np.testing.assert_array_equal(blue, expected[..., ::-1])
    np.testing.assert_array_equal(mx.img.imread(photo).asnumpy(), expected)
    assert mx.image.imread(photo, 0).shape == (6, 7, 1)
    out = mx.nd.zeros((6, 7, 3))
    assert mx.image.imread(photo, out=out) is out
    np.testing.assert_array_equal(out.asnumpy(), expected)


def test_what_is_no_image(photo):
    with pytest.raises(ArgumentError, match="not str"):
        mx.image.imdecode("text")
    with pytest.raises(ArgumentError, match="flag is 2"):
        mx.image.imdecode(b"", 2)
    with pytest.raises(FormatError, match="0 bytes"):
        mx.image.imdecode(b"")
    photo.write_bytes(b"text")
    with pytest.raises(FormatError, match=r"x\.png: 4 bytes"):
        mx.image.imread(photo)
    with pytest.raises(MissingFileError):
        mx.image.imread(photo.with_name("none"))


def test_sizes():
    image = mx.nd.array(images()[0], dtype="uint8")
    assert mx.image.imresize(image, 3, 4).shape == (4, 3, 3)
    assert mx.image.resize_short(image, 12).shape == (12, 14, 3)
    assert mx.image.ForceResizeAug((3, 4))(image).shape == (4, 3, 3)
    assert mx.image.ResizeAug(3)(image).shape == (3, 3, 3)
    assert mx.image.fixed_crop(image, 1, 2, 3, 4).shape == (4, 3, 3)
    for method in (0, 9, 10):
        assert mx.image.imresize(image, 9, 9, method).shape == (9, 9, 3)
        assert mx.image.imresize(image, 2, 2, method).shape == (2, 2, 3)
    with pytest.raises(ArgumentError, match="0 to 4, 9 or 10"):
        mx.image.imresize(image, 3, 4, 7)
    with pytest.raises(ArgumentError, match="width 0 and height 4"):
        mx.image.imresize(image, 0, 4)
    with pytest.raises(ArgumentTypeError, match="must be an NDArray of shape"):
        mx.image.center_crop(image[0], (2, 2))


def test_a_random_area_is_resized():
    image = mx.nd.array(images()[0], dtype="uint8")
    part, (x, y, width, height) = mx.image.random_size_crop(
        image, (3, 2), (0.3, 0.5), (0.8, 1.2)
    )
    assert part.shape == (2, 3, 3)
    assert x + width <= 7
    assert y + height <= 6
    with pytest.warns(DeprecationWarning, match="called area now"):
        augmenter = mx.image.RandomSizedCropAug((3, 2), 0.1, (1, 1), min_area=0.4)
    assert augmenter.area == (0.4, 1.0)
    assert augmenter(image).shape == (2, 3, 3)
    with pytest.raises(ArgumentTypeError, match="no parameter 'max_area'"):
        mx.image.random_size_crop(image, (3, 2), 0.3, (1, 1), max_area=1)
    tall = mx.image.random_size_crop(image, (3, 2), 1.0, (50, 60))[1]
    assert tall == mx.image.center_crop(image, (3, 2))[1]


def test_normalizing_changes_the_image_itself():
    image = mx.nd.array(picture())
    assert mx.image.color_normalize(image, mx.nd.array([1, 2, 3])) is image
    np.testing.assert_array_equal(image.asnumpy(), picture() - [1, 2, 3])


def test_augmenters_leave_the_image_alone():
    for name, arguments in AUGMENTERS.items():
        image = mx.nd.array(picture())
        if name != "ColorNormalizeAug":
            getattr(mx.image, name)(*arguments)(image)
        np.testing.assert_array_equal(image.asnumpy(), picture())


def test_sequences_of_augmenters():
    both = mx.image.SequentialAug([mx.image.CastAug(), mx.image.CenterCropAug((2, 3))])
    assert both(mx.nd.array(picture())).shape == (3, 2, 3)
    assert both.dumps()[0] == "sequentialaug"
    with pytest.raises(NotImplementedError, match="must define __call__"):
        mx.image.Augmenter()(None)


def test_settings_that_cannot_be_used():
    with pytest.raises(ArgumentError, match="pass rand_crop, too"):
        mx.image.CreateAugmenter((3, 2, 2), rand_resize=True)
    with pytest.raises(ArgumentError, match="mean must be True, or an array"):
        mx.image.CreateAugmenter((3, 2, 2), mean=5)
    with pytest.raises(ArgumentError, match="std must be"):
        mx.image.CreateAugmenter((3, 2, 2), std=np.zeros(2))


def of_files(photo, count=5, **options):
    given = {"imglist": [[i, photo.name] for i in range(count)], **options}
    return mx.image.ImageIter(2, (3, 5, 4), path_root=photo.parent, **given)


def test_a_list_in_a_file(photo):
    path = photo.with_name("x.lst")
    path.write_text(f"7\t1\t2\t{photo.name}\n9\t3\t4\t{photo.name}\n")
    iterator = of_files(photo, imglist=None, path_imglist=path, label_width=2)
    assert iterator.next().label[0].asnumpy().tolist() == [[1, 2], [3, 4]]
    assert iterator.num_image == 2


def test_a_hard_reset_forgets_what_was_rolled_over(photo):
    iterator = of_files(photo, last_batch_handle="roll_over")
    assert len(list(iterator)) == 2
    iterator.hard_reset()
    assert iterator.next().label[0].asnumpy().tolist() == [0, 1]


def test_few_images_fill_a_large_batch(photo):
    iterator = mx.image.ImageIter(
        5, (3, 5, 4), path_root=photo.parent, imglist=[[i, photo.name] for i in (1, 2)]
    )
    batch = iterator.next()
    assert (batch.label[0].asnumpy().tolist(), batch.pad) == ([1, 2, 1, 2, 1], 3)
    with pytest.raises(StopIteration):
        iterator.next()


def test_methods_can_be_replaced(photo):
    class Choosy(mx.image.ImageIter):
        def check_valid_image(self, data):
            if self.cur == 2:
                raise RuntimeError("not this one")

        def postprocess_data(self, datum):
            return super().postprocess_data(datum) * 0

    iterator = Choosy(
        2, (3, 5, 4), path_root=photo.parent, imglist=[[i, "x.png"] for i in range(3)]
    )
    (batch,) = iterator
    assert batch.label[0].asnumpy().tolist() == [0, 2]
    assert not batch.data[0].asnumpy().any()


def test_damaged_and_missing_images_are_named(photo, folder):
    photo.write_bytes(b"text")
    with pytest.raises(FormatError, match=r"broken image x\.png: 4 bytes"):
        of_files(photo).next()
    with pytest.raises(MissingFileError, match="none"):
        of_files(photo, imglist=[[0, "none"]]).next()
    path = photo.with_name("x.rec")
    with mx.recordio.MXRecordIO(path, "w") as file:
        file.write(mx.recordio.pack((0, 1, 2, 3), b"text"))
    with pytest.raises(FormatError, match="broken image index 0"):
        mx.image.ImageIter(1, (3, 5, 4), path_imgrec=path).next()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"imglist": None}, ArgumentError, "nothing to read"),
        ({"dtype": "int8"}, ArgumentError, "dtype is 'int8'"),
        ({"last_batch_handle": "keep"}, ArgumentError, "'pad', 'discard', 'roll_over'"),
        ({"num_parts": 2, "part_index": 2}, ArgumentError, "part_index is 2"),
        (
            {"imglist": [["one", "x.png"]]},
            ArgumentTypeError,
            "are no labels of 'x.png'",
        ),
        ({"rand_resize": True}, ArgumentError, "pass rand_crop"),
    ],
)
def test_values_that_cannot_be_used(photo, options, error, message):
    with pytest.raises(error, match=message):
        of_files(photo, **options)


def test_shapes_and_files_that_cannot_be_used(folder):
    path = folder / "one.rec"
    for shape in ((1, 5, 4), (3, 5)):
        with pytest.raises(ArgumentError, match=r"must be \(3, height, width\)"):
            mx.image.ImageIter(1, shape, path_imgrec=path)
    with pytest.raises(ArgumentError, match="need an index: pass path_imgidx"):
        mx.image.ImageIter(1, (3, 5, 4), path_imgrec=path, shuffle=True)
