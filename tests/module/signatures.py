"""The signatures of modules' methods, here and when they are recorded."""

from __future__ import annotations

import inspect

CLASSES = (
    *("BaseModule", "Module", "BucketingModule", "SequentialModule"),
    *("PythonModule", "PythonLossModule"),
)


def shown(default):
    """Return a default as text; the type of what has no plain one."""
    plain = default is None or isinstance(default, bool | int | str | tuple)
    return repr(default) if plain else type(default).__name__


def signatures(mx):
    """Return names and defaults of parameters, by class and method."""
    found = {}
    for owner in CLASSES:
        klass = getattr(mx.mod, owner)
        for name in dir(klass):
            member = getattr(klass, name)
            if name != "__init__" and (name.startswith("_") or not callable(member)):
                continue
            parameters = inspect.signature(member).parameters.values()
            found[f"{owner}.{name}"] = [
                [p.name, None if p.default is p.empty else shown(p.default)]
                for p in parameters
            ]
    return found


def properties(mx):
    """Return the names of properties, by class."""
    return {
        owner: [
            name
            for name, member in inspect.getmembers(getattr(mx.mod, owner))
            if isinstance(member, property) and not name.startswith("_")
        ]
        for owner in CLASSES
    }
