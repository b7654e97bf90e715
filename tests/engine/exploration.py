"""Small programs over Vars, in every order of registration and completion.

A program is a list of items over numbered Vars: what an operation reads and writes, or
a Var whose last write is waited for. One thread registers them in turn, as whoever
holds the registrar does; each operation that becomes ready is a thread of its own,
which completes at any moment. That covers any number of pushers and workers: pushers
only take turns at registering (what they do besides is explored in `test_inbox`).

What must hold in every order: each operation becomes ready exactly once, not before
all that it conflicts with among those pushed earlier has ended, and all end.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

from dataflow_engine import NaiveEngine, Operation, dependencies
from dataflow_engine.records import NOBODY, Pending
from tests.engine.search import Memory, Steps, Thread, Violation, World
from tests.engine.stepping import Request, Stepper, functions_of, in_steps

NOT_IN_STEPS = {"default_rule"}
OF_VARS = {"_writer", "_readers", "_prune_at"}
OF_RECORDS = {"done", "successors", "tickets", "waits_for"}
METHODS = {"pop", "append", "remove"}


@dataclass(frozen=True)
class Item:
    """An operation by the numbers of its Vars; or a wait for ``awaits``."""

    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    awaits: int | None = None

    @cached_property
    def touches(self) -> frozenset[int]:
        """The numbers of all Vars that it looks at."""
        awaited = () if self.awaits is None else (self.awaits,)
        return frozenset((*self.reads, *self.writes, *awaited))

    def conflicts(self, later: Item) -> bool:
        """Return whether something pushed later has to wait for this."""
        if later.awaits is not None:
            return later.awaits in self.writes
        touched = {*later.reads, *later.writes}
        return not (
            touched.isdisjoint(self.writes) and set(self.reads).isdisjoint(later.writes)
        )


Program = tuple[Item, ...]


@cache
def code(change: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return the scheduling rules in steps; ``change`` plants a fault."""
    routines = functions_of(dependencies) - NOT_IN_STEPS
    stepper = Stepper(routines, OF_VARS | OF_RECORDS, METHODS, locks={"lock"})
    quiet = SimpleNamespace(interrupt_main=_nothing)
    replaced = {"FIRST_PRUNE": 2, "_thread": quiet}
    if change is None:
        return in_steps(dependencies, stepper, **replaced)
    return in_steps(dependencies, stepper, change, **replaced)


