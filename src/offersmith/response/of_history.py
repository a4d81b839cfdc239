"""A history as a trial: the arrays that learners learn from and judges judge on.

Arm 0 is nothing; every offer of the history that the data can support is another. An arm's economics are its terms'
(what they take off a basket, as a line above a minimum), scaled to what was really taken: not every buyer uses an
offer, it works once in a horizon of several baskets, and others may pay a part.

Chances are the logged ones; who had so small a one of some arm that it tells nothing is left out. A history without any
gets fitted ones: log-odds of each offer against nothing, campaign by campaign, from other customers than those they are
applied to (Begg & Gray 1984: the separate fits estimate the multinomial model). Rows with too small a fitted chance of
any arm of their campaign are not compared (trimming as in Crump et al. 2009). An arm whose rows are then worth fewer
than `MIN_EFFECTIVE` equally weighted customers is refused, and so is one of too many uses whose cost nobody recorded
and no terms say (`unrecorded.FEW`): it would be taken for free. All of them are counted. A history with some logged
campaigns is made of those alone: what selection bends would bend the rest.

Campaigns differ in what they could give and in their season. `chances` says of every row what it could have been given
(0 = it could not), and `block` which campaign it was: an arm may be compared with nothing only over rows that could
have had both, or a difference between two seasons is taken for its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.experiments.overlap import effective_size
from offersmith.response.base import Bools, Economics, Floats, History, Ints, flags, floats, strings
from offersmith.response.costs import learn_cost, relief
from offersmith.response.crossfit import crossfit, folds
from offersmith.response.encode import Encoder
from offersmith.response.linear import logistic, steady
from offersmith.response.logged import chance_of
from offersmith.response.scores import LOW, MIN_EFFECTIVE, PENALTY, steadiest
from offersmith.response.trial import Arm, Sale, Trial
from offersmith.response.unrecorded import COST_UNKNOWN, filled, spent
from offersmith.vocabulary import NO_OFFER, Offer

MIN_USED = 30
"""Fewer uses than this do not say what an offer takes off: those of all offers together do."""
GRID = 201


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A trial, and where it came from.

    Attributes:
        trial: the arrays; its rows are `rows` of the history.
        encoder: makes `trial.x` of profiles, now and at the time of estimating.
        rows: (n,) rows of the history's table.
        chances: (n, k) chance of every arm; 0 = the row could not have been given it; NaN = only the chance of what it
            was given is known.
        block: (n,) number of the campaign.
        campaigns: names of the blocks.
        left_out: offer -> reason code of `catalogue/response.toml`.
        trimmed: rows that had too small a fitted chance of an arm.
        effective: arm -> how many equally weighted customers its rows are worth.
    """

    trial: Trial
    encoder: Encoder
    rows: Ints
    chances: Floats
    block: Ints
    campaigns: tuple[str, ...]
    left_out: Mapping[str, str]
    trimmed: int
    effective: Mapping[str, float]


def trial(history: History, offers: Sequence[Offer], economics: Economics, *, seed: int = 0) -> Trial:
    """Return a history as arrays; see `gather`."""
    return gather(history, offers, economics, seed=seed).trial


def gather(history: History, offers: Sequence[Offer], economics: Economics, *, seed: int = 0) -> Gathered:
    """Return a history as arrays, with what was left out of it.

    Args:
        history: past decisions and what came of them.
        offers: the catalogue, for their terms.
        economics: margin, and the shop's part of the cost.
        seed: of the folds of fitted chances.
    """
    with steady():
        return _gather(filled(history, offers), offers, economics, seed)


