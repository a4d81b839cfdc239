"""What a report is told about how the response models were judged: every part may be missing, and is then not shown.

Values and effects are per customer, in the outcome's unit (major units where it is money); the page multiplies them to
a number of customers a reader can picture. A figure whose interval was withheld keeps its value and says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offersmith.report.inputs_base import Both
from offersmith.report.inputs_past import ReliabilityBin


@dataclass(frozen=True, slots=True)
class Estimated:
    """A figure with its 95 % interval, both ends or neither; `reason` says why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Both | None = None

    @property
    def held(self) -> bool:
        """Whether there is a value with its interval."""
        return self.value is not None and self.low is not None and self.high is not None

    @property
    def positive(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.held and self.low is not None and self.low > 0


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One offer of the past tests: who was given it, their mean outcome, the average effect over the controls.

    The controls are a row too (`is_none`), without an effect.
    """

    name: Both
    rows: int
    mean: float | None
    effect: Estimated
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One model: the held-out value of its own policy over giving nobody anything, and what it forecast itself."""

    name: Both
    value: Estimated
    claimed: float | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class SingleOffer:
    """The best single offer, given to everybody."""

    name: Both
    value: Estimated


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The policy that decides.

    Attributes:
        kind: `learned` from a model, a `single` offer for everybody, or `none`.
        arm: the single offer.
        value: held out, over giving nobody anything.
        claimed: its own forecast on the same customers.
        why: it was decided so, in words.
        shares: offer -> share of customers, 0..1; the empty offer included.
    """

    kind: Literal["learned", "single", "none"]
    value: Estimated
    arm: Both | None = None
    claimed: float | None = None
    why: Both | None = None
    shares: tuple[tuple[Both, float, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class RankingFigure:
    """One figure of a ranking (Qini, AUUC, uplift at k), with its definition in words; `arm` None = all together."""

    name: Literal["qini", "auuc", "at_k"]
    figure: Estimated
    definition: Both
    arm: Both | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class GainCurve:
    """Gain per customer of all, as a growing share of customers is treated, best first."""

    share: tuple[float, ...]
    gain: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class UpliftBin:
    """Customers of like predicted effect: the mean predicted, and the one measured."""

    rows: int
    predicted: float
    measured: Estimated


@dataclass(frozen=True, slots=True)
class ArmCalibration:
    """Whether the predicted effects of one offer come true; `slope` 1 = as predicted."""

    name: Both
    slope: Estimated
    bins: tuple[UpliftBin, ...]


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """What one depth earns over no offer, among the `rows` customers who were given it; depth 0 is no offer."""

    depth: float
    arm: Both
    profit: Estimated
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class DepthCurve:
    """The profit curve of everybody or of one segment.

    Attributes:
        name: of the segment; None = everybody.
        rows: customers in it.
        points: by rising depth.
        best: the depth that is taken for the best (0 = no offer); None where the data cannot say.
        close: depths that cannot be told from the best one, itself among them.
    """

    points: tuple[DepthPoint, ...]
    best: float | None
    close: tuple[float, ...] = ()
    name: Both | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class DepthFacts:
    """How deep one kind of offer should be; depth is a `share` of the price or an `amount` of money.

    Segments are those `given`, or customers by the depth that the model `expected` to be best for them.
    """

    kind: Both
    unit: Literal["share", "amount"]
    whole: DepthCurve
    segments: tuple[DepthCurve, ...] = ()
    by: Literal["given", "expected"] = "given"


@dataclass(frozen=True, slots=True)
class Condition:
    """A customer's feature lies above `low` and at or below `high`; either end may be open."""

    feature: Both
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LeafFacts:
    """One rule of the policy tree: all conditions hold -> this offer; `value` is per customer of the leaf."""

    conditions: tuple[Condition, ...]
    arm: Both
    rows: int
    share: float | None
    value: float | None
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """The policy as a few rules: what they are worth held out, and how much less that is than the whole policy."""

    leaves: tuple[LeafFacts, ...]
    value: Estimated
    loss: Estimated


@dataclass(frozen=True, slots=True)
class ClassifierRow:
    """One classifier of who accepts an offer, on customers it had not seen; figures 0..1 but the log loss (nats)."""

    name: Both
    accuracy: Estimated
    precision: Estimated
    recall: Estimated
    f1: Estimated
    auc: Estimated
    log_loss: Estimated
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PreferenceFacts:
    """Who accepts which offer: the classifiers that were tried, the chosen one first.

    Attributes:
        label: what counts as accepting, in words; None = the offer was used.
        threshold: the chance from which on the chosen one says yes.
        rows: judged on; `positives` of them accepted.
        calibration: of the chosen one.
    """

    tried: tuple[ClassifierRow, ...]
    label: Both | None = None
    threshold: float | None = None
    rows: int | None = None
    positives: int | None = None
    calibration: tuple[ReliabilityBin, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportFacts:
    """How much of the past speaks for the chosen policy: `effective` rows of `rows`, the weightiest weight."""

    rows: int | None
    effective: float | None
    largest_weight: float | None
    largest_share: float | None
    mean_weight: float | None


@dataclass(frozen=True, slots=True)
class JudgedFacts:
    """How the models were judged.

    Attributes:
        rows: past decisions they were judged on.
        customers: they were about.
        money: whether the outcome is money, in major units.
        tried: by falling held-out value.
        learned: held-out value of the chosen model's policy, whether it decides or not.
        over_single: by how much that beats the best single offer, paired customer by customer.
        choice: why the chosen one was, in words.
        reasons: what else to beware of, in words.
        counts: what was left out, in words -> rows.
    """

    rows: int | None = None
    customers: int | None = None
    money: bool = True
    arms: tuple[ArmRow, ...] = ()
    tried: tuple[TriedRow, ...] = ()
    single: SingleOffer | None = None
    policy: PolicyFacts | None = None
    learned: Estimated | None = None
    over_single: Estimated | None = None
    choice: Both | None = None
    reasons: tuple[Both, ...] = ()
    ranking: tuple[RankingFigure, ...] = ()
    curve: GainCurve | None = None
    calibration: tuple[ArmCalibration, ...] = ()
    depth: tuple[DepthFacts, ...] = ()
    tree: TreeFacts | None = None
    preference: PreferenceFacts | None = None
    counts: tuple[tuple[Both, int], ...] = ()
    support: SupportFacts | None = None
