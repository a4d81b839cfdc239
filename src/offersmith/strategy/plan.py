"""The plan: one decision for every eligible customer, within every limit, with its proof and its probabilities."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InfeasibleError, InputError
from offersmith.money import Money
from offersmith.offers.catalogue import NONE
from offersmith.response.explain.because import Asked
from offersmith.settings import PlanSettings
from offersmith.strategy.apart import Apart, named, set_apart
from offersmith.strategy.because import frequent
from offersmith.strategy.candidates import Candidates, candidates
from offersmith.strategy.certificate import Certificate
from offersmith.strategy.decisions import asked_of, counts, explained, pays, sets_given, table
from offersmith.strategy.explore import Explored, explore
from offersmith.strategy.facts import facts
from offersmith.strategy.frontier import COLD_START, Frontier, frontier, without
from offersmith.strategy.keeping import Keeping, kept_by
from offersmith.strategy.kernels import Floats
from offersmith.strategy.limits.compiling import Banned, Before, Compiled
from offersmith.strategy.lots import lots
from offersmith.strategy.objective import PROFIT, Goal, as_cost, as_value
from offersmith.strategy.odds import ODDS
from offersmith.strategy.opted_out import OptedOut, Settled, uniform
from offersmith.strategy.proof import Difference, at, prove
from offersmith.strategy.reasons import reasons
from offersmith.strategy.reserve import LARGEST, LARGEST_COLD, risks
from offersmith.strategy.sets import Rows, Sets, checked, rows_of
from offersmith.strategy.several import several
from offersmith.vocabulary import NO_OFFER, Offer

UNTRIED = "together_untried"
"""What several offers do together is assumed (`sets`), and was never tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Who gets what, why, with which probability, and what it should earn.

    Attributes:
        version: hash of everything the plan says; the same inputs give the same version.
        as_of: the moment the plan was made for.
        valid_until: decisions hold until then.
        decisions: table of `vocabulary.DECISIONS`, sorted by customer: a row for each offer that an eligible customer
            gets, and one for each who gets nothing.
        chances: (outcomes, customers), with which each of `outcomes` would have been given, customers in the order of
            `decisions`: whoever reads the outcome later must know who could have got what.
        offers: everything that could be given, `none` first.
        budget: what may be spent.
        spent: expected cost of the decisions, major units; never above the budget.
        goal: what is made large; the certificate, the difference and the shadow price are of it.
        expected_profit: sum over the decisions, major units.
        expected_revenue: likewise, before margin and costs.
        given_up: customers whom the plan, and no lot, gives an offer that is expected to lose money, and how much they
            lose together: what another goal than profit asks for, or a limit.
        profit_sd: its spread if the errors of the estimates are independent between customers.
        profit_sd_shared: its spread if the estimated effects of all customers err the same way. Wider than `profit_sd`,
            and still no outer limit: it holds the error of the effects alone, not that of redemptions and costs, of
            the margin, or of a season unlike the past; nor the winner's curse (a plan picks what looks best, so what
            it picks is more often over- than underestimated).
        counts: offer id -> number of customers, `none` included.
        pays: offer id -> chance that it earns more than it costs with those who get it, if its error is shared.
        shadow_price: what one more unit of budget would add to the goal in the best plan; 0 when the budget does not
            bind.
        certificate: of the decisions, within the stated limits, the budget first: no plan within them can expect more
            than `dual_bound`, of those that do the same for who has opted out.
        difference: what lies between that bound and the plan: lots, reserve, and what is not proved.
        assignment_certificate: of the optimum that the plan follows where no lot decides: every choice counts with the
            chance that it is followed, and the bound is what lots and reserve leave. None where lots decide about all.
        explore: share of customers decided by lot, in expectation.
        explore_asked: the share the settings ask for (all in a cold start); larger than `explore` where some customers
            may get nothing by lot.
        explorers: customers decided by lot.
        largest_lot: part of the budget that one customer's lot may cost.
        cold: planned from stated priors alone: all by lot.
        seed: of the lots.
        model_versions: of the estimates behind the plan.
        frontier: what the best plan expects at other budgets, without lots; empty in a cold start. It follows from the
            estimates and the budget, so the version says nothing more of it.
        opted_out: what is done for those who have opted out of personal offers; None where there are none.
        bans: whom limits keep from what.
        before: what was given in the days before and counts against a limit.
        each: offers a customer may get at most.
        outcomes: what a customer may get: `none`, each offer, then each set of several, joined by `vocabulary.JOINED`.
    """

    version: str
    as_of: datetime
    valid_until: datetime
    decisions: pa.Table
    chances: Floats
    offers: tuple[Offer, ...]
    budget: Money
    spent: float
    goal: Goal
    expected_profit: float
    expected_revenue: float
    given_up: tuple[int, float]
    profit_sd: float
    profit_sd_shared: float
    counts: Mapping[str, int]
    pays: Mapping[str, float]
    shadow_price: float
    certificate: Certificate
    difference: Difference
    assignment_certificate: Certificate | None
    explore: float
    explore_asked: float
    explorers: int
    largest_lot: float
    cold: bool
    seed: int
    model_versions: tuple[str, ...]
    frontier: Frontier
    opted_out: Settled | None = None
    bans: tuple[Banned, ...] = ()
    before: tuple[Before, ...] = ()
    each: int = 1
    outcomes: tuple[str, ...] = ()

    @property
    def customers(self) -> int:
        """How many were decided about."""
        return int(self.chances.shape[1])

    @property
    def drawn(self) -> float:
        """Share of customers decided by lot, as it was drawn; `explore` is what was to be expected."""
        return self.explorers / max(self.customers, 1)

    @property
    def sets(self) -> dict[str, int]:
        """How many customers get each set of several offers (`a+b`), the commonest first."""
        return {} if self.each == 1 else sets_given(self.decisions)

    @property
    def several(self) -> int:
        """How many customers get more than one offer."""
        return sum(self.sets.values())

    def _several(self) -> dict[str, Any]:
        """Return what is told of a plan that may give a customer several offers."""
        if self.each == 1:
            return {}
        sets = self.sets
        return {"each": self.each, "several": sum(sets.values()), "sets": sets, "together": UNTRIED}

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the decisions as plain values, for `--json` and `summary.json`."""
        asked, (_, because) = asked_of(self.decisions), frequent(self.decisions["because"])
        return {
            "version": self.version,
            "as_of": self.as_of.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "customers": self.customers,
            **self._several(),
            "counts": dict(self.counts),
            "pays": dict(self.pays),
            "currency": self.budget.currency,
            "budget": self.budget.major,
            "spent": self.spent,
            **self.goal.as_dict(),
            "goal_value": self.certificate.value,
            "expected_profit": self.expected_profit,
            "expected_revenue": self.expected_revenue,
            "given_up": {"customers": self.given_up[0], "loss": self.given_up[1]},
            "profit_sd": self.profit_sd,
            "profit_sd_shared": self.profit_sd_shared,
            "shadow_price": self.shadow_price,
            "certificate": self.certificate.as_dict(),
            "difference": self.difference.as_dict(),
            "assignment_certificate": self.assignment_certificate and self.assignment_certificate.as_dict(),
            "explore": self.explore,
            "explore_asked": self.explore_asked,
            "explorers": self.explorers,
            "off_policy": self.explore > 0,
            "largest_lot": self.largest_lot,
            "cold": self.cold,
            "seed": self.seed,
            "model_versions": list(self.model_versions),
            "frontier": self.frontier.as_dict(),
            "opted_out": self.opted_out and self.opted_out.as_dict(),
            "bans": [{**one._asdict(), "offers": list(one.offers)} for one in self.bans],
            "before": [one._asdict() for one in self.before],
            "because": {"asked": asked, "reasons": [asdict(one) for one in because]},
        }

    def __str__(self) -> str:
        given = self.customers - self.counts[NO_OFFER]
        return (
            f"plan {self.version}: {given:,} of {self.customers:,} customers get an offer, expected cost "
            f"{self.spent:,.2f} of {self.budget}, expected profit {self.expected_profit:,.2f}"
        )


