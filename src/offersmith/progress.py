"""How long work tells what it is doing, without knowing who watches."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then during long work; a bar on a terminal, a line in a log, or nobody."""

    def __call__(self, stage: str, done: float, total: float | None) -> None:
        """Say that `done` of `total` (None = unknown) units of `stage` (a message key of `words`) are done."""


def silent(stage: str, done: float, total: float | None) -> None:
    """Watch nothing."""
