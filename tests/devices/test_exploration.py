"""Registration across the host and devices in every order; planted faults show.

``DATAFLOW_TEST_EXPLORE=n`` explores n programs of each kind instead of a few.
"""

from __future__ import annotations

import os

import pytest

from tests.devices.exploration import HOST, Placed, RegisteringOnDevices, code, programs
from tests.engine.search import Found, Violation, explore
from tests.engine.stepping import planted

RULES = pytest.mark.parametrize("rule", ["TicketRule", "LockRule"])
MORE = int(os.environ.get("DATAFLOW_TEST_EXPLORE", "0"))


def search(rule, selected, change=None, **how):
    """Try all orders of some programs."""
    total, names = Found(), code(change)
    for program, variables in selected:
        total += explore(
            lambda m, p=program, v=variables: RegisteringOnDevices(
                m, p, names, rule, v, **how
            )
        )
    print(f"{len(selected)} programs: {total}")
    return total


def spread(found, few):
    """Some of many, evenly: all kinds of programs and not only the first."""
    found = list(found)
    count = min(MORE or few, len(found))
    return [found[i * len(found) // count] for i in range(count)]


def read(lane, *variables):
    return Placed(reads=variables, lane=lane)


def write(lane, *variables):
    return Placed(writes=variables, lane=lane)


# Variables, items, and how many of all such programs.
@RULES
@pytest.mark.timeout(0 if MORE else 120)
@pytest.mark.parametrize(("variables", "length", "few"), [(1, 2, 99), (1, 3, 1)])
def test_all_orders(rule, variables, length, few):
    found = search(rule, spread(programs(variables, length), few))
    assert found.orders > found.states / 100


# Each of these is a situation of its own.
NAMED = {
    "to a device and back": (1, [write(HOST, 0), write("a", 0), read(HOST, 0)]),
    "a reader on a device and a write": (1, [read("a", 0), write("b", 0)]),
}
LARGE_NAMED = {
    "the host between": (1, [write("a", 0), write(HOST, 0), write("b", 0)]),
    "two on one lane": (1, [write("a", 0), write("a", 0), read(HOST, 0)]),
    "from lane to lane and back": (1, [write("a", 0), read("b", 0), read(HOST, 0)]),
    "written on two lanes": (1, [write("a", 0), write("b", 0), read(HOST, 0)]),
    "joined": (2, [write("a", 0), write("b", 1), write("a", 0, 1)]),
}
ALL_NAMED = {**NAMED, **LARGE_NAMED}


@RULES
@pytest.mark.timeout(0 if MORE else 120)
@pytest.mark.parametrize("name", ALL_NAMED if MORE else NAMED)
def test_named_programs(rule, name):
    variables, program = ALL_NAMED[name]
    search(rule, [(tuple(program), variables)])


# What the source says, what it is made to say, and a program in which that shows.
EDGES = "edges = [b.issued if isinstance(b, DeviceRecord) else b for b in befores]"
EVENTS = "record.befores = tuple([b for b in befores if isinstance(b, DeviceRecord)])"
FAULTS = {
    "no edge to what was issued": (
        EDGES,
        "edges = [b for b in befores if not isinstance(b, DeviceRecord)]",
        "a reader on a device and a write",
    ),
    "no edge to what runs on the host": (
        EDGES,
        "edges = [b.issued for b in befores if isinstance(b, DeviceRecord)]",
        "to a device and back",
    ),
    "no event of what was issued": (
        EVENTS,
        "record.befores = ()",
        "a reader on a device and a write",
    ),
    "the event of the last one alone": (
        EVENTS,
        "record.befores = tuple(befores[-1:])",
        "joined",
    ),
    "entered nowhere": (
        "    try:\n        enter(record, operation)\n",
        "    try:\n",
        "to a device and back",
    ),
    "one edge too few": (
        "rule.join(record, edges)",
        "rule.join(record, edges[1:])",
        "the host between",
    ),
    "ready before its edges": (
        "        rule.release(record, released)\n    except",
        "        released.append(True)\n    except",
        "the host between",
    ),
}


@RULES
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(rule, fault):
    old, new, name = FAULTS[fault]
    variables, program = ALL_NAMED[name]
    with pytest.raises(Violation, match="after these steps"):
        search(rule, [(tuple(program), variables)], planted(old, new))


@RULES
def test_finishing_before_what_one_came_after_is_found(rule):
    variables, program = ALL_NAMED["written on two lanes"]
    with pytest.raises(Violation, match="2 is ready although 0 has not ended"):
        search(rule, [(tuple(program), variables)], awaits=False)
