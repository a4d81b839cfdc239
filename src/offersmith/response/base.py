"""What a response model is: past campaigns in, estimates for every customer and offer out.

A `History` is one row per customer and past campaign: who they were when it started, what they were given, with which
probability where that was decided by lot, and what they did in the days after. A `ResponseModel` turns it into a
`FittedResponse`, which never changes afterwards and says what it learned from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.progress import Progress, silent
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Strings = NDArray[np.str_]
Kind = Literal["chance", "mean"]
"""What is foretold: the `chance` of an outcome that is 0 or 1, or the `mean` of any number."""

UNTOLD = pa.list_(
    pa.struct([pa.field("paid", pa.float64()), pa.field("most", pa.float64()), pa.field("uses", pa.float64())])
)
"""Uses whose cost nobody recorded, by day: what was paid then, the discount on record then (null = none), how many."""

HISTORY_KEYS = pa.schema(
    [
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("campaign_id", pa.string(), nullable=False),
        pa.field("moment", pa.timestamp("us"), nullable=False),
        pa.field("offer_id", pa.string(), nullable=False),
        pa.field("propensity", pa.float64()),
        pa.field("chances", pa.map_(pa.string(), pa.float64())),
        pa.field("redeemed", pa.bool_()),
        pa.field("bought", pa.bool_(), nullable=False),
        pa.field("revenue", pa.float64(), nullable=False, metadata={"unit": "major units before the offer's cost"}),
        pa.field("cost", pa.float64(), metadata={"unit": "major units"}),
        pa.field("cost_told", pa.float64(), metadata={"unit": "major units"}),
        pa.field("untold", UNTOLD),
    ]
)
"""Columns every history has; all further columns are features as of `moment` (numbers, null = unknown).

