"""Names and defaults of parameters, here and when MXNet's are recorded."""

from __future__ import annotations

import ast
import inspect
import re

CLASSES = (
    *("io.DataDesc", "io.DataBatch", "io.DataIter", "io.NDArrayIter", "io.ResizeIter"),
    *("io.PrefetchingIter", "recordio.MXRecordIO", "recordio.MXIndexedRecordIO"),
    *("recordio.IRHeader", "recordio.pack", "recordio.unpack", "recordio.pack_img"),
    *("recordio.unpack_img", "image.ImageIter", "image.CreateAugmenter"),
    *("image.center_crop", "image.color_normalize", "image.fixed_crop"),
    *("image.random_crop", "image.random_size_crop", "image.resize_short"),
    *("image.scale_down", "image.ResizeAug", "image.ForceResizeAug"),
    *("image.RandomSizedCropAug", "image.ColorJitterAug", "image.LightingAug"),
)
READERS = ("CSVIter", "LibSVMIter", "MNISTIter", "ImageRecordIter")


def signature(mx, name):
    """Return names and defaults of a function or class."""
    module, _, attribute = name.partition(".")
    found = inspect.signature(getattr(getattr(mx, module), attribute))
    return {p.name: _shown(p.default) for p in found.parameters.values()}


def _shown(default):
    if default is inspect.Parameter.empty:
        return None
    return getattr(default, "__name__", None) or repr(default)


def described(mx, name):
    """Return names and defaults of one of MXNet's own readers, by its documentation."""
    text = getattr(mx.io, name).__doc__.partition("Parameters\n")[2]
    found = re.findall(r"^(\w+) : (.*?)(?:, default=(.*))?$", text, re.MULTILINE)
    return {name: _plain(kind, default) for name, kind, default in found}


def _plain(kind, default):
    if not default:
        return None
    try:
        value = ast.literal_eval(default)
        if isinstance(value, str) and kind.startswith(("int", "{None")):
            value = ast.literal_eval(value)
    except (SyntaxError, ValueError):
        value = ast.literal_eval(default)
    if kind.startswith("boolean"):
        value = bool(value)
    return repr(tuple(value) if isinstance(value, list) else value)
