"""BucketingModule: modules of several symbols that share parameters and memory."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.context import Context
from dataflow.errors import ArgumentTypeError, StateError, UsageError
from dataflow.metric import EvalMetric
from dataflow.module import buckets
from dataflow.module.base_module import BaseModule
from dataflow.module.bound_module import CPU
from dataflow.module.interface import SLOW, UNIFORM, Given, Interface, Params, RowIds
from dataflow.module.module import Module
from dataflow.symbol import Symbol

Generated = tuple[Symbol, Sequence[str], Sequence[str]]


class BucketingModule(BaseModule):
    """Chooses, for each batch, the module of its ``bucket_key``.

    The modules are made when first used. They share all parameters with that of the
    default key, and its memory: let that be the key of the largest batches.

    Parameters
    ----------
    sym_gen : callable
        Takes a bucket key and returns symbol, names of data, names of labels.
    default_bucket_key : object
        The key whose symbol has all parameters.
    logger, context, work_load_list, fixed_param_names, state_names, group2ctxs
        As in Module.
    compression_params : dict, optional
        As in Module.

    Raises
    ------
    UsageError
        There is no default key.
    ArgumentTypeError, ArgumentError
        What `sym_gen` returns is something else, or names do not fit the symbol.
    """

    def __init__(
        self,
        sym_gen: Callable[[Any], Generated],
        default_bucket_key: Any = None,
        logger: Any = logging,
        context: Context | Sequence[Context] = CPU,
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(logger)
        if default_bucket_key is None:
            raise UsageError("default_bucket_key is missing: the key of the largest")
        self._sym_gen = sym_gen
        self._default_bucket_key = default_bucket_key
        self._settings: dict[str, Any] = {
            "logger": logger,
            "context": context,
            "work_load_list": work_load_list,
            "fixed_param_names": fixed_param_names,
            "state_names": state_names,
            "group2ctxs": group2ctxs,
            "compression_params": compression_params,
        }
        self._symbols: dict[Any, Symbol] = {}
        self._default = self._made(default_bucket_key)
        self._buckets: dict[Any, Module] = {}
        self._current = self._default
        self._curr_bucket_key: Any = None
        self._params_dirty = False
        self._monitor: Any = None
        self._grad_req: Any = "write"

    def _made(self, key: Any) -> Module:
        generated = self._sym_gen(key)
        try:
            symbol, data_names, label_names = generated
        except (TypeError, ValueError) as error:
            raise ArgumentTypeError(
                f"sym_gen({key!r}) must return a symbol, the names of its data and the "
                f"names of its labels, not {generated!r}"
            ) from error
        symbol = self._symbols.get(key, symbol)
        return Module(symbol, data_names, label_names, **self._settings)

    # What it is

    @property
    def _curr_module(self) -> Module:
        self._need("binded")
        return self._current

    @property
    def symbol(self) -> Symbol:
        """The symbol of the current bucket."""
        return self._curr_module._symbol

    @property
    def data_names(self) -> list[str]:
        """Names of the data of the current bucket."""
        return self._current.data_names

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs of the current bucket."""
        return self._current.output_names

    @property
    def data_shapes(self) -> Any:
        """Descriptions of the data of the current bucket."""
        return self._curr_module.data_shapes

    @property
    def label_shapes(self) -> Any:
        """Descriptions of the labels of the current bucket."""
        return self._curr_module.label_shapes

    @property
    def output_shapes(self) -> Any:
        """Pairs of names and shapes of the outputs of the current bucket."""
        return self._curr_module.output_shapes

    # Parameters: those of the default module, which has all of them

    def get_params(self) -> tuple[Params, Params]:
        """Return parameters and auxiliary states by name, on the cpu."""
        self._need("params_initialized")
        self._default._params_dirty |= self._params_dirty
        self._params_dirty = False
        return self._default.get_params()

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Given = None,
        aux_params: Given = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give the parameters their first values; see `BaseModule.init_params`."""
        if self.params_initialized and not force_init:
            return
        self._need("binded")
        self._default._params_dirty |= self._params_dirty
        self._default.init_params(
            initializer, arg_params, aux_params, allow_missing, force_init, allow_extra
        )
        self._params_dirty = False
        self.params_initialized = True

    def set_params(
        self,
        arg_params: Given,
        aux_params: Given,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set parameters; see `init_params`."""
        if self.params_initialized and not force_init:
            if allow_missing:
                warnings.warn(
                    "the parameters are initialized already, so set_params does "
                    "nothing; pass force_init=True to set them",
                    stacklevel=2,
                )
            return
        self._need("binded")
        self._default._params_dirty |= self._params_dirty
        self._params_dirty = False
        self._default.set_params(
            arg_params, aux_params, allow_missing, force_init, allow_extra
        )
        self.params_initialized = True

    # Binding

    def bind(
        self,
        data_shapes: Any,
        label_shapes: Any = None,
        for_training: bool = True,
        inputs_need_grad: bool = False,
        force_rebind: bool = False,
        shared_module: Interface | None = None,
        grad_req: Any = "write",
    ) -> None:
        """Bind the default module; the shapes are those of its batches.

        Parameters are those of `BaseModule.bind`; `shared_module` must be None.
        """
        if shared_module is not None:
            raise UsageError("a BucketingModule cannot share another module's memory")
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if self._params_dirty:
            self.get_params()
        self._default.bind(
            data_shapes,
            label_shapes,
            for_training,
            inputs_need_grad,
            force_rebind=True,
            grad_req=grad_req,
        )
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._grad_req = grad_req
        self._buckets = {self._default_bucket_key: self._default}
        self._current, self._curr_bucket_key = self._default, self._default_bucket_key
        self.binded = True
        if self._monitor is not None:
            self._default.install_monitor(self._monitor)

    def switch_bucket(
        self, bucket_key: Any, data_shapes: Any, label_shapes: Any = None
    ) -> None:
        """Make the module of a key the current one.

        Parameters
        ----------
        bucket_key : object
            The key.
        data_shapes, label_shapes : list of DataDesc or of (str, tuple)
            Arrays of its batches, for a key that is used for the first time.
        """
        self._need("binded")
        if bucket_key not in self._buckets:
            self._buckets[bucket_key] = self._bound(
                bucket_key, data_shapes, label_shapes
            )
        self._current = self._buckets[bucket_key]
        self._curr_bucket_key = bucket_key

    def _bound(self, key: Any, data_shapes: Any, label_shapes: Any) -> Module:
        self._need("params_initialized")
        module = self._made(key)
        module.bind(
            data_shapes,
            label_shapes,
            self.for_training,
            self.inputs_need_grad,
            shared_module=self._default,
            grad_req=self._grad_req,
        )
        if self._monitor is not None:
            module.install_monitor(self._monitor)
        return module

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = SLOW,
        force_init: bool = False,
    ) -> None:
        """Make what updates the parameters, for all buckets; see `Module`."""
        self._need("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        self._default._params_dirty |= self._params_dirty
        self._default.init_optimizer(kvstore, optimizer, optimizer_params, force_init)
        for module in self._buckets.values():
            module.borrow_optimizer(self._default)
        self.optimizer_initialized = True

    # One batch

    def prepare(self, data_batch: Any, sparse_row_id_fn: RowIds = None) -> None:
        """Make the module of a batch that comes next, if it is not there yet."""
        self._need("binded", "params_initialized")
        before = self._curr_bucket_key
        self._switch_to(data_batch)
        try:
            self._current.prepare(data_batch, sparse_row_id_fn)
        finally:
            self.switch_bucket(before, None)

    def _switch_to(self, data_batch: Any) -> None:
        key = data_batch.bucket_key
        if key is None:  # a batch that nobody put into a bucket
            key = self._default_bucket_key
        self.switch_bucket(key, data_batch.provide_data, data_batch.provide_label)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs, by the module of the batch's ``bucket_key``."""
        self._need("binded", "params_initialized")
        self._switch_to(data_batch)
        self._current.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients."""
        self._need("binded", "params_initialized")
        self._current.backward(out_grads)

    def update(self) -> None:
        """Update the parameters, which all buckets share."""
        self._need("binded", "params_initialized", "optimizer_initialized")
        self._params_dirty = True
        self._current.update()

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """Return the outputs of the last `forward`."""
        self._need("binded", "params_initialized")
        return self._current.get_outputs(merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """Return the gradients of the data."""
        self._need("binded", "params_initialized", "inputs_need_grad")
        return self._current.get_input_grads(merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """Return the states of the current bucket."""
        self._need("binded", "params_initialized")
        return self._current.get_states(merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states of the current bucket."""
        self._need("binded", "params_initialized")
        self._current.set_states(states, value)

    def update_metric(
        self, eval_metric: EvalMetric, labels: Any, pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the last outputs."""
        self._need("binded", "params_initialized")
        self._current.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor watch all buckets, also those that come later."""
        self._need("binded")
        self._monitor = mon
        for module in self._buckets.values():
            module.install_monitor(mon)

    # Files

    def save_checkpoint(
        self,
        prefix: str,
        epoch: int,
        remove_amp_cast: bool = False,
        save_optimizer_states: bool = False,
    ) -> None:
        """Save the symbols of all buckets, and what they share.

        Parameters
        ----------
        prefix : str
            What the files' names begin with: ``<prefix>.buckets``,
            ``<prefix>-<key>-symbol.json``, ``<prefix>-0007.params`` and, if asked for,
            ``<prefix>-0007.states``.
        epoch : int
            Number of the checkpoint.
        remove_amp_cast : bool
            As in `Symbol.save`.
        save_optimizer_states : bool
            As in `Module.save_checkpoint`.
        """
        if not self._buckets:
            raise StateError("a BucketingModule without buckets cannot be saved")
        if save_optimizer_states:
            self._need("optimizer_initialized")
        symbols = {key: module._symbol for key, module in self._buckets.items()}
        buckets.save(prefix, symbols, remove_amp_cast)
        self.save_params(f"{prefix}-{epoch:04d}.params")
        if save_optimizer_states:
            self._default.save_optimizer_states(f"{prefix}-{epoch:04d}.states")

    @staticmethod
    def load(
        prefix: str,
        epoch: int,
        sym_gen: Callable[[Any], Generated] | None = None,
        default_bucket_key: Any = None,
        load_optimizer_states: bool = False,
        **kwargs: Any,
    ) -> BucketingModule:
        """Return a module with the symbols and parameters of a checkpoint.

        Parameters
        ----------
        prefix, epoch
            As in `save_checkpoint`.
        sym_gen, default_bucket_key
            As in BucketingModule. A symbol that was saved takes the place of the one
            that `sym_gen` returns.
        load_optimizer_states : bool
            Let `init_optimizer` load the optimizer's states.
        **kwargs
            Further arguments of BucketingModule.
        """
        if sym_gen is None or default_bucket_key is None:
            raise UsageError("load needs sym_gen and default_bucket_key")
        symbols, arg_params, aux_params = buckets.load(prefix, epoch)
        module = BucketingModule.load_dict(
            symbols, sym_gen, default_bucket_key, arg_params, aux_params, **kwargs
        )
        if load_optimizer_states:
            states = f"{prefix}-{epoch:04d}.states"
            module._default._preload_opt_states = states
        return module

    @staticmethod
    def load_dict(
        sym_dict: Mapping[Any, Symbol] | None = None,
        sym_gen: Callable[[Any], Generated] | None = None,
        default_bucket_key: Any = None,
        arg_params: Given = None,
        aux_params: Given = None,
        **kwargs: Any,
    ) -> BucketingModule:
        """Return a module with these symbols and parameters.

        Parameters
        ----------
        sym_dict : dict
            Symbols by bucket key.
        sym_gen, default_bucket_key, **kwargs
            As in `load`.
        arg_params, aux_params : mapping
            Parameters and auxiliary states by name.
        """
        if sym_dict is None or sym_gen is None or default_bucket_key is None:
            raise UsageError("load_dict needs sym_dict, sym_gen and default_bucket_key")
        module = BucketingModule(sym_gen, default_bucket_key, **kwargs)
        module._symbols = dict(sym_dict)
        module._default = module._current = module._made(default_bucket_key)
        module._default._arg_params = dict(arg_params or {})
        module._default._aux_params = dict(aux_params or {})
        module._default.params_initialized = module.params_initialized = True
        return module
