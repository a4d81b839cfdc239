"""Spend so much, save so much (满减): the highest tier that is reached applies.

A tier starts `from` an amount spent, or with `on_pieces` from a number of pieces, and takes off an amount or a
percentage. With `each` one amount is taken off for every full step ("10 off every 100"). `basis` says what counts as
spent, as in the condition `spend`; what is taken off comes from what is still to pay for the matching lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.money import Money
from offersmith.offers import items, percent, price
from offersmith.offers.allocation import spread
from offersmith.offers.base import Phase, Refusal, Taken, Terms, refuse_unknown
from offersmith.offers.items import Items
from offersmith.offers.kinds import cap, cut
from offersmith.offers.scope import whole
from offersmith.offers.spent import BASES, spent
from offersmith.offers.till import Take, Till
from offersmith.words import Language

WHERE = "offer kind 'spend_save'"
TIER = ("from", "amount", "percent")


class SpendSave:
    """Tiers of money off."""

    name = "spend_save"
    examples: Sequence[Terms] = (
        {"tiers": [{"from": "100.00", "amount": "10.00"}, {"from": "200.00", "amount": "25.00"}], "currency": "USD"},
        {"tiers": [{"from": "0.00", "percent": 10}, {"from": "20.00", "percent": 15}], "max_off": "30.00",
         "currency": "USD"},
        {"tiers": [{"from": "100.00", "amount": "10.00"}], "each": True, "currency": "USD"},
        {"tiers": [{"from": 2, "percent": 10}, {"from": 3, "percent": 12.5}], "on_pieces": True,
         "items": {"category": ["tea"]}},
        {"tiers": [{"from": "50.00", "amount": "5.00"}], "basis": "current", "currency": "USD"},
    )  # fmt: skip

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`."""
        refuse_unknown(self.name, terms, ("tiers", "each", "basis", "items", "on_pieces", "max_off", "currency"))
        price.currency_of(self.name, terms, currency)
        for name in ("each", "on_pieces"):
            if not isinstance(terms.get(name, False), bool):
                raise SettingsError(f"{WHERE}: {name} = {terms[name]!r} must be true or false")
        pieces, each = terms.get("on_pieces", False), terms.get("each", False)
        normal: dict[str, Any] = {"tiers": _checked_tiers(terms.get("tiers"), currency, pieces=pieces)}
        if each and (len(normal["tiers"]) != 1 or "amount" not in normal["tiers"][0] or not _start(normal["tiers"][0])):
            raise SettingsError(f"{WHERE}: each = true goes with one tier that has an amount and starts above zero")
        normal |= {name: True for name, there in (("each", each), ("on_pieces", pieces)) if there}
        basis = terms.get("basis", "catalogue")
        if basis not in BASES:
            raise SettingsError(f"{WHERE}: basis = {basis!r} is unknown; allowed: {', '.join(BASES)}")
        if basis != "catalogue" and not pieces:
            normal["basis"] = basis
        if terms.get("items"):
            normal["items"] = items.check(f"{WHERE}: items", terms["items"], currency)
        most = price.checked(WHERE, "max_off", terms, currency)
        if most is not None:
            normal["max_off"] = most
        money = not pieces or most is not None or any("amount" in tier for tier in normal["tiers"])
        return normal | {"currency": currency} if money else normal

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `order`."""
        return "order"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        pieces = terms.get("on_pieces", False)
        tiers = []
        for tier in terms["tiers"]:
            what = cut.compiled(tier, currency)
            start = tier["from"] if pieces else Money.parse(tier["from"], currency).minor
            off = ("then_off", what.amount) if what.amount is not None else ("then_percent", tier["percent"])
            tiers.append(_Tier(start, what.amount or 0, what.percent or 0, off))
        return _Action(
            tuple(tiers),
            items.compiled(terms.get("items"), currency),
            None if pieces else terms.get("basis", "catalogue"),
            terms.get("each", False),
            price.minor(terms, "max_off"),
        )

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the relief of the tier the expected baskets reach; None of some items alone and of pieces."""
        if "items" in terms or terms.get("on_pieces"):
            return None
        paid = np.maximum(basket, 0.0)
        off = np.zeros_like(paid)
        for tier in terms["tiers"]:
            start = float(tier["from"])
            if terms.get("each"):
                off = np.floor(paid / start) * float(tier["amount"])
            else:
                here = paid * (float(tier["percent"]) / 100) if "percent" in tier else float(tier["amount"])
                off = np.where(paid >= start, here, off)
        most = price.major(terms, "max_off")
        return np.minimum(np.minimum(off, paid), np.inf if most is None else most)

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, tier by tier."""
        currency = terms.get("currency", "")
        key = "offers.pieces_save" if terms.get("on_pieces") else "offers.spend_save"
        if terms.get("each"):
            key += "_each"
        said = [
            words.say(
                key,
                language,
                start=tier["from"] if terms.get("on_pieces") else f"{tier['from']} {currency}",
                cut=cut.says(tier, currency, language),
            )
            for tier in terms["tiers"]
        ]
        return ("；" if language == "zh" else "; ").join(said) + cap.says(terms, language)


def _start(tier: Mapping[str, Any]) -> Decimal:
    return Decimal(str(tier["from"]))


def _checked_tiers(raw: Any, currency: str, *, pieces: bool) -> list[dict[str, Any]]:
    if not isinstance(raw, (list, tuple)) or not raw:
        raise SettingsError(f"{WHERE}: tiers = {raw!r} must be a list of tables; allowed in each: {', '.join(TIER)}")
    tiers = []
    for place, tier in enumerate(raw):
        here = f"{WHERE}: tiers[{place}]"
        if not isinstance(tier, Mapping) or not set(tier) <= set(TIER):
            raise SettingsError(f"{here} = {tier!r} must be a table; allowed: {', '.join(TIER)}")
        start: Any
        if pieces:
            start = whole(here, "from", tier.get("from"))
        else:
            start = price.checked(here, "from", tier, currency, zero=True)
            if start is None:
                raise SettingsError(f"{here} needs from, the amount it starts at as text such as '100.00'")
        tiers.append({"from": start} | cut.check(here, tier, currency, ("amount", "percent")))
    tiers.sort(key=_start)
    for one, two in pairwise(tiers):
        if one["from"] == two["from"]:
            raise SettingsError(f"{WHERE}: two tiers start from = {one['from']!r}; allowed: one tier for each start")
    return tiers


class _Tier(NamedTuple):
    start: int
    amount: int
    hundredths: int
    then: tuple[str, Any]


@dataclass(frozen=True, slots=True)
class _Action:
    tiers: tuple[_Tier, ...]
    items: Items
    basis: str | None
    each: bool
    most: int | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        if self.basis is None:
            have = sum(till.lines[place].quantity for place in self.items.lines(till))
        else:
            have = spent(till, self.items, self.basis)
        reached = [tier for tier in self.tiers if have >= tier.start]
        hint = self._hint(have)
        if not reached:
            facts = {"least": self.tiers[0].start, "is": have}
            return Refusal("too_few_items" if self.basis is None else "below_min_spend", facts, hint)
        groups = [group for group in self.items.groups(till) if till.left[group]]
        if not groups:
            return Refusal("gives_nothing", {}, hint)
        left = [till.left[group] for group in groups]
        tier = reached[-1]
        off = tier.amount or percent.share(sum(left), tier.hundredths)
        if self.each:
            off *= have // tier.start
        offs = spread(off if self.most is None else min(off, self.most), left, till.rooms(groups))
        return Taken([Take(group, one) for group, one in zip(groups, offs, strict=True) if one], hint=hint)

    def _hint(self, have: int) -> Mapping[str, Any]:
        """Return how far the next tier is, and what it brings."""
        more = "add_more" if self.basis is None else "spend_more"
        if self.each:
            tier = self.tiers[0]
            steps = have // tier.start + 1
            if self.most is not None and (steps - 1) * tier.amount >= self.most:
                return {}
            off = steps * tier.amount
            return {more: steps * tier.start - have, "then_off": off if self.most is None else min(off, self.most)}
        ahead = [tier for tier in self.tiers if tier.start > have]
        return {more: ahead[0].start - have, ahead[0].then[0]: ahead[0].then[1]} if ahead else {}
