"""Fused groups by the kernels of their steps, tile by tile.

All steps run on one tile before the next, so that what they hand to each other stays in
the cache and takes no memory but a few tiles. The steps' kernels are those that would
compute them one by one, so the results are the same, bit for bit. What is reduced is
reduced tile by tile, and that joined in double precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.fused import NAME, Program, temporaries
from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.fusing import is_spoiled, step_kernel
from dataflow_ops.kernels.reducing import (
    JOINS,
    Seen,
    bind_first,
    bind_last,
    element_outputs,
    empty_parts,
    has_whole_array,
    part_bytes,
    reduced_outputs,
)
from dataflow_ops.kernels.requests import assign
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.kernels.tiles import Tile, tile_of, tile_shape, tiles
from dataflow_ops.shapes import Shape, size

TILE = 1 << 17  # bytes of a tile; several of them fit into a core's own cache
LEAST = 1 << 20  # bytes of an array that no longer stays in the cache by itself
SPLIT = 1 << 20  # elements times steps from which on a second core pays

Specifications = Sequence[Specification]


def _accepts(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> bool:
    """Tell whether tiles save traffic between memory and cache."""
    program: Program = attributes.program
    nbytes = size(program.shape) * max(x.dtype.itemsize for x in outputs)
    return nbytes >= LEAST and bool(program.steps) and has_whole_array(program)


def _workspace(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> int:
    program, count = attributes.program, _count(attributes.program)
    return count * _Scratch(program).nbytes + part_bytes(program, count)


def _count(program: Program) -> int:
    """Count the halves: by the work alone, so that sums do not depend on the cores."""
    return 2 if program.work >= SPLIT else 1


@binder("reference", NAME, workspace=_workspace, accepts=_accepts)
def fused(call: Invocation) -> Thunk | None:
    """Bind the steps to tiles of the arrays."""
    program: Program = call.attributes.program
    binding = _Binding(program, call, _count(program))
    return FusedThunk(binding.halves(), binding.first, binding.last, program.owners)


class FusedThunk:
    """A bound group. After a failure, `failed` is the number of the member.

    Parameters
    ----------
    halves : sequence of Steps
        One or two that are run, side by side where possible.
    first, last : sequence of callable
        What is to be done before and after them.
    owners : tuple of int
        Those of the program.
    """

    def __init__(
        self,
        halves: Sequence[Steps],
        first: Sequence[Thunk] = (),
        last: Sequence[Thunk] = (),
        owners: tuple[int, ...] = (),
    ) -> None:
        self._halves = halves
        two = len(halves) == 2 and cores() > 1
        self._runs = [*first, *([Halves(*halves)] if two else halves), *last]
        self._owners = owners

    def __call__(self) -> None:
        """Compute the outputs."""
        for run in self._runs:
            run()

    @property
    def failed(self) -> int | None:
        """The member whose step failed last, if any."""
        found = [half.failed for half in self._halves if half.failed is not None]
        if not found:
            return None
        return self._owners[found[0]] if self._owners else found[0]


class Steps:
    """Bound steps in order, each with its number."""

    def __init__(self, bound: Sequence[tuple[int, Thunk]]) -> None:
        self._numbers = [number for number, _ in bound]
        self._thunks = [thunk for _, thunk in bound]
        self.failed: int | None = None

    def __call__(self) -> None:
        """Run them."""
        index = 0
        try:
            for index, thunk in enumerate(self._thunks):  # noqa: B007
                thunk()
        except BaseException:
            self.failed = self._numbers[index]
            raise


class _Scratch:
    """How one half's workspace is divided: tiles of inner values, the kernels' own."""

    def __init__(self, program: Program) -> None:
        self.inner = temporaries(program)
        self.count = TILE // max(dtype.itemsize for dtype in program.dtypes)
        chosen = [step_kernel(program, step) for step in program.steps]
        self.kernels = [kernel for kernel, _ in chosen]
        rest = max((nbytes for _, nbytes in chosen), default=0)
        self.nbytes = self.inner.buffers * TILE + -(-rest // 64) * 64

    def tile(self, block: Array, value: int, shape: Shape, dtype: DType) -> Array:
        """Return a tile of an inner value."""
        start = self.inner.slots[value] * TILE
        part = block[start : start + size(shape) * dtype.itemsize]
        return part.view(dtype).reshape(shape)

    def rest(self, block: Array) -> Array:
        """Return what the steps' kernels may use, one after another."""
        return block[self.inner.buffers * TILE :]


