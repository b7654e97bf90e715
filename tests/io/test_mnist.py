"""MNISTIter: compressed files, what it logs, damaged files."""

from __future__ import annotations

import gzip
import logging

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, FormatError, MissingFileError
from tests.io.cases import write_digits


@pytest.fixture
def files(tmp_path):
    write_digits(tmp_path)
    return {"image": tmp_path / "digits", "label": tmp_path / "names"}


def read(files, **options):
    given = {"batch_size": 4, "silent": True, "shuffle": False, **options}
    return mx.io.MNISTIter(**files, **given)


def test_compressed_files_are_read(files):
    plain = read(files).next()
    for path in files.values():
        path.write_bytes(gzip.compress(path.read_bytes()))
    packed = read(files).next()
    np.testing.assert_array_equal(plain.data[0].asnumpy(), packed.data[0].asnumpy())
    np.testing.assert_array_equal(plain.label[0].asnumpy(), packed.label[0].asnumpy())


def test_the_index_says_which_images_they_are(files):
    batch = read(files, shuffle=True, seed=3, num_parts=2, part_index=1).next()
    assert batch.index.tolist() == batch.label[0].asnumpy().tolist()


def test_it_logs_how_many_there_are(files, caplog):
    with caplog.at_level(logging.INFO):
        read(files)
        assert not caplog.records
        read(files, silent=False)
    assert "11 images, batches of (4, 1, 3, 4)" in caplog.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-1], "says .*132 bytes, but only 131 follow"),
        (lambda content: b"PNG!" + content[4:], "begins with 50 4e 47 21"),
        (lambda content: content[:10], "no IDX file of 3 dimension"),
        (lambda content: b"", "no IDX file"),
        (lambda content: gzip.compress(content)[:-9], "is damaged"),
    ],
)
def test_damaged_files(files, change, message):
    files["image"].write_bytes(change(files["image"].read_bytes()))
    with pytest.raises(FormatError, match=message):
        read(files)


def test_files_that_do_not_belong_together(files, tmp_path):
    with pytest.raises(FormatError, match="no IDX file of 1 dimension"):
        read(files | {"label": files["image"]})
    other = tmp_path / "other"
    other.mkdir()
    write_digits(other, 5)
    with pytest.raises(FormatError, match=r"11 images and .* 5 labels"):
        read(files | {"label": other / "names"})


def test_too_few_images_and_values_that_cannot_be_used(files):
    with pytest.raises(ArgumentError, match="there are only 3 images in part 0"):
        read(files, num_parts=3)
    with pytest.raises(ArgumentError, match="part_index is 3"):
        read(files, num_parts=3, part_index=3)
    with pytest.raises(ArgumentError, match="dtype is 'uint8'"):
        read(files, dtype="uint8")
    with pytest.raises(MissingFileError):
        read(files | {"image": "no-such-file"})
