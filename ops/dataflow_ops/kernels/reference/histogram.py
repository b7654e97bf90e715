"""Reference kernel of counts between bounds."""

from __future__ import annotations

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel


def _bounds(call: Invocation) -> Array:
    count = call.attributes.bin_cnt
    if count is None:
        return call.inputs[1]
    low, high = call.attributes.range
    if low == high:
        low, high = low - 0.5, high + 0.5
    return call.xp.linspace(low, high, count + 1).astype(call.inputs[0].dtype)


@kernel("reference", "_histogram")
def histogram(call: Invocation) -> None:
    """Find the bin of each element inside, and count the elements of each."""
    xp, bounds = call.xp, _bounds(call)
    if wanted(call, 0):
        data = call.inputs[0].reshape(-1)
        inside = data[(data >= bounds[0]) & (data <= bounds[-1])]
        bins = xp.searchsorted(bounds[1:-1], inside, side="right")
        assign(call, 0, xp.bincount(bins, minlength=len(bounds) - 1))
    assign(call, 1, bounds)
