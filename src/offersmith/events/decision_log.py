"""How it stands with the decisions that a shop tells: kept, refused when they were read, or not read yet.

A log that was refused leaves a note beside the decisions that are kept, so that whoever learns from them is told. So do
the arms whose chances do not fit how often they were given: they are worked out once, when the decisions are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith.events.weights import ERRORS, LEAST, SHARE, Doubt, doubts
from offersmith.settings import Settings
from offersmith.store.decided import DECIDED
from offersmith.store.files import parquet, replace
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

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> LogState:
        """Read back what `as_dict` wrote."""
        return cls(**{**plain, "doubts": tuple(Doubt(**one) for one in plain["doubts"])})


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


def keep(file: Path, log: pa.Table) -> None:
    """Keep decisions as `file`, and the doubts about them beside it, so that they are worked out once.

    Args:
        file: where they are kept; the doubts go beside it.
        log: the decisions, as `store.decided.DECIDED`.
    """
    content = parquet(log)
    replace(file, content)
    if _noted(file, content) is None:
        plain = [doubt.as_dict() for doubt in doubts(log)]
        replace(_doubts(file), json.dumps({"of": _name(content), "doubts": plain}, ensure_ascii=False).encode())


def drop(file: Path) -> None:
    """Remove the decisions kept as `file`, and all that was noted of them: nobody tells any."""
    for part in (file, _doubts(file), _note(file)):
        part.unlink(missing_ok=True)


def doubted(file: Path) -> tuple[Doubt, ...]:
    """Return the doubts about the decisions kept as `file`; none where none can be read.

    Those that `keep` noted are believed only of the very bytes they were worked out from.
    """
    try:
        content = file.read_bytes()
        noted = _noted(file, content)
        return doubts(pq.read_table(pa.BufferReader(content)).cast(DECIDED)) if noted is None else noted
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


def _doubts(file: Path) -> Path:
    return file.with_name(f"{file.stem}-doubts.json")


def _noted(file: Path, content: bytes) -> tuple[Doubt, ...] | None:
    """Return the doubts noted about decisions kept as `content`; None where none were, or those of others."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(_doubts(file).read_text(encoding="utf-8"))
        return tuple(Doubt(**plain) for plain in note["doubts"]) if note["of"] == _name(content) else None
    return None


def _name(content: bytes) -> str:
    """Name decisions, and the rule by which they are doubted."""
    return f"{hashlib.sha256(content).hexdigest()} {ERRORS} {SHARE} {LEAST}"
