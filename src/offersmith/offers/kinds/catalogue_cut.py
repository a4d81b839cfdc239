"""A new shelf price for matching products: what catalogue, limited-time and member prices share.

Always whole lines. A percentage rounds the new price, a half up, and the relief is the difference: 10.50 less 15 % is
8.925, so 8.93 and 1.57 off. A fixed price never raises one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offersmith import words
from offersmith.offers import items, percent, price
from offersmith.offers.base import Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.items import Items
from offersmith.offers.kinds import cut
from offersmith.offers.kinds.cut import Cut
from offersmith.offers.till import Take, Till
from offersmith.words import Language

KEYS = (*cut.KEYS, "items", "currency")


def check(kind: str, terms: Terms, currency: str, *more: str) -> dict[str, Any]:
    """Return the terms all these kinds share, in normal form; `more` names the ones the kind checks itself.

    Raises:
        SettingsError: naming the term, its value and what is allowed.
    """
    where = f"offer kind {kind!r}"
    refuse_unknown(kind, terms, (*KEYS, *more))
    price.currency_of(kind, terms, currency)
    normal = cut.check(where, terms, currency)
    if "percent" not in normal:
        normal["currency"] = currency
    if terms.get("items"):
        normal["items"] = items.check(f"{where}: items", terms["items"], currency)
    return normal


@dataclass(frozen=True, slots=True)
class CatalogueCut:
    """The action of checked terms."""

    cut: Cut
    items: Items

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        groups = self.items.groups(till)
        if not groups:
            return Refusal("gives_nothing" if self.items.everything else "no_matching_items")
        takes = []
        for group in groups:
            off = sum(count * self._off(each) for count, each in till.prices(group))
            off = min(off, till.left[group] - till.floor[group])
            if off:
                takes.append(Take(group, off))
        return Taken(takes)

    def _off(self, each: int) -> int:
        if self.cut.percent is None:
            return self.cut.off(each)
        return each - percent.share(each, percent.WHOLE - self.cut.percent)


def compiled(terms: Terms, currency: str) -> CatalogueCut:
    """Return the action of checked terms."""
    return CatalogueCut(cut.compiled(terms, currency), items.compiled(terms.get("items"), currency))


def says(kind: str, terms: Terms, language: Language) -> str:
    """Return the shared terms in words; `kind` names the sentence, which a fixed price does without."""
    what = cut.says(terms, terms.get("currency", ""), language, each=True)
    return what if "price" in terms else words.say(f"offers.{kind}", language, cut=what)
