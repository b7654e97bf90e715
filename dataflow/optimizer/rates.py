"""Learning rates and weight decays of parameters, and the counts they depend on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from dataflow.errors import ArgumentTypeError, ScheduledRateError
from dataflow.lr_scheduler import LRScheduler
from dataflow.optimizer.multipliers import declared, factor
from dataflow.symbol import Symbol

Index = int | str


class Rates:
    """The rates of all parameters; what `Optimizer` is above its updates.

    Parameters
    ----------
    learning_rate, lr_scheduler, wd, sym, begin_num_update, param_dict
        As in `Optimizer`.
    names : dict, optional
        The parameters' names by index.
    """

    # Parameters of other names are not decayed unless one asks for it.
    _decayed: ClassVar[tuple[str, ...]] = ("_weight", "_gamma")

    def __init__(
        self,
        learning_rate: float | None,
        lr_scheduler: LRScheduler | None,
        wd: float,
        *,
        sym: Symbol | None,
        names: Mapping[Index, str] | None,
        begin_num_update: int,
        param_dict: Mapping[Index, Any] | None,
    ) -> None:
        if names is not None and not isinstance(names, Mapping):
            raise ArgumentTypeError(
                "param_idx2name is a dict from parameters' indices to their names, not "
                f"{names!r}"
            )
        self.lr_scheduler = lr_scheduler
        self.lr: Any = learning_rate
        if lr_scheduler is None and learning_rate is None:
            self.lr = 0.01
        if lr_scheduler is not None and learning_rate is not None:
            _begin_with(lr_scheduler, learning_rate)
        self.wd = wd
        self.idx2name = dict(names or {})
        self.sym_info = () if sym is None else (sym.attr_dict(), sym.list_arguments())
        self.param_dict = dict(param_dict or {})
        self.begin_num_update = begin_num_update
        self.num_update = begin_num_update
        self._all_index_update_counts: dict[int, dict[Index, int]] = {0: {}}
        self._device = 0
        self.set_lr_mult({})
        self.set_wd_mult({})

    @property
    def learning_rate(self) -> float:
        """The learning rate now, before parameters' own factors."""
        if self.lr_scheduler is not None:
            return self.lr_scheduler(self.num_update)
        return self.lr  # type: ignore[no-any-return]

    def set_learning_rate(self, lr: float) -> None:
        """Set the learning rate; raises ScheduledRateError if there is a scheduler."""
        if self.lr_scheduler is not None:
            raise ScheduledRateError(
                f"{type(self.lr_scheduler).__name__} gives the learning rate; set its "
                "base_lr, or make the optimizer without lr_scheduler"
            )
        self.lr = lr

    def set_lr_scale(self, args_lrscale: Any) -> None:
        """Raise DeprecationWarning: `set_lr_mult` took its place."""
        del args_lrscale
        raise DeprecationWarning("set_lr_scale is no more; call set_lr_mult")

    def set_lr_mult(self, args_lr_mult: Mapping[Index, float]) -> None:
        """Set factors of the learning rate.

        Parameters
        ----------
        args_lr_mult : dict
            Factors by parameters' names, or indices. For others, what their variables
            say (``Variable(lr_mult=...)``), as far as the optimizer was given `sym`.
        """
        self.lr_mult = declared(self.sym_info, "__lr_mult__") | dict(args_lr_mult)

    def set_wd_mult(self, args_wd_mult: Mapping[Index, float]) -> None:
        """Set factors of the weight decay.

        Parameters
        ----------
        args_wd_mult : dict
            Factors by parameters' names, or indices. For others, what their variables
            say, as in `set_lr_mult`; else 0 for those whose names are known and end
            neither with ``_weight`` nor with ``_gamma``.
        """
        names = self.idx2name.values()
        free: dict[Any, float] = {
            n: 0.0 for n in names if not n.endswith(self._decayed)
        }
        self.wd_mult = free | declared(self.sym_info, "__wd_mult__")
        self.wd_mult |= args_wd_mult

    def _get_lrs(self, indices: Sequence[Index]) -> list[float]:
        rate = self.learning_rate
        return [rate * self._factor(i, "lr_mult") for i in indices]

    def _get_lr(self, index: Index) -> float:
        return self._get_lrs([index])[0]

    def _get_wds(self, indices: Sequence[Index]) -> list[float]:
        return [self.wd * self._factor(i, "wd_mult") for i in indices]

    def _get_wd(self, index: Index) -> float:
        return self._get_wds([index])[0]

    def _factor(self, index: Index, kind: str) -> float:
        if index in self.param_dict:
            return getattr(self.param_dict[index], kind)  # type: ignore[no-any-return]
        return factor(getattr(self, kind), index, self.idx2name)

    # Counts of updates

    def _set_current_context(self, device_id: int) -> None:
        """Count the updates of this device's copies of the parameters from now on."""
        self._all_index_update_counts.setdefault(device_id, {})
        self._device = device_id

    @property
    def _index_update_count(self) -> dict[Index, int]:
        """How often each parameter was updated, on the current device."""
        return self._all_index_update_counts[self._device]

    def _update_count(self, index: Any) -> None:
        """Count an update of a parameter, or of each of a list of them."""
        counts = self._index_update_count
        indices = index if isinstance(index, list | tuple) else [index]
        for i in indices:
            counts[i] = counts.get(i, self.begin_num_update) + 1
            self.num_update = max(self.num_update, counts[i])


def _begin_with(scheduler: LRScheduler, rate: float) -> None:
    if scheduler.base_lr != rate:
        warnings.warn(
            f"learning_rate {rate} takes the place of the scheduler's base_lr "
            f"{scheduler.base_lr}",
            stacklevel=5,
        )
        scheduler.base_lr = rate
