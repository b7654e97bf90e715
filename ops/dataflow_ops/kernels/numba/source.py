"""From a program to the text of a module with one compiled loop."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dataflow_ops.fused import Program, Step
from dataflow_ops.kernels.numba import functions
from dataflow_ops.kernels.numba.expressions import (
    FUNCTIONS,
    constants,
    expressions,
)
from dataflow_ops.kernels.table import Array

_OPTIONS = 'nogil=True, error_model="numpy", cache=True'  # vectors need that model
_NAMES = re.compile(r"\b[xyzsab]\b")


class Operand(NamedTuple):
    """An array that a kernel is called with.

    Parameters
    ----------
    name : str
        What the text calls it.
    axes : tuple of bool
        Along which axes it is not broadcast.
    """

    name: str
    axes: tuple[bool, ...]


class Layout(NamedTuple):
    """How the values of a program lie in the arrays that a kernel is called with.

    Parameters
    ----------
    operands : tuple of Operand
        The arrays: all that differ.
    array_of : dict of int
        The position among them of each value that is read or leaves.
    added : frozenset of int
        The values that are added to what is there.
    """

    operands: tuple[Operand, ...]
    array_of: Mapping[int, int]
    added: frozenset[int]


def module_text(program: Program, layout: Layout) -> str:
    """Return a module with a `kernel` to be called with arrays.

    It takes a range of the first axis, the numbers of the steps' attributes, and the
    arrays of the layout; with the numbers apart, groups of one structure share a text.
    Inputs are read before outputs are written, element by element, so that an output
    may be the array of an input.
    """
    lines = [
        "from typing import Any",
        "",
        "import numpy as np",
        "from numba import njit",
        "",
        f"F = np.{program.dtypes[0].name}",
        "I = np.int32",
        f"compiled = njit({_OPTIONS})",
        "",
    ]
    body = list(_body(program, layout))
    for name in _needed("\n".join(body)):
        lines += ["", "@compiled", inspect.getsource(getattr(functions, name))]
    names = ", ".join(operand.name for operand in layout.operands)
    lines += ["", "@compiled", f"def kernel(start, stop, numbers, {names}):", *body, ""]
    return "\n".join(lines)


def _needed(text: str) -> list[str]:
    """Name the functions that a text calls, and those that they call before them."""
    needed: set[str] = set()
    for name in reversed(FUNCTIONS):
        if re.search(rf"\b{name}\(", text):
            needed.add(name)
            text += inspect.getsource(getattr(functions, name))
    return [name for name in FUNCTIONS if name in needed]


def _body(program: Program, layout: Layout) -> Iterator[str]:
    """Yield nested loops: over all axes but the last, then over a row."""
    depth = len(layout.operands[0].axes)
    leader = next(o for o in layout.operands if all(o.axes))
    indent = "    "
    for number in range(len(numbers(program))):
        yield f"{indent}c{number} = numbers[{number}]"
    for axis in range(depth - 1):
        limits = "start, stop" if axis == 0 else f"{leader.name}.shape[{axis}]"
        yield f"{indent}for i{axis} in range({limits}):"
        indent += "    "
    for operand in layout.operands:
        yield f"{indent}{_row(operand, depth)}"
    yield f"{indent}for k in range({leader.name}_row.size):"
    for line in _element(program, layout):
        yield f"{indent}    {line}"


def _row(operand: Operand, depth: int) -> str:
    """Return what makes an array's row, or the one number that it has in it."""
    outer = [f"i{axis}" if operand.axes[axis] else "0" for axis in range(depth - 1)]
    if not operand.axes[-1]:
        return f"{operand.name}_one = {operand.name}[{', '.join([*outer, '0'])}]"
    last = "start:stop" if depth == 1 else ":"
    return f"{operand.name}_row = {operand.name}[{', '.join([*outer, last])}]"


def _element(program: Program, layout: Layout) -> Iterator[str]:
    """Yield the work on one element: read, compute, write."""
    for value in range(len(program.inputs)):
        operand = layout.operands[layout.array_of[value]]
        read = f"{operand.name}_row[k]" if operand.axes[-1] else f"{operand.name}_one"
        yield f"v{value} = {read}"
    used = 0
    for step in program.steps:
        yield from _statements(step, used)
        used += len(constants(step.attributes))
    for value in program.outputs:
        target = f"{layout.operands[layout.array_of[value]].name}_row[k]"
        sign = "+=" if value in layout.added else "="
        yield f"{target} {sign} v{value}"


def _statements(step: Step, used: int) -> Iterator[str]:
    texts = expressions(step)
    assert texts is not None
    names = dict(zip("xyz", (f"v{value}" for value in step.reads), strict=False))
    own = enumerate(constants(step.attributes), start=used)
    names |= {name: f"c{number}" for number, name in own}
    for value, text in zip(step.writes, texts, strict=True):
        yield f"v{value} = {_NAMES.sub(lambda found: names[found[0]], text)}"


def numbers(program: Program) -> Array:
    """Return the numbers of all steps' attributes, in the order of the text."""
    found = [constants(step.attributes).values() for step in program.steps]
    return np.array([*itertools.chain.from_iterable(found)], program.dtypes[0])


def all_known(steps: Sequence[Step]) -> bool:
    """Tell whether every step has its expressions."""
    return all(expressions(step) is not None for step in steps)
