"""The kinds of offers there are, each with terms it may have, what they say and what they are for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from offersmith.offers import KINDS
from offersmith.offers.rule_words import say_terms
from offersmith.vocabulary import NO_OFFER
from offersmith.words import LANGUAGES, Language

CURRENCY = "USD"
"""Of the money in the examples."""


@dataclass(frozen=True, slots=True)
class KindsTold:
    """Every kind but the empty one."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "currency": CURRENCY,
            "kinds": [
                {
                    "kind": name,
                    "examples": [
                        {
                            "terms": dict(terms),
                            "says": {language: kind.says(terms, language) for language in LANGUAGES},
                            "rules": {language: say_terms(terms, CURRENCY, language) for language in LANGUAGES},
                        }
                        for terms in kind.examples
                    ],
                }
                for name, kind in KINDS.items()
                if name != NO_OFFER
            ],
        }

    def text(self, language: Language = "en") -> str:
        """Return each kind, and under it its examples: in words, and as terms."""
        lines = []
        for name, kind in KINDS.items():
            if name == NO_OFFER:
                continue
            lines.append(name)
            for terms in kind.examples:
                rules = say_terms(terms, CURRENCY, language)
                lines.append(f"  {kind.says(terms, language)}")
                lines += [f"    {one}" for one in (*rules, json.dumps(dict(terms), ensure_ascii=False))]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()
