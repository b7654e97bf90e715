"""What a symbol can tell of shapes and types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow.graph.node import Entry
from dataflow.symbol import inference

Shape = tuple[int, ...]
Shapes = list[Shape | None] | None
DTypes = list[type[np.generic] | None] | None


class Inferring:
    """The part of `Symbol` that infers."""

    __slots__ = ()
    _entries: tuple[Entry, ...]

    def infer_shape(
        self, *args: Sequence[int] | None, **kwargs: Sequence[int]
    ) -> tuple[Shapes, Shapes, Shapes]:
        """Infer all shapes from some; 0 stands for an unknown dimension.

        Parameters
        ----------
        *args, **kwargs : sequence of int
            Shapes of arguments, in the order of `list_arguments` or by name.

        Returns
        -------
        tuple of lists
            Shapes of arguments, outputs and auxiliary states; three times None if they
            do not all follow.

        Raises
        ------
        UnknownNameError, InferenceError
            No such argument; shapes that contradict each other.
        """
        result = inference.shapes(self._entries, args, kwargs)
        complete = all(s is not None and 0 not in s for part in result for s in part)
        return result if complete else (None, None, None)

    def infer_shape_partial(
        self, *args: Sequence[int] | None, **kwargs: Sequence[int]
    ) -> tuple[Shapes, Shapes, Shapes]:
        """Infer what follows, as `infer_shape` does; () for a shape wholly unknown."""
        result = inference.shapes(self._entries, args, kwargs)
        return _filled(result[0]), _filled(result[1]), _filled(result[2])

    def infer_type(self, *args: Any, **kwargs: Any) -> tuple[DTypes, DTypes, DTypes]:
        """Infer all element types from some.

        Returns
        -------
        tuple of lists
            Types of arguments, outputs and auxiliary states; three times None if they
            do not all follow.

        Raises
        ------
        UnknownNameError, InferenceError
            No such argument; types that contradict each other.
        """
        result = inference.dtypes(self._entries, args, kwargs)
        complete = all(dtype is not None for part in result for dtype in part)
        return result if complete else (None, None, None)

    def infer_type_partial(
        self, *args: Any, **kwargs: Any
    ) -> tuple[DTypes, DTypes, DTypes]:
        """Infer what follows, as `infer_type` does; None for a type not known."""
        return inference.dtypes(self._entries, args, kwargs)


def _filled(shapes: list[Shape | None]) -> Shapes:
    return [shape or () for shape in shapes]
