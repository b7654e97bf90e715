"""Files of arrays: MXNet's own form to the byte, its older forms, and safetensors."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, OperatorError
from tests.executor.running import Faulty, replace_kernel
from tests.serialization.arrays import (
    LISTS,
    TYPES,
    V3,
    legacy_lists,
    listed,
    made,
    second,
    value,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "arrays"


def plain(data):
    """Return what was saved as lists and dicts of NumPy arrays."""
    if isinstance(data, mx.nd.NDArray):
        data = [data]
    if isinstance(data, dict):
        return {name: array.asnumpy() for name, array in data.items()}
    return [array.asnumpy() for array in data]


def assert_same(found, expected):
    assert type(found) is type(expected)
    assert len(found) == len(expected)
    if isinstance(found, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
        assert a.shape == b.shape


@pytest.mark.parametrize("name", LISTS)
def test_the_bytes_are_mxnets(name, tmp_path):
    mx.nd.save(tmp_path / "saved", LISTS[name](mx))
    assert (tmp_path / "saved").read_bytes() == (GOLDEN / f"{name}.params").read_bytes()


@pytest.mark.parametrize("name", LISTS)
def test_what_mxnet_wrote_is_read(name):
    expected = plain(LISTS[name](mx)) or []  # no names: a list, as in MXNet
    assert_same(plain(mx.nd.load(GOLDEN / f"{name}.params")), expected)


@pytest.mark.parametrize("name", legacy_lists())
def test_older_forms_are_read(name):
    data, expected = legacy_lists()[name]
    assert data == (GOLDEN / f"{name}.params").read_bytes()
    assert_same(plain(mx.nd.load_frombuffer(data)), expected)


def test_the_third_version_is_read_if_dense():
    data = listed(second(value(), magic=V3), second(value("int32", ()), 4, magic=V3))
    found = plain(mx.nd.load_frombuffer(data))
    assert_same(found, [value(), value("int32", ())])


def test_everything_is_loaded_onto_a_device_that_is_here():
    for name in ("devices", "legacy_gpu"):
        for array in mx.nd.load(GOLDEN / f"{name}.params"):
            assert array.context == mx.cpu(0)


def test_any_byte_of_a_truth_but_0_is_true():
    data = listed(second(np.array([0, 1, 2, 255], "uint8"), 7))
    (found,) = plain(mx.nd.load_frombuffer(data))
    assert found.view("uint8").tolist() == [0, 1, 1, 1]


def test_views_and_results_still_on_their_way_are_saved_whole(tmp_path):
    whole = mx.nd.array(value())
    mx.nd.save(tmp_path / "x", [whole[1], whole.T, whole * 2])
    assert_same(
        plain(mx.nd.load(tmp_path / "x")),
        [value()[1], np.ascontiguousarray(value().T), value() * 2],
    )


@pytest.mark.parametrize("name", ["names", "every_type"])
def test_safetensors_hold_a_dict(name, tmp_path):
    data = LISTS[name](mx)
    mx.nd.save(str(tmp_path / "x.safetensors"), data)
    found = plain(mx.nd.load(tmp_path / "x.safetensors"))
    expected = plain(data)
    assert set(found) == set(expected)
    assert_same({key: found[key] for key in expected}, expected)


def test_safetensors_hold_arrays_without_elements_or_dimensions(tmp_path):
    data = {"none": mx.nd.array(np.zeros((0, 3))), "one": mx.nd.array(3)}
    mx.nd.save(tmp_path / "x.safetensors", data)
    found = mx.nd.load(tmp_path / "x.safetensors")
    assert found["none"].shape == (0, 3)
    assert (found["one"].shape, found["one"].asnumpy().item()) == ((), 3.0)


def test_safetensors_are_those_of_its_own_library(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    mx.nd.save(tmp_path / "x.safetensors", {"w": mx.nd.array(value())})
    np.testing.assert_array_equal(
        numpy.load_file(tmp_path / "x.safetensors")["w"], value()
    )
    numpy.save_file({"v": value("int32")}, tmp_path / "y.safetensors")
    assert_same(plain(mx.nd.load(tmp_path / "y.safetensors")), {"v": value("int32")})


def test_safetensors_have_no_lists(tmp_path):
    with pytest.raises(ArgumentError, match="by name, so save a dict"):
        mx.nd.save(tmp_path / "x.safetensors", [mx.nd.ones(2)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        ("text", ValueError, "not str"),
        (3, ValueError, "not int"),
        ([1], TypeError, "not int"),
        ([np.ones(2)], TypeError, "not ndarray"),
        ({"a": 1}, TypeError, "not int"),
        ({1: mx.nd.ones(2)}, TypeError, "not 1"),
        ({"\ud800": mx.nd.ones(2)}, ValueError, "not Unicode"),
        ([mx.nd.ones(2, dtype="int16")], ValueError, "int16"),
        ({"w": mx.nd.ones(2, dtype="uint64")}, ValueError, "'w' is of type uint64"),
    ],
)
def test_what_cannot_be_saved_is_named(data, kind, says, tmp_path):
    with pytest.raises(mx.MXNetError, match=says) as caught:
        mx.nd.save(tmp_path / "x", data)
    assert isinstance(caught.value, kind)
    assert list(tmp_path.iterdir()) == []


def test_what_safetensors_cannot_hold_is_named(tmp_path):
    data = {"w": mx.nd.ones(2, dtype="complex128")}
    with pytest.raises(ArgumentError, match="safetensors cannot hold"):
        mx.nd.save(tmp_path / "x.safetensors", data)
    assert list(tmp_path.iterdir()) == []


def test_an_array_that_failed_leaves_the_old_file(tmp_path, monkeypatch):
    name = tmp_path / "x.params"
    mx.nd.save(name, [mx.nd.ones(2)])
    before = name.read_bytes()
    replace_kernel(monkeypatch, "sin", Faulty())
    failed = mx.nd.sin(mx.nd.ones(2))
    for suffix in ("x.params", "x.safetensors"):
        with pytest.raises(OperatorError):
            mx.nd.save(tmp_path / suffix, {"good": mx.nd.ones(2), "bad": failed})
    assert name.read_bytes() == before
    assert list(tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("dtype", TYPES)
def test_a_pickled_array_keeps_value_type_and_context(dtype):
    array = made(mx, value(dtype), ctx=mx.cpu(2))
    again = pickle.loads(pickle.dumps(array))
    assert (again.context, again.raw_dtype) == (mx.cpu(2), np.dtype(dtype))
    np.testing.assert_array_equal(again.asnumpy(), value(dtype))


def test_an_array_pickled_on_a_device_that_is_not_here_comes_to_the_cpu():
    function, (held, *_) = mx.nd.ones(2).__reduce__()
    assert function(held, "gpu", 3).context == mx.cpu(0)


def test_a_buffer_is_bytes():
    with pytest.raises(ArgumentTypeError, match="str"):
        mx.nd.load_frombuffer("text")
