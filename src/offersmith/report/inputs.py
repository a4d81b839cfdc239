"""What a report is told: plain frozen values, so that the pages depend on no other room.

Every part but the shop may be missing (None); its section is then left out. Money that changed hands is int minor
units (`*_minor`); expectations are floats in major units. Text that comes from another room is a `Both`: one line per
language. Times are naive UTC, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

from offersmith.words import Language, say

CaveatCode = Literal[
    "not_randomised",  # past campaigns were sent to chosen customers
    "placebo_failed",  # the placebo shows an effect where there can be none
    "prior_leans",  # what offers change is known from the stated prior more than from the data
    "margin_stated",  # the margin rate is a setting, not data
    "face_values_unknown",  # what a coupon was worth is learned from what was redeemed
    "cold_start",  # no campaign history: effects are stated priors
    "one_shop",  # one panel in one year: other shops will differ
    "redeemers_only_recipients",  # judged among recipients only
    "explored",  # a share of customers was decided by lot
    "anonymous_sales",  # sales without a customer count for products only
    "short_history",  # less than a year of events
]
Level = Literal["info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Both:
    """The same text in every language; `Both.same` for names that are not translated."""

    en: str
    zh: str

    @classmethod
    def same(cls, text: str) -> Both:
        """Return a name that reads the same in both languages."""
        return cls(text, text)

    @classmethod
    def say(cls, key: str, **values: Any) -> Both:
        """Return the catalogue's message `room.name` in both languages."""
        return cls(say(key, "en", **values), say(key, "zh", **values))

    def of(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval at `level`; the unit is the owner's."""

    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The shop at a glance: the tables of `store.summaries` as they come.

    Attributes:
        totals: one row: events, customers, anonymous, orders, products, first_time, last_time, revenue (minor),
            refunds (minor).
        by_month: month (date, timestamp or `YYYY-MM`), revenue (minor), orders, customers; sorted.
        by_category: category, revenue (minor); largest first.
        by_event: event, rows.
    """

    totals: pa.Table
    by_month: pa.Table
    by_category: pa.Table
    by_event: pa.Table


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing the quality check noticed: what, in how many rows, how grave."""

    text: Both
    rows: int
    level: Level = "info"


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """What was read, what became of it, and what is odd about it.

    `accepted + redelivered + quarantined == read`. `anonymous`, `refunds` and `equal_lines` are parts of `read`.

    Attributes:
        read: rows in the files.
        accepted: rows that are now events.
        redelivered: rows whose event id was already stored.
        quarantined: rows refused, kept aside with the reason.
        anonymous: rows read without a customer.
        refunds: rows read that give money back.
        equal_lines: rows read that equal an earlier row of the same file (kept).
        missing: column -> share of accepted rows where it is null, 0..1.
        reasons: refusal in words -> rows.
        findings: from the quality report, gravest first.
    """

    read: int
    accepted: int
    redelivered: int = 0
    quarantined: int = 0
    anonymous: int = 0
    refunds: int = 0
    equal_lines: int = 0
    missing: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[tuple[Both, int], ...] = ()
    findings: tuple[QualityFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment: who they are, how many, what they bought in the window."""

    name: Both
    customers: int
    revenue_minor: int
    orders: int
    meaning: Both = field(default_factory=lambda: Both("", ""))


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """The first segments, in the order they should be read; `window_days` is what revenue and orders cover."""

    rows: tuple[SegmentRow, ...]
    as_of: datetime
    window_days: int = 365


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

    `unit` is `money` (major units) or `count`; `shadow_price` is profit per unit.
    """

    name: Both
    used: float
    limit: float
    shadow_price: float
    unit: Literal["money", "count"] = "money"


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One card of the strategy in words: a heading, what to do and why."""

    title: Both
    lines: tuple[Both, ...]
    customers: int | None = None
    profit: float | None = None


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
        bound: the dual bound on the objective; `value` the objective reached; both major units.
        explored: customers whose decision was drawn by lot.
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
    explored: int = 0
    cold_start: bool = False


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """How well one ranking found the redeemers; `ours` marks the model in use."""

    name: Both
    auc: float
    lift: float
    auc_low: float | None = None
    auc_high: float | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Customers of similar predicted chance: what was predicted on average, what share did it."""

    predicted: float
    observed: float
    customers: int


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """How good the models are on time they had not seen.

    Attributes:
        model: name of the model.
        learned_from: what it learned from, in words (`campaigns 8 and 13`).
        learned_rows: customer x offer rows it learned from.
        learned_before: nothing at or after this moment was read.
        judged_on: among whom it was judged, in words (`recipients of campaign 18`).
        judged: how many customers; `positives` of them did it.
        scores: ours first.
        later: judged on time after everything it learned from; False where it was judged on customers left out.
        importance: feature in words -> share of the model's gain, 0..1, largest first.
    """

    model: Both
    learned_from: Both
    learned_rows: int
    learned_before: datetime
    judged_on: Both
    judged: int
    positives: int
    scores: tuple[ScoreRow, ...]
    reliability: tuple[ReliabilityBin, ...] = ()
    importance: tuple[tuple[Both, float], ...] = ()
    later: bool = False


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One past campaign: the effect per recipient (major units), and the placebo before it started.

    `claim` is what may be said: the effect's interval, widened on both sides by what the placebo found.
    `before_treated` and `before_control` are mean spends (major units) before the campaign; `naive` is the plain
    difference of means after it.
    """

    campaign: Both
    treated: int
    control: int
    effect: Interval
    placebo: Interval
    claim: Interval
    naive: float
    before_treated: float
    before_control: float


@dataclass(frozen=True, slots=True)
class OverlapBin:
    """Customers whose chance of being sent the campaign lies in [low, high)."""

    low: float
    high: float
    treated: int
    control: int


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """What past campaigns changed, as far as data that were not randomised can say.

    Attributes:
        rows: one per campaign.
        overlap: histogram of the chance to be sent `overlap_of`.
        horizon_days: over how many days the outcome is counted.
        trimmed: share of customers left out because nobody comparable exists, 0..1.
    """

    rows: tuple[EffectRow, ...]
    horizon_days: int
    overlap: tuple[OverlapBin, ...] = ()
    overlap_of: Both = field(default_factory=lambda: Both("", ""))
    trimmed: float = 0.0


@dataclass(frozen=True, slots=True)
class DecileRow:
    """A tenth of the recipients by predicted chance, 1 = highest: how many used a coupon, how many were expected."""

    decile: int
    customers: int
    redeemers: int
    expected: float


@dataclass(frozen=True, slots=True)
class HappenedFacts:
    """What then happened with the campaign that was planned (the demo only).

    Attributes:
        campaign: its name.
        recipients: who was really sent it; `redeemers` of them used it.
        deciles: among recipients, by predicted chance.
        planned: who got an offer in our plan; `planned_and_sent` of them were really sent it.
        redeemers_planned: redeemers that were in our plan.
    """

    campaign: Both
    recipients: int
    redeemers: int
    deciles: tuple[DecileRow, ...]
    planned: int
    planned_and_sent: int
    redeemers_planned: int


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
    effects: EffectFacts | None = None
    happened: HappenedFacts | None = None
    caveats: tuple[CaveatCode, ...] = ()
    priors: PriorFacts | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