def _gather(history: History, offers: Sequence[Offer], economics: Economics, seed: int) -> Gathered:
    known = np.isfinite(floats(history.table, "propensity"))
    logged = bool(known.any())
    rows = np.flatnonzero(known) if logged else np.arange(history.table.num_rows)
    table = history.table.take(pa.array(rows))
    encoder = Encoder.learn(table, history.features)
    x, given = encoder.matrix(table), strings(table, "offer_id")
    names = (NO_OFFER, *sorted(set(given.tolist()) - {NO_OFFER}))
    arm = np.array([names.index(name) for name in given.tolist()], dtype=np.int64)
    campaigns, block = np.unique(strings(table, "campaign_id"), return_inverse=True)
    if logged:
        chances = _logged(table, names, arm)
        held = _lots(chances, arm)
    else:
        fold = folds(strings(table, "customer_id"), history.folds, seed) if len(rows) else arm
        chances = _fitted(x, arm, block, fold, history.folds, len(names))
        held = _fair(chances)
    effective = _effective(arm[held], chances[held], names)
    unpriced = np.isin(np.arange(len(names)), arm[np.isnan(floats(table, "cost"))])
    refused = np.array([size < MIN_EFFECTIVE for size in effective.values()], dtype=np.bool_) | unpriced
    # Without anybody to compare with, no arm can be.
    refused[1:] |= refused[0]
    refused[0] = False
    keep = np.flatnonzero(held & ~refused[arm])
    # Who drew another arm is a fair sample with other chances: each divided by what was left for it.
    left = chances[keep] / (1 - np.nansum(chances[keep][:, refused], axis=1))[:, None]
    place = np.cumsum(~refused) - 1
    left, own = left[:, ~refused], place[arm[keep]].astype(np.int64)
    kept = table.take(pa.array(keep))
    taken = [name for name, out in zip(names, refused, strict=True) if not out]
    sale = Sale(flags(kept, "bought"), floats(kept, "revenue"), economics.margin_rate)
    made = Trial(
        x=x[keep],
        names=encoder.names,
        arm=own,
        arms=_arms(taken, own, kept, {offer.offer_id: offer for offer in offers}, economics, history.recorded),
        outcome=economics.profit(floats(kept, "revenue"), floats(kept, "cost")),
        propensity=np.clip(_own(left, own), 1e-9, 1.0),
        customer=np.unique(strings(kept, "customer_id"), return_inverse=True)[1].astype(np.int64),
        sale=sale,
        logged=logged,
    )
    return Gathered(
        trial=made,
        encoder=encoder,
        rows=rows[keep],
        chances=left,
        block=block[keep].astype(np.int64),
        campaigns=tuple(campaigns.tolist()),
        left_out={
            name: COST_UNKNOWN if unknown else "no_overlap"
            for name, out, unknown in zip(names, refused, unpriced, strict=True)
            if out
        },
        trimmed=int((~held).sum()),
        effective=effective,
    )


def _own(chances: Floats, arm: Ints) -> Floats:
    return np.asarray(chances[np.arange(len(arm)), arm])


def _logged(table: pa.Table, names: Sequence[str], arm: Ints) -> Floats:
    """Return (n, k) chances as they were written down; NaN where only that of the given arm was."""
    if "chances" in table.column_names:
        chances = np.column_stack([chance_of(table.column("chances"), name) for name in names])
    else:
        chances = np.full((table.num_rows, len(names)), np.nan)
    chances[np.arange(len(arm)), arm] = np.minimum(floats(table, "propensity"), 1.0)
    return np.asarray(chances)


def _lots(chances: Floats, arm: Ints) -> Bools:
    """Return who had a choice of arms, with chances that tell (`steadiest`; of several arms: Yang et al. 2016)."""
    held = _own(chances, arm) < 1 - 1e-9
    known = np.flatnonzero(held & np.isfinite(chances).all(axis=1))
    possible = np.where(chances[known] > 0, chances[known], np.inf)
    held[known] = steadiest((1 / possible).sum(axis=1))
    return np.asarray(held)


def _fitted(x: Floats, arm: Ints, block: Ints, fold: Ints, count: int, k: int) -> Floats:
    """Return (n, k) chances, campaign by campaign and out of fold; 0 of an arm its campaign did not have."""
    chances = np.zeros((len(arm), k))
    for campaign in np.unique(block):
        rows = np.flatnonzero(block == campaign)
        odds = np.full((len(rows), k), -np.inf)
        odds[:, 0] = 0.0
        for own in np.unique(arm[rows]):
            if own > 0:
                odds[:, own] = _log_odds(x[rows], arm[rows], int(own), fold[rows], count)
        raised = np.exp(odds - odds.max(axis=1, keepdims=True))
        chances[rows] = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _log_odds(x: Floats, arm: Ints, own: int, fold: Ints, count: int) -> Floats:
    def odds(learn: Ints, held: Ints) -> Floats:
        pair = learn[np.isin(arm[learn], (0, own))]
        return logistic(x[pair], (arm[pair] == own).astype(np.float64), PENALTY).predict(x[held])

    return np.clip(crossfit(fold, count, odds), -35, 35)


