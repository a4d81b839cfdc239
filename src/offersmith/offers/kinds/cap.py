"""The most an offer takes off in all."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith import words
from offersmith.offers.allocation import allocate
from offersmith.offers.base import Taken, Terms
from offersmith.offers.scope import Picked
from offersmith.offers.till import Take
from offersmith.words import Language


def capped(takes: list[Take], cap: int | None) -> list[Take]:
    """Return the takes with their relief cut to `cap` minor units in all, each in proportion; None = no cap."""
    if cap is None or sum(take.off for take in takes) <= cap:
        return takes
    offs = allocate(cap, [take.off for take in takes])
    return [take._replace(off=off) for take, off in zip(takes, offs, strict=True)]


def taken(picked: Picked, offs: Sequence[int], cap: int | None) -> Taken:
    """Return minor units off what was picked, each, cut to `cap` in all; None = no cap."""
    if cap is not None and sum(offs) > cap:
        offs = allocate(cap, offs)
    return Taken([Take(group, off, pieces) for (group, pieces), off in zip(picked, offs, strict=True) if off])


def says(terms: Terms, language: Language) -> str:
    """Return the cap `max_off` of checked terms in words; empty where there is none."""
    if "max_off" not in terms:
        return ""
    return words.say("offers.max_off", language, amount=f"{terms['max_off']} {terms['currency']}")
