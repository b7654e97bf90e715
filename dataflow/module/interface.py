"""What every module is and must be able to do: the names, without the contents."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.errors import StateError, UsageError
from dataflow.initializer import Uniform
from dataflow.metric import EvalMetric
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol

Params = dict[str, NDArray]
Given = Mapping[str, NDArray] | None
RowIds = Callable[[Any], Any] | None

UNIFORM = Uniform(0.01)
SLOW = (("learning_rate", 0.01),)

_REMEDIES = {
    "binded": "is not bound; call bind(data_shapes=...) first",
    "params_initialized": "has no parameters yet; call init_params() first",
    "optimizer_initialized": "has no optimizer yet; call init_optimizer() first",
    "inputs_need_grad": "has no gradients of its data; bind it with "
    "inputs_need_grad=True",
}


class Interface:
    """A module's states and methods; most are for derived classes to define.

    Parameters
    ----------
    logger : logging.Logger
        Where `fit` logs.
    """

    def __init__(self, logger: Any = logging) -> None:
        self.logger = logger
        self.binded = False
        self.for_training = False
        self.inputs_need_grad = False
        self.params_initialized = False
        self.optimizer_initialized = False
        self._symbol: Symbol | None = None

    def _need(self, *states: str) -> None:
        """Raise StateError unless it is in all these states."""
        for state in states:
            if not getattr(self, state):
                raise StateError(f"this {type(self).__name__} {_REMEDIES[state]}")

    # What it is

    @property
    def symbol(self) -> Symbol | None:
        """The symbol it runs, if it runs one."""
        return self._symbol

    @property
    def data_names(self) -> Sequence[str]:
        """Names of the data."""
        raise self._undefined("data_names")

    @property
    def output_names(self) -> Sequence[str]:
        """Names of the outputs."""
        raise self._undefined("output_names")

    @property
    def data_shapes(self) -> Any:
        """Descriptions of the data."""
        raise self._undefined("data_shapes")

    @property
    def label_shapes(self) -> Any:
        """Descriptions of the labels; None if it needs none."""
        raise self._undefined("label_shapes")

    @property
    def output_shapes(self) -> Any:
        """Pairs of names and shapes of the outputs."""
        raise self._undefined("output_shapes")

    def _undefined(self, name: str) -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__} must define {name}")

    # Parameters

    def get_params(self) -> tuple[Params, Params]:
        """Return parameters and auxiliary states by name, on the cpu."""
        raise self._undefined("get_params")

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Given = None,
        aux_params: Given = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give the parameters their first values.

        Parameters
        ----------
        initializer : Initializer, optional
            What fills parameters that are not given.
        arg_params, aux_params : mapping, optional
            Values by name.
        allow_missing : bool
            Allow them to lack some, which the initializer then fills.
        force_init : bool
            Do it even if it was done before.
        allow_extra : bool
            Allow them to have names that are no parameters'.

        Raises
        ------
        StateError
            It is not bound.
        MXNetError
            Values are missing.
        """
        raise self._undefined("init_params")

    def set_params(
        self,
        arg_params: Given,
        aux_params: Given,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set the parameters; see `init_params`."""
        self.init_params(
            initializer=None,
            arg_params=arg_params,
            aux_params=aux_params,
            allow_missing=allow_missing,
            force_init=force_init,
            allow_extra=allow_extra,
        )

    # States

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """Return the states of stateful symbols; none here."""
        self._need("binded", "params_initialized")
        del merge_multi_context
        return []

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states of stateful symbols; there are none here."""
        self._need("binded", "params_initialized")
        if states or value:
            raise UsageError(f"this {type(self).__name__} has no states")

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor watch it."""
        raise self._undefined("install_monitor")

    # One batch

    def prepare(self, data_batch: Any, sparse_row_id_fn: RowIds = None) -> None:
        """Get ready for a batch that comes next; nothing is to be done here.

        Parameters
        ----------
        data_batch : DataBatch
            The batch.
        sparse_row_id_fn : callable, optional
            In MXNet, says which rows of sparse parameters the batch needs. There are
            none here.
        """

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs.

        Parameters
        ----------
        data_batch : DataBatch
            The batch.
        is_train : bool, optional
            Whether a backward follows; by default as it was bound.
        """
        raise self._undefined("forward")

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients.

        Parameters
        ----------
        out_grads : NDArray or list of NDArray, optional
            Gradients of the outputs; not needed where all outputs are losses.
        """
        raise self._undefined("backward")

    def forward_backward(self, data_batch: Any) -> None:
        """Compute outputs and gradients of a batch."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """Return the outputs of the last `forward`; the next one overwrites them.

        Parameters
        ----------
        merge_multi_context : bool
            Join what several contexts computed; else a list of one per context.
        """
        raise self._undefined("get_outputs")

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """Return the gradients of the data, like `get_outputs`."""
        raise self._undefined("get_input_grads")

    def update(self) -> None:
        """Update the parameters by their gradients."""
        raise self._undefined("update")

    def update_metric(
        self, eval_metric: EvalMetric, labels: Any, pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the last outputs.

        Parameters
        ----------
        eval_metric : EvalMetric
            The metric.
        labels : list of NDArray
            The labels.
        pre_sliced : bool
            Whether there is a list of labels for each context.
        """
        raise self._undefined("update_metric")

    # Setting up

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
        """Allocate the memory for batches.

        Parameters
        ----------
        data_shapes, label_shapes : list of DataDesc or of (str, tuple)
            Arrays of a batch.
        for_training : bool
            Whether there will be backward passes.
        inputs_need_grad : bool
            Whether these compute the gradients of the data, too.
        force_rebind : bool
            Bind anew if it is bound already.
        shared_module : Module, optional
            Share its parameters and memory.
        grad_req : str, list or dict
            ``"write"``, ``"add"`` or ``"null"``, for all or per argument.
        """
        raise self._undefined("bind")

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
            The optimizer, or its name.
        optimizer_params : dict or pairs
            Arguments of an optimizer given by name.
        force_init : bool
            Do it even if it was done before.
        """
        raise self._undefined("init_optimizer")
