"""Adapting to batches of other shapes than those that a module was bound for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.errors import UsageError
from dataflow.io import DataDesc
from dataflow.module.layouts import axis_of, resized
from dataflow.module.names import Described


def other_shapes(
    data_batch: Any, data: Described, labels: Described
) -> tuple[Any, Any] | None:
    """Return what a batch's data and labels are like; None if it is as known.

    Labels that the batch lacks are as many as its samples.

    Parameters
    ----------
    data_batch : DataBatch, or list of DataBatch
        The batch; or one for each context, side by side.
    data, labels : list of DataDesc
        What is known.

    Raises
    ------
    UsageError
        The batches of a list have different shapes.
    """
    batch, count = _first(data_batch)
    if len(batch.data or ()) != len(data):
        return None  # the executors' group explains that error
    found = _taken(data, batch.data, count)
    if batch.label:
        found_labels = _taken(labels, batch.label, count)
    else:
        found_labels = scaled(labels, found)
    if _same(found, data) and _same(found_labels, labels):
        return None
    if count > 1:
        return found, found_labels
    provided = getattr(batch, "provide_data", None)
    provided_labels = getattr(batch, "provide_label", None)
    return provided or found, provided_labels or found_labels


def _first(data_batch: Any) -> tuple[Any, int]:
    """Return a batch, or the first of a list of them, and how many there are."""
    if not isinstance(data_batch, list):
        return data_batch, 1
    shapes = {tuple(a.shape for a in batch.data) for batch in data_batch}
    if len(shapes) != 1:
        raise UsageError(
            "the batches of a list, one for each context, must all have the same "
            f"shapes, not {' and '.join(map(str, shapes)) or 'be none'}"
        )
    return data_batch[0], len(data_batch)


def _taken(known: Described, arrays: Sequence[Any], count: int) -> Described:
    """Describe arrays like known ones; of `count` batches, side by side."""
    return [
        _reshaped(x, resized(a.shape, axis_of(x), count * a.shape[axis_of(x)]))
        for x, a in zip(known, arrays, strict=False)
    ]


def scaled(known: Described, data: Described) -> Described:
    """Describe labels for as many samples as the data has."""
    counts = [x.shape[axis_of(x)] for x in data if axis_of(x) >= 0]
    if not counts:
        return known
    return [_reshaped(x, resized(x.shape, axis_of(x), counts[0])) for x in known]


def _reshaped(description: DataDesc, shape: tuple[int, ...]) -> DataDesc:
    return DataDesc(description.name, shape, description.dtype, description.layout)


def _same(one: Described, other: Described) -> bool:
    return [tuple(x.shape) for x in one] == [tuple(x.shape) for x in other]
