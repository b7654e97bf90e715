"""Modules that compute in Python, without parameters of their own: losses, say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError, MXNetError, StateError, UsageError
from dataflow.metric import EvalMetric
from dataflow.module.base_module import BaseModule
from dataflow.module.interface import SLOW, UNIFORM, Given, Interface, Params
from dataflow.module.names import described
from dataflow.ndarray import NDArray

Gradient = Callable[[NDArray, NDArray], Any]


class PythonModule(BaseModule):
    """Base of modules without parameters, or with such as they handle themselves.

    Derived classes define `_compute_output_shapes`, `forward`, `backward`,
    `get_outputs` and `get_input_grads`.

    Parameters
    ----------
    data_names, label_names, output_names : sequence of str
        Names of its inputs and outputs; `label_names` may be None.
    logger : logging.Logger
        Where `fit` logs.
    """

    def __init__(
        self,
        data_names: Sequence[str],
        label_names: Sequence[str] | None,
        output_names: Sequence[str],
        logger: Any = logging,
    ) -> None:
        super().__init__(logger)
        self._data_names = list(data_names)
        self._label_names = None if label_names is None else list(label_names)
        self._output_names = list(output_names)
        self._data_shapes: Any = None
        self._label_shapes: Any = None
        self._output_shapes: Any = None

    @property
    def data_names(self) -> list[str]:
        """Names of the data."""
        return self._data_names

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> Any:
        """The data's shapes as it was bound."""
        return self._data_shapes

    @property
    def label_shapes(self) -> Any:
        """The labels' shapes as it was bound; None if it needs none."""
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """Pairs of names and shapes of the outputs."""
        return self._output_shapes

    def get_params(self) -> tuple[Params, Params]:
        """Return no parameters, and no auxiliary states."""
        return {}, {}

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Given = None,
        aux_params: Given = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Do nothing: there are no parameters."""
        self.params_initialized = True

    def update(self) -> None:
        """Do nothing: there are no parameters."""

    def update_metric(
        self, eval_metric: EvalMetric, labels: Any, pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the last outputs, if this module takes labels."""
        if self._label_shapes is None:
            return
        if pre_sliced:
            raise MXNetError(
                f"a {type(self).__name__} runs on one context, so labels cannot be "
                "given per context"
            )
        eval_metric.update(labels, self.get_outputs())

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
        """Remember the shapes, and compute those of the outputs.

        Parameters are those of `BaseModule.bind`; the names must be those of the module
        in order.
        """
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if grad_req != "write":
            raise UsageError(
                f"a {type(self).__name__} writes gradients; grad_req={grad_req!r} is "
                "not possible"
            )
        _check("data", data_shapes, self._data_names)
        if label_shapes is not None:
            _check("label", label_shapes, self._label_names or [])
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = data_shapes, label_shapes
        self._output_shapes = self._compute_output_shapes()
        self.binded = True

    def _compute_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return names and shapes of the outputs; those of inputs are known then."""
        raise self._undefined("_compute_output_shapes")

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = SLOW,
        force_init: bool = False,
    ) -> None:
        """Do nothing: there are no parameters."""
        self.optimizer_initialized = True


class PythonLossModule(PythonModule):
    """A loss whose gradient is computed in Python; its output is its data.

    Parameters
    ----------
    name : str
        What the name of its output begins with.
    data_names, label_names : sequence of str
        One name each: the scores, and the labels.
    logger : logging.Logger
        Where `fit` logs.
    grad_func : callable, optional
        Takes scores and labels, and returns the gradient by the scores. A derived class
        may define `_backward_impl` instead.
    """

    def __init__(
        self,
        name: str = "pyloss",
        data_names: Sequence[str] = ("data",),
        label_names: Sequence[str] = ("softmax_label",),
        logger: Any = logging,
        grad_func: Gradient | None = None,
    ) -> None:
        super().__init__(data_names, label_names, [f"{name}_output"], logger)
        for kind, names in (("data", data_names), ("label", label_names)):
            if len(names) != 1:
                raise UsageError(f"{kind}_names must be one name, not {list(names)}")
        if grad_func is not None and not callable(grad_func):
            raise UsageError(f"grad_func is a function, not {grad_func!r}")
        self._name = name
        self._scores: Any = None
        self._labels: Any = None
        self._scores_grad: Any = None
        self._grad_func = grad_func

    def _compute_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(self._output_names[0], tuple(self._data_shapes[0][1]))]

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Keep the scores and, to train, the labels."""
        training = self.for_training if is_train is None else is_train
        if training and not data_batch.label:
            raise ArgumentError(f"loss '{self._name}': the batch has no labels")
        self._scores = data_batch.data[0]
        if training:
            self._labels = data_batch.label[0]

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the scores."""
        self._check_merging(merge_multi_context)
        return [self._scores]

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradient by the scores."""
        if out_grads is not None:
            raise UsageError(f"loss '{self._name}' ends the chain: out_grads is None")
        if not self.for_training:
            raise StateError(
                f"loss '{self._name}' is bound for inference, which has no backward"
            )
        self._backward_impl()

    def _backward_impl(self) -> None:
        if self._grad_func is None:
            raise self._undefined("_backward_impl, or be given a grad_func")
        gradient = self._grad_func(self._scores, self._labels)
        made = gradient if isinstance(gradient, NDArray) else nd.array(gradient)
        self._scores_grad = made

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradient by the scores."""
        self._check_merging(merge_multi_context)
        return [self._scores_grad]

    def _check_merging(self, merge_multi_context: bool) -> None:
        if not merge_multi_context:
            raise UsageError(
                f"loss '{self._name}' runs on one context: merge_multi_context is True"
            )


def _check(kind: str, shapes: Any, names: Sequence[str]) -> None:
    given = [x.name for x in described(shapes, kind)]
    if given != list(names):
        raise UsageError(f"{kind}_shapes are of {given}, not of {list(names)}")
