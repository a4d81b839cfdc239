"""How much is spent on matching lines, on a basis that is stated, with or without tax. Gifts never count."""

from __future__ import annotations

from offersmith.offers import items, tax
from offersmith.offers.till import Till

BASES = ("list", "catalogue", "phase", "current")
"""Shelf prices; after catalogue offers; after all earlier phases; after everything applied so far."""

TAXES = ("priced", "gross", "net")
"""As the basket's prices are; with tax; without."""


def spent(till: Till, chosen: items.Items, basis: str, side: str = "priced") -> int:
    """Return minor units spent on the lines `chosen`, on one of `BASES` and of `TAXES`."""
    if basis == "current":
        if side == "priced":
            return sum([till.left[group] for group in chosen.groups(till)])
        amounts = [0] * len(till.lines)
        for place, left in zip(till.line, till.left, strict=True):
            amounts[place] += left
    elif basis == "phase":
        amounts = till.entering
    elif basis == "list":
        amounts = till.shelf
    else:
        amounts = till.listed
    if side == "priced":
        return sum(amounts) if chosen.everything else sum([amounts[place] for place in chosen.lines(till)])
    gross = till.basket.prices_include_tax
    return sum(tax.on_side(amounts[place], till.lines[place].tax_ppm, side, gross) for place in chosen.lines(till))
