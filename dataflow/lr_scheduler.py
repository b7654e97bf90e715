"""Learning rates that depend on the count of updates."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from math import cos, pi

from dataflow.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "CosineScheduler",
    "FactorScheduler",
    "LRScheduler",
    "MultiFactorScheduler",
    "PolyScheduler",
]


class LRScheduler:
    """Base of schedulers: called with the count of updates, one gives the rate.

    Parameters
    ----------
    base_lr : float
        The rate after warming up.
    warmup_steps : int
        How many updates warming up takes.
    warmup_begin_lr : float
        The rate at the beginning of it.
    warmup_mode : str
        ``"linear"``: rise evenly to `base_lr`; ``"constant"``: stay at
        `warmup_begin_lr`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        A parameter is out of range, or no integer where one is needed.
    """

    def __init__(
        self,
        base_lr: float = 0.01,
        warmup_steps: int = 0,
        warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ) -> None:
        _check_integer("warmup_steps", warmup_steps, 0)
        if warmup_begin_lr > base_lr:
            raise ArgumentError(
                f"warming up must not begin above base_lr {base_lr}, but "
                f"warmup_begin_lr is {warmup_begin_lr}"
            )
        if warmup_mode not in ("linear", "constant"):
            raise ArgumentError(
                f"warmup_mode is 'linear' or 'constant', not {warmup_mode!r}"
            )
        self.base_lr = base_lr
        self.warmup_steps = warmup_steps
        self.warmup_final_lr = base_lr
        self.warmup_begin_lr = warmup_begin_lr
        self.warmup_mode = warmup_mode

    def get_warmup_lr(self, num_update: int) -> float:
        """Return the rate while warming up.

        Parameters
        ----------
        num_update : int
            Count of updates, less than `warmup_steps`.

        Raises
        ------
        ArgumentError
            Warming up is over by then.
        """
        if num_update >= self.warmup_steps:
            raise ArgumentError(
                f"update {num_update} is not within the {self.warmup_steps} updates of "
                "warming up"
            )
        if self.warmup_mode == "constant":
            return self.warmup_begin_lr
        rise = self.warmup_final_lr - self.warmup_begin_lr
        return self.warmup_begin_lr + rise * num_update / self.warmup_steps

    def __call__(self, num_update: int) -> float:
        """Return the rate; for derived classes to define.

        Parameters
        ----------
        num_update : int
            The greatest count of updates that any weight has had.
        """
        raise NotImplementedError(f"{type(self).__name__} must define __call__")


class FactorScheduler(LRScheduler):
    """Multiply the rate by a factor after every so many updates.

    Parameters
    ----------
    step : int
        After how many updates.
    factor : float
        At most 1.
    stop_factor_lr : float
        The rate never falls below it.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As in `LRScheduler`.
    """

    def __init__(
        self,
        step: int,
        factor: float = 1,
        stop_factor_lr: float = 1e-8,
        base_lr: float = 0.01,
        warmup_steps: int = 0,
        warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ) -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        if step < 1:
            raise ArgumentError(f"step is at least 1 update, not {step}")
        _check_factor(factor)
        self.step = step
        self.factor = factor
        self.stop_factor_lr = stop_factor_lr
        self.count = 0

    def __call__(self, num_update: int) -> float:
        """Return the rate; see `LRScheduler`."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        # More than one step at a time where training goes on from a checkpoint.
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr = max(self.base_lr * self.factor, self.stop_factor_lr)
            _log(num_update, self.base_lr)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """Multiply the rate by a factor after each of the given counts of updates.

    Parameters
    ----------
    step : list of int
        The counts, rising.
    factor : float
        At most 1.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As in `LRScheduler`.
    """

    def __init__(
        self,
        step: Sequence[int],
        factor: float = 1,
        base_lr: float = 0.01,
        warmup_steps: int = 0,
        warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ) -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        if not isinstance(step, list | tuple) or not step:
            raise ArgumentTypeError(f"step is a list of counts of updates, not {step}")
        falling = any(a >= b for a, b in itertools.pairwise(step))
        if step[0] < 1 or falling:
            raise ArgumentError(f"the counts in step rise from 1 on; these are {step}")
        _check_factor(factor)
        self.step = step
        self.cur_step_ind = 0
        self.factor = factor
        self.count = 0

    def __call__(self, num_update: int) -> float:
        """Return the rate; see `LRScheduler`."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        for count in self.step[self.cur_step_ind :]:
            if num_update <= count:
                break
            self.count = count
            self.cur_step_ind += 1
            self.base_lr *= self.factor
            _log(num_update, self.base_lr)
        return self.base_lr


class _Fall(LRScheduler):
    """Base of schedulers that fall from one rate to another along a curve."""

    def __init__(
        self,
        max_update: int,
        base_lr: float,
        final_lr: float,
        warmup_steps: int,
        warmup_begin_lr: float,
        warmup_mode: str,
    ) -> None:
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        _check_integer("max_update", max_update, 1)
        self.base_lr_orig = base_lr
        self.max_update = max_update
        self.final_lr = final_lr
        self.max_steps = max_update - warmup_steps

    def _left(self, progress: float) -> float:
        """Return which share of the fall is still to come; for derived classes."""
        raise NotImplementedError

    def __call__(self, num_update: int) -> float:
        """Return the rate; see `LRScheduler`."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        if num_update <= self.max_update:
            done = num_update - self.warmup_steps
            progress = done / self.max_steps if self.max_steps else 1.0
            fall = self.base_lr_orig - self.final_lr
            self.base_lr = self.final_lr + fall * self._left(progress)
        return self.base_lr


class PolyScheduler(_Fall):
    """Let the rate fall as a power of the share of updates that are left.

    Parameters
    ----------
    max_update : int
        When `final_lr` is reached, and kept.
    pwr : float
        The power.
    final_lr : float
        The last rate.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As in `LRScheduler`.
    """

    def __init__(
        self,
        max_update: int,
        base_lr: float = 0.01,
        pwr: float = 2,
        final_lr: float = 0,
        warmup_steps: int = 0,
        warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ) -> None:
        warmup = (warmup_steps, warmup_begin_lr, warmup_mode)
        super().__init__(max_update, base_lr, final_lr, *warmup)
        self.power = pwr

    def _left(self, progress: float) -> float:
        return float((1 - progress) ** self.power)


class CosineScheduler(_Fall):
    """Let the rate fall along half a period of the cosine.

    Parameters
    ----------
    max_update : int
        When `final_lr` is reached, and kept.
    final_lr : float
        The last rate.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As in `LRScheduler`.
    """

    def __init__(
        self,
        max_update: int,
        base_lr: float = 0.01,
        final_lr: float = 0,
        warmup_steps: int = 0,
        warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ) -> None:
        warmup = (warmup_steps, warmup_begin_lr, warmup_mode)
        super().__init__(max_update, base_lr, final_lr, *warmup)

    def _left(self, progress: float) -> float:
        return (1 + cos(pi * progress)) / 2


def _check_integer(name: str, value: object, least: int) -> None:
    if not isinstance(value, int):
        raise ArgumentTypeError(f"{name} is a count of updates, not {value!r}")
    if value < least:
        raise ArgumentError(f"{name} is at least {least}, not {value}")


def _check_factor(factor: float) -> None:
    if factor > 1.0:
        raise ArgumentError(f"factor lets the rate fall, so at most 1, not {factor}")


def _log(num_update: int, rate: float) -> None:
    logging.info("Update[%d]: Change learning rate to %0.5e", num_update, rate)
