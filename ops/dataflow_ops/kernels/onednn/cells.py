"""The primitives of one recurrent layer, by the kind of its cells."""

from __future__ import annotations

from functools import cached_property

from dataflow_ops.kernels.onednn import codes
from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.memory import Layout, ordered, undecided
from dataflow_ops.kernels.onednn.parameters import Layer
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive

_NAMES = {
    "lstm": "lstm",
    "gru": "lbr_gru",
    "rnn_relu": "vanilla_rnn",
    "rnn_tanh": "vanilla_rnn",
}
_FUNCTIONS = {"rnn_relu": Algorithm.RELU, "rnn_tanh": Algorithm.TANH}
_GIVEN = {
    Argument.SOURCE: "x",
    Argument.STATE: "state",
    Argument.CELL: "cell",
    Argument.WEIGHTS: "weights",
    Argument.STATE_WEIGHTS: "state_weights",
    Argument.BIAS: "bias",
}
_MADE = {
    Argument.RESULT: "y",
    Argument.LAST_STATE: "last_state",
    Argument.LAST_CELL: "last_cell",
}
_HEADS = {
    Argument.DIFF_RESULT: "y_grad",
    Argument.DIFF_LAST_STATE: "last_state_grad",
    Argument.DIFF_LAST_CELL: "last_cell_grad",
}
_GRADIENTS = {
    Argument.DIFF_SOURCE: "x_grad",
    Argument.DIFF_STATE: "state_grad",
    Argument.DIFF_CELL: "cell_grad",
    Argument.DIFF_WEIGHTS: "weights_grad",
    Argument.DIFF_STATE_WEIGHTS: "state_weights_grad",
    Argument.DIFF_BIAS: "bias_grad",
}


class Cells:
    """One layer over all steps, forward and backward.

    Parameters
    ----------
    layer : Layer
        Its sizes.
    number : int
        Which layer it is; the plan's names of what it works on end in it.
    steps, batch : int
        Steps of a sequence, and sequences.
    threads : int
        How many threads its primitives use.
    """

    def __init__(
        self, layer: Layer, number: int, steps: int, batch: int, threads: int
    ) -> None:
        self.layer = layer
        self.number = number
        self.threads = threads
        sizes = layer.sizes
        self.x = ordered((steps, batch, layer.inputs))
        self.y = ordered((steps, batch, sizes.width))
        self.state = ordered((1, sizes.directions, batch, sizes.hidden))
        self.bias = ordered((1, *layer.bias))

    @property
    def _is_lstm(self) -> bool:
        return self.layer.mode == "lstm"

    def named(self, names: dict[Argument, str]) -> dict[Argument, str]:
        """Return this layer's names; only lstm has cells."""
        cells = {Argument.CELL, Argument.LAST_CELL, Argument.DIFF_CELL}
        cells.add(Argument.DIFF_LAST_CELL)
        return {
            argument: self.name(name)
            for argument, name in names.items()
            if self._is_lstm or argument not in cells
        }

    def name(self, name: str) -> str:
        """Return a name in this layer; what goes in came out of the layer before."""
        if self.number and name in ("x", "x_grad"):
            return f"{name.replace('x', 'y')}{self.number - 1}"
        return f"{name}{self.number}"

    @cached_property
    def kept(self) -> dict[str, Layout]:
        """What the gradient needs of the forward pass."""
        made = {"y": self.y, "last_state": self.state, "last_cell": self.state}
        wanted = {name: made[name.rstrip("0123456789")] for name in self.made}
        primitive = self.describe(Propagation.TRAINING)
        return wanted | {self.name("kept"): primitive.layout(Argument.WORKSPACE)}

    @property
    def made(self) -> list[str]:
        """Names of what comes out."""
        return list(self.named(_MADE).values())

    def _layouts(self) -> list[Layout | None]:
        """Describe what goes in and what comes out, weights as oneDNN likes."""
        sizes = self.layer.sizes
        inner = 1, sizes.directions, self.layer.inputs, sizes.gates, sizes.hidden
        states = [self.state] * (1 + self._is_lstm)
        return [
            *(self.x, *states, undecided(inner)),
            undecided((*inner[:2], sizes.hidden, *inner[3:])),
            *[None] * (2 * self._is_lstm),  # neither peepholes nor a projection
            *(self.bias, self.y, *states),
        ]

    def _common(self) -> tuple[list[object], list[object]]:
        """Return what every description has before and behind the layouts."""
        both = self.layer.sizes.directions == 2
        direction = codes.BOTH_WAYS if both else codes.FORWARD
        if self.layer.mode in _FUNCTIONS:
            return [_FUNCTIONS[self.layer.mode], direction], [0.0, 0.0]
        return [direction], []

    def describe(self, kind: Propagation) -> Primitive:
        """Describe the forward pass."""
        before, behind = self._common()
        return Primitive(
            f"{_NAMES[self.layer.mode]}_forward",
            *(kind, *before, *self._layouts(), 0, *behind),
            threads=self.threads,
        )

    def run(self, plan: Plan, kind: Propagation) -> None:
        """Append the forward pass; in training it keeps what the gradient needs."""
        writes = self.named(_MADE)
        if kind is Propagation.TRAINING:
            writes[Argument.WORKSPACE] = f"kept{self.number}"
        plan.run(self.describe(kind), self.named(_GIVEN), writes)

    def run_back(self, plan: Plan) -> None:
        """Append the gradients by all that goes in."""
        before, behind = self._common()
        hint = self.describe(Propagation.TRAINING)
        layouts = self._layouts() * 2
        primitive = Primitive(
            f"{_NAMES[self.layer.mode]}_backward",
            *(Propagation.BACKWARD, *before, *layouts),
            *(codes.OVERWRITE, *behind, hint),
            threads=self.threads,
        )
        reads = self.named(_GIVEN | _MADE | _HEADS)
        reads[Argument.WORKSPACE] = f"kept{self.number}"
        plan.run(primitive, reads, self.named(_GRADIENTS))
