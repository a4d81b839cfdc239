"""A file is known by what is in it."""

from __future__ import annotations

import hashlib
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
