"""A name in words for every segment, made of what sets it apart most: "Lapsed occasional small spenders".

Words of when, since when and how often come first, the noun says how much they spend, and what else is telling follows
after a comma. A name has up to `WORDS` traits that a person would see; where two segments would be called the same,
their next traits are added until they differ, and at the very last a number. Names are therefore always different from
each other, and the same facts always give the same names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offersmith.profiles.clusters.base import APART, NO_PURCHASE
from offersmith.profiles.clusters.describe import FAINT, STRONG, SegmentFacts, Tell
from offersmith.profiles.clusters.traits import TRAITS
from offersmith.words import LANGUAGES, Language, say

WORDS = 3
"""Traits of a name, as long as no two are the same."""
_TRAITS = {trait.name: (place, trait) for place, trait in enumerate(TRAITS)}
_NEVER = ("coupons", "returns")
"""Traits with a word for none at all in place of one for very little."""
_SPECIAL = {APART: "apart", NO_PURCHASE: "no_purchase"}


@dataclass(frozen=True, slots=True)
class Name:
    """What a segment is called.

    Attributes:
        en: in English.
        zh: in Chinese.
    """

    en: str
    zh: str

    def said(self, language: Language = "en") -> str:
        """Return it in a language."""
        return self.zh if language == "zh" else self.en


def names(facts: Sequence[SegmentFacts]) -> Mapping[int, Name]:
    """Return a name for every segment, all different in either language."""
    ranked, telling = {}, {}
    for one in facts:
        if one.segment not in _SPECIAL:
            ranked[one.segment], telling[one.segment] = _ranked(one)
    of = {one.segment: one for one in facts}
    used = {segment: min(WORDS, telling[segment]) for segment in ranked}
    made: dict[int, Name] = {}
    while True:
        made = {segment: _made(of[segment], tells[: used[segment]]) for segment, tells in ranked.items()}
        longer = [one for one in _alike(made) if used[one] < len(ranked[one])]
        if not longer:
            break
        for segment in longer:
            used[segment] += 1
    made = _numbered(made)
    made |= {code: _everywhere(f"segment_{word}") for code, word in _SPECIAL.items() if code in of}
    return {one.segment: made[one.segment] for one in facts}


def _ranked(facts: SegmentFacts) -> tuple[list[Tell], int]:
    """Return what may go into a name, what is telling and then what is faint, and how much of it is telling."""
    strength = {tell.trait: tell.difference for tell in facts.tells}

    def followed(tell: Tell) -> bool:
        place, trait = _TRAITS[tell.trait]
        leaders = [(abs(strength[name]), -_TRAITS[name][0]) for name in trait.follows if same_way(name, tell)]
        return any(leader > (abs(tell.difference), -place) for leader in leaders)

    def same_way(name: str, tell: Tell) -> bool:
        return strength.get(name, 0.0) * tell.difference > 0

    mine = [tell for tell in facts.tells if tell.trait in _TRAITS and abs(tell.difference) >= FAINT]
    telling = [tell for tell in mine if tell.telling and not followed(tell)]
    return [*telling, *(tell for tell in mine if tell not in telling)], len(telling)


def _made(facts: SegmentFacts, tells: Sequence[Tell]) -> Name:
    ordered = sorted(tells, key=lambda tell: _TRAITS[tell.trait][0])
    slots: dict[str, list[str]] = {"adjective": [], "noun": [], "tail": []}
    for tell in ordered:
        slots[_TRAITS[tell.trait][1].slot].append(f"word_{tell.trait}_{_level(facts, tell)}")
    noun = slots["noun"] or ["word_buyers"]
    if not tells:
        noun = ["word_average"]
    said = {}
    for language in LANGUAGES:
        head = [say(f"clusters.{key}", language) for key in (*slots["adjective"], *noun)]
        tails = [say(f"clusters.{key}", language) for key in slots["tail"]]
        said[language] = _joined(language, head, tails)
    return Name(said["en"], said["zh"])


def _level(facts: SegmentFacts, tell: Tell) -> str:
    """Return which word of a trait it is: `much`, `more`, `less`, `little`, or one for what is more than a degree."""
    if tell.trait == "frequency" and facts.once:
        return "once"
    if tell.trait == "recency" and tell.difference > 0 and facts.late:
        return "late"
    if tell.trait == "tenure" and tell.difference < 0:
        return "little" if tell.mine <= tell.others / 2 else "less"
    if tell.trait in _NEVER and tell.difference < 0:
        return "none" if tell.mine == 0.0 else "less"
    strong = abs(tell.difference) >= STRONG
    if tell.difference > 0:
        return "much" if strong else "more"
    return "little" if strong else "less"


def _joined(language: Language, head: Sequence[str], tails: Sequence[str]) -> str:
    if language == "zh":
        return "，".join(["".join(head), *tails])
    text = ", ".join([" ".join(head), *tails])
    return text[0].upper() + text[1:]


def _alike(made: Mapping[int, Name]) -> list[int]:
    """Return the segments whose name another one has, too, in either language."""
    counts = [Counter(name.said(language) for name in made.values()) for language in LANGUAGES]
    return [
        segment
        for segment, name in made.items()
        if any(count[name.said(language)] > 1 for language, count in zip(LANGUAGES, counts, strict=True))
    ]


def _numbered(made: Mapping[int, Name]) -> dict[int, Name]:
    """Return names of which those that are still the same have their segment's number behind them."""
    same = set(_alike(made))
    return {
        segment: Name(*(say("clusters.numbered", to, name=name.said(to), number=segment) for to in LANGUAGES))
        if segment in same
        else name
        for segment, name in made.items()
    }


def _everywhere(key: str) -> Name:
    return Name(*(say(f"clusters.{key}", language) for language in LANGUAGES))
