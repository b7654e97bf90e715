"""How threads hand over to each other what they push, in every order of their steps.

The code is that of `ThreadedEngine.push`, `replay`, `wait_for` and of the registrar.
Registering is one step here, since only who holds the baton does it; the rule itself
is explored in `test_exploration`.
"""

import contextlib
from functools import cache
from types import SimpleNamespace

import pytest

from dataflow_engine import Operation, Plan, registrar, threaded, waits
from tests.engine.search import Violation, World, explore
from tests.engine.stepping import Stepper, in_steps, planted

ROUTINES = {
    *("push", "replay", "_post", "_enqueue", "_idle"),
    *("wait_for", "_wait_for_writer", "_follow"),
    *("post", "see_through", "collect", "drain", "mend"),
}
SHARED = {"inbox", "pushed", "_position", "ended", "_writer", "done"}
METHODS = {"append", "completed"}
# What only who holds the baton changes, or nobody.
OF_THE_HOLDER = {"inbox", "pushed", "_position"}
REFUSED = 0  # instead of a number of operations: a push on a deleted Var


@cache
def engine_class(where=None, change=None):
    """The threaded engine whose pushes go step by step; a fault is in one module."""

    def load(module, **replaced):
        stepper = Stepper(ROUTINES, SHARED, METHODS)
        if where is not module:
            return in_steps(module, stepper, **replaced)
        return in_steps(module, stepper, change, **replaced)

    kind = load(
        threaded,
        Registrar=load(registrar)["Registrar"],
        lifecycle=SimpleNamespace(watch=lambda engine: None),
    )["ThreadedEngine"]
    kind.__bases__ = (load(waits)["Waits"],)
    return kind


class Pushing(World):
    """Pushers, each with a list of batches, which all write its own Var.

    Those in ``waits`` wait for it at the end; with ``asks`` somebody asks whether all
    is done. In both cases what is ready runs at any moment, and not at once.
    """

    def __init__(self, memory, kind, pushers, waits=(), asks=False):
        super().__init__(memory)
        self.engine = self._make_engine(kind)
        self.order = []
        self.returned = []  # what was pushed by calls that are over
        self.completed = []
        self.total = sum(map(sum, pushers))
        self.waits, self.asks = waits, asks
        self.followed = []  # Vars whose last write somebody has to wait for
        for number, batches in enumerate(pushers):
            self.spawn(f"pusher {number}", self._push(number, batches))
        if asks:
            self.spawn("asks", self._ask())

    def _make_engine(self, kind):
        engine = kind(1, inline_below_us=0.0)
        rule = SimpleNamespace(register=self._register, follow=self._follow)
        engine._register = self._register
        engine._rule = engine._registrar._rule = rule
        engine._registrar._dispatch = engine._dispatch = self._dispatch
        engine._census = SimpleNamespace(completed=lambda: len(self.completed))
        engine._wait_for_writer = self._wait_slowly
        return engine

    def _check_baton(self):
        if self.engine._registrar.baton:
            raise Violation("registering without the baton")

    def _register(self, operation):
        self._check_baton()
        if operation.name.startswith("refused"):
            raise AttributeError("a deleted Var has no _writer")
        self.order.append(operation.name)
        record = SimpleNamespace(operation=operation, done=False)
        operation.writes[0]._writer = record
        return record

    def _follow(self, notice, writer):
        self._check_baton()
        return None if writer.done else object()

    def _dispatch(self, ready):
        for pending in ready:
            self.ready(pending)

    def ready(self, pending):
        name = pending.operation.name
        if self.asks or self.waits:
            self.spawn(f"run {name}", self._run(pending))
        elif name in self.completed:
            raise Violation(f"{name} runs twice")
        else:
            self.completed.append(name)

    def _run(self, pending):
        self.completed.append(pending.operation.name)  # its function ends first
        yield "set", pending, "done", True

    def _push(self, number, batches):
        names = iter(range(100))
        var = self.engine.new_variable(str(number))
        for size in batches:
            batch = [
                self._operation(f"{number}{next(names)}", var) for _ in range(size)
            ]
            if size == REFUSED:
                with contextlib.suppress(AttributeError):
                    refused = self._operation(f"refused {number}", var)
                    yield from self.engine.push(refused)
            elif size == 1:
                yield from self.engine.push(batch[0])
            else:
                yield from self.engine.replay(Plan(batch))
            self.returned += [operation.name for operation in batch]
        if number in self.waits:
            yield from self._wait(number, var)

    def _operation(self, name, var):
        operation = Operation(self.engine, _nothing, (), (var,), "cpu", 0, None, name)
        operation._put = self.ready
        operation._home = SimpleNamespace(put_and_wake=self.ready)
        return operation

    def _wait(self, number, var):
        yield from self.engine.wait_for(var)
        mine = [name for name in self.returned if name.startswith(str(number))]
        missing = set(mine) - set(self.completed)
        if missing and var not in self.followed:
            raise Violation(f"a wait is over although {missing} has not run")

    def _wait_slowly(self, var, timeout):
        """Wait no further where the wait has found what it has to follow."""
        if (yield from self.engine._follow(var, None, ())) is not None:
            self.followed.append(var)

    def _ask(self):
        yield "truth", self.completed  # at any moment
        before = self.returned.copy()
        if (yield from self.engine._idle()):
            missing = set(before) - set(self.completed)
            if missing:
                raise Violation(f"idle although {missing} has not run")

    # Which steps others may notice, and what they then see

    def visible(self, request):
        kind, thing, *details = request
        if kind in ("get", "set") and details[0] in OF_THE_HOLDER:
            return self.asks and details[0] == "pushed"
        if kind == "item":  # the first batch stays until its holder takes it out
            return False
        if kind == "truth" or kind == "next":
            return thing is self.engine._registrar.inbox or thing is self.completed
        if kind == "get" and details[0] == "done":
            return self.waits
        return True

    def enabled(self, request):
        """Return whether a request need not wait: what is asked again and again."""
        kind, thing, *details = request
        if kind == "get" and details[0] == "ended":
            return thing.ended
        return True

    def shared(self):
        owner = self.engine._registrar
        inbox = tuple((len(batch.operations), batch.ended) for batch in owner.inbox)
        return (
            inbox,
            owner.pushed,
            owner._position,
            bool(owner.baton),
            tuple(self.order),
            frozenset(self.returned) if self.asks else None,
            tuple(self.completed),
        )

    def describe(self, value):
        return (
            len(value) if isinstance(value, list | tuple) else super().describe(value)
        )

    def finish(self):
        """Raise unless each was registered once, in order, and ran."""
        stuck = [t.name for t in self.threads.values() if t.request is not None]
        if stuck:
            raise Violation(f"{stuck} wait for ever")
        if len(self.completed) != self.total:
            raise Violation(f"of {self.total} only {self.completed} have run")
        if self.engine._registrar.pushed != self.total:
            raise Violation(f"{self.engine._registrar.pushed} are counted")
        for number in "01":
            mine = [name for name in self.order if name.startswith(number)]
            if mine != sorted(mine):
                raise Violation(f"pusher {number}'s order is lost: {self.order}")
        if not self.engine._registrar.baton:
            raise Violation("the baton is never given back")


