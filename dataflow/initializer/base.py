"""Initializer: what a parameter is filled with, by the kind that its name tells."""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Self

from dataflow import random
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.registry import (
    get_alias_func,
    get_create_func,
    get_register_func,
)

Statistic = Callable[[NDArray], str]

# What a name ends with, and the method that fills such a parameter.
_ENDINGS = (
    ("weight", "_init_weight"),
    ("bias", "_init_bias"),
    ("gamma", "_init_gamma"),
    ("beta", "_init_beta"),
    ("min", "_init_zero"),
    ("max", "_init_one"),
    ("weight_quantize", "_init_quantized_weight"),
    ("bias_quantize", "_init_quantized_bias"),
)
_LEGACY_ENDINGS = (
    *_ENDINGS[:6],
    ("moving_mean", "_init_zero"),
    ("moving_var", "_init_one"),
    ("moving_inv_var", "_init_zero"),
    ("moving_avg", "_init_zero"),
)


class InitDesc(str):
    """The name of a parameter, with what is known of it.

    Parameters
    ----------
    name : str
        The name.
    attrs : mapping, optional
        Attributes of its variable, as `Symbol.attr_dict` gives them; under
        ``__init__`` an initializer of its own.
    global_init : Initializer, optional
        What fills the parameters that have none of their own.
    """

    attrs: Mapping[str, str]
    global_init: Any

    def __new__(
        cls,
        name: str,
        attrs: Mapping[str, str] | None = None,
        global_init: Any = None,
    ) -> Self:
        """Make it, which is how a string takes more than its text."""
        desc = super().__new__(cls, name)
        desc.attrs = attrs or {}
        desc.global_init = global_init
        return desc


class Initializer:
    """Base of initializers; call one with a description and an array to fill it.

    Derived classes define `_init_weight(desc, array)`, and may define the methods of
    other kinds: `_init_bias` and `_init_beta`, which fill with 0, `_init_gamma`, which
    fills with 1, and `_init_default`, which raises.

    Parameters
    ----------
    **kwargs
        The arguments of the derived class, for `dumps`.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs
        self._verbose = False
        self._print_func: Statistic | None = None

    def set_verbosity(
        self, verbose: bool = False, print_func: Statistic | None = None
    ) -> Self:
        """Log, or do not log, what is filled and how.

        Parameters
        ----------
        verbose : bool
            Whether to log.
        print_func : callable, optional
            What to say of a filled array; by default its norm by the root of its size.
        """
        self._verbose = verbose
        self._print_func = print_func or _norm
        return self

    def _verbose_print(self, desc: str, init: str, arr: NDArray) -> None:
        if self._verbose and self._print_func is not None:
            said = self._print_func(arr)
            logging.info("Initialized %s as %s: %s", desc, init, said)

    def dumps(self) -> str:
        """Return its text, from which `create` makes it again."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Initializer):
            return NotImplemented
        return type(self) is type(other) and self._kwargs == other._kwargs

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, desc: str, arr: NDArray) -> None:
        """Fill an array.

        Parameters
        ----------
        desc : InitDesc
            What the array is: its variable's own initializer fills it, or the method
            for the ending of its name. A plain string is deprecated.
        arr : NDArray
            What to fill.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            The name tells no kind; `arr` is no array.
        """
        if not isinstance(arr, NDArray):
            raise ArgumentTypeError(f"an initializer fills NDArrays, not {arr!r}")
        if not isinstance(desc, InitDesc):
            self._legacy_init(desc, arr)
            return
        if desc.global_init is None:
            desc.global_init = self
        own = desc.attrs.get("__init__", "")
        if own:
            create(own)._init_weight(desc, arr)
            self._verbose_print(desc, own, arr)
            return
        for ending, method in _ENDINGS:
            if desc.endswith(ending):
                getattr(self, method)(desc, arr)
                self._verbose_print(desc, ending, arr)
                return
        self._init_default(desc, arr)

    def _legacy_init(self, name: Any, arr: NDArray) -> None:
        """Fill an array by rules that know some operators' names."""
        if not isinstance(name, str):
            raise ArgumentTypeError(f"a parameter's name is a string, not {name!r}")
        warnings.warn(
            f"call an initializer with InitDesc('{name}'), not with a plain string",
            DeprecationWarning,
            stacklevel=3,
        )
        rules: tuple[tuple[str, str], ...] = _LEGACY_ENDINGS
        if name.startswith("upsampling"):
            rules = (("", "_init_bilinear"),)
        elif name.startswith("stn_loc"):
            own = (("weight", "_init_zero"), ("bias", "_init_loc_bias"))
            rules = (*own, *_LEGACY_ENDINGS)
        for ending, method in rules:
            if name.endswith(ending):
                getattr(self, method)(name, arr)
                return
        self._init_default(name, arr)

    # One method for each kind of parameter

    def _init_weight(self, name: str, arr: NDArray) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define _init_weight")

    def _init_zero(self, _: str, arr: NDArray) -> None:
        arr[:] = 0

    def _init_one(self, _: str, arr: NDArray) -> None:
        arr[:] = 1

    _init_bias = _init_beta = _init_quantized_bias = _init_zero
    _init_gamma = _init_one

    def _init_bilinear(self, name: str, arr: NDArray) -> None:
        create("bilinear")._init_weight(name, arr)

    def _init_loc_bias(self, name: str, arr: NDArray) -> None:
        if arr.shape != (6,):
            raise ArgumentError(
                f"'{name}' biases an affine transformation, so its shape is (6,), not "
                f"{arr.shape}"
            )
        arr[:] = [1.0, 0, 0, 0, 1.0, 0]  # the identity

    def _init_quantized_weight(self, _: str, arr: NDArray) -> None:
        arr[:] = random.randint(-127, 127, arr.shape, ctx=arr.context)

    def _init_default(self, name: str, _: NDArray) -> None:
        endings = ", ".join(f"'{ending}'" for ending, _ in _ENDINGS[:4])
        raise ArgumentError(
            f"how to fill '{name}' is not known: its name ends with none of {endings}; "
            "give its variable an initializer of its own, Variable(..., init=...)"
        )


def _norm(array: NDArray) -> str:
    """Return the norm of an array by the root of its size."""
    return str(float(array.norm()) / math.sqrt(array.size))


_register = get_register_func(Initializer, "initializer")
alias = get_alias_func(Initializer, "initializer")
create = get_create_func(Initializer, "initializer")


def register(klass: Any) -> Any:
    """Enter a class derived from Initializer under its name in lower case.

    A decorator; `alias` adds further names. Modules and ``Variable(init=...)`` then
    know it by its name.
    """
    return _register(klass)
