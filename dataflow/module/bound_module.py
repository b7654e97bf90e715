"""A symbol bound on one or several contexts, with its parameters; no optimizer yet."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.context import Context, cpu
from dataflow.errors import ArgumentTypeError, UsageError
from dataflow.io import DataDesc
from dataflow.metric import EvalMetric
from dataflow.module.adapting import other_shapes, scaled
from dataflow.module.base_module import BaseModule
from dataflow.module.executor_group import DataParallelExecutorGroup
from dataflow.module.interface import UNIFORM, Given, Interface, Params, RowIds
from dataflow.module.names import (
    Described,
    check_input_names,
    described,
    parse_data_desc,
)
from dataflow.module.parameters import check_given, fill, zeros_like
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol

CPU = cpu()


class BoundModule(BaseModule):
    """Runs a symbol, forward and backward; its parameters are those of `Module`."""

    def __init__(
        self,
        symbol: Symbol,
        data_names: Sequence[str] | None = ("data",),
        label_names: Sequence[str] | None = ("softmax_label",),
        logger: Any = logging,
        context: Context | Sequence[Context] = CPU,
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(logger)
        if not isinstance(symbol, Symbol):
            raise ArgumentTypeError(f"a Module runs a Symbol, not {symbol!r}")
        self._symbol: Symbol = symbol
        self._context = [context] if isinstance(context, Context) else list(context)
        self._work_load_list = list(work_load_list or [1] * len(self._context))
        if len(self._work_load_list) != len(self._context):
            raise UsageError(
                f"work_load_list has {len(self._work_load_list)} entries for "
                f"{len(self._context)} contexts"
            )
        self._group2ctxs = group2ctxs
        self._compression_params = compression_params
        self._take_names(data_names, label_names, state_names, fixed_param_names)
        self._arg_params: Params = {}
        self._aux_params: Params = {}
        self._params_dirty = False
        self._group: DataParallelExecutorGroup | None = None
        self._data_shapes: Described = []
        self._label_shapes: Described | None = None

    def _take_names(
        self,
        data_names: Sequence[str] | None,
        label_names: Sequence[str] | None,
        state_names: Sequence[str] | None,
        fixed_param_names: Sequence[str] | None,
    ) -> None:
        """Check the names of inputs; all other arguments are parameters."""
        symbol = self._symbol
        self._data_names = list(data_names or ())
        self._label_names = list(label_names or ())
        self._state_names = list(state_names or ())
        self._fixed_param_names = list(fixed_param_names or ())
        check_input_names(symbol, self._data_names, "data", required=True)
        check_input_names(symbol, self._label_names, "label", required=False)
        check_input_names(symbol, self._state_names, "state", required=True)
        check_input_names(symbol, self._fixed_param_names, "fixed_param", required=True)
        inputs = {*self._data_names, *self._label_names, *self._state_names}
        self._param_names = [n for n in symbol.list_arguments() if n not in inputs]
        self._aux_names = symbol.list_auxiliary_states()
        self._output_names = symbol.list_outputs()

    # What it is

    @property
    def _exec_group(self) -> DataParallelExecutorGroup:
        if self._group is None:
            self._need("binded")
        assert self._group is not None
        return self._group

    @property
    def data_names(self) -> list[str]:
        """Names of the data."""
        return self._data_names

    @property
    def label_names(self) -> list[str]:
        """Names of the labels."""
        return self._label_names

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> list[DataDesc]:
        """Descriptions of the data."""
        self._need("binded")
        return self._data_shapes

    @property
    def label_shapes(self) -> list[DataDesc] | None:
        """Descriptions of the labels; None if it was bound without."""
        self._need("binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Pairs of names and shapes of the outputs."""
        return self._exec_group.get_output_shapes()

    # Parameters

    def get_params(self) -> tuple[Params, Params]:
        """Return parameters and auxiliary states by name, on the cpu.

        The arrays are the module's own; it writes into them at the next call.
        """
        self._need("params_initialized")
        if self._params_dirty:
            self._sync_params_from_devices()
        return self._arg_params, self._aux_params

    def _sync_params_from_devices(self) -> None:
        self._exec_group.get_params(self._arg_params, self._aux_params)
        self._params_dirty = False

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
            warnings.warn(
                "the parameters are initialized already, so init_params does nothing; "
                "pass force_init=True to do it again",
                stacklevel=2,
            )
            return
        self._need("binded")
        if self._params_dirty:
            self._sync_params_from_devices()
        check_given(arg_params, self._arg_params, allow_missing)
        check_given(aux_params, self._aux_params, allow_missing)
        attributes = self._symbol.attr_dict()
        fill(self._arg_params, arg_params, initializer, attributes)
        fill(self._aux_params, aux_params, initializer, attributes)
        self.params_initialized = True
        self._params_dirty = False
        # A module that shares parameters may use some of them only.
        self._spread(self._arg_params, self._aux_params, allow_extra=True)

    def set_params(
        self,
        arg_params: Given,
        aux_params: Given,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set parameters; see `init_params`."""
        if not allow_missing:
            self.init_params(
                initializer=None,
                arg_params=arg_params,
                aux_params=aux_params,
                allow_missing=allow_missing,
                force_init=force_init,
                allow_extra=allow_extra,
            )
            return
        if self.params_initialized and not force_init:
            warnings.warn(
                "the parameters are initialized already, so set_params does nothing; "
                "pass force_init=True to set them",
                stacklevel=2,
            )
            return
        self._spread(arg_params or {}, aux_params or {}, allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    def _spread(
        self,
        arg_params: Mapping[str, NDArray],
        aux_params: Mapping[str, NDArray],
        allow_extra: bool,
    ) -> None:
        """Copy parameters to all contexts."""
        self._exec_group.set_params(arg_params, aux_params, allow_extra)

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
        """Allocate the memory for batches; see `BaseModule.bind`."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise UsageError(
                "inputs_need_grad=True asks for gradients; for_training=False for none"
            )
        lender = self._lender(shared_module)
        data, labels = parse_data_desc(
            self._data_names, self._label_names, data_shapes, label_shapes
        )
        if self.params_initialized and self._params_dirty:
            self._sync_params_from_devices()
        group = DataParallelExecutorGroup(
            self._symbol,
            self._context,
            self._work_load_list,
            data,
            labels,
            self._param_names,
            for_training,
            inputs_need_grad,
            None if lender is None else lender._exec_group,
            self.logger,
            self._fixed_param_names,
            grad_req,
            self._state_names,
            self._group2ctxs,
        )
        self._take_group(group, lender)
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = data, labels
        self.binded = True

    def _lender(self, shared_module: Interface | None) -> BoundModule | None:
        """Check the module that shares its parameters and memory."""
        if shared_module is None:
            return None
        if not isinstance(shared_module, BoundModule):
            raise UsageError(f"shared_module must be a Module, not {shared_module!r}")
        shared_module._need("binded", "params_initialized")
        if shared_module._context != self._context:
            raise UsageError(
                f"shared_module runs on {shared_module._context}, not on "
                f"{self._context}, so that no memory can be shared"
            )
        return shared_module

    def _take_group(
        self, group: DataParallelExecutorGroup, lender: BoundModule | None
    ) -> None:
        """Make this the group that runs, with the parameters that there are."""
        if lender is not None:
            self._arg_params, self._aux_params = lender._arg_params, lender._aux_params
            self.params_initialized = True
        elif self.params_initialized:
            group.set_params(self._arg_params, self._aux_params)
        else:
            first = group.execs[0]
            self._arg_params = zeros_like(first.arg_dict, group.param_names)
            self._aux_params = zeros_like(first.aux_dict, group.aux_names)
        self._group = group

    def reshape(self, data_shapes: Any, label_shapes: Any = None) -> None:
        """Go over to batches of other shapes, with the same parameters.

        Parameters
        ----------
        data_shapes, label_shapes : list of DataDesc or of (str, tuple)
            Arrays of a batch. Labels are by default as they were, as many as samples.
        """
        self._need("binded")
        if label_shapes is None and self._label_shapes:
            label_shapes = scaled(self._label_shapes, described(data_shapes, "data"))
        data, labels = parse_data_desc(
            self._data_names, self._label_names, data_shapes, label_shapes
        )
        self._exec_group.reshape(data, labels)
        self._data_shapes, self._label_shapes = data, labels

    # One batch

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs; a batch of other shapes is taken as it is.

        Parameters
        ----------
        data_batch : DataBatch, or list of DataBatch
            The batch; or one for each context, all of the same shapes.
        is_train : bool, optional
            Whether a backward follows; by default as it was bound.
        """
        self._need("binded", "params_initialized")
        shapes = other_shapes(data_batch, self.data_shapes, self.label_shapes or [])
        if shapes is not None:
            self.reshape(*shapes)
        self._exec_group.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients.

        Parameters
        ----------
        out_grads : NDArray or list of NDArray, optional
            Gradients of the outputs, for the whole batch; not needed where all outputs
            are losses.
        """
        self._need("binded", "params_initialized")
        self._exec_group.backward(out_grads)

    def update_metric(
        self, eval_metric: EvalMetric, labels: Any, pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the last outputs; see `BaseModule.update_metric`."""
        self._exec_group.update_metric(eval_metric, labels or [], pre_sliced)

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """Return the outputs of the last `forward`; the next one overwrites them."""
        self._need("binded", "params_initialized")
        return self._exec_group.get_outputs(merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """Return the gradients of the data, like `get_outputs`."""
        self._need("binded", "params_initialized", "inputs_need_grad")
        return self._exec_group.get_input_grads(merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """Return the states, each merged, or as a list of one per context."""
        self._need("binded", "params_initialized")
        return self._exec_group.get_states(merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states: to arrays, or all to one number.

        Parameters
        ----------
        states : list, optional
            For each state an array for whole batches, or a list of one per context.
        value : float, optional
            The number.
        """
        self._need("binded", "params_initialized")
        self._exec_group.set_states(states, value)

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor watch all executors."""
        self._need("binded")
        self._exec_group.install_monitor(mon)

    def prepare(self, data_batch: Any, sparse_row_id_fn: RowIds = None) -> None:
        """Get ready for a batch that comes next; see `BaseModule.prepare`."""
        self._need("binded")
        if sparse_row_id_fn is not None:
            warnings.warn(
                "sparse_row_id_fn is not called: no parameter is sparse", stacklevel=2
            )
