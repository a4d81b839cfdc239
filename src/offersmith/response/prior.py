"""A shop without campaigns plans from stated beliefs, and says so.

The baseline is the customer's own: orders come at a personal rate (a gamma prior worth `WEIGHT_DAYS` days of the
shop's average), which fades once a customer has stayed away for longer than `PATIENCE` of their usual gaps. On it sits
the stated relative lift per percentage point of discount. Nothing about response is learned here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from offersmith.money import scale
from offersmith.progress import Progress, silent
from offersmith.response.base import Economics, Evidence, Floats, History, floats
from offersmith.response.costs import points, relief
from offersmith.response.estimates import Column, as_json, assemble, content_version, paying
from offersmith.response.unrecorded import filled
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer

WEIGHT_DAYS = 30.0
WEIGHT_ORDERS = 2.0
PATIENCE = 3.0
WINDOW_DAYS = 90.0
FALLBACK_RATE = 1 / 30
LASTS_DAYS = 28
"""Over how many days at most a stated lift is believed in. It speaks of an offer that may be used once; over a longer
horizon nearly everybody buys anyway, and counted there no offer would be believed to win anybody."""
NAME = "prior"
READS = ("orders_90d", "spend_90d", "tenure", "recency")
"""Features that beliefs about a customer hang on."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is expected of a customer who gets nothing: chance to buy within the horizon, and the basket if so."""

    chance: Floats
    basket: Floats


@dataclass(frozen=True, slots=True)
class Belief:
    """What the prior says of one offer, one value a customer.

    Attributes:
        redemption: chance to use it.
        gained: rise of the chance to buy; never above `redemption`, for an offer nobody uses makes nobody buy.
        spread: of `gained`, as a belief.
        basket: what a purchase is worth, major units.
    """

    redemption: Floats
    gained: Floats
    spread: Floats
    basket: Floats


