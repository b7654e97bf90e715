"""What all metrics have in common: names, totals, and results that come later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentError, UnknownNameError
from dataflow.metric.pending import Pending, Values
from dataflow.ndarray import NDArray

Arrays = NDArray | Sequence[NDArray]


class Total:
    """A number of a metric that is up to date whenever it is read."""

    def __set_name__(self, owner: type[EvalMetric], name: str) -> None:
        self._key = f"_{name}"

    def __get__(self, metric: EvalMetric, owner: type[EvalMetric]) -> Any:
        if metric is None:
            return self
        metric._pending.settle()
        return metric.__dict__[self._key]

    def __set__(self, metric: EvalMetric, value: Any) -> None:
        metric._pending.settle()
        metric.__dict__[self._key] = value


class EvalMetric:
    """Base of all metrics: a total over what was seen, divided by its count.

    A metric of your own defines `update`, which adds to `sum_metric` and `num_inst`
    (and to `global_sum_metric` and `global_num_inst`, if it has them).

    Parameters
    ----------
    name : str
        Under which name its value is shown.
    output_names, label_names : sequence of str, optional
        Which predictions and labels `update_dict` uses; all by default.
    **kwargs
        What `get_config` returns, too; ``has_global_stats`` says whether the metric
        keeps totals that `reset_local` leaves alone.
    """

    num_inst = Total()
    sum_metric = Total()
    global_num_inst = Total()
    global_sum_metric = Total()

    def __init__(
        self,
        name: str,
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.name = str(name)
        self.output_names = output_names
        self.label_names = label_names
        self._has_global_stats = kwargs.pop("has_global_stats", False)
        self._kwargs = kwargs
        self._pending = Pending(self._fold)
        self.reset()

    def __str__(self) -> str:
        return f"EvalMetric: {dict(self.get_name_value())}"

    def get_config(self) -> dict[str, Any]:
        """Return what `create` makes an equal metric from."""
        return self._kwargs | {
            "metric": type(self).__name__,
            "name": self.name,
            "output_names": self.output_names,
            "label_names": self.label_names,
        }

    # Taking in

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch; for derived classes to define.

        Parameters
        ----------
        labels : list of NDArray
            The truth.
        preds : list of NDArray
            The predictions, as many.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update")

    def update_dict(
        self, label: Mapping[str, NDArray], pred: Mapping[str, NDArray]
    ) -> None:
        """Take in a batch whose arrays have names, as far as this metric uses them.

        Parameters
        ----------
        label, pred : mapping of str to NDArray
            All labels and all predictions.

        Raises
        ------
        UnknownNameError
            One that the metric uses is missing.
        """
        preds = _chosen(pred, self.output_names, f"metric '{self.name}': prediction")
        labels = _chosen(label, self.label_names, f"metric '{self.name}': label")
        self.update(labels, preds)

    def _fold(self, values: Values, count: int) -> None:
        """Take over a result of the engine; by default its sum and its count."""
        self._add(sum(float(value.sum()) for value in values), count)

    def _add(self, total: float, count: int) -> None:
        self.sum_metric += total
        self.global_sum_metric += total
        self.num_inst += count
        self.global_num_inst += count

    # Starting anew

    def reset(self) -> None:
        """Forget everything."""
        self._pending.clear()
        self.num_inst = 0
        self.sum_metric = 0.0
        self.global_num_inst = 0
        self.global_sum_metric = 0.0

    def reset_local(self) -> None:
        """Forget everything but the global totals."""
        self.num_inst = 0
        self.sum_metric = 0.0

    # Results

    def get(self) -> tuple[Any, Any]:
        """Return its name and its value since the last reset; NaN for no value."""
        return self.name, self._value(self.sum_metric, self.num_inst)

    def get_global(self) -> tuple[Any, Any]:
        """Return its name and its value since the last `reset`."""
        if not self._has_global_stats:
            return self.get()
        return self.name, self._value(self.global_sum_metric, self.global_num_inst)

    def _value(self, total: Any, count: Any) -> Any:
        return total / count if count else float("nan")

    def get_name_value(self) -> list[tuple[str, Any]]:
        """Return pairs of names and values, as `get` gives them."""
        return _pairs(*self.get())

    def get_global_name_value(self) -> list[tuple[str, Any]]:
        """Return pairs of names and values, as `get_global` gives them."""
        return _pairs(*self.get_global())


def check_label_shapes(
    labels: Any, preds: Any, wrap: bool = False, shape: bool = False
) -> tuple[Any, Any]:
    """Check that labels and predictions go together; return both.

    Parameters
    ----------
    labels, preds : list of NDArray, or NDArray
        What is compared.
    wrap : bool
        Return a single array as a list of one.
    shape : bool
        Compare the shapes of two arrays rather than the counts.

    Raises
    ------
    ArgumentError
        The counts, or shapes, differ.
    """
    found = labels.shape if shape else len(labels)
    wanted = preds.shape if shape else len(preds)
    if found != wanted:
        what = "shape" if shape else "count"
        raise ArgumentError(
            f"the {what} of labels, {found}, is not that of the predictions, {wanted}"
        )
    if wrap:
        return _as_list(labels), _as_list(preds)
    return labels, preds


def _as_list(arrays: Any) -> Any:
    return [arrays] if isinstance(arrays, NDArray) else arrays


def _chosen(
    arrays: Mapping[str, NDArray], names: Sequence[str] | None, role: str
) -> list[NDArray]:
    for name in names or ():
        if name not in arrays:
            raise UnknownNameError(f"{role} '{name}' is not among {', '.join(arrays)}")
    return [arrays[name] for name in (arrays if names is None else names)]


def _pairs(name: Any, value: Any) -> list[tuple[str, Any]]:
    names = name if isinstance(name, list) else [name]
    values = value if isinstance(value, list) else [value]
    return list(zip(names, values, strict=False))
