"""A fault in the language of whoever reads it: its words come from the catalogue where they stand there."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from offersmith.errors import OffersmithError
from offersmith.settings import load
from offersmith.words import Language, catalogue, say, spoken

ROOM = "errors"
FOLDER = ("--shop", "-s")


def told(fault: OffersmithError, language: Language) -> tuple[str, str]:
    """Return what a fault says and what to do about it.

    In English it is the message as raised, and so is what the catalogue does not have in another language.
    """
    facts = fault.facts
    if language == "en":
        return fault.message, fault.hint
    if "conflict" in facts and not fault.key:
        # Loaded here: what says it computes, too, and a call that goes well needs none of that.
        from offersmith.strategy.allocation.conflict import Conflict  # noqa: PLC0415 - start-up path

        return Conflict.of(facts["conflict"]).says(language), fault.hint
    if not fault.key:
        return fault.message, fault.hint
    named = ("near",) if "near" in facts else ("there_and_more",) if facts.get("more") else ("there",)
    found = (*(named if {"near", "there"} & set(facts) else ()), f"{fault.key}_hint")
    hint = next((say(f"{ROOM}.{name}", language, **facts) for name in found if name in catalogue(ROOM)), fault.hint)
    return say(f"{ROOM}.{fault.key}", language, **facts), hint


def reader() -> Language:
    """Return the language of this call: the one the environment names, else that of the workspace it is about."""
    shop: Language = "en"
    with suppress(OffersmithError, OSError):
        shop = load(_folder()).shop.language
    return spoken(os.environ, shop)


def _folder() -> Path:
    """Return the workspace this call names; the arguments may be wrong, so nothing but the name is looked at."""
    for place, word in enumerate(sys.argv):
        if word in FOLDER and place + 1 < len(sys.argv):
            return Path(sys.argv[place + 1])
        if word.startswith("--shop="):
            return Path(word.removeprefix("--shop="))
    return Path()
