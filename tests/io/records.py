"""Records that are awkward to write, here and when MXNet's files are recorded."""

from __future__ import annotations

import struct

MAGIC = struct.pack("<I", 0xCED7230A)
RECORDS = {
    "empty": [b""],
    "lengths": [b"a" * i for i in range(9)],
    "magic": [MAGIC, b"abcd" + MAGIC + b"zz", MAGIC * 3 + b"1", b"abcdabcd" + MAGIC],
    "magic off a border": [b"x" + MAGIC, b"xyz" + MAGIC + b"xyz"],
    "bytes": [bytes(range(256))],
}


def written(mx, folder, name):
    """Return the bytes of a file of these records."""
    path = folder / "written.rec"
    file = mx.recordio.MXRecordIO(str(path), "w")
    for record in RECORDS[name]:
        file.write(record)
    file.close()
    return path.read_bytes()
