"""What modules raise where MXNet's fail an assertion."""

from __future__ import annotations

from dataflow.errors import ArgumentError, MXNetError


class ModuleStateError(MXNetError, AssertionError):
    """A module is not ready for a call: it was not bound, say."""


class UsageError(ArgumentError, AssertionError):
    """An argument is missing, or does not go together with the others."""
