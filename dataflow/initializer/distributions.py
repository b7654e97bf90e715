"""Initializers that draw weights at random."""

from __future__ import annotations

import math

import numpy as np

from dataflow import random
from dataflow.errors import ArgumentError
from dataflow.initializer.base import Initializer, register
from dataflow.ndarray import NDArray


@register
class Uniform(Initializer):
    """Draw weights from [-scale, scale), every number as likely as the others.

    Parameters
    ----------
    scale : float
        The bound.
    """

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, name: str, arr: NDArray) -> None:
        random.uniform(-self.scale, self.scale, out=arr)


@register
class Normal(Initializer):
    """Draw weights from the normal distribution of mean 0.

    Parameters
    ----------
    sigma : float
        Its standard deviation.
    """

    def __init__(self, sigma: float = 0.01) -> None:
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, name: str, arr: NDArray) -> None:
        random.normal(0, self.sigma, out=arr)


@register
class Orthogonal(Initializer):
    """Make the rows of a weight, or its columns if those are fewer, orthogonal.

    See Saxe and others, arXiv:1312.6120.

    Parameters
    ----------
    scale : float
        Their length.
    rand_type : str
        ``"uniform"`` or ``"normal"``: what they are drawn from.
    """

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform") -> None:
        super().__init__(scale=scale, rand_type=rand_type)
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, name: str, arr: NDArray) -> None:
        if not arr.shape:
            raise ArgumentError(f"'{name}' has no dimensions, so no rows")
        shape = (arr.shape[0], math.prod(arr.shape[1:]))
        if self.rand_type == "uniform":
            drawn = random.uniform(-1.0, 1.0, shape=shape)
        elif self.rand_type == "normal":
            drawn = random.normal(0.0, 1.0, shape=shape)
        else:
            raise ArgumentError(
                f"rand_type is 'uniform' or 'normal', not {self.rand_type!r}"
            )
        left, _, right = np.linalg.svd(drawn.asnumpy(), full_matrices=False)
        rows = left if left.shape == shape else right
        arr[:] = self.scale * rows.reshape(arr.shape)


@register
class Xavier(Initializer):
    """Draw weights so that activations and gradients keep their scale.

    See Glorot and Bengio, 2010. The variance of the weights is the magnitude, by 3
    for uniform ones, by the count of a neuron's inputs or outputs.

    Parameters
    ----------
    rnd_type : str
        ``"uniform"`` or ``"gaussian"``.
    factor_type : str
        Which count: that of inputs ``"in"``, of outputs ``"out"``, or the mean of both
        ``"avg"``.
    magnitude : float
        The magnitude.
    """

    def __init__(
        self,
        rnd_type: str = "uniform",
        factor_type: str = "avg",
        magnitude: float = 3,
    ) -> None:
        super().__init__(
            rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude
        )
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, name: str, arr: NDArray) -> None:
        scale = math.sqrt(self.magnitude / self._count(name, arr.shape))
        if self.rnd_type == "uniform":
            random.uniform(-scale, scale, out=arr)
        elif self.rnd_type == "gaussian":
            random.normal(0, scale, out=arr)
        else:
            raise ArgumentError(
                f"rnd_type is 'uniform' or 'gaussian', not {self.rnd_type!r}"
            )

    def _count(self, name: str, shape: tuple[int, ...]) -> float:
        if len(shape) < 2:
            raise ArgumentError(
                f"{type(self).__name__} needs a weight of two dimensions or more, "
                f"outputs before inputs; '{name}' has the shape {shape}; give its "
                "variable an initializer of its own, Variable(..., init=...)"
            )
        places = math.prod(shape[2:])  # of a convolution's kernel
        inputs, outputs = shape[1] * places, shape[0] * places
        counts = {"in": inputs, "out": outputs, "avg": (inputs + outputs) / 2}
        if self.factor_type not in counts:
            raise ArgumentError(
                f"factor_type is 'in', 'out' or 'avg', not {self.factor_type!r}"
            )
        return counts[self.factor_type]


@register
class MSRAPrelu(Xavier):
    """Draw weights before a (leaky) rectifier so that activations keep their scale.

    See He and others, arXiv:1502.01852.

    Parameters
    ----------
    factor_type : str
        As in `Xavier`.
    slope : float
        The rectifier's slope below 0.
    """

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2 / (1 + slope**2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}
