"""What files hold: graphs and arrays, written and read, and untrusted when read."""

from dataflow.serialization.limits import Limits

__all__ = ["Limits"]
