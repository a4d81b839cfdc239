"""Trained things on disk by name and version: whole or not there, and never silently altered.

`ROOT/NAME/VERSION/` holds the files and `manifest.json` with the SHA-256 of each. A version is written into a folder
beside it, flushed to the disk and renamed, so that a crash or a full disk leaves nothing half-written; `LATEST` names
the version saved last. No file is ever executed to be read: models are text, JSON or plain arrays.
"""

from __future__ import annotations

import hashlib
import json
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

        Saving the same content again is no fault; other content under a version that exists is.

        Raises:
            StorageError: the disk refused, or the version exists with other content.
        """
        for part in (name, version, *files):
            _check(part)
        if {MANIFEST, LATEST} & set(files):
            raise StorageError(f"artifact {name}: a file may not be called {MANIFEST} or {LATEST}")
        sums = {file: hashlib.sha256(data).hexdigest() for file, data in sorted(files.items())}
        target = self.root / name / version
        try:
            if target.exists():
                self._same(name, version, sums)
            else:
                self._write(target, files, {"manifest": dict(manifest), "sha256": sums})
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
            version = (folder / LATEST).read_text(encoding="utf-8").strip()
        _check(version)
        if not (folder / version).is_dir():
            raise StateError(
                f"{name} has no version {version}; there are: {', '.join(self.versions(name)) or 'none'}", name=name
            )
        record = _read_record(folder / version)
        files: dict[str, bytes] = {}
        for file, checksum in sorted(record["sha256"].items()):
            path = folder / version / file
            try:
                files[file] = path.read_bytes()
            except OSError as fault:
                raise StorageError(f"{path} cannot be read: {fault.strerror or fault}", path=str(path)) from fault
            if hashlib.sha256(files[file]).hexdigest() != checksum:
                raise StorageError(
                    f"{path} is not what was saved: its checksum differs", hint="learn again", path=str(path)
                )
        return files, record["manifest"]

    def versions(self, name: str) -> list[str]:
        """Return the versions kept of `name`, sorted."""
        _check(name)
        folder = self.root / name
        if not folder.is_dir():
            return []
        return sorted(entry.name for entry in folder.iterdir() if (entry / MANIFEST).is_file())

    def _same(self, name: str, version: str, sums: Mapping[str, str]) -> None:
        if _read_record(self.root / name / version)["sha256"] != sums:
            raise StorageError(f"{name} {version} exists already with other content: a version is never overwritten")

    def _write(self, target: Path, files: Mapping[str, bytes], record: Mapping[str, Any]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".saving-", dir=target.parent))
        try:
            for file, data in files.items():
                flush(folder / file, data)
            text = json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1)
            flush(folder / MANIFEST, text.encode())
            folder.chmod(0o755)
            folder.rename(target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _check(part: str) -> None:
    if not _NAME.fullmatch(part):
        raise StorageError(f"artifact name {part!r}: letters, digits, '.', '_' and '-' only, at most 128", value=part)


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise StorageError(f"{path} cannot be read: {fault}", hint="learn again", path=str(path)) from fault
    if not isinstance(record, dict) or not {"manifest", "sha256"} <= set(record):
        raise StorageError(f"{path} is not a manifest", hint="learn again", path=str(path))
    return record
