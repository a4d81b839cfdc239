"""The model of a shop that gives offers by lot: many learners compete, customers they have not seen decide.

A history whose chances were written down is a trial (`of_history`). Learners are fitted on some customers and their
policies judged on others (`choice`); the best one says what every offer changes in profit, believed as far as held-out
customers bear it out (`judging.belief`). A policy that was not shown to pay earns no estimate above nothing, so that no
plan rests on it. Use is learned from those who were given something, cost is known arithmetic on it, and the change of
revenue is what the believed profit and that cost leave: the three always agree as `Economics` has it.

Offers that were never given keep the stated prior. Without written chances, or with too few rows, another model
answers: held-out values would mistake selection for effect (`boosting` is held to a placebo), or decide nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.progress import Progress, silent
from offersmith.response.base import Economics, Evidence, FittedResponse, Floats, History
from offersmith.response.boosting import Boosting, FittedBoosting
from offersmith.response.constant import FittedConstant
from offersmith.response.costs import CostLine, relief
from offersmith.response.encode import Encoder
from offersmith.response.estimates import Column, as_json, assemble, content_version, paying, within_use
from offersmith.response.judging.belief import Belief
from offersmith.response.judging.competition import USUAL, Competed, compete
from offersmith.response.judging.usual import Usual, parts_of
from offersmith.response.learners import LEARNERS
from offersmith.response.learners.base import FittedEffects
from offersmith.response.linear import expit, steady
from offersmith.response.prior import READS, FittedPrior
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.stacked import Stacked
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer

NAME = "learned"
_LEARNER = "learner-"


@dataclass(frozen=True)
class FittedLearned:
    """Estimates of the offers that were given by lot, the prior's for those that were not.

    Attributes:
        encoder: makes features of profiles.
        columns: which of them are read.
        arms: names of the learner's arms, nothing first.
        learner: says what every arm changes in profit.
        usual: what happens without an offer, of a learner that does not say; else None.
        belief: how far the learner is believed.
        codes: how offers are coded for `redeeming`.
        redeeming: log-odds of using an offer; None where no use was ever recorded.
        costs: what a use costs, of offers that were used.
        prior: for other offers; holds margin and currency.
        evidence: what it learned from, and how it was judged.
    """

    encoder: Encoder
    columns: tuple[int, ...]
    arms: tuple[str, ...]
    learner: FittedEffects
    usual: Usual | None
    belief: Belief
    codes: Arms
    redeeming: Stacked | None
    costs: Mapping[str, CostLine]
    prior: FittedPrior
    evidence: Evidence
    name: str = NAME

    @cached_property
    def version(self) -> str:
        """Hash of everything an estimate depends on."""
        return content_version(NAME, self.save()[0])

    def estimate(self, profiles: pa.Table, offers: Sequence[Offer]) -> pa.Table:
        """Return `ESTIMATES` for every profile and offer."""
        given, economics = paying(offers), self.prior.economics
        if not given or not profiles.num_rows:
            return assemble(profiles, (), (), economics=economics, version=self.version)
        with steady():
            x = self.encoder.matrix(profiles)[:, list(self.columns)]
            effects = self.learner.effects(x)
            chance, basket = self._usual(x)
            columns = []
            for offer in given:
                if offer.offer_id in self.belief.arms:
                    arm = self.arms.index(offer.offer_id)
                    columns.append(self._column(x, offer, effects[:, arm], chance[:, [0, arm]], basket[:, arm]))
                else:
                    columns.append(self.prior.column(profiles, offer))
        return assemble(profiles, given, columns, economics=economics, version=self.version)

    def reads(self, offers: Sequence[Offer]) -> tuple[str, ...]:
        """Return the features that estimates of some offers hang on; the prior's too where one was never given."""
        own = (self.encoder.names[index].removesuffix(" missing") for index in self.columns)
        known = all(offer.offer_id in self.belief.arms for offer in paying(offers))
        return tuple(dict.fromkeys([*own, *(() if known else READS)]))

    def _usual(self, x: Floats) -> tuple[Floats, Floats]:
        """Return (n, k) chances to buy and (n, k) baskets of buyers, major units."""
        parts = parts_of(self.learner)
        if parts is not None:
            expected = parts.expected(x)
            return expected.chance, expected.size
        if self.usual is None:
            raise AssertionError("a learner without parts is kept with its usual chances")
        wide = np.ones((1, len(self.arms)))
        chance, basket = self.usual.expected(x)
        return chance[:, None] * wide, basket[:, None] * wide

    def _column(self, x: Floats, offer: Offer, effect: Floats, chance: Floats, basket: Floats) -> Column:
        name, economics = offer.offer_id, self.prior.economics
        redemption = self._redemption(x, name, chance[:, 1])
        line = self.costs.get(name)
        cost = redemption * (line.of(basket) if line else relief(offer, basket))
        profit = self.belief.profit(name, effect)
        # Without a margin profit says nothing of revenue; what the chances say is all there is.
        change = (
            (profit + economics.cost_share * cost) / economics.margin_rate
            if economics.margin_rate > 0
            else (chance[:, 1] - chance[:, 0]) * basket
        )
        conversion, revenue = within_use(change, basket, redemption, chance[:, 0])
        return Column(redemption, conversion, revenue, cost, self.belief.spread(name, effect))

    def _redemption(self, x: Floats, name: str, chance: Floats) -> Floats:
        """Return (n,) chances to use an offer: as learned, or to buy at all where no use was ever recorded."""
        if self.redeeming is None:
            return chance
        return expit(self.redeeming.predict(np.hstack([x, self.codes.same(name, len(x))])))

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest it can be made from again."""
        files, values = self.learner.save()
        plain = {
            "encoder": self.encoder.as_dict(),
            "columns": list(self.columns),
            "arms": list(self.arms),
            "learner": {"name": self.learner.name, "values": values},
            "usual": self.usual.as_dict() if self.usual else None,
            "belief": self.belief.as_dict(),
            "depth": dict(self.codes.depth),
            "redeeming": self.redeeming.as_dict() if self.redeeming else None,
            "costs": {name: line.as_dict() for name, line in self.costs.items()},
            "prior": self.prior.as_dict(),
        }
        kept = {f"{_LEARNER}{name}": content for name, content in files.items()}
        kept["redeeming.txt"] = self.redeeming.trees.encode() if self.redeeming else b""
        return kept | {"learned.json": as_json(plain)}, {"model": NAME, "evidence": self.evidence.as_dict()}


@dataclass(frozen=True)
class Learned:
    """Lets learners compete.

    Attributes:
        learners: names of `learners.LEARNERS`, in order of preference where two cannot be told apart.
        grid: whether further settings of them are tried too.
        tells: whether a history that says less of the offers than the stated priors is left to `boosting` too, which
            weighs the two.
        name: key of `response.MODELS`.
    """

    learners: tuple[str, ...] = USUAL
    grid: bool = False
    tells: bool = False
    name: str = NAME

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
        """Learn; `boosting` answers where chances are not known or rows are few, with a reason code."""
        with steady():
            found = compete(
                history, offers, economics, priors, self.learners, self.grid, seed, progress, tells=self.tells
            )
        if isinstance(found, str):
            return _instead(
                Boosting().fit(history, offers=offers, economics=economics, priors=priors, seed=seed), found
            )
        return _fitted(found)

    def load(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> FittedLearned:
        """Make a saved model again."""
        plain = json.loads(files["learned.json"])
        evidence = Evidence.of(manifest["evidence"])
        own = {name.removeprefix(_LEARNER): data for name, data in files.items() if name.startswith(_LEARNER)}
        learner, redeeming = plain["learner"], plain["redeeming"]
        return FittedLearned(
            encoder=Encoder.of(plain["encoder"]),
            columns=tuple(plain["columns"]),
            arms=tuple(plain["arms"]),
            learner=LEARNERS[learner["name"]].load(own, learner["values"]),
            usual=Usual.of(plain["usual"]) if plain["usual"] else None,
            belief=Belief.of(plain["belief"]),
            codes=Arms(plain["depth"]),
            redeeming=Stacked.of(redeeming, files["redeeming.txt"].decode()) if redeeming else None,
            costs={name: CostLine(**line) for name, line in plain["costs"].items()},
            prior=FittedPrior.of(plain["prior"], evidence),
            evidence=evidence,
        )


def _instead(fitted: FittedResponse, reason: str) -> FittedResponse:
    """Say why another model answers, where it learned anything at all."""
    if not isinstance(fitted, FittedBoosting | FittedConstant):
        return fitted
    return replace(fitted, evidence=replace(fitted.evidence, reasons=(*fitted.evidence.reasons, reason)))


def _fitted(found: Competed) -> FittedLearned:
    return FittedLearned(
        encoder=found.encoder,
        columns=tuple(found.columns.tolist()),
        arms=tuple(arm.name for arm in found.chosen.gains.trial.arms),
        learner=found.learner,
        usual=found.usual,
        belief=found.belief,
        codes=found.codes,
        redeeming=found.redeeming,
        costs=found.costs,
        prior=found.prior,
        evidence=found.evidence,
    )
