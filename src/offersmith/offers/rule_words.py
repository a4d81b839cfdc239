"""The rules of a promotion in words: when it applies, what it is for, and what goes with it.

What an offer gives is said by its kind (`OfferKind.says`); here stands everything else that somebody has to know who
approves it. A condition is a clause without a capital or a full stop, so that one can stand inside of another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from offersmith import words
from offersmith.offers.item_words import alternatives, listed, say_items
from offersmith.offers.promotion import Promotion
from offersmith.offers.wall_clock import local
from offersmith.words import Language

NAMED: Final = 5
"""Customers that are named one by one; more are counted."""

Spec = Mapping[str, Any]
Clause = Callable[["_Speaker", Spec], str]


def say_condition(spec: Spec, currency: str, language: Language, zone: str = "") -> str:
    """Return a checked condition in words.

    Args:
        spec: in normal form, with its `kind`.
        currency: of its amounts.
        language: of the words.
        zone: the zone the reader knows of; a condition about time names its own where that is another.

    >>> say_condition({"kind": "spend", "min": "30.00"}, "EUR", "en")
    'at least 30.00 EUR is spent'
    """
    return _Speaker(currency, language, zone).condition(spec)


def say_terms(terms: Mapping[str, Any], currency: str, language: Language) -> list[str]:
    """Return what checked terms of an offer are for and how far they reach, where `OfferKind.says` is silent on it.

    >>> say_terms({"percent": 15, "items": {"sku": ["tea"]}}, "EUR", "en")
    ['for: product tea']
    """
    return _Speaker(currency, language).terms(terms)


def say_rules(promotion: Promotion, currency: str, language: Language, zone: str = "") -> list[str]:
    """Return the rules of a promotion, a line for each: conditions, targets, its time, and what it combines with.

    Args:
        promotion: checked; whatever is as usual is not said.
        currency: of its amounts.
        language: of the words.
        zone: the zone in which its start and end are shown, and which the reader knows of; "" = UTC, and it is named.
    """
    speaker = _Speaker(currency, language, zone)
    said = [speaker.say("if", condition=speaker.condition(one)) for one in promotion.conditions]
    said += speaker.terms(promotion.offer.terms)
    for name, moment in (("starts", promotion.starts), ("ends", promotion.ends)):
        if moment is not None:
            said.append(speaker.say(name, moment=speaker.moment(moment)))
    if promotion.priority:
        said.append(speaker.say("priority", priority=promotion.priority))
    if promotion.group:
        said.append(speaker.say("group", group=promotion.group))
    if promotion.exclusive:
        said.append(speaker.say("exclusive"))
    if promotion.combines_with is not None:
        names = listed(sorted(promotion.combines_with), language)
        said.append(speaker.say("combines", names=names) if names else speaker.say("combines_none"))
    if promotion.phase:
        said.append(speaker.say(f"phase_{promotion.phase}"))
    return said


class _Speaker:
    def __init__(self, currency: str, language: Language, zone: str = "") -> None:
        self.currency, self.language, self.zone = currency, language, zone

    def say(self, key: str, /, **values: Any) -> str:
        return words.say(f"rules.{key}", self.language, **values)

    def condition(self, spec: Spec) -> str:
        return _CLAUSES[spec["kind"]](self, spec)

    def terms(self, terms: Mapping[str, Any]) -> list[str]:
        if "parts" in terms:
            return [
                self.say("part", number=number, rule=rule)
                for number, part in enumerate(terms["parts"], 1)
                for rule in self.terms(part["terms"])
            ]
        said = [
            self.say(name, items=self.items(side["items"]))
            for name, side in (
                ("items", terms),
                ("buy_items", terms.get("buy", {})),
                ("get_items", terms.get("get", {})),
            )
            if "items" in side
        ]
        said += [
            self.say(name, pieces=self.pieces(terms[name]))
            for name in ("max_pieces", "max_pieces_per_line", "every", "max_get")
            if name in terms
        ]
        if "times" in terms and not _pieces_are_said(terms):
            said.append(self.say("times_once") if terms["times"] == 1 else self.say("times", count=terms["times"]))
        if terms.get("give") == "dearest":
            said.append(self.say("give_dearest"))
        if "methods" in terms:
            said.append(self.say("methods", methods=self.names(terms["methods"])))
        return said

    def items(self, selector: Mapping[str, Any]) -> str:
        return say_items(selector, self.currency, self.language)

    def names(self, names: Sequence[str]) -> str:
        return alternatives(names, self.language)

    def pieces(self, count: int) -> str:
        return self.many("piece", count)

    def many(self, noun: str, count: int) -> str:
        return self.say(noun if count == 1 else f"{noun}s", count=count)

    def moment(self, moment: datetime) -> str:
        return f"{local(moment, self.zone or 'UTC'):%Y-%m-%d %H:%M}" + ("" if self.zone else " (UTC)")

    def placed(self, said: str, spec: Spec) -> str:
        there = spec.get("zone", self.zone)
        return said if there == self.zone else self.say("in_zone", said=said, zone=there)

    def both(self, said: Sequence[str]) -> str:
        return self.say("and").join(said)

    def bounds(self, spec: Spec, show: Callable[[Any], str]) -> str:
        least, most = spec.get("min"), spec.get("max")
        if most is None:
            return self.say("least", least=show(least))
        if least is None:
            return self.say("most", most=show(most))
        if least == most:
            return self.say("exactly", least=show(least))
        return self.say("between", least=least, most=show(most))

    def spend(self, spec: Spec) -> str:
        amount = self.bounds(spec, lambda text: f"{text} {self.currency}")
        if "items" in spec:
            said = self.say("spend_items", amount=amount, items=self.items(spec["items"]))
        else:
            said = self.say("spend", amount=amount)
        how = [self.say(f"{name}_{spec[name]}") for name in ("basis", "tax") if name in spec]
        return self.say("spend_counted", spend=said, how=listed(how, self.language)) if how else said

    def quantity(self, spec: Spec) -> str:
        return self.held(spec, "piece")

    def distinct(self, spec: Spec) -> str:
        return self.held(spec, "line" if spec.get("of") == "lines" else "product")

    def held(self, spec: Spec, noun: str) -> str:
        pieces = self.bounds(spec, lambda count: self.many(noun, count))
        if "items" in spec:
            return self.say("quantity_items", pieces=pieces, items=self.items(spec["items"]))
        return self.say("quantity", pieces=pieces)

    def contains(self, spec: Spec) -> str:
        said = []
        for name in ("all", "any", "none"):
            if name in spec:
                each = [self.say("within", condition=self.items(one)) for one in spec[name]]
                gap = self.say("and" if name == "all" else "also")
                said.append(self.say(f"contains_{name}", items=gap.join(each)))
        return self.both(said)

    def any_or_none(self, spec: Spec) -> str:
        more = {"name": spec["name"]} if "name" in spec else {}
        return self.both([
            self.say(f"{spec['kind']}_{name}", names=self.names(spec[name]), **more)
            for name in ("any_of", "none_of")
            if name in spec
        ])  # fmt: skip

    def level(self, spec: Spec) -> str:
        return self.say("level", names=self.names(spec["any_of"]))

    def order_number(self, spec: Spec) -> str:
        least, most = spec.get("is", spec.get("min")), spec.get("is", spec.get("max"))
        if least == most:
            return self.say("order_first") if least == 1 else self.say("order_is", least=least)
        if most is None:
            return self.say("order_least", least=least)
        if least is None:
            return self.say("order_most", most=most)
        return self.say("order_between", least=least, most=most)

    def customer(self, spec: Spec) -> str:
        named = spec["any_of"]
        if len(named) > NAMED:
            return self.say("customer_many", count=len(named))
        return self.say("customer", names=self.names(named))

    def window(self, spec: Spec) -> str:
        said = []
        for name in ("starts", "ends"):
            if name in spec:
                # A date alone as the end covers that day.
                key = "window_last_day" if name == "ends" and _is_day(spec[name]) else f"window_{name}"
                said.append(self.say(key, moment=spec[name].replace("T", " ")))
        return self.placed(self.both(said), spec)

    def weekday(self, spec: Spec) -> str:
        days = self.names([words.say(f"offers.day_{day}", self.language) for day in spec["days"]])
        return self.placed(self.say("weekday", days=days), spec)

    def hours(self, spec: Spec) -> str:
        opens, closes = spec["from"], "24:00" if spec["to"] == "00:00" else spec["to"]
        name = "hours" if opens < closes else "hours_overnight"
        return self.placed(self.say(name, **{"from": opens, "to": closes}), spec)

    def any_of(self, spec: Spec) -> str:
        several = [self.condition(one) for one in spec["conditions"]]
        if len(several) == 1:
            return several[0]
        return self.say(
            "any_of", conditions=self.say("also").join(self.say("within", condition=one) for one in several)
        )

    def opposite(self, spec: Spec) -> str:
        return self.say("not", condition=self.condition(spec["condition"]))


def _pieces_are_said(terms: Mapping[str, Any]) -> bool:
    # Of the kind that has neither sets nor a bundle, `times` is a number of pieces, and its own words name that.
    return not {"buy", "quantity", "of_every"} & set(terms)


def _is_day(text: str) -> bool:
    return "T" not in text and " " not in text


_CLAUSES: Final[Mapping[str, Clause]] = MappingProxyType({
    "spend": _Speaker.spend,
    "quantity": _Speaker.quantity,
    "distinct": _Speaker.distinct,
    "contains": _Speaker.contains,
    "segment": _Speaker.any_or_none,
    "level": _Speaker.level,
    "order_number": _Speaker.order_number,
    "customer": _Speaker.customer,
    "fact": _Speaker.any_or_none,
    "window": _Speaker.window,
    "weekday": _Speaker.weekday,
    "hours": _Speaker.hours,
    "any_of": _Speaker.any_of,
    "not": _Speaker.opposite,
})  # fmt: skip
