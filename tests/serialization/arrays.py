"""Lists of arrays, for either framework; and old forms of them, byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

TYPES = ("float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool")
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA


def value(dtype: str = "float32", shape: tuple[int, ...] = (2, 3)) -> np.ndarray:
    stream = np.random.RandomState(7)
    return stream.uniform(0, 100, shape).astype(dtype)


def made(mx: Any, array: np.ndarray, **options: Any) -> Any:
    return mx.nd.array(array, dtype=array.dtype, **options)


LISTS: dict[str, Callable[[Any], Any]] = {
    "a_single_array": lambda mx: made(mx, value()),
    "a_list": lambda mx: [made(mx, value()), made(mx, value("int32", (4,)))],
    "names": lambda mx: {
        "arg:fc_weight": made(mx, value()),
        "aux:bn_moving_mean": made(mx, value("float64", (1, 2, 3, 4))),
        "é 猫": made(mx, value("uint8", (1,))),
        "": made(mx, value()),
    },
    "every_type": lambda mx: {dtype: made(mx, value(dtype)) for dtype in TYPES},
    "an_empty_list": lambda mx: [],
    "an_empty_dict": lambda mx: {},
    "no_elements": lambda mx: [made(mx, value("float32", (0, 3))), made(mx, value())],
    "no_dimensions": lambda mx: [mx.nd.array(3), made(mx, value())],
    "devices": lambda mx: [
        made(mx, value(), ctx=mx.cpu(2)),
        made(mx, value(), ctx=mx.cpu_pinned()),
    ],
}


def listed(*arrays: bytes, names: tuple[bytes, ...] = ()) -> bytes:
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays)), *arrays]
    parts.append(struct.pack("<Q", len(names)))
    for name in names:
        parts += [struct.pack("<Q", len(name)), name]
    return b"".join(parts)


def body(array: np.ndarray, code: int, device: tuple[int, int]) -> bytes:
    return struct.pack("<iii", *device, code) + array.tobytes()


def second(
    array: np.ndarray,
    code: int = 0,
    device: tuple[int, int] = (1, 0),
    stype: int = 0,
    magic: int = V2,
    shape: tuple[int, ...] | None = None,
) -> bytes:
    lengths = array.shape if shape is None else shape
    head = struct.pack("<Iii", magic, stype, len(lengths))
    return head + struct.pack(f"<{len(lengths)}q", *lengths) + body(array, code, device)


def first(array: np.ndarray, code: int = 0, device: tuple[int, int] = (1, 0)) -> bytes:
    head = struct.pack("<II", V1, array.ndim)
    return (
        head + struct.pack(f"<{array.ndim}q", *array.shape) + body(array, code, device)
    )


def unversioned(
    array: np.ndarray, code: int = 0, device: tuple[int, int] = (1, 0)
) -> bytes:
    head = struct.pack("<I", array.ndim)
    return (
        head + struct.pack(f"<{array.ndim}I", *array.shape) + body(array, code, device)
    )


def legacy_lists() -> dict[str, tuple[bytes, list[np.ndarray]]]:
    """Return old files that MXNet 1.9.1 reads, with the values in them."""
    a, b = value(), value("int32", (4,))
    return {
        "legacy_v1": (listed(first(a), first(b, 4)), [a, b]),
        "legacy_unversioned": (listed(unversioned(a), unversioned(b, 4)), [a, b]),
        "legacy_mixed": (listed(unversioned(a), first(b, 4), second(a)), [a, b, a]),
        "legacy_gpu": (listed(second(a, device=(2, 3)), first(b, 4, (2, 0))), [a, b]),
    }
