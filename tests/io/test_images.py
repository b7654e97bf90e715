"""ImageRecordIter: randomness, threads, resets, sizes, damaged files."""

from __future__ import annotations

import logging
import threading
import weakref

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FormatError,
    MissingFileError,
    MissingPackageError,
    UnknownNameError,
)
from dataflow.recordio import backends, codec
from tests.io.cases import images, of_images
from tests.io.png import PNG, encode

pytestmark = pytest.mark.usefixtures("pictures")

RANDOM = {
    **{"rand_crop": True, "rand_mirror": True, "max_rotate_angle": 20, "resize": 8},
    **{"max_random_scale": 1.2, "max_aspect_ratio": 0.2, "max_shear_ratio": 0.1},
    **{"brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "pca_noise": 0.1},
    **{"max_random_contrast": 0.2, "max_random_illumination": 9, "inter_method": 10},
}


def read(folder, **options):
    return of_images(mx, folder, **options)


def epochs(iterator, count=2):
    seen = []
    for _ in range(count):
        seen.append([batch.data[0].asnumpy() for batch in iterator])
        iterator.reset()
    return seen


def test_random_changes_repeat_by_seed_whatever_the_threads(folder):
    one, other = (
        epochs(read(folder, batch_size=7, seed=3, preprocess_threads=n, **RANDOM))
        for n in (1, 4)
    )
    np.testing.assert_array_equal(one, other)
    assert (one[0][0] != one[1][0]).any()
    changed = epochs(read(folder, batch_size=7, seed=4, **RANDOM), 1)
    assert (changed[0][0] != one[0][0]).any()


def test_a_seed_of_augmentation_makes_epochs_alike(folder):
    first, second = epochs(read(folder, batch_size=7, seed_aug=1, **RANDOM))
    np.testing.assert_array_equal(first, second)


def test_a_part_of_an_image_lies_within_it(folder):
    whole = images()[0]
    size = {"data_shape": (3, 2, 3), "batch_size": 1, "rand_crop": True}
    height, width = whole.shape[:2]
    parts = {
        whole[y : y + 2, x : x + 3].transpose(2, 0, 1).tobytes()
        for y in range(height - 1)
        for x in range(width - 2)
    }
    for seed in range(5):
        part = read(folder, seed=seed, dtype="uint8", **size).next().data[0]
        assert part.asnumpy().tobytes() in parts


@pytest.mark.parametrize(
    "options",
    [
        {"random_resized_crop": True, "min_random_area": 0.2, "max_aspect_ratio": 0.3},
        {"min_crop_size": 2, "max_crop_size": 5},
        {"min_crop_size": 2, "max_crop_size": 5, "rand_crop": True},
        {"resize": 12, "inter_method": 9},
        {"rotate": 90, "fill_value": 0},
        {"min_img_size": 9, "max_img_size": 12},
        {"data_shape": (3, 20, 30)},
        {
            "data_shape": (1, 4, 4),
            "brightness": 0.1,
            "saturation": 0.5,
            "contrast": 0.1,
        },
    ],
)
def test_every_way_to_a_size_gives_that_size(folder, options):
    iterator = read(folder, **options)
    for batch in iterator:
        assert batch.data[0].shape == iterator.provide_data[0].shape


def test_a_turn_by_ninety_degrees(folder):
    options = {"data_shape": (3, 5, 5), "batch_size": 1, "dtype": "uint8"}
    plain = read(folder, **options).next().data[0].asnumpy()
    turned = read(folder, rotate=90, **options).next().data[0].asnumpy()
    assert (turned != plain).any()
    assert np.isin(turned, [*images()[0].ravel(), 255]).all()


def test_numbers_are_those_of_the_records_and_pads_those_of_batches(folder):
    iterator = read(folder)
    seen = [(batch.index.tolist(), batch.pad) for batch in iterator]
    assert seen == [([100, 101, 102], 0), ([103, 104, 105], 0), ([106, 100, 101], 2)]
    padded = [(b.index[0], b.pad) for b in read(folder, round_batch=False)]
    assert padded == [(100, 0), (103, 0), (106, 2)]


def test_a_reset_before_the_end_begins_anew(folder):
    for ahead in (1, 9):  # whether or not the padded batch is read by then
        iterator = read(folder, shuffle=True, prefetch_buffer=ahead)
        first = iterator.next().index.tolist()
        iterator.reset()
        second = iterator.next().index.tolist()
        assert (first, second) == ([103, 104, 105], [101, 105, 100])


def test_no_thread_is_left_after_deletion(folder):
    before = set(threading.enumerate())
    iterator = read(folder, preprocess_threads=3)
    iterator.next()
    started = {t for t in set(threading.enumerate()) - before if t.is_alive()}
    gone = weakref.ref(iterator)
    del iterator
    assert gone() is None
    for thread in started:
        if thread.name.startswith(("dataflow-ahead", "dataflow-images")):
            thread.join(30)
            assert not thread.is_alive()


def test_a_mean_image_is_subtracted(folder, tmp_path):
    mean = np.random.RandomState(0).rand(3, 5, 4).astype(np.float32)
    path = str(tmp_path / "mean.nd")
    mx.nd.save(path, {"mean_img": mx.nd.array(mean)})
    plain = read(folder).next().data[0].asnumpy()
    less = read(folder, mean_img=path, mean_r=50).next().data[0].asnumpy()
    np.testing.assert_allclose(less, plain - mean, rtol=1e-5, atol=1e-5)
    with pytest.raises(FormatError, match=r"one array of shape \(3, 9, 9\)"):
        read(folder, mean_img=path, data_shape=(3, 9, 9))
    with pytest.raises(MissingFileError):
        read(folder, mean_img=str(tmp_path / "none"))


def test_it_logs_how_many_there_are(folder, caplog):
    with caplog.at_level(logging.INFO):
        read(folder)
        assert not caplog.records
        options = {"data_shape": (3, 5, 4), "batch_size": 2, "preprocess_threads": 3}
        mx.io.ImageRecordIter(path_imgrec=str(folder / "one.rec"), **options)
    assert "7 images, 3 threads" in caplog.text


def write(path, *records):
    with mx.recordio.MXRecordIO(path, "w") as file:
        for record in records:
            file.write(record)


def of(path, **options):
    given = {"data_shape": (3, 5, 4), "batch_size": 2, "verbose": False, **options}
    return mx.io.ImageRecordIter(path_imgrec=str(path), **given)


def test_damaged_images_are_named_and_other_epochs_go_on(tmp_path):
    good = mx.recordio.pack((0, 1, 5, 0), encode(images()[0]))
    path = tmp_path / "x.rec"
    write(path, good, good, good, mx.recordio.pack((0, 1, 6, 0), b"no image"))
    iterator = of(path)
    iterator.next()
    with pytest.raises(FormatError, match=r"x\.rec, record 6: 8 bytes that begin with"):
        iterator.next()
    iterator.reset()
    assert iterator.next().index.tolist() == [5, 5]
    write(path, b"short")
    with pytest.raises(FormatError, match="has no header"):
        of(path).next()
    path.write_bytes(b"no records, but text")
    with pytest.raises(FormatError, match="this is no RecordIO file"):
        of(path)
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="no images in part 0 of 1"):
        of(path)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"data_shape": (3, 5)}, ArgumentError, "must be .channels, height, width"),
        ({"data_shape": (2, 5, 4)}, ArgumentError, "1, 3 or 4 channels"),
        ({"dtype": "float16"}, ArgumentError, "'float32', 'uint8', 'int8'"),
        ({"aug_seq": "aug_det"}, ArgumentError, "only 'aug_default'"),
        ({"inter_method": 7}, ArgumentError, "0 to 4, 9 or 10"),
        ({"min_crop_size": 5}, ArgumentError, "max_crop_size only -1"),
        (
            {"random_resized_crop": True, "rand_crop": True},
            *(ArgumentError, "does not go with rand_crop"),
        ),
        ({"rand_mirrored": 1}, ArgumentTypeError, "did you mean 'rand_mirror'"),
        ({"xyz": 1}, ArgumentTypeError, "no parameter 'xyz'"),
        ({"num_parts": 9, "part_index": 8, "idx": True}, FormatError, "part 8 of 9"),
        ({"preprocess_threads": 0}, ArgumentError, "at least 1"),
    ],
)
def test_values_that_cannot_be_used(folder, options, error, message):
    with pytest.raises(error, match=message):
        read(folder, **options)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"name": "two"}, FormatError, r"record 100: it has 2 label\(s\)"),
        ({"label_width": 2}, FormatError, r"it has 1 label\(s\), and label_width is 2"),
        ({"data_shape": (4, 5, 4)}, FormatError, "has 3 channels.* asks for 4"),
        ({"max_crop_size": 99}, ArgumentError, "an image has only"),
    ],
)
def test_images_that_cannot_be_used(folder, options, error, message):
    iterator = read(folder, **options)
    with pytest.raises(error, match=message):
        iterator.next()


