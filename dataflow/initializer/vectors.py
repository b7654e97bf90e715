"""Where the weights of fused layers lie in the one vector that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

from dataflow.errors import ArgumentError
from dataflow.ndarray import NDArray

Shape = tuple[int, ...]

# The gates of each kind of layer, as parts of their weights' names.
GATES: dict[str, Sequence[str]] = {
    "rnn_relu": ("",),
    "rnn_tanh": ("",),
    "lstm": ("_i", "_f", "_c", "_o"),
    "gru": ("_r", "_z", "_o"),
}


class VectorLayout(NamedTuple):
    """What the order and the shapes of the weights follow from."""

    hidden: int
    layers: int
    directions: Sequence[str]
    gates: Sequence[str]

    @classmethod
    def of(cls, mode: str, hidden: int, layers: int, bidirectional: bool) -> Self:
        """Return the layout of layers of a kind."""
        ways = ("l", "r") if bidirectional else ("l",)
        return cls(hidden, layers, ways, GATES[mode])

    def parts(self, inputs: int) -> Iterator[tuple[str, Shape]]:
        """Yield names and shapes in order, for `inputs` features of the first layer.

        All weights come first, then all biases.
        """
        strands = [(i, d) for i in range(self.layers) for d in self.directions]
        for layer, direction in strands:
            below = self.hidden * len(self.directions) if layer else inputs
            for group, features in (("i2h", below), ("h2h", self.hidden)):
                for gate in self.gates:
                    name = f"{direction}{layer}_{group}{gate}_weight"
                    yield name, (self.hidden, features)
        for layer, direction in strands:
            for group in ("i2h", "h2h"):
                for gate in self.gates:
                    yield f"{direction}{layer}_{group}{gate}_bias", (self.hidden,)

    def names(self) -> list[str]:
        """Return the names in order."""
        return [name for name, _ in self.parts(1)]

    def size(self, inputs: int) -> int:
        """Return how many elements the vector has."""
        return sum(_size(shape) for _, shape in self.parts(inputs))

    def count_inputs(self, size: int) -> int:
        """Return the features of the first layer, from the size of the vector.

        Raises
        ------
        ArgumentError
            No number of features gives this size.
        """
        row = self.size(1) - self.size(0)
        inputs, rest = divmod(size - self.size(0), row)
        if inputs < 1 or rest:
            raise ArgumentError(
                f"the vector of weights has {size} elements; {self.layers} layers of "
                f"{self.hidden} units and {len(self.gates)} gates take "
                f"{self.size(0)}, and {row} for each feature of the input"
            )
        return inputs

    def slices(self, vector: NDArray, prefix: str) -> Iterator[tuple[str, NDArray]]:
        """Yield names and arrays that share the vector's memory.

        Raises
        ------
        ArgumentError
            It is no vector, or as in `count_inputs`.
        """
        if vector.ndim != 1:
            raise ArgumentError("the weights of fused layers are one vector")
        start = 0
        for name, shape in self.parts(self.count_inputs(vector.size)):
            stop = start + _size(shape)
            yield prefix + name, vector[start:stop].reshape(shape)
            start = stop


def _size(shape: Shape) -> int:
    return shape[0] * shape[1] if len(shape) > 1 else shape[0]
