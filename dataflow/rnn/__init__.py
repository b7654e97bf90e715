"""Recurrent cells on symbols, and what feeds and saves networks of them."""

from dataflow.rnn.base import BaseRNNCell
from dataflow.rnn.buckets import BucketSentenceIter, encode_sentences
from dataflow.rnn.cells import GRUCell, LSTMCell, RNNCell
from dataflow.rnn.checkpoints import (
    do_rnn_checkpoint,
    load_rnn_checkpoint,
    save_rnn_checkpoint,
)
from dataflow.rnn.containers import BidirectionalCell, SequentialRNNCell
from dataflow.rnn.convolutional import (
    ConvGRUCell,
    ConvLSTMCell,
    ConvRNNCell,
)
from dataflow.rnn.convolutional_base import BaseConvRNNCell
from dataflow.rnn.fused import FusedRNNCell
from dataflow.rnn.modifiers import DropoutCell, ModifierCell, ResidualCell, ZoneoutCell
from dataflow.rnn.sequences import rnn_unroll
from dataflow.rnn.weights import RNNParams

__all__ = [
    "BaseConvRNNCell",
    "BaseRNNCell",
    "BidirectionalCell",
    "BucketSentenceIter",
    "ConvGRUCell",
    "ConvLSTMCell",
    "ConvRNNCell",
    "DropoutCell",
    "FusedRNNCell",
    "GRUCell",
    "LSTMCell",
    "ModifierCell",
    "RNNCell",
    "RNNParams",
    "ResidualCell",
    "SequentialRNNCell",
    "ZoneoutCell",
    "do_rnn_checkpoint",
    "encode_sentences",
    "load_rnn_checkpoint",
    "rnn_unroll",
    "save_rnn_checkpoint",
]
