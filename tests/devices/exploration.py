"""Small programs over lanes of the host and of devices, in every order of their steps.

As in `tests.engine.exploration` one thread registers the operations in turn. One on the
host completes at any moment after it is ready. One on a device is *issued* at any such
moment, and finishes at any moment after that: once all that were issued on its lane
before it have, and once those have that it waits for the events of.

What must hold in every order: an operation of the host becomes ready after all that it
conflicts with have finished. One of a device becomes ready after those of the host have
ended and those of devices were issued, and events keep it behind each of these that has
not finished: it waits for them, or for what waits for them. Each becomes ready exactly
once, and all end.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from dataflow_engine.devices import records
from dataflow_engine.operations import Operation
from dataflow_engine.records import Pending
from tests.engine import exploration
from tests.engine.exploration import METHODS, OF_RECORDS, OF_VARS, Item, Registering
from tests.engine.search import Memory, Steps, Violation
from tests.engine.stepping import Request, Stepper, in_steps

HOST = "cpu"
ISSUE, FINISH = "issue", "finish"
OF_THE_RULE = {"unfinished", "enter", "join", "release"}


@dataclass(frozen=True)
class Placed(Item):
    """An operation with its lane: the host's, or one of a device."""

    lane: str = HOST

    @property
    def on_device(self) -> bool:
        """Whether it is issued before it finishes."""
        return self.lane != HOST


Program = tuple[Placed, ...]


