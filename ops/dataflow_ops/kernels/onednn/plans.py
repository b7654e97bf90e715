"""Plans: primitives one after another, with reorders wherever layouts differ.

A plan knows shapes and layouts, but no memory: it is made once for a kind of call and
bound any number of times. It names what it works on. *Operands* are the caller's
arrays; everything else lies in the workspace, which ends in the scratchpad that the
primitives use in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from dataflow_ops.kernels.onednn import codes
from dataflow_ops.kernels.onednn.codes import Argument
from dataflow_ops.kernels.onednn.library import Argument as Filled
from dataflow_ops.kernels.onednn.library import Failure, engine, library, make
from dataflow_ops.kernels.onednn.memory import Layout, Memory, owns
from dataflow_ops.kernels.onednn.primitives import Primitive, reorder
from dataflow_ops.kernels.onednn.threads import use_team
from dataflow_ops.kernels.packing import Packed, Version
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import Array, Thunk

_ALIGNMENT = 64
Names = Mapping[Argument, str] | Mapping[int, str]  # steps have arguments without name


def aligned_bytes(count: int) -> Array:
    """Return uninitialised bytes that start where vector instructions like it."""
    block = np.empty(count + _ALIGNMENT, np.uint8)
    start = -int(block.ctypes.data) % _ALIGNMENT
    return block[start : start + count]


def _forget(nbytes: int) -> None:
    """Do not count it."""


def _unknown() -> None:
    """Stand for a version."""


class _Place(NamedTuple):
    """Where something lies: in an operand, or from an offset in the workspace."""

    layout: Layout
    operand: str = ""
    offset: int = 0


class _Step(NamedTuple):
    """A primitive and where its arguments lie."""

    primitive: Primitive
    arguments: dict[int, _Place]


class Plan:
    """What a kernel does at each run.

    Parameters
    ----------
    operands : mapping of str
        The caller's arrays by name, and how they lie while they are contiguous.
    added : collection of str
        Operands that results are added to.
    threads : int
        How many threads the primitives use.
    """

    def __init__(
        self,
        operands: Mapping[str, Layout],
        added: Collection[str] = (),
        *,
        threads: int,
    ) -> None:
        self.threads = threads
        self._added = set(added)
        self._places = {n: [_Place(x, operand=n)] for n, x in operands.items()}
        self._constants: dict[str, Array] = {}
        self._steps: list[_Step] = []
        self._end = 0  # of what lies in the workspace
        self._scratchpad = 0

    @property
    def nbytes(self) -> int:
        """Bytes of workspace that it takes."""
        return self._end + self._scratchpad + _ALIGNMENT

    @property
    def implementations(self) -> list[str]:
        """Names of the code that each step runs, for tests and reports."""
        return [step.primitive.implementation for step in self._steps]

    @property
    def is_slow(self) -> bool:
        """Whether a step runs code that NumPy beats."""
        return any(step.primitive.is_slow for step in self._steps)

    # Making one

    def layout(self, name: str) -> Layout:
        """Return how an operand lies."""
        return self._places[name][0].layout

    def view(self, name: str, of: str, layout: Layout) -> None:
        """Give an operand, seen with another layout, a name of its own."""
        self._places[name] = [_Place(layout, operand=of)]
        if of in self._added:
            self._added.add(name)

    def constant(self, name: str, value: Array, layout: Layout) -> None:
        """Add an operand whose values are known now."""
        self._constants[name] = value
        self._places[name] = [_Place(layout, operand=name)]

    def run(
        self,
        primitive: Primitive,
        reads: Names,
        writes: Names,
    ) -> None:
        """Append a primitive; it reads and writes what the names stand for."""
        places: dict[int, _Place] = {
            argument: self._source(name, primitive.layout(argument))
            for argument, name in reads.items()
        }
        results = {
            argument: self._target(name, primitive.layout(argument))
            for argument, name in writes.items()
        }
        self._append(primitive, places | results)
        for argument, name in writes.items():
            self._hand_over(name, results[argument])

    def copy(self, source: str, target: str) -> None:
        """Append a copy of a value into an operand."""
        place, adding = self._places[target][0], target in self._added
        self._move(self._places[source][0], place, adding)

    def _source(self, name: str, wanted: Layout) -> _Place:
        """Return where a value lies as it is wanted, after a reorder if need be."""
        known = self._places[name]
        for place in known:
            if place.layout == wanted:
                return place
        place = self._new_place(wanted)
        self._move(known[0], place)
        known.append(place)
        return place

    def _target(self, name: str, made: Layout) -> _Place:
        """Return where a primitive may write a value."""
        known = self._places.get(name)
        if known and known[0].layout == made and name not in self._added:
            return known[0]
        return self._new_place(made)

    def _hand_over(self, name: str, written: _Place) -> None:
        """Move what was written into its operand, unless it is there."""
        known = self._places.setdefault(name, [])
        if not known:
            known.append(written)
        elif known[0] is not written:
            self._move(written, known[0], adding=name in self._added)
            known.append(written)

    def _move(self, source: _Place, target: _Place, adding: bool = False) -> None:
        primitive = reorder(source.layout, target.layout, self.threads, adding)
        places: dict[int, _Place] = {Argument.SOURCE: source, Argument.RESULT: target}
        self._append(primitive, places)

    def _append(self, primitive: Primitive, places: dict[int, _Place]) -> None:
        layout = primitive.layout(Argument.SCRATCHPAD)
        self._scratchpad = max(self._scratchpad, layout.nbytes)
        if layout.nbytes:
            places[Argument.SCRATCHPAD] = _Place(layout, offset=-1)
        self._steps.append(_Step(primitive, places))

    def _new_place(self, layout: Layout) -> _Place:
        place = _Place(layout, offset=self._end)
        self._end += -(-layout.nbytes // _ALIGNMENT) * _ALIGNMENT
        return place

    # Binding it

    def bind(
        self,
        inputs: Mapping[str, Array],
        outputs: Mapping[str, Array],
        workspace: Array,
        steady: Mapping[str, Version] | None = None,
        keep: Callable[[int], None] = _forget,
    ) -> Thunk | None:
        """Return what runs the steps on these operands.

        Arrays whose elements lie apart take part through contiguous copies.

        Parameters
        ----------
        inputs, outputs : mapping of str to array
            The operands.
        workspace : array
            Bytes that others use, too, between the runs.
        steady : mapping of str to callable, optional
            The versions of inputs that seldom change: what is moved of them is moved
            only when they did.
        keep : callable
            Told the bytes of memory that this takes.
        """
        before: list[Thunk] = []
        after: list[Thunk] = []
        arrays: dict[str, Array] = {}
        for name, array in (*inputs.items(), *outputs.items()):
            used = arrays[name] = np.ascontiguousarray(array)
            if used is array:
                continue
            if name in inputs or name in self._added:
                before.append(partial(np.copyto, used, array))
            if name in outputs:
                after.append(partial(np.copyto, array, used))
        contiguous = {n: v for n, v in (steady or {}).items() if arrays[n] is inputs[n]}
        run = self._bind(arrays, workspace, contiguous, keep)
        return bind_all((*before, run, *after))

    def _bind(
        self,
        arrays: Mapping[str, Array],
        workspace: Array,
        steady: Mapping[str, Version],
        keep: Callable[[int], None],
    ) -> Thunk:
        if workspace is None or workspace.nbytes < self.nbytes:
            # It was declared before the requests and the threads were known.
            workspace = np.empty(self.nbytes, np.uint8)
        start = int(workspace.ctypes.data)
        start += -start % _ALIGNMENT
        arrays = {**self._constants, **arrays}
        addresses = {name: int(x.ctypes.data) for name, x in arrays.items()}

        moved = self._moved(steady)
        copies = {
            place.offset: aligned_bytes(place.layout.nbytes) for _, place, _ in moved
        }

        def address(place: _Place) -> int:
            if place.operand:
                return addresses[place.operand]
            if place.offset in copies:
                return int(copies[place.offset].ctypes.data)
            return start + (self._end if place.offset < 0 else place.offset)

        first = {id(step) for step, *_ in moved}
        steps = [step for step in self._steps if id(step) not in first]
        calls = [_Call(step, address) for step in steps]
        owned = (arrays, workspace, copies)
        run = _runner(calls, self.threads, owned)
        for step, place, version in moved:
            keep(copies[place.offset].nbytes)
            pack = _runner([_Call(step, address)], self.threads, owned)
            run = Packed(version, pack, run)
        return run

    def moved_bytes(self, operands: Collection[str]) -> int:
        """Return the bytes of what the plan moves of some operands."""
        moved = self._moved(dict.fromkeys(operands, _unknown))
        return sum(place.layout.nbytes for _, place, _ in moved)

    def _moved(
        self, steady: Mapping[str, Version]
    ) -> list[tuple[_Step, _Place, Version]]:
        """Return the steps that only move what seldom changes into the workspace.

        With each comes where it moves that to, and the version of what it moves.
        """
        moved = []
        for step in self._steps:
            if not step.primitive.moves:
                continue
            source = step.arguments[Argument.SOURCE].operand
            place = step.arguments[Argument.RESULT]
            if source in steady and not place.operand:
                moved.append((step, place, steady[source]))
        return moved


class _Call:
    """A step with its memory."""

    def __init__(self, step: _Step, address: Callable[[_Place], int]) -> None:
        self.primitive = step.primitive
        self.handle = step.primitive.handle
        self.count = len(step.arguments)
        self.arguments = (Filled * self.count)()
        self.memories = []
        for filled, (name, place) in zip(
            self.arguments, step.arguments.items(), strict=True
        ):
            memory = Memory(place.layout, address(place))
            filled.name, filled.memory = name, memory.handle
            self.memories.append(memory)


class _Stream:
    """What primitives are run through; one for each bound kernel."""

    def __init__(self) -> None:
        self.handle = make("stream_create", engine(), codes.IN_ORDER)
        owns(self, "stream", self.handle)


def _runner(calls: list[_Call], threads: int, kept: object) -> Thunk:
    """Return a function that makes the calls, and keeps alive what they touch."""
    stream = _Stream()
    execute = library().dnnl_primitive_execute
    current, change = library().omp_get_max_threads, library().omp_set_num_threads
    # What one run reads, in local variables: each look-up would be paid at every run.
    steps = [(call.handle, stream.handle, call.count, call.arguments) for call in calls]
    owned = (calls, stream, kept)

    def run() -> None:
        if threads > 1:
            use_team()
        before = current()
        if before != threads:
            change(threads)
        try:
            for index, step in enumerate(steps):
                status = execute(*step)
                if status:
                    raise Failure(owned[0][index].primitive.name, status)
        finally:
            if before != threads:
                change(before)

    return run
