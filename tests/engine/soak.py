"""A soak: minutes of mixed load on one engine, after which nothing may be left over.

``python -m tests.engine.soak [minutes]`` (ten by default) from the repository's root,
with ``PYTHONPATH=.:engine:ops`` where the packages are not installed. Rounds of load
are separated by quiet, in which everything has to have ended: no thread stuck, counts
equal, and, after the first rounds, no more memory, objects or threads than before.

The load: two threads push operations that fail, wait inside, are asynchronous or
delete their Vars; one awaits in a trio run; one steps an executor over two contexts.
"""

from __future__ import annotations

import contextlib
import gc
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import trio

import dataflow as mx
from dataflow_engine import ThreadedEngine, Var, WaitTimeout
from tests.engine.helpers import PATIENCE, Broken, checkpoints, forget_failures
from tests.engine.programs import let_others_run

WARM = 2  # rounds before memory is compared
MORE_OBJECTS = 2000
MORE_BYTES = 24 << 20


@dataclass(frozen=True)
class Quiet:
    """What there is when nothing runs."""

    pushed: int
    objects: int
    resident: int
    threads: frozenset[str]


class Soak:
    """Rounds of load on one engine, which is the process's.

    Parameters
    ----------
    engine : ThreadedEngine
    seconds : float
        The length of a round.
    seed : int
    """

    def __init__(self, engine: ThreadedEngine, seconds: float, seed: int) -> None:
        self.engine = engine
        self.seconds = seconds
        self.seed = seed
        self.gradients: list[bytes] = []
        self.errors: list[BaseException] = []
        self.over = threading.Event()
        self.executor = bound_net()

    def round(self, number: int) -> Quiet:
        """Load the engine for a while, then wait until it is quiet; look at it."""
        self.over.clear()
        works: list[Callable[[int], None]] = [
            self.push,
            self.push,
            self.await_,
            self.step,
        ]
        threads = [
            threading.Thread(
                target=self._guarded,
                args=(work, 100 * number + 10 * self.seed + index),
                name=f"soak {index} {work.__name__}",
            )
            for index, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        timer = threading.Timer(self.seconds, self.over.set)
        timer.start()
        for thread in threads:
            thread.join(self.seconds + PATIENCE)
            assert not thread.is_alive(), f"{thread.name} is stuck\n{self._dump()}"
        timer.join(PATIENCE)
        if self.errors:
            raise self.errors[0]
        return self._quiet()

    def _guarded(self, work: Callable[[int], None], seed: int) -> None:
        try:
            work(seed)
        except BaseException as error:
            self.errors.append(error)

    def _dump(self) -> str:
        frames = sys._current_frames()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        where = [
            f"{names.get(ident)}: {frame.f_code.co_qualname}:{frame.f_lineno}"
            for ident, frame in frames.items()
        ]
        return "\n".join([self.engine.dump(), *where])

    def _quiet(self) -> Quiet:
        """Wait for the end of everything; return what is left."""
        forget_failures(self.engine)
        counts = self.engine.statistics()
        assert counts.pushed == counts.completed, self._dump()
        assert counts.queued == 0
        gc.collect()
        threads = frozenset(thread.name for thread in threading.enumerate())
        return Quiet(counts.pushed, len(gc.get_objects()), resident(), threads)

    # What is done meanwhile

    def push(self, seed: int) -> None:
        """Push operations of all kinds and wait for some."""
        draw = random.Random(seed)
        variables = [self.engine.new_variable() for _ in range(8)]
        while not self.over.is_set():
            for _ in range(draw.randint(1, 60)):
                self._push_one(draw, variables)
            self._wait(draw, draw.choice(variables))
            if draw.random() < 0.3:
                gone = draw.randrange(len(variables))
                self.engine.delete_variable(variables[gone])
                variables[gone] = self.engine.new_variable()

    def _push_one(self, draw: random.Random, variables: list[Var]) -> None:
        kind = draw.choice(
            ("plain", "plain", "plain", "fails", "waits", "async", "timeout")
        )
        options: dict[str, Any] = {
            "reads": draw.sample(variables, draw.randint(0, 3)),
            "writes": draw.sample(variables, draw.randint(0, 2)),
        }
        if kind == "async":
            self.engine.push(turns(draw.randint(0, 3)), **options)
        elif kind == "timeout":
            self.engine.push(turns(2), timeout=PATIENCE, **options)
        else:
            self.engine.push(
                {"plain": let_others_run, "fails": fail, "waits": self._wait_inside}[
                    kind
                ],
                lane=draw.choice(("cpu", "cpu", "cpu:1")),
                cost=draw.choice((None, 1.0, 40.0)),
                priority=draw.choice((0, 0, 1, -1)),
                **options,
            )

    def _wait_inside(self) -> None:
        var = self.engine.new_variable()
        self.engine.push(let_others_run, (), (var,))
        self.engine.wait_for(var, PATIENCE)

    def _wait(self, draw: random.Random, var: Var) -> None:
        """Wait with a deadline that holds, or one that may not."""
        with contextlib.suppress(Broken):
            try:
                self.engine.wait_for(var, draw.choice((0.0, 1e-4, PATIENCE)))
            except WaitTimeout:
                self.engine.wait_for(var, PATIENCE)

    def await_(self, seed: int) -> None:
        """Push and await in a trio run, and give some waits up."""

        async def main() -> None:
            draw = random.Random(seed)
            variables = [self.engine.new_variable() for _ in range(4)]
            while not self.over.is_set():
                for _ in range(draw.randint(1, 20)):
                    self._push_one(draw, variables)
                with trio.move_on_after(draw.choice((0.0, PATIENCE))):
                    with contextlib.suppress(Broken):
                        await self.engine.wait_for_async(draw.choice(variables))
                await trio.lowlevel.checkpoint()

        trio.run(main)

    def step(self, _: int) -> None:
        """Run an executor; its gradients are the same each time."""
        while not self.over.is_set():
            for _ in range(10):
                self.executor.forward(is_train=True)
                self.executor.backward()
            bits = b"".join(
                self.executor.grad_dict[name].asnumpy().tobytes()
                for name in sorted(self.executor.grad_dict)
            )
            self.gradients = [*self.gradients[:1], bits]
            assert bits == self.gradients[0], "the gradients have changed"


def fail() -> None:
    """Stand for an operation that fails."""
    raise Broken("soak")


def turns(count: int) -> Callable[[], Any]:
    """Return an asynchronous function that lets others run so many times."""

    async def asynchronous() -> None:
        await checkpoints(count)

    return asynchronous


def bound_net() -> Any:
    """Return an executor over two contexts."""
    with mx.AttrScope(ctx_group="first"):
        net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=16)
        net = mx.sym.Activation(net, act_type="tanh")
    with mx.AttrScope(ctx_group="second"):
        net = mx.sym.FullyConnected(net, num_hidden=4)
        net = mx.sym.SoftmaxOutput(net, name="softmax")
    groups = {"first": mx.cpu(0), "second": mx.cpu(1)}
    executor = net.simple_bind(mx.cpu(), data=(8, 12), group2ctx=groups)
    draw = np.random.RandomState(0)
    for array in executor.arg_arrays:
        array[:] = draw.uniform(-1, 1, array.shape)
    return executor


