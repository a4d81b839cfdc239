"""A file is known by what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from offersmith.errors import InputError


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}", path=str(path)) from fault


def beginnings(path: Path, fingerprints: Collection[str]) -> set[str]:
    """Return those SHA-256 that are of the file's first lines, with the last line's end or without it.

    Raises:
        InputError: the file cannot be read.
    """
    wanted, found, running = set(fingerprints), set[str](), hashlib.sha256()
    try:
        with path.open("rb") as file:
            for line in file:
                if found == wanted:
                    break
                text = line.rstrip(b"\r\n")
                for part in (text, line[len(text) :]):
                    running.update(part)
                    if (digest := running.hexdigest()) in wanted:
                        found.add(digest)
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}", path=str(path)) from fault
    return found
