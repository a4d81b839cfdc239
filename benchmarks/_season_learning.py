"""What a shop learns between two rounds: who could have got what with which chance, and what came of it.

The learner, its judging on customers held out and how far it is believed are the product's own
(`response.of_history`, `response.choice`, `response.judging.belief`, `response.structural.redeeming`), put together as
`response.judging.competition.compete` does, but for the record it keeps for a reader: policy trees, depth curves and a
dozen classifiers for every round would take most of the time.

Most customers of a round get what the plan is sure of. They tell little beside those whom a lot decided, and thirty
rounds of them are many: of those who got what was most likely, so many are kept that they are a stated part of all that
are kept of customers like them. Who is kept hangs on what was drawn, so the chances are those among the kept, which are
exact. What is shipped learns from many of them (`LEARNED`); how far it is believed is judged on fewer (`JUDGED`), where
no chance is so small that a single customer outweighs hundreds. Rounds are never forgotten: the first ones, all by lot,
tell most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from benchmarks._season_shop import Floats, Ints, Lived
from offersmith.events.synthetic.promotions import ARMS, CURRENCY, OFFERS, VALID_DAYS
from offersmith.response.base import HISTORY_KEYS, CampaignUse, Economics, Evidence, History, floats, strings
from offersmith.response.choice.choose import choose
from offersmith.response.costs import CostLine, learn_cost, points
from offersmith.response.crossfit import folds
from offersmith.response.judging.belief import believe, calibrations
from offersmith.response.judging.competition import distinct
from offersmith.response.judging.usual import Usual, fit_usual, parts_of
from offersmith.response.learned import FittedLearned
from offersmith.response.learners import LEARNERS as ALL
from offersmith.response.learners.shared import FittedShared
from offersmith.response.linear import steady
from offersmith.response.of_history import gather
from offersmith.response.prior import believe as stated
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.redeeming import fit_redeeming, used
from offersmith.response.trial import Trial
from offersmith.settings import PriorSettings

LEARNERS = ("average",)
"""Who learns: the average of `shared` and `logit`. Where they compete, who wins changes from round to round, and with
it how far costs are off; the other usual ones are never close here."""
LEAST = 100
"""Rows of every arm below which nothing is learned."""
FOLDS = 2
LEARNED, JUDGED = 0.8, 0.5
"""Part of the kept of a kind of customers who got what was likely, of the rows learned from and of those judged by."""


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """The rows of one round that are kept, tables of `HISTORY_KEYS` and the features known when it was planned.

    Attributes:
        learned: what learners learn from.
        judged: what they are judged by, a part of the same customers with other chances.
        start: when it was planned.
    """

    learned: pa.Table
    judged: pa.Table
    start: datetime


def kept(
    number: int, start: datetime, profiles: pa.Table, arm: Ints, chances: Floats, lived: Lived, luck: int
) -> Round:
    """Return the rows of a round that are learned from and judged by, with their chances among the kept.

    Args:
        number: of the round.
        start: when it began.
        profiles: `customer_id` and features, as they were known then.
        arm: (n,) what was given.
        chances: (k, n) with which each arm would have been; columns add up to 1.
        lived: what came of it.
        luck: seed of who is kept.
    """
    drawn = np.random.default_rng(luck).random(arm.size)
    learned, judged = (_kept(number, start, profiles, arm, chances, lived, drawn, part) for part in (LEARNED, JUDGED))
    return Round(learned, judged, start)


def _kept(
    number: int,
    start: datetime,
    profiles: pa.Table,
    arm: Ints,
    chances: Floats,
    lived: Lived,
    drawn: Floats,
    part: float,
) -> pa.Table:
    """Return the rows of a round, of which `part` of each kind of customers got what was likely."""
    everybody = np.arange(arm.size)
    likely = chances.argmax(axis=0)
    most = chances[likely, everybody]
    # None is kept of those who had no other choice.
    share = np.minimum(1.0, (1 - most) / np.maximum(most, 1e-12) * part / (1 - part))
    inside = (arm != likely) | (drawn < share)
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
    return pa.Table.from_arrays(arrays, schema=schema)


def _maps(chances: Floats) -> pa.MapArray:
    arms, n = chances.shape
    ends = pa.array(np.arange(n + 1) * arms, pa.int32())
    names = pa.array(ARMS).take(pa.array(np.tile(np.arange(arms), n)))
    return pa.MapArray.from_arrays(ends, names, pa.array(chances.T.ravel()))


def history(rounds: Sequence[Round], now: datetime, profiles: pa.Table, *, learned: bool = False) -> History:
    """Return the rounds as the product's history: the rows that are judged by, or those that are learned from."""
    uses = tuple(
        CampaignUse(f"round-{number + 1}", offer.offer_id, one.start, 0, 0, None, logged=True)
        for number, one in enumerate(rounds)
        for offer in OFFERS
    )
    tables = [one.learned if learned else one.judged for one in rounds]
    table = pa.concat_tables(tables) if tables else HISTORY_KEYS.empty_table()
    return History(table, now, VALID_DAYS, campaigns=uses, known=profiles, folds=FOLDS, recorded=True)