def test_lists_of_images(folder, tmp_path):
    path = tmp_path / "x.lst"
    path.write_text("100\t1.5\tx.png\n")
    with pytest.raises(UnknownNameError, match="no labels of record 101"):
        read(folder, path_imglist=path).next()
    path.write_text("100\tx.png\n")
    with pytest.raises(FormatError, match="line 1 is not a number, labels and a path"):
        read(folder, path_imglist=path)
    path.write_text("100\tone\tx.png\n")
    with pytest.raises(FormatError, match="'one' is no number"):
        read(folder, path_imglist=path)


def test_hue_asks_for_opencv(folder, monkeypatch):
    with pytest.raises(MissingPackageError, match="need OpenCV"):
        read(folder, random_h=9).next()

    class Library:
        COLOR_BGR2HLS, COLOR_HLS2BGR = 1, 2

        @staticmethod
        def cvtColor(image, code):
            return image

    class Both(PNG, backends._OpenCV):
        def __init__(self):
            self.cv2 = Library

    monkeypatch.setattr(codec, "backend", Both)
    image = np.full((1, 1, 3), 170, np.uint8)
    assert codec.shift_hls(image, [20, -200, 90]).tolist() == [[[180, 0, 255]]]
    read(folder, random_h=9, random_l=5, random_s=5).next()


def test_without_a_library_the_packages_are_named(folder, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.undo()
    monkeypatch.setattr("importlib.import_module", missing)
    codec.backend.cache_clear()
    with pytest.raises(MissingPackageError, match="pip install opencv-python-headless"):
        read(folder).next()