def resident() -> int:
    """Return the memory that the process occupies, in bytes; 0 where unknown."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 if status.exists() else 0


def soak(rounds: int, seconds: float, seed: int = 0, tell: bool = False) -> list[Quiet]:
    """Run rounds of load; raise if anything is stuck or grows.

    Parameters
    ----------
    rounds : int
        More than `WARM`, lest there be nothing to compare.
    seconds : float
        The length of each.
    seed : int
    tell : bool
        Whether to print what was found after each.
    """
    before = frozenset(thread.name for thread in threading.enumerate())
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        found = run_rounds(Soak(engine, seconds, seed), rounds, tell)
    after = frozenset(thread.name for thread in threading.enumerate())
    assert after <= before, f"threads are left: {after - before}"
    return found


def run_rounds(load: Soak, rounds: int, tell: bool) -> list[Quiet]:
    """Run rounds of load and compare what is left after the first and the last."""
    found = []
    for number in range(rounds):
        found.append(load.round(number))
        if tell:
            print(f"{(number + 1) * load.seconds:6.1f} s: {found[-1]}", flush=True)
    warm, last = found[WARM - 1], found[-1]
    # Not the same ones: a worker that waits is stood in for, and either of them stays.
    assert len(last.threads) <= len(warm.threads)
    assert last.objects - warm.objects < MORE_OBJECTS
    assert last.resident - warm.resident < MORE_BYTES
    return found


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    started = time.monotonic()
    soak(max(WARM + 1, round(minutes * 6)), 10.0, tell=True)
    print(f"nothing was left over in {time.monotonic() - started:.0f} s")
