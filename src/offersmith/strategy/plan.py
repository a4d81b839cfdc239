"""The plan: one decision for every eligible customer, within the budget, with its proof and its probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from offersmith.money import Money
from offersmith.strategy.certificate import Certificate
from offersmith.vocabulary import Offer


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Who gets what, why, with which probability, and what it should earn.

    Attributes:
        version: hash of everything the plan says; the same inputs give the same version.
        as_of: the moment the plan was made for.
        valid_until: decisions hold until then.
        decisions: table of `vocabulary.DECISIONS`, one row per eligible customer, sorted by customer.
        offers: everything that could be given, `none` first.
        budget: what may be spent.
        spent: expected cost of the decisions, major units; never above the budget.
        expected_profit: sum over the decisions, major units.
        profit_sd: its spread if the errors of the estimates are independent between customers.
        profit_sd_shared: its spread if all errors go the same way: the honest outer limit.
        counts: offer id -> number of customers, `none` included.
        shadow_price: what one more unit of budget would earn; 0 when the budget does not bind.
        certificate: of the optimum that the plan follows where no lot decides; None for a cold start.
        explore: share of customers decided by lot (1 for a cold start).
        explore_asked: the share the settings asked for; larger than `explore` where the budget did not allow it.
        explorers: customers decided by lot.
        cold: planned from stated priors alone: all by lot.
        seed: of the lots.
        model_versions: of the estimates behind the plan.
    """

    version: str
    as_of: datetime
    valid_until: datetime
    decisions: pa.Table
    offers: tuple[Offer, ...]
    budget: Money
    spent: float
    expected_profit: float
    profit_sd: float
    profit_sd_shared: float
    counts: Mapping[str, int]
    shadow_price: float
    certificate: Certificate | None
    explore: float
    explore_asked: float
    explorers: int
    cold: bool
    seed: int
    model_versions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the decisions as plain values, for `--json` and `summary.json`."""
        return {
            "version": self.version,
            "as_of": self.as_of.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "customers": self.decisions.num_rows,
            "counts": dict(self.counts),
            "currency": self.budget.currency,
            "budget": self.budget.major,
            "spent": self.spent,
            "expected_profit": self.expected_profit,
            "profit_sd": self.profit_sd,
            "profit_sd_shared": self.profit_sd_shared,
            "shadow_price": self.shadow_price,
            "certificate": None if self.certificate is None else self.certificate.as_dict(),
            "explore": self.explore,
            "explore_asked": self.explore_asked,
            "explorers": self.explorers,
            "cold": self.cold,
            "seed": self.seed,
            "model_versions": list(self.model_versions),
        }

    def __str__(self) -> str:
        given = sum(count for offer, count in self.counts.items() if offer != "none")
        return (
            f"plan {self.version}: {given:,} of {self.decisions.num_rows:,} customers get an offer, expected cost "
            f"{self.spent:,.2f} of {self.budget}, expected profit {self.expected_profit:,.2f}"
        )
