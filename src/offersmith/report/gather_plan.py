"""What a report says of a plan, gathered from its summary and its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import Money
from offersmith.report.inputs import (
    Both,
    FrontierFacts,
    FrontierPoint,
    Interval,
    LimitRow,
    MarginRow,
    MeasuredPolicy,
    OfferRow,
    PlanCard,
    PlanDifference,
    PlanFacts,
    SegmentOffer,
)
from offersmith.report.inputs_playbooks import playbook_facts
from offersmith.strategy import withheld
from offersmith.strategy.because import ModelReason, lines
from offersmith.strategy.facts import KNOWN
from offersmith.strategy.funds import lines as fund_lines
from offersmith.strategy.goal_words import goal_lines
from offersmith.strategy.limits.compiling import Banned, Before
from offersmith.strategy.objective import CONFIDENCE, PROFIT, Goal
from offersmith.strategy.one_each import one_each
from offersmith.strategy.opted_out import GIVEN, Settled
from offersmith.strategy.percent import whole
from offersmith.strategy.told import together
from offersmith.vocabulary import JOINED, NO_OFFER, NORMAL_95
from offersmith.words import LANGUAGES, Language, say

SEVERAL = JOINED
"""What stands for every set of several offers."""


def plan_facts(summary: Mapping[str, Any], decisions: pa.Table, segments: pa.Table) -> PlanFacts:
    """Return the plan for the page.

    Args:
        summary: `answers.Planned.as_dict()`, as the ledger keeps it.
        decisions: `vocabulary.DECISIONS`.
        segments: customer_id and segment code as of the plan's moment.
    """
    low, high = summary["expected_profit_interval"]
    names = {code: Both.same(name) for code, name in summary["offers"].items()}
    names[NO_OFFER] = Both.say("gather.no_offer")
    for playbook in summary.get("playbooks", ()):
        for offer in (one["offer_id"] for one in playbook["offers"]):
            names[offer] = _of_playbook(playbook["words"], offer, names[offer])
    if summary.get("each", 1) > 1:
        names[SEVERAL] = Both.say("gather.several_offers")
    certificate = summary["certificate"]
    return PlanFacts(
        version=summary["version"],
        start=datetime.fromisoformat(summary["as_of"]),
        valid_until=datetime.fromisoformat(summary["valid_until"]),
        customers=len(decisions["customer_id"].unique()),
        profit=Interval(summary["expected_profit"], low, high),
        cost=summary["spent"],
        budget=summary["budget"],
        offers=_offer_rows(decisions, names),
        by_segment=_by_segment(decisions, segments, names),
        margins=tuple(_margin_row(row, summary["margin_rate"]) for row in summary["margins"]),
        limits=(
            LimitRow(Both.say("gather.limit_budget"), summary["spent"], summary["budget"], summary["shadow_price"]),
            *(_limit_row(row) for row in certificate["rows"][1:]),
        ),
        playbooks=tuple(playbook_facts(one) for one in summary.get("playbooks", ())),
        cards=tuple(
            plan_card(card, names, summary["currency"]) for card in summary["cards"] if card["offer_id"] != NO_OFFER
        ),
        value=certificate["value"],
        bound=certificate["dual_bound"],
        integral=certificate["integral"],
        difference=PlanDifference(**summary["difference"]),
        explored=summary["explorers"],
        share=summary["explorers"] / max(len(decisions["customer_id"].unique()), 1),
        largest_lot=summary["largest_lot"],
        pays=tuple((names[offer], chance) for offer, chance in summary["pays"].items()),
        profit_if_paid=summary["expected_profit_if_shop_paid"] if summary["cost_share"] < 1 else None,
        cold_start=summary["cold"],
        asked=sum(card.get("asked", 0) for card in summary["cards"]),
        unjudged=bool(summary.get("unjudged")),
        measured=_measured(summary.get("measured")),
        frontier=_frontier(summary.get("frontier"), summary.get("goal", PROFIT)),
        goal=summary.get("goal", PROFIT),
        asked_for=_asked_for(summary),
        together=tuple(_together(summary)),
        withheld=_withheld(summary, names),
        for_everybody=(summary.get("opted_out") or {}).get("outcome") == GIVEN,
    )


def _of_playbook(words: Mapping[str, Any], offer: str, name: Both) -> Both:
    """Return what an offer of a playbook is called; older summaries have its name in one language only."""
    names = {tongue: words[tongue].get("offers", {}).get(offer, name.of(tongue)) for tongue in LANGUAGES}
    titles = {tongue: words[tongue]["title"] for tongue in LANGUAGES}
    return Both(*(say("compare.offer_of", one, title=titles[one], name=names[one]) for one in LANGUAGES))


def _asked_for(summary: Mapping[str, Any]) -> tuple[Both, ...]:
    """Return what is asked of a plan beside the usual; an older one was asked for profit within a budget."""
    goal = Goal(summary.get("goal", PROFIT), summary.get("confidence", CONFIDENCE))
    given_up = summary.get("given_up", {"customers": 0, "loss": 0.0})
    request, budget = summary.get("request") or {}, Money.of(summary["budget"], summary["currency"])
    beside = summary.get("uncounted", {})
    said = (
        [
            *fund_lines(request.get("balance", ""), request.get("out", {}), beside, budget, language),
            *goal_lines(goal, summary["certificate"]["value"], (given_up["customers"], given_up["loss"]), language),
        ]
        for language in LANGUAGES
    )
    return tuple(Both(*both) for both in zip(*said, strict=True))


def _together(summary: Mapping[str, Any]) -> list[Both]:
    """Return what is said where a customer may get several offers."""
    each, several, sets = summary.get("each", 1), summary.get("several", 0), summary.get("sets", {})
    lines = (together(each, several, sets, summary["offers"], summary["cold"], tongue) for tongue in LANGUAGES)
    return [Both(*both) for both in zip(*lines, strict=True)]


def _withheld(summary: Mapping[str, Any], names: Mapping[str, Both]) -> tuple[Both, ...]:
    """Return whom the plan gives nothing, or the same as others, for a reason no price tells; none of an older plan."""
    bans = [Banned(**{**one, "offers": tuple(one["offers"])}) for one in summary.get("bans", ())]
    before, found = [Before(**one) for one in summary.get("before", ())], summary.get("opted_out")
    settled = found and Settled(**{**found, "limits": tuple(found["limits"])})
    books = [one["playbook"] for one in summary.get("playbooks", ())]
    said = []
    for tongue in LANGUAGES:
        called = {offer: name.of(tongue) for offer, name in names.items()}
        lines = [
            *withheld.counted(before, tongue),
            *withheld.banned(bans, called, books, tongue),
            *withheld.opted_out(settled, called, summary["currency"], tongue),
        ]
        said.append([line.strip() for line in lines])
    return tuple(Both(*both) for both in zip(*said, strict=True))


def _limit_row(row: Mapping[str, Any]) -> LimitRow:
    floor = bool(row.get("at_least"))
    return LimitRow(Both.same(row["name"]), row["usage"], row["bound"], row["price"], "number", floor)


def _measured(found: Mapping[str, Any] | None) -> MeasuredPolicy | None:
    """Return what was measured; None where nothing was, or of an older plan."""
    if found is None:
        return None
    return MeasuredPolicy(
        Interval(found["value"], found["low"], found["high"]),
        found["customers"],
        found["above"],
        found.get("limit"),
        found.get("stated", 0.0),
        found.get("untried", 0),
        found.get("shown", True),
        found.get("expected"),
        found.get("opted_out", 0),
    )


def _frontier(found: Mapping[str, Any] | None, goal: str) -> FrontierFacts | None:
    """Return other budgets; None where nothing can be said of them, or of an older plan."""
    if found is None or not found["points"]:
        return None
    points = tuple(
        FrontierPoint(
            point["budget"],
            point["spent"],
            point["expected_profit"],
            point["customers"],
            point["shadow_price"],
            point.get("value"),
        )
        for point in found["points"]
    )
    knee, doubt = found["knee"] and found["knee"]["budget"], (found.get("left_out", 0), found.get("off", 0.0))
    return FrontierFacts(points, found["stated"], found["enough"], knee, goal, *doubt)


def segment_name(code: str) -> Both:
    """Return what people call a segment."""
    return Both.say(f"profiles.segment_{code}")


def _offer_rows(decisions: pa.Table, names: Mapping[str, Both]) -> tuple[OfferRow, ...]:
    sums = decisions.group_by("offer_id").aggregate(
        [("customer_id", "count"), ("expected_profit", "sum"), ("expected_cost", "sum")]
    )
    rows = [
        OfferRow(
            names[row["offer_id"]],
            row["customer_id_count"],
            row["expected_profit_sum"],
            row["expected_cost_sum"],
            is_none=row["offer_id"] == NO_OFFER,
        )
        for row in sums.sort_by("offer_id").to_pylist()
    ]
    return tuple(sorted(rows, key=lambda row: (row.is_none, -row.profit)))


def _by_segment(decisions: pa.Table, segments: pa.Table, names: Mapping[str, Both]) -> tuple[SegmentOffer, ...]:
    decisions = one_each(decisions)
    place = pc.index_in(decisions["customer_id"], segments["customer_id"].combine_chunks())
    several = pc.match_substring(decisions["offer_id"], JOINED)
    offers = pc.if_else(several, SEVERAL, decisions["offer_id"]) if SEVERAL in names else decisions["offer_id"]
    both = pa.table({"segment": segments["segment"].take(place), "offer_id": offers})
    counted = both.group_by(["segment", "offer_id"]).aggregate([([], "count_all")])
    ordered = counted.sort_by([("segment", "ascending"), ("offer_id", "ascending")]).to_pylist()
    return tuple(
        SegmentOffer(segment_name(row["segment"]), names[row["offer_id"]], row["count_all"]) for row in ordered
    )


def _margin_row(row: Mapping[str, float], stated: float) -> MarginRow:
    half = NORMAL_95 * row["sd"]
    profit = Interval(row["expected_profit"], row["expected_profit"] - half, row["expected_profit"] + half)
    return MarginRow(row["rate"], profit, stated=row["rate"] == stated)


def plan_card(card: Mapping[str, Any], names: Mapping[str, Both], currency: str) -> PlanCard:
    """Return one card of the strategy.

    Args:
        card: `strategy.cards.Card.as_dict()`, as the ledger keeps it; older ones say nothing of a model.
        names: offer -> what people call it.
        currency: of the plan.
    """
    segment = Both.say("gather.everyone") if card["segment"] == "everyone" else segment_name(card["segment"])
    offer = names[card["offer_id"]]
    return PlanCard(
        title=Both(f"{segment.en}: {offer.en}", f"{segment.zh}：{offer.zh}"),
        lines=tuple(_why(card, currency)),
        customers=card["customers"],
        profit=card["expected_profit"],
    )


def _why(card: Mapping[str, Any], currency: str) -> list[Both]:
    """Return what decided, then what the model goes by, then what is merely true of the customers, with shares."""
    spoken = [ModelReason(**one) for one in card.get("because", ())]
    shares = card.get("reason_shares") or [None] * len(card["reasons"])
    reasons = [(code, _held_for(code, share)) for code, share in zip(card["reasons"], shares, strict=True)]
    decided = [said for code, said in reasons if code not in KNOWN]
    model = [Both(*both) for both in zip(*(lines(spoken, one, currency) for one in LANGUAGES), strict=True)]
    facts = [said for code, said in reasons if code in KNOWN]
    return [*decided, *model, *([Both(*(_also(facts, one) for one in LANGUAGES))] if facts else [])]


def _held_for(code: str, share: float | None) -> Both:
    """Return a reason with the share of the card's customers it holds for; older plans kept none."""
    reason = Both.say(f"strategy.reason_{code}")
    if share is None:
        return reason
    return Both(*(say("strategy.card_reason", one, reason=reason.of(one), share=whole(share)) for one in LANGUAGES))


def _also(facts: Sequence[Both], language: Language) -> str:
    joined = say("strategy.and", language).join(fact.of(language) for fact in facts)
    return say("strategy.card_facts", language, reasons=joined)
