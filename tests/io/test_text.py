"""CSVIter and LibSVMIter: forms of files, resets, errors."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FormatError,
    MissingFileError,
)


def csv(path, text, **options):
    path.write_text(text)
    given = {"data_shape": (3,), "batch_size": 1, **options}
    return mx.io.CSVIter(data_csv=str(path), **given)


def values(iterator):
    return [batch.data[0].asnumpy().tolist() for batch in iterator]


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3\n\n4,5,6\n",
        "1,2,3\r\n4,5,6\r\n",
        "1, 2 ,3\n 4,+5,6e0",
        "1,2,3,\n4,5,6,\n",
        "\ufeff1,2,3\n4,5,6",
    ],
)
def test_forms_of_lines(tmp_path, text):
    assert values(csv(tmp_path / "x.csv", text)) == [[[1, 2, 3]], [[4, 5, 6]]]


def test_numbers_that_are_none(tmp_path):
    (((first, second, third),),) = values(csv(tmp_path / "x.csv", "nan,-inf,1e99\n"))
    assert np.isnan(first)
    assert (second, third) == (-np.inf, np.inf)


def test_a_line_has_the_shape_of_a_sample(tmp_path):
    iterator = csv(tmp_path / "x.csv", "1,2,3\n", data_shape=(3, 1))
    assert iterator.provide_data[0].shape == (1, 3, 1)
    assert values(iterator) == [[[[1], [2], [3]]]]
    assert csv(tmp_path / "x.csv", "1\n", data_shape=1).next().data[0].shape == (1, 1)


def test_a_folder_is_read_in_order_of_names(tmp_path):
    for name, text in (("b", "4,5,6"), ("a", "1,2,3")):
        (tmp_path / name).write_text(text)
    iterator = mx.io.CSVIter(data_csv=tmp_path, data_shape=(3,), batch_size=1)
    assert values(iterator) == [[[1, 2, 3]], [[4, 5, 6]]]


def test_a_reset_before_the_end_begins_anew(tmp_path):
    text = "".join(f"{i},0,0\n" for i in range(5))
    iterator = csv(tmp_path / "x.csv", text, batch_size=2)
    assert iterator.next().index.tolist() == [0, 1]
    iterator.reset()
    iterator.reset()
    assert [b.index.tolist() for b in iterator] == [[0, 1], [2, 3], [4, 0]]
    iterator.reset()
    assert iterator.next().index.tolist() == [1, 2]


def test_the_get_methods_give_one_array_each(tmp_path):
    iterator = csv(tmp_path / "x.csv", "1,2,3\n", batch_size=2)
    with pytest.raises(ArgumentError, match="no current batch"):
        iterator.getdata()
    assert iterator.iter_next()
    assert iterator.getdata().shape == (2, 3)
    assert iterator.getlabel().shape == (2,)
    assert (iterator.getpad(), iterator.getindex().tolist()) == (1, [0, 0])
    assert not iterator.iter_next()
    with pytest.raises(StopIteration):
        iterator.next()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3\n1,2\n", r"x\.csv, line 2 has 2 values, and the shape asks for 3"),
        ("1,2\n1,2\n", "line 1 has 2 values"),
        ("1,2,3\n\n1,,3\n", "line 3: '' is no number"),
        ("a,b,c\n", "line 1: 'a' is no number"),
        ("1 2 3\n", "line 1 has 1 values"),
        ("", "has no samples"),
    ],
)
def test_malformed_tables(tmp_path, text, message):
    with pytest.raises(FormatError, match=message):
        csv(tmp_path / "x.csv", text)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00,1,2\n")
    with pytest.raises(FormatError, match=r"line 1: .* is no number"):
        mx.io.CSVIter(data_csv=path, data_shape=(3,), batch_size=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int32"}, "'1.5' is no whole number"),
        ({"dtype": "float64"}, "use one of 'float32', 'int32', 'int64'"),
        ({"dtype": "number"}, "dtype is 'number'"),
        ({"batch_size": 0}, "at least 1"),
        ({"data_shape": (0,)}, "above 0"),
        ({"data_shape": ()}, "above 0"),
    ],
)
def test_values_that_cannot_be_used(tmp_path, options, message):
    with pytest.raises((ArgumentError, FormatError), match=message):
        csv(tmp_path / "x.csv", "1.5,2,3\n", **options)


def test_shapes_that_are_none(tmp_path):
    with pytest.raises(ArgumentTypeError, match="tuple of integers"):
        csv(tmp_path / "x.csv", "1\n", data_shape="three")


def test_missing_files_and_labels(tmp_path):
    with pytest.raises(MissingFileError, match=r"none\.csv"):
        mx.io.CSVIter(data_csv=tmp_path / "none.csv", data_shape=1, batch_size=1)
    (tmp_path / "y.csv").write_text("1\n")
    with pytest.raises(FormatError, match=r"has 2 samples, but .* only 1"):
        csv(tmp_path / "x.csv", "1,2,3\n4,5,6\n", label_csv=tmp_path / "y.csv")


def libsvm(path, text, **options):
    path.write_text(text)
    given = {"data_shape": (3,), "batch_size": 1, **options}
    return mx.io.LibSVMIter(data_libsvm=str(path), **given)


def test_weights_and_comments_are_passed_over(tmp_path):
    iterator = libsvm(tmp_path / "x", "# all\n1:2.5 0:4 # one\n\n-2\n")
    seen = [(b.data[0].asnumpy().tolist(), b.label[0].asscalar()) for b in iterator]
    assert seen == [([[4, 0, 0]], 1), ([[0, 0, 0]], -2)]


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_every_line_is_in_one_part(tmp_path, parts):
    text = "".join(f"{i} 0:{10**i}\n" for i in range(12))
    seen = []
    for part in range(parts):
        iterator = libsvm(tmp_path / "x", text, num_parts=parts, part_index=part)
        seen += [int(b.label[0].asscalar()) for b in iterator]
    assert seen == list(range(12))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("1 0:1\n2 3:1\n", {}, "line 2: index 3 is beyond the shape"),
        ("1 qid:4\n", {}, "line 1: 'qid:4' is not of the form index:value"),
        ("1 -1:4\n", {}, "'-1:4' is not"),
        ("1 0:x\n", {}, "'x' is no number"),
        ("one 0:1\n", {}, "'one' is no number"),
        ("# nothing\n", {}, "has no samples"),
        ("1 0:1\n", {"round_batch": False}, "no round_batch=False"),
        ("1 0:1\n", {"data_shape": (3, 1)}, "one dimension"),
        ("1 0:1\n", {"num_parts": 2, "part_index": 2}, "from 0 to below num_parts"),
    ],
)
def test_malformed_rows(tmp_path, text, options, message):
    with pytest.raises((ArgumentError, FormatError), match=message):
        libsvm(tmp_path / "x", text, **options)
