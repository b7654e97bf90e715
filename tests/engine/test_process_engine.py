"""The process's one engine, with the framework's errors: what it awaits."""

import pytest
import trio

from dataflow import engine
from dataflow.errors import SchedulingError, WaitTimeoutError
from dataflow_engine import NaiveEngine, ThreadedEngine
from tests.engine.helpers import PATIENCE, Broken, awaiting_raiser


@pytest.fixture(params=[NaiveEngine, ThreadedEngine])
def process_engine(request):
    """Both engines, each as the process's one."""
    with request.param() as ours, engine.use(ours):
        yield ours


async def answer():
    await trio.lowlevel.checkpoint()
    return 42


def test_run_async(process_engine):
    assert engine.run_async(answer) == 42
    with pytest.raises(Broken, match="why"):
        engine.run_async(awaiting_raiser(Broken("why")))
    with pytest.raises(WaitTimeoutError, match="patient had not ended after"):
        engine.run_async(trio.sleep_forever, timeout=0.001, name="patient")


def test_awaiting(process_engine):
    var = process_engine.new_variable()

    async def main():
        with trio.fail_after(PATIENCE):
            engine.push(engine.operation(answer, (), (var,), lane="cpu"))
            await engine.wait_for_async(var)
            await engine.wait_all_async()
            late = engine.operation(
                trio.sleep_forever, (), (var,), lane="io", timeout=0
            )
            engine.push(late)
            with pytest.raises(WaitTimeoutError, match="sleep_forever"):
                await engine.wait_for_async(var)
            process_engine.delete_variable(var)
            with pytest.raises(SchedulingError, match="deleted"):
                await engine.wait_for_async(var)

    trio.run(main)
    with pytest.raises(SchedulingError, match="plain function"):
        engine.operation(lambda: None, (), (), lane="io")
