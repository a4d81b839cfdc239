"""Why a promotion applies or not, in a sentence a customer can read.

A reason code has words without parameters (`why_CODE`), for whoever may know no more, and where it carries parameters
words with them (`why_CODE_of`); those are used where every parameter is there. What would help follows (`hint_…`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from offersmith import words
from offersmith.money import Money
from offersmith.offers.effects import Answer
from offersmith.offers.item_words import alternatives, listed, say_items
from offersmith.offers.wall_clock import local
from offersmith.words import Language

MONEY: Final = frozenset(
    {("below_min_spend", "least"), ("below_min_spend", "is"), ("above_max_spend", "most"), ("above_max_spend", "is"),
     ("budget_used_up", "rest")}
)  # fmt: skip
"""Parameters in minor units: (reason code, parameter)."""


def explain(answer: Answer, currency: str, language: Language = "en", zone: str = "UTC") -> str:
    """Return what a promotion says of a basket, with its parameters and what would help.

    Args:
        answer: as somebody may read it; see `Effects.answers_for`.
        currency: of the basket.
        language: of the sentence.
        zone: IANA zone in which moments are shown.
    """
    speaker = _Speaker(currency, language, zone)
    said = speaker.applied(answer) if answer.applied else speaker.reason(answer.code, answer.facts)
    sentences = [said, *speaker.hints(answer.hint, applied=answer.applied)]
    gap = " " if language == "en" else ""
    return words.say("offers.answer", language, promotion=answer.promotion_id, says=gap.join(sentences))


def explain_code(code: str, language: Language = "en") -> str:
    """Return a reason without its parameters."""
    return words.say(f"offers.why_{code}", language)


class _Speaker:
    def __init__(self, currency: str, language: Language, zone: str) -> None:
        self.currency, self.language, self.zone = currency, language, zone

    def applied(self, answer: Answer) -> str:
        if not answer.off:
            return words.say("offers.applied_points", self.language)
        return words.say("offers.applied", self.language, off=self.money(answer.off))

    def reason(self, code: str, facts: Mapping[str, Any]) -> str:
        full = f"why_{code}_of"
        if full in words.catalogue("offers"):
            values = {name: self.value(code, name, value) for name, value in facts.items() if value not in (None, "")}
            try:
                return words.say(f"offers.{full}", self.language, **values)
            except KeyError:
                pass  # A parameter is not there: say it without.
        return explain_code(code, self.language)

    def value(self, code: str, name: str, value: Any) -> str:
        if (code, name) in MONEY:
            return self.money(value)
        say = self._words.get(name)
        if say is not None:
            return say(self, value)
        if code == "wrong_day":
            days = [value] if isinstance(value, str) else value
            return alternatives([words.say(f"offers.day_{day}", self.language) for day in days], self.language)
        return str(value) if isinstance(value, (str, int)) else alternatives(list(value), self.language)

    def hints(self, hint: Mapping[str, Any], *, applied: bool) -> list[str]:
        said = []
        for name, fill in (("spend_more", self._amount), ("add_more", self._count)):
            if name in hint:
                more = self._then(hint)
                ending = "_off" if "off" in more else "_percent" if "percent" in more else "_again" * applied
                said.append(words.say(f"offers.hint_{name}{ending}", self.language, **fill(hint[name]), **more))
        for name, (place, say) in self._hints.items():
            if name in hint:
                said.append(words.say(f"offers.hint_{name}", self.language, **{place: say(self, hint[name])}))
        return said

    def money(self, minor: int) -> str:
        return str(Money(minor, self.currency))

    def _then(self, hint: Mapping[str, Any]) -> dict[str, str]:
        if "then_off" in hint:
            return {"off": self.money(hint["then_off"])}
        return {"percent": str(hint["then_percent"])} if "then_percent" in hint else {}

    def _amount(self, minor: int) -> dict[str, str]:
        return {"amount": self.money(minor)}

    def _count(self, pieces: int) -> dict[str, str]:
        return {"count": str(pieces)}

    def _moment(self, text: str) -> str:
        return f"{local(datetime.fromisoformat(text), self.zone):%Y-%m-%d %H:%M} ({self.zone})"

    def _lacking(self, selectors: Sequence[Mapping[str, Any]]) -> str:
        gap = "; " if self.language == "en" else "；"
        return gap.join(say_items(one, self.currency, self.language) for one in selectors)

    def _because(self, reasons: Sequence[Mapping[str, Any]]) -> str:
        gap = " " if self.language == "en" else ""
        return gap.join(self.reason(one["code"], one["facts"]) for one in reasons)

    def _condition(self, spec: Mapping[str, Any]) -> str:
        return words.say(f"offers.condition_{spec['kind']}", self.language)

    def _lines(self, names: Sequence[str]) -> str:
        return listed(list(names), self.language)

    def _plain(self, value: object) -> str:
        return str(value)

    _words: Final[Mapping[str, Callable[[_Speaker, Any], str]]] = {
        "starts": _moment, "ends": _moment, "missing": _lacking, "because": _because, "condition": _condition,
        "lines": _lines,
    }  # fmt: skip
    _hints: Final[Mapping[str, tuple[str, Callable[[_Speaker, Any], str]]]] = {
        "add_all": ("items", _lacking), "add_one": ("items", _lacking), "remove": ("lines", _lines),
        "next_day": ("day", _plain), "come_at": ("time", _plain), "order_more": ("count", _plain),
        "add_different": ("count", _plain),
    }  # fmt: skip
