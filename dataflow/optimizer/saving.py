"""The form in which states of an optimizer are saved: JSON and arrays, no code.

Eight bytes that name the form; the length of the JSON text as a little-endian 64-bit
integer; the text; a list of arrays as ``.params`` files hold it. In the text, ``null``,
numbers, strings and booleans stand for themselves, and objects of one key for the rest:
``{"array": n}`` is the n-th array; there are ``{"list": [...]}``, ``{"tuple": [...]}``,
``{"dict": [[key, value], ...]}``, ``{"real": "inf"}`` and ``{"scheduler": [name,
settings]}``.

Classes are found by name among those that are registered or derived; no name leads to
an import.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FormatError,
    UnknownNameError,
)
from dataflow.lr_scheduler import LRScheduler
from dataflow.ndarray import NDArray
from dataflow.ndarray.files import content, devices_of, write_arrays
from dataflow.optimizer.optimizer import Optimizer, State, find
from dataflow.optimizer.rates import Index
from dataflow.serialization import json_text, params

MAGIC = b"\x93DFSTATE"
VERSION = 1
# What may stand where a new object has a value of such a type.
_KINDS = {int: int | float, float: int | float | None, dict: dict}
_HEAD = struct.Struct("<8sQ")


def dumps(states: Mapping[Index, State], optimizer: Optimizer | None = None) -> bytes:
    """Return states by index, and an optimizer, as bytes.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        The optimizer is not registered; something in it or in a state cannot be saved.
    """
    text, arrays = _told(states, optimizer)
    values = (array.asnumpy() for array in arrays)
    return b"".join(_pieces(text, devices_of(arrays), values))


def save(
    fname: Any, states: Mapping[Index, State], optimizer: Optimizer | None = None
) -> None:
    """Save to a file what `dumps` returns."""
    text, arrays = _told(states, optimizer)
    write_arrays(fname, arrays, partial(_pieces, text, devices_of(arrays)))


def _told(
    states: Mapping[Index, State], optimizer: Optimizer | None
) -> tuple[bytes, list[NDArray]]:
    """Return the text, and the arrays that it refers to."""
    arrays: list[NDArray] = []
    named = [
        [index, _encoded(state, f"the state of parameter {index!r}", arrays)]
        for index, state in states.items()
    ]
    told = {"version": VERSION, "states": named, "optimizer": None}
    if optimizer is not None:
        told["optimizer"] = _described(optimizer, arrays)
    return json.dumps(told).encode(), arrays


def _pieces(
    text: bytes, devices: Sequence[tuple[int, int]], values: Iterator[np.ndarray]
) -> Iterator[bytes | memoryview]:
    yield _HEAD.pack(MAGIC, len(text))
    yield text
    yield from content(devices, (), values)


def _described(optimizer: Optimizer, arrays: list[NDArray]) -> list[Any]:
    name = type(optimizer).__name__
    if Optimizer.opt_registry.get(name.lower()) is not type(optimizer):
        raise ArgumentError(
            f"optimizer {name} is not registered, so it could not be found when loaded;"
            " decorate the class with mx.optimizer.register"
        )
    return [name.lower(), _fields(optimizer.__getstate__(), name, arrays)]


def _fields(
    fields: Mapping[str, Any], owner: str, arrays: list[NDArray]
) -> dict[str, Any]:
    return {
        name: _encoded(value, f"{owner}.{name}", arrays)
        for name, value in fields.items()
    }


def _encoded(value: Any, what: str, arrays: list[NDArray]) -> Any:
    """Return what stands for a value in the text; arrays are put aside."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"real": str(value)}
    if isinstance(value, NDArray):
        params.check_dtype(value.raw_dtype, what)
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_encoded(item, what, arrays) for item in value]}
    if isinstance(value, dict):
        if not all(isinstance(key, int | str) for key in value):
            raise ArgumentTypeError(f"{what}: a dict's keys must be integers or text")
        return {"dict": [[k, _encoded(v, what, arrays)] for k, v in value.items()]}
    if isinstance(value, LRScheduler):
        name = type(value).__name__
        return {"scheduler": [name, _fields(vars(value), name, arrays)]}
    raise ArgumentTypeError(
        f"{what} holds a {type(value).__name__}, which cannot be saved; arrays, "
        "numbers, strings, lists, tuples, dicts of them and schedulers can"
    )


