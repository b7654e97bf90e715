"""Where files go: whole or not at all, to paths and to URLs."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FileError,
    MissingFileError,
    MissingPackageError,
)
from dataflow.serialization.files import write


def net() -> mx.sym.Symbol:
    return mx.sym.exp(mx.sym.Variable("x"), name="e")


def pieces_that_fail():
    yield b"half of it"
    raise RuntimeError("no more")


def test_a_save_that_fails_leaves_the_old_file(tmp_path):
    name = tmp_path / "x"
    name.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="no more"):
        write(name, pieces_that_fail())
    assert name.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [name]


def test_a_save_that_fails_leaves_no_new_file(tmp_path):
    with pytest.raises(RuntimeError):
        write(tmp_path / "x", pieces_that_fail())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    name = tmp_path / "x"
    name.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match=r"cannot be written: .*No space left"):
        write(name, [b"new"])
    assert name.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [name]


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path):
    """A reader that opened the old file keeps it; one that comes later has the new."""
    name = tmp_path / "x"
    write(name, [b"old"])
    with name.open("rb") as early:
        write(name, [b"new", b"er"])
        assert early.read() == b"old"
    assert name.read_bytes() == b"newer"


def test_saving_at_once_from_several_threads_keeps_files_whole(tmp_path):
    name = tmp_path / "x"

    def save(letter: bytes) -> None:
        for _ in range(20):
            write(name, [letter * 1000, letter * 1000])

    threads = [threading.Thread(target=save, args=(c,)) for c in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = name.read_bytes()
    assert found == found[:1] * 2000
    assert list(tmp_path.iterdir()) == [name]


def test_the_mode_of_a_file_is_kept_and_a_new_one_is_usual(tmp_path):
    name, usual = tmp_path / "x", tmp_path / "usual"
    usual.touch()
    write(name, [b"1"])
    assert name.stat().st_mode == usual.stat().st_mode
    name.chmod(0o640)
    write(name, [b"2"])
    assert stat.S_IMODE(name.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "there").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write(tmp_path / "link", [b"new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"new"


def test_a_device_is_written_to_and_not_replaced():
    write(os.devnull, [b"gone"])
    assert not Path(os.devnull).is_file()


def test_long_names_can_be_saved(tmp_path):
    name = tmp_path / ("é" * 120)
    write(name, [b"x"])
    assert name.read_bytes() == b"x"


def test_what_is_missing_is_named(tmp_path):
    for load in (mx.nd.load, mx.sym.load):
        with pytest.raises(MissingFileError, match=r"absent does not exist") as caught:
            load(tmp_path / "absent")
        assert isinstance(caught.value, FileNotFoundError)
        assert isinstance(caught.value, mx.MXNetError)
    with pytest.raises(MissingFileError, match="folder"):
        net().save(tmp_path / "folder" / "x.json")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        mx.sym.load(tmp_path)
    with pytest.raises(FileError, match="cannot be written"):
        net().save(tmp_path)


@pytest.mark.parametrize(
    ("name", "kind"), [(3, TypeError), (None, TypeError), (b"x", TypeError)]
)
def test_a_name_is_text(name, kind):
    for action in (mx.nd.load, mx.sym.load, net().save):
        with pytest.raises(ArgumentTypeError) as caught:
            action(name)
        assert isinstance(caught.value, kind)


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_a_name_can_be_one_of_a_file(name):
    with pytest.raises(ArgumentError, match="name of a file"):
        mx.sym.load(name)


def both_ways(folder: str) -> None:
    net().save(f"{folder}/net.json")
    assert mx.sym.load(f"{folder}/net.json").tojson() == net().tojson()
    for form in ("params", "safetensors"):
        mx.nd.save(f"{folder}/x.{form}", {"w": mx.nd.full((2, 3), 4)})
        found = mx.nd.load(f"{folder}/x.{form}")
        assert found["w"].asnumpy().tolist() == [[4.0] * 3] * 2
    mx.nd.save(f"{folder}/x.params", [mx.nd.ones(2)])  # over the old one
    assert mx.nd.load(f"{folder}/x.params")[0].asnumpy().tolist() == [1, 1]


def test_paths_work_both_ways(tmp_path):
    both_ways(str(tmp_path))


def test_file_urls_work_both_ways(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)  # they need none
    folder = tmp_path / "a folder"
    folder.mkdir()
    both_ways(folder.as_uri())
    assert (folder / "net.json").exists()
    with pytest.raises(ArgumentError, match="another machine"):
        mx.sym.load("file://elsewhere/net.json")


def test_urls_of_memory_work_both_ways():
    pytest.importorskip("fsspec")
    both_ways("memory://models")


def test_what_is_missing_at_a_url_is_named():
    pytest.importorskip("fsspec")
    with pytest.raises(MissingFileError, match=r"memory://models/absent"):
        mx.nd.load("memory://models/absent")


def test_a_save_to_a_url_that_fails_leaves_the_old_one():
    fsspec = pytest.importorskip("fsspec")
    write("memory://models/old", [b"old"])
    with pytest.raises(FileError, match="no more"):
        write("memory://models/old", pieces_that_fail())
    assert fsspec.filesystem("memory").cat_file("/models/old") == b"old"


def test_without_fsspec_a_url_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingPackageError, match="pip install fsspec") as caught:
        mx.sym.load("s3://bucket/net.json")
    assert isinstance(caught.value, ImportError)


def test_without_a_driver_a_url_says_what_to_install(monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    for url, package in (("s3://b/x", "s3fs"), ("gs://b/x", "gcsfs")):
        for action in (mx.sym.load, net().save):
            with pytest.raises(MissingPackageError, match=f"pip install {package}"):
                action(url)


def test_an_unknown_protocol_is_named():
    pytest.importorskip("fsspec")
    with pytest.raises(ArgumentError, match="nonsense"):
        mx.sym.load("nonsense://x/y")


def test_without_safetensors_its_files_say_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    name = tmp_path / "x.safetensors"
    with pytest.raises(MissingPackageError, match="pip install safetensors"):
        mx.nd.save(name, {"w": mx.nd.ones(2)})
    name.write_bytes(b"")
    with pytest.raises(MissingPackageError, match="pip install safetensors"):
        mx.nd.load(name)


@pytest.fixture
def bucket(monkeypatch):
    """An S3 bucket of a server on this machine."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("models")
    yield "s3://models"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_urls_of_s3_work_both_ways(bucket):
    both_ways(bucket)
    with pytest.raises(MissingFileError, match="absent"):
        mx.sym.load(f"{bucket}/absent")


def test_values_survive_a_large_file(tmp_path):
    large = np.arange(5_000_000, dtype="float32")
    mx.nd.save(tmp_path / "x", [mx.nd.array(large)])
    np.testing.assert_array_equal(mx.nd.load(tmp_path / "x")[0].asnumpy(), large)
