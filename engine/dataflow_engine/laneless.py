"""What engines without lanes have in common: how they are given what they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .contract import Engine
from .determinism.recording import Recorder
from .operations import Cost, Operation, is_device_lane
from .plans import Plan
from .tracing import Tracer
from .variables import Var


class LanelessEngine(Engine):
    """Takes every push as a plan of one operation."""

    def __init__(self) -> None:
        self._tracer: Tracer | None = None
        self._recorder: Recorder | None = None

    @property
    def tracer(self) -> Tracer | None:
        """Where slices are recorded, or None."""
        return self._tracer

    @tracer.setter
    def tracer(self, tracer: Tracer | None) -> None:
        self._tracer = tracer

    def _set_recorder(self, recorder: Recorder | None) -> Recorder | None:
        before, self._recorder = self._recorder, recorder
        return before

    def _place(self, operation: Operation) -> None:
        """Note nothing, for there are no queues; but a device has to be there."""
        if is_device_lane(operation.lane):
            self.devices.of_lane(operation.lane)

    def push(
        self,
        function: Operation | Callable[[], Any],
        reads: Sequence[Var] = (),
        writes: Sequence[Var] = (),
        *,
        lane: str = "cpu",
        priority: int = 0,
        cost: Cost | float | None = None,
        name: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Push a prepared operation, or prepare and push one in one step."""
        if not isinstance(function, Operation):
            function = self.operation(
                function,
                reads,
                writes,
                lane=lane,
                priority=priority,
                cost=cost,
                name=name,
                timeout=timeout,
            )
        self.replay(Plan([function]))
