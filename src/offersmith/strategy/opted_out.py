"""Customers who have opted out of personal offers: they all get one and the same offer, or nothing at all.

What is known of them, what a model expects of them and lots decide nothing about them. Where the shop names an offer
that is for everybody, all of them get it; what that costs is counted first, at the average of the other customers, and
the plan is made of what it leaves of the budget and of every limit. Where it does not fit, none of them gets anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.strategy.limits.ground import near, nearest, shown
from offersmith.strategy.limits.groups import sort_of
from offersmith.strategy.reasons import holding
from offersmith.vocabulary import ESTIMATES, NO_OFFER, Offer

GIVEN, NONE_STATED, NOT_IN_PLAN, NOT_KNOWN, FORBIDDEN, TOO_MUCH = (
    "given", "none_stated", "not_in_plan", "not_known", "forbidden", "too_much",
)  # fmt: skip
"""What came of the offer for everybody: they got it; there is none; this plan has other offers; nothing is expected of
it; a limit forbids it to one of them; or a limit or the budget would be broken."""
CODE = "opted_out"
"""The only reason there is for what is decided about them."""


@dataclass(frozen=True, slots=True, eq=False)
class OptedOut:
    """Who has opted out.

    Attributes:
        customers: ids.
        offer: id of the offer that all of them may get; empty where there is none.
    """

    customers: pa.StringArray
    offer: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a plan does for those who have opted out.

    Attributes:
        customers: how many there are.
        offer: the one for everybody; empty where none is stated.
        outcome: `given`, or why nobody of them gets it: see the codes.
        limits: names of those in whose way it was.
        expected_cost: of giving it to all of them, major units; 0 where they do not get it.
        expected_profit: likewise.
    """

    customers: int
    offer: str
    outcome: str
    limits: tuple[str, ...] = ()
    expected_cost: float = 0.0
    expected_profit: float = 0.0

    @property
    def given(self) -> bool:
        """Whether they get the offer."""
        return self.outcome == GIVEN

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "limits": list(self.limits)}


def stated(
    profiles: pa.Table, column: str, offer: str, offers: Sequence[Offer], own: Sequence[Offer]
) -> OptedOut | None:
    """Return who has opted out, by a column of the shop's own file of customers; None where the shop names none.

    Who has no value in it has not opted out.

    Args:
        profiles: what is known of the customers, with the columns of that file.
        column: `[plan] opted_out` of the settings.
        offer: `[plan] for_everybody`.
        offers: of the plan.
        own: of the shop, which may be others.

    Raises:
        InputError: there is no such column, it does not hold true and false, or nobody knows the offer.
    """
    if offer and not column:
        hint = "opted_out = the column of your file of customers that says who has opted out"
        facts = {"field": "opted_out", "offer": shown(offer)}
        text = f"[plan] for_everybody = {facts['offer']} needs opted_out"
        raise InputError(text, hint=hint, key="for_everybody_alone", **facts)
    known = [one.offer_id for one in (*offers, *own) if one.offer_id != NO_OFFER]
    if offer and offer not in known:
        hint = nearest(offer, dict.fromkeys(known))
        more = near(offer, known)
        text = f"[plan] for_everybody = {shown(offer)}: no such offer"
        raise InputError(
            text, hint=hint, key="for_everybody_unknown", field="for_everybody", offer=shown(offer), **more
        )
    if not column:
        return None
    said = f"[plan] opted_out = {shown(column)}"
    if column not in profiles.column_names:
        hint = nearest(column, profiles.column_names)
        more, text = near(column, profiles.column_names), f"{said}: customers have no such column"
        raise InputError(text, hint=hint, key="opted_out_unknown", field="opted_out", column=shown(column), **more)
    held = profiles[column]
    if held.null_count == len(held):
        return OptedOut(pa.array([], pa.string()), offer)
    if sort_of(held.type) != "truths":
        text = f"{said}: the column holds {held.type}; allowed are true and false, or yes and no"
        facts = {"field": "opted_out", "column": shown(column), "held": str(held.type)}
        raise InputError(text, key="opted_out_no_truths", **facts)
    out = profiles["customer_id"].cast(pa.string()).filter(pc.fill_null(held, False))
    return OptedOut(out.combine_chunks(), offer)


def decided(summary: Mapping[str, Any], decisions: pa.Table) -> tuple[str, pa.Array]:
    """Return the offer for everybody that a kept plan went by, and who had opted out, by customer; "" where nobody had.

    Args:
        summary: `Plan.as_dict()`.
        decisions: `vocabulary.DECISIONS`.
    """
    offer = (summary.get("opted_out") or {"offer": ""})["offer"]
    who = holding(decisions["reasons"].combine_chunks(), CODE)
    return offer, decisions["customer_id"].cast(pa.string()).filter(pa.array(who)).combine_chunks()


def others(profiles: pa.Table, out: OptedOut | None) -> pa.Table:
    """Return the profiles of those who have not opted out; of all, where there is nobody else to average over."""
    if out is None:
        return profiles
    rest = profiles.filter(pc.invert(pc.is_in(profiles["customer_id"].cast(pa.string()), value_set=out.customers)))
    return rest if rest.num_rows else profiles


def uniform(estimates: pa.Table, out: OptedOut) -> pa.Table:
    """Return estimates in which those who have opted out have one row each, of the offer for everybody, all alike.

    It is the mean of the other customers; of all, where there is nobody else.
    """
    apart = pc.is_in(estimates["customer_id"].cast(pa.string()), value_set=out.customers)
    others, of_offer = estimates.filter(pc.invert(apart)), pc.equal(estimates["offer_id"], out.offer)
    models = others if others.num_rows else estimates
    rest = models.filter(of_offer.filter(pc.invert(apart)) if others.num_rows else of_offer)
    if not rest.num_rows or not len(out.customers):
        return others
    fixed = {"customer_id": out.customers, "offer_id": pa.repeat(pa.scalar(out.offer), len(out.customers))}
    version = rest["model_version"][0]
    alike = [
        fixed[name] if name in fixed
        else pa.repeat(version, len(out.customers)) if name == "model_version"
        else pa.repeat(pc.mean(rest[name]), len(out.customers))
        for name in ESTIMATES.names
    ]  # fmt: skip
    table = pa.table(alike, schema=ESTIMATES)
    return pa.concat_tables([others.select(ESTIMATES.names).cast(ESTIMATES), table])
