"""Module: a symbol with its parameters, and the optimizer that trains them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from dataflow.model import load_checkpoint
from dataflow.module.bound_module import BoundModule
from dataflow.module.executor_group import DataParallelExecutorGroup
from dataflow.module.interface import SLOW
from dataflow.module.updating import Updating, create
from dataflow.ndarray import NDArray
from dataflow.serialization.background import afterwards


class Module(BoundModule):
    """Trains and runs a symbol.

    Parameters
    ----------
    symbol : Symbol
        What it computes.
    data_names, label_names : sequence of str
        Arguments that are data; that are labels.
    logger : logging.Logger
        Where `fit` logs.
    context : Context or list of Context
        Where it runs. Several contexts share every batch.
    work_load_list : list of float, optional
        How much of a batch each context takes, relative to the others.
    fixed_param_names : sequence of str, optional
        Parameters that are not trained.
    state_names : sequence of str, optional
        Arguments that are neither: states, which `set_states` sets.
    group2ctxs : dict or list of dict, optional
        Contexts by ``ctx_group``; in a dict, a list stands for one of each context.
    compression_params : dict, optional
        How gradients are compressed; for the kvstore.

    Raises
    ------
    ArgumentError
        The symbol has no argument of such a name.
    UsageError
        `work_load_list` has another length than `context`.
    """

    _updating: Updating | None = None
    _preload_opt_states: str | None = None

    def _take_group(
        self, group: DataParallelExecutorGroup, lender: BoundModule | None
    ) -> None:
        super()._take_group(group, lender)
        if isinstance(lender, Module) and lender.optimizer_initialized:
            self.borrow_optimizer(lender)

    def _spread(
        self,
        arg_params: Mapping[str, NDArray],
        aux_params: Mapping[str, NDArray],
        allow_extra: bool,
    ) -> None:
        super()._spread(arg_params, aux_params, allow_extra)
        if self._updating is not None:
            self._updating.take(arg_params)

    # The optimizer

    @property
    def _optimizer(self) -> Any:
        return None if self._updating is None else self._updating.optimizer

    @property
    def _kvstore(self) -> Any:
        return None if self._updating is None else self._updating.kvstore

    @property
    def _updater(self) -> Any:
        return None if self._updating is None else self._updating.updater

    @property
    def _update_on_kvstore(self) -> bool | None:
        return None if self._updating is None else self._updating.on_kvstore

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = SLOW,
        force_init: bool = False,
    ) -> None:
        """Make what updates the parameters.

        Parameters
        ----------
        kvstore : KVStore or str, optional
            What sums gradients of several contexts.
        optimizer : Optimizer or str
            The optimizer, or its name. One that is made here divides gradients by the
            size of a batch, unless `optimizer_params` has ``rescale_grad``.
        optimizer_params : dict or pairs
            Arguments of an optimizer given by name.
        force_init : bool
            Do it even if it was done before.
        """
        self._need("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring...")
            return
        if self._params_dirty:
            self._sync_params_from_devices()
        updating = create(
            self._exec_group,
            self._arg_params,
            kvstore,
            optimizer,
            optimizer_params,
            self._compression_params,
        )
        if self._preload_opt_states is not None:
            updating.load(self._preload_opt_states)
            self._preload_opt_states = None
        self._updating = updating
        self.optimizer_initialized = True

    def update(self) -> None:
        """Update the parameters by the gradients of the last `backward`."""
        self._need("binded", "params_initialized", "optimizer_initialized")
        assert self._updating is not None
        self._params_dirty = True
        self._updating.update(self._exec_group)

    def borrow_optimizer(self, shared_module: Module) -> None:
        """Update with another module's optimizer, for parameters that both share."""
        shared_module._need("optimizer_initialized")
        self._updating = shared_module._updating
        self.optimizer_initialized = True

    # Files

    def save_checkpoint(
        self,
        prefix: str,
        epoch: int,
        save_optimizer_states: bool = False,
        remove_amp_cast: bool = True,
    ) -> None:
        """Save the symbol, the parameters and, if asked to, the optimizer's states.

        Parameters
        ----------
        prefix : str
            What the files' names begin with: ``<prefix>-symbol.json``,
            ``<prefix>-0007.params`` and ``<prefix>-0007.states``.
        epoch : int
            Number of the checkpoint.
        save_optimizer_states : bool
            Save what is needed to go on training; see `save_optimizer_states`.
        remove_amp_cast : bool
            As in `Symbol.save`.
        """
        self._need("params_initialized")
        if save_optimizer_states:
            self._need("optimizer_initialized")
        self._symbol.save(f"{prefix}-symbol.json", remove_amp_cast=remove_amp_cast)
        name = f"{prefix}-{epoch:04d}.params"
        self.save_params(name)
        afterwards(partial(logging.info, 'Saved checkpoint to "%s"', name))
        if save_optimizer_states:
            name = f"{prefix}-{epoch:04d}.states"
            self.save_optimizer_states(name)
            afterwards(partial(logging.info, 'Saved optimizer state to "%s"', name))

    @staticmethod
    def load(
        prefix: str, epoch: int, load_optimizer_states: bool = False, **kwargs: Any
    ) -> Module:
        """Return a module with the symbol and parameters of a checkpoint.

        Parameters
        ----------
        prefix, epoch
            As in `save_checkpoint`.
        load_optimizer_states : bool
            Let `init_optimizer` load the optimizer's states.
        **kwargs
            Arguments of Module.
        """
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        module = Module(symbol, **kwargs)
        module._arg_params, module._aux_params = arg_params, aux_params
        module.params_initialized = True
        if load_optimizer_states:
            module._preload_opt_states = f"{prefix}-{epoch:04d}.states"
        return module

    def save_optimizer_states(self, fname: Any) -> None:
        """Save the optimizer's states and, in a JSON file beside, the progress.

        That is its counts of updates and the state of random numbers, so that the
        training can go on exactly. Random operators begin new streams here.
        """
        self._need("optimizer_initialized")
        assert self._updating is not None
        self._updating.save(fname)

    def load_optimizer_states(self, fname: Any) -> None:
        """Load what `save_optimizer_states` saved, to go on from there.

        Random numbers go on from there too. Without the file of the progress, which
        MXNet does not write, they and the optimizer's counts stay as they are.
        """
        self._need("optimizer_initialized")
        assert self._updating is not None
        self._updating.load(fname)