class Registering(World):
    """One execution of a program.

    Parameters
    ----------
    memory : Memory
        Of the search.
    program : tuple of Item
        What is pushed.
    rule : class
        One of the rules of `code`.
    variables : int
        How many Vars there are.
    """

    def __init__(
        self, memory: Memory, program: Program, rule: Any, variables: int
    ) -> None:
        super().__init__(memory)
        self.program = program
        self.rule = rule
        self.engine = NaiveEngine()  # it only owns the Vars
        self.variables = [self.engine.new_variable(str(i)) for i in range(variables)]
        for var in self.variables:
            var._prune_at = 2
        self.numbers: dict[int, int] = {}
        self.records: dict[int, Pending] = {}
        # What others may see, by id: the number of its record; None for tickets.
        self.owners: dict[int, int | None] = {}
        self.kept: list[Any] = []  # lists among them, so that no id is used twice
        self.ready: set[int] = set()
        self.ended: set[int] = set()
        self.operations = [self._operation(item) for item in program]
        self.pushing = 0
        self.spawn("push", self._push())

    def _operation(self, item: Item) -> Operation:
        operation = Operation(
            self.engine,
            _nothing,
            [self.variables[i] for i in item.reads],
            [self.variables[i] for i in item.writes],
            "cpu",
            0,
            None,
            "op",
        )
        self.numbers[id(operation)] = len(self.numbers)
        return operation

    def _push(self) -> Steps:
        for number, item in enumerate(self.program):
            operation = self.operations[number]
            self.pushing = number
            if item.awaits is None:
                record = yield from self.rule.register(operation)
                if record is not None:
                    self.becomes_ready(record)
            else:
                writer = self.variables[item.awaits]._writer
                record = yield from self.rule.follow(operation, writer)
                if record is None:
                    self.may_run(number)
        self.pushing = len(self.program)

    def _complete(self, record: Pending) -> Steps:
        for after in (yield from self.rule.complete(record)):
            self.becomes_ready(after)

    def becomes_ready(self, record: Pending) -> None:
        """Note that somebody owns a record, who will run and complete it."""
        number = self._number(record)
        self.may_run(number)
        self._expose(record)
        self.spawn(str(number), self._complete(record))

    def may_run(self, number: int) -> None:
        """Note that an item may run, or that a wait is over."""
        if number in self.ready:
            raise Violation(f"{number} becomes ready twice")
        self.ready.add(number)
        for before in range(number):
            conflict = self.program[before].conflicts(self.program[number])
            if conflict and before not in self.ended:
                raise Violation(f"{number} is ready although {before} has not ended")

    def began(self, thread: Thread) -> None:
        """Note the end of an operation's function: `done` is set in this step."""
        if thread.name != "push":
            self.ended.add(int(thread.name))

    def finish(self) -> None:
        """Raise unless everything has ended."""
        for number in range(len(self.program)):
            if number not in self.ready:
                raise Violation(f"{number} never becomes ready")

    # Which steps another thread may notice

    def visible(self, request: Request) -> bool:
        """Return whether a request is about a record or list that others know.

        What only one thread at a time may touch is no step of its own; `perform`
        checks that this is so.
        """
        kind, thing, *details = request
        if kind == "next":
            thing = thing.source
        if id(thing) not in self.owners:
            return False
        if kind in ("get", "set") and details[0] in (*OF_VARS, "tickets", "waits_for"):
            return False
        if kind == "get" and details[0] == "successors" and self._registering():
            return False
        return kind == "set" or self._others_touch(thing)

    def _others_touch(self, thing: Any) -> bool:
        """Return whether a second thread may yet touch a record or its successors."""
        owner = self.owners[id(thing)]
        if owner is None:  # tickets and locks
            return True
        if not self._registering():
            later = self.program[self.pushing :]
            return any(item.touches & self.program[owner].touches for item in later)
        thread = self.threads.get(str(owner))
        return thread is None or not thread.begun or thread.request is not None

    def _registering(self) -> bool:
        assert self.current is not None
        return self.current.name == "push"

    def perform(self, request: Request) -> Any:
        """Perform a request; what is put where others look is seen from then on."""
        self._check(request)
        result = super().perform(request)
        kind, thing, *details = request
        if kind == "set" and id(thing) in self.owners:
            self._expose(details[1], self.owners[id(thing)])
        elif kind == "call" and id(thing) in self.owners:
            for value in details[1]:
                self._expose(value)
        return result

    def _check(self, request: Request) -> None:
        """Raise for an access from where `visible` relies on there being none."""
        kind, thing, *details = request
        if kind not in ("get", "set"):
            return
        name = details[0]
        if name in OF_VARS and not self._registering():
            raise Violation(f"a completion looks at {name}, which only pushes may")
        if name == "waits_for" and id(thing) in self.owners and not thing.lock.locked():
            raise Violation("a count is touched without its lock")
        if kind == "set" and id(thing) in self.owners:
            if name == "tickets":
                raise Violation("tickets change although others know the record")
            if name != "waits_for" and (name == "successors") != self._registering():
                raise Violation(f"{name} is set by the wrong side")

    def _expose(self, value: Any, owner: int | None = None) -> None:
        """Note that others may see a value from now on, as a part of its owner."""
        if value is NOBODY or value is dependencies.EMPTY or id(value) in self.owners:
            return
        if isinstance(value, Pending):
            number = self._number(value)
            self.owners[id(value)] = number
            self.records[number] = value
            self._expose(getattr(value, "successors", None), number)
            self._expose(getattr(value, "tickets", None))
            lock = getattr(value, "lock", None)
            if lock is not None:
                self.owners[id(lock)] = None
        elif isinstance(value, list):
            self.owners[id(value)] = owner
            self.kept.append(value)
            for part in value:
                self._expose(part)

    # The state

    def _number(self, record: Pending) -> int:
        return self.numbers[id(record.operation)]

    def describe(self, value: Any) -> Hashable:
        """Return what a thread has seen."""
        if isinstance(value, Pending) and value is not NOBODY:
            return ("record", self._number(value))
        if isinstance(value, list):
            return "empty" if value is dependencies.EMPTY else "list"
        return super().describe(value)

    def shared(self) -> Hashable:
        """Return the state of the records that somebody may see."""
        return frozenset(
            (
                number,
                record.done,
                tuple(map(self._number, record.successors)),
                tuple(getattr(record, "tickets", None) or ()),
                getattr(record, "waits_for", 0),
            )
            for number, record in self.records.items()
        )


def _nothing() -> None:
    """Stand for an operation's function."""


def programs(
    variables: int, length: int, waits: bool = False
) -> Iterator[tuple[Program, int]]:
    """Return all programs of so many items, but one of those that only differ in names.

    Yields
    ------
    program : tuple of Item
    variables : int
    """
    kinds = itertools.product("-rw", repeat=variables)
    items = [_item(kind) for kind in kinds if set(kind) != {"-"}]
    if waits:
        items += [Item(awaits=i) for i in range(variables)]
    renamings = list(itertools.permutations(range(variables)))
    for program in itertools.product(items, repeat=length):
        if all(item.awaits is not None for item in program):
            continue
        own = _key(program, renamings[0])
        if all(own <= _key(program, names) for names in renamings):
            yield program, variables


def _item(kind: tuple[str, ...]) -> Item:
    return Item(
        tuple(i for i, letter in enumerate(kind) if letter == "r"),
        tuple(i for i, letter in enumerate(kind) if letter == "w"),
    )


def _key(program: Program, names: tuple[int, ...]) -> Any:
    return [
        (
            sorted(names[i] for i in item.reads),
            sorted(names[i] for i in item.writes),
            -1 if item.awaits is None else names[item.awaits],
        )
        for item in program
    ]
