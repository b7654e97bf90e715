"""Which images there are: lists of them, in files or not, and files of records."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow import recordio
from dataflow.errors import ArgumentTypeError
from dataflow.io.lines import image_list

Labelled = dict[Any, tuple[np.ndarray, str]]  # labels and path of each image, by key


def opened(path_imgrec: Any, path_imgidx: Any) -> recordio.MXRecordIO | None:
    """Open a file of records, with its index if there is one."""
    if not path_imgrec:
        return None
    if path_imgidx:
        return recordio.MXIndexedRecordIO(path_imgidx, path_imgrec, "r")
    return recordio.MXRecordIO(path_imgrec, "r")


def labelled(path: Any, listed: list[Any] | None, dtype: str) -> Labelled | None:
    """Return a list of images: that of a file, else the one given, if any."""
    if path:
        return {n: (labels.astype(dtype), name) for n, labels, name in image_list(path)}
    if listed is None:
        return None
    made: Labelled = {}
    for number, (*labels, name) in enumerate(listed, 1):
        given = labels[0] if len(labels) == 1 else labels
        try:
            made[str(number)] = np.atleast_1d(np.array(given, dtype)), name
        except (TypeError, ValueError) as error:
            raise ArgumentTypeError(
                f"imglist: {labels!r} are no labels of {name!r}"
            ) from error
    return made
