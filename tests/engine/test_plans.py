import pytest

from dataflow_engine import SerialProgram, Tracer
from tests.engine.helpers import PATIENCE, Broken, raiser


def test_calls_all_in_order():
    log = []
    program = SerialProgram([lambda i=i: log.append(i) for i in range(5)], "abcde")
    program()
    program()
    assert log == [0, 1, 2, 3, 4] * 2
    assert len(program) == 5


def test_stops_at_a_failure_and_raises_it():
    log = []
    program = SerialProgram([raiser("first"), lambda: log.append(1)], "ab")
    with pytest.raises(Broken, match="first"):
        program()
    assert log == []


@pytest.mark.parametrize("traced", [False, True])
def test_on_error_names_the_callable(engine, traced):
    def blame(index, error):
        return LookupError(f"callable {index}: {error}")

    nothing = lambda: None  # noqa: E731
    program = SerialProgram([nothing, nothing, raiser("why")], "abc", blame)
    engine.tracer = Tracer() if traced else None
    var = engine.new_variable()
    engine.push(program, (), (var,))
    with pytest.raises(LookupError, match="callable 2: why") as caught:
        engine.wait_for(var, PATIENCE)
    assert isinstance(caught.value.__cause__, Broken)


def test_on_error_may_return_nothing():
    program = SerialProgram([raiser("same")], "a", lambda index, error: None)
    with pytest.raises(Broken, match="same"):
        program()


def test_names_match_callables():
    with pytest.raises(ValueError, match="as many names"):
        SerialProgram([print], [])


def test_an_empty_program_does_nothing():
    SerialProgram([], [])()


def test_slices_per_callable_while_traced(any_engine):
    program = SerialProgram([lambda: None] * 3, ["x", "y", "z"])
    var = any_engine.new_variable()
    any_engine.tracer = tracer = Tracer()
    any_engine.push(program, (), (var,), name="whole", lane="cpu:1")
    any_engine.wait_for(var, PATIENCE)
    names = [(s.name, s.category, s.lane) for s in tracer.slices()]
    assert names == [
        ("x", "operator", "cpu:1"),
        ("y", "operator", "cpu:1"),
        ("z", "operator", "cpu:1"),
        ("whole", "operation", "cpu:1"),
    ]
    program()  # outside of an operation nothing is traced
    assert len(tracer.slices()) == 4
