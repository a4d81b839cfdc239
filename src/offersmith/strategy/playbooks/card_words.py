"""A playbook's card in words: who, what, when, how many, profit, cost, why, risks, guard rails, how it is measured."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.offers.catalogue import says
from offersmith.strategy.because import joined
from offersmith.strategy.facts import KNOWN
from offersmith.strategy.percent import whole
from offersmith.strategy.playbooks.base import spoken
from offersmith.strategy.playbooks.cards import Given, PlaybookCard
from offersmith.strategy.playbooks.said import rails, risks, season, whom
from offersmith.words import Language, say

LEAST = 0.01
"""Chances below this, or above its counterpart, are said as such."""
FEW = 200
"""Customers decided by lot below which the share that buys is known to a few points of percent only."""


def to_markdown(cards: Sequence[PlaybookCard], language: Language = "en") -> str:
    """Return the cards as Markdown; the same cards give the same bytes."""
    page = [f"# {say('playbooks.cards_title', language)}"]
    for card in cards:
        page += ["", f"## {spoken(card.playbook.title, language)}", "", spoken(card.playbook.about, language), ""]
        page += [
            f"- {say('playbooks.label', language, label=label, text=text)}" for label, text in lines(card, language)
        ]
    return "\n".join(page) + "\n"


def lines(card: PlaybookCard, language: Language = "en") -> list[tuple[str, str]]:
    """Return what the card says, each with its label, in the order to read it."""
    stop = say("strategy.and", language)
    said: list[tuple[str, Sequence[str]]] = [
        ("who", [whom(card.playbook, card.currency, language)]),
        ("what", [_what(card, one, language) for one in card.offers]),
        ("when", _when(card, language)),
        ("how_many", _how_many(card, language)),
        ("profit", _profit(card, language)),
        ("cost", [_cost(card, language)]),
        ("why", _why(card, language)),
        ("risks", risks(card.playbook, language)),
        ("rails", rails(card.playbook, card.expected_cost, card.currency, language)),
        ("measure", _measure(card, language)),
    ]
    return [(say(f"playbooks.label_{key}", language), stop.join(texts)) for key, texts in said if texts]


def _what(card: PlaybookCard, given: Given, language: Language) -> str:
    terms = says(given.offer, language)
    name = card.playbook.offer_names(language).get(given.offer.offer_id, "")
    offer = say("playbooks.what_named", language, name=name, terms=terms) if name else terms
    key = "what_money" if given.customers else "what"
    profit, cost = given.expected_profit, given.expected_cost
    return say(f"playbooks.{key}", language, offer=offer, customers=given.customers, profit=profit, cost=cost)


def _when(card: PlaybookCard, language: Language) -> list[str]:
    start, end = card.as_of.date(), card.valid_until.date()
    said = [say("playbooks.when", language, start=start.isoformat(), end=end.isoformat())]
    if card.playbook.when is not None:
        key = "when_in_season" if card.in_season else "when_out_of_season"
        said.append(say(f"playbooks.{key}", language, **season(card.playbook.when, language)))
    planned = (card.valid_until - card.as_of).days
    if planned != card.playbook.valid_days:
        said.append(say("playbooks.when_days", language, days=card.playbook.valid_days, planned=planned))
    return said


def _how_many(card: PlaybookCard, language: Language) -> list[str]:
    counts = {name: getattr(card, name) for name in ("members", "given", "elsewhere", "by_lot", "given_by_lot")}
    nothing = card.members - card.given - card.elsewhere
    said = [say("playbooks.how_many", language, nothing=nothing, **counts)]
    return said if card.given else [*said, say("playbooks.nobody", language)]


def _profit(card: PlaybookCard, language: Language) -> list[str]:
    if not card.given:
        return []
    interval = card.interval
    if interval is None:
        said = [say("playbooks.profit_alone", language, profit=card.expected_profit, currency=card.currency)]
    else:
        low, high = interval
        figures = {"profit": card.expected_profit, "low": low, "high": high}
        loss = chance(card.chance_of_loss or 0.0, language)
        said = [say("playbooks.profit", language, currency=card.currency, chance=loss, **figures)]
    if card.cold:
        return [*said, say("playbooks.profit_stated", language)]
    if card.expected_profit > 0:
        return [*said, say("playbooks.profit_optimistic", language)]
    return [*said, say("playbooks.profit_of_lots", language)] if card.given_by_lot == card.given else said


def chance(share: float, language: Language) -> str:
    """Return a chance in words that never say never."""
    key = "chance_low" if share < LEAST else "chance_high" if share > 1 - LEAST else "chance"
    return say(f"playbooks.{key}", language, chance=share)


def _cost(card: PlaybookCard, language: Language) -> str:
    amounts = {"cost": card.expected_cost, "budget": card.budget, "currency": card.currency}
    if not card.budget:
        return say("playbooks.cost_without_budget", language, **amounts)
    return say("playbooks.cost", language, share=card.expected_cost / card.budget, **amounts)


def _why(card: PlaybookCard, language: Language) -> list[str]:
    """Return what decided, then what the model goes by; what is merely true of them is no reason."""
    said = [
        say("strategy.card_reason", language, reason=say(f"strategy.reason_{code}", language), share=whole(share))
        for code, share in zip(card.reasons, card.reason_shares, strict=True)
        if code not in KNOWN
    ]
    for key, raises in (("card_model", True), ("card_model_against", False)):
        text = joined(card.because, language, card.currency, raises=raises)
        if text:
            said.append(say(f"strategy.{key}", language, reasons=text))
    return said


def _measure(card: PlaybookCard, language: Language) -> list[str]:
    if not card.by_lot:
        return [say("playbooks.measure_nobody", language)]
    said = [say("playbooks.measure_lot", language, days=card.horizon_days)]
    meant = card.playbook.measure.horizon_days
    if meant != card.horizon_days:
        said.append(say("playbooks.measure_days", language, meant=meant, days=card.horizon_days))
    return [*said, say("playbooks.measure_few", language, by_lot=card.by_lot)] if card.by_lot < FEW else said
