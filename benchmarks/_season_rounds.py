"""A season: plan, let everybody live, learn, and judge every round by what is truly so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from lightgbm import LGBMRegressor

from benchmarks._season_learning import Round, history, kept, learn, moment
from benchmarks._season_shop import START, Floats, Ints, Known, Lived, Shop, arms_of
from offersmith.events.synthetic.promotions import CURRENCY, OFFERS, VALID_DAYS
from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.judge import Difference, difference
from offersmith.money import Money
from offersmith.response import MODELS
from offersmith.response.base import Economics, FittedResponse
from offersmith.response.encode import Encoder
from offersmith.response.linear import steady
from offersmith.response.reward import expected_rewards
from offersmith.settings import PlanSettings, PriorSettings
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.objective import as_cost
from offersmith.strategy.plan import Plan, make

LAST = 10
"""Rounds that are looked at in the end."""
PACED_BY, RESERVE, MORE = 6, 0.01, 1.1
"""Rounds from which it is read how far costs are off; part of a budget that is kept back; times the budget planned at
most, where costs turned out lower than planned."""
JUDGED_BY = 5
"""Folds of the expectations that doubly robust scores lean on."""
FIRST = datetime(START.year, START.month, START.day)  # noqa: DTZ001 - naive UTC by contract


@dataclass(frozen=True, slots=True)
class Asked:
    """What a season is made of.

    Attributes:
        customers: how many.
        rounds: how many.
        seed: of the shop and the lots.
        margin: profit before offers over shelf value.
        budget: of a round, a customer, major units.
        explore: least share of customers decided by lot; round t has one in t where that is more.
        lots: how lots are drawn, `even` or `thompson`.
        form: what offers do, a key of `forms.FORMS`.
    """

    customers: int
    rounds: int
    seed: int
    margin: float
    budget: float
    explore: float
    lots: Literal["even", "thompson"]
    form: str

    def share(self, number: int) -> float:
        """Return the share decided by lot in a round, numbered from 0 (epsilon_t-greedy: Auer and others 2002)."""
        return max(self.explore, 1 / (number + 1))


@dataclass(frozen=True, slots=True)
class Result:
    """One round; money in major units, of all customers.

    Attributes:
        number: from 1.
        profit: true expected profit of what was decided, lots and all.
        sure: of what the plan held best for everybody, as if nothing had been decided by lot.
        oracle: of the best decisions within the budget by who knows what every offer does to every customer.
        known: of the best decisions by who knows what every offer does on average to customers on whom the shop has
            the same on record, which is the most that can be learned; None where it was not asked.
        claimed: what the plan expected.
        planned: what it was expected to cost.
        budget: as stated.
        cost: true expected cost of what was decided.
        paid: what offers took off in the end.
        explored: share of customers decided by lot.
        model: learner that the plan went by, and what of it may be shipped; empty for the first.
        value: the off-policy value of the round's policy over giving nobody anything.
        low: lower end of its interval; None where the log does not support one.
        high: upper end.
        true: the policy's true value.
        cpu_s: CPU seconds of planning and learning.
    """

    number: int
    profit: float
    sure: float
    oracle: float
    known: float | None
    claimed: float
    planned: float
    budget: float
    cost: float
    paid: float
    explored: float
    model: str
    value: float
    low: float | None
    high: float | None
    true: float
    cpu_s: float

    @property
    def covered(self) -> bool:
        """Whether there is an interval and the true value lies in it."""
        return self.low is not None and self.high is not None and self.low <= self.true <= self.high

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"covered": self.covered}


def season(asked: Asked, told: Callable[[Result], None]) -> list[Result]:
    """Live a season.

    Args:
        asked: what it is made of.
        told: called after each round.
    """
    shop = Shop(asked.customers, asked.rounds, asked.seed, asked.form)
    known, past, found = Known(shop), list[Round](), list[Result]()
    year = []
    for lived in shop.watched():
        known.add(lived, VALID_DAYS)
        year.append(_baskets(lived))
    pace = Pace(np.array(year))
    model: FittedResponse | None = None
    for number in range(asked.rounds):
        start, profiles = moment(FIRST, number), known.table()
        begun = time.process_time()
        plan = _planned(asked, number, profiles, model, pace.asked(number))
        took = time.process_time() - begun
        arm = arms_of(plan.decisions["offer_id"])
        lived = shop.live(number, arm)
        pace.add(number, plan.spent, float(lived.off.sum()))
        result = _judged(asked, shop, number, profiles, plan, arm, lived)
        known.add(lived, VALID_DAYS, arm)
        begun = time.process_time()
        said = model.evidence if model else None
        past.append(kept(number, start, profiles, arm, plan.chances, lived, asked.seed * 1000 + number))
        model = learn(past, moment(FIRST, number + 1), known.table(), asked.margin, asked.seed) or model
        spent = took + time.process_time() - begun
        found.append(replace(result, cpu_s=spent, model=" ".join((said.model, *said.reasons)) if said else ""))
        told(found[-1])
    return found


class Pace:
    """What part of the stated budget a plan is made with, so that what is paid in the end keeps it.

    Costs are learned from rounds that are past. The same fortnight of last year says how much an offer will be used,
    and what the latest rounds paid over what was planned how far costs are off; a part is kept in reserve.
    """

    def __init__(self, year: Floats) -> None:
        """Start with what one basket of everybody who bought came to, in every fortnight of the year before."""
        self._year, self._ratios = year / year.mean(), list[float]()

    def asked(self, number: int) -> float:
        """Return the part of the budget to plan a round with."""
        off = float(np.mean(self._ratios[-PACED_BY:])) if self._ratios else 1.0
        return min(MORE, (1 - RESERVE) / (off * self._season(number)))

    def add(self, number: int, planned: float, paid: float) -> None:
        """Add what a round was planned to cost, and what was paid; the first is an experiment on stated beliefs."""
        if planned > 0 and number:
            self._ratios.append(paid / planned / self._season(number))

    def _season(self, number: int) -> float:
        return float(self._year[number % len(self._year)])


def _planned(asked: Asked, number: int, profiles: pa.Table, model: FittedResponse | None, part: float) -> Plan:
    """Plan a round by what was learned, or by stated beliefs, all by lot, where nothing was yet."""
    now, cold = moment(FIRST, number), model is None
    if model is None:
        economics, nothing = Economics(asked.margin, CURRENCY), history([], now, profiles)
        model = MODELS["prior"].fit(nothing, offers=OFFERS, economics=economics, priors=PriorSettings(), seed=0)
    estimates = model.estimate(profiles, OFFERS)
    settings = PlanSettings(explore=asked.share(number), lots=asked.lots, valid_days=VALID_DAYS)
    budget = Money(round(asked.budget * asked.customers * 100 * part), CURRENCY)
    return make(estimates, OFFERS, budget, settings, now, asked.seed, cold=cold)


def _judged(asked: Asked, shop: Shop, number: int, profiles: pa.Table, plan: Plan, arm: Ints, lived: Lived) -> Result:
    profit, cost = shop.truth(number, asked.margin)
    budget = asked.budget * asked.customers
    late = number >= asked.rounds - LAST
    valued = valued_by_its_log(profiles, plan.chances, arm, asked.margin * lived.value - lived.off, asked.seed)
    n = len(arm)
    return Result(
        number=number + 1,
        profit=_at(profit, arm),
        sure=_at(profit, plan.chances.argmax(axis=0)),
        oracle=_at(profit, _best(profit, cost, budget)),
        known=_at(profit, _best(*_foreseen(profiles, profit, cost, asked.seed), budget)) if late else None,
        claimed=plan.expected_profit,
        planned=plan.spent,
        budget=budget,
        cost=_at(cost, arm),
        paid=float(lived.off.sum()),
        explored=plan.explore,
        model="",
        value=valued.value * n,
        low=valued.interval.low * n if valued.interval else None,
        high=valued.interval.high * n if valued.interval else None,
        true=float((plan.chances[1:] * profit).sum()),
        cpu_s=0.0,
    )


def valued_by_its_log(profiles: pa.Table, chances: Floats, arm: Ints, outcome: Floats, seed: int) -> Difference:
    """Return what a round's policy is worth a customer over giving nobody anything, by what came of it alone.

    Args:
        profiles: features as they were known when the round was planned.
        chances: (k, n) with which each arm was given, nothing first.
        arm: (n,) what was given.
        outcome: (n,) profit.
        seed: of the folds.
    """
    names = [name for name in profiles.column_names if name != "customer_id"]
    x, everybody = Encoder.learn(profiles, names).matrix(profiles), np.arange(len(arm))
    fold = np.random.default_rng(seed).permutation(len(arm)) % JUDGED_BY
    expected = np.zeros(chances.shape)
    with steady():
        for one, values in expected_rewards(x, arm, len(chances), outcome, fold, JUDGED_BY):
            expected[one] = values
    given = expected[arm, everybody]
    target = Logged(outcome, np.ones(len(arm)), given, (chances * expected).sum(axis=0))
    nobody = np.where(arm == 0, 1 / np.maximum(chances[0], 1e-300), 0.0)
    return difference(target, Logged(outcome, nobody, given, expected[0]))


def _best(profit: Floats, cost: Floats, budget: float) -> Ints:
    """Return (n,) the arms that earn most within the budget."""
    return Keeping.of(budget, len(profit)).best(profit.astype(np.float32), as_cost(cost)).choice.astype(np.int64) + 1


def _foreseen(profiles: pa.Table, profit: Floats, cost: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return true profit and cost as far as profiles foretell them: learned from the truth itself, on other customers.

    What is learned from the truth has no noise, so that this is the most that can be learned of these profiles.
    """
    names = [name for name in profiles.column_names if name != "customer_id"]
    x = Encoder.learn(profiles, names).matrix(profiles)
    fold = np.random.default_rng(seed).permutation(len(x)) % 2
    found = np.empty((2, *profit.shape))
    for kind, true in enumerate((profit, cost)):
        for offer in range(len(profit)):
            for part in (0, 1):
                model = LGBMRegressor(
                    n_estimators=200, num_leaves=31, learning_rate=0.05, min_child_samples=50, n_jobs=1,
                    deterministic=True, force_row_wise=True, random_state=seed, verbose=-1,
                )  # fmt: skip
                model.fit(x[fold != part], true[offer, fold != part])
                found[kind, offer, fold == part] = model.predict(x[fold == part])
    return found[0], np.maximum(found[1], 1e-3)


def _baskets(lived: Lived) -> float:
    """Return what one basket of everybody who bought came to, major units: an offer is used once."""
    some = lived.orders > 0
    return float((lived.value[some] / lived.orders[some]).sum())


def _at(each: Floats, arm: Ints) -> float:
    """Return the sum over customers of what their arms change."""
    here = np.flatnonzero(arm > 0)
    return float(each[arm[here] - 1, here].sum())
