"""What a shop learns between two rounds: who could have got what with which chance, and what came of it.

The learner, its judging on customers held out and how far it is believed are the product's own
(`response.of_history`, `response.choice`, `response.judging.belief`, `response.structural.redeeming`), put together as
`response.judging.competition.compete` does, but for the record it keeps for a reader: policy trees, depth curves and a
dozen classifiers for every round would take most of the time.

Most customers of a round get what the plan is sure of. They tell little beside those whom a lot decided, and thirty
rounds of them are many: of those who got what was most likely, so many are kept that this is half of what is kept of
customers like them. Who is kept hangs on what was drawn, so the chances are those among the kept, which are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from benchmarks._season_shop import Floats, Ints, Lived
from offersmith.events.synthetic.promotions import ARMS, CURRENCY, OFFERS, VALID_DAYS
from offersmith.response.base import HISTORY_KEYS, CampaignUse, Economics, History, floats, strings
from offersmith.response.choice.choose import choose
from offersmith.response.costs import CostLine, learn_cost, points
from offersmith.response.crossfit import folds
from offersmith.response.encode import Encoder
from offersmith.response.estimates import Column, assemble, within_use
from offersmith.response.judging.belief import Belief, believe, calibrations
from offersmith.response.judging.competition import distinct
from offersmith.response.learners.shared import FittedShared
from offersmith.response.linear import expit, steady
from offersmith.response.of_history import gather
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.redeeming import fit_redeeming
from offersmith.response.structural.stacked import Stacked

MOST = 60_000
"""Rows learned from, the latest: what is known of customers then is most like what is known now."""
LEAST = 100
"""Rows of every arm below which nothing is learned."""
FOLDS = 2
HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """The rows of one round that are learned from.

    Attributes:
        table: of `HISTORY_KEYS` and the features that were known when the round was planned.
        start: when that was.
    """

    table: pa.Table
    start: datetime


def kept(
    number: int, start: datetime, profiles: pa.Table, arm: Ints, chances: Floats, lived: Lived, luck: int
) -> Round:
    """Return the rows of a round that are learned from, with their chances among the kept.

    Args:
        number: of the round.
        start: when it began.
        profiles: `customer_id` and features, as they were known then.
        arm: (n,) what was given.
        chances: (k, n) with which each arm would have been; columns add up to 1.
        lived: what came of it.
        luck: seed of who is kept.
    """
    everybody = np.arange(arm.size)
    likely = chances.argmax(axis=0)
    most = chances[likely, everybody]
    # So many of the likely that they are as many as the others; none of those who had no other choice.
    share = np.minimum(1.0, (1 - most) / np.maximum(most, 1e-12) * HALF / (1 - HALF))
    inside = (arm != likely) | (np.random.default_rng(luck).random(arm.size) < share)
    among = chances.copy()
    among[likely, everybody] *= share
    rows = np.flatnonzero(inside & (share > 1e-9))
    among = among[:, rows] / among[:, rows].sum(axis=0)
    given, n = arm[rows], rows.size
    keys = {
        "customer_id": profiles["customer_id"].take(pa.array(rows)),
        "campaign_id": pa.repeat(f"round-{number + 1}", n),
        "moment": pa.repeat(pa.scalar(start, pa.timestamp("us")), n),
        "offer_id": pa.array(ARMS).take(pa.array(given)),
        "propensity": pa.array(among[given, np.arange(n)]),
        "chances": _maps(among),
        "redeemed": pa.array(lived.used[rows] > 0),
        "bought": pa.array(lived.orders[rows] > 0),
        "revenue": pa.array(lived.value[rows]),
        "cost": pa.array(lived.off[rows]),
        "cost_told": pa.array(lived.off[rows]),
        "untold": pa.nulls(n, HISTORY_KEYS.field("untold").type),
    }
    features = {name: profiles[name].take(pa.array(rows)) for name in profiles.column_names if name not in keys}
    schema = pa.schema([*HISTORY_KEYS, *(pa.field(name, pa.float64()) for name in features)])
    columns = [*keys.values(), *features.values()]
    arrays = [one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in columns]
    return Round(pa.Table.from_arrays(arrays, schema=schema), start)


def _maps(chances: Floats) -> pa.MapArray:
    arms, n = chances.shape
    ends = pa.array(np.arange(n + 1) * arms, pa.int32())
    names = pa.array(ARMS).take(pa.array(np.tile(np.arange(arms), n)))
    return pa.MapArray.from_arrays(ends, names, pa.array(chances.T.ravel()))


def history(rounds: Sequence[Round], now: datetime, profiles: pa.Table) -> History:
    """Return the latest rounds, as many whole ones as `MOST` rows hold (at least one), as the product's history."""
    used: list[Round] = []
    for one in reversed(rounds):
        if used and sum(each.table.num_rows for each in used) + one.table.num_rows > MOST:
            break
        used.append(one)
    uses = tuple(
        CampaignUse(f"round-{number + 1}", offer.offer_id, one.start, 0, 0, None, logged=True)
        for number, one in enumerate(reversed(used))
        for offer in OFFERS
    )
    table = pa.concat_tables([one.table for one in reversed(used)]) if used else HISTORY_KEYS.empty_table()
    return History(table, now, VALID_DAYS, campaigns=uses, known=profiles, folds=FOLDS, recorded=True)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned; makes the product's estimates.

    Attributes:
        encoder: makes features of profiles.
        columns: which are read.
        arms: names, nothing first.
        learner: effects of every arm on profit.
        belief: how far it is believed.
        codes: of offers, for `redeeming`.
        redeeming: log-odds of using an offer.
        costs: what a use costs.
        economics: margin and currency.
        version: name of the round it was learned after.
    """

    encoder: Encoder
    columns: Ints
    arms: tuple[str, ...]
    learner: FittedShared
    belief: Belief
    codes: Arms
    redeeming: Stacked
    costs: dict[str, CostLine]
    economics: Economics
    version: str

    def estimate(self, profiles: pa.Table) -> pa.Table:
        """Return `vocabulary.ESTIMATES` of all offers."""
        with steady():
            x = self.encoder.matrix(profiles)[:, self.columns]
            expected, effects = self.learner.expected(x), self.learner.effects(x)
            columns = []
            for arm, name in enumerate(self.arms[1:], start=1):
                use = expit(self.redeeming.predict(np.hstack([x, self.codes.same(name, len(x))])))
                cost = use * self.costs[name].of(expected.size[:, arm])
                profit = self.belief.profit(name, effects[:, arm])
                change = (profit + cost) / self.economics.margin_rate
                conversion, revenue = within_use(change, expected.size[:, arm], use, expected.chance[:, 0])
                columns.append(Column(use, conversion, revenue, cost, self.belief.spread(name, effects[:, arm])))
        given = tuple(offer for name in self.arms[1:] for offer in OFFERS if offer.offer_id == name)
        return assemble(profiles, given, columns, economics=self.economics, version=self.version)


def learn(past: History, margin: float, seed: int) -> Learned | None:
    """Learn from a history; None where there is too little of it."""
    if not past.table.num_rows:
        return None
    economics = Economics(margin, CURRENCY)
    found = gather(past, OFFERS, economics, seed=seed)
    if found.trial.counts.min() < LEAST or len(found.trial.arms) != len(ARMS):
        return None
    columns = distinct(found.trial.x)
    names = tuple(found.trial.names[column] for column in columns.tolist())
    trial = replace(found.trial, x=found.trial.x[:, columns], names=names)
    with steady():
        chosen = choose(trial, learners=("shared",), folds=FOLDS, seed=seed)
        if not isinstance(chosen.fitted, FittedShared) or past.known is None:
            return None
        today = chosen.fitted.effects(found.encoder.matrix(past.known)[:, columns])
        belief = believe(chosen, calibrations(chosen), today)
        table = past.table.take(pa.array(found.rows))
        spent, mine = floats(table, "cost"), trial.arm
        used = np.asarray(table["redeemed"].to_numpy(zero_copy_only=False), dtype=np.bool_)
        size = chosen.fitted.expected(trial.x).size
        basket = float(trial.sale.basket[trial.sale.bought].mean()) if trial.sale else 0.0
        codes = Arms({offer.offer_id: points(offer, basket) for offer in OFFERS})
        fold = folds(strings(table, "customer_id"), FOLDS, seed)
        kept_rows = replace(past, table=table)
        redeeming = fit_redeeming(kept_rows, trial.x, codes, fold, FOLDS, seed).fitted.whole
    costs = {}
    for arm, one in enumerate(trial.arms[1:], start=1):
        rows = used & (mine == arm)
        line = learn_cost(spent[rows], size[rows, arm])
        if line is None:
            return None
        costs[one.name] = line
    return Learned(
        encoder=found.encoder, columns=columns, arms=tuple(one.name for one in trial.arms), learner=chosen.fitted,
        belief=belief, codes=codes, redeeming=redeeming, costs=costs, economics=economics,
        version=f"shared-{len(past.campaigns)}",
    )  # fmt: skip


def moment(first: datetime, number: int) -> datetime:
    """Return when a round begins."""
    return first + timedelta(days=number * VALID_DAYS)
