"""The names under which metrics are created."""

from __future__ import annotations

from typing import Any

from dataflow.metric.base import EvalMetric
from dataflow.registry import get_alias_func, get_create_func, get_register_func

register = get_register_func(EvalMetric, "metric")
alias = get_alias_func(EvalMetric, "metric")
_create = get_create_func(EvalMetric, "metric")


def create(metric: Any, *args: Any, **kwargs: Any) -> EvalMetric:
    """Return the metric that is meant.

    Parameters
    ----------
    metric : str, list, callable, dict or EvalMetric
        A registered name; several metrics, for a composite of them; a function of a
        label and a prediction (NumPy arrays), or a metric's class; what `get_config`
        returned, or its JSON text; or a metric, which is returned as it is.
    *args, **kwargs
        What the metric's class takes.

    Raises
    ------
    UnknownNameError
        No metric is registered under that name.
    ArgumentError, ArgumentTypeError
        It is nothing to make a metric of, or takes no further arguments.
    """
    made: EvalMetric
    if isinstance(metric, list):
        made = _create("composite", [create(m, *args, **kwargs) for m in metric])
    elif isinstance(metric, type) and issubclass(metric, EvalMetric):
        made = metric(*args, **kwargs)
    elif callable(metric):
        made = _create("custommetric", metric, *args, **kwargs)
    else:
        made = _create(metric, *args, **kwargs)
    return made
