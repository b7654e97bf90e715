"""Random numbers for symbols and arrays alike: what a user calls in ``random``.

A distribution's parameters are numbers, and `shape` is that of the result; or they are
symbols (arrays) of one shape, and `shape` is what is drawn for each of their elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentTypeError

ShapeLike = int | Sequence[int] | None
Functions = Mapping[str, Callable[..., Any]]


class Samplers:
    """The samplers of one kind of thing; its public methods are the functions.

    Every sampler takes `shape` and `dtype`; for arrays also `ctx` and `out`, for
    symbols `name`.

    Parameters
    ----------
    functions : mapping
        The functions of all operators on `kind`.
    kind : type
        Symbol or NDArray.
    alone : tuple of int, optional
        The shape drawn where a user gives none; left to inference for symbols.
    """

    def __init__(
        self, functions: Functions, kind: type[Any], alone: ShapeLike = None
    ) -> None:
        self._functions = functions
        self._kind = kind
        self._alone = alone

    def _draw(self, name: str, parameters: Mapping[str, Any], options: Any) -> Any:
        given = {k: v for k, v in options.items() if v is not None}
        arrays = [isinstance(v, self._kind) for v in parameters.values()]
        if any(arrays):
            if not all(arrays):
                raise ArgumentTypeError(
                    f"random.{name}: {', '.join(parameters)} must all be numbers, or "
                    f"all of type {self._kind.__name__}"
                )
            return self._functions[f"_sample_{name}"](*parameters.values(), **given)
        numbers = {key: float(value) for key, value in parameters.items()}
        given = self._completed(given)
        return self._functions[f"_random_{name}"](**numbers, **given)

    def _completed(self, given: dict[str, Any]) -> dict[str, Any]:
        out = given.get("out")
        if out is not None:
            return given | {"shape": out.shape, "dtype": out.dtype, "ctx": out.context}
        if self._alone is not None:
            given.setdefault("shape", self._alone)
        return given

    def uniform(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from [low, high), every number as likely as the others.

        Parameters
        ----------
        low, high : float, or arrays
            The range; `high` is outside of it.
        shape : int or sequence of int, optional
            Shape of the result; with arrays, of what is drawn for each element.
        dtype : dtype, optional
            A floating type; float32 by default.
        ctx : Context, optional
            Where the result lies (arrays only).
        out : NDArray, optional
            Where to write (arrays only).

        Raises
        ------
        ArgumentError, InferenceError
            `low` is above `high`, or a shape or type that cannot be.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("uniform", {"low": low, "high": high}, options)

    def normal(
        self,
        loc: Any = 0.0,
        scale: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from the normal distribution of mean `loc` and deviation `scale`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("normal", {"loc": loc, "scale": scale}, options)

    def randn(
        self,
        *shape: int,
        loc: Any = 0.0,
        scale: Any = 1.0,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw as `normal` does, with the shape given by position."""
        return self.normal(loc, scale, shape or None, dtype, ctx, out, **kwargs)

    def gamma(
        self,
        alpha: Any = 1.0,
        beta: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from the gamma distribution of shape `alpha` and scale `beta`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("gamma", {"alpha": alpha, "beta": beta}, options)

    def exponential(
        self,
        scale: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from the exponential distribution of mean `scale`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("exponential", {"lam": 1.0 / scale}, options)

    def poisson(
        self,
        lam: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from the Poisson distribution of mean `lam`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("poisson", {"lam": lam}, options)

    def negative_binomial(
        self,
        k: Any = 1,
        p: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw how many trials fail before the `k`-th succeeds, each with chance `p`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        return self._draw("negative_binomial", {"k": k, "p": p}, options)

    def generalized_negative_binomial(
        self,
        mu: Any = 1.0,
        alpha: Any = 1.0,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw from the negative binomial of mean `mu` and dispersion `alpha`.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        parameters = {"mu": mu, "alpha": alpha}
        return self._draw("generalized_negative_binomial", parameters, options)

    def randint(
        self,
        low: int,
        high: int,
        shape: ShapeLike = None,
        dtype: Any = None,
        ctx: Any = None,
        out: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw integers from `low` to before `high`; int32 by default.

        The other parameters and the errors are those of `uniform`.
        """
        options = dict(shape=shape, dtype=dtype, ctx=ctx, out=out, **kwargs)
        given = self._completed({k: v for k, v in options.items() if v is not None})
        return self._functions["_random_randint"](low=low, high=high, **given)

    def multinomial(
        self,
        data: Any,
        shape: ShapeLike = None,
        get_prob: bool = False,
        dtype: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Draw indices by the probabilities in the last axis of `data`.

        Parameters
        ----------
        data : Symbol or NDArray
            Probabilities that sum to 1.
        shape : int or sequence of int, optional
            What is drawn for each distribution; one index by default.
        get_prob : bool
            Return the logarithms of the probabilities of what was drawn, too.
        dtype : dtype, optional
            Type of the indices; int32 by default.
        """
        options = dict(shape=shape, dtype=dtype, **kwargs)
        given = {key: value for key, value in options.items() if value is not None}
        sample = self._functions["_sample_multinomial"]
        return sample(data, get_prob=get_prob, **given)

    def shuffle(self, data: Any, **kwargs: Any) -> Any:
        """Put the parts of `data` along its first axis in random order."""
        return self._functions["_shuffle"](data, **kwargs)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the samplers by name, with those that draw like another array."""
        own = {
            name: getattr(self, name)
            for name in vars(Samplers)
            if not name.startswith("_") and name != "functions"
        }
        like = {
            name.removeprefix("_random_"): function
            for name, function in self._functions.items()
            if name.startswith("_random_") and name.endswith("_like")
        }
        return own | like
