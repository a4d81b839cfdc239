"""Baskets of twenty lines and fifty promotions, said once and neutrally; each engine's file spells them its own way.

All amounts are minor units of one currency with two decimals. A promotion looks at one category or at everything,
needs so many pieces or so much money of it (at list price), and gives one benefit once a basket.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CURRENCY = "GBP"
LINES = 20
CATEGORIES = 40
PRODUCTS_EACH = 12
LEAST_APPLIED = 10

Entry = tuple[int, int]
"""A product's index and how many pieces of it."""
Off = dict[str, int]
"""What each promotion that applied took off, in minor units."""


@dataclass(frozen=True, slots=True)
class Product:
    """What may lie in a basket: its price in minor units and its one category."""

    product_id: str
    category: str
    price: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One promotion.

    Attributes:
        gives: "percent" off all matching pieces, "amount" off them together, "each" so much off every piece,
            "cheapest" the cheapest matching piece is free, "bundle" the `least` cheapest pieces at one price.
        value: percent, or minor units; unused by "cheapest".
        needs: "count" or "value" of matching pieces.
        least: how many, or how much.
        category: which lines match; None = all.
    """

    name: str
    gives: str
    value: int
    needs: str
    least: int
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The products, the promotions and the baskets of one run."""

    products: tuple[Product, ...]
    rules: tuple[Rule, ...]
    baskets: tuple[tuple[Entry, ...], ...]


_WHOLE_BASKET = (
    *(("percent", 1 + step % 3, "value", 5_000 + 20_000 * step) for step in range(6)),
    *(("amount", 200 + 100 * step, "value", 4_000 + 25_000 * step) for step in range(6)),
)
_ONE_CATEGORY = (
    *(("percent", 5 + step, "count", 1) for step in range(12)),
    *(("each", 20 + 10 * step, "count", 1 + step % 2) for step in range(8)),
    *(("amount", 150 + 50 * step, "value", 2_000 + 1_000 * step) for step in range(6)),
    *(("cheapest", 0, "count", 3) for _ in range(6)),
    *(("bundle", 450 + 50 * step, "count", 3) for step in range(6)),
)


def rules() -> tuple[Rule, ...]:
    """Return the fifty promotions: twelve look at the whole basket, the others at one category each."""
    whole = (Rule(f"p{index:02d}", *terms) for index, terms in enumerate(_WHOLE_BASKET))
    narrow = (
        Rule(f"p{index:02d}", *terms, category=f"c{index % CATEGORIES:02d}")
        for index, terms in enumerate(_ONE_CATEGORY, len(_WHOLE_BASKET))
    )
    return (*whole, *narrow)


def case(baskets: int, seed: int = 1) -> Case:
    """Return a case with so many baskets, each of which meets the conditions of ten promotions or more."""
    rng = np.random.default_rng(seed)
    prices = np.maximum(rng.lognormal(6.9, 0.6, CATEGORIES * PRODUCTS_EACH), 250).astype(int)
    products = tuple(
        Product(f"s{index:03d}", f"c{index % CATEGORIES:02d}", int(price)) for index, price in enumerate(prices)
    )
    made: list[tuple[Entry, ...]] = []
    while len(made) < baskets:
        chosen = rng.choice(len(products), LINES, replace=False)
        basket = tuple(zip(chosen.tolist(), rng.integers(1, 5, LINES).tolist(), strict=True))
        if sum(meets(rule, basket, products) for rule in rules()) >= LEAST_APPLIED:
            made.append(basket)
    return Case(products, rules(), tuple(made))


def meets(rule: Rule, basket: tuple[Entry, ...], products: tuple[Product, ...]) -> bool:
    """Say whether a basket has what a promotion needs."""
    matching = [(products[at].price, n) for at, n in basket if rule.category in {None, products[at].category}]
    return sum(n * (price if rule.needs == "value" else 1) for price, n in matching) >= rule.least
