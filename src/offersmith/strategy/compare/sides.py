"""Two plans become a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.offers import KINDS
from offersmith.offers.catalogue import NONE
from offersmith.profiles.segments import segment
from offersmith.strategy.compare.asked import differences
from offersmith.strategy.compare.base import Comparison, Flow, Group, LimitChange, Listed, Sums, Total, Use
from offersmith.strategy.compare.moves import Decided, Moves, by_segment, fortune
from offersmith.strategy.objective import CAUTIOUS, CONFIDENCE, PROFIT
from offersmith.strategy.one_each import one_each
from offersmith.vocabulary import JOINED, NO_OFFER, Offer

REQUEST, EACH = "request", "each"
SET = "set"
"""The kind of what a customer gets together."""
COLUMNS = ("customer_id", "offer_id", "expected_profit", "expected_cost", "reasons")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of two plans that are compared.

    Attributes:
        summary: what the ledger keeps of it (`answers.Planned.as_dict`); `request` says what was asked of it. Of a plan
            whose summary has none, the budget, the share by lot, the margin and the offers are compared.
        decisions: `vocabulary.DECISIONS`; offers that a customer gets together are compared as one thing.
    """

    summary: Mapping[str, Any]
    decisions: pa.Table = field(repr=False)


def compare(
    before: Side,
    after: Side,
    profiles: pa.Table | None = None,
    *,
    title: str = "",
    what_if: Sequence[str] = (),
) -> Comparison:
    """Say what two plans were asked differently, and who gains and who loses between them.

    Args:
        before: the first plan.
        after: the second plan, or what would be planned.
        profiles: features by `customer_id`, for segments; None = no segments are told apart.
        title: what the comparison is called.
        what_if: the changes the second side was asked with, as written; it is not a plan that is kept.

    Raises:
        InputError: the plans are in different currencies, a column is missing, or a decision says nothing where
            something must stand.
    """
    one, two = before.summary, after.summary
    if one["currency"] != two["currency"]:
        raise InputError(
            f"plan {one['version']} is in {one['currency']}, plan {two['version']} in {two['currency']}",
            hint="plans in one currency can be compared",
        )
    for side in (before, after):
        _checked(side)
    before, after = (Side(side.summary, one_each(side.decisions)) for side in (before, after))
    offers = _listed(before, after)
    places = list(offers)
    first, second = (Decided.of(side.decisions, places) for side in (before, after))
    moves = Moves.between(first, second, np.array([offers[name].same for name in places], np.bool_))
    alone = [_alone(decided, rows) for decided, rows in zip((first, second), moves.pairs, strict=True)]
    groups = () if profiles is None else by_segment(first, second, moves, segment(profiles))
    had, has = first.sums(first.offer, len(places)), second.sums(second.offer, len(places))
    return Comparison(
        title=title,
        what_if=tuple(what_if),
        currency=one["currency"],
        before=_total(before, sum(part.given for part in had)),
        after=_total(after, sum(part.given for part in has)),
        asked=differences(*_requests(one, two)),
        limits=_limits(one, two),
        customers=moves.fate.size,
        fortune=fortune(moves.counts.sum(axis=(0, 1))),
        moved=moves.moved,
        by_lot=moves.by_lot,
        settled=fortune(moves.settled),
        flows=_flows(moves, offers),
        by_offer=tuple(Group(name, had[k], has[k], moves.of_offer(k)) for k, name in enumerate(places)),
        by_segment=groups,
        only_before=alone[0],
        only_after=alone[1],
        offers=offers,
        notes=_notes(one, two, moves, alone, offers),
    )


def _checked(side: Side) -> None:
    missing = [name for name in COLUMNS if name not in side.decisions.column_names]
    if missing:
        raise InputError(f"the decisions of plan {side.summary['version']} lack {', '.join(missing)}")


def _total(side: Side, given: int) -> Total:
    said = side.summary
    return Total(
        version=said["version"],
        as_of=said["as_of"],
        customers=side.decisions.num_rows,
        given=given,
        profit=said["expected_profit"],
        cost=said["spent"],
        budget=said["budget"],
        models=tuple(said["model_versions"]),
        goal=said.get("goal", PROFIT),
        revenue=said.get("expected_revenue"),
    )


