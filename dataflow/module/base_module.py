"""BaseModule: what every module can do, whatever computes its outputs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.context import cpu
from dataflow.errors import ArgumentError, FormatError, UsageError
from dataflow.io import DataBatch, DataIter
from dataflow.module import loops
from dataflow.module.display import Display
from dataflow.module.interface import (
    SLOW,
    UNIFORM,
    Given,
    Interface,
    Params,
    RowIds,
)
from dataflow.module.interrupts import held_interrupts
from dataflow.module.names import as_list
from dataflow.ndarray import NDArray
from dataflow.serialization import background


class BaseModule(Interface):
    """Base of modules: training, measuring and predicting.

    A module goes from state to state: `bind` gives it memory, `init_params` its
    parameters, `init_optimizer` what updates them; then `forward`, `backward`,
    `update`, `get_outputs`. `fit` does all of this.
    """

    def score(
        self,
        eval_data: Any,
        eval_metric: Any,
        num_batch: int | None = None,
        batch_end_callback: Any = None,
        score_end_callback: Any = None,
        reset: bool = True,
        epoch: int = 0,
        sparse_row_id_fn: RowIds = None,
    ) -> loops.Values:
        """Predict batches and measure the predictions.

        Parameters
        ----------
        eval_data : DataIter
            The batches.
        eval_metric : EvalMetric, str, list or callable
            The metric, or what one is created from.
        num_batch : int, optional
            How many batches; all by default.
        batch_end_callback, score_end_callback : callable or list, optional
            Called with a BatchEndParam after each batch; after the last one.
        reset : bool
            Begin at the first batch.
        epoch : int
            What callbacks are told.
        sparse_row_id_fn : callable, optional
            As in `prepare`.

        Returns
        -------
        list of (str, float)
            Names and values of the metric.
        """
        self._need("binded", "params_initialized")
        if reset:
            eval_data.reset()
        return loops.score(
            self,
            eval_data,
            loops.as_metric(eval_metric),
            num_batch,
            batch_end_callback,
            score_end_callback,
            epoch,
            sparse_row_id_fn,
        )

    def iter_predict(
        self,
        eval_data: Any,
        num_batch: int | None = None,
        reset: bool = True,
        sparse_row_id_fn: RowIds = None,
    ) -> Iterator[loops.Predicted]:
        """Yield, for each batch, its outputs, its number, and itself.

        Parameters are those of `predict`.
        """
        self._need("binded", "params_initialized")
        if reset:
            eval_data.reset()
        yield from loops.predictions(self, eval_data, num_batch, sparse_row_id_fn)

    def predict(
        self,
        eval_data: Any,
        num_batch: int | None = None,
        merge_batches: bool = True,
        reset: bool = True,
        always_output_list: bool = False,
        sparse_row_id_fn: RowIds = None,
    ) -> Any:
        """Return the outputs for batches, or for one array.

        Parameters
        ----------
        eval_data : DataIter, NDArray or numpy.ndarray
            The batches; or one array of data, whose first output is returned.
        num_batch : int, optional
            How many batches; all by default.
        merge_batches : bool
            Join the outputs of all batches.
        reset : bool
            Begin at the first batch.
        always_output_list : bool
            Return a list of outputs, even if there is only one.
        sparse_row_id_fn : callable, optional
            As in `prepare`.

        Returns
        -------
        NDArray, list of NDArray, or list of lists
            Outputs; without `merge_batches` a list of outputs for each batch.

        Raises
        ------
        ArgumentError
            `eval_data` is something else.
        UsageError
            Batches differ in their counts of outputs, and cannot be merged.
        """
        self._need("binded", "params_initialized")
        if isinstance(eval_data, NDArray | np.ndarray):
            return self._predict_array(eval_data)
        if not isinstance(eval_data, DataIter):
            raise ArgumentError(
                "eval_data must be a DataIter or one array of data, not "
                f"{type(eval_data).__name__}"
            )
        if reset:
            eval_data.reset()
        found = loops.predictions(self, eval_data, num_batch, sparse_row_id_fn)
        batches = [outputs for outputs, _, _ in found]
        if not merge_batches or not batches:
            return batches
        outputs = loops.merged(batches)
        return outputs[0] if len(outputs) == 1 and not always_output_list else outputs

    def _predict_array(self, data: NDArray | np.ndarray) -> NDArray:
        array = data if isinstance(data, NDArray) else nd.array(data)
        self.forward(DataBatch([array]), is_train=False)
        first: NDArray = self.get_outputs()[0].copy()
        return first

    def fit(
        self,
        train_data: Any,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = SLOW,
        eval_end_callback: Any = None,
        eval_batch_end_callback: Any = None,
        initializer: Any = UNIFORM,
        arg_params: Given = None,
        aux_params: Given = None,
        allow_missing: bool = False,
        force_rebind: bool = False,
        force_init: bool = False,
        begin_epoch: int = 0,
        num_epoch: int | None = None,
        validation_metric: Any = None,
        monitor: Any = None,
        sparse_row_id_fn: RowIds = None,
    ) -> None:
        """Train.

        Parameters
        ----------
        train_data : DataIter
            Batches to learn from. The first epoch begins where it stands (anew if it
            stands at its end); it is reset after every epoch.
        eval_data : DataIter, optional
            Batches to measure after every epoch; see `score`.
        eval_metric : EvalMetric, str, list or callable
            What is measured in training.
        epoch_end_callback : callable or list, optional
            Called with epoch, symbol, arguments and auxiliary states after each epoch.
        batch_end_callback : callable or list, optional
            Called with a BatchEndParam after each batch.
        kvstore, optimizer, optimizer_params
            As in `init_optimizer`.
        eval_end_callback, eval_batch_end_callback : callable or list, optional
            As `score_end_callback` and `batch_end_callback` in `score`.
        initializer, arg_params, aux_params, allow_missing, force_init
            As in `init_params`.
        force_rebind : bool
            Bind anew if it is bound already.
        begin_epoch, num_epoch : int
            Number of the first epoch, and of the one to stop before.
        validation_metric : EvalMetric, str, list or callable, optional
            What is measured on `eval_data`; `eval_metric` by default.
        monitor : Monitor, optional
            Watches batches; a NanMonitor stops the training at the first NaN.
        sparse_row_id_fn : callable, optional
            As in `prepare`.

        Raises
        ------
        UsageError
            `num_epoch` is missing.
        """
        if num_epoch is None:
            raise UsageError("fit needs num_epoch, the number of epochs to train")
        self.bind(
            data_shapes=train_data.provide_data,
            label_shapes=train_data.provide_label,
            for_training=True,
            force_rebind=force_rebind,
        )
        if monitor is not None:
            self.install_monitor(monitor)
        self.init_params(
            initializer=initializer,
            arg_params=arg_params,
            aux_params=aux_params,
            allow_missing=allow_missing,
            force_init=force_init,
        )
        self.init_optimizer(
            kvstore=kvstore, optimizer=optimizer, optimizer_params=optimizer_params
        )
        training = loops.Training(
            module=self,
            data=train_data,
            metric=loops.as_metric(eval_metric),
            monitor=monitor,
            callbacks=batch_end_callback,
            row_ids=sparse_row_id_fn,
            options={
                "train_data": train_data,
                "eval_data": eval_data,
                "begin_epoch": begin_epoch,
                "num_epoch": num_epoch,
                "monitor": monitor,
            },
            display=Display(begin_epoch, num_epoch),
        )
        measure = partial(
            self.score,
            eval_data,
            eval_metric if validation_metric is None else validation_metric,
            score_end_callback=eval_end_callback,
            batch_end_callback=eval_batch_end_callback,
        )
        with training.display:
            for epoch in range(begin_epoch, num_epoch):
                self._fit_epoch(training, epoch)
                with held_interrupts():
                    self._end_epoch(epoch, epoch_end_callback)
                if eval_data is not None:
                    self._log_values(epoch, "Validation", measure(epoch=epoch))
                train_data.reset()
            background.settle()

    def _fit_epoch(self, training: loops.Training, epoch: int) -> None:
        started = time.perf_counter()
        self._log_values(epoch, "Train", training.epoch(epoch))
        seconds = time.perf_counter() - started
        self.logger.info("Epoch[%d] Time cost=%.3f", epoch, seconds)

    def _log_values(self, epoch: int, phase: str, values: loops.Values) -> None:
        for name, value in values:
            self.logger.info("Epoch[%d] %s-%s=%f", epoch, phase, name, value)

    def _end_epoch(self, epoch: int, callbacks: Any) -> None:
        arg_params, aux_params = self.get_params()
        # Several contexts have auxiliary states of their own: go on with their mean.
        self.set_params(arg_params, aux_params)
        for callback in as_list(callbacks):
            callback(epoch, self.symbol, arg_params, aux_params)

    # Files

    def save_params(self, fname: Any) -> None:
        """Save parameters and auxiliary states to a file; see `nd.save`."""
        arg_params, aux_params = self.get_params()
        named = {f"arg:{name}": array for name, array in arg_params.items()}
        named |= {f"aux:{name}": array for name, array in aux_params.items()}
        nd.save(fname, {k: array.as_in_context(cpu()) for k, array in named.items()})

    def load_params(self, fname: Any) -> None:
        """Load what `save_params` saved, and set the parameters.

        Raises
        ------
        FormatError
            The file holds something else; also a ValueError.
        """
        loaded = nd.load(fname)
        if not isinstance(loaded, dict):
            raise FormatError(f"{fname}: its arrays have no names")
        found: dict[str, Params] = {"arg": {}, "aux": {}}
        for key, array in loaded.items():
            kind, _, name = key.partition(":")
            if kind not in found or not name:
                raise FormatError(
                    f"{fname}: '{key}' is neither 'arg:...' nor 'aux:...', and so no "
                    "parameter that save_params saved"
                )
            found[kind][name] = array
        self.set_params(found["arg"], found["aux"])
