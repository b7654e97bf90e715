"""The back ends that this machine has, in order of preference.

``DATAFLOW_BACKEND`` chooses one: ``reference`` for NumPy alone, or the name of a fast
one, which then must be there. The reference computes whatever a fast one does not, and
everything on devices other than the host: on GPUs, with CuPy in the place of NumPy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels.hosted import hosted
from dataflow_ops.kernels.table import Kernel, Specification, lookup

# Faster back ends go before the reference, which has a kernel for every operator. A
# fast back end is a package here whose `missing()` says why it cannot be used, if so.
FAST: tuple[str, ...] = ("onednn", "numba")
HOST = ("cpu", "cpu_pinned")
PREFERENCE: tuple[str, ...] = (*FAST, "reference")


@cache
def available() -> tuple[str, ...]:
    """Return the back ends that can be used here, the preferred one first.

    Raises
    ------
    DeclarationError
        ``DATAFLOW_BACKEND`` names one that is unknown or cannot be used; why.
    """
    wanted = os.environ.get("DATAFLOW_BACKEND")
    if wanted is None:
        return (*(name for name in FAST if missing(name) is None), "reference")
    if wanted not in PREFERENCE:
        raise DeclarationError(
            f"DATAFLOW_BACKEND is {wanted!r}; use one of {', '.join(PREFERENCE)}"
        )
    reason = missing(wanted)
    if reason is not None:
        raise DeclarationError(f"DATAFLOW_BACKEND is {wanted!r}, but {reason}")
    return tuple(dict.fromkeys((wanted, "reference")))


def missing(backend: str) -> str | None:
    """Return why a back end cannot be used here, or None if it can."""
    if backend == "reference":
        return None
    reason: str | None = import_module(f"dataflow_ops.kernels.{backend}").missing()
    return reason


def select(
    operator: str,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
    device: str = "cpu",
) -> tuple[str, Kernel]:
    """Return the preferred back end that computes a call, and its kernel.

    Parameters
    ----------
    operator : str
        Name of the operator.
    attributes : Attributes
        Its typed attributes.
    inputs, outputs : sequence of Specification
        Shapes and types of all its inputs and outputs.
    device : str
        The type of device: ``"cpu"``, ``"gpu"`` or ``"sim"``.

    Raises
    ------
    DeclarationError
        No back end of this machine computes it.
    """
    found = find(operator, attributes, inputs, outputs, device)
    if found is None:
        raise DeclarationError(f"no kernel computes '{operator}' on this machine")
    return found


def find(
    operator: str,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
    device: str = "cpu",
) -> tuple[str, Kernel] | None:
    """Return what `select` does, or None where no back end computes the call."""
    for backend in available() if device in HOST else ("reference",):
        kernel = lookup(backend, operator)
        if kernel is not None and kernel.takes(attributes, inputs, outputs):
            return backend, kernel if device != "gpu" else hosted(kernel)
    return None
