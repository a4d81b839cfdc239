"""What a comparison of two plans says, as small values: totals, limits, moves between offers, and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from offersmith.strategy.compare.asked import Change
from offersmith.strategy.compare.told import told
from offersmith.strategy.objective import PROFIT
from offersmith.vocabulary import Offer
from offersmith.words import Language


@dataclass(frozen=True, slots=True)
class Total:
    """One plan as a whole.

    Attributes:
        version: of the plan.
        as_of: the moment it was made for, ISO 8601.
        customers: how many were decided about.
        given: how many of them get an offer.
        profit: expected, major units.
        cost: expected, major units.
        budget: major units.
        models: versions of the estimates behind it.
        goal: what it makes large.
        revenue: expected, major units; None where the plan is older than that figure.
    """

    version: str
    as_of: str
    customers: int
    given: int
    profit: float
    cost: float
    budget: float
    models: tuple[str, ...]
    goal: str = PROFIT
    revenue: float | None = None

    def sold(self, other: Total) -> tuple[float, float] | None:
        """Return the revenue of this plan and another's; None where both go by profit, or one does not know it."""
        if self.revenue is None or other.revenue is None or {self.goal, other.goal} == {PROFIT}:
            return None
        return self.revenue, other.revenue


@dataclass(frozen=True, slots=True)
class Use:
    """A limit after one plan.

    Attributes:
        usage: what is used.
        bound: what may be used at most, or must be at least.
        price: what one more unit of the bound would earn.
        at_least: the bound is a floor.
    """

    usage: float
    bound: float
    price: float
    at_least: bool = False

    @property
    def digits(self) -> int:
        """After the point of what is used and of the bound: none where both are whole, as numbers of customers are."""
        return 0 if float(self.usage).is_integer() and float(self.bound).is_integer() else 2


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A limit after both plans; None where a plan had no such limit."""

    name: str
    before: Use | None
    after: Use | None


@dataclass(frozen=True, slots=True)
class Fortune:
    """How many of the customers both plans decide about gain, stay equal and lose.

    A customer's gain is the change of the *expected cost of what they are given*: the discount they are expected to
    take home, whoever pays for it. It is no measure of how glad they are, and nobody gains by an estimate alone: who
    keeps the same offer on the same terms is equal.
    """

    better: int = 0
    equal: int = 0
    worse: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some customers within one plan: how many, how many get an offer, expected profit and cost, major units."""

    customers: int = 0
    given: int = 0
    profit: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Flow:
    """Customers who had one offer in the first plan and have one in the second.

    Attributes:
        before: id of the first plan's offer.
        after: id of the second plan's offer.
        same: the same offer on the same terms.
        customers: how many.
        fortune: how many of them gain and lose.
        profit: change of the expected profit, major units.
        cost: change of the expected cost, major units.
    """

    before: str
    after: str
    same: bool
    customers: int
    fortune: Fortune
    profit: float
    cost: float


@dataclass(frozen=True, slots=True)
class Group:
    """An offer or a segment in both plans.

    Attributes:
        name: offer id or code of the segment; `` for customers nothing is known of.
        before: of its customers in the first plan.
        after: of its customers in the second plan.
        fortune: of those in both plans; of an offer, of those who have it in either.
    """

    name: str
    before: Sums
    after: Sums
    fortune: Fortune

    @property
    def profit(self) -> float:
        """Change of the expected profit, major units."""
        return self.after.profit - self.before.profit

    @property
    def cost(self) -> float:
        """Change of the expected cost, major units."""
        return self.after.cost - self.before.cost


@dataclass(frozen=True, slots=True)
class Listed:
    """An offer as each plan had it; None where a plan did not have it.

    Attributes:
        offer_id: its id.
        before: in the first plan.
        after: in the second.
        playbook: title by language of the playbook it belongs to; empty where it belongs to none.
        names: by language, where the playbook says them; plans keep them in the language they were made in.
    """

    offer_id: str
    before: Offer | None
    after: Offer | None
    playbook: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether both plans had it on the same terms."""
        one, two = self.before, self.after
        if one is None or two is None:
            return False
        return one.kind == two.kind and dict(one.terms) == dict(two.terms)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side: everything is expected on the plans' own estimates, nothing is measured.

    Attributes:
        title: what the comparison is called; may be empty.
        what_if: the changes a what-if was asked with, as written; empty where two plans that are kept are compared.
        currency: of all amounts.
        before: the first plan.
        after: the second plan.
        asked: what was asked differently.
        limits: every row of the two certificates, those of the first plan first.
        customers: how many both plans decide about.
        fortune: of these.
        moved: how many of these get another offer, or the same on other terms.
        by_lot: how many of those who moved were decided by lot in a plan: another draw would move others.
        settled: fortune of the customers that no lot decided about in either plan.
        flows: from which offer to which, more customers first; of customers in both plans.
        by_offer: in the order of the catalogues, nothing first.
        by_segment: larger ones first; empty where nothing is known of customers.
        only_before: customers that only the first plan decides about; they are in no `fortune`.
        only_after: customers that only the second plan decides about.
        offers: id -> the offer as each plan had it.
        notes: codes of what to beware of.
    """

    title: str
    what_if: tuple[str, ...]
    currency: str
    before: Total
    after: Total
    asked: tuple[Change, ...]
    limits: tuple[LimitChange, ...]
    customers: int
    fortune: Fortune
    moved: int
    by_lot: int
    settled: Fortune
    flows: tuple[Flow, ...]
    by_offer: tuple[Group, ...]
    by_segment: tuple[Group, ...]
    only_before: Sums
    only_after: Sums
    offers: Mapping[str, Listed]
    notes: tuple[str, ...]

    @property
    def profit(self) -> float:
        """Change of the expected profit of the whole plan, major units."""
        return self.after.profit - self.before.profit

    @property
    def cost(self) -> float:
        """Change of the expected cost of the whole plan, major units."""
        return self.after.cost - self.before.cost

    def text(self, language: Language = "en") -> str:
        """Say who gains and who loses, and what changes for the shop."""
        return "\n".join(told(self, language))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "title": self.title,
            "what_if": list(self.what_if),
            "currency": self.currency,
            "before": {**asdict(self.before), "models": list(self.before.models)},
            "after": {**asdict(self.after), "models": list(self.after.models)},
            "change": {"profit": self.profit, "cost": self.cost, "given": self.after.given - self.before.given},
            "asked": [one.as_dict() for one in self.asked],
            "limits": [asdict(one) for one in self.limits],
            "customers": self.customers,
            **asdict(self.fortune),
            "moved": self.moved,
            "moved_by_lot": self.by_lot,
            "not_by_lot": asdict(self.settled),
            "flows": [asdict(one) for one in self.flows],
            "by_offer": [_group(one) for one in self.by_offer],
            "by_segment": [_group(one) for one in self.by_segment],
            "only_before": asdict(self.only_before),
            "only_after": asdict(self.only_after),
            "offers": {name: _listed(one) for name, one in self.offers.items()},
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return self.text()


def _group(one: Group) -> dict[str, Any]:
    return {**asdict(one), "change": {"profit": one.profit, "cost": one.cost}}


def _listed(one: Listed) -> dict[str, Any]:
    sides = {"before": one.before, "after": one.after}
    return {side: None if offer is None else _offer(offer) for side, offer in sides.items()}


def _offer(offer: Offer) -> dict[str, Any]:
    return {"kind": offer.kind, "name": offer.name, "terms": dict(offer.terms)}
