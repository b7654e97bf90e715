import json

import pytest

from dataflow.profiler.statistics import Statistics, as_json, as_table, order
from dataflow_engine.entries import (
    MEMORY,
    OPERATION,
    OPERATOR,
    SKIPPED,
    WAIT,
    Sample,
    Slice,
)


def piece(name, ms, category=OPERATOR, start_ms=0, **details):
    start, length = int(start_ms * 1e6), int(ms * 1e6)
    return Slice(name, category, "cpu", "thread", start, length, details=details)


ENTRIES = [
    piece("fc1", 2, operator="FullyConnected", bytes=3000),
    piece("fc2", 4, operator="FullyConnected", bytes=1000),
    piece("segment", 7, OPERATION, operators=2),
    piece("dot", 5, OPERATION),
    piece("lost", 0, SKIPPED),
    piece("wait_all", 8, WAIT),
    Sample("arena", MEMORY, "cpu", 0, 2500),
    Sample("counter", "dom", "program", 0, 3),
]

TABLE = """
Profile Statistics:
\tNote the difference in units for different entries.
Device Storage
=================
Name                          Total Count    Min Use  (kB)    Max Use  (kB)    Avg Use  (kB)
----                          -----------    -------------    -------------    -------------
Memory: arena                           1           2.5000           2.5000           2.5000
Written: cpu                            2           1.0000           3.0000           2.0000

dom,counter
=================
Name                          Total Count        Min Value        Max Value        Avg Value
----                          -----------        ---------        ---------        ---------
counter                                 1           3.0000           3.0000           3.0000

operator
=================
Name                          Total Count        Time (ms)    Min Time (ms)    Max Time (ms)    Avg Time (ms)
----                          -----------        ---------    -------------    -------------    -------------
dot                                     1           5.0000           5.0000           5.0000           5.0000
FullyConnected                          2           6.0000           2.0000           4.0000           3.0000

wait
=================
Name                          Total Count        Time (ms)    Min Time (ms)    Max Time (ms)    Avg Time (ms)
----                          -----------        ---------    -------------    -------------    -------------
wait_all                                1           8.0000           8.0000           8.0000           8.0000

"""  # noqa: E501


def counted(entries, **options):
    statistics = Statistics(**options)
    statistics.add(entries)
    return statistics


def test_the_table():
    """Operators are summed by operator; operations made of such are not counted."""
    assert as_table(counted(ENTRIES), order("total", True)) == TABLE


def test_the_json():
    told = json.loads(as_json(counted(ENTRIES), order("avg", False)))
    operators = told["Time"]["operator"]
    assert list(operators) == ["dot", "FullyConnected"]
    assert operators["FullyConnected"] == {
        **{"Count": 2, "Total": 6, "Min": 2, "Max": 4, "Avg": 3}
    }
    storage = told["Memory"]["Device Storage"]
    assert storage["Memory: arena"] == {"Count": 1, "Min": 2.5, "Max": 2.5, "Avg": 2.5}
    assert told["Unit"] == {"Time": "ms", "Memory": "kB"}


FIRST = {"total": "much", "max": "once", "avg": "once", "min": "once", "count": "much"}


@pytest.mark.parametrize("sort_by", FIRST)
def test_the_order(sort_by):
    rare, often = piece("once", 4), piece("much", 3)
    section = counted([rare, often, often]).times["operator"]
    names = [name for name, _ in order(sort_by, False)(section)]
    assert names[0] == FIRST[sort_by]
    ascending = [name for name, _ in order(sort_by, True)(section)]
    assert ascending == names[::-1]


def test_what_ended_before_a_reset_is_not_counted():
    entries = [
        piece("a", 2, start_ms=1),
        piece("b", 2, start_ms=4),
        Sample("arena", MEMORY, "cpu", 0, 1),
    ]
    statistics = counted(entries, since_ns=5_000_000)
    assert list(statistics.times["operator"]) == ["b"]
    assert statistics.memory == {}


def test_a_copy_counts_by_itself():
    statistics = counted(ENTRIES)
    copy = statistics.copy()
    copy.add(ENTRIES)
    assert statistics.times["operator"]["dot"].count == 1
    assert copy.times["operator"]["dot"].count == 2
