"""What a report is told about the past: how good predictions were, what campaigns changed, what then happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from offersmith.report.inputs_base import Both, Interval


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
        out_of_fold: AUC and lift of the newest model on customers left out, as `learn` prints them, where something
            else is judged here; None = nothing else is known.
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
    out_of_fold: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One past campaign: the effect per recipient (major units), and the placebo before it started.

    `claim` is what may be said: the effect's interval, widened on both sides by what the placebo found.
    `before_treated` and `before_control` are mean spends (major units) before the campaign; `naive` is the plain
    difference of means after it. `logged`: whether a lot decided it, whose chances were written down.
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
    logged: bool = False


@dataclass(frozen=True, slots=True)
class OverlapBin:
    """Customers whose chance of being sent the campaign lies in [low, high)."""

    low: float
    high: float
    treated: int
    control: int


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """What past campaigns changed, as far as each can say: by lot, or sent to chosen customers.

    Attributes:
        rows: one per campaign.
        overlap: histogram of the chance to be sent `overlap_of`.
        horizon_days: over how many days the outcome is counted.
        trimmed: share of customers left out because nobody comparable exists, 0..1.
        overlap_logged: whether a lot decided `overlap_of`, so that these chances were written down, not guessed.
    """

    rows: tuple[EffectRow, ...]
    horizon_days: int
    overlap: tuple[OverlapBin, ...] = ()
    overlap_of: Both = field(default_factory=lambda: Both("", ""))
    trimmed: float = 0.0
    overlap_logged: bool = False


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
