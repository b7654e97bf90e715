"""RecordIO: any records, the index, headers, pickling, forks, damaged files."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FileError,
    FormatError,
    MissingFileError,
    UnknownNameError,
)
from tests.io.png import encode
from tests.io.records import MAGIC

Record = mx.recordio.MXRecordIO
Indexed = mx.recordio.MXIndexedRecordIO


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.rec"


def write(path, *records):
    with Record(path, "w") as file:
        for record in records:
            file.write(record)


def read(path):
    with Record(path, "r") as file:
        return list(iter(file.read, None))


pieces = st.lists(st.sampled_from([MAGIC, MAGIC[:3], b"a", b"1234", b""])).map(b"".join)


@settings(deadline=None)
@given(st.lists(pieces | st.binary(max_size=40), max_size=5))
def test_what_is_written_is_read(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("records") / "x.rec"
    write(path, *records)
    assert read(path) == records
    with Record(path, "r") as file:
        assert [file.read_at(start) for start in file.starts()] == records
    assert path.stat().st_size % 4 == 0


def test_a_reset_goes_back_or_empties_the_file(path):
    write(path, b"one", b"two")
    with Record(path, "r") as file:
        assert file.read() == b"one"
        file.reset()
        assert [file.tell(), file.read(), file.tell()] == [0, b"one", 12]
    with Record(path, "w") as file:
        file.write(b"three")
        file.reset()
    assert read(path) == []


def test_a_reader_is_pickled_at_its_start_and_goes_on_itself(path):
    write(path, b"one", b"two")
    with Record(path, "r") as file:
        file.read()
        copy = pickle.loads(pickle.dumps(file))
        assert (copy.read(), file.read()) == (b"one", b"two")
        copy.close()
    closed = pickle.loads(pickle.dumps(file))
    assert not closed.is_open
    closed.open()
    assert closed.read() == b"one"
    closed.close()


def test_a_writer_is_not_pickled(path):
    with (
        Record(path, "w") as file,
        pytest.raises(ArgumentTypeError, match="would empty the file"),
    ):
        pickle.dumps(file)


def test_an_index_finds_records(tmp_path):
    files = tmp_path / "x.idx", tmp_path / "x.rec"
    with Indexed(*files, "w") as file:
        for i in range(5):
            assert file.tell() == 16 * i
            file.write_idx(i, b"record_%d" % i)
    assert files[0].read_text().splitlines()[:2] == ["0\t0", "1\t16"]
    with Indexed(*files, "r") as file:
        assert (file.keys, file.idx[3]) == ([0, 1, 2, 3, 4], 48)
        assert [file.read_idx(i) for i in (3, 0)] == [b"record_3", b"record_0"]
        assert file.read() == b"record_1"
        with pytest.raises(UnknownNameError, match="no key 9"):
            file.read_idx(9)
        copy = pickle.loads(pickle.dumps(file))
        assert copy.read_idx(4) == b"record_4"
        copy.close()


def test_keys_may_be_text(tmp_path):
    files = tmp_path / "x.idx", tmp_path / "x.rec"
    with Indexed(*files, "w", str) as file:
        file.write_idx("a", b"A")
    with Indexed(*files, "r", str) as file:
        assert file.read_idx("a") == b"A"


@pytest.mark.parametrize("text", ["0 0\n", "x\t0\n", "0\t0\n1\n", "1\t2\t3\n"])
def test_malformed_indices(tmp_path, path, text):
    write(path, b"a")
    index = tmp_path / "x.idx"
    index.write_text(text)
    with pytest.raises(FormatError, match=r"x\.idx, line \d"):
        Indexed(index, path, "r")
    with pytest.raises(MissingFileError, match=r"none\.idx"):
        Indexed(tmp_path / "none.idx", path, "r")


HEAD = struct.Struct("<4sI")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello, world", "should begin with 0a 23 d7 ce, not 68 65 6c 6c"),
        (MAGIC + b"\1\0", "the head of a record is cut off"),
        (HEAD.pack(MAGIC, 5) + b"12345", "a record of 5 bytes has only 5"),
        (HEAD.pack(MAGIC, (1 << 29) - 1), "of 536870911 bytes has only 0"),
        (HEAD.pack(MAGIC, 3 << 29), "begins in its middle"),
        (HEAD.pack(MAGIC, 1 << 29), "have no end"),
        (HEAD.pack(MAGIC, 1 << 29) + HEAD.pack(MAGIC, 0), "have no end"),
        (HEAD.pack(MAGIC, 7 << 29), "begins in its middle"),
    ],
)
def test_malformed_files(path, content, message):
    path.write_bytes(content)
    with Record(path, "r") as file, pytest.raises(FormatError, match=message):
        file.read()


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_records_or_an_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("records") / "x.rec"
    path.write_bytes(content)
    with contextlib.suppress(FormatError):
        read(path)


def test_wrong_uses(path):
    write(path, b"a")
    with Record(path, "r") as reader:
        with pytest.raises(ArgumentError, match="flag 'r'; open it with 'w'"):
            reader.write(b"a")
        with pytest.raises(FormatError, match="there is no record"):
            reader.read_at(path.stat().st_size)
    with pytest.raises(FileError, match="is closed"):
        reader.read()
    with Record(path, "w") as writer:
        with pytest.raises(ArgumentError, match="open it with 'r'"):
            writer.read()
        with pytest.raises(ArgumentTypeError, match="bytes, not str"):
            writer.write("text")
    with pytest.raises(ArgumentError, match="flag is 'a'"):
        Record(path, "a")
    with pytest.raises(MissingFileError):
        Record(path.with_name("none"), "r")
    with pytest.raises(FileError):
        Record(path.parent, "w")


def test_another_process_must_open_the_file_anew(path):
    write(path, b"a")
    with Record(path, "r") as file:
        file.pid += 1  # as it is in a child
        with pytest.raises(FileError, match="another process"):
            file.read()
        file.reset()
        assert file.read() == b"a"


def test_a_seek_in_another_process_opens_the_file_anew(tmp_path):
    files = tmp_path / "x.idx", tmp_path / "x.rec"
    with Indexed(*files, "w") as file:
        file.write_idx(0, b"zero")
    with Indexed(*files, "r") as file:
        file.pid += 1
        assert file.read_idx(0) == b"zero"
        assert file.pid == multiprocessing.current_process().pid


def test_headers_of_one_label_and_of_many():
    header = mx.recordio.IRHeader(9, 3.5, 7, 8)
    assert repr(header) == "HEADER(flag=9, label=3.5, id=7, id2=8)"
    packed = mx.recordio.pack(header, b"xy")
    assert packed == struct.pack("<IfQQ", 0, 3.5, 7, 8) + b"xy"
    assert mx.recordio.unpack(packed) == ((0, 3.5, 7, 8), b"xy")
    packed = mx.recordio.pack((0, [1, 2], 7, 8), b"xy")
    assert packed == struct.pack("<IfQQff", 2, 0, 7, 8, 1, 2) + b"xy"
    (flag, label, *_), content = mx.recordio.unpack(packed)
    assert (flag, label.tolist(), label.dtype, content) == (2, [1, 2], "f4", b"xy")
    assert pickle.loads(pickle.dumps(header)) == header


def test_headers_that_cannot_be():
    with pytest.raises(ArgumentError, match="cannot be packed"):
        mx.recordio.pack((0, 1, -1, 0), b"")
    with pytest.raises(FormatError, match="a record of 5 bytes has no header"):
        mx.recordio.unpack(b"12345")
    with pytest.raises(FormatError, match="says 9 labels, but has only 4 bytes"):
        mx.recordio.unpack(struct.pack("<IfQQ", 9, 0, 0, 0) + b"1234")


@pytest.mark.usefixtures("pictures")
def test_images_in_records():
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    packed = mx.recordio.pack_img((0, 5, 1, 0), image, img_fmt=".png")
    assert packed[24:] == encode(image[..., ::-1])  # files have red first
    header, back = mx.recordio.unpack_img(packed)
    assert header.label == 5
    np.testing.assert_array_equal(back, image)
    assert mx.recordio.unpack_img(packed, 0)[1].shape == (2, 4)
    with pytest.raises(FormatError, match="no image, or a damaged one"):
        mx.recordio.unpack_img(mx.recordio.pack((0, 5, 1, 0), b"no image"))


@pytest.mark.parametrize(
    ("image", "extension", "message"),
    [
        (np.zeros((2, 2)), ".png", "must be bytes"),
        (np.zeros(2, np.uint8), ".png", "must be bytes"),
        (np.zeros((2, 2), np.uint8), ".gif", "img_fmt is '.gif'"),
    ],
)
def test_images_that_cannot_be_packed(image, extension, message):
    with pytest.raises(ArgumentError, match=message):
        mx.recordio.pack_img((0, 5, 1, 0), image, img_fmt=extension)
