"""PNG as far as tests need it: bytes without filters. Stands in for OpenCV."""

from __future__ import annotations

import struct
import zlib

import numpy as np

CHANNELS = {0: 1, 2: 3, 6: 4}  # by the colour type of a file
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(image):
    """Return the file of an image with red first."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    kind = {v: k for k, v in CHANNELS.items()}[channels]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def decode(content):
    """Return the image of a file that `encode` made, None for anything else."""
    if not content.startswith(SIGNATURE):
        return None
    width, height, _, kind = struct.unpack_from(">IIBB", content, 16)
    start = content.index(b"IDAT")
    (length,) = struct.unpack_from(">I", content, start - 4)
    rows = zlib.decompress(content[start + 4 : start + 4 + length])
    pixels = np.frombuffer(rows, np.uint8).reshape(height, -1)[:, 1:]
    image = pixels.reshape(height, width, CHANNELS[kind])
    return image[..., 0] if CHANNELS[kind] == 1 else image


class PNG:
    """A library of images that knows this PNG, and the nearest pixel."""

    def decode(self, content, flag):
        image = decode(content)
        if image is None:
            return None
        if image.ndim == 3:
            image = image[..., [2, 1, 0, 3][: image.shape[2]]]
            if flag == 0:  # as libpng does it for OpenCV
                weights = np.array([3735, 19235, 9798])
                return (image.astype(int) @ weights >> 15).astype(np.uint8)
        elif flag == 1:
            image = np.repeat(image[..., None], 3, 2)
        return np.ascontiguousarray(image)

    def encode(self, image, extension, quality):
        if image.ndim == 3:
            image = image[..., [2, 1, 0, 3][: image.shape[2]]]
        return encode(image)

    def resize(self, image, size, method):
        rows = np.arange(size[1]) * image.shape[0] // size[1]
        columns = np.arange(size[0]) * image.shape[1] // size[0]
        return image[rows][:, columns]

    def warp(self, image, matrix, size, method, fill):
        back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
        x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
        places = back @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
        columns, rows = np.rint(places[:2]).astype(int).reshape(2, *x.shape)
        inside = (rows >= 0) & (rows < image.shape[0])
        inside &= (columns >= 0) & (columns < image.shape[1])
        made = np.full((size[1], size[0], *image.shape[2:]), fill, image.dtype)
        made[inside] = image[rows[inside], columns[inside]]
        return made
