"""The case in our own words: promotions as their JSON says them, compiled once, and baskets as values."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from typing import Any

from benchmarks._basket_case import CURRENCY, Case, Entry, Off, Product, Rule
from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.programme import Programme
from offersmith.offers.reading import promotion
from offersmith.offers.stacking import evaluate

CONTEXT = Context(moment=datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001 - naive UTC throughout
ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Ours:
    """The baskets, the programme of all promotions, and one programme for each."""

    baskets: tuple[Basket, ...]
    programme: Programme
    single: tuple[Programme, ...]

    def run(self, baskets: int) -> float:
        """Price so many baskets in turn, with every reason on; return CPU seconds."""
        start = time.process_time()
        for basket in islice(cycle(self.baskets), baskets):
            evaluate(basket, self.programme, CONTEXT)
        return time.process_time() - start

    def together(self) -> list[Off]:
        """Return for every basket what each promotion that applied took off, all of them live."""
        return [_off(basket, self.programme) for basket in self.baskets]

    def alone(self, baskets: int) -> list[Off]:
        """Return for the first baskets what each promotion takes off when it is the only one."""
        return [
            {name: off for one in self.single for name, off in _off(basket, one).items()}
            for basket in self.baskets[:baskets]
        ]


def prepare(case: Case) -> Ours:
    """Compile the promotions and make the baskets."""
    promotions = [promotion(spelled(rule), CURRENCY, ZONE) for rule in case.rules]
    return Ours(
        tuple(_basket(entries, case.products) for entries in case.baskets),
        Programme(promotions, CURRENCY),
        tuple(Programme([one], CURRENCY) for one in promotions),
    )


def spelled(rule: Rule) -> dict[str, Any]:
    """Return a promotion as JSON says it."""
    items = {"items": {"category": [rule.category]}} if rule.category else {}
    needed: dict[str, Any] = (
        {"kind": "quantity", "min": rule.least}
        if rule.needs == "count"
        else {"kind": "spend", "min": _major(rule.least), "basis": "list"}
    )
    kind, terms = _given(rule)
    return {
        "promotion_id": rule.name,
        "kind": kind,
        "terms": terms | items,
        "conditions": [needed | items],
        "starts": "2026-11-01T00:00",
        "ends": "2026-12-01T00:00",
        "zone": ZONE,
    }


def _given(rule: Rule) -> tuple[str, dict[str, Any]]:
    money = {"currency": CURRENCY}
    on = {"on": "items"} if rule.category else {}
    match rule.gives:
        case "percent":
            return "percent_off", {"percent": rule.value, "of": "list", "rounding": "down"} | on
        case "amount":
            return "amount_off", {"amount": _major(rule.value)} | on | money
        case "each":
            return "amount_off", {"amount": _major(rule.value), "on": "unit"} | money
        case "cheapest":
            return "cheapest_off", {"percent": 100, "of_every": rule.least, "times": 1}
        case _:
            once = {"times": 1, "take": "cheapest"}
            return "bundle_price", {"quantity": rule.least, "price": _major(rule.value)} | once | money


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _basket(entries: tuple[Entry, ...], products: tuple[Product, ...]) -> Basket:
    lines = (Line(products[at].product_id, pieces, products[at].price, products[at].category) for at, pieces in entries)
    return Basket(tuple(lines), CURRENCY)


def _off(basket: Basket, programme: Programme) -> Off:
    return {one.promotion_id: one.off for one in evaluate(basket, programme, CONTEXT).applied}
