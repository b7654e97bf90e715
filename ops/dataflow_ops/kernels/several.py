"""Steps of several weights, bound as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.table import Thunk


def settings_of_each(attributes: Attributes) -> Iterator[Attributes]:
    """Give each weight its own learning rate and weight decay, beside all others."""
    shared = dict(attributes)
    for lr, wd in zip(attributes.lrs, attributes.wds, strict=False):
        yield Attributes({**shared, "lr": lr, "wd": wd})


def bind_several(steps: Sequence[Any]) -> Thunk | None:
    """Join the steps of all weights, in order; None for what nobody wants."""
    return Several(steps) if any(step is not None for step in steps) else None


class Several:
    """The bound steps of several weights."""

    __slots__ = ("_steps",)

    def __init__(self, steps: Sequence[Any]) -> None:
        self._steps = steps

    def __call__(self) -> None:
        """Step, one weight after the other."""
        for step in self._steps:
            if step is not None:
                step()

    def rebound(self, attributes: Attributes) -> Several:
        """Bind other settings to the same arrays; see `kernels.table.rebound`."""
        each = zip(self._steps, settings_of_each(attributes), strict=False)
        return Several([step and step.rebound(own) for step, own in each])
