"""What stores raise where MXNet's fail an assertion."""

from __future__ import annotations

from dataflow.errors import ArgumentError, MXNetError


class StoreStateError(MXNetError, AssertionError):
    """A store is not ready for a call: it has no optimizer, say."""


class StoreUsageError(ArgumentError, AssertionError):
    """Keys and arrays are missing, or do not go together."""
