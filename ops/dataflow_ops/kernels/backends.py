"""The back ends that this machine has, in order of preference."""

from __future__ import annotations

from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels.table import Kernel, lookup

# Faster back ends go before the reference, which has a kernel for every operator.
PREFERENCE: tuple[str, ...] = ("reference",)


def select(operator: str) -> tuple[str, Kernel]:
    """Return the preferred back end that computes an operator, and its kernel.

    Raises
    ------
    DeclarationError
        No back end of this machine computes it.
    """
    for backend in PREFERENCE:
        kernel = lookup(backend, operator)
        if kernel is not None:
            return backend, kernel
    raise DeclarationError(f"no kernel computes '{operator}' on this machine")
