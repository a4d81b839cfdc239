"""Trained things on disk by name and version: whole or not there, and never silently altered.

`ROOT/NAME/VERSION/` holds the files and `manifest.json` with the SHA-256 of each. A version is written into a folder
beside it, flushed to the disk and renamed, so that a crash or a full disk leaves nothing half-written; `LATEST` names
the version saved last. No file is ever executed to be read: models are text, JSON or plain arrays.

Several processes may save at once; of the same version one writes and the others find it there. A version that was
damaged since is refused by `load`, and set aside (in `.damaged-VERSION-…`) when it is saved again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from offersmith.errors import StateError, StorageError
from offersmith.store.files import flush, replace, sync_folder

MANIFEST = "manifest.json"
LATEST = "LATEST"
_TRIES = 3
"""How often a version is written before what lies there is read as the disk's fault."""

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Artifacts:
    """The folder of trained things.

    Args:
        root: made when the first artifact is saved.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, name: str, version: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Path:
        """Keep `files` as `version` of `name` and make it the latest.

        Saving the same content again is no fault, whoever else does it at the same time; other content under a version
        that is there and whole is one. A version that is there and damaged is set aside and written anew.

        Raises:
            StorageError: the disk refused, or the version exists with other content.
        """
        for part in (name, version, *files):
            _check(part)
        if {MANIFEST, LATEST} & set(files):
            raise StorageError(f"artifact {name}: a file may not be called {MANIFEST} or {LATEST}")
        sums = {file: hashlib.sha256(data).hexdigest() for file, data in sorted(files.items())}
        plain = json.loads(json.dumps(dict(manifest)))
        record = {"manifest": plain, "manifest_sha256": _digest(plain), "sha256": sums}
        target = self.root / name / version
        try:
            for _ in range(_TRIES):
                if self._there(name, version, sums):
                    break
                self._write(target, files, record)
            else:
                _read(target)
            replace(self.root / name / LATEST, version.encode())
        except OSError as fault:
            raise StorageError(
                f"artifact {name} {version} cannot be written to {target}: {fault.strerror or fault}",
                hint="free space on the disk or choose another folder",
            ) from fault
        return target

    def load(self, name: str, version: str = "latest") -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest of one version.

        Raises:
            StateError: there is no such artifact.
            StorageError: a file is missing, unreadable, or its checksum differs.
        """
        _check(name)
        folder = self.root / name
        if version == "latest":
            if not (folder / LATEST).exists():
                raise StateError(f"nothing has been saved as {name} yet", name=name)
            version = (folder / LATEST).read_text(encoding="utf-8", errors="replace").strip()
        _check(version)
        if not (folder / version).is_dir():
            raise StateError(
                f"{name} has no version {version}; there are: {', '.join(self.versions(name)) or 'none'}", name=name
            )
        return _read(folder / version)

    def versions(self, name: str) -> list[str]:
        """Return the versions kept of `name`, sorted."""
        _check(name)
        folder = self.root / name
        if not folder.is_dir():
            return []
        return sorted(
            entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name) and (entry / MANIFEST).is_file()
        )

    def _there(self, name: str, version: str, sums: Mapping[str, str]) -> bool:
        """Say whether the version is there with this content; what is there and damaged is moved out of the way."""
        target = self.root / name / version
        if not os.path.lexists(target):
            return False
        try:
            _read(target)
        except StorageError:
            self._set_aside(target)
            return False
        if _read_record(target)["sha256"] != sums:
            raise StorageError(f"{name} {version} exists already with other content: a version is never overwritten")
        return True

    def _set_aside(self, target: Path) -> None:
        """Move a damaged version out of the way; the last one is kept for who wants to look."""
        for older in target.parent.glob(f".damaged-{target.name}-*"):
            shutil.rmtree(older, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".damaged-{target.name}-{os.getpid()}-", dir=target.parent))
        try:
            target.rename(aside / target.name)
        except FileNotFoundError:
            aside.rmdir()  # Another process repairs the same version.

    def _write(self, target: Path, files: Mapping[str, bytes], record: Mapping[str, Any]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".saving-{os.getpid()}-", dir=target.parent))
        try:
            for file, data in files.items():
                flush(folder / file, data)
            text = json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1)
            flush(folder / MANIFEST, text.encode())
            folder.chmod(0o755)
            try:
                folder.rename(target)
            except OSError as fault:
                if fault.errno not in _TAKEN:
                    raise
            sync_folder(target.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _check(part: str) -> None:
    if not _NAME.fullmatch(part):
        raise StorageError(f"artifact name {part!r}: letters, digits, '.', '_' and '-' only, at most 128", value=part)


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _read(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    record = _read_record(folder)
    if record.get("manifest_sha256", _digest(record["manifest"])) != _digest(record["manifest"]):
        raise _damaged(folder / MANIFEST)
    files: dict[str, bytes] = {}
    for file, checksum in sorted(record["sha256"].items()):
        path = folder / file
        try:
            files[file] = path.read_bytes()
        except OSError as fault:
            raise StorageError(f"{path} cannot be read: {fault.strerror or fault}", path=str(path)) from fault
        if hashlib.sha256(files[file]).hexdigest() != checksum:
            raise _damaged(path)
    return files, record["manifest"]


def _damaged(path: Path) -> StorageError:
    return StorageError(f"{path} is not what was saved: its checksum differs", hint="learn again", path=str(path))


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise StorageError(f"{path} cannot be read: {fault}", hint="learn again", path=str(path)) from fault
    if not isinstance(record, dict) or not all(isinstance(record.get(part), dict) for part in ("manifest", "sha256")):
        raise StorageError(f"{path} is not a manifest", hint="learn again", path=str(path))
    return record
