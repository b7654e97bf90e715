"""A group of executors of one symbol, each on its context with its part of a batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.context import Context
from dataflow.errors import ArgumentError, StateError, UsageError
from dataflow.executor import Executor
from dataflow.io import DataDesc
from dataflow.metric import EvalMetric
from dataflow.module.layouts import Layout, resized
from dataflow.module.requests import gradient_requests
from dataflow.module.splitting import groups_by_context, mean, merge, part
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol

KEPT = 8  # executors for other shapes; each has memory of its own for outputs


class DataParallelExecutorGroup:
    """Runs a symbol on several contexts, which share every batch.

    Parameters
    ----------
    symbol : Symbol
        What is run.
    contexts : list of Context
        Where.
    workload : list of float
        How much of a batch each context takes, relative to the others.
    data_shapes, label_shapes : list of DataDesc
        Inputs of a whole batch; `label_shapes` may be None.
    param_names : list of str
        Arguments that are parameters.
    for_training, inputs_need_grad : bool
        Whether there will be backward passes; whether they compute the gradients of the
        data, too.
    shared_group : DataParallelExecutorGroup, optional
        One whose parameters and memory are used.
    logger : logging.Logger
        Not used.
    fixed_param_names, state_names : sequence of str, optional
        Parameters without gradients; arguments that are neither data nor parameters.
    grad_req : str, list or dict
        Which gradients are written or added; see `requests.gradient_requests`.
    group2ctxs : dict or list of dict, optional
        Contexts by ``ctx_group``; see `splitting.groups_by_context`.
    """

    def __init__(
        self,
        symbol: Symbol,
        contexts: Sequence[Context],
        workload: Sequence[float],
        data_shapes: Sequence[DataDesc],
        label_shapes: Sequence[DataDesc] | None,
        param_names: Sequence[str],
        for_training: bool,
        inputs_need_grad: bool,
        shared_group: DataParallelExecutorGroup | None = None,
        logger: Any = logging,
        fixed_param_names: Sequence[str] | None = None,
        grad_req: Any = "write",
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
    ) -> None:
        del logger
        self.symbol = symbol
        self.contexts = list(contexts)
        self.workload = workload
        self.group2ctxs = groups_by_context(group2ctxs, len(self.contexts))
        self.arg_names = symbol.list_arguments()
        self.aux_names = symbol.list_auxiliary_states()
        self.output_names = symbol.list_outputs()
        self.output_layouts = [_axis_of(symbol, name) for name in self.output_names]
        self.param_names = [n for n in self.arg_names if n in set(param_names)]
        self.fixed_param_names = list(fixed_param_names or ())
        self.state_names = list(state_names or ())
        self.for_training = for_training
        self.inputs_need_grad = inputs_need_grad
        self.layout = Layout.of(data_shapes, label_shapes, workload, self.arg_names)
        self.grad_req = self._requests(grad_req)
        self.shared_group = shared_group
        self.shared_data_arrays: list[dict[str, NDArray]] = (
            [{} for _ in self.contexts]
            if shared_group is None
            else shared_group.shared_data_arrays
        )
        self._monitors: list[Any] = []
        self._default_execs = [self._bound(i) for i in range(len(self.contexts))]
        self._default_key = self.layout.key
        self._by_shape: dict[Any, list[Executor]] = {}
        self._take(self._default_execs)

    # Binding

    def _requests(self, grad_req: Any) -> dict[str, str]:
        if not self.for_training:
            return dict.fromkeys(self.arg_names, "null")
        trained = set(self.param_names) - set(self.fixed_param_names)
        if self.inputs_need_grad:
            trained |= set(self.data_names)
        return gradient_requests(grad_req, self.arg_names, trained)

    def _bound(self, number: int) -> Executor:
        shared = self.shared_group
        lender = shared._default_execs[number] if shared is not None else None
        inputs = (*self.layout.data, *self.layout.labels)
        executor = self.symbol.simple_bind(
            self.contexts[number],
            grad_req=self.grad_req,
            type_dict={x.name: x.dtype for x in inputs},
            group2ctx=self.group2ctxs[number],
            shared_arg_names=self.param_names if lender is not None else None,
            shared_exec=lender,
            shared_buffer=self.shared_data_arrays[number],
            **self.layout.shapes(number),
        )
        if lender is not None:
            _check_shared(executor, lender, self.param_names)
        return executor

    def _take(self, executors: list[Executor]) -> None:
        """Make these the executors that run, and list their arrays."""
        self.execs = executors
        arguments = [executor.arg_dict for executor in executors]
        gradients: list[dict[str, Any]] = [e.grad_dict for e in executors]
        states = [executor.aux_dict for executor in executors]
        self.param_arrays = _across(arguments, self.param_names)
        self.grad_arrays: Any = (
            _across(gradients, self.param_names) if self.for_training else None
        )
        self.aux_arrays = _across(states, self.aux_names)
        self.state_arrays = _across(arguments, self.state_names)
        self.input_grad_arrays = (
            _across(gradients, self.data_names) if self.inputs_need_grad else None
        )

    def reshape(
        self, data_shapes: Sequence[DataDesc], label_shapes: Sequence[DataDesc] | None
    ) -> None:
        """Go over to batches of other shapes; the arrays of parameters stay.

        Executors of the last few shapes are kept. If it fails nothing is changed.
        """
        layout = Layout.of(data_shapes, label_shapes, self.workload, self.arg_names)
        if layout.key != self.layout.key:
            self._take(self._reshaped(layout))
        self.layout = layout

    def _reshaped(self, layout: Layout) -> list[Executor]:
        if layout.key == self._default_key:
            return self._default_execs
        found = self._by_shape.pop(layout.key, None)
        if found is None:
            found = self._made(layout)
        self._by_shape[layout.key] = found  # what was used last stands last
        if len(self._by_shape) > KEPT:
            del self._by_shape[next(iter(self._by_shape))]
        return found

    def _made(self, layout: Layout) -> list[Executor]:
        try:
            found = [
                executor.reshape(allow_up_sizing=True, **layout.shapes(number))
                for number, executor in enumerate(self._default_execs)
            ]
        except ArgumentError as error:
            given, bound = layout.described(), self.layout.described()
            raise ArgumentError(
                f"batches of {given} do not go with the parameters, which were made "
                f"for {bound}; such data needs a module of its own"
            ) from error
        for monitor in self._monitors:
            _install(monitor, found)
        return found

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor watch all executors, those of later shapes too."""
        if mon in self._monitors:
            return
        self._monitors.append(mon)
        for executors in (self._default_execs, *self._by_shape.values()):
            _install(mon, executors)

    # What a batch is like

    @property
    def batch_size(self) -> int:
        """Samples in a batch."""
        return self.layout.batch_size

    @property
    def slices(self) -> list[slice]:
        """For each context its samples."""
        return list(self.layout.slices)

    @property
    def data_names(self) -> list[str]:
        """Names of the data, in the order of a batch."""
        return self.layout.data_names

    @property
    def label_names(self) -> list[str]:
        """Names of the labels, in the order of a batch."""
        return self.layout.label_names

    # Parameters

    def set_params(
        self,
        arg_params: Mapping[str, NDArray],
        aux_params: Mapping[str, NDArray] | None,
        allow_extra: bool = False,
    ) -> None:
        """Copy parameters to all contexts; see `Executor.copy_params_from`."""
        for executor in self.execs:
            executor.copy_params_from(arg_params, aux_params, allow_extra)

    def get_params(
        self, arg_params: Mapping[str, NDArray], aux_params: Mapping[str, NDArray]
    ) -> None:
        """Copy the mean over all contexts into the arrays of `arg_params`."""
        for name, copies in zip(self.param_names, self.param_arrays, strict=True):
            mean(copies).copyto(arg_params[name])
        for name, copies in zip(self.aux_names, self.aux_arrays, strict=True):
            mean(copies).copyto(aux_params[name])

    def aligned(self, names: Sequence[str]) -> tuple[list[Any], list[Any]]:
        """Return arrays of parameters and gradients in the order of these names.

        One that this group does not have gets None, as one without gradient does.
        """
        if names == self.param_names:
            return self.param_arrays, self.grad_arrays
        missing = [None] * len(self.contexts)
        params = dict(zip(self.param_names, self.param_arrays, strict=True))
        grads = dict(zip(self.param_names, self.grad_arrays, strict=True))
        return (
            [params.get(name, missing) for name in names],
            [grads.get(name, missing) for name in names],
        )

    # Running

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs of a batch, or of a list with a batch for each context.

        A batch without labels leaves them as they are.
        """
        training = self.for_training if is_train is None else is_train
        parts = list(self.layout.parts(data_batch))
        for executor, values in zip(self.execs, parts, strict=True):
            executor.forward(training, **values)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients, given those of the outputs for whole batches."""
        if not self.for_training:
            raise StateError(
                "bound for inference, which has no backward; bind again with "
                "for_training=True and force_rebind=True"
            )
        given = [out_grads] if isinstance(out_grads, NDArray) else list(out_grads or ())
        for executor, samples in zip(self.execs, self.layout.slices, strict=True):
            own = [
                part(gradient, samples, axis)
                for gradient, axis in zip(given, self.output_layouts, strict=False)
            ]
            executor.backward(own or None)

    def update_metric(
        self, eval_metric: EvalMetric, labels: Sequence[Any], pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the outputs.

        Parameters
        ----------
        eval_metric : EvalMetric
            The metric.
        labels : list of NDArray
            Labels of the batch; with `pre_sliced` a list of them for each context.
        pre_sliced : bool
            Whether the labels are split already.
        """
        for number, executor in enumerate(self.execs):
            own = self.layout.labels_of(number, labels, pre_sliced)
            outputs = zip(self.output_names, executor.outputs, strict=True)
            eval_metric.update_dict(own, dict(outputs))

    # Results

    def get_outputs(
        self, merge_multi_context: bool = True, begin: int = 0, end: int | None = None
    ) -> Any:
        """Return the outputs `begin` to `end`, each merged, or as one per context."""
        numbers = range(len(self.output_names))[begin:end]
        pieces = [[executor.outputs[i] for executor in self.execs] for i in numbers]
        axes = self.output_layouts[begin:end]
        return merge(pieces, axes) if merge_multi_context else pieces

    def get_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return names and shapes of the outputs of a whole batch."""
        first = [output.shape for output in self.execs[0].outputs]
        shapes = [
            resized(shape, axis if len(shape) > axis else -1, self.batch_size)
            for shape, axis in zip(first, self.output_layouts, strict=True)
        ]
        return list(zip(self.output_names, shapes, strict=True))

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """Return the gradients of the data, each merged, or as one per context."""
        if self.input_grad_arrays is None:
            raise StateError(
                "there are no gradients of the data; bind with inputs_need_grad=True"
            )
        pieces = self.input_grad_arrays
        return merge(pieces, self.layout.data_axes) if merge_multi_context else pieces

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """Return the states, each merged along axis 0, or as one per context."""
        pieces = self.state_arrays
        return merge(pieces, [0] * len(pieces)) if merge_multi_context else pieces

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states, to arrays or all to one number.

        Parameters
        ----------
        states : list, optional
            For each state an array for whole batches, or a list of one per context.
        value : float, optional
            The number.
        """
        if (states is None) == (value is None):
            raise UsageError("set_states takes either states or a value")
        if states is None:
            states = [[value] * len(self.contexts)] * len(self.state_names)
        if len(states) != len(self.state_names):
            raise UsageError(
                f"{len(states)} states are given; there are {len(self.state_names)}: "
                f"{', '.join(self.state_names)}"
            )
        for own, given in zip(self.state_arrays, states, strict=True):
            for array, source in zip(own, self._split(given), strict=True):
                _fill(array, source)

    def _split(self, given: Any) -> Any:
        if isinstance(given, NDArray):
            return [part(given, samples, 0) for samples in self.layout.slices]
        return given


def _axis_of(symbol: Symbol, output: str) -> int:
    """Return the axis of samples of an output; 0 unless its symbol says otherwise."""
    return DataDesc.get_batch_axis(symbol[output].attr("__layout__"))


def _across(
    by_name: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> list[list[Any]]:
    """Return, for each name, the arrays of all contexts."""
    return [[arrays[name] for arrays in by_name] for name in names]


def _fill(array: NDArray, source: Any) -> None:
    if isinstance(source, NDArray):
        source.copyto(array)
    else:
        array[:] = source


def _install(mon: Any, executors: Sequence[Executor]) -> None:
    for executor in executors:
        mon.install(executor)


def _check_shared(
    executor: Executor, lender: Executor, param_names: Sequence[str]
) -> None:
    """Raise unless the parameters are the lender's own arrays."""
    own, shared = executor.arg_dict, lender.arg_dict
    for name in param_names:
        if name not in shared:
            raise ArgumentError(
                f"parameter '{name}' is not in the module whose parameters are shared; "
                f"that has {', '.join(shared)}"
            )
        if own[name] is not shared[name]:
            raise ArgumentError(
                f"parameter '{name}' has shape {own[name].shape} and type "
                f"{own[name].raw_dtype}, but {shared[name].shape} and "
                f"{shared[name].raw_dtype} in the module that shares its parameters"
            )
