"""Every iterator gives the batches that MXNet's gives, epoch after epoch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.io.cases import CASES, observe
from tests.io.records import RECORDS, written

GOLDEN = json.loads((Path(__file__).parents[1] / "golden/io.json").read_text())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("pictures")
def test_batches_pads_and_indices_are_mxnets(folder, name):
    seen, expected = observe(mx, folder, name), GOLDEN[name]
    assert seen["described"] == expected["described"]
    assert seen["size"] == expected["size"]
    assert list(map(len, seen["epochs"])) == list(map(len, expected["epochs"]))
    for ours, theirs in zip(_flat(seen), _flat(expected), strict=True):
        for key in ("pad", "index"):
            assert ours[key] == theirs[key]
        for a, b in zip(_arrays(ours), _arrays(theirs), strict=True):
            assert a[:2] == b[:2]
            np.testing.assert_allclose(a[2], b[2], rtol=1e-6, atol=1e-3)


def _flat(seen):
    return [batch for epoch in seen["epochs"] for batch in epoch]


def _arrays(batch):
    return batch["data"] + batch["label"]


@pytest.mark.parametrize("name", RECORDS)
def test_files_of_records_are_mxnets_byte_for_byte(tmp_path, name):
    assert written(mx, tmp_path, name).hex() == GOLDEN[f"file {name}"]


@pytest.mark.parametrize("name", RECORDS)
def test_mxnets_files_of_records_are_read(tmp_path, name):
    path = tmp_path / "theirs.rec"
    path.write_bytes(bytes.fromhex(GOLDEN[f"file {name}"]))
    file = mx.recordio.MXRecordIO(path, "r")
    assert [file.read() for _ in RECORDS[name]] == RECORDS[name]
    assert file.read() is None
    file.close()
