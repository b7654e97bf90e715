"""Reference kernels of random numbers whose parameters are attributes."""

from __future__ import annotations

from functools import partial

from dataflow_ops.kernels.reference.distributions import DRAWS, Draw, draw_into
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Invocation, kernel

# In the order in which the draws take them.
_PARAMETERS = {
    "uniform": ("low", "high"),
    "normal": ("loc", "scale"),
    "gamma": ("alpha", "beta"),
    "exponential": ("lam",),
    "poisson": ("lam",),
    "negative_binomial": ("k", "p"),
    "generalized_negative_binomial": ("mu", "alpha"),
}


def _run(draw: Draw, names: tuple[str, ...], call: Invocation) -> None:
    draw_into(call, draw, *(call.attributes[name] for name in names))


for _name, _names in _PARAMETERS.items():
    kernel("reference", f"_random_{_name}", f"_random_{_name}_like")(
        partial(_run, DRAWS[_name], _names)
    )


@kernel("reference", "_random_randint")
def randint(call: Invocation) -> None:
    """Draw integers from low to high - 1."""
    if wanted(call, 0):
        assert call.random is not None
        low, high, output = call.attributes.low, call.attributes.high, call.outputs[0]
        draw = call.random.generator.integers
        assign(call, 0, draw(low, high, output.shape, output.dtype))