def make(
    estimates: pa.Table,
    offers: Sequence[Offer],
    budget: Money,
    settings: PlanSettings,
    as_of: datetime,
    seed: int,
    reasons_from: pa.Table | None = None,
    *,
    cold: bool = False,
    because: Asked | None = None,
    limits: Compiled | None = None,
    valid_days: Mapping[str, int] | None = None,
    asked: Mapping[str, Any] | None = None,
    goal: Goal | None = None,
    opted_out: OptedOut | None = None,
    cost_share: float = 1.0,
) -> Plan:
    """Decide about every customer of the estimates (and of `reasons_from`).

    Args:
        estimates: `vocabulary.ESTIMATES`.
        offers: the catalogue; `none` is added if it is missing.
        budget: what the expected cost of all decisions may be at most.
        settings: share by lot, days the decisions hold, offers a customer may get.
        as_of: the moment the plan is made for, naive UTC.
        seed: of the lots; another moment draws others.
        reasons_from: profiles whose facts are added to the reasons.
        cold: there is no history to learn from: decide all by lot within the budget, by the chance of each offer to be
            the best for a customer by what is believed.
        because: says what the model behind the estimates goes by; asked of those who get an offer, and not by lot.
        limits: what the plan keeps beside the budget, laid out on the paying offers and on the customers of
            `reasons_from` in their order, who must then be all there are.
        valid_days: by offer, where its decisions end before the plan's.
        asked: what was asked of the plan, plain values: another request makes another version.
        goal: what is made large; default: as the settings say.
        opted_out: whom no estimate, profile or lot may decide about, and the one offer that they may get.
        cost_share: part of the offers' cost that the shop pays: what a second offer does not bring any more is counted
            before it.

    Raises:
        InputError: the budget is negative, the estimates are not what they should be, or there is no such goal.
        InfeasibleError: the limits cannot be kept together; it says which.
    """
    listed, goal = _catalogue(offers, budget), goal or Goal(settings.goal, settings.confidence)
    estimates = estimates if opted_out is None else uniform(estimates, opted_out)
    single, stated_rows = kept_by(candidates(estimates, listed, reasons_from), budget.major, limits, reasons_from)
    each = checked(settings.each)
    together, everybody, stated_rows = several(
        single, stated_rows, 1 if cold else each, estimates, limits, reasons_from, cost_share=cost_share
    )
    apart = set_apart(everybody, stated_rows, opted_out, () if limits is None else limits.bans)
    largest, share = (LARGEST_COLD, 1.0) if cold else (LARGEST, settings.explore)
    lot = _Lot("thompson" if cold else settings.lots, largest, share, f"{seed}|{as_of.isoformat()}")
    apart, keep, made = _decided(apart, goal, lot, together.sets)
    found, worth, other = apart.free, goal.worth(apart.free), goal.name != PROFIT
    value, cost = as_value(found, worth), as_cost(found.cost)
    proof, difference = prove(found, worth, value, cost, made.choice, keep, made.reserve)
    spoken, silent = explained(single, rows_of(made.choice, together), made, because)
    known = [*silent, *facts(reasons_from, found.customers)]
    why = apart.why(reasons(value, cost, made, keep, known, profit=found.profit, goal=goal.name, cold=cold))
    drawn = None if cold else frontier(value, cost, keep, found.profit if other else None)
    found, made, worth = apart.found, apart.decided(made), goal.worth(apart.found)
    proof = apart.proof(proof, worth, made.choice)
    valid_until = as_of + timedelta(days=settings.valid_days)
    models = tuple(sorted(estimates["model_version"].unique().to_pylist()))
    stated = [budget.minor, budget.currency, seed, share, cold, as_of.isoformat(), valid_until.isoformat(), *models]
    stated += [] if keep.alone else [row.as_dict() for row in proof.rows]
    stated += [*([goal.as_dict()] if other else []), *([dict(asked)] if asked else [])]
    stated += [] if each == 1 else [{"each": each}]
    version = _version(stated, listed, found, made, why, spoken)
    until = [as_of + timedelta(days=(valid_days or {}).get(name, settings.valid_days)) for name in single.offers]
    rows = rows_of(made.choice, together)
    return Plan(
        version=version,
        as_of=as_of,
        valid_until=valid_until,
        decisions=table(single, rows, made, why, spoken, version, [valid_until, *until]),
        chances=made.chances,
        offers=listed,
        budget=budget,
        goal=goal,
        difference=difference,
        explore_asked=share,
        largest_lot=largest,
        cold=cold,
        seed=seed,
        model_versions=models,
        frontier=without(budget.major, COLD_START) if drawn is None else apart.frontier(drawn, worth),
        opted_out=apart.settled,
        bans=() if limits is None else limits.bans,
        before=() if limits is None else limits.before,
        each=each,
        outcomes=(NO_OFFER, *found.offers),
        **_figures(apart, made, proof, listed, rows),
    )