@cache
def code(change: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return registration on devices in steps, over the rule in steps."""
    rules = exploration.code()
    stand_in = ModuleType("dependencies_in_steps")
    stand_in.__dict__.update(rules)
    sys.modules[stand_in.__name__] = stand_in

    def changed(source: str) -> str:
        source = source if change is None else change(source)
        return source.replace("dataflow_engine.dependencies", stand_in.__name__)

    routines = {"register"} | OF_THE_RULE
    stepper = Stepper(routines, OF_VARS | OF_RECORDS, METHODS, locks={"lock"})
    try:
        return {**rules, "devices": in_steps(records, stepper, changed)}
    finally:
        del sys.modules[stand_in.__name__]


class RegisteringOnDevices(Registering):
    """One execution of a program.

    Parameters
    ----------
    memory : Memory
        Of the search.
    program : tuple of Placed
        What is pushed.
    names : dict
        What `code` returned.
    rule : str
        Which of the scheduling rules.
    variables : int
        How many Vars there are.
    awaits : bool
        False: a fault, with which an operation finishes before those that it came
        after on other lanes.
    """

    program: Program

    def __init__(
        self,
        memory: Memory,
        program: Program,
        names: dict[str, Any],
        rule: str,
        variables: int,
        awaits: bool = True,
    ) -> None:
        self.register = names["devices"]["register"]
        self.awaits = awaits
        self.issued: set[int] = set()
        self.queues = {item.lane: deque[int]() for item in program}
        self.gates: dict[
            int, Any
        ] = {}  # of those who wait, by the ids of their notices
        self.notices: list[Operation] = []
        self.befores: dict[int, set[int]] = {}
        self.numbers_of_issued: dict[int, int] = {}
        super().__init__(memory, program, names[rule], variables)

    def _operation(self, item: Item) -> Operation:
        operation = super()._operation(item)
        operation._home = item.lane  # type: ignore[attr-defined]
        return operation

    def _push(self) -> Steps:
        for number, item in enumerate(self.program):
            self.pushing = number
            operation = self.operations[number]
            if item.on_device:
                record = yield from self.register(self.rule, operation)
            else:
                record = yield from self.rule.register(operation)
            if record is not None:
                self.becomes_ready(record)
        self.pushing = len(self.program)

    def becomes_ready(self, record: Pending) -> None:
        """Note that somebody owns a record, who will complete it, or has waited."""
        gate = self.gates.pop(id(record.operation), None)
        if gate is not None:
            gate.release()
            return
        number = self._number(record)
        self._expose(record)
        if self.program[number].on_device:
            self.befores[number] = set(map(self._number, record.befores))
        self.may_run(number)
        if self.program[number].on_device:
            self.spawn(f"{ISSUE} {number}", self._complete(record.issued))
        else:
            self.spawn(str(number), self._complete(record))

    def may_run(self, number: int) -> None:
        """Note that an item may run on the host, or be issued."""
        if number in self.ready:
            raise Violation(f"{number} becomes ready twice")
        self.ready.add(number)
        item = self.program[number]
        for before in range(number):
            if before in self.ended or not self.program[before].conflicts(item):
                continue
            if not (item.on_device and before in self.issued):
                raise Violation(f"{number} is ready although {before} has not ended")
            if before not in self._kept_behind(number):
                raise Violation(f"no event keeps {number} behind {before}")

    def _kept_behind(self, number: int) -> set[int]:
        """Return all that events keep an item behind."""
        direct = self.befores.get(number, set())
        return direct.union(*map(self._kept_behind, direct))

    def began(self, thread: object) -> None:
        """Note nothing: it is `done` that tells."""

    def perform(self, request: Request) -> Any:
        """Perform a request; what is done is issued, or has ended."""
        result = super().perform(request)
        kind, thing, *details = request
        if kind == "set" and details == ["done", True]:
            number = self.numbers_of_issued.get(id(thing))
            if number is None:
                self.ended.add(self._number(thing))
            else:
                self.issued.add(number)
                self._sent(number)
        return result

    def _sent(self, number: int) -> None:
        """Let an item finish after those that were issued on its lane before."""
        queue = self.queues[self.program[number].lane]
        queue.append(number)
        if len(queue) == 1:
            self.spawn(f"{FINISH} {number}", self._finish(number))

    def _finish(self, number: int) -> Steps:
        record: Any = self.records[number]
        for before in record.befores if self.awaits else ():
            notice = super()._operation(Item())
            self.notices.append(notice)
            gate = self.gates[id(notice)] = threading.Lock()
            gate.acquire()
            self.kept.append(gate)
            self.owners[id(gate)] = None
            waiting = yield from self.rule.follow(notice, before)
            if waiting is None:
                del self.gates[id(notice)]
            else:
                yield ("acquire", gate)
        yield from self._complete(record)
        queue = self.queues[self.program[number].lane]
        queue.popleft()
        if queue:
            self.spawn(f"{FINISH} {queue[0]}", self._finish(queue[0]))

    def finish(self) -> None:
        """Raise unless everything has ended."""
        super().finish()
        for number in range(len(self.program)):
            if number not in self.ended:
                raise Violation(f"{number} never ends")

    # Which steps another thread may notice, and the state

    def _others_touch(self, thing: Any) -> bool:
        """Return whether a second thread may yet touch a record or its successors."""
        owner: Any = self.owners[id(thing)]
        if owner is None:  # tickets and locks
            return True
        stage, number = owner if isinstance(owner, tuple) else (FINISH, owner)
        if number >= len(self.program):  # of who waits for another to finish
            return True
        own = number if not self.program[number].on_device else f"{stage} {number}"
        others = {str(own)} - {self._name()}
        if not self._registering() and self._related(number, self.pushing):
            return True
        if stage == FINISH:  # they wait for it
            after = self._related(number, number + 1)
            others |= {f"{FINISH} {i}" for i in after} - {self._name()}
        return not all(map(self._over, others))

    def _related(self, number: int, start: int) -> list[int]:
        """Return the items from one on that touch Vars of an item."""
        touched = self.program[number].touches
        later = range(start, len(self.program))
        return [i for i in later if self.program[i].touches & touched]

    def _over(self, name: str) -> bool:
        """Return whether a thread has ended, or there will be none of that name."""
        kind, _, number = name.rpartition(" ")
        if kind and not self.program[int(number)].on_device:
            return True
        thread = self.threads.get(name)
        return thread is not None and thread.steps.gi_frame is None

    def _name(self) -> str:
        assert self.current is not None
        return self.current.name

    def _check(self, request: Request) -> None:
        """Raise for an access to a Var from where only registration may be."""
        kind, _, *details = request
        if kind in ("get", "set") and details[0] in OF_VARS and not self._registering():
            raise Violation(
                f"a completion looks at {details[0]}, which only pushes may"
            )

    def _expose(self, value: Any, owner: int | None = None) -> None:
        """Note that others may see a value; a record of a device has another one."""
        known = id(value) in self.owners
        super()._expose(value, owner)
        issued = getattr(value, "issued", None)
        if issued is not None and not known:
            number = self._number(value)
            self.numbers_of_issued[id(issued)] = number
            self.kept.append(issued)
            owner: Any = (ISSUE, number)
            self.owners[id(issued)] = owner
            self.owners[id(issued.lock)] = None
            super()._expose(issued.successors, owner)

    def shared(self) -> Hashable:
        """Return the state of all records, and in which order lanes finish theirs."""
        issued = frozenset(
            (number, record.issued.done, self._waiting(record.issued))
            for number, record in self.records.items()
            if hasattr(record, "issued")
        )
        queues = tuple((lane, *queue) for lane, queue in self.queues.items())
        return super().shared(), issued, queues, frozenset(self._held())

    def _waiting(self, record: Any) -> tuple[int, ...]:
        return tuple(map(self._number, record.successors))

    def _held(self) -> Iterator[int]:
        return (self.numbers[key] for key in self.gates)


def programs(variables: int, length: int) -> Iterator[tuple[Program, int]]:
    """Return all programs of so many items over the host and two lanes of devices.

    But one of those that only differ in the names of lanes, and none of the host alone.

    Yields
    ------
    program : tuple of Placed
    variables : int
    """
    kinds = [k for k in itertools.product("-rw", repeat=variables) if set(k) != {"-"}]
    items = [
        Placed(
            tuple(i for i, letter in enumerate(kind) if letter == "r"),
            tuple(i for i, letter in enumerate(kind) if letter == "w"),
            lane=lane,
        )
        for kind in kinds
        for lane in (HOST, "a", "b")
    ]
    for program in itertools.product(items, repeat=length):
        lanes = [item.lane for item in program if item.on_device]
        if lanes and lanes[0] == "a":
            yield program, variables
