"""SequentialModule: modules in a chain, each fed by the one before."""

from __future__ import annotations

import copy
import logging
from typing import Any, ClassVar, Self

from dataflow.errors import UsageError
from dataflow.metric import EvalMetric
from dataflow.module.base_module import BaseModule
from dataflow.module.interface import SLOW, UNIFORM, Given, Interface, Params
from dataflow.module.names import described
from dataflow_ops.errors import suggestion


class SequentialModule(BaseModule):
    """A chain of modules, filled by `add`.

    Parameters
    ----------
    logger : logging.Logger
        Where `fit` logs.
    """

    META_TAKE_LABELS: ClassVar[str] = "take_labels"
    META_AUTO_WIRING: ClassVar[str] = "auto_wiring"

    def __init__(self, logger: Any = logging) -> None:
        super().__init__(logger)
        self._modules: list[Interface] = []
        self._metas: list[dict[str, Any]] = []
        self._label_shapes: Any = None

    def add(self, module: Interface, **kwargs: Any) -> Self:
        """Append a module; the chain must be bound again then.

        Parameters
        ----------
        module : BaseModule
            The module.
        **kwargs : bool
            ``take_labels`` if it is to be given the labels, as a loss is;
            ``auto_wiring`` if it takes what the one before computes by position,
            rather than by name.

        Returns
        -------
        SequentialModule
            Itself, so that calls can be chained.
        """
        known = (self.META_TAKE_LABELS, self.META_AUTO_WIRING)
        for name in kwargs:
            if name not in known:
                hint = suggestion(name, known) or f"there are {' and '.join(known)}"
                raise UsageError(f"add does not know '{name}'; {hint}")
        self._modules.append(module)
        self._metas.append(kwargs)
        self.binded = self.params_initialized = self.optimizer_initialized = False
        return self

    # What it is

    @property
    def data_names(self) -> Any:
        """Names of the data of the first module."""
        return self._modules[0].data_names if self._modules else []

    @property
    def output_names(self) -> Any:
        """Names of the outputs of the last module."""
        return self._modules[-1].output_names if self._modules else []

    @property
    def data_shapes(self) -> Any:
        """Descriptions of the data of the first module."""
        self._need("binded")
        return self._modules[0].data_shapes

    @property
    def label_shapes(self) -> Any:
        """Labels as it was bound; None if no module takes them."""
        self._need("binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """Pairs of names and shapes of the outputs of the last module."""
        self._need("binded")
        return self._modules[-1].output_shapes

    # Parameters

    def get_params(self) -> tuple[Params, Params]:
        """Return the parameters and auxiliary states of all modules, by name."""
        self._need("binded", "params_initialized")
        found: tuple[Params, Params] = {}, {}
        for module in self._modules:
            for every, own in zip(found, module.get_params(), strict=True):
                every.update(own)
        return found

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Given = None,
        aux_params: Given = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give the parameters their first values; see `BaseModule.init_params`.

        Raises
        ------
        UsageError
            Two modules have parameters of one name.
        """
        if self.params_initialized and not force_init:
            return
        self._need("binded")
        for module in self._modules:
            module.init_params(
                initializer=initializer,
                arg_params=arg_params,
                aux_params=aux_params,
                allow_missing=allow_missing,
                force_init=force_init,
                allow_extra=allow_extra,
            )
        self._check_names()
        self.params_initialized = True

    def _check_names(self) -> None:
        owners: dict[str, int] = {}
        for number, module in enumerate(self._modules):
            for params in module.get_params():
                for name in params:
                    if owners.setdefault(name, number) != number:
                        raise UsageError(
                            f"modules {owners[name]} and {number} both have a "
                            f"parameter '{name}'; give one of them another name"
                        )

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
        """Bind all modules; see `BaseModule.bind`. `shared_module` must be None."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise UsageError(
                "inputs_need_grad=True asks for gradients; for_training=False for none"
            )
        if shared_module is not None:
            raise UsageError("a SequentialModule cannot share another module's memory")
        if not self._modules:
            raise UsageError("there are no modules to bind; add some first")
        shapes = data_shapes
        for number, (module, meta) in enumerate(
            zip(self._modules, self._metas, strict=True)
        ):
            if meta.get(self.META_AUTO_WIRING):
                shapes = _renamed(shapes, module, number)
            module.bind(
                data_shapes=shapes,
                label_shapes=label_shapes if meta.get(self.META_TAKE_LABELS) else None,
                for_training=for_training,
                inputs_need_grad=inputs_need_grad or (for_training and number > 0),
                force_rebind=force_rebind,
                shared_module=None,
                grad_req=grad_req,
            )
            shapes = module.output_shapes
        taken = any(meta.get(self.META_TAKE_LABELS) for meta in self._metas)
        self._label_shapes = label_shapes if taken else None
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.binded = True

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = SLOW,
        force_init: bool = False,
    ) -> None:
        """Make what updates the parameters, for each module its own."""
        self._need("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        for module in self._modules:
            module.init_optimizer(
                kvstore=kvstore,
                optimizer=optimizer,
                optimizer_params=optimizer_params,
                force_init=force_init,
            )
        self.optimizer_initialized = True

    # One batch

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs, module by module."""
        self._need("binded", "params_initialized")
        batch = copy.copy(data_batch)
        for module, following in zip(
            self._modules, [*self._modules[1:], None], strict=True
        ):
            module.forward(batch, is_train=is_train)
            if following is not None:
                batch.data = module.get_outputs()
                batch.provide_data = None  # the next module takes them by position

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients, from the last module to the first."""
        self._need("binded", "params_initialized")
        for number, module in reversed(list(enumerate(self._modules))):
            module.backward(out_grads=out_grads)
            if number:
                out_grads = module.get_input_grads()

    def update(self) -> None:
        """Update the parameters of all modules."""
        self._need("binded", "params_initialized", "optimizer_initialized")
        for module in self._modules:
            module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """Return the outputs of the last module."""
        self._need("binded", "params_initialized")
        return self._modules[-1].get_outputs(merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """Return the gradients of the data of the first module."""
        self._need("binded", "params_initialized", "inputs_need_grad")
        return self._modules[0].get_input_grads(merge_multi_context)

    def update_metric(
        self, eval_metric: EvalMetric, labels: Any, pre_sliced: bool = False
    ) -> None:
        """Let a metric take in the outputs of the modules that take labels."""
        self._need("binded", "params_initialized")
        for module, meta in zip(self._modules, self._metas, strict=True):
            if meta.get(self.META_TAKE_LABELS):
                module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor watch all modules."""
        self._need("binded")
        for module in self._modules:
            module.install_monitor(mon)


def _renamed(shapes: Any, module: Interface, number: int) -> list[Any]:
    """Return the shapes under the names of a module's data."""
    names, given = module.data_names, described(shapes, "data")
    if len(names) != len(given):
        raise UsageError(
            f"module {number} takes {len(names)} arrays ({', '.join(names)}), but is "
            f"fed {len(given)}: {', '.join(x.name for x in given)}"
        )
    return [(name, x.shape) for name, x in zip(names, given, strict=True)]
