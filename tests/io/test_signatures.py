"""Parameters have the names, the order and the defaults that they have in MXNet."""

from __future__ import annotations

import dataclasses
import inspect
import json
from pathlib import Path

import pytest

import dataflow as mx
from dataflow.io.colours import Colours, Normalization
from dataflow.io.geometry import Geometry
from tests.io.signatures import CLASSES, READERS, signature

GOLDEN = json.loads((Path(__file__).parents[1] / "golden/io.json").read_text())


@pytest.mark.parametrize("name", CLASSES)
def test_functions_and_classes_take_what_they_take_in_mxnet(name):
    assert list(signature(mx, name).items()) == list(
        GOLDEN[f"signature {name}"].items()
    )


@pytest.mark.parametrize("name", READERS)
def test_readers_take_what_they_take_in_mxnet(name):
    ours = signature(mx, f"io.{name}")
    if ours.pop("augmentation", "") is None:
        for kind in (Geometry, Colours, Normalization):
            fields = dataclasses.fields(kind)
            ours |= {field.name: repr(field.default) for field in fields}
    for key in ("data_name", "label_name"):
        del ours[key]
    for key, default in GOLDEN[f"signature {name}"].items():
        assert (key, _number(ours.pop(key))) == (key, _number(default))
    assert not ours


def _number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


@pytest.mark.parametrize("name", READERS)
def test_readers_take_keywords_only(name):
    for parameter in inspect.signature(getattr(mx.io, name)).parameters.values():
        assert parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD)
