"""A comparison in words, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from offersmith.offers import KINDS
from offersmith.offers.catalogue import says
from offersmith.profiles import segments
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language, say

if TYPE_CHECKING:
    from offersmith.strategy.compare.base import Comparison, Fortune, Group, Listed, Use

FLOWS = 12
"""So many moves are said, most customers first."""


def told(made: Comparison, language: Language) -> list[str]:
    """Return the lines: what was asked, what changes for the shop, who gains and who loses, what to beware of."""
    return [
        title(made, language),
        *_asked(made, language),
        *_shop(made, language),
        *_limits(made, language),
        *_fortune(made, language),
        *_flows(made, language),
        *_groups(made, language),
        *notes(made, language),
    ]


def title(made: Comparison, language: Language) -> str:
    """Return what is compared."""
    if made.what_if:
        return say("compare.title_what_if", language, changes=", ".join(made.what_if), before=made.before.version)
    return made.title or say("compare.title_plans", language, before=made.before.version, after=made.after.version)


def value(plain: Any, language: Language) -> str:
    """Return a value of a request as a person writes it."""
    if plain is None:
        return say("compare.absent", language)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, Mapping):
        title = plain.get("title", plain.get("name", plain.get("id")))
        if title is not None:  # a whole limit, offer or playbook that one of them does not have
            return str(title.get(language, next(iter(title.values())))) if isinstance(title, Mapping) else str(title)
        return "{" + ", ".join(f"{key} = {value(inner, language)}" for key, inner in plain.items()) + "}"
    if isinstance(plain, list | tuple):
        return "[" + ", ".join(value(inner, language) for inner in plain) + "]"
    return str(plain)


def called(offer: Listed, language: Language, *, after: bool) -> str:
    """Return what an offer is called in a plan; with its terms where the other plan had it on other terms."""
    if offer.offer_id == NO_OFFER:
        return say("compare.nothing", language)
    one = (offer.after if after else offer.before) or offer.before or offer.after
    if one is None:
        return offer.offer_id
    name = offer.names.get(language) or one.name or one.offer_id
    if offer.playbook:
        name = say("compare.offer_of", language, title=offer.playbook[language], name=name)
    if offer.same or offer.before is None or offer.after is None or one.kind not in KINDS:
        return name
    terms = says(one, language)
    return name if name == terms else say("compare.offer_changed", language, name=name, terms=terms)


def segment_name(code: str, language: Language) -> str:
    """Return what a segment is called."""
    return segments.name(code, language) if code else say("compare.everyone", language)


def notes(made: Comparison, language: Language) -> list[str]:
    """Return what to beware of, gravest first."""
    said = {"by_lot": made.by_lot, "moved": made.moved, **_fates(made.settled)}
    return [say(f"compare.note_{code}", language, **said) for code in made.notes]


def limit_use(use: Use | None, language: Language) -> str:
    """Return how a limit stands after a plan."""
    if use is None:
        return say("compare.absent", language)
    side = "compare.limit_floor" if use.at_least else "compare.limit_use"
    usage, bound = (f"{one + 0.0:,.{use.digits}f}" for one in (use.usage, use.bound))
    return say(side, language, usage=usage, bound=bound, price=use.price)


def _asked(made: Comparison, language: Language) -> list[str]:
    if not made.asked:
        return [say("compare.asked_nothing", language)]
    lines = [
        say(
            "compare.asked_line",
            language,
            field=one.field,
            before=value(one.before, language),
            after=value(one.after, language),
        )
        for one in made.asked
    ]
    return [say("compare.asked", language), *lines]


def _shop(made: Comparison, language: Language) -> list[str]:
    one, two, money = made.before, made.after, {"currency": made.currency}
    budgets = {"budget_before": one.budget, "budget_after": two.budget}
    customers = {"customers_before": one.customers, "customers_after": two.customers}
    sold = one.sold(two)
    figures: tuple[tuple[str, float, float, Mapping[str, object]], ...] = (
        ("profit", one.profit, two.profit, money),
        *(() if sold is None else (("revenue", *sold, money),)),
        ("cost", one.cost, two.cost, {**money, **budgets}),
        ("given", one.given, two.given, customers),
    )
    lines = [
        say(f"compare.{key}", language, before=before, after=after, change=after - before, **more)
        for key, before, after, more in figures
    ]
    return [say("compare.for_shop", language), *lines]


def _limits(made: Comparison, language: Language) -> list[str]:
    lines = [
        say(
            "compare.limit",
            language,
            name=one.name,
            before=limit_use(one.before, language),
            after=limit_use(one.after, language),
        )
        for one in made.limits
    ]
    return [say("compare.limits", language), *lines] if lines else []


def _fortune(made: Comparison, language: Language) -> list[str]:
    one, two = made.only_before, made.only_after
    lines = [say("compare.fortune", language, customers=made.customers, **_fates(made.fortune))]
    if made.customers:
        lines.append(say("compare.fortune_means", language))
    if one.customers or two.customers:
        apart = {"before": one.customers, "given_before": one.given, "after": two.customers, "given_after": two.given}
        lines.append(say("compare.only", language, **apart))
    return lines


def _flows(made: Comparison, language: Language) -> list[str]:
    moves = [flow for flow in made.flows if not flow.same and not flow.before == flow.after == NO_OFFER]
    if not moves:
        return [say("compare.flows_none", language)]
    lines = [
        say(
            "compare.flow",
            language,
            before=called(made.offers[flow.before], language, after=False),
            after=called(made.offers[flow.after], language, after=True),
            customers=flow.customers,
            profit=flow.profit,
            cost=flow.cost,
            **_fates(flow.fortune),
        )
        for flow in moves[:FLOWS]
    ]
    rest = moves[FLOWS:]
    if rest:
        customers = sum(flow.customers for flow in rest)
        lines.append(say("compare.flows_rest", language, flows=len(rest), customers=customers))
    return [say("compare.flows", language), *lines]


def _groups(made: Comparison, language: Language) -> list[str]:
    """Return what becomes of every offer that is given, and of every segment that is given something."""
    offers = [
        _group(
            called(made.offers[one.name], language, after=True),
            one.before.customers,
            one.after.customers,
            one,
            language,
        )
        for one in made.by_offer
        if one.name != NO_OFFER and (one.before.customers or one.after.customers)
    ]
    segments_told = [
        _group(segment_name(one.name, language), one.before.given, one.after.given, one, language)
        for one in made.by_segment
        if one.before.given or one.after.given
    ]
    parts = (("compare.by_offer", offers), ("compare.by_segment", segments_told))
    return [line for key, lines in parts if lines for line in (say(key, language), *lines)]


def _group(name: str, before: int, after: int, group: Group, language: Language) -> str:
    counts = {"before": before, "after": after, **_fates(group.fortune)}
    return say("compare.group", language, name=name, **counts, profit=group.profit, cost=group.cost)


def _fates(fortune: Fortune) -> dict[str, int]:
    return {"better": fortune.better, "equal": fortune.equal, "worse": fortune.worse}
