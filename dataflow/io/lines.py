"""Numbers in files of text: tables, LibSVM's sparse rows, and lists of images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dataflow.errors import FormatError
from dataflow.io.files import Shape, read_all
from dataflow.io.orders import part_of

Line = tuple[str, str]  # where it stands, for messages; what it says


def _lines(name: Any, part: tuple[int, int] = (1, 0)) -> Iterator[Line]:
    """Yield the lines of a part of a file that are not empty."""
    content = read_all(name)
    borders = part_of(len(content), *part)
    # A line belongs to the part in which the end of the line before it lies.
    start, stop = (_line_after(content, border) for border in borders)
    before = content.count(b"\n", 0, start)
    text = content[start:stop].decode(errors="replace").removeprefix("\ufeff")
    for number, line in enumerate(text.split("\n"), before + 1):
        if line.strip():
            yield f"{name}, line {number}", line


def _line_after(content: bytes, place: int) -> int:
    """Return where the next line starts after `place`, itself if it is 0."""
    return place and (content.find(b"\n", place) + 1 or len(content))


def table(name: Any, shape: Shape, dtype: np.dtype[Any]) -> np.ndarray:
    """Return the numbers of a file, a sample of this shape for each line."""
    width = int(np.prod(shape))
    found = [(where, line.strip().removesuffix(",")) for where, line in _lines(name)]
    texts = [line for _, line in found]
    if not texts:
        raise FormatError(f"{name} has no samples")
    try:
        read = np.loadtxt(texts, dtype, delimiter=",", comments=None, ndmin=2)
    except ValueError as error:
        _check_lines(found, width, dtype)
        raise FormatError(f"{name} is no table of numbers: {error}") from error
    if read.shape[1] != width:
        _check_lines(found, width, dtype)
    return read.reshape(-1, *shape)


def _check_lines(lines: list[Line], width: int, dtype: np.dtype[Any]) -> None:
    """Raise FormatError for the first line that is none of so many numbers."""
    for where, line in lines:
        values = line.split(",")
        if len(values) != width:
            raise FormatError(
                f"{where} has {len(values)} values, and the shape asks for {width}"
            )
        for value in values:
            _number(value, where, dtype)


def _number(text: str, where: str, dtype: np.dtype[Any]) -> float:
    try:
        return int(text) if dtype.kind == "i" else float(text)
    except ValueError:
        kind = "whole number" if dtype.kind == "i" else "number"
        raise FormatError(f"{where}: {text.strip()!r} is no {kind}") from None


def image_list(name: Any) -> Iterator[tuple[int, np.ndarray, str]]:
    """Yield number, labels and path of each image that a list names, one a line."""
    for where, line in _lines(name):
        number, *labels = line.strip().split("\t")
        if len(labels) < 2 or not number.isdecimal():
            raise FormatError(
                f"{where} is not a number, labels and a path with tabs between them"
            )
        values = [_number(label, where, np.dtype(np.float32)) for label in labels[:-1]]
        yield int(number), np.array(values, np.float32), labels[-1]


def sparse(
    name: Any, length: int, part: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and dense rows of a file."""
    labels: list[float] = []
    places: list[tuple[int, int]] = []
    values: list[float] = []
    for where, line in _lines(name, part):
        words = line.partition("#")[0].split()
        if not words:
            continue
        for word in words[1:]:
            index, value = _entry(word, length, where)
            places.append((len(labels), index))
            values.append(value)
        labels.append(_number(words[0].partition(":")[0], where, np.dtype(np.float32)))
    if not labels:
        raise FormatError(f"{name} has no samples in this part")
    rows = np.zeros((len(labels), length), np.float32)
    rows[tuple(np.array(places, np.intp).reshape(-1, 2).T)] = values
    return np.array(labels, np.float32), rows


def _entry(word: str, length: int, where: str) -> tuple[int, float]:
    index, colon, value = word.partition(":")
    if not colon or not index.isdecimal():
        raise FormatError(f"{where}: {word!r} is not of the form index:value")
    if int(index) >= length:
        raise FormatError(
            f"{where}: index {index} is beyond the shape ({length},); indices begin at "
            "0"
        )
    return int(index), _number(value, where, np.dtype(np.float32))
