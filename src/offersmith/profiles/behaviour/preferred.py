"""When and how each customer comes: preferred part of the day, weekday, channel and device, where the days say enough.

A customer's days at each value are counts from shares of the customer's own, and these shares vary around the shop's as
a Dirichlet law says; its strength is found by how much likelier two days of one customer are alike than two of the shop
(the method of moments for the Dirichlet-multinomial; Mosimann, Biometrika 49, 1962). So two evenings are not yet an
evening customer. A preference is stated where the posterior is sure enough that no other value is larger, and the
customer's own days say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import ndtr

from offersmith.errors import InputError
from offersmith.store import rhythm
from offersmith.store.analytics import Analytics
from offersmith.store.journeys import VISIT
from offersmith.words import Language, say

What = Literal["hour", "weekday", "channel", "device"]
Reason = Literal["", "not_recorded", "one_value", "dates_only"]

FEWEST_DAYS = 5
"""On fewer days seen, nothing is said of a customer."""

SURE = 0.8
"""How sure it must be that the stated value is the customer's most frequent."""

_MOST = 12  # values told apart; rarer ones are `other`
_STRENGTHS = (0.5, 1000.0)
_DATES = 0.95  # of lines at midnight sharp: the shop records days, not times


@dataclass(frozen=True, slots=True)
class Preferred:
    """The preferences of a shop's customers in one respect.

    Attributes:
        what: part of the day, weekday (`0` is Monday), channel or device.
        as_of: moment, ISO 8601.
        shop: share of customers' days at each value.
        strength: days of a customer that weigh as much as the shop's shares.
        customers: seen at all.
        stated: whose preference is stated.
        reason: why nothing is stated; empty where something could be.
        table: customer_id, preferred (null where the evidence is not enough), share (of the customer's days at the
            likeliest value, shrunk), sure (that it is the largest), days; sorted by customer.
    """

    what: What
    as_of: str
    shop: dict[str, float]
    strength: float
    customers: int
    stated: int
    reason: Reason
    table: pa.Table = field(repr=False, compare=False)

    def of_customer(self, customer_id: str) -> dict[str, Any] | None:
        """Return the row of one customer, None of somebody who was never seen."""
        found = self.table.filter(pc.equal(self.table["customer_id"], customer_id)).to_pylist()
        return found[0] if found else None

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        about = say(f"behaviour.preferred_{self.what}", language)
        if self.reason:
            return say(f"behaviour.preferred_{self.reason}", language, what=about)
        most = max(self.shop, key=lambda value: self.shop[value])
        return say("behaviour.preferred", language, what=about, stated=self.stated, customers=self.customers,
                   most=value_name(self.what, most, language), share=self.shop[most])  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        tally = pc.value_counts(self.table["preferred"]).to_pylist()
        counts = {row["values"]: row["counts"] for row in tally if row["values"] is not None}
        return {
            "what": self.what, "as_of": self.as_of, "shop": dict(self.shop), "strength": self.strength,
            "customers": self.customers, "stated": self.stated, "reason": self.reason, "counts": counts,
        }  # fmt: skip


