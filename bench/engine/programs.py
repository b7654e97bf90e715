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
