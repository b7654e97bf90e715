"""Reference kernels of random numbers whose parameters are arrays."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.reference.distributions import DRAWS, Draw, draw_into
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.shapes import size


def _run(draw: Draw, call: Invocation) -> None:
    if not wanted(call, 0):
        return
    dtype = wide(call.outputs[0].dtype)
    drawn = (1,) * len(call.attributes.shape)
    draw_into(
        call, draw, *(x.astype(dtype).reshape(x.shape + drawn) for x in call.inputs)
    )


for _name, _draw in DRAWS.items():
    kernel("reference", f"_sample_{_name}")(partial(_run, _draw))


def _rows(data: Array) -> Array:
    """Return the distributions as rows."""
    return data.reshape(-1, data.shape[-1])


def _draw_categories(call: Invocation, count: int) -> Array:
    """Draw `count` indices for each row, by where numbers fall among partial sums.

    The sums of row r run from r to r + 1, so that one search serves all of them.
    """
    xp, rows = call.xp, _rows(call.inputs[0])
    sums = xp.cumsum(rows, axis=1, dtype=xp.float64)
    total = sums[:, -1:]
    if not ((rows >= 0).all() and (total > 0).all() and (total < xp.inf).all()):
        raise ValueError(
            "data should hold probabilities: numbers from 0 on, not all 0 in any row"
        )
    first = xp.arange(len(rows), dtype=xp.float64)[:, None]
    assert call.random is not None
    places = call.random.generator.random((len(rows), count)) + first
    found = xp.searchsorted((sums / total + first).ravel(), places.ravel(), "right")
    found = found.reshape(places.shape) - first.astype(found.dtype) * rows.shape[1]
    # A number may be rounded up to the end of its row; the last index that has a
    # probability is where its sum first reaches the total.
    return xp.minimum(found, (sums >= total).argmax(axis=1)[:, None])


@kernel("reference", "_sample_multinomial")
def multinomial(call: Invocation) -> None:
    """Draw indices by their probabilities, and give the logarithms of these."""
    xp, shape = call.xp, call.shapes[0]
    data = call.inputs[0]
    rows = _rows(data)
    count = size(shape) // len(rows) if len(rows) else 0
    chosen = _draw_categories(call, count)
    assign(call, 0, chosen.reshape(shape))
    if call.attributes.get_prob and wanted(call, 1):
        chances = xp.take_along_axis(widened(rows), chosen, axis=1)
        assign(call, 1, xp.log(chances).reshape(shape))


@kernel("reference", "_backward_sample_multinomial")
def multinomial_backward(call: Invocation) -> None:
    """Put out_grad / data at the drawn indices, summed over the draws."""
    if not wanted(call, 0):
        return
    xp, (out_grad, data, sample) = call.xp, call.inputs
    rows = widened(_rows(data))
    chosen = sample.reshape(len(rows), -1).astype(xp.intp)
    slopes = widened(out_grad).reshape(chosen.shape)
    slopes = slopes / xp.take_along_axis(rows, chosen, axis=1)
    flat = chosen + xp.arange(len(rows))[:, None] * rows.shape[1]
    total = xp.bincount(flat.ravel(), slopes.ravel(), minlength=rows.size)
    assign(call, 0, total.reshape(data.shape).astype(data.dtype))


@kernel("reference", "_sample_unique_zipfian")
def unique_zipfian(call: Invocation) -> None:
    """Draw rows of different numbers."""
    xp = call.xp
    rows, count = call.shapes[0]
    drawn = [_draw_different(call, count) for _ in range(rows)]
    if drawn:
        assign(call, 0, xp.stack([numbers for numbers, _ in drawn]))
        assign(call, 1, xp.asarray([tries for _, tries in drawn]))


def _draw_different(call: Invocation, count: int) -> tuple[Array, int]:
    """Draw until there are `count` different numbers; in order of appearance."""
    xp: Any = call.xp
    numbers = xp.empty(0, xp.int64)
    firsts = xp.empty(0, xp.int64)
    while len(firsts) < count:
        more = _draw_zipfian(call, max(2 * count, 16))
        numbers = xp.concatenate([numbers, more])
        firsts = xp.sort(xp.unique(numbers, return_index=True)[1])
    return numbers[firsts[:count]], int(firsts[count - 1]) + 1 if count else 0


def _draw_zipfian(call: Invocation, count: int) -> Array:
    """Draw x with probability ln((x + 2) / (x + 1)) / ln(range_max + 1)."""
    xp, largest = call.xp, call.attributes.range_max
    assert call.random is not None
    powers = call.random.generator.random(count) * xp.log(xp.float64(largest + 1))
    numbers = (xp.exp(powers) - 1).astype(xp.int64)
    return xp.minimum(numbers, largest - 1)
