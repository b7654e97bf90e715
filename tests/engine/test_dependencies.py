"""The scheduling rule alone: no engine, no thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow_engine import NaiveEngine
from dataflow_engine.dependencies import LockRule, TicketRule, unfinished
from dataflow_engine.helping import reaches

RULES = pytest.mark.parametrize("rule", [TicketRule, LockRule])
VARIABLES = 4
steps = st.lists(
    st.tuples(
        st.sets(st.integers(0, VARIABLES - 1)), st.sets(st.integers(0, VARIABLES - 1))
    ),
    max_size=30,
)


def make(step_list):
    """Operations over fresh Vars; the engine only owns them."""
    engine = NaiveEngine()
    variables = [engine.new_variable(str(i)) for i in range(VARIABLES)]
    return [
        engine.operation(
            lambda: None, [variables[i] for i in r], [variables[i] for i in w]
        )
        for r, w in step_list
    ]


def must_wait(first, second):
    """Whether the definition orders two operations pushed one after the other."""
    touched = {*second.reads, *second.writes}
    return bool(touched & set(first.writes) or set(first.reads) & set(second.writes))


@RULES
@given(step_list=steps, data=st.data())
def test_every_order_that_the_rule_allows_is_right(rule, step_list, data):
    """Registration and completion interleaved at will: conflicts keep their order."""
    operations = make(step_list)
    numbers = {id(operation): n for n, operation in enumerate(operations)}
    todo, ready, order = list(operations), [], []
    while todo or ready:
        if todo and (not ready or data.draw(st.booleans())):
            record = rule.register(todo.pop(0))
            ready += [record] if record is not None else []
        else:
            record = ready.pop(data.draw(st.integers(0, len(ready) - 1)))
            order.append(numbers[id(record.operation)])
            ready += rule.complete(record)
    assert sorted(order) == list(range(len(operations)))
    place = {number: i for i, number in enumerate(order)}
    for second in range(len(operations)):
        for first in range(second):
            if must_wait(operations[first], operations[second]):
                assert place[first] < place[second]


@RULES
@given(step_list=steps)
def test_nothing_waits_without_a_conflict(rule, step_list):
    """All registered, none completed: ready is exactly what conflicts with none."""
    operations = make(step_list)
    for number, operation in enumerate(operations):
        free = not any(must_wait(before, operation) for before in operations[:number])
        assert (rule.register(operation) is not None) == free


@RULES
def test_readers_run_together_and_a_write_waits_for_all(rule):
    write, read, other, rewrite = make([((), {0}), ({0}, ()), ({0}, ()), ((), {0})])
    first = rule.register(write)
    assert [rule.register(op) for op in (read, other, rewrite)] == [None] * 3
    readers = rule.complete(first)
    assert {record.operation for record in readers} == {read, other}
    assert list(rule.complete(readers[0])) == []
    assert [r.operation for r in rule.complete(readers[1])] == [rewrite]


@RULES
def test_the_first_pushed_comes_last(rule):
    write, *reads = make([((), {0}), ({0}, {1}), ({0}, {2}), ({0}, {3})])
    first = rule.register(write)
    for read in reads:
        rule.register(read)
    assert [record.operation for record in rule.complete(first)] == reads[::-1]


@RULES
def test_a_waiter_follows_without_entering(rule):
    write, note = make([((), {0}), ((), ())])
    var = write.writes[0]
    assert rule.follow(note, var._writer) is None
    first = rule.register(write)
    waiter = rule.follow(note, first)
    assert reaches([first], waiter)
    assert unfinished(write) == [first]
    assert list(rule.complete(first)) == [waiter]
    assert not reaches([waiter], first)
    assert rule.follow(note, first) is None


@RULES
def test_readers_that_are_done_are_pruned(rule):
    (read,) = make([({0}, ())])
    for _ in range(1000):
        rule.complete(rule.register(read))
    assert len(read.reads[0]._readers) < 40


@RULES
def test_pruning_is_not_quadratic_with_pending_readers(rule):
    (read,) = make([({0}, ())])
    for _ in range(1000):
        rule.register(read)
    assert len(read.reads[0]._readers) == 1000
    assert read.reads[0]._prune_at >= 1000


class CompletesDuringTheEdge(list):
    """Successors whose record completes while an edge to it is being made."""

    def __init__(self, record, taken):
        super().__init__()
        self.record, self.taken, self.ready = record, taken, []

    def append(self, waiting):
        if not self.taken:
            self.record.done = True
        super().append(waiting)
        if self.taken:
            self.ready += TicketRule.complete(self.record)


@pytest.mark.parametrize("taken", [False, True])
def test_a_predecessor_that_completes_during_the_edge(taken):
    write, read = make([((), {0}), ({0}, ())])
    first = TicketRule.register(write)
    first.successors = race = CompletesDuringTheEdge(first, taken)
    owned = TicketRule.register(read)
    owners = race.ready + ([] if owned is None else [owned])
    assert [owner.operation for owner in owners] == [read]  # exactly one side
    assert (owned is None) is taken
    assert list(race) == []
