"""The strategy in words: one card per group of customers that gets the same offer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.offers.catalogue import says
from offersmith.strategy.because import ModelReason, frequent, lines
from offersmith.strategy.decisions import first_of
from offersmith.strategy.facts import KNOWN
from offersmith.strategy.goal_words import goal_lines
from offersmith.strategy.opted_out import CODE as OPTED_OUT
from offersmith.strategy.percent import percent, whole
from offersmith.strategy.plan import Plan
from offersmith.strategy.reasons import holding
from offersmith.strategy.told import told
from offersmith.strategy.withheld import opted_out
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language, say

EVERYONE = "everyone"
MOST_REASONS = 5
COMMON = 0.1
"""Share of a card's customers from which on a fact is worth saying."""


@dataclass(frozen=True, slots=True)
class Card:
    """Who gets what, how many, what it should earn and cost, and why.

    Attributes:
        segment: code of the group (`profiles.segments`), or `everyone`.
        offer_id: what they get.
        offer_name: what a person calls it.
        customers: how many get it, alone or beside another offer.
        segment_size: how many the segment has in all.
        expected_profit: sum, major units.
        expected_cost: sum, major units.
        probability_low: smallest probability with which a decision of the card was chosen.
        probability_high: largest one.
        by_lot: how many of them were decided by lot.
        reasons: codes of what decided, then of common facts, each most frequent first.
        reason_shares: the share of the card's customers each of them holds for.
        asked: about how many of them the deciding model was asked; 0 where lots, averages or stated beliefs decided.
        because: what it goes by with those, for the offer before against it.
    """

    segment: str
    offer_id: str
    offer_name: str
    customers: int
    segment_size: int
    expected_profit: float
    expected_cost: float
    probability_low: float
    probability_high: float
    by_lot: int
    reasons: tuple[str, ...]
    reason_shares: tuple[float, ...]
    asked: int = 0
    because: tuple[ModelReason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain values."""
        lists = {name: list(getattr(self, name)) for name in ("reasons", "reason_shares")}
        return {**asdict(self), **lists, "because": [asdict(one) for one in self.because]}


def cards(plan: Plan, segments: pa.Table | None = None) -> tuple[Card, ...]:
    """Return a card per segment and offer, larger expected profit first; those of lots alone and of nothing last.

    Args:
        plan: the plan.
        segments: `customer_id`, `segment`; None = one group, `everyone`. Customers without a segment count there too.
    """
    # Who has opted out gets what they get whatever they are: they are in no group.
    decisions = plan.decisions.filter(pa.array(~holding(plan.decisions["reasons"].combine_chunks(), OPTED_OUT)))
    codes, group = _groups(decisions, segments)
    offers = [offer.offer_id for offer in plan.offers]
    offer = pc.index_in(decisions["offer_id"], value_set=pa.array(offers)).to_numpy()
    cell = group * len(offers) + offer
    sizes = np.bincount(group[first_of(decisions["customer_id"])], minlength=len(codes))
    drawn = holding(decisions["reasons"].combine_chunks(), "by_lot")
    made = []
    for number in np.unique(cell):
        inside = np.flatnonzero(cell == number)
        segment, given = divmod(int(number), len(offers))
        part = decisions.take(pa.array(inside))
        odds = part["probability"].to_numpy()
        why = common_reasons(part["reasons"])
        asked, because = frequent(part["because"])
        made.append(
            Card(
                segment=codes[segment],
                offer_id=offers[given],
                offer_name=plan.offers[given].name or offers[given],
                customers=int(inside.size),
                segment_size=int(sizes[segment]),
                expected_profit=math.fsum(part["expected_profit"].to_numpy()),
                expected_cost=math.fsum(part["expected_cost"].to_numpy()),
                probability_low=float(odds.min()),
                probability_high=float(odds.max()),
                by_lot=int(drawn[inside].sum()),
                reasons=tuple(code for code, _ in why),
                reason_shares=tuple(held / inside.size for _, held in why),
                asked=asked,
                because=because,
            )
        )
    return tuple(sorted(made, key=_place))


def _place(card: Card) -> tuple[bool, bool, float, str, str]:
    """Return what cards are ordered by: what was chosen says more of a strategy than what was drawn."""
    drawn = card.by_lot == card.customers
    return card.offer_id == NO_OFFER, drawn, -card.expected_profit, card.segment, card.offer_id


def to_markdown(
    made: Sequence[Card],
    language: Language = "en",
    plan: Plan | None = None,
    names: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Return the cards as a page of Markdown; the same cards give the same bytes.

    Args:
        made: the cards, in the order they are shown.
        language: of the page.
        plan: adds its totals at the top, the offers' terms in words and the currency.
        names: by offer of a playbook, the playbook's title and the offer's name on this page; several playbooks may
            call their offers the same.
    """
    called = {} if names is None else names
    terms = {} if plan is None else {offer.offer_id: says(offer, language) for offer in plan.offers}
    page = [f"# {say('strategy.cards_title', language)}", *([] if plan is None else _intro(plan, language))]
    currency = "" if plan is None else plan.budget.currency
    for card in made:
        title, name = called.get(card.offer_id, ("", card.offer_name))
        offer = _offer(card.offer_id, name, terms.get(card.offer_id, name), language)
        offer = say("compare.offer_of", language, title=title, name=offer) if title else offer
        page += ["", *_page(card, offer, language, currency)]
    return "\n".join(page) + "\n"


def _offer(offer: str, name: str, terms: str, language: Language) -> str:
    if offer == NO_OFFER or name == terms:
        return terms
    return say("playbooks.what_named", language, name=name, terms=terms)


def _page(card: Card, offer: str, language: Language, currency: str) -> list[str]:
    title = say("strategy.card_head", language, segment=_segment(card.segment, language), offer=offer)
    why, common = (_codes(card, language, facts=facts) for facts in (False, True))
    low, high = card.probability_low, card.probability_high
    odds = "strategy.card_odds" if f"{low:.3f}" != f"{high:.3f}" else "strategy.card_odds_same"
    facts = [
        say("strategy.card_who", language, customers=card.customers, size=card.segment_size),
        say("strategy.card_money", language, profit=card.expected_profit, cost=card.expected_cost),
        say(odds, language, low=low, high=high, by_lot=card.by_lot),
        say("strategy.card_why", language, reasons=why),
        *lines(card.because, language, currency),
        *([say("strategy.card_facts", language, reasons=common)] if common else []),
    ]
    return [f"## {title}", "", *[f"- {fact}" for fact in facts]]


def _codes(card: Card, language: Language, *, facts: bool) -> str:
    """Return what decided, or what is merely true of the customers."""
    return say("strategy.and", language).join(
        say("strategy.card_reason", language, reason=say(f"strategy.reason_{code}", language), share=whole(share))
        for code, share in zip(card.reasons, card.reason_shares, strict=True)
        if (code in KNOWN) == facts
    )


def _intro(plan: Plan, language: Language) -> list[str]:
    customers = plan.customers
    paragraphs = [
        say(
            "strategy.cards_intro",
            language,
            version=plan.version,
            given=customers - plan.counts[NO_OFFER],
            customers=customers,
            spent=plan.spent,
            budget=plan.budget,
            profit=plan.expected_profit,
            as_of=plan.as_of.isoformat(sep=" "),
            valid_until=plan.valid_until.isoformat(sep=" "),
        )
    ]
    paragraphs += goal_lines(plan.goal, plan.certificate.value, plan.given_up, language)
    if plan.cold:
        paragraphs.append(say("strategy.cards_cold", language, part=plan.largest_lot))
    drawn = {"share": percent(plan.drawn), "expected": percent(plan.explore)}
    paragraphs.append(say("strategy.cards_explored", language, explorers=plan.explorers, **drawn))
    if plan.explore < plan.explore_asked and not plan.cold:
        asked, part = percent(plan.explore_asked), plan.largest_lot
        paragraphs.append(say("strategy.cards_explore_reduced", language, asked=asked, part=part))
    names = {offer.offer_id: offer.name or offer.offer_id for offer in plan.offers}
    paragraphs += (line.strip() for line in opted_out(plan.opted_out, names, plan.budget.currency, language))
    paragraphs += told(plan, language)
    if plan.decisions["because"].null_count < plan.decisions.num_rows:
        paragraphs.append(say("strategy.cards_model", language))
    return [line for paragraph in paragraphs for line in ("", paragraph)]


def _segment(code: str, language: Language) -> str:
    return say("strategy.everyone", language) if code == EVERYONE else say(f"profiles.segment_{code}", language)


def _groups(decisions: pa.Table, segments: pa.Table | None) -> tuple[list[str], NDArray[np.int64]]:
    """Return the codes of the groups and the group of every decision."""
    if segments is None:
        return [EVERYONE], np.zeros(decisions.num_rows, np.int64)
    place = pc.index_in(decisions["customer_id"], value_set=segments["customer_id"].combine_chunks())
    segment = segments["segment"].combine_chunks().cast(pa.string()).take(place.combine_chunks())
    coded = pc.fill_null(segment, EVERYONE).dictionary_encode()
    codes = sorted(coded.dictionary.to_pylist())
    group = pc.index_in(pc.fill_null(segment, EVERYONE), value_set=pa.array(codes, pa.string()))
    return codes, np.asarray(group.to_numpy(), dtype=np.int64)


def common_reasons(reasons: pa.ChunkedArray) -> list[tuple[str, int]]:
    """Return what decided, then common facts, each with how often it holds; most frequent first, ties by name."""
    counted = pc.value_counts(pc.list_flatten(reasons)).to_pylist()
    pairs = sorted(((entry["values"], entry["counts"]) for entry in counted), key=lambda pair: (-pair[1], pair[0]))
    decided = [pair for pair in pairs if pair[0] not in KNOWN]
    common = [pair for pair in pairs if pair[0] in KNOWN and pair[1] >= COMMON * len(reasons)]
    return [*decided, *common][:MOST_REASONS]