class _Lot(NamedTuple):
    """How customers are decided by lot: a kind of `ODDS`, the part of a row it may draw, the share, and the salt."""

    kind: str
    largest: float
    share: float
    salt: str


def _decided(apart: Apart, goal: Goal, lot: _Lot, sets: Sets) -> tuple[Apart, Keeping, Explored]:
    """Return what is decided about all who are not settled, and within which rows.

    Lots give single offers. Where the limits cannot be kept because of what is settled, nobody of those gets anything.
    """
    found = apart.free
    keep = apart.rest if goal.name == PROFIT else apart.rest.beside(found.profit)
    risk = risks(keep, found.cost, found.profit, found.allowed)
    tried = risk.small(found.cost, found.profit, found.allowed, lot.largest)
    odds = ODDS[lot.kind](found, tried & sets.single[:, None], goal.believed(found))
    odds = replace(odds, small=tried)
    value = as_value(found, goal.worth(found))
    try:
        return apart, keep, explore(value, odds, found.customers, risk, lot.share, lot.salt)
    except InfeasibleError as fault:
        if not apart.given:
            raise
        return _decided(apart.without(named(fault)), goal, lot, sets)


def _figures(apart: Apart, made: Explored, proof: Certificate, offers: Sequence[Offer], rows: Rows) -> dict[str, Any]:
    """Return the fields of a plan that are sums over its decisions."""
    found = apart.found
    spread, earned = at(found.profit_sd, made.choice), at(found.profit, made.choice)
    lost = earned[(earned < 0) & ~made.by_lot & ~apart.who]
    return {
        "spent": proof.rows[0].usage,
        "expected_profit": math.fsum(earned),
        "expected_revenue": math.fsum(at(found.revenue, made.choice)),
        "given_up": (int(lost.size), -math.fsum(lost) if lost.size else 0.0),
        "profit_sd": math.sqrt(math.fsum(spread * spread)),
        "profit_sd_shared": math.fsum(spread),
        "counts": counts([offer.offer_id for offer in offers], rows),
        "pays": pays([offer.offer_id for offer in offers[1:]], rows),
        "shadow_price": proof.rows[0].price,
        "certificate": proof,
        "assignment_certificate": made.certificate,
        "explore": made.share,
        "explorers": int(made.by_lot.sum()),
    }


