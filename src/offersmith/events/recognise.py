"""Which column of a shop's file is which of ours, told by its name, in English and Chinese.

Common layouts need no table of their own: GA4 exports, Shopify and WooCommerce order exports and UCI Online Retail are
all covered by these synonyms. Earlier synonyms win over later ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from offersmith.events.synonyms import COLUMNS, EVENTS, LINE_AMOUNTS, UNIT_PRICES
from offersmith.vocabulary import EVENT_NAMES


def bare(name: str) -> str:
    """Return a name without case, spaces and signs: `Customer ID` -> `customerid`."""
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", name.lower())


def recognise(names: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return (our column -> theirs, `line` or `unit` for what the amount is).

    A column of theirs is used once; where theirs is named exactly as ours, that wins.
    """
    by_bare: dict[str, str] = {}
    for name in names:
        by_bare.setdefault(bare(name), name)
    found: dict[str, str] = {}
    for ours, synonyms in COLUMNS.items():
        theirs = _first((bare(ours), *synonyms), by_bare, set(found.values()))
        if theirs is not None:
            found[ours] = theirs
    if "order_id" not in found and "lineitemname" in by_bare and "name" in by_bare:
        found["order_id"] = by_bare["name"]  # Shopify calls an order's number its name.
    used = set(found.values())
    line, unit = _first(LINE_AMOUNTS, by_bare, used), _first(UNIT_PRICES, by_bare, used)
    # An order's total repeated on each of its lines is no line amount; a unit price with a quantity is safe.
    order_total = line is not None and bare(line) in {"total", "ordersubtotal", "revenue", "value"}
    if unit is not None and "quantity" in found and (line is None or order_total):
        return {**found, "amount": unit}, "unit"
    amount = line or unit
    return ({**found, "amount": amount} if amount else found), "line"


def event_of(name: str) -> str | None:
    """Return our event for a shop's name of it, None for one nobody knows: `Product View` is `view_item`."""
    return _EVENT_OF.get(bare(name))


def suggestion(names: Sequence[str]) -> str:
    """Return the hint of an error about columns: the mapping these names suggest, as it would stand in the settings."""
    found, amount_is = recognise(names)
    if "time" not in found:
        return 'no column looks like a time; name it in [[events]]: columns = { time = "THEIR COLUMN" }'
    pairs = ", ".join(f"{ours} = {json.dumps(theirs, ensure_ascii=False)}" for ours, theirs in found.items())
    unit = ', amount_is = "unit"' if amount_is == "unit" else ""
    return f"these columns suggest: columns = {{ {pairs} }}{unit}"


def _first(wanted: Iterable[str], by_bare: dict[str, str], used: set[str]) -> str | None:
    return next((by_bare[name] for name in wanted if name in by_bare and by_bare[name] not in used), None)


_EVENT_OF = {bare(name): ours for ours, names in EVENTS.items() for name in names} | {bare(n): n for n in EVENT_NAMES}
