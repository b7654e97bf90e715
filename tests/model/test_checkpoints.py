"""Checkpoints are MXNet's, byte for byte; bad ones are refused."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError, FormatError
from tests.model.programs import FILES, network, parameters, save

GOLDEN = Path(__file__).parents[1] / "golden" / "model"


@pytest.mark.parametrize("name", FILES)
def test_what_is_saved_is_what_mxnet_saves(name, tmp_path):
    with mx.name.NameManager():
        save(mx, tmp_path)
    assert (tmp_path / name).read_bytes() == (GOLDEN / name).read_bytes()


def test_a_checkpoint_of_mxnet_is_loaded():
    symbol, arg_params, aux_params = mx.model.load_checkpoint(GOLDEN / "net", 3)
    assert symbol.list_arguments() == network(mx).list_arguments()
    for found, expected in zip((arg_params, aux_params), parameters(mx), strict=True):
        assert found.keys() == expected.keys()
        for name, array in expected.items():
            np.testing.assert_array_equal(found[name].asnumpy(), array.asnumpy())


def test_parameters_are_loaded_with_their_types():
    arg_params, aux_params = mx.model.load_params(str(GOLDEN / "half"), 12)
    assert arg_params["fc1_weight"].dtype == np.float16
    assert aux_params == {}


def test_a_checkpoint_of_nothing_is_loaded_with_a_warning(caplog):
    assert mx.model.load_params(GOLDEN / "nothing", 12345) == ({}, {})
    assert "nothing-12345.params' is empty" in caplog.text


def test_saving_is_logged(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        mx.model.save_checkpoint(tmp_path / "a", 1, None, {}, {})
    assert caplog.messages == [f'Saved checkpoint to "{tmp_path}/a-0001.params"']


def test_names_may_have_colons(tmp_path):
    mx.model.save_checkpoint(tmp_path / "a", 1, None, {"b:c": mx.nd.ones(1)}, {})
    assert list(mx.model.load_params(tmp_path / "a", 1)[0]) == ["b:c"]


def test_arrays_of_all_contexts_are_saved(tmp_path):
    mx.model.save_checkpoint(
        tmp_path / "a", 1, None, {"b": mx.nd.ones(2, mx.cpu(1))}, {}
    )
    loaded = mx.model.load_params(tmp_path / "a", 1)[0]["b"]
    assert loaded.context == mx.cpu(0)
    assert loaded.asnumpy().tolist() == [1, 1]


def test_a_failure_leaves_the_old_checkpoint(tmp_path):
    arg_params, aux_params = parameters(mx)
    save_all = mx.model.save_checkpoint
    save_all(tmp_path / "a", 1, network(mx), arg_params, aux_params)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = mx.sym.Variable("other")
    for bad in (np.ones(1), None, 3):
        with pytest.raises(ArgumentTypeError, match="'b' must be an NDArray"):
            save_all(tmp_path / "a", 1, other, arg_params, {"b": bad})
    with pytest.raises(ArgumentTypeError, match="aux_params must be a dict"):
        save_all(tmp_path / "a", 1, other, arg_params, None)
    with pytest.raises(ArgumentTypeError, match="a number, not 'x'"):
        save_all(tmp_path / "a", "x", other, arg_params, aux_params)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        ({"weight": mx.nd.ones(1)}, "'weight' is neither 'arg:...' nor 'aux:...'"),
        ([mx.nd.ones(1)], "its arrays have no names"),
    ],
)
def test_files_of_other_arrays_are_refused(saved, said, tmp_path):
    mx.nd.save(tmp_path / "a-0001.params", saved)
    with pytest.raises(FormatError, match=said) as caught:
        mx.model.load_params(tmp_path / "a", 1)
    assert isinstance(caught.value, ValueError)
    assert "a-0001.params" in str(caught.value)


def test_what_is_of_no_known_kind_is_left_out(tmp_path):
    arrays = {"arg:a": mx.nd.ones(1), "more:b": mx.nd.ones(1)}
    mx.nd.save(tmp_path / "a-0001.params", arrays)
    found = mx.model.load_params(tmp_path / "a", 1)
    assert [list(params) for params in found] == [["a"], []]


@pytest.mark.parametrize("function", [mx.model.load_params, mx.model.load_checkpoint])
def test_a_missing_checkpoint(function, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        function(tmp_path / "nowhere", 1)
