"""Malformed files of arrays: one error each that is a ValueError too and says where."""

from __future__ import annotations

import json
import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import FormatError
from dataflow.serialization import Limits
from tests.serialization.arrays import V1, V2, listed, second, value

WHOLE = listed(second(value()), second(value("int32", (4,)), 4), names=(b"a", b"b"))


def second_of(*shape: int) -> bytes:
    """Return an array whose shape is not that of its value."""
    return second(np.zeros(2, "float32"), shape=shape)


class Mistake(NamedTuple):
    data: bytes
    says: tuple[str, ...]


MISTAKES = {
    "empty": Mistake(b"", ("ends within its first 16 bytes",)),
    "short": Mistake(WHOLE[:10], ("ends within its first 16 bytes",)),
    "a wrong magic": Mistake(b"\x13" + WHOLE[1:], ("no list of arrays", "0x113")),
    "text": Mistake(b"not an array at all", ("no list of arrays",)),
    "a pickle": Mistake(pickle.dumps(np.ones(9)), ("no list of arrays",)),
    "a count beyond the file": Mistake(
        struct.pack("<QQQ", 0x112, 0, 1000), ("ends within array 0",)
    ),
    "a count beyond the limit": Mistake(
        struct.pack("<QQQ", 0x112, 0, 1 << 63), ("count of arrays", "limit")
    ),
    "more after its end": Mistake(WHOLE + b"xyz", ("3 bytes after its end",)),
    "row_sparse": Mistake(
        listed(second(value(), stype=1)), ("array 0", "row_sparse", "dense")
    ),
    "csr": Mistake(listed(second(value(), stype=2)), ("array 0", "csr", "dense")),
    "undefined": Mistake(listed(second(value(), stype=-1)), ("array 0", "undefined")),
    "unknown storage": Mistake(listed(second(value(), stype=9)), ("unknown (9)",)),
    "bfloat16": Mistake(
        listed(second(value("uint16"), 12)), ("array 0", "12", "bfloat16", "float32")
    ),
    "an unknown type": Mistake(listed(second(value(), 99)), ("array 0", "99")),
    "a negative type": Mistake(listed(second(value(), -1)), ("array 0", "-1")),
    "a negative length": Mistake(listed(second_of(-2)), ("array 0", "(-2,)")),
    "negative dimensions": Mistake(
        listed(struct.pack("<Iii", V2, 0, -1)), ("array 0", "-1 dimensions")
    ),
    "lengths that overflow": Mistake(
        listed(second_of(1 << 62, 1 << 62)), ("array 0", "ends within")
    ),
    "lengths that overflow to 0": Mistake(
        listed(second_of(1 << 32, 1 << 32)), ("array 0", "ends within")
    ),
    "lengths that overflow beside a 0": Mistake(
        listed(second_of(0, 1 << 62, 1 << 62)), ("array 0", "shape")
    ),
    "a length beyond the file": Mistake(
        listed(second_of(1 << 40)), ("array 0", "1099511627776", "bytes are due")
    ),
    "too many dimensions": Mistake(
        listed(struct.pack("<Iii", V2, 0, 1 << 30)), ("1073741824", "limit")
    ),
    "too many dimensions in version 1": Mistake(
        listed(struct.pack("<II", V1, 33)), ("33", "limit")
    ),
    "too many dimensions without a version": Mistake(
        listed(struct.pack("<I", 0xFFFFFFFF)), ("4294967295", "limit")
    ),
    "fewer names than arrays": Mistake(
        listed(second(value()), second(value()), names=(b"a",)), ("2 arrays, but 1",)
    ),
    "more names than arrays": Mistake(listed(names=(b"a",)), ("0 arrays, but 1",)),
    "a name twice": Mistake(
        listed(second(value()), second(value()), names=(b"a", b"a")), ("named 'a'",)
    ),
    "a name that is not UTF-8": Mistake(
        listed(second(value()), names=(b"\xff\xfe",)), ("name 0 is not UTF-8",)
    ),
    "a name beyond the file": Mistake(
        WHOLE[:-9] + struct.pack("<Q", 500) + b"b", ("ends within name 1",)
    ),
    "a name beyond the limit": Mistake(
        WHOLE[:-9] + struct.pack("<Q", 1 << 60) + b"b", ("name 1", "limit")
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name):
    data, says = MISTAKES[name]
    with pytest.raises(FormatError) as caught:
        mx.nd.load_frombuffer(data)
    assert isinstance(caught.value, mx.MXNetError)
    assert isinstance(caught.value, ValueError)
    message = str(caught.value)
    assert message.startswith("the buffer")
    assert len(message) < 500
    for part in says:
        assert part in message


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_every_truncated_file_is_refused(length):
    with pytest.raises(FormatError, match="ends within"):
        mx.nd.load_frombuffer(WHOLE[:length])


def test_a_mistake_in_a_file_names_the_file(tmp_path):
    name = tmp_path / "broken.params"
    name.write_bytes(WHOLE[:40])
    with pytest.raises(FormatError, match=r"broken\.params ends within array 0"):
        mx.nd.load(name)


def test_memory_is_asked_for_only_if_the_file_is_that_long():
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            mx.nd.load_frombuffer(listed(second_of(1 << 34)))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_limits_can_be_lowered():
    for limit in ("bytes", "arrays", "dimensions"):
        with Limits(**{limit: 0}), pytest.raises(FormatError, match=f"'{limit}'"):
            mx.nd.load_frombuffer(WHOLE)


def tensors(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
TENSORS = {
    "empty": b"",
    "short": b"abc",
    "a header beyond the file": struct.pack("<Q", 1 << 60) + b"{}",
    "not JSON": tensors(b"hello"),
    "nested brackets": tensors(b"[" * 200_000),
    "a list": tensors([1]),
    "data beyond the file": tensors({"a": F32}, b"1234"),
    "a negative length": tensors({"a": {**F32, "shape": [-2]}}, b"12345678"),
    "another length": tensors({"a": {**F32, "shape": [3]}}, b"12345678"),
    "an overflow": tensors({"a": {**F32, "shape": [1 << 62, 1 << 62]}}, b"12345678"),
    "an unknown type": tensors({"a": {**F32, "dtype": "F31"}}, b"12345678"),
    "a type that NumPy lacks": tensors(
        {"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}, b"12345678"
    ),
    "a pickle": pickle.dumps(np.ones(9)),
}


@pytest.mark.parametrize("name", TENSORS)
def test_malformed_safetensors_are_refused(name, tmp_path):
    (tmp_path / "x.safetensors").write_bytes(TENSORS[name])
    with pytest.raises(FormatError, match=r"x\.safetensors") as caught:
        mx.nd.load(tmp_path / "x.safetensors")
    assert isinstance(caught.value, ValueError)


class Hostile:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("suffix", ["params", "safetensors", "json"])
def test_nothing_is_ever_unpickled(suffix, tmp_path):
    trace, name = tmp_path / "trace", tmp_path / f"x.{suffix}"
    name.write_bytes(pickle.dumps(Hostile(trace)))
    for load in (mx.nd.load, mx.sym.load):
        with pytest.raises(FormatError):
            load(name)
    assert not trace.exists()
