"""What a plan made of each of its playbooks: a card of figures that are sums over the plan's own decisions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.strategy.because import ModelReason, frequent
from offersmith.strategy.cards import common_reasons
from offersmith.strategy.decisions import asked_of, customer_of, first_of
from offersmith.strategy.opted_out import CODE as OPTED_OUT
from offersmith.strategy.plan import Plan
from offersmith.strategy.playbooks.base import Playbook, plain
from offersmith.strategy.playbooks.members import members
from offersmith.strategy.reasons import holding
from offersmith.vocabulary import NO_OFFER, NORMAL_95, Offer

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Given:
    """One offer of a playbook: to how many customers, with which sums of expected profit and cost, major units."""

    offer: Offer
    customers: int
    expected_profit: float
    expected_cost: float


@dataclass(frozen=True, slots=True)
class PlaybookCard:
    """What a plan made of a playbook.

    Attributes:
        playbook: which.
        as_of: the moment the plan was made for.
        valid_until: when its decisions end.
        members: customers it is for, among those the plan decided about.
        given: customers who get an offer of it.
        elsewhere: members who get another offer of the plan, and none of it.
        by_lot: members whom a lot decided about, those who drew nothing included.
        given_by_lot: customers who get an offer of it by lot.
        offers: each of its offers, in its order.
        expected_profit: sum over its decisions, major units.
        profit_sd: its spread, where the errors of the effects of all customers are shared; None where it is not known.
        expected_cost: sum over its decisions, major units.
        budget: of the whole plan, major units.
        currency: of all amounts.
        reasons: codes of what decided, then of common facts, each most frequent first, of those who get an offer of it.
        reason_shares: the share of them each holds for.
        asked: about how many of them the model was asked.
        because: what it goes by with those.
        horizon_days: over how many days the outcome will be counted.
        cold: nothing was learned of offers yet: all figures follow from stated beliefs.
    """

    playbook: Playbook
    as_of: datetime
    valid_until: datetime
    members: int
    given: int
    elsewhere: int
    by_lot: int
    given_by_lot: int
    offers: tuple[Given, ...]
    expected_profit: float
    profit_sd: float | None
    expected_cost: float
    budget: float
    currency: str
    reasons: tuple[str, ...]
    reason_shares: tuple[float, ...]
    asked: int
    because: tuple[ModelReason, ...]
    horizon_days: int
    cold: bool

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the expected profit, as wide as if all effects erred the same way; None if not known."""
        if self.profit_sd is None:
            return None
        half = NORMAL_95 * self.profit_sd
        return self.expected_profit - half, self.expected_profit + half

    @property
    def chance_of_loss(self) -> float | None:
        """The chance that its offers cost more than they earn, by the same spread; None if not known."""
        if self.profit_sd is None:
            return None
        return NORMAL.cdf(-self.expected_profit / self.profit_sd) if self.profit_sd else float(self.expected_profit < 0)

    @property
    def in_season(self) -> bool:
        """Whether the plan begins in the days the playbook is meant for."""
        return self.playbook.when is None or self.playbook.when.holds(self.as_of.date())

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        interval = self.interval
        return {
            "playbook": self.playbook.name,
            "title": self.playbook.title if isinstance(self.playbook.title, str) else plain(self.playbook.title),
            "as_of": self.as_of.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "in_season": self.in_season,
            "members": self.members,
            "given": self.given,
            "elsewhere": self.elsewhere,
            "by_lot": self.by_lot,
            "given_by_lot": self.given_by_lot,
            "offers": [
                {
                    "offer_id": one.offer.offer_id,
                    "customers": one.customers,
                    "expected_profit": one.expected_profit,
                    "expected_cost": one.expected_cost,
                }
                for one in self.offers
            ],
            "expected_profit": self.expected_profit,
            "low": None if interval is None else interval[0],
            "high": None if interval is None else interval[1],
            "chance_of_loss": self.chance_of_loss,
            "expected_cost": self.expected_cost,
            "budget": self.budget,
            "currency": self.currency,
            "reasons": [
                {"code": code, "share": share} for code, share in zip(self.reasons, self.reason_shares, strict=True)
            ],
            "horizon_days": self.horizon_days,
            "cold": self.cold,
        }


