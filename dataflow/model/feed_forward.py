"""FeedForward: a network with its parameters, as it was trained before modules."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataflow import metric as metrics
from dataflow.callback import LogValidationMetricsCallback
from dataflow.context import Context, current_context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.executor import Executor
from dataflow.initializer import Uniform
from dataflow.model.batch_end import BatchEndParam
from dataflow.model.checkpoints import load_checkpoint, save_checkpoint
from dataflow.model.inputs import as_iterator, as_validation, check_symbol
from dataflow.model.running import (
    fetched,
    predictor,
    run,
    single,
    trainable,
    unpadded,
)
from dataflow.model.training import Training, call
from dataflow.ndarray import NDArray
from dataflow.serialization import background
from dataflow.symbol import Symbol

UNIFORM = Uniform(0.01)
LOG_VALIDATION = LogValidationMetricsCallback()


class FeedForward:
    """A network with its parameters: trained, measured, asked, saved.

    `dataflow.module.Module` does all of this and more; this is for programs that were
    written before it.

    Parameters
    ----------
    symbol : Symbol
        The network.
    ctx : Context or list of Context, optional
        Where it is trained; the current context by default. It predicts on the first.
    num_epoch : int, optional
        Number of the epoch before which training stops.
    epoch_size : int, optional
        Batches in an epoch; all by default.
    optimizer : str or Optimizer
        What updates the parameters.
    initializer : Initializer
        What fills parameters that are not given.
    numpy_batch_size : int
        Samples in a batch, where data are given as arrays.
    arg_params, aux_params : mapping, optional
        Parameters and auxiliary states by name.
    allow_extra_params : bool
        Allow them to have names that are no parameters'.
    begin_epoch : int
        Number of the first epoch.
    **kwargs
        Arguments of an optimizer given by name.

    Raises
    ------
    ArgumentTypeError
        The symbol is none.
    ArgumentError
        Two of its arguments have one name.
    """

    def __init__(
        self,
        symbol: Symbol,
        ctx: Context | Sequence[Context] | None = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = UNIFORM,
        numpy_batch_size: int = 128,
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_extra_params: bool = False,
        begin_epoch: int = 0,
        **kwargs: Any,
    ) -> None:
        check_symbol(symbol)
        warnings.warn(
            "FeedForward is deprecated; use Module", DeprecationWarning, stacklevel=2
        )
        contexts = current_context() if ctx is None else ctx
        self.ctx = [contexts] if isinstance(contexts, Context) else list(contexts)
        self.symbol = symbol
        self.num_epoch = num_epoch
        self.epoch_size = epoch_size
        self.optimizer = optimizer
        self.initializer = initializer
        self.numpy_batch_size = numpy_batch_size
        self.arg_params = None if arg_params is None else dict(arg_params)
        self.aux_params = None if aux_params is None else dict(aux_params)
        self.allow_extra_params = allow_extra_params
        self.begin_epoch = begin_epoch
        self.kwargs = kwargs

    # Training

    def fit(
        self,
        X: Any,
        y: Any = None,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: Sequence[float] | None = None,
        monitor: Any = None,
        eval_end_callback: Any = LOG_VALIDATION,
        eval_batch_end_callback: Any = None,
    ) -> None:
        """Train.

        Parameters
        ----------
        X : DataIter, NDArray or numpy.ndarray
            Batches to learn from, or samples, which are shuffled.
        y : NDArray or numpy.ndarray, optional
            Labels of samples.
        eval_data : DataIter, or pair of samples and labels, optional
            What to measure on after each epoch.
        eval_metric : EvalMetric, str, list or callable
            What is measured.
        epoch_end_callback : callable or list, optional
            Called with epoch, symbol, parameters and auxiliary states after each epoch.
        batch_end_callback : callable or list, optional
            Called with a BatchEndParam after each batch.
        kvstore : KVStore or str, optional
            What sums gradients of several contexts.
        logger : logging.Logger, optional
            Where it logs; by default the root logger.
        work_load_list : list of float, optional
            How much of a batch each context takes, relative to the others.
        monitor : Monitor, optional
            Watches batches.
        eval_end_callback, eval_batch_end_callback : callable or list, optional
            Called with a BatchEndParam after the last batch of `eval_data`; after each.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            `num_epoch`, data or labels are missing or impossible.
        """
        if self.num_epoch is None:
            raise ArgumentTypeError("num_epoch is missing: how long shall it train?")
        logger = logging if logger is None else logger
        data = as_iterator(X, y, True, self.numpy_batch_size)
        eval_data = as_validation(eval_data, self.numpy_batch_size)
        metric = metrics.create(eval_metric)
        module = trainable(
            self.symbol,
            data,
            logger=logger,
            context=self.ctx,
            work_load_list=work_load_list,
        )
        module.init_params(
            self.initializer,
            arg_params=self.arg_params,
            aux_params=self.aux_params,
            allow_missing=True,
            allow_extra=True,
        )
        module.init_optimizer(kvstore, self.optimizer, self.kwargs)
        if monitor is not None:
            module.install_monitor(monitor)
        training = Training(
            module,
            data,
            eval_data,
            metric,
            self.epoch_size,
            logger,
            monitor,
            batch_end_callback,
            eval_batch_end_callback,
            eval_end_callback,
        )
        logger.info("Start training with %s", self.ctx)
        data.reset()
        for epoch in range(self.begin_epoch, self.num_epoch):
            training.epoch(epoch)
            if epoch_end_callback is not None or epoch + 1 == self.num_epoch:
                self.arg_params, self.aux_params = module.get_params()
            call(
                epoch_end_callback, epoch, self.symbol, self.arg_params, self.aux_params
            )
            training.validate(epoch)
        background.settle()

    # Prediction

    def predict(
        self,
        X: Any,
        num_batch: int | None = None,
        return_data: bool = False,
        reset: bool = True,
    ) -> Any:
        """Return the outputs.

        Parameters
        ----------
        X : DataIter, NDArray or numpy.ndarray
            Batches or samples.
        num_batch : int, optional
            How many batches; all by default.
        return_data : bool
            Return data and labels, too.
        reset : bool
            Begin at the first batch.

        Returns
        -------
        numpy.ndarray, or list of such
            The output, or all of them if there are several; with `return_data`, a list
            of outputs, data and labels.
        """
        data = as_iterator(X, None, False, self.numpy_batch_size)
        executor = self._predictor(data)
        counts = [len(self.symbol), len(data.provide_data)]

        def found() -> Iterator[list[NDArray]]:
            for batch in run(executor, data, num_batch, reset):
                more = (
                    [*(batch.data or ()), *(batch.label or ())] if return_data else []
                )
                yield unpadded([*executor.outputs, *more], batch)

        values = fetched(found())
        outputs, rest = values[: counts[0]], values[counts[0] :]
        if not return_data:
            return single(outputs)
        parts = (outputs, rest[: counts[1]], rest[counts[1] :])
        return [single(part) for part in parts]

    def score(
        self,
        X: Any,
        eval_metric: Any = "acc",
        num_batch: int | None = None,
        batch_end_callback: Any = None,
        reset: bool = True,
    ) -> Any:
        """Measure predictions.

        Parameters
        ----------
        X : DataIter
            Batches with labels.
        eval_metric : EvalMetric, str, list or callable
            What is measured.
        num_batch, reset
            As in `predict`.
        batch_end_callback : callable or list, optional
            Called with a BatchEndParam after each batch.

        Returns
        -------
        float, or list of float
            Value or values of the metric.
        """
        data = as_iterator(X, None, False, self.numpy_batch_size)
        metric = metrics.create(eval_metric)
        metric.reset()
        executor = self._predictor(data)
        for nbatch, batch in enumerate(run(executor, data, num_batch, reset)):
            metric.update(batch.label or [], executor.outputs)
            known = {"model": self, "data_batch": batch, "nbatch": nbatch}
            call(batch_end_callback, BatchEndParam(0, nbatch, metric, known))
        return metric.get()[1]

    def _predictor(self, data: Any) -> Executor:
        if self.arg_params is None:
            raise ArgumentError(
                "the network has no parameters yet; call fit, or pass arg_params"
            )
        return predictor(
            self.symbol,
            data,
            self.ctx[0],
            self.arg_params,
            self.aux_params or {},
            self.allow_extra_params,
        )

    # Files

    def save(
        self, prefix: Any, epoch: int | None = None, remove_amp_cast: bool = True
    ) -> None:
        """Save the network and its parameters.

        Parameters
        ----------
        prefix, remove_amp_cast
            As in `save_checkpoint`.
        epoch : int, optional
            Number of the checkpoint; `num_epoch` by default.

        Raises
        ------
        ArgumentError
            There is no number, or there are no parameters.
        """
        number = self.num_epoch if epoch is None else epoch
        if number is None:
            raise ArgumentError("epoch is missing: the number of the checkpoint")
        if self.arg_params is None:
            raise ArgumentError("the network has no parameters to save; call fit first")
        save_checkpoint(
            prefix,
            number,
            self.symbol,
            self.arg_params,
            self.aux_params or {},
            remove_amp_cast,
        )

    @staticmethod
    def load(
        prefix: Any,
        epoch: int,
        ctx: Context | Sequence[Context] | None = None,
        **kwargs: Any,
    ) -> FeedForward:
        """Return the network of a checkpoint.

        Parameters
        ----------
        prefix, epoch
            As in `save_checkpoint`; training goes on from this epoch.
        ctx : Context or list of Context, optional
            As in the constructor.
        **kwargs
            Further arguments of the constructor.
        """
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        return FeedForward(
            symbol,
            ctx=ctx,
            arg_params=arg_params,
            aux_params=aux_params,
            begin_epoch=epoch,
            **kwargs,
        )

    @staticmethod
    def create(
        symbol: Symbol,
        X: Any,
        y: Any = None,
        ctx: Context | Sequence[Context] | None = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = UNIFORM,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: Sequence[float] | None = None,
        eval_end_callback: Any = LOG_VALIDATION,
        eval_batch_end_callback: Any = None,
        **kwargs: Any,
    ) -> FeedForward:
        """Return a network that has been trained.

        Parameters
        ----------
        symbol, ctx, num_epoch, epoch_size, optimizer, initializer, **kwargs
            As in the constructor.
        X, y, eval_data, eval_metric, kvstore, logger, work_load_list
            As in `fit`; so are the callbacks.
        """
        model = FeedForward(
            symbol,
            ctx=ctx,
            num_epoch=num_epoch,
            epoch_size=epoch_size,
            optimizer=optimizer,
            initializer=initializer,
            **kwargs,
        )
        model.fit(
            X,
            y,
            eval_data=eval_data,
            eval_metric=eval_metric,
            epoch_end_callback=epoch_end_callback,
            batch_end_callback=batch_end_callback,
            kvstore=kvstore,
            logger=logger,
            work_load_list=work_load_list,
            eval_end_callback=eval_end_callback,
            eval_batch_end_callback=eval_batch_end_callback,
        )
        return model