def _fair(chances: Floats) -> Bools:
    """Return who had a fair chance of every arm of their campaign: `LOW` of two arms, less of more."""
    possible = chances > 0
    least = np.min(np.where(possible, chances, 1.0), axis=1, initial=1.0)
    return np.asarray(least >= 2 * LOW / np.maximum(possible.sum(axis=1), 2))


def _effective(arm: Ints, chances: Floats, names: Sequence[str]) -> dict[str, float]:
    weight = 1 / np.maximum(_own(chances, arm), 1e-9)
    return {name: effective_size(weight[arm == number]) for number, name in enumerate(names)}


def _arms(
    names: Sequence[str],
    arm: Ints,
    table: pa.Table,
    known: Mapping[str, Offer],
    economics: Economics,
    recorded: bool | None,
) -> tuple[Arm, ...]:
    """Return the arms with what each takes off a buyer's spending on average, from the shop's own pocket."""
    bought, revenue = flags(table, "bought"), floats(table, "revenue")
    cost, users = floats(table, "cost"), spent(table, recorded)
    lines = [_line(known[name], revenue[bought]) if name in known else None for name in names]
    told = [np.zeros(len(arm)) if line is None else line.relief(revenue) * bought for line in lines]
    mine = [arm == number for number in range(len(names))]
    stated = np.array([part[rows].sum() for part, rows in zip(told, mine, strict=True)])
    paid = np.array([cost[rows].sum() for rows in mine])
    uses = np.array([int((users & rows).sum()) for rows in mine])
    by_terms = np.array([line is not None for line in lines])
    by_terms[0] = False
    whole = float(paid[by_terms].sum() / max(stated[by_terms].sum(), 1e-9)) if by_terms.any() else 1.0
    arms = [Arm(NO_OFFER)]
    for number, (name, line) in enumerate(list(zip(names, lines, strict=True))[1:], 1):
        if line is None:
            arms.append(_learned(name, cost, revenue, mine[number] & bought, economics.cost_share))
            continue
        used = float(paid[number] / stated[number]) if uses[number] >= MIN_USED and stated[number] > 0 else whole
        part = used * economics.cost_share
        arms.append(Arm(name, line.kind, part * line.share, part * line.fixed, line.minimum))
    return tuple(arms)


def _line(offer: Offer, baskets: Floats) -> Arm | None:
    """Return an offer's terms as a line above a minimum, fitted to what they take off usual baskets; None without.

    Exact for a share or an amount of the whole order; a cap is averaged over the shop's own baskets.
    """
    spent = baskets[baskets > 0]
    if not len(spent):
        return None
    grid = np.quantile(spent, np.linspace(0.0, 1.0, GRID))
    off = relief(offer, grid)
    given = off > 0
    if not given.any():
        return None
    low, high = float(grid[~given].max(initial=0.0)), float(grid[given].min())
    if relief(offer, np.array([low]))[0] > 0 or not (~given).any():
        minimum = 0.0
    else:
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (low, middle) if relief(offer, np.array([middle]))[0] > 0 else (middle, high)
        minimum = round(high, 6)
    x, y = grid[given], off[given]
    gap = x - x.mean()
    spread = float(gap @ gap)
    share = min(max(float(gap @ y) / spread, 0.0), float(y.mean() / x.mean())) if spread > 0 else 0.0
    return Arm(offer.offer_id, offer.kind, share, max(float(y.mean() - share * x.mean()), 0.0), minimum)


def _learned(name: str, cost: Floats, revenue: Floats, buyers: Bools, part: float) -> Arm:
    """Return an arm of which no terms are known: what it cost its buyers, as a line over what they spent."""
    line = learn_cost(cost[buyers], revenue[buyers])
    return Arm(name) if line is None else Arm(name, "", part * line.share, part * line.fixed)
