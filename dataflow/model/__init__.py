"""Models: checkpoints, and what training is made of."""

from dataflow.model.batch_end import BatchEndParam
from dataflow.model.checkpoints import load_checkpoint, load_params, save_checkpoint
from dataflow.model.feed_forward import FeedForward
from dataflow.model.updating import (
    _create_kvstore,
    _initialize_kvstore,
    _update_params,
    _update_params_on_kvstore,
)

__all__ = [
    "BatchEndParam",
    "FeedForward",
    "_create_kvstore",
    "_initialize_kvstore",
    "_update_params",
    "_update_params_on_kvstore",
    "load_checkpoint",
    "load_params",
    "save_checkpoint",
]