def playbook_cards(
    playbooks: Sequence[Playbook],
    plan: Plan,
    profiles: pa.Table,
    estimates: pa.Table | None = None,
    horizon_days: int | None = None,
) -> tuple[PlaybookCard, ...]:
    """Return a card of each playbook, in their order.

    Args:
        playbooks: those the plan was made of.
        plan: the plan.
        profiles: what is known of its customers.
        estimates: those the plan was made from; without them no interval is said.
        horizon_days: over which the shop counts outcomes (`[learn]`); by default what each playbook says.

    Raises:
        InputError: a playbook is about a column that the profiles do not have.
    """
    table = plan.decisions
    drawn, apart = (holding(table["reasons"].combine_chunks(), code) for code in ("by_lot", OPTED_OUT))
    offers = {offer.offer_id: offer for offer in plan.offers}
    spread = _spread(plan, estimates)
    place = pc.index_in(table["customer_id"], value_set=profiles["customer_id"].cast(pa.string()).combine_chunks())
    rows = np.asarray(pc.fill_null(place, -1).to_numpy(), dtype=np.int64)
    made = []
    for playbook in playbooks:
        # It is for nobody who has opted out of personal offers.
        meant = np.append(members(playbook, profiles, plan.budget.currency), False)[rows] & ~apart
        made.append(_card(playbook, plan, offers, meant, drawn, spread, horizon_days))
    return tuple(made)


def _card(
    playbook: Playbook,
    plan: Plan,
    offers: Mapping[str, Offer],
    meant: NDArray[np.bool_],
    drawn: NDArray[np.bool_],
    spread: NDArray[np.float64] | None,
    horizon_days: int | None,
) -> PlaybookCard:
    offer = plan.decisions["offer_id"]
    mine = np.asarray(pc.is_in(offer, value_set=pa.array(playbook.offer_ids, pa.string())).to_numpy(), np.bool_)
    other = ~mine & np.asarray(pc.not_equal(offer, NO_OFFER).to_numpy(), np.bool_)
    part = plan.decisions.filter(pa.array(mine))
    given = tuple(_given(offers[one], part) for one in playbook.offer_ids if one in offers)
    given_to, every = first_of(part["customer_id"]), customer_of(plan.decisions["customer_id"])
    why = common_reasons(part["reasons"].filter(pa.array(given_to)))
    asked, (_, because) = asked_of(part), frequent(part["because"])
    first, with_mine = first_of(plan.decisions["customer_id"]), np.bincount(every, mine, minlength=1)[every] > 0
    elsewhere = every[meant & other & ~with_mine]
    return PlaybookCard(
        playbook=playbook,
        as_of=plan.as_of,
        valid_until=max(part["valid_until"].to_pylist(), default=plan.valid_until),
        members=int((meant & first).sum()),
        given=int(given_to.sum()),
        elsewhere=int(np.unique(elsewhere).size),
        by_lot=int((meant & drawn & first).sum()),
        given_by_lot=int((mine & drawn).sum()),
        offers=given,
        expected_profit=math.fsum(part["expected_profit"].to_numpy()),
        profit_sd=None if spread is None else math.fsum(spread[mine]),
        expected_cost=math.fsum(part["expected_cost"].to_numpy()),
        budget=plan.budget.major,
        currency=plan.budget.currency,
        reasons=tuple(code for code, _ in why),
        reason_shares=tuple(count / int(given_to.sum()) for _, count in why),
        asked=asked,
        because=because,
        horizon_days=playbook.measure.horizon_days if horizon_days is None else horizon_days,
        cold=plan.cold,
    )


def _given(offer: Offer, part: pa.Table) -> Given:
    mine = part.filter(pc.equal(part["offer_id"], offer.offer_id))
    profit, cost = (math.fsum(mine[name].to_numpy()) for name in ("expected_profit", "expected_cost"))
    return Given(offer, mine.num_rows, profit, cost)


def _spread(plan: Plan, estimates: pa.Table | None) -> NDArray[np.float64] | None:
    """Return (n,) the spread of each decision's profit as an estimate, zero for nothing; None if it is not known."""
    if estimates is None:
        return None
    keys = ["customer_id", "offer_id"]
    asked = plan.decisions.select(keys).append_column("row", pa.array(np.arange(plan.decisions.num_rows)))
    asked = asked.filter(pc.not_equal(asked["offer_id"], NO_OFFER))
    found = asked.join(estimates.select([*keys, "profit_sd"]), keys, join_type="inner", use_threads=False)
    spread = np.zeros(plan.decisions.num_rows)
    spread[found["row"].to_numpy()] = found["profit_sd"].to_numpy()
    return spread
