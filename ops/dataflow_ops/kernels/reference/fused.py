"""Fused groups by the kernels of their steps, tile by tile.

All steps run on one tile before the next, so that what they hand to each other stays in
the cache and takes no memory but a few tiles. The steps' kernels are those that would
compute them one by one, so the results are the same, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.fused import NAME, Program, temporaries
from dataflow_ops.kernels.cores import Halves, cores
from dataflow_ops.kernels.fusing import is_spoiled, step_kernel
from dataflow_ops.kernels.requests import assign
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.kernels.tiles import Tile, collapsed, tile_of, tile_shape, tiles
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
    return nbytes >= LEAST


def _workspace(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> int:
    return 2 * _Scratch(attributes.program).nbytes  # one for each half


@binder("reference", NAME, workspace=_workspace, accepts=_accepts)
def fused(call: Invocation) -> Thunk | None:
    """Bind the steps to tiles of the arrays."""
    program: Program = call.attributes.program
    binding = _Binding(program, call)
    work = size(program.shape) * len(program.steps)
    halves = binding.halves(2 if work >= SPLIT and cores() > 1 else 1)
    return FusedThunk(halves, binding.last)


class FusedThunk:
    """A bound group. After a failure, `failed` is the number of the step.

    Parameters
    ----------
    halves : sequence of Steps
        One or two that are run, side by side where possible.
    last : sequence of callable
        What is to be done after them.
    """

    def __init__(self, halves: Sequence[Steps], last: Sequence[Thunk] = ()) -> None:
        self._halves = halves
        self._run = halves[0] if len(halves) == 1 else Halves(*halves)
        self._last = last

    def __call__(self) -> None:
        """Compute the outputs."""
        self._run()
        for thunk in self._last:
            thunk()

    @property
    def failed(self) -> int | None:
        """The step that failed last, if any."""
        found = [half.failed for half in self._halves if half.failed is not None]
        return found[0] if found else None


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
        rest = max(nbytes for _, nbytes in chosen)
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

    def __init__(self, program: Program, call: Invocation) -> None:
        self.program = program
        self.call = call
        self.scratch = _Scratch(program)
        outputs, self.requests = call.outputs, call.requests
        self.last: list[Thunk] = []
        if is_spoiled(program, call):
            kinds = [program.dtypes[value] for value in program.outputs]
            outputs = tuple(call.xp.empty(program.shape, kind) for kind in kinds)
            self.requests = (Request.WRITE,) * len(outputs)
            self.last = [partial(assign, call, i, x) for i, x in enumerate(outputs)]
        self.shape, views = collapsed(program.shape, [*call.inputs, *outputs])
        values = [*range(len(call.inputs)), *program.outputs]
        self.external = dict(zip(values, views, strict=True))

    def halves(self, count: int) -> list[Steps]:
        """Bind all tiles, divided among so many lists of steps."""
        cut = tiles(self.shape, self.scratch.count)
        nbytes = self.scratch.nbytes
        block = self.call.workspace
        if block is None:
            block = np.empty(count * nbytes, np.uint8)
        per = -(-len(cut) // count)
        return [
            Steps(list(self._bound(cut[i * per : (i + 1) * per], block[i * nbytes :])))
            for i in range(count)
        ]

    def _bound(self, cut: Sequence[Tile], block: Array) -> Iterator[tuple[int, Thunk]]:
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

    def _bind(
        self, number: int, arrays: Mapping[int, Array], block: Array
    ) -> Thunk | None:
        step = self.program.steps[number]
        asked = dict(zip(self.program.outputs, self.requests, strict=True))
        requests = tuple(
            asked.get(v, Request.WRITE if v in arrays else Request.NULL)
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
