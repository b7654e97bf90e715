"""Metrics of the user's own, as functions and as losses that the network computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow.metric.base import Arrays, EvalMetric, check_label_shapes
from dataflow.metric.deferred import arrays
from dataflow.metric.registry import register


@register
class Loss(EvalMetric):
    """The mean of the predictions, which are losses; labels are not looked at.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        name: str = "loss",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def update(self, labels: Any, preds: Arrays) -> None:
        """Take in a batch of losses, without waiting for their values."""
        for pred in arrays(preds):
            self._pending.push([nd.sum(pred.detach())], pred.size)


@register
class Torch(Loss):
    """The same as Loss, by an old name."""

    def __init__(
        self,
        name: str = "torch",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(name, output_names, label_names)


@register
class Caffe(Loss):
    """The same as Loss, by an old name."""

    def __init__(
        self,
        name: str = "caffe",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(name, output_names, label_names)


@register
class CustomMetric(EvalMetric):
    """A metric that a function computes.

    Its `update` waits for the batch, since the function takes values.

    Parameters
    ----------
    feval : callable
        Takes a label and a prediction as NumPy arrays; returns a number, or a total
        and a count.
    name : str, optional
        That of the function by default.
    allow_extra_outputs : bool
        Allow more predictions than labels; those at the end are not looked at.
    output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        feval: Callable[[Any, Any], Any],
        name: str | None = None,
        allow_extra_outputs: bool = False,
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        if name is None:
            name = getattr(feval, "__name__", type(feval).__name__)
            name = f"custom({name})" if "<" in name else name
        super().__init__(
            name,
            output_names,
            label_names,
            feval=feval,
            allow_extra_outputs=allow_extra_outputs,
            has_global_stats=True,
        )
        self._feval = feval
        self._allow_extra_outputs = allow_extra_outputs

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch.

        Parameters
        ----------
        labels, preds : NDArray or list of NDArray
            The truth and the predictions, as many unless extra ones are allowed.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            The counts differ; something is no array.
        """
        if not self._allow_extra_outputs:
            labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(arrays(labels), arrays(preds), strict=False):
            value = self._feval(label.asnumpy(), pred.asnumpy())
            self._add(*(value if isinstance(value, tuple) else (value, 1)))

    def get_config(self) -> dict[str, Any]:
        """Raise, since a function cannot be written down."""
        raise NotImplementedError(
            f"metric '{self.name}' is a function, which no config can hold; "
            "make the metric again with mx.metric.create"
        )


def np(
    numpy_feval: Callable[[Any, Any], Any],
    name: str | None = None,
    allow_extra_outputs: bool = False,
) -> CustomMetric:
    """Return the metric that a function computes; see CustomMetric."""
    return CustomMetric(numpy_feval, name, allow_extra_outputs)
