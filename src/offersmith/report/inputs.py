"""What a report is told: plain frozen values, so that the pages depend on no other room.

Every part but the shop may be missing (None); its section is then left out. Money that changed hands is int minor
units (`*_minor`); expectations are floats in major units. Text that comes from another room is a `Both`: one line per
language. Times are naive UTC, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from offersmith.report.inputs_base import Both, Interval, Level
from offersmith.report.inputs_frontier import FrontierFacts, FrontierPoint
from offersmith.report.inputs_judged import JudgedFacts
from offersmith.report.inputs_past import (
    DecileRow,
    EffectFacts,
    EffectRow,
    HappenedFacts,
    ModelFacts,
    OverlapBin,
    ReliabilityBin,
    ScoreRow,
)
from offersmith.report.inputs_playbooks import PlaybookFacts
from offersmith.report.inputs_shop import QualityFacts, QualityFinding, SegmentFacts, SegmentRow, ShopFacts
from offersmith.strategy.objective import PROFIT

CaveatCode = Literal[
    "not_randomised",  # past campaigns were sent to chosen customers
    "partly_randomised",  # some of them
    "placebo_failed",  # the placebo shows an effect where there can be none
    "prior_leans",  # what offers change is known from the stated prior more than from the data
    "costs_guessed",  # not every cost of an offer was recorded: some are worked out from terms
    "log_doubted",  # a log of decisions was refused or never read, or its chances do not fit
    "cost_paid_by_others",  # somebody else pays a part of what offers take off
    "margin_stated",  # the margin rate is a setting, not data
    "face_values_unknown",  # what a coupon was worth is learned from what was redeemed
    "cold_start",  # no campaign history: effects are stated priors
    "one_shop",  # one panel in one year: other shops will differ
    "redeemers_only_recipients",  # judged among recipients only
    "explored",  # a share of customers was decided by lot
    "anonymous_sales",  # sales without a customer count for products only
    "short_history",  # less than a year of events
]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What one offer does in the plan; the empty offer is a row too (`is_none`)."""

    name: Both
    customers: int
    profit: float
    cost: float
    redemptions: float | None = None
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class SegmentOffer:
    """How many customers of a segment get an offer (the empty offer included)."""

    segment: Both
    offer: Both
    customers: int


