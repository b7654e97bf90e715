"""Untrusted JSON text to plain values, in bounded time, memory and stack."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import numpy as np

from dataflow.errors import FormatError
from dataflow.serialization.limits import current_limits, short_number

_CHUNK = 1 << 20  # bytes looked at in one step
_STEPS = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1


def parse(text: str, source: str) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    text : str
        The text.
    source : str
        What it is, for messages: a file's name.

    Raises
    ------
    FormatError
        It is no JSON, has one key twice, numbers that are none, or is beyond a limit.
    """
    limits = current_limits()
    if not text.strip():
        raise FormatError(f"{source} is empty")
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise FormatError(f"{source} is not Unicode text: {error}") from None
    limits.check("text", len(data), f"{source}: the bytes of the text")
    values = sum(map(data.count, (b",", b"[", b"{")))
    limits.check("values", values, f"{source}: the count of values")
    # Before Python's parser sees it, which works by recursion.
    limits.check("nesting", nesting(data), f"{source}: nested brackets")
    try:
        return json.loads(
            text,
            strict=False,  # MXNet writes control characters as they are
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        what = f"{error.msg}, line {error.lineno} column {error.colno}"
        raise FormatError(f"{source} is not JSON, or truncated: {what}") from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{source}: {error}") from None


def nesting(data: bytes) -> int:
    """Count how many brackets and braces are open at most, outside of strings."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    depth = deepest = quotes = 0
    for start in range(0, len(data), _CHUNK):
        chunk = np.frombuffer(data, np.uint8)[start : start + _CHUNK]
        quoted = np.cumsum(chunk == ord('"'), dtype=np.int64) + quotes
        steps = np.where(quoted % 2, 0, _STEPS[chunk])
        depths = np.cumsum(steps, dtype=np.int64) + depth
        deepest = max(deepest, int(depths.max()))
        depth, quotes = int(depths[-1]), int(quoted[-1])
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number that a file may hold")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return result


# Reading parts of the value; `where` says which part it is


def get_object(value: Any, where: str) -> dict[str, Any]:
    """Return `value` if it is an object; raises FormatError."""
    return _checked(value, dict, "an object", where)  # type: ignore[no-any-return]


def get_list(value: Any, where: str) -> list[Any]:
    """Return `value` if it is a list; raises FormatError."""
    return _checked(value, list, "a list", where)  # type: ignore[no-any-return]


def get_text(value: Any, where: str) -> str:
    """Return `value` if it is a string of Unicode characters; raises FormatError."""
    text: str = _checked(value, str, "a string", where)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise FormatError(f"{where} is not Unicode text: {error}") from None
    return text


def get_texts(value: Any, where: str) -> dict[str, str]:
    """Return `value` if it is an object of strings; raises FormatError."""
    return {
        get_text(key, f"{where}, a key"): get_text(item, f"{where}, {key!r}")
        for key, item in get_object(value, where).items()
    }


def get_index(value: Any, below: int, where: str) -> int:
    """Return `value` if it is an integer from 0 to before `below`; raises."""
    _checked(value, int, "an integer", where)
    if isinstance(value, bool) or not 0 <= value < below:
        raise FormatError(f"{where} is {show(value)}; it must be from 0 to {below - 1}")
    return value  # type: ignore[no-any-return]


def _checked(value: Any, kind: type, noun: str, where: str) -> Any:
    if not isinstance(value, kind):
        raise FormatError(f"{where} must be {noun}, not {show(value)}")
    return value


def show(value: Any) -> str:
    """Return a short text of a value from a file, for messages."""
    if isinstance(value, int) and abs(value) >= 1 << 64:
        return short_number(value)
    if isinstance(value, dict | list):
        return f"a {'list' if isinstance(value, list) else 'JSON object'}"
    shown = repr(value if not isinstance(value, str) else value[:80])
    return shown + ("..." if isinstance(value, str) and len(value) > 80 else "")
