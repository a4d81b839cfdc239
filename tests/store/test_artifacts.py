import errno
import json
import os
import subprocess
import sys
import time

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


def append(folder):
    with (folder / "model.txt").open("ab") as file:
        file.write(b"!")


def lose(folder):
    (folder / "model.txt").unlink()


def cut_the_manifest(folder):
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:20])


def change_the_manifest(folder):
    path = folder / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace("prior", "other"), encoding="utf-8")


@pytest.mark.parametrize("damage", [append, lose, cut_the_manifest, change_the_manifest])
def test_what_was_damaged_is_refused_and_saving_again_repairs_it(tmp_path, damage):
    shelf = Artifacts(tmp_path)
    for _ in range(2):
        folder = shelf.save("response", "v1", FILES, {"model": "prior"})
        damage(folder)
        with pytest.raises(StorageError) as fault:
            shelf.load("response", "v1")
        assert "learn again" in fault.value.hint or "model.txt" in fault.value.message
    shelf.save("response", "v1", FILES, {"model": "prior"})
    assert shelf.load("response") == (FILES, {"model": "prior"})
    assert shelf.versions("response") == ["v1"]
    assert len(list((tmp_path / "response").glob(".damaged-v1-*/v1"))) == 1


def test_a_damaged_version_may_come_back_with_other_content(tmp_path):
    shelf = Artifacts(tmp_path)
    append(shelf.save("response", "v1", FILES, {}))
    shelf.save("response", "v1", {"model.txt": b"another library wrote it"}, {"n": 2})
    assert shelf.load("response") == ({"model.txt": b"another library wrote it"}, {"n": 2})


def test_a_manifest_is_kept_as_json_reads_it(tmp_path):
    shelf = Artifacts(tmp_path)
    shelf.save("response", "v1", FILES, {"of": {10: 0.1, 9: (1, 2)}, "size": 1e-300})
    assert shelf.load("response")[1] == {"of": {"10": 0.1, "9": [1, 2]}, "size": 1e-300}


def test_an_artifact_of_before_manifests_had_checksums_is_still_read(tmp_path):
    shelf = Artifacts(tmp_path)
    folder = shelf.save("response", "v1", FILES, {"n": 1})
    record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del record["manifest_sha256"]
    (folder / MANIFEST).write_text(json.dumps(record), encoding="utf-8")
    assert shelf.load("response") == (FILES, {"n": 1})
    shelf.save("response", "v1", FILES, {"n": 1})


@pytest.mark.parametrize("before", ["nothing", "damaged"])
def test_processes_that_save_the_same_at_once_all_succeed(tmp_path, before):
    if before == "damaged":
        append(Artifacts(tmp_path / "shelf").save("response", "v1", FILES, {}))
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from offersmith.store.artifacts import Artifacts\n"
        "place = Path(sys.argv[1])\n"
        "(place / f'ready-{sys.argv[2]}').touch()\n"
        "while not (place / 'go').exists(): time.sleep(0.001)\n"
        "files = {f'{n}.txt': b'tree' * 5000 for n in range(20)}\n"
        "for version in ('v1', 'v2', 'v3'): Artifacts(place / 'shelf').save('response', version, files, {'n': 1})\n"
    )
    argv = [sys.executable, "-W", "error", "-c", script, str(tmp_path)]
    made = [subprocess.Popen([*argv, str(n)], stderr=subprocess.PIPE) for n in range(3)]
    while len(list(tmp_path.glob("ready-*"))) < len(made):
        assert all(process.poll() is None for process in made)
        time.sleep(0.01)
    (tmp_path / "go").touch()
    for process in made:
        _, faults = process.communicate(timeout=60)
        assert (process.returncode, faults) == (0, b"")
    shelf = Artifacts(tmp_path / "shelf")
    assert shelf.versions("response") == ["v1", "v2", "v3"]
    for version in shelf.versions("response"):
        assert len(shelf.load("response", version)[0]) == 20
    assert [path.name for path in (tmp_path / "shelf" / "response").glob(".saving-*")] == []
