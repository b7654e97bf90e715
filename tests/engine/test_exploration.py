"""The scheduling rule in every order of its steps, and planted faults that show.

``DATAFLOW_TEST_EXPLORE=n`` explores n programs of each kind instead of a few, say
1000 for an hour.
"""

import os

import pytest

from tests.engine.exploration import Item, Registering, code, programs
from tests.engine.search import Found, Violation, explore
from tests.engine.stepping import planted

RULES = pytest.mark.parametrize("rule", ["TicketRule", "LockRule"])
MORE = int(os.environ.get("DATAFLOW_TEST_EXPLORE", "0"))


def spread(found, few):
    """Some of many, evenly: all kinds of programs and not only the first."""
    found = list(found)
    count = min(MORE or few, len(found))
    return [found[i * len(found) // count] for i in range(count)]


def search(rule, selected, change=None):
    total = Found()
    chosen = code(change)[rule]
    for program, variables in selected:
        total += explore(lambda m, p=program, v=variables: Registering(m, p, chosen, v))
    print(f"{len(selected)} programs: {total}")
    return total


def read(*variables):
    return Item(reads=variables)


def write(*variables):
    return Item(writes=variables)


def wait(variable):
    return Item(awaits=variable)


# Variables, items, and how many of all such programs.
FEW = [(1, 3, 8), (2, 2, 34), (2, 3, 3), (3, 2, 20)]
LARGE = [(2, 4, MORE), (3, 3, MORE)] if MORE else []


@RULES
@pytest.mark.timeout(0 if MORE else 120)
@pytest.mark.parametrize(("variables", "length", "few"), FEW + LARGE)
def test_all_orders(rule, variables, length, few):
    search(rule, spread(programs(variables, length), few))


@RULES
@pytest.mark.parametrize(("variables", "length", "few"), [(1, 3, 8), (2, 2, 30)])
def test_all_orders_with_waits(rule, variables, length, few):
    search(rule, spread(programs(variables, length, waits=True), few))


# Each of these is a situation of its own, most of them too large for all programs.
NAMED = {
    "two writers of two": (2, [write(0, 1), write(1, 0), write(0)]),
    "the same one before twice": (3, [write(0, 2), write(1), Item((0, 1, 2), ())]),
    "two readers and a write": (1, [read(0), read(0), write(0)]),
    "a wait behind a chain": (1, [write(0), write(0), wait(0)]),
}
LARGE_NAMED = {
    "a chain of writes": (1, [write(0), write(0), write(0), write(0)]),
    "a fork and a join": (2, [write(0, 1), read(0), read(1), write(0)]),
    "readers that are pruned": (1, [read(0), read(0), read(0), write(0)]),
}


@RULES
@pytest.mark.timeout(0 if MORE else 120)
@pytest.mark.parametrize("name", [*NAMED, *(LARGE_NAMED if MORE else ())])
def test_named_programs(rule, name):
    variables, program = {**NAMED, **LARGE_NAMED}[name]
    search(rule, [(tuple(program), variables)])


# Faults: what the source says, and what it is made to say

FAULTS = {
    "a ticket too few": (
        "[False] * (len(befores) + 1)",
        "[False] * len(befores)",
    ),
    "a ticket too many": (
        "[False] * (len(befores) + 1)",
        "[False] * (len(befores) + 2)",
    ),
    "the true ticket on top": ("tickets[0] = True", "tickets[-1] = True"),
    "no take-back": (
        "ready = _take_back(record, successors)",
        "pass",
    ),
    "a take-back without its ticket": (
        "        record.tickets.pop()\n",
        "        pass\n",
    ),
    "done set late": (
        "        record.done = True\n        successors = record.successors\n"
        "        ready: list[Pending] | None = None\n",
        "        successors = record.successors\n"
        "        ready: list[Pending] | None = None\n"
        "        record.done = not successors\n",
    ),
    "successors taken before done is set": (
        "        record.done = True\n        successors = record.successors\n",
        "        successors = record.successors\n        record.done = True\n",
    ),
    "a last entry taken back not expected": (
        "except IndexError:",
        "except ZeroDivisionError:",
    ),
    "no edge from the last write to a read": (
        "    for var in operation.reads:\n        before = var._writer\n",
        "    for var in ():\n        before = var._writer\n",
    ),
    "no edge from a read to the next write": (
        "for before in var._readers or (var._writer,):",
        "for before in (var._writer,):",
    ),
    "no edge from a write to the next": (
        "for before in var._readers or (var._writer,):",
        "for before in var._readers:",
    ),
    "an edge only from the last reader": (
        "for before in var._readers or (var._writer,):",
        "for before in var._readers[-1:] or (var._writer,):",
    ),
    "reads that are not noted": (
        "                readers.append(record)\n",
        "                pass\n",
    ),
    "readers that are pruned although pending": ("if not reader.done", "if False"),
    "a wait that does not look again": (
        "taken_back = before.done and _take_back(record, before.successors)",
        "taken_back = False",
    ),
}
LOCK_FAULTS = {
    "an edge to what is done": (
        "            if not before.done:\n                before.successors +=",
        "            if 1:\n                before.successors +=",
    ),
    "the pusher's own count forgotten": (
        "record.waits_for = 1 + len(befores)",
        "record.waits_for = len(befores)",
    ),
    "an edge that is not counted": (
        "record.waits_for = 1 + len(befores)",
        "record.waits_for = 1 + (len(befores) > 0)",
    ),
    "an edge without the lock": (
        "        with cast(LockedPending, before).lock:\n",
        "        if True:\n",
    ),
    "what has ended meanwhile is not counted off": ("ended += 1", "pass"),
    "done is set without the lock": (
        "        with cast(LockedPending, record).lock:\n",
        "        if True:\n",
    ),
    "a successor is left": (
        "                del successors[-1]\n                counted = False\n",
        "                break\n",
    ),
}


def suspects():
    """Programs in which some fault shows, the small ones first."""
    yield from programs(1, 2)
    yield from programs(1, 3, waits=True)
    yield from ((tuple(program), variables) for variables, program in NAMED.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    with pytest.raises(Violation, match="after these steps"):
        search("TicketRule", list(suspects()), planted(*FAULTS[fault]))


@pytest.mark.parametrize("fault", LOCK_FAULTS)
def test_a_planted_fault_in_the_locks_is_found(fault):
    with pytest.raises(Violation, match="after these steps"):
        search("LockRule", list(suspects()), planted(*LOCK_FAULTS[fault]))