def _nothing():
    """Stand for an operation's function."""


CASES = {
    "two and one": ([1, 1], [1]),
    "a plan and one": ([2], [1]),
    "a plan and a plan": ([2], [2]),
    "one that is refused": ([REFUSED], [1]),
}


def search(case, fault=(None, None), **others):
    kind = engine_class(*fault)
    found = explore(lambda m: Pushing(m, kind, case, **others))
    print(f"{case}: {found}")
    return found


@pytest.mark.parametrize("case", CASES)
def test_nothing_stays_in_the_inbox(case):
    search(CASES[case])


def test_idle_means_that_all_has_run():
    search(([1], [1]), asks=True)


def test_a_wait_is_over_when_what_was_pushed_before_has_run():
    search(([1], [1]), waits=[1])


FAULTS = {
    "the inbox is not looked at again": (
        threaded,
        "            if registrar.inbox:\n                registrar.collect()\n",
        "",
    ),
    "the inbox is looked at once": (
        registrar,
        "        while self.inbox:\n            ready:",
        "        if self.inbox:\n            ready:",
    ),
    "the inbox is registered after the own": (
        threaded,
        "            ready = self._register(operation)\n",
        "            ready = self._register(operation)\n"
        "            if registrar.inbox:\n"
        "                others = []\n"
        "                registrar.drain(others)\n",
    ),
    "what came by the inbox is not run": (
        threaded,
        "            if others:\n                self._dispatch(others)\n",
        "",
    ),
    "a push that is refused keeps what came by the inbox": (
        registrar,
        "        requeue([*ready, *found])\n",
        "        requeue(found)\n",
    ),
    "a push that is refused keeps the baton": (
        registrar,
        "            self.drain(found)\n            self.baton[FREE] = True\n",
        "            self.drain(found)\n",
    ),
}


def search_all(fault):
    module, old, new = fault
    for case in CASES.values():
        search(case, (module, planted(old, new)))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    with pytest.raises(Violation, match="after these steps"):
        search_all(FAULTS[fault])


def test_a_wait_that_looks_at_the_inbox_last_is_found():
    fault = planted(
        "if not self._registrar.inbox and var._writer.done:",
        "if var._writer.done and not self._registrar.inbox:",
    )
    with pytest.raises(Violation, match="after these steps"):
        search(([1], [1]), (waits, fault), waits=[1])