def _requests(one: Mapping[str, Any], two: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what was asked of both, told in the same way: an amount reads the same however it was written."""
    if one.get(REQUEST) and two.get(REQUEST):
        return _asked(one, two), _asked(two, one)
    return _plain(one), _plain(two)


def _asked(said: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked of a plan; of older ones it was profit, and how sure counts where one is cautious."""
    asked = {"goal": PROFIT, "confidence": CONFIDENCE, **said[REQUEST], "budget": _budget(said)}
    if CAUTIOUS not in (asked["goal"], other[REQUEST].get("goal")):
        del asked["confidence"]
    return {EACH: 1, **asked} if EACH in asked or EACH in other[REQUEST] else asked


def _budget(summary: Mapping[str, Any]) -> str:
    money = Money.of(summary["budget"], summary["currency"])
    return f"{money.text} {money.currency}"


def _plain(summary: Mapping[str, Any]) -> dict[str, Any]:
    said = {"budget": _budget(summary), "explore": summary["explore_asked"]}
    if "margin_rate" in summary:
        said["margin"] = summary["margin_rate"]
    return {**said, "offers": _tables(summary)}


def _tables(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the offers of a plan as tables of `[[offers]]`: its catalogue, else those it was asked for."""
    if "catalogue" in summary:
        return [{"id": one["offer_id"], **one} for one in summary["catalogue"]]
    return [dict(one) for one in (summary.get(REQUEST) or {}).get("offers", [])]


def _listed(before: Side, after: Side) -> dict[str, Listed]:
    """Return every offer that a plan names or gives, nothing first."""
    sides = []
    given = [side.decisions["offer_id"].unique().to_pylist() for side in (before, after)]
    joined = [name for name in dict.fromkeys([*given[0], *given[1]]) if name is not None and JOINED in name]
    for side, names in zip((before, after), given, strict=True):
        found = {one["id"]: _offer(one, side.summary["currency"]) for one in _tables(side.summary)}
        found |= _sets(found, [name for name in joined if name not in found])
        sides.append(found | {name: Offer(name, "") for name in names if name is not None and name not in found})
    one, two = ({NO_OFFER: NONE} | {name: o for name, o in side.items() if name != NO_OFFER} for side in sides)
    titles = {**_titles(before.summary), **_titles(after.summary)}
    called = {**_names(before.summary), **_names(after.summary)}
    return {
        name: Listed(name, one.get(name), two.get(name), titles.get(name, {}), called.get(name, {}))
        for name in {**one, **two}
    }


def _sets(offers: Mapping[str, Offer], names: Sequence[str]) -> dict[str, Offer]:
    """Return offers that customers get together as one offer, whose terms are those of all; where a plan has them."""
    made = {}
    for name in names:
        members = [offers[one] for one in name.split(JOINED) if one in offers]
        if len(members) == len(name.split(JOINED)):
            terms = {one.offer_id: {"kind": one.kind, **one.terms} for one in members}
            made[name] = Offer(name, SET, terms, " + ".join(one.name for one in members))
    return made


def _titles(summary: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Return the title of the playbook of every offer, by language."""
    return {
        offer["offer_id"]: {tongue: words["title"] for tongue, words in playbook["words"].items()}
        for playbook in summary.get("playbooks", ())
        for offer in playbook["offers"]
    }


def _names(summary: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what every offer of a playbook is called, by language; older summaries do not say."""
    found: dict[str, dict[str, str]] = {}
    for playbook in summary.get("playbooks", ()):
        for tongue, words in playbook["words"].items():
            for offer, name in words.get("offers", {}).items():
                found.setdefault(offer, {})[tongue] = name
    return found


def _offer(table: Mapping[str, Any], currency: str) -> Offer:
    """Return the offer with its terms in their normal form, so that terms written differently are not other terms."""
    kind, terms = table["kind"], table.get("terms", {})
    checked = KINDS[kind].check(terms, currency) if kind in KINDS else terms
    return Offer(table["id"], kind, checked, table.get("name") or table["id"], table.get("version", 1))


def _alone(decided: Decided, rows: np.ndarray[Any, Any]) -> Sums:
    alone = np.ones(len(decided.ids), np.bool_)
    alone[rows] = False
    return decided.some(alone)


def _limits(one: Mapping[str, Any], two: Mapping[str, Any]) -> tuple[LimitChange, ...]:
    first, second = ({row["name"]: row for row in said["certificate"]["rows"]} for said in (one, two))
    return tuple(LimitChange(name, _use(first.get(name)), _use(second.get(name))) for name in {**first, **second})


def _use(row: Mapping[str, Any] | None) -> Use | None:
    return None if row is None else Use(row["usage"], row["bound"], row["price"], row.get("at_least", False))


def _flows(moves: Moves, offers: Mapping[str, Listed]) -> tuple[Flow, ...]:
    places = list(offers)
    found = [
        Flow(
            before=places[had],
            after=places[has],
            same=had == has and offers[places[had]].same,
            customers=int(moves.counts[had, has].sum()),
            fortune=fortune(moves.counts[had, has]),
            profit=float(moves.profit[had, has]),
            cost=float(moves.cost[had, has]),
        )
        for had, has in np.argwhere(moves.counts.sum(axis=2)).tolist()
    ]
    return tuple(sorted(found, key=lambda flow: (-flow.customers, flow.before, flow.after)))


def _rail_lifted(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """Return whether a playbook of both plans has a share of the budget to keep to in the first one alone.

    The share counts beside other playbooks, so taking those away frees the one that stays.
    """
    stays = {playbook["playbook"] for playbook in two.get("playbooks", ())}
    first, second = ({row["name"] for row in said["certificate"]["rows"]} for said in (one, two))
    return any(f"{name}: budget" in first - second for name in stays)


def _notes(
    one: Mapping[str, Any],
    two: Mapping[str, Any],
    moves: Moves,
    alone: Sequence[Sums],
    offers: Mapping[str, Listed],
) -> tuple[str, ...]:
    """Return what to beware of, gravest first."""
    both = moves.fate.size > 0
    apart = any(part.customers for part in alone)
    changed = [place for place, offer in enumerate(offers.values()) if not offer.same]
    held = {
        "nobody_moves": both and not moves.moved and not apart,
        "nobody_in_common": not both,
        "terms_not_told": any(moves.alike(place) for place in changed),
        "terms_stated": any(one.before and one.after and not one.same for one in offers.values()),
        "goal_differs": one.get("goal", PROFIT) != two.get("goal", PROFIT),
        "margin_differs": one.get("margin_rate") != two.get("margin_rate"),
        "rail_lifted": _rail_lifted(one, two),
        "together_untried": any(said.get(EACH, 1) > 1 and not said.get("cold") for said in (one, two)),
        "models_differ": sorted(one["model_versions"]) != sorted(two["model_versions"]),
        "moments_differ": one["as_of"] != two["as_of"],
        "only_in_one": both and apart,
        "moved_by_lot": moves.by_lot > 0,
        "expected_not_measured": True,
    }
    return tuple(code for code, holds in held.items() if holds)