def learn(rounds: Sequence[Round], now: datetime, profiles: pa.Table, margin: float, seed: int) -> FittedLearned | None:
    """Learn from all rounds what holds at a moment; None where there is too little of it."""
    past = history(rounds, now, profiles)
    if not past.table.num_rows or past.known is None:
        return None
    economics = Economics(margin, CURRENCY)
    found = gather(past, OFFERS, economics, seed=seed)
    if len(found.trial.arms) != len(ARMS) or found.trial.counts.min() < LEAST or found.trial.sale is None:
        return None
    columns = distinct(found.trial.x)
    names = tuple(found.trial.names[column] for column in columns.tolist())
    trial = replace(found.trial, x=found.trial.x[:, columns], names=names)
    rows = replace(past, table=past.table.take(pa.array(found.rows)))
    with steady():
        chosen = choose(trial, learners=LEARNERS, folds=FOLDS, seed=seed)
        more = history(rounds, now, profiles, learned=True)
        whole = gather(more, OFFERS, economics, seed=seed)
        x = found.encoder.matrix(more.table)[whole.rows][:, columns]
        chosen = replace(chosen, fitted=ALL[chosen.name].fit(replace(whole.trial, x=x, names=names), seed=seed))
        if chosen.fitted is None:
            return None
        parts = parts_of(chosen.fitted)
        usual = None if parts else fit_usual(trial, found.trial.sale)
        today = chosen.fitted.effects(found.encoder.matrix(past.known)[:, columns])
        codes = Arms({offer.offer_id: points(offer, _usual_basket(trial)) for offer in OFFERS})
        fold = folds(strings(rows.table, "customer_id"), FOLDS, seed)
        return FittedLearned(
            encoder=found.encoder,
            columns=tuple(columns.tolist()),
            arms=tuple(arm.name for arm in trial.arms),
            learner=chosen.fitted,
            usual=usual,
            belief=believe(chosen, calibrations(chosen), today),
            codes=codes,
            redeeming=fit_redeeming(rows, trial.x, codes, fold, FOLDS, seed).fitted.whole,
            costs=_costs(rows, trial, parts, usual),
            prior=stated(past, economics, PriorSettings(), ()),
            evidence=Evidence(model=chosen.name, reasons=(f"policy_{chosen.policy.kind}",), rows=len(trial)),
        )


def _usual_basket(trial: Trial) -> float:
    """Return what a buyer spends on average."""
    return float(trial.sale.basket[trial.sale.bought].mean()) if trial.sale else 0.0


def _costs(rows: History, trial: Trial, parts: FittedShared | None, usual: Usual | None) -> dict[str, CostLine]:
    """Return what a use of each offer cost, as a line over the basket expected of who used it."""
    size = np.zeros((len(trial), len(trial.arms)))
    if parts is not None:
        size = parts.expected(trial.x).size
    elif usual is not None:
        size += usual.expected(trial.x)[1][:, None]
    spent, uses, lines = floats(rows.table, "cost"), used(rows), {}
    for number, arm in enumerate(trial.arms[1:], start=1):
        here = uses & (trial.arm == number)
        line = learn_cost(spent[here], size[here, number])
        if line:
            lines[arm.name] = line
    return lines


def moment(first: datetime, number: int) -> datetime:
    """Return when a round begins."""
    return first + timedelta(days=number * VALID_DAYS)
