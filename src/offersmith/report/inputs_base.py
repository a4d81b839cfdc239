"""What every part of a report's input is made of: texts in both languages, estimates with intervals, levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from offersmith.words import Language, say

Level = Literal["info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Both:
    """The same text in every language; `Both.same` for names that are not translated."""

    en: str
    zh: str

    @classmethod
    def same(cls, text: str) -> Both:
        """Return a name that reads the same in both languages."""
        return cls(text, text)

    @classmethod
    def say(cls, key: str, **values: Any) -> Both:
        """Return the catalogue's message `room.name` in both languages."""
        return cls(say(key, "en", **values), say(key, "zh", **values))

    def of(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval at `level`; the unit is the owner's."""

    estimate: float
    low: float
    high: float
    level: float = 0.95
