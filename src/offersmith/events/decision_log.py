"""How it stands with the decisions that a shop tells: kept, refused when they were read, or not read yet.

A log that was refused leaves a note beside the decisions that are kept, so that whoever learns from them is told.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.events.weights import Doubt, doubts
from offersmith.settings import Settings
from offersmith.store.decided import DECIDED
from offersmith.store.files import replace
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class LogState:
    """The decisions with chances that a workspace knows from what the shop told.

    Attributes:
        decided: how many are kept.
        refused: why the log was refused that was read last; empty where it was not.
        unread: whether the settings name a log that was never read.
        doubts: arms of the kept ones whose chances do not fit how often they were given.
    """

    decided: int = 0
    refused: str = ""
    unread: bool = False
    doubts: tuple[Doubt, ...] = ()

    def lines(self, language: Language = "en") -> list[str]:
        """Say what whoever learns from these decisions must know; [] where nothing is wrong."""
        said = []
        if self.refused:
            key = "log_refused_kept" if self.decided else "log_refused"
            said.append(say(f"events.{key}", language, decided=self.decided, reason=self.refused))
        elif self.unread:
            said.append(say("events.log_unread", language))
        return [*said, *(doubt.text(language) for doubt in self.doubts)]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return {**plain, "doubts": [doubt.as_dict() for doubt in self.doubts]}


def state(settings: Settings, file: Path) -> LogState:
    """Return how it stands with the decisions that are kept as `file`."""
    note, count = refusal(file), kept(file)
    unread = bool(settings.decisions) and not count and not note
    return LogState(count, note, unread, doubted(file) if count else ())


def kept(file: Path) -> int:
    """Return how many decisions are kept as `file`; 0 where none can be read."""
    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def doubted(file: Path) -> tuple[Doubt, ...]:
    """Return the doubts about the decisions kept as `file`; none where none can be read."""
    try:
        return doubts(pq.read_table(file).cast(DECIDED))
    except (pa.ArrowException, OSError):
        return ()


def refuse(file: Path, reason: str) -> None:
    """Note that a log was refused beside the decisions kept as `file`."""
    replace(_note(file), json.dumps({"reason": reason}, ensure_ascii=False).encode())


def accept(file: Path) -> None:
    """Take back what was noted of a refused log: another was read, or none is named any more."""
    _note(file).unlink(missing_ok=True)


def refusal(file: Path) -> str:
    """Return why the log was refused that was read last; empty where it was not."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(_note(file).read_text(encoding="utf-8"))["reason"])
    return ""


def _note(file: Path) -> Path:
    return file.with_name(f"{file.stem}-refused.json")
