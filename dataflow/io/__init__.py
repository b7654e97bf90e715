"""Data iterators: batches of arrays, of text, of digits and of images."""

from dataflow.io.arrays import NDArrayIter
from dataflow.io.batches import DataBatch, DataDesc, DataIter
from dataflow.io.files import MXDataIter
from dataflow.io.images import (
    ImageRecordInt8Iter,
    ImageRecordIter,
    ImageRecordUInt8Iter,
)
from dataflow.io.mnist import MNISTIter
from dataflow.io.text import CSVIter, LibSVMIter
from dataflow.io.wrappers import PrefetchingIter, ResizeIter

__all__ = [
    "CSVIter",
    "DataBatch",
    "DataDesc",
    "DataIter",
    "ImageRecordInt8Iter",
    "ImageRecordIter",
    "ImageRecordUInt8Iter",
    "LibSVMIter",
    "MNISTIter",
    "MXDataIter",
    "NDArrayIter",
    "PrefetchingIter",
    "ResizeIter",
]
