"""Which Vars each no-op operation reads and writes: the same for every side."""

from __future__ import annotations

import random
from dataclasses import dataclass

TASKS = 10_000
DAG_VARS = 1_000
SEED = 2016

Touches = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Program:
    """Operations in push order, each as the Vars it reads and writes, by number."""

    variables: int
    operations: tuple[Touches, ...]


def independent(tasks: int = TASKS) -> Program:
    """Operations that write one Var each, all different."""
    return Program(tasks, tuple(((), (i,)) for i in range(tasks)))


def chain(tasks: int = TASKS) -> Program:
    """Operations that all write the same Var."""
    return Program(1, tuple(((), (0,)) for _ in range(tasks)))


def read_write(tasks: int = TASKS) -> Program:
    """Operations that read one of two Vars and write the other, by turns."""
    return Program(2, tuple(((i % 2,), (1 - i % 2,)) for i in range(tasks)))


def random_dag(tasks: int = TASKS) -> Program:
    """Operations that read two to four of 1000 Vars and write another one."""
    source = random.Random(SEED)
    operations = []
    for _ in range(tasks):
        *reads, write = source.sample(range(DAG_VARS), source.randint(3, 5))
        operations.append((tuple(reads), (write,)))
    return Program(DAG_VARS, tuple(operations))


def dependencies(program: Program) -> list[list[int]]:
    """List for each operation those that it has to wait for.

    A read waits for the Var's last write, and a write for the reads since, or else for
    the last write.
    """
    writer: dict[int, int] = {}
    readers: dict[int, list[int]] = {}
    found = []
    for number, (reads, writes) in enumerate(program.operations):
        before = {writer[var] for var in reads if var in writer}
        for var in writes:
            last = [writer[var]] if var in writer else []
            before.update(readers.pop(var, last))
        found.append(sorted(before))
        for var in reads:
            readers.setdefault(var, []).append(number)
        for var in writes:
            writer[var] = number
    return found


def crossing(first: int, tasks: int = TASKS // 2) -> Program:
    """Operations of one of two threads, which write two Vars in opposite orders."""
    both = (first, 1 - first)
    return Program(2, tuple(((), both) for _ in range(tasks)))


PROGRAMS = {
    "independent": independent,
    "chain": chain,
    "read-write": read_write,
    "random-dag": random_dag,
}
