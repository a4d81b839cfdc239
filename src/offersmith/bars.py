"""Progress on a terminal: a bar on standard error for work that takes longer than a moment, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from offersmith import progress as protocol
from offersmith.words import Language, say

PATIENCE = 2.0
"""Seconds of work before a bar is worth looking at."""


@contextmanager
def bars(language: Language = "en") -> Iterator[protocol.Progress]:
    """Yield a `progress.Progress` that draws one bar per stage, once the work has lasted `PATIENCE` seconds."""
    if not sys.stderr.isatty():
        yield protocol.silent
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}
    begun = time.monotonic()

    def watch(stage: str, done: float, total: float | None) -> None:
        if stage not in tasks:
            tasks[stage] = shown.add_task(say(stage, language), total=total)
        if not shown.live.is_started and time.monotonic() - begun > PATIENCE:
            shown.start()
        shown.update(tasks[stage], completed=done, total=total)

    try:
        yield watch
    finally:
        if shown.live.is_started:
            shown.stop()
