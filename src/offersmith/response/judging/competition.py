"""Learners compete on a history whose chances were written down; the best one and what is believed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from offersmith.progress import Progress
from offersmith.response.base import Economics, Evidence, Floats, History, Ints, OfferEffect, floats, strings
from offersmith.response.choice.choose import Chosen, choose
from offersmith.response.constant import depth_of
from offersmith.response.costs import CostLine, learn_cost, points
from offersmith.response.crossfit import folds
from offersmith.response.encode import Encoder
from offersmith.response.judging.belief import Belief, believe, calibrations
from offersmith.response.judging.record import record
from offersmith.response.judging.usual import Usual, fit_usual, parts_of
from offersmith.response.learners.base import FittedEffects
from offersmith.response.of_history import Gathered, gather
from offersmith.response.prior import FittedPrior
from offersmith.response.prior import believe as prior_of
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.redeeming import fit_redeeming, used
from offersmith.response.structural.stacked import Stacked
from offersmith.response.unrecorded import COST_UNKNOWN, filled, spent
from offersmith.response.weighing import expected
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer

USUAL = ("shared", "logit", "average", "constant", "s_boosting", "t_boosting", "dr_linear")
"""Who competes in a shop. `additive` is `shared` without its trees, and costs as much."""
LEAST_ROWS = 100
"""Of every arm."""
LEAST_BUYERS = 60
LEAST_USED = 10
SAME = 0.9
"""Columns correlated more than this say the same; learners cost as much as they have columns."""
FOLDS = ((20_000, 3),)
"""Folds for so many rows at most; 2 for more."""
USE_FOLDS = 3
"""Of the model of use."""
TODAY = 200_000
"""Customers of today over whom effects are averaged, at most: 10 million of them, encoded, take gigabytes."""

CHANCES_NEEDED = "chances_needed"
TOO_FEW = "too_few_to_judge"
SAYS_LESS = "says_less_than_beliefs"


@dataclass(frozen=True, slots=True, eq=False)
class Competed:
    """What came of it; attributes as of `learned.FittedLearned`.

    Attributes:
        chosen: the judging itself.
        encoder: makes features of profiles.
        columns: which of them are read.
    """

    chosen: Chosen
    encoder: Encoder
    columns: Ints
    learner: FittedEffects
    usual: Usual | None
    belief: Belief
    codes: Arms
    redeeming: Stacked | None
    costs: Mapping[str, CostLine]
    prior: FittedPrior
    evidence: Evidence


def compete(
    history: History,
    offers: Sequence[Offer],
    economics: Economics,
    priors: PriorSettings,
    learners: Sequence[str],
    grid: bool,
    seed: int,
    progress: Progress,
    *,
    tells: bool = False,
) -> Competed | str:
    """Let learners compete; a reason code where the history cannot judge them.

    Args:
        history: past decisions and what came of them.
        offers: the catalogue, for their terms.
        economics: margin, and the shop's part of the cost.
        priors: for offers that were never given.
        learners: names of `learners.LEARNERS`.
        grid: whether further settings of them are tried too.
        seed: of everything.
        progress: told after each fit.
        tells: whether a history that says less of the offers than the stated priors is refused too.
    """
    if not history.treated or not np.isfinite(floats(history.table, "propensity")).any():
        return CHANCES_NEEDED
    history = filled(history, offers, priors)
    found = gather(history, offers, economics, seed=seed)
    kept, apart = comparable(found)
    if not enough(kept):
        return TOO_FEW
    if tells and not informative(history, kept, offers, economics, priors):
        return SAYS_LESS
    lost = {
        **{code: _of_offers(history, found.left_out, code) for code in ("no_overlap", COST_UNKNOWN)},
        "chances_too_small": found.trimmed,
        "not_every_arm": apart,
        "immature": _most(history, "still_open"),
        "overlapping": _most(history, "set_aside"),
    }
    columns = distinct(kept.trial.x)
    trial = replace(
        kept.trial, x=kept.trial.x[:, columns], names=tuple(kept.trial.names[column] for column in columns.tolist())
    )
    count = next((few for most, few in FOLDS if len(trial) <= most), 2)
    chosen = choose(trial, learners=learners, grid=grid, folds=count, seed=seed, progress=progress)
    if chosen.fitted is None:
        return TOO_FEW
    progress("response.stage_record", 0, None)
    return _competed(replace(history, table=history.table.take(pa.array(kept.rows))), kept, lost, columns, chosen,
                     offers, economics, priors, seed)  # fmt: skip


def comparable(found: Gathered) -> tuple[Gathered, int]:
    """Return the rows that could have had every arm, and how many could not.

    Scores of several arms are compared row by row; a campaign that never gave one of them says nothing of it, and its
    season must not be taken for the arm's effect.
    """
    possible = ~(found.chances == 0).any(axis=1)
    rows = np.flatnonzero(possible)
    if len(rows) == len(possible):
        return found, 0
    held = replace(
        found,
        trial=found.trial.take(rows),
        rows=found.rows[rows],
        chances=found.chances[rows],
        block=found.block[rows],
    )
    return held, int((~possible).sum())


def _of_offers(history: History, left_out: Mapping[str, str], code: str) -> int:
    """Return how many rows were given an offer that was left out for a reason."""
    names = sorted(name for name, reason in left_out.items() if reason == code)
    return int(np.isin(strings(history.table, "offer_id"), names).sum())


def _most(history: History, name: str) -> int:
    """Return a count of all campaigns; the offers of one share it."""
    most: dict[str, int] = {}
    for use in history.campaigns:
        most[use.campaign_id] = max(most.get(use.campaign_id, 0), int(getattr(use, name)))
    return sum(most.values())


def enough(found: Gathered) -> bool:
    """Whether there are rows enough to learn from some customers and judge on others."""
    trial = found.trial
    if not trial.logged or trial.sale is None or len(trial.arms) < 2 or not trial.names:
        return False
    buyers = int((trial.sale.bought & (trial.sale.basket > 0)).sum())
    several = len(np.unique(trial.customer)) >= LEAST_ROWS
    return bool(trial.counts.min() >= LEAST_ROWS) and buyers >= LEAST_BUYERS and several


def informative(
    history: History, found: Gathered, offers: Sequence[Offer], economics: Economics, priors: PriorSettings
) -> bool:
    """Whether the rows say more of the average offer than the stated priors do.

    Held-out customers alone decide what is given; where they say less than the prior, they would decide for nothing
    whatever is true, and a model that weighs the two is better.
    """
    trial = found.trial
    prior = prior_of(history, economics, priors, ())
    known = {offer.offer_id: offer for offer in offers}
    table = history.table.take(pa.array(found.rows))
    even = np.full(len(trial), 1 / len(trial))
    error = [float(np.sqrt(trial.outcome[trial.arm == arm].var() / size)) for arm, size in enumerate(trial.counts)]
    held = []
    for number, arm in enumerate(trial.arms[1:], start=1):
        depth = depth_of(history, strings(history.table, "offer_id") == arm.name)
        _, sd = expected(prior, table, known.get(arm.name, Offer(arm.name, "unknown")), depth, None, even)
        held.append(float(np.hypot(error[0], error[number])) < economics.margin_rate * sd or sd == 0)
    return sum(held) * 2 >= len(held)


def distinct(x: Floats) -> Ints:
    """Return the columns of (n, p) features that an earlier one does not say already."""
    spread = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    alike = np.abs(scaled.T @ scaled) / len(x)
    kept: list[int] = []
    for column in range(x.shape[1]):
        if spread[column] > 1e-9 and (not kept or float(alike[column, kept].max()) <= SAME):
            kept.append(column)
    return np.array(kept, dtype=np.int64)


def _competed(
    history: History,
    kept: Gathered,
    lost: Mapping[str, int],
    columns: Ints,
    chosen: Chosen,
    offers: Sequence[Offer],
    economics: Economics,
    priors: PriorSettings,
    seed: int,
) -> Competed:
    """Put together what was learned; `history` has the trial's rows only."""
    learner, trial = chosen.fitted, chosen.gains.trial
    if learner is None or trial.sale is None:
        raise AssertionError("asked of a fitted learner of sales only")
    prior = prior_of(history, economics, priors, ())
    known = {offer.offer_id: offer for offer in offers}
    given = strings(history.table, "offer_id")
    depth = {
        arm.name: (points(known[arm.name], prior.basket) if arm.name in known else 0.0)
        or depth_of(history, given == arm.name)
        for arm in trial.arms[1:]
    }
    codes = Arms(depth)
    fold = folds(strings(history.table, "customer_id"), USE_FOLDS, seed)
    use = (
        fit_redeeming(history, trial.x, codes, fold, USE_FOLDS, seed)
        if int(used(history).sum()) >= LEAST_USED
        else None
    )
    lines = calibrations(chosen)
    known_now = history.known if history.known is not None and history.known.num_rows else history.table
    today = learner.effects(kept.encoder.matrix(some(known_now, seed))[:, columns])
    belief = believe(chosen, lines, today)
    usual = None if parts_of(learner) else fit_usual(trial, trial.sale)
    return Competed(
        chosen=chosen,
        encoder=kept.encoder,
        columns=columns,
        learner=learner,
        usual=usual,
        belief=belief,
        codes=codes,
        redeeming=use.fitted.whole if use else None,
        costs=_costs(history, trial.x, learner, usual, tuple(arm.name for arm in trial.arms)),
        prior=prior,
        evidence=Evidence(
            model="learned",
            reasons=(f"policy_{chosen.policy.kind}",),
            rows=len(trial),
            campaigns=history.campaigns,
            scores=use.scores() if use else {},
            reliability=use.reliability() if use else (),
            effects=_effects(history, chosen, belief, today, prior, known, depth, economics),
            left_out=dict(history.left_out),
            importance=use.importance((*trial.names, *codes.names)) if use else {},
            judged=record(history, chosen, lines, lost, known, prior.basket, seed),
        ),
    )