@dataclass(frozen=True, slots=True)
class MarginRow:
    """The plan's expected profit if the margin rate were `rate`."""

    rate: float
    profit: Interval
    stated: bool = False


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit of the plan: how much is used, and what one more unit of it would earn.

    `unit` is `money` (major units), `count` or `number`; `shadow_price` is profit per unit; a `floor` asks for at least
    as much.
    """

    name: Both
    used: float
    limit: float
    shadow_price: float
    unit: Literal["money", "count", "number"] = "money"
    floor: bool = False


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One card of the strategy in words: a heading, what to do and why."""

    title: Both
    lines: tuple[Both, ...]
    customers: int | None = None
    profit: float | None = None


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What lies between the best possible and the plan, major units; the first three add up to it.

    Attributes:
        by_lot: what deciding by lot costs; below zero where the lots were lucky.
        reserve: what the money kept back for the lots would have earned.
        not_proved: what a better search might still find, at most.
        reserved: the money kept back.
    """

    by_lot: float
    reserve: float
    not_proved: float
    reserved: float


@dataclass(frozen=True, slots=True)
class MeasuredPolicy:
    """What the policy behind a plan was worth on held-out customers.

    Attributes:
        each: a customer, major units, with its 95 % interval.
        customers: of the plan about whom it decides.
        above: whether the plan expects more than may be counted on.
        limit: what may be counted on at most, major units; None = the interval's upper end for as many.
        stated: part of what the plan expects that rests on offers never tried.
        untried: customers who get one of those.
        shown: whether any way of deciding was shown to pay.
        expected: what the plan expects of these customers, major units; None = all there is.
        opted_out: customers of the plan about whom nobody decides, and who are in none of these figures.
    """

    each: Interval
    customers: int
    above: bool
    limit: float | None = None
    stated: float = 0.0
    untried: int = 0
    shown: bool = True
    expected: float | None = None
    opted_out: int = 0


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan: who gets what, what it should earn, how far it is from the best possible.

    Attributes:
        start: when the plan begins (also the moment it was made as of).
        valid_until: when the decisions end.
        customers: everybody decided about.
        profit: expected incremental profit of the whole plan, major units.
        cost: expected draw on the budget, major units.
        budget: its limit, None = no limit.
        offers: the empty offer included.
        bound: no plan within the same budget can expect more; `value` is what this one expects; both major units.
        difference: what lies between them.
        explored: customers whose decision was drawn by lot.
        share: of customers decided by lot, as it was drawn, 0..1.
        largest_lot: part of the budget that one customer's lot may cost, 0..1.
        profit_if_paid: `profit` if the shop had to pay for its offers alone; None where it does.
        pays: offer -> chance that it earns more than it costs with those who get it, 0..1.
        asked: customers about whose offer the deciding model was asked what it goes by.
        measured: what its policy was worth on held-out customers, for as many as the plan has; None = not judged.
        frontier: what the best plan would expect at other budgets; None where nothing can be said of them.
        together: what is to be known where a customer may get several offers.
        unjudged: a gain is expected by a model that was not judged on customers held out.
        playbooks: what the plan made of each playbook; empty where it was not asked for by playbooks.
        goal: what is made large; `value`, `bound`, `difference` and the prices of limits are of it.
        asked_for: the goal, what it costs in profit, and what the budget was made of, in sentences; empty where it is
            profit within a budget.
        withheld: who gets nothing, or the same as others, whatever is expected of them, in lines: bans, what counts
            against limits from before, and customers who have opted out.
        for_everybody: customers who have opted out get an offer, even at a loss; `bound` is of plans that do so.
    """

    version: str
    start: datetime
    valid_until: datetime
    customers: int
    profit: Interval
    cost: float
    budget: float | None
    offers: tuple[OfferRow, ...]
    by_segment: tuple[SegmentOffer, ...] = ()
    margins: tuple[MarginRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    cards: tuple[PlanCard, ...] = ()
    value: float | None = None
    bound: float | None = None
    integral: bool = True
    difference: PlanDifference | None = None
    explored: int = 0
    share: float = 0.0
    largest_lot: float = 0.0
    pays: tuple[tuple[Both, float], ...] = ()
    profit_if_paid: float | None = None
    cold_start: bool = False
    asked: int = 0
    measured: MeasuredPolicy | None = None
    frontier: FrontierFacts | None = None
    together: tuple[Both, ...] = ()
    playbooks: tuple[PlaybookFacts, ...] = ()
    unjudged: bool = False
    goal: str = PROFIT
    asked_for: tuple[Both, ...] = ()
    withheld: tuple[Both, ...] = ()
    for_everybody: bool = False

    @property
    def chosen(self) -> int:
        """How many customers get an offer, those who get several counted once."""
        none = sum(row.customers for row in self.offers if row.is_none)
        return min(self.customers - none, sum(row.customers for row in self.offers) - none)


@dataclass(frozen=True, slots=True)
class PriorFacts:
    """The beliefs a cold start plans from; the fields of `settings.PriorSettings`."""

    lift_per_point: float
    lift_sd: float
    redemption: float


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything one report says.

    Attributes:
        name: the shop's name.
        currency: ISO 4217.
        as_of: the moment the report looks from.
        margin_rate: the stated one.
        versions: part -> version, printed in the footer (`offersmith`, `plan`, `model`, `seed`).
        caveats: said at the end, in this order; `not_randomised` and `margin_stated` first by habit.
        told: what some of them say of this shop in particular, a sentence each.
    """

    name: str
    currency: str
    as_of: datetime
    shop: ShopFacts
    margin_rate: float
    quality: QualityFacts | None = None
    segments: SegmentFacts | None = None
    plan: PlanFacts | None = None
    models: ModelFacts | None = None
    judged: JudgedFacts | None = None
    effects: EffectFacts | None = None
    happened: HappenedFacts | None = None
    caveats: tuple[CaveatCode, ...] = ()
    told: Mapping[CaveatCode, tuple[Both, ...]] = field(default_factory=dict)
    priors: PriorFacts | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


__all__ = [
    "Both",
    "CaveatCode",
    "DecileRow",
    "EffectFacts",
    "EffectRow",
    "FrontierFacts",
    "FrontierPoint",
    "HappenedFacts",
    "Interval",
    "JudgedFacts",
    "Level",
    "LimitRow",
    "MarginRow",
    "ModelFacts",
    "OfferRow",
    "OverlapBin",
    "PlanCard",
    "PlanFacts",
    "PriorFacts",
    "QualityFacts",
    "QualityFinding",
    "ReliabilityBin",
    "ReportFacts",
    "ScoreRow",
    "SegmentFacts",
    "SegmentOffer",
    "SegmentRow",
    "ShopFacts",
]
