"""Registries: classes of one family by name, and instances made from text."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.serialization import json_text
from dataflow_ops.errors import suggestion

__all__ = [
    "Registry",
    "get_alias_func",
    "get_create_func",
    "get_register_func",
    "get_registry",
]


class Registry:
    """The classes derived from one base, by lower-case name.

    Parameters
    ----------
    base : type
        What they derive from.
    nickname : str
        What one of them is called, for messages and as a key of configurations.
    """

    def __init__(self, base: type[Any], nickname: str) -> None:
        self.base = base
        self.nickname = nickname
        self.classes: dict[str, type[Any]] = {}

    def register(self, klass: type[Any], name: str | None = None) -> Any:
        """Enter a class, under its own name by default; usable as a decorator.

        Raises
        ------
        ArgumentTypeError
            It is no class derived from the base.
        """
        if not (isinstance(klass, type) and issubclass(klass, self.base)):
            raise ArgumentTypeError(
                f"only classes derived from {self.base.__name__} can be registered as "
                f"{self.nickname}, not {klass!r}"
            )
        key = (klass.__name__ if name is None else name).lower()
        old = self.classes.get(key)
        if old not in (None, klass):
            warnings.warn(
                f"{self.nickname} '{key}' was {old.__module__}.{old.__name__} and is "
                f"now {klass.__module__}.{klass.__name__}",
                stacklevel=2,
            )
        self.classes[key] = klass
        return klass

    def alias(self, *aliases: str) -> Callable[[Any], Any]:
        """Return a decorator that enters a class under further names."""

        def enter(klass: type[Any]) -> type[Any]:
            for name in aliases:
                self.register(klass, name)
            return klass

        return enter

    def find(self, name: str) -> type[Any]:
        """Return the class of a name, in any case; raises UnknownNameError."""
        klass = self.classes.get(name.lower())
        if klass is None:
            hint = suggestion(name.lower(), self.classes)
            known = ", ".join(sorted(self.classes))
            raise UnknownNameError(
                f"there is no {self.nickname} '{name}'; "
                f"{hint or 'register yours, or use one of ' + known}"
            )
        return klass

    def create(self, *args: Any, **kwargs: Any) -> Any:
        """Return an instance.

        Parameters
        ----------
        *args, **kwargs
            First, or by the registry's nickname: an instance, which is returned as it
            is; a name, followed by the arguments of the class; or a configuration,
            which takes no arguments: ``'["name", {...}]'``, ``'{"<nickname>": "name",
            ...}'``, or such a dict.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            An unknown name (UnknownNameError), a malformed configuration (FormatError),
            or none at all.
        """
        if args:
            what, args = args[0], args[1:]
        elif self.nickname in kwargs:
            what = kwargs.pop(self.nickname)
        else:
            raise ArgumentTypeError(f"which {self.nickname} to create is missing")
        name, settings = self._configuration(what)
        if settings is None and isinstance(name, str):
            return self.find(name)(*args, **kwargs)
        if args or kwargs:
            raise ArgumentError(
                f"{what!r} says all about this {self.nickname}; it takes no arguments"
            )
        return name if settings is None else self.find(name)(**settings)

    def _configuration(self, what: Any) -> tuple[Any, dict[str, Any] | None]:
        """Return a name and settings; no settings for a bare name or an instance."""
        if isinstance(what, self.base):
            return what, None
        if isinstance(what, Mapping):
            return self._named(dict(what))
        if not isinstance(what, str):
            raise ArgumentTypeError(
                f"a {self.nickname} is given by a name, a configuration or an "
                f"instance of {self.base.__name__}, not {what!r}"
            )
        if not what.startswith(("[", "{")):
            return what, None
        value = json_text.parse(what, f"the {self.nickname} {what[:80]!r}")
        if isinstance(value, dict):
            return self._named(value)
        match value:
            case [str(name), dict(settings)]:
                return name, settings
        raise ArgumentError(f"{what!r} is not of the form '[\"name\", {{...}}]'")

    def _named(self, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        name = settings.pop(self.nickname, None)
        if not isinstance(name, str):
            raise ArgumentError(
                f"a configuration needs the key '{self.nickname}' with a name, beside "
                f"{', '.join(map(repr, settings)) or 'nothing'}"
            )
        return name, settings


_REGISTRIES: dict[type[Any], Registry] = {}


def _registry_of(base_class: type[Any], nickname: str) -> Registry:
    return _REGISTRIES.setdefault(base_class, Registry(base_class, nickname))


def get_registry(base_class: type[Any]) -> dict[str, type[Any]]:
    """Return the classes registered for a base, by name."""
    return dict(_registry_of(base_class, base_class.__name__.lower()).classes)


def get_register_func(base_class: type[Any], nickname: str) -> Callable[..., Any]:
    """Return the function that registers a class; see `Registry.register`."""
    return _registry_of(base_class, nickname).register


def get_alias_func(base_class: type[Any], nickname: str) -> Callable[..., Any]:
    """Return the function that gives a class more names; see `Registry.alias`."""
    return _registry_of(base_class, nickname).alias


def get_create_func(base_class: type[Any], nickname: str) -> Callable[..., Any]:
    """Return the function that makes instances; see `Registry.create`."""
    return _registry_of(base_class, nickname).create