`bought`, `revenue`, `redeemed` and `cost` are counted over the horizon after `moment`; cost is what every use in it
took off. It is null where nobody recorded what one of them did: `cost_told` is then what the others took off, and
`untold` what is known of the rest (`unrecorded`). `propensity` is the chance with which the row was given its offer,
and `chances` that of every offer (one not named had none); both are null where nobody wrote them down, `chances` also
where only that of the given offer is known.
"""


@dataclass(frozen=True, slots=True)
class Economics:
    """What the data cannot say.

    Attributes:
        margin_rate: profit before offers over revenue.
        currency: of every amount.
        cost_share: the part of what offers take off that the shop pays itself; others (a coupon's manufacturer) pay
            the rest. A budget counts all of it.
    """

    margin_rate: float
    currency: str
    cost_share: float = 1.0

    def profit(self, revenue: Floats, cost: Floats) -> Floats:
        """Return what is left of a change of revenue after the shop's part of the offer's cost, major units."""
        return np.asarray(self.margin_rate * revenue - self.cost_share * cost)


@dataclass(frozen=True, slots=True)
class CampaignUse:
    """One past campaign a model learned from.

    Attributes:
        campaign_id: as in the events.
        offer_id: what was given.
        start: when it was first shown.
        treated: customers who were given it.
        controls: customers known at the start who were given nothing then.
        redeemers: those of `treated` who used it; None where the time to use it was not over.
        set_aside: customers known at the start who are neither, because they were sent something else then.
        sent_later: those of `controls` who were sent another campaign before the horizon was over.
        sent_before: those of `treated` and `controls` who had been sent another campaign, more than a day earlier,
            whose horizon was not over.
        sent_beside: those of them who were sent another campaign within a day of it; only where it was decided by lot,
            else they are set aside.
        logged: whether the chances it was decided with were written down; who was decided to get it is then `treated`,
            sent or not.
        not_sent: of `treated`, decided to get it but never shown it; they stay where the lot put them.
        still_open: customers whose horizon was not over, so that they are in neither group.
        used_later: customers who used it after their horizon; what that cost is not counted.
        compared: customers with a fair chance of both (all who had any, where chances are known).
        effective_treated: how many equally weighted customers those of `treated` are worth (Kish 1965).
        effective_controls: of the controls.
        unrecorded: uses whose cost nobody recorded; where no use of anything is on record, customers who bought.
        unpriced: those of them whose cost the offer's terms do not say either.
        averaged: those of them that cost what the offer's other uses did on average, being few.
    """

    campaign_id: str
    offer_id: str
    start: datetime
    treated: int
    controls: int
    redeemers: int | None
    set_aside: int = 0
    sent_later: int = 0
    sent_before: int = 0
    sent_beside: int = 0
    logged: bool = False
    not_sent: int = 0
    still_open: int = 0
    used_later: int = 0
    compared: int | None = None
    effective_treated: float | None = None
    effective_controls: float | None = None
    unrecorded: int = 0
    unpriced: int = 0
    averaged: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return {**plain, "start": self.start.isoformat()}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> CampaignUse:
        """Make it again from `as_dict`."""
        return cls(**{**plain, "start": datetime.fromisoformat(plain["start"])})


@dataclass(frozen=True, slots=True)
class History:
    """Past decisions and what came of them, as of one moment.

    Attributes:
        table: columns of `HISTORY_KEYS` and the features.
        as_of: nothing at or after this moment was read.
        horizon_days: over how many days after `moment` spending was counted.
        campaigns: what the rows came from.
        bias: offer -> how far a comparison of revenue may be off because the campaign was not decided by lot, in
            major units a customer (from a placebo); an offer that is missing, and was not decided by lot, is not
            believed at all.
        known: profiles as of `as_of`, from which a prior takes the shop's averages; None = not known.
        folds: how many groups of customers a model cross-fits with.
        left_out: `campaign/offer` -> reason code why it was not used.
        recorded: whether the shop records who uses its offers, used by somebody here or not; None = by the table.
    """

    table: pa.Table
    as_of: datetime
    horizon_days: int
    campaigns: tuple[CampaignUse, ...] = ()
    bias: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    known: pa.Table | None = None
    folds: int = 5
    recorded: bool | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the feature columns, in order."""
        keys = set(HISTORY_KEYS.names)
        return tuple(name for name in self.table.column_names if name not in keys)

    @property
    def treated(self) -> int:
        """Rows that were given an offer."""
        return int(np.sum(strings(self.table, "offer_id") != NO_OFFER))

    @property
    def labelled(self) -> Bools:
        """(rows,) whether it is known if the offer was used; nowhere, if the shop never recorded that one was."""
        known = np.asarray(self.table.column("redeemed").is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
        return known & bool(flags(self.table, "redeemed").any())

    @property
    def randomised(self) -> bool:
        """Whether every row's probability of what it was given is known."""
        return bool(self.table.num_rows > 0 and self.table.column("propensity").null_count == 0)

    @property
    def selected(self) -> tuple[str, ...]:
        """The reason code of what no lot is on record of: all of the history, a part of it, or nothing."""
        if self.randomised:
            return ()
        some = self.table.column("propensity").null_count < self.table.num_rows
        return ("partly_randomised" if some else "not_randomised",)


@dataclass(frozen=True, slots=True)
class OfferEffect:
    """What was found about one offer's average effect, in major units of revenue a customer over the horizon.

    Attributes:
        offer_id: the offer.
        prior: the stated prior's mean.
        prior_sd: its spread.
        measured: the doubly robust (or randomised) average effect; None when the offer was never given.
        standard_error: of `measured`, from sampling alone.
        bias: how far selection may move it, from the placebo; 0 when decided by lot, None when nobody knows.
        used: what the estimates carry: prior and measurement weighed by their precision.
        used_sd: its spread.
        slope: how far predicted differences between customers held up out of fold (1 = as predicted).
    """

    offer_id: str
    prior: float
    prior_sd: float
    measured: float | None
    standard_error: float | None
    bias: float | None
    used: float
    used_sd: float
    slope: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a fitted model learned from and how good it was on what it had not seen.

    Attributes:
        model: key of `response.MODELS`.
        reasons: codes of `catalogue/response.toml`: why this model, what to beware of.
        rows: rows of the history.
        campaigns: what they came from.
        scores: out-of-fold figures by name (`redemption_auc`, `redemption_lift`, `redemption_log_loss`, ...).
        reliability: predicted against observed redemption out of fold, in tenths of the predicted.
        effects: one line per offer.
        left_out: `campaign/offer` -> reason code.
        importance: feature -> its share in the redemption model, largest first, adding up to 1.
        judged: how the models that were tried did on customers they had not seen, as plain values that JSON can
            hold; `report.inputs_judged` names the parts. Empty where nothing was judged.
    """

    model: str
    reasons: tuple[str, ...] = ()
    rows: int = 0
    campaigns: tuple[CampaignUse, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    reliability: tuple[Mapping[str, float], ...] = ()
    effects: tuple[OfferEffect, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    importance: Mapping[str, float] = field(default_factory=dict)
    judged: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "model": self.model,
            "reasons": list(self.reasons),
            "rows": self.rows,
            "campaigns": [use.as_dict() for use in self.campaigns],
            "scores": dict(self.scores),
            "reliability": [dict(line) for line in self.reliability],
            "effects": [effect.as_dict() for effect in self.effects],
            "left_out": dict(self.left_out),
            "importance": dict(self.importance),
            "judged": dict(self.judged),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Evidence:
        """Make it again from `as_dict`."""
        return cls(
            model=plain["model"],
            reasons=tuple(plain["reasons"]),
            rows=plain["rows"],
            campaigns=tuple(CampaignUse.of(use) for use in plain["campaigns"]),
            scores=dict(plain["scores"]),
            reliability=tuple(dict(line) for line in plain["reliability"]),
            effects=tuple(OfferEffect(**line) for line in plain["effects"]),
            left_out=dict(plain["left_out"]),
            importance=dict(plain["importance"]),
            judged=dict(plain.get("judged", {})),
        )


class FittedResponse(Protocol):
    """A model that has learned; immutable."""

    @property
    def name(self) -> str:
        """Key of `response.MODELS`."""

    @property
    def version(self) -> str:
        """Hash of everything an estimate depends on: equal versions give equal estimates."""

    @property
    def evidence(self) -> Evidence:
        """What it learned from."""

    def estimate(self, profiles: pa.Table, offers: Sequence[Offer]) -> pa.Table:
        """Return `vocabulary.ESTIMATES`: every profile x every offer but `none`, customers then offers as given."""

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest from which `ResponseModel.load` makes the same model again."""


class ResponseModel(Protocol):
    """A way of learning response; stateless."""

    @property
    def name(self) -> str:
        """Key of `response.MODELS`."""

    def fit(
        self,
        history: History,
        *,
        offers: Sequence[Offer],
        economics: Economics,
        priors: PriorSettings,
        seed: int,
        progress: Progress = silent,
    ) -> FittedResponse:
        """Learn from a history; too little of it gives a fitted prior with a reason code, never an exception."""

    def load(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> FittedResponse:
        """Make a saved model again."""


def strings(table: pa.Table, column: str) -> Strings:
    """Return a column of text as a numpy array (nulls become empty)."""
    values = [value or "" for value in table.column(column).to_pylist()]
    return np.array(values, dtype=np.str_)


def floats(table: pa.Table, column: str) -> Floats:
    """Return a column of numbers as float64 (nulls become NaN)."""
    return np.asarray(table.column(column).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def flags(table: pa.Table, column: str) -> Bools:
    """Return a column of booleans, null as false."""
    return np.asarray(table.column(column).fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)
