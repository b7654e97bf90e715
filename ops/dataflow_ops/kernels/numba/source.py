"""From a program to the text of a module with one compiled loop."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dataflow_ops.fused import Program, Reduction, Step
from dataflow_ops.kernels.numba import functions, reductions
from dataflow_ops.kernels.numba.expressions import (
    FUNCTIONS,
    constants,
    expressions,
)
from dataflow_ops.kernels.numba.reductions import IN_ANY_ORDER, JOININGS
from dataflow_ops.kernels.table import Array

_OPTIONS = 'nogil=True, error_model="numpy", cache=True'  # vectors need that model
_NAMES = re.compile(r"\b[xyzsab]\b")
_SIDES = re.compile(r"\b[ax]\b")


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
    parts : tuple of Operand
        The arrays of the reductions, after all others; reduced axes are broadcast.
    split : int
        The axis of which a call does a range.
    """

    operands: tuple[Operand, ...]
    array_of: Mapping[int, int]
    added: frozenset[int]
    parts: tuple[Operand, ...] = ()
    split: int = 0


def module_text(program: Program, layout: Layout) -> str:
    """Return a module with a `kernel` to be called with arrays.

    It takes a range of one axis, the numbers of the steps' attributes, and the
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
    if program.reductions:
        lines += _joining_text(program)
    names = ", ".join(operand.name for operand in (*layout.operands, *layout.parts))
    lines += ["", "@compiled", f"def kernel(start, stop, numbers, {names}):", *body, ""]
    return "\n".join(lines)


def _joining_text(program: Program) -> Iterator[str]:
    """Yield the functions that the reductions call."""
    bits = 8 * program.dtypes[0].itemsize
    yield f"K = np.int{bits}"
    yield f"SIGN, TOP = K({bits - 1}), K({2 ** (bits - 1) - 1})"
    yield f"joining = njit({_OPTIONS}, fastmath={{'reassoc'}})"
    called = (JOININGS[r.by].functions for r in program.reductions)
    for name in dict.fromkeys(itertools.chain.from_iterable(called)):
        yield ""
        yield "@joining" if name in IN_ANY_ORDER else "@compiled"
        yield inspect.getsource(getattr(reductions, name))


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
        own = axis == layout.split
        limits = "start, stop" if own else f"{leader.name}.shape[{axis}]"
        yield f"{indent}for i{axis} in range({limits}):"
        indent += "    "
    for operand in (*layout.operands, *layout.parts):
        yield f"{indent}{_row(operand, layout.split)}"
    in_registers = [
        (part, JOININGS[r.by], f"r{i}")
        for i, (r, part) in enumerate(_ends(program, layout))
        if not part.axes[-1]
    ]
    for _, joining, register in in_registers:
        yield f"{indent}{register} = {joining.first}"
    yield f"{indent}for k in range({leader.name}_row.size):"
    for line in (*_element(program, layout), *_joined(program, layout)):
        yield f"{indent}    {line}"
    for part, joining, register in in_registers:
        told = _filled(joining.told, register, "")
        beside = _filled(joining.beside, f"{part.name}_one", register + "_told")
        yield f"{indent}{register}_told = {told}"
        yield f"{indent}{_one(part)} = {beside}"


def _row(operand: Operand, split: int) -> str:
    """Return what makes an array's row, or the one number that it has in it."""
    if not operand.axes[-1]:
        return f"{operand.name}_one = {_one(operand)}"
    last = "start:stop" if split == len(operand.axes) - 1 else ":"
    return f"{operand.name}_row = {operand.name}[{', '.join([*_outer(operand), last])}]"


def _one(operand: Operand) -> str:
    return f"{operand.name}[{', '.join([*_outer(operand), '0'])}]"


def _outer(operand: Operand) -> list[str]:
    """Return the indices of a row."""
    axes = enumerate(operand.axes[:-1])
    return [f"i{axis}" if is_own else "0" for axis, is_own in axes]


def _joined(program: Program, layout: Layout) -> Iterator[str]:
    """Yield what joins one element to each reduction."""
    for i, (r, part) in enumerate(_ends(program, layout)):
        joining, value = JOININGS[r.by], f"v{r.reads}"
        if part.axes[-1]:
            beside = _filled(joining.beside, "joined", value)
            yield f"joined = {part.name}_row[k]"
            yield f"{part.name}_row[k] = {beside}"
        else:
            yield f"r{i} = {_filled(joining.joined, f'r{i}', value)}"


def _ends(program: Program, layout: Layout) -> Iterator[tuple[Reduction, Operand]]:
    return zip(program.reductions, layout.parts, strict=True)


def _filled(text: str, a: str, x: str) -> str:
    names = {"a": a, "x": x}
    return _SIDES.sub(lambda found: names[found[0]], text)


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
        if value in program.reduction_of:
            continue
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