def some(table: pa.Table, seed: int) -> pa.Table:
    """Return `TODAY` rows drawn evenly, in their order; all of them where there are no more."""
    if table.num_rows <= TODAY:
        return table
    drawn = np.random.default_rng(seed).choice(table.num_rows, TODAY, replace=False)
    return table.take(pa.array(np.sort(drawn)))


def _costs(
    history: History, x: Floats, learner: FittedEffects, usual: Usual | None, names: Sequence[str]
) -> dict[str, CostLine]:
    """Return what a use of each offer cost, as a line over the basket that is expected of who used it."""
    parts = parts_of(learner)
    given, cost, lines = strings(history.table, "offer_id"), floats(history.table, "cost"), {}
    for number, name in enumerate(names):
        rows = np.flatnonzero(spent(history.table, history.recorded) & np.isfinite(cost) & (given == name))
        if number == 0 or not len(rows):
            continue
        basket = parts.expected(x[rows]).size[:, number] if parts else usual.expected(x[rows])[1] if usual else None
        line = learn_cost(cost[rows], basket) if basket is not None else None
        if line:
            lines[name] = line
    return lines


def _effects(
    history: History,
    chosen: Chosen,
    belief: Belief,
    today: Floats,
    prior: FittedPrior,
    known: Mapping[str, Offer],
    depth: Mapping[str, float],
    economics: Economics,
) -> tuple[OfferEffect, ...]:
    """Return every offer's average effect on revenue: what profit and cost say of it. None without a margin.

    `used` is that of the customers of today, whose effects the learner predicts as `today`.
    """
    if economics.margin_rate <= 0:
        return ()
    trial, gain = chosen.gains.trial, chosen.gains.gain
    cost = floats(history.table, "cost") * economics.cost_share
    even = np.full(len(trial), 1 / len(trial))
    found = []
    for number, arm in enumerate(trial.arms[1:], start=1):
        held, mine = belief.arms[arm.name], trial.arm == number
        weight = mine / trial.propensity
        spent = float(weight @ cost) / float(weight.sum())
        offer = known.get(arm.name, Offer(arm.name, "unknown"))
        mean, sd = expected(prior, history.table, offer, depth[arm.name], None, even)
        error = held.mean_sd / economics.margin_rate
        profit = float(belief.profit(arm.name, today[:, number]).mean())
        found.append(
            OfferEffect(
                offer_id=arm.name,
                prior=mean,
                prior_sd=sd,
                measured=(float(gain[:, number].mean()) + spent) / economics.margin_rate,
                standard_error=error,
                bias=0.0,
                used=(profit + spent) / economics.margin_rate,
                used_sd=error,
                slope=held.slope,
            )
        )
    return tuple(found)
