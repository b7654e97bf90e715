"""Starts the threads that serve lanes, each when there is work for it."""

from __future__ import annotations

from collections.abc import Callable

from .census import Census
from .dependencies import Rule
from .devices.lane import DeviceLane
from .devices.runner import DeviceRunner
from .failures import FailureLedger
from .io_lane import IoLane
from .lanes import Lane
from .waiting import Drainers
from .watchdog import Watchdog
from .workers import Agent, Runner, serve


class Staff:
    """What the threads of one engine have in common.

    Parameters
    ----------
    rule : Rule
        The scheduling rule.
    runner : Runner
        Runs operations.
    ledger : FailureLedger
        Where failures go.
    census : Census
        Knows the threads.
    drainers : Drainers
        Told when a lane is empty.
    watchdog : Watchdog, optional
        Looks while any thread is awake.
    at_rest : callable, optional
        Called in a worker whenever it has nothing to do.
    """

    def __init__(
        self,
        rule: Rule,
        runner: Runner,
        ledger: FailureLedger,
        census: Census,
        drainers: Drainers,
        watchdog: Watchdog | None,
        at_rest: Callable[[], None] | None = None,
    ) -> None:
        self._runner = runner
        self._census = census
        self._drainers = drainers
        self._watchdog = watchdog
        self._at_rest = at_rest
        self._devices = DeviceRunner(rule, runner, ledger, census, drainers.check)

    def start_worker(self, lane: Lane) -> Agent:
        """Start a worker of a cpu lane."""
        lane.on_rise = self._rouse
        self._rouse()

        def work(agent: Agent) -> None:
            serve(lane, agent, self._runner, self._dry)

        return self._census.start(f"dataflow-{lane.name}-{len(lane.workers)}", work)

    def _dry(self) -> None:
        self._drainers.check()
        if self._at_rest is not None:
            self._at_rest()

    def start_loop(self, lane: IoLane) -> Agent:
        """Start the loop of asynchronous operations."""
        lane.on_work = self._rouse
        self._rouse()

        def work(agent: Agent) -> None:
            from . import trio_runtime  # noqa: PLC0415 - trio takes 100 ms to import

            trio_runtime.serve(lane, agent, self._runner, self._drainers.check)

        return self._census.start("dataflow-io", work, loop=True)

    def start_device(self, lane: DeviceLane) -> None:
        """Start the two threads of a device's lane."""
        self._rouse()
        self._devices.start(lane)

    def _rouse(self) -> None:
        """Have the watchdog look, now that a thread is awake."""
        if self._watchdog is not None and self._watchdog.asleep:
            self._watchdog.rouse()