def preferred(
    analytics: Analytics, as_of: datetime, what: What, *, days: int = 365, events: Sequence[str] = VISIT
) -> Preferred:
    """Return each customer's preference in one respect.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        what: `hour` (bands of `store.rhythm.BANDS`), `weekday`, `channel` or `device`.
        days: how far back to look.
        events: what counts as coming.

    Raises:
        InputError: `what` or `days` is out of range, or the moment has a time zone.
    """
    if not 1 <= days <= 3650:
        raise InputError(f"days is {days}; allowed are 1 to 3650", field="days", value=days)
    since = as_of - timedelta(days=days)
    table = analytics.run(rhythm.days_by(as_of, what, since, events))
    if not table.num_rows:
        return _nothing(what, as_of, "not_recorded")
    if what == "hour":
        seen = analytics.run(rhythm.midnights(as_of, since, events)).to_pylist()[0]
        if seen["midnight"] > _DATES * seen["lines"]:
            return _nothing(what, as_of, "dates_only")
    names, values, counts = _matrix(table)
    if len(values) == 1:
        return _nothing(what, as_of, "one_value")
    total = counts.sum(axis=1)
    shop = counts.sum(axis=0) / total.sum()
    strength = _strength(counts, total, shop)
    share = (counts + strength * shop) / (total + strength)[:, None]
    top = share.argmax(axis=1)
    row = np.arange(len(top))
    first = share[row, top]
    share[row, top] = -1.0
    second = share.max(axis=1)
    spread = np.sqrt((first + second - (first - second) ** 2) / (total + strength + 1))
    sure = ndtr((first - second) / np.maximum(spread, 1e-12))
    own = counts[row, top] == counts.max(axis=1)
    stated = (total >= FEWEST_DAYS) & (sure >= SURE) & own
    found = pa.table(
        {
            "customer_id": names,
            "preferred": pa.array(values, pa.string()).take(pa.array(top, mask=~stated)),
            "share": first,
            "sure": sure,
            "days": total.astype(np.int64),
        }
    )
    shares = dict(zip(values, shop.tolist(), strict=True))
    return Preferred(what, as_of.isoformat(), shares, strength, len(top), int(stated.sum()), "", found)


def value_name(what: What, value: str, language: Language = "en") -> str:
    """Return what a person calls a value; channels and devices as the shop writes them."""
    if what in ("hour", "weekday"):
        return say(f"behaviour.{what}_{value}", language)
    return say("behaviour.value_other", language) if value == "other" else value


def _matrix(table: pa.Table) -> tuple[pa.Array, list[str], NDArray[np.float64]]:
    """Return customers, values by how frequent they are, and the days of each customer at each value."""
    who = table["customer_id"].combine_chunks().dictionary_encode()
    what = table["value"].combine_chunks().dictionary_encode()
    days = table["days"].to_numpy().astype(np.float64)
    codes = what.indices.to_numpy()
    known = what.dictionary.to_pylist()
    weight = np.bincount(codes, days, minlength=len(known))
    order = sorted(range(len(known)), key=lambda code: (-weight[code], known[code]))
    values = [known[code] for code in order[:_MOST]]
    place = np.full(len(known), len(values))
    place[order[:_MOST]] = np.arange(len(values))
    if len(known) > _MOST:
        values = [*values, "other"]
    counts = np.zeros((len(who.dictionary), len(values)))
    np.add.at(counts, (who.indices.to_numpy(), place[codes]), days)
    return who.dictionary, values, counts


def _strength(counts: NDArray[np.float64], total: NDArray[np.float64], shop: NDArray[np.float64]) -> float:
    """Return the Dirichlet strength: from how often two days of one customer are alike, beyond the shop's."""
    several = total > 1
    if not several.any():
        return _STRENGTHS[1]
    mine, all_mine = counts[several], total[several]
    alike = float(np.sum((mine * (mine - 1)).sum(axis=1) / (all_mine - 1)) / all_mine.sum())
    by_chance = float(np.sum(shop**2))
    if by_chance >= 1:
        return _STRENGTHS[1]
    excess = (alike - by_chance) / (1 - by_chance)
    return float(np.clip(1 / excess - 1, *_STRENGTHS)) if excess > 0 else _STRENGTHS[1]


def _nothing(what: What, as_of: datetime, reason: Reason) -> Preferred:
    empty = pa.table(
        {"customer_id": pa.array([], pa.string()), "preferred": pa.array([], pa.string()),
         "share": pa.array([], pa.float64()), "sure": pa.array([], pa.float64()), "days": pa.array([], pa.int64())}
    )  # fmt: skip
    return Preferred(what, as_of.isoformat(), {}, 0.0, 0, 0, reason, empty)