def _catalogue(offers: Sequence[Offer], budget: Money) -> tuple[Offer, ...]:
    """Return the offers with `none` first, once the budget is known to be one."""
    if budget.minor < 0:
        raise InputError(f"budget {budget} must be zero or more")
    return (NONE, *(offer for offer in offers if offer.offer_id != NO_OFFER))


def _version(
    stated: list[Any],
    offers: Sequence[Offer],
    found: Candidates,
    made: Explored,
    why: pa.ListArray,
    spoken: pa.ListArray,
) -> str:
    """Return a hash of everything the plan says and of what it was made from.

    What offers are called stands in what was asked, in every language. Their names here are in that of whoever asked,
    and the same plan read in another language is no other plan.
    """
    catalogue = [[offer.offer_id, offer.kind, dict(offer.terms), offer.version] for offer in offers]
    content = hashlib.blake2b(json.dumps([stated, catalogue], sort_keys=True).encode(), digest_size=8)
    reasons, counts = spoken.flatten(), pc.fill_null(pc.list_value_length(spoken), -1).to_numpy()
    texts = [lots(pc.fill_null(reasons.field(name), ""), "") for name in ("feature", "held")]
    said = [lots(found.customers, ""), lots(why.values, ""), why.offsets.to_numpy(), counts, *texts]
    said.append(reasons.field("change").to_numpy())
    for part in (*said, made.choice, made.chances, at(found.profit, made.choice), at(found.cost, made.choice)):
        content.update(part.tobytes())
    return content.hexdigest()
