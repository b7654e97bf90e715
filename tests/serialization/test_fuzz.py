"""Valid files changed at random: an error of ours, or something that can be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dataflow as mx
from dataflow.errors import FormatError
from dataflow.serialization import tensors
from tests.serialization import legacy
from tests.serialization.arrays import first, listed, second, unversioned, value

GOLDEN = Path(__file__).parents[1] / "golden" / "symbols"
NAMES = ("annotated", "states", "unrolled", "values", "variables", "lenet", "numbers")
TEXTS = [(GOLDEN / f"{name}.json").read_text() for name in NAMES]
TEXTS += list(legacy.TEXTS.values())
LISTS = [
    listed(second(value()), second(value("int32", (4,)), 4), names=(b"arg:a", b"b")),
    listed(first(value()), unversioned(value("int8", (2,)), 5)),
    listed(),
]
TENSORS = tensors.dumps({"a": value(), "b": np.zeros((), "int8"), "c": value("bool")})

many = settings(
    max_examples=300, deadline=5000, suppress_health_check=[HealthCheck.too_slow]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["null", "exp", "Concat", "BatchNorm", "(1, 2)", "[", "-1", "()"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["op", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all parts of a JSON value but itself."""
    found: list[tuple[Any, ...]] = []
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    for key, part in parts:
        found.append((*path, key))
        if isinstance(part, dict | list):
            found += places(part, (*path, key))
    return found


@st.composite
def changed_graphs(draw: Any) -> str:
    document = json.loads(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(document)))
        part = document
        for key in path:
            part = part[key]
        action = draw(st.sampled_from(["replace", "delete", "copy", "swap"]))
        if action == "replace":
            part[last] = draw(values)
        elif action == "delete":
            del part[last]
        elif isinstance(part, list):
            other = draw(st.integers(0, len(part) - 1))
            part[last] = part[other]
            if action == "swap":
                part.append(part[last])
        if not document:
            break
    return json.dumps(document)


@st.composite
def changed_bytes(draw: Any, sources: list[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(sources)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(start + 16, len(data))))
        kind = draw(st.sampled_from(["flip", "replace", "insert", "truncate"]))
        if kind == "flip" and start < len(data):
            data[start] ^= 1 << draw(st.integers(0, 7))
        elif kind == "replace":
            data[start:end] = draw(st.binary(max_size=16))
        elif kind == "insert":
            data[start:start] = data[start:end]
        elif kind == "truncate":
            del data[start:]
    return bytes(data)


def use(text: str) -> None:
    """Load, and use what was loaded as far as anything can be."""
    try:
        symbol = mx.sym.load_json(text)
    except FormatError:
        return
    again = mx.sym.load_json(symbol.tojson(remove_amp_cast=False))
    assert again.tojson() == symbol.tojson()
    assert len(symbol.list_outputs()) == len(symbol)
    assert len(symbol.list_inputs()) == len(symbol.get_internals().list_inputs())
    for infer in (symbol.infer_shape_partial, symbol.infer_type_partial):
        try:
            infer()
        except mx.MXNetError:
            return
    bind(symbol)


def bind(symbol: mx.sym.Symbol) -> None:
    """Bind if it is small; only shapes and types may stand against that."""
    shapes, outputs, _ = symbol.infer_shape_partial()
    sizes = [int(np.prod(s, dtype=float)) for s in (*(shapes or ()), *(outputs or ()))]
    if max(sizes, default=0) > 10_000:
        return
    try:
        executor = symbol.simple_bind(mx.cpu())
        executor.forward()
        mx.nd.waitall()
    except mx.MXNetError:
        return


@many
@given(changed_graphs())
def test_a_changed_graph_is_refused_or_usable(text):
    use(text)


@many
@given(changed_bytes([text.encode() for text in TEXTS]))
def test_a_changed_text_is_refused_or_usable(data):
    use(data.decode(errors="replace"))


@many
@given(st.text() | values.map(json.dumps))
def test_any_text_is_refused_or_usable(text):
    use(text)


def use_arrays(data: bytes) -> None:
    try:
        arrays = mx.nd.load_frombuffer(data)
    except FormatError:
        return
    found = arrays.values() if isinstance(arrays, dict) else arrays
    for array in found:
        assert array.asnumpy().shape == array.shape


@many
@given(changed_bytes(LISTS))
def test_a_changed_list_of_arrays_is_refused_or_usable(data):
    use_arrays(data)


@many
@given(st.binary())
def test_any_bytes_are_refused_or_usable(data):
    use_arrays(data)
    use_arrays(LISTS[0][:24] + data)


@many
@given(changed_bytes([TENSORS]))
def test_changed_safetensors_are_refused_or_usable(data):
    try:
        found = tensors.loads(data, "x")
    except FormatError:
        return
    for array in found.values():
        assert array.nbytes <= len(data)
