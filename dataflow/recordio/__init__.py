"""RecordIO, the container of MXNet's data sets: files of records, and their headers."""

from dataflow.recordio.container import MXRecordIO
from dataflow.recordio.headers import (
    HEADER,
    IRHeader,
    pack,
    pack_img,
    unpack,
    unpack_img,
)
from dataflow.recordio.indexed import MXIndexedRecordIO

__all__ = [
    "HEADER",
    "IRHeader",
    "MXIndexedRecordIO",
    "MXRecordIO",
    "pack",
    "pack_img",
    "unpack",
    "unpack_img",
]
