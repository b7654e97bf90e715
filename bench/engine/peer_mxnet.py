"""MXNet's side: its C++ engine driven by a C loop, and from Python by ctypes.

From Python the operations are C no-ops ("ctypes") or Python functions ("callback").
Its C interface has no prepared operation: each push makes one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import accumulate

import mxnet

from bench.engine import latency_mxnet
from bench.engine.library import (
    SyncFunction,
    check,
    compiled_driver,
    context,
    handles,
    library,
    new_array,
    push_function,
)
from bench.engine.programs import PROGRAMS, Program
from bench.workload import Factory, Workload

VERSIONS = {"MXNet": mxnet.__version__}
driver = cache(compiled_driver)


@SyncFunction
def python_noop(_run_context: int, _parameter: int) -> None:
    """Do nothing, in Python."""


def c_loop(make: Callable[[], Program]) -> Workload:
    """Push from a loop in C."""
    program = make()
    arrays = [new_array() for _ in range(program.variables)]
    reads, read_ends = _flat(arrays, [reads for reads, _ in program.operations])
    writes, write_ends = _flat(arrays, [writes for _, writes in program.operations])
    count = len(program.operations)
    push = ctypes.cast(library.MXEnginePushSyncND, ctypes.c_void_p)
    wait = ctypes.cast(library.MXNDArrayWaitAll, ctypes.c_void_p)
    loop = driver().push_program

    def run() -> None:
        at = ctypes.byref(context)
        check(loop(push, wait, at, count, reads, read_ends, writes, write_ends))

    return Workload(run, count)


def from_python(make: Callable[[], Program], *, python: bool) -> Workload:
    """Push from a loop in Python."""
    program = make()
    arrays = [new_array() for _ in range(program.variables)]
    noop = ctypes.cast(python_noop if python else driver().noop, ctypes.c_void_p)
    at = ctypes.cast(ctypes.pointer(context), ctypes.c_void_p)
    calls = [
        (_picked(arrays, reads), len(reads), _picked(arrays, writes), len(writes))
        for reads, writes in program.operations
    ]
    push = push_function()

    def run() -> None:
        for reads, read_count, writes, write_count in calls:
            push(
                noop,
                None,
                None,
                at,
                reads,
                read_count,
                writes,
                write_count,
                None,
                0,
                None,
            )
        check(library.MXNDArrayWaitAll())

    return Workload(run, len(calls))


def _picked(
    arrays: Sequence[int], numbers: Sequence[int]
) -> ctypes.Array[ctypes.c_void_p]:
    return handles([arrays[i] for i in numbers])


def _flat(
    arrays: Sequence[int], touched: Sequence[Sequence[int]]
) -> tuple[ctypes.Array[ctypes.c_void_p], ctypes.Array[ctypes.c_int]]:
    """Return all handles one after the other, and where each operation's end."""
    numbers = [i for some in touched for i in some]
    ends = list(accumulate(map(len, touched)))
    return _picked(arrays, numbers), (ctypes.c_int * len(ends))(*ends)


WORKLOADS: dict[str, Factory] = {**latency_mxnet.WORKLOADS}
for _name, _program in PROGRAMS.items():
    WORKLOADS[f"c/{_name}"] = partial(c_loop, _program)
    WORKLOADS[f"ctypes/{_name}"] = partial(from_python, _program, python=False)
    WORKLOADS[f"callback/{_name}"] = partial(from_python, _program, python=True)