@dataclass(frozen=True)
class FittedPrior:
    """Estimates from the beliefs of `[priors]`.

    Attributes:
        priors: the beliefs.
        economics: margin and currency.
        horizon_days: over how many days the beliefs are held.
        rate: the shop's average orders a day of a customer.
        basket: the shop's average order, major units.
        evidence: that there is none, and why.
    """

    priors: PriorSettings
    economics: Economics
    horizon_days: int
    rate: float
    basket: float
    evidence: Evidence
    name: str = NAME

    @cached_property
    def version(self) -> str:
        """Hash of everything an estimate depends on."""
        return content_version(NAME, self.save()[0])

    def baseline(self, profiles: pa.Table) -> Baseline:
        """Return each customer's expected purchase without any offer."""
        count = profiles.num_rows
        orders = np.nan_to_num(_feature(profiles, "orders_90d"), nan=0.0)
        spend = np.nan_to_num(_feature(profiles, "spend_90d"), nan=0.0) / scale(self.economics.currency)
        tenure, recency = _feature(profiles, "tenure"), _feature(profiles, "recency")
        watched = np.clip(np.nan_to_num(tenure, nan=WINDOW_DAYS), 0.0, WINDOW_DAYS)
        rate = (orders + WEIGHT_DAYS * self.rate) / (watched + WEIGHT_DAYS)
        gaps = np.nan_to_num(recency, nan=0.0) * rate
        alive = np.where(np.isnan(recency), 0.5, np.minimum(1.0, PATIENCE / np.maximum(gaps, PATIENCE)))
        chance = 1 - np.exp(-rate * alive * self.horizon_days)
        basket = (spend + WEIGHT_ORDERS * self.basket) / (orders + WEIGHT_ORDERS)
        return Baseline(chance.reshape(count), basket.reshape(count))

    def belief(
        self, profiles: pa.Table, offer: Offer, *, used: Floats | None = None, depth: float | None = None
    ) -> Belief:
        """Return what is believed of one offer.

        Args:
            profiles: n customers.
            offer: which.
            used: (n,) learned chance to use it; the stated lift assumes that `priors.redemption` of the buyers do and
                is scaled down, never up, where fewer do. None = as assumed.
            depth: percentage points it took off in the past, where its terms do not say.
        """
        base = self.baseline(profiles)
        usual = points(offer, self.basket) or (depth or 0.0)
        # What a customer's basket does not reach takes nothing off: believed to move them, it would look free.
        deep = np.where(relief(offer, base.basket) == 0, 0.0, usual)
        room = 1 - base.chance
        gained = np.minimum(base.chance * self.priors.lift_per_point * deep, room)
        spread = np.minimum(base.chance * self.priors.lift_sd * deep, np.maximum(room, gained))
        redemption = self.priors.redemption * (base.chance + gained)
        if used is not None:
            share = np.where(redemption > used, used / np.where(redemption > 0, redemption, 1.0), 1.0)
            gained, spread, redemption = gained * share, spread * share, used
        return Belief(redemption, np.minimum(gained, redemption), spread, base.basket)

    def column(self, profiles: pa.Table, offer: Offer) -> Column:
        """Return the estimates of one offer."""
        belief = self.belief(profiles, offer)
        return Column(
            redemption=belief.redemption,
            conversion=belief.gained,
            revenue=belief.gained * belief.basket,
            cost=belief.redemption * relief(offer, belief.basket),
            profit_sd=self.economics.margin_rate * belief.spread * belief.basket,
        )

    def estimate(self, profiles: pa.Table, offers: Sequence[Offer]) -> pa.Table:
        """Return `ESTIMATES` for every profile and offer."""
        given = paying(offers)
        columns = [self.column(profiles, offer) for offer in given]
        return assemble(profiles, given, columns, economics=self.economics, version=self.version)

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest it can be made from again."""
        return {"prior.json": as_json(self.as_dict())}, {"model": NAME, "evidence": self.evidence.as_dict()}

    def as_dict(self) -> dict[str, Any]:
        """Return everything an estimate depends on as plain values."""
        return {
            "priors": msgspec.to_builtins(self.priors),
            "margin_rate": self.economics.margin_rate,
            "cost_share": self.economics.cost_share,
            "currency": self.economics.currency,
            "horizon_days": self.horizon_days,
            "rate": self.rate,
            "basket": self.basket,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any], evidence: Evidence) -> FittedPrior:
        """Make it again from `as_dict`."""
        return cls(
            priors=msgspec.convert(plain["priors"], PriorSettings),
            economics=Economics(plain["margin_rate"], plain["currency"], plain["cost_share"]),
            horizon_days=plain["horizon_days"],
            rate=plain["rate"],
            basket=plain["basket"],
            evidence=evidence,
        )


class Prior:
    """The model of a shop that has not tried anything yet."""

    name = NAME

    def fit(
        self,
        history: History,
        *,
        offers: Sequence[Offer],
        economics: Economics,
        priors: PriorSettings,
        seed: int,
        progress: Progress = silent,
    ) -> FittedPrior:
        """Take the shop's averages; `seed` and `progress` are not needed."""
        del seed, progress
        return believe(filled(history, offers, priors), economics, priors, ("prior_only",))

    def load(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> FittedPrior:
        """Make a saved prior again."""
        return FittedPrior.of(json.loads(files["prior.json"]), Evidence.of(manifest["evidence"]))


def believe(history: History, economics: Economics, priors: PriorSettings, reasons: tuple[str, ...]) -> FittedPrior:
    """Return the prior of a shop, its averages taken from the profiles the history knows."""
    known = history.known if history.known is not None else history.table
    tenure = np.nan_to_num(_feature(known, "tenure"), nan=WINDOW_DAYS)
    orders = float(np.nansum(_feature(known, "orders_90d")))
    spend = float(np.nansum(_feature(known, "spend_90d"))) / scale(economics.currency)
    watched = float(np.sum(np.clip(tenure, 1.0, WINDOW_DAYS)))
    rate, basket = (orders / watched if orders and watched else FALLBACK_RATE), (spend / orders if orders else 0.0)
    if basket == 0 and history.table.num_rows:
        bought = floats(history.table, "revenue")[floats(history.table, "revenue") > 0]
        basket = float(bought.mean()) if len(bought) else 0.0
    evidence = Evidence(NAME, reasons, history.table.num_rows, history.campaigns, left_out=dict(history.left_out))
    days = min(history.horizon_days, LASTS_DAYS)
    return FittedPrior(priors, economics, days, rate, basket, evidence)


def _feature(table: pa.Table, name: str) -> Floats:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return floats(table, name)
