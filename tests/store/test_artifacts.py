import errno
import json
import os

import pytest

from offersmith.errors import StateError, StorageError
from offersmith.store.artifacts import LATEST, MANIFEST, Artifacts

FILES = {"model.txt": b"tree\n", "numbers.json": b"[1,2]"}


def test_what_was_saved_is_loaded(tmp_path):
    shelf = Artifacts(tmp_path / "shelf")
    folder = shelf.save("response", "v1", FILES, {"model": "prior"})
    assert shelf.load("response") == (FILES, {"model": "prior"})
    assert shelf.load("response", "v1") == shelf.load("response")
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, MANIFEST])


def test_the_latest_is_the_one_saved_last(tmp_path):
    shelf = Artifacts(tmp_path)
    shelf.save("response", "v2", FILES, {"n": 2})
    shelf.save("response", "v1", FILES, {"n": 1})
    assert shelf.versions("response") == ["v1", "v2"]
    assert shelf.load("response")[1] == {"n": 1}


def test_saving_the_same_again_is_no_fault_but_a_version_never_changes(tmp_path):
    shelf = Artifacts(tmp_path)
    shelf.save("response", "v1", FILES, {})
    shelf.save("response", "v1", FILES, {})
    with pytest.raises(StorageError, match="never overwritten"):
        shelf.save("response", "v1", {"model.txt": b"other"}, {})
    assert shelf.load("response", "v1")[0] == FILES


def test_an_altered_file_is_refused(tmp_path):
    shelf = Artifacts(tmp_path)
    folder = shelf.save("response", "v1", FILES, {})
    (folder / "model.txt").write_bytes(b"tree!")
    with pytest.raises(StorageError, match="checksum"):
        shelf.load("response")


def test_a_missing_file_and_a_broken_manifest_are_named(tmp_path):
    shelf = Artifacts(tmp_path)
    folder = shelf.save("response", "v1", FILES, {})
    (folder / "model.txt").unlink()
    with pytest.raises(StorageError, match=r"model\.txt"):
        shelf.load("response")
    (folder / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match="manifest"):
        shelf.load("response")
    (folder / MANIFEST).write_text(json.dumps([1]), encoding="utf-8")
    with pytest.raises(StorageError, match="not a manifest"):
        shelf.load("response")


def test_nothing_saved_yet_and_unknown_versions_say_so(tmp_path):
    shelf = Artifacts(tmp_path)
    assert shelf.versions("response") == []
    with pytest.raises(StateError, match="nothing has been saved"):
        shelf.load("response")
    shelf.save("response", "v1", FILES, {})
    with pytest.raises(StateError, match="v1"):
        shelf.load("response", "v9")


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 129])
def test_names_cannot_leave_the_folder(tmp_path, name):
    shelf = Artifacts(tmp_path)
    for call in (
        lambda: shelf.save(name, "v1", FILES, {}),
        lambda: shelf.save("response", name, FILES, {}),
        lambda: shelf.save("response", "v1", {name: b""}, {}),
        lambda: shelf.load(name),
    ):
        with pytest.raises(StorageError, match="artifact name"):
            call()
    assert not list(tmp_path.rglob("*.txt"))


@pytest.mark.parametrize("file", [MANIFEST, LATEST])
def test_our_own_file_names_are_ours(tmp_path, file):
    with pytest.raises(StorageError, match="may not be called"):
        Artifacts(tmp_path).save("response", "v1", {file: b""}, {})


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    shelf = Artifacts(tmp_path)
    shelf.save("response", "v1", FILES, {"n": 1})
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        shelf.save("response", "v2", FILES, {"n": 2})
    monkeypatch.undo()
    assert shelf.versions("response") == ["v1"]
    assert shelf.load("response")[1] == {"n": 1}
    assert [path.name for path in (tmp_path / "response").iterdir() if path.name.startswith(".")] == []
