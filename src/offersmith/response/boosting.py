"""The structural model with boosted trees, held to what doubly robust scores allow.

Three cross-fitted parts share all rows: who redeems what they are given, who buys, and for how much (`structural`). How
much an offer does on average is the mean of its doubly robust scores (Robins et al. 1994), campaign by campaign
(`scores`). The predicted change of revenue is regressed on the same scores (calibration of uplift as in Semenova &
Chernozhukov 2021): the slope says how far predicted differences between customers hold. Both are shrunk, the mean
towards the stated prior, and as far as a placebo found selection (`weighing`). Cost is known arithmetic on the chance
to redeem.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.progress import Progress, silent
from offersmith.response.base import Economics, Evidence, FittedResponse, Floats, History, flags
from offersmith.response.constant import Constant
from offersmith.response.costs import CostLine, relief
from offersmith.response.encode import Encoder
from offersmith.response.estimates import Column, as_json, assemble, content_version, paying, within_use
from offersmith.response.linear import expit, steady
from offersmith.response.prior import FittedPrior
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.core import Core, Parts
from offersmith.response.structural.fit import Calibration, Fitted, learn
from offersmith.response.structural.stacked import Stacked
from offersmith.response.unrecorded import filled
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer

NAME = "boosting"
MIN_ROWS = 100
MIN_TREATED = 50
MIN_BUYERS = 60
MIN_REDEEMERS = 10


@dataclass(frozen=True)
class FittedBoosting:
    """Estimates for the offers that were given, the prior's for those that were not.

    Attributes:
        fitted: the learned parts.
        prior: for unknown offers; holds margin and currency.
        evidence: what it learned from.
    """

    fitted: Fitted
    prior: FittedPrior
    evidence: Evidence
    name: str = NAME

    @cached_property
    def version(self) -> str:
        """Hash of everything an estimate depends on."""
        return content_version(NAME, self.save()[0])

    def estimate(self, profiles: pa.Table, offers: Sequence[Offer]) -> pa.Table:
        """Return `ESTIMATES` for every profile and offer."""
        given = paying(offers)
        economics = self.prior.economics
        if not given or not profiles.num_rows:
            return assemble(profiles, (), (), economics=economics, version=self.version)
        with steady():
            x = self.fitted.encoder.matrix(profiles)
            nothing = self.fitted.core.parts(x, NO_OFFER)
            columns = [
                self._column(profiles, x, offer, nothing)
                if offer.offer_id in self.fitted.calibration
                else self.prior.column(profiles, offer)
                for offer in given
            ]
        return assemble(profiles, given, columns, economics=economics, version=self.version)

    def _column(self, profiles: pa.Table, x: Floats, offer: Offer, nothing: Parts) -> Column:
        name, fitted = offer.offer_id, self.fitted
        parts = fitted.core.parts(x, name)
        raw = parts.revenue - nothing.revenue
        held = fitted.calibration[name]
        codes = fitted.core.arms.same(name, len(x))
        redemption = expit(fitted.redeeming.predict(np.hstack([x, codes])))
        line = fitted.costs.get(name)
        cost = line.of(parts.basket) if line else relief(offer, parts.basket)
        belief = self.prior.belief(profiles, offer, used=redemption, depth=fitted.core.arms.depth[name])
        change = held.revenue(raw, belief.gained * belief.basket)
        # By the prior who is won brings an order, by the core all they spend in the horizon: each as far as believed.
        won = held.trust * parts.basket + (1 - held.trust) * belief.basket
        conversion, revenue = within_use(change, won, redemption, nothing.chance)
        return Column(
            redemption=redemption,
            conversion=conversion,
            revenue=revenue,
            cost=redemption * cost,
            profit_sd=self.prior.economics.margin_rate * held.spread(raw),
        )

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest it can be made from again."""
        fitted = self.fitted
        plain = {
            "encoder": fitted.encoder.as_dict(),
            "core": fitted.core.as_dict(),
            "redeeming": fitted.redeeming.as_dict(),
            "calibration": {name: held.as_dict() for name, held in fitted.calibration.items()},
            "costs": {name: line.as_dict() for name, line in fitted.costs.items()},
            "prior": self.prior.as_dict(),
        }
        files = {"boosting.json": as_json(plain)}
        trees = {"buying": fitted.core.buying, "basket": fitted.core.basket, "redeeming": fitted.redeeming}
        files |= {f"{name}.txt": part.trees.encode() for name, part in trees.items()}
        return files, {"model": NAME, "evidence": self.evidence.as_dict()}


class Boosting:
    """Learns the structural model."""

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
    ) -> FittedResponse:
        """Learn; with too little history the answer is `constant`'s or the prior's, with a reason code."""
        del progress
        history = filled(history, offers, priors)
        bought = history.table.column("bought").to_numpy(zero_copy_only=False)
        few = history.table.num_rows < MIN_ROWS or history.treated < MIN_TREATED
        used = int((flags(history.table, "redeemed") & history.labelled).sum())
        if few or int(bought.sum()) < MIN_BUYERS or used < MIN_REDEEMERS:
            return Constant().fit(history, offers=offers, economics=economics, priors=priors, seed=seed)
        with steady():
            fitted, prior, evidence = learn(history, offers, economics, priors, seed)
        return FittedBoosting(fitted, prior, evidence)

    def load(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> FittedBoosting:
        """Make a saved model again."""
        plain = json.loads(files["boosting.json"])
        evidence = Evidence.of(manifest["evidence"])
        trees = {name: files[f"{name}.txt"].decode() for name in ("buying", "basket", "redeeming")}
        core = plain["core"]
        fitted = Fitted(
            encoder=Encoder.of(plain["encoder"]),
            core=Core(
                arms=Arms(core["depth"]),
                buying=Stacked.of(core["buying"], trees["buying"]),
                basket=Stacked.of(core["basket"], trees["basket"]),
                smear=core["smear"],
                factor=core["factor"],
            ),
            redeeming=Stacked.of(plain["redeeming"], trees["redeeming"]),
            calibration={name: Calibration(**held) for name, held in plain["calibration"].items()},
            costs={name: CostLine(**line) for name, line in plain["costs"].items()},
        )
        return FittedBoosting(fitted, FittedPrior.of(plain["prior"], evidence), evidence)