class _Binding:
    """Binds a program's steps to tiles of a call's arrays.

    Where an output shares memory with an input in a way that tiles would spoil, all
    outputs are computed beside, and assigned by `last` when everything was read.
    """

    def __init__(self, program: Program, call: Invocation, count: int) -> None:
        self.program = program
        self.call = call
        self.scratch = _Scratch(program)
        self.last: list[Thunk] = []
        slots = element_outputs(program)
        outputs = {value: call.outputs[slot] for value, slot in slots.items()}
        self.asked = {value: call.requests[slot] for value, slot in slots.items()}
        if is_spoiled(program, call):
            outputs = {
                v: call.xp.empty(program.shape, program.dtypes[v]) for v in slots
            }
            self.asked = dict.fromkeys(slots, Request.WRITE)
            self.last = [partial(assign, call, slots[v], x) for v, x in outputs.items()]
        reduced = [call.outputs[slot] for slot in reduced_outputs(program)]
        seen = Seen(program, call.inputs, outputs, reduced)
        self.shape, self.kept, self.external = seen.shape, seen.kept, seen.elements
        room = count * self.scratch.nbytes
        block = call.workspace
        if block is None:
            block = np.empty(room + part_bytes(program, count), np.uint8)
        self.block: Array = block
        self.parts = empty_parts(program, seen.kept_shape, count, block[room:])
        # What a tile is reduced to, one after another.
        most = min(self.scratch.count, size(seen.kept_shape))
        kinds = {program.dtypes[r.reads] for r in program.reductions}
        self.made = {kind: np.empty((count, most), kind) for kind in kinds}
        self.first = bind_first(program, self.parts)
        self.last += bind_last(program, call, seen, self.parts)
        self.count = count

    def halves(self) -> list[Steps]:
        """Bind all tiles, divided among one or two lists of steps."""
        count = self.count
        cut = tiles(self.shape, self.scratch.count)
        nbytes, block = self.scratch.nbytes, self.block
        per = -(-len(cut) // count)
        return [
            Steps(
                list(self._bound(i, cut[i * per : (i + 1) * per], block[i * nbytes :]))
            )
            for i in range(count)
        ]

    def _bound(
        self, half: int, cut: Sequence[Tile], block: Array
    ) -> Iterator[tuple[int, Thunk]]:
        inner: dict[Shape, dict[int, Array]] = {}
        again: dict[tuple[int, Shape], Thunk | None] = {}
        for tile in cut:
            shape = tile_shape(self.shape, tile)
            if shape not in inner:
                inner[shape] = {
                    value: self.scratch.tile(block, value, shape, dtype)
                    for value in self.scratch.inner.slots
                    if (dtype := self.program.dtypes[value])
                }
            parts = {v: tile_of(a, self.shape, tile) for v, a in self.external.items()}
            arrays = {**inner[shape], **parts}
            for number, step in enumerate(self.program.steps):
                key = number, shape
                if key in again:  # it touches nothing but inner values
                    thunk = again[key]
                else:
                    thunk = self._bind(number, arrays, block)
                    if parts.keys().isdisjoint((*step.reads, *step.writes)):
                        again[key] = thunk
                if thunk is not None:
                    yield number, thunk
            yield from self._reduced(half, tile, arrays)

    def _reduced(
        self, half: int, tile: Tile, arrays: Mapping[int, Array]
    ) -> Iterator[tuple[int, Thunk]]:
        """Bind what reduces a tile, and joins that to the half's part."""
        first = len(self.program.steps)
        axes = tuple(axis for axis, stays in enumerate(self.kept) if not stays)
        ends = zip(self.program.reductions, self.parts, strict=True)
        for number, (r, parts) in enumerate(ends, start=first):
            join, array = JOINS[r.by][0], arrays[r.reads]
            if array.shape != tile_shape(self.shape, tile):
                array = np.broadcast_to(array, tile_shape(self.shape, tile))
            part = tile_of(parts[half], self.shape, tile)
            made = self.made[array.dtype][half, : part.size].reshape(part.shape)
            yield number, partial(join.reduce, array, axes, None, made, True)
            yield number, partial(join, part, made, out=part)

    def _bind(
        self, number: int, arrays: Mapping[int, Array], block: Array
    ) -> Thunk | None:
        step = self.program.steps[number]
        requests = tuple(
            self.asked.get(v, Request.WRITE if v in arrays else Request.NULL)
            for v in step.writes
        )
        outputs = tuple(arrays.get(value) for value in step.writes)
        made = next(array for array in outputs if array is not None)
        return self.scratch.kernels[number].bind(
            replace(
                self.call,
                attributes=step.attributes,
                inputs=tuple(arrays[value] for value in step.reads),
                outputs=outputs,
                requests=requests,
                shapes=(made.shape,) * len(outputs),
                workspace=self.scratch.rest(block),
            )
        )
