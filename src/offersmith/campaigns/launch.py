"""A plan becomes a draft campaign: its offers as promotions, a code for everybody who gets one, its budget.

The campaign gives what the plan decided and nothing else: each offer needs the code bound to its customer, a customer
uses each once, and what comes off stays within the plan's budget. Who got several offers of the plan has a code for
each: the best one counts in one basket, and the others stay for later ones. It is a draft: nobody gets anything before
it was simulated, approved and scheduled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.campaigns.form import Rule
from offersmith.errors import StateError
from offersmith.money import Money
from offersmith.vocabulary import NO_OFFER

PERSONAL = "personal"
"""The group of the personal offers: the better one counts where somebody holds two."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a plan becomes.

    Attributes:
        definition: of the campaign, as JSON.
        customers: offer id -> the customers who get it.
        ends: when the plan's decisions end, naive UTC.
    """

    definition: Mapping[str, Any]
    customers: Mapping[str, Sequence[str]]
    ends: datetime

    @property
    def heads(self) -> int:
        """How many customers get an offer, those who get several counted once."""
        return len(set().union(*self.customers.values()))


def launch(
    version: str,
    summary: Mapping[str, Any],
    decisions: pa.Table,
    *,
    name: str,
    zone: str,
    rule: Rule = "refuse",
) -> Launch:
    """Turn a plan into a campaign's definition and the customers of each offer.

    Args:
        version: the plan's.
        summary: the plan's, as the ledger keeps it.
        decisions: its table (`vocabulary.DECISIONS`).
        name: of the campaign.
        zone: IANA zone of the shop's wall clock.
        rule: what happens at the end of the budget.

    Raises:
        StateError: the plan gives nobody anything, has no budget that the campaign could be held to, or was made by a
            version that did not write its offers or its currency down.
    """
    offers = {one["offer_id"]: one for one in summary.get("catalogue", ())}
    given = decisions.filter(pc.not_equal(decisions["offer_id"], NO_OFFER)).sort_by("customer_id")
    customers: dict[str, list[str]] = {}
    for customer_id, offer_id in zip(given["customer_id"].to_pylist(), given["offer_id"].to_pylist(), strict=True):
        customers.setdefault(offer_id, []).append(customer_id)
    missing = sorted(set(customers) - set(offers))
    if missing:
        raise StateError(f"plan {version} does not say what {', '.join(missing)} is", hint="make the plan again")
    if not customers:
        raise StateError(f"plan {version} gives nobody an offer: there is nothing to launch")
    until = dict(zip(given["offer_id"].to_pylist(), given["valid_until"].to_pylist(), strict=True))
    ends = max(until.values())
    budget = _budget(version, summary)
    definition = {
        "name": name,
        "zone": zone,
        "ends": _wall(ends, zone),
        "promotions": [
            {
                "promotion_id": offer_id,
                "kind": offers[offer_id]["kind"],
                "terms": offers[offer_id]["terms"],
                "name": offers[offer_id]["name"],
                "version": offers[offer_id]["version"],
                "needs_code": True,
                "group": PERSONAL,
                **_window(until[offer_id], ends, zone),
            }
            for offer_id in sorted(customers)
        ],
        "groups": [{"name": PERSONAL, "mode": "best"}],
        "limits": _limits(sorted(customers), several=summary.get("each", 1) > 1),
        "budgets": [{"name": "plan", "amount": budget.text, "rule": rule}],
    }
    return Launch(definition, customers, ends)


def _limits(offers: Sequence[str], *, several: bool) -> list[dict[str, Any]]:
    """Return what a customer may use: one offer, or each of them once where the plan may give several."""
    once = {"count": 1, "per": "customer"}
    if not several:
        return [{"name": "one per customer", **once}]
    return [{**once, "promotion": offer_id} for offer_id in offers]


def _wall(moment: datetime, zone: str) -> str:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).isoformat()


def _window(until: datetime, ends: datetime, zone: str) -> dict[str, Any]:
    """Return the condition of an offer that ends before the campaign does."""
    if until == ends:
        return {}
    wall = until.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()
    return {"conditions": [{"kind": "window", "ends": wall, "zone": zone}]}


def _budget(version: str, summary: Mapping[str, Any]) -> Money:
    """Return what a plan may take off: a campaign without a budget would have no limit, and nobody decided that."""
    if "currency" not in summary:
        raise StateError(f"plan {version} does not say in which currency its budget is", hint="make the plan again")
    budget = Money.of(summary["budget"], summary["currency"])
    if budget.minor < 1:
        raise StateError(
            f"plan {version} gives offers and has a budget of {budget}: nothing would limit its campaign",
            hint="make a plan with one: offersmith plan --budget AMOUNT",
        )
    return budget
