"""Key-value stores: what the copies of a parameter on several devices share."""

from dataflow.kvstore.base import KVStoreBase
from dataflow.kvstore.creation import create
from dataflow.kvstore.kvstore import KVStore

__all__ = ["KVStore", "KVStoreBase", "create"]