def loads(data: bytes) -> tuple[dict[Index, State], Optimizer | None]:
    """Return the states, and the optimizer if there is one.

    Raises
    ------
    FormatError
        The bytes are malformed, of another form, or beyond a limit; they name a class
        that does not exist here.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ArgumentTypeError(f"bytes are needed, not {type(data).__name__}")
    text, body = _split(bytes(data))
    arrays = nd.load_frombuffer(body)
    if not isinstance(arrays, list):
        raise FormatError("the arrays of the saved states have names")
    content = json_text.parse(text, "the saved states")
    match content:
        case {"version": int(version)} if version != VERSION:
            raise FormatError(
                f"the saved states have version {version}; known here is {VERSION}"
            )
        case {"version": _, "states": list(named), "optimizer": described}:
            reader = _Reader(arrays)
            states = dict(reader.state(pair) for pair in named)
            return states, reader.optimizer(described)
    raise FormatError("the saved states lack 'version', 'states' or 'optimizer'")


def _split(data: bytes) -> tuple[str, bytes]:
    if not data.startswith(MAGIC):
        raise FormatError(
            "these are no states that dataflow saved; if MXNet did, they are a pickle, "
            "and loading one can run any code, so none is"
        )
    if len(data) < _HEAD.size:
        raise FormatError("the saved states end within their head")
    _, length = _HEAD.unpack_from(data)
    end = _HEAD.size + length
    if end > len(data):
        raise FormatError("the saved states end within their text")
    try:
        return data[_HEAD.size : end].decode(), data[end:]
    except UnicodeDecodeError as error:
        raise FormatError(f"the text of the saved states: {error}") from None


class _Reader:
    """Turns what stands in the text back into values."""

    def __init__(self, arrays: Sequence[NDArray]) -> None:
        self.arrays = arrays

    def state(self, pair: Any) -> tuple[Index, State]:
        match pair:
            case [int() | str() as index, coded]:
                return index, self.value(coded)
        raise FormatError("a saved state is not an index and a value")

    def value(self, coded: Any) -> Any:
        match coded:
            case None | bool() | int() | float() | str():
                return coded
            case {"array": int(n)} if 0 <= n < len(self.arrays) and len(coded) == 1:
                return self.arrays[n]
            case {"list": list(items)}:
                return [self.value(item) for item in items]
            case {"tuple": list(items)}:
                return tuple(self.value(item) for item in items)
            case {"dict": list(pairs)}:
                return dict(map(self.pair, pairs))
            case {"real": "inf" | "-inf" | "nan" as number}:
                return float(number)
            case {"scheduler": [str(name), dict(settings)]}:
                return self.scheduler(name, settings)
        raise FormatError(
            f"the saved states hold {str(coded)[:80]!r}, which means nothing"
        )

    def pair(self, pair: Any) -> tuple[Any, Any]:
        match pair:
            case [int() | str() as key, coded]:
                return key, self.value(coded)
        raise FormatError("a saved dict holds something else than keys and values")

    def fields(
        self, coded: Mapping[str, Any], model: Any, owner: str
    ) -> dict[str, Any]:
        """Return an object's attributes; all that `model` has must be there."""
        missing = vars(model).keys() - coded.keys() - {"param_dict"}
        if missing:
            raise FormatError(f"the saved {owner} lacks {', '.join(sorted(missing))}")
        found = {name: self.value(value) for name, value in coded.items()}
        for name, default in vars(model).items():
            kind = _KINDS.get(type(default))
            if kind is not None and not isinstance(found.get(name, default), kind):
                raise FormatError(f"the saved {owner} has {found[name]!r} for {name}")
        return found

    def scheduler(self, name: str, settings: Mapping[str, Any]) -> LRScheduler:
        for klass in _derived(LRScheduler):
            if klass.__name__ == name:
                scheduler: LRScheduler = object.__new__(klass)
                vars(scheduler).update(self.fields(settings, LRScheduler(), name))
                return scheduler
        raise FormatError(
            f"the saved states need the scheduler {name}; import it first"
        )

    def optimizer(self, described: Any) -> Optimizer | None:
        match described:
            case None:
                return None
            case [str(name), dict(settings)]:
                klass = _optimizer_class(name)
                fields = self.fields(settings, Optimizer(), f"optimizer {name}")
                optimizer = object.__new__(klass)
                optimizer.__setstate__(fields)
                return optimizer
        raise FormatError("the saved optimizer is not a name and settings")


def _optimizer_class(name: str) -> type[Optimizer]:
    try:
        return find(name)
    except UnknownNameError as error:
        raise FormatError(f"the saved states: {error}") from None


def _derived(klass: type[Any]) -> list[type[Any]]:
    """Return all classes that exist and derive from one, nearest first."""
    own = klass.__subclasses__()
    return [*own, *(deeper for each in own for deeper in _derived(each))]
