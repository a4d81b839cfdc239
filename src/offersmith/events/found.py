"""What a file says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Found:
    """One thing the files say about themselves; its sentence is the message `events.found_CODE`."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "en") -> str:
        """Return it as a sentence."""
        return say(f"events.found_{self.code}", language, **self.values)

    def __str__(self) -> str:
        return self.text()
