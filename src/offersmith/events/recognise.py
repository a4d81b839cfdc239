"""Which column of a shop's file is which of ours, told by its name, or, where the name says nothing, by its values.

Common layouts need no table of their own: GA4 exports, Shopify and WooCommerce order exports, UCI Online Retail, and
German, French, Spanish and Chinese column names are all covered by the synonyms. Earlier synonyms win over later ones.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events import clock
from offersmith.events.mapping import text
from offersmith.events.synonyms import COLUMNS, EVENTS, LINE_AMOUNTS, UNIT_PRICES
from offersmith.vocabulary import EVENT_NAMES

GLANCE = 2_000
"""Values looked at to tell what an unknown column holds."""

_ORDER_TOTALS = frozenset(
    {"total", "ordersubtotal", "revenue", "value", "gesamt", "summe", "gesamtbetrag", "rechnungsbetrag", "montanttotal",
     "totalttc", "importetotal", "montototal", "订单金额", "订单总金额"}
)  # fmt: skip
_MONEY = r"^[^\d.,]{0,4}\d{1,3}(?:\d*|(?:[., ]\d{3})*)[.,]\d{2}[^\d.,]{0,4}$"
_SUM = r"^(?:[A-Za-z]{3}\s)?[^\w.,]{0,4}\d+(?:[., ]\d{3})*[.,](?:\d{2}|\d*[1-9]\d*)[^\w.,]{0,4}(?:\s[A-Za-z]{3})?$"
_NOTHING = r"^\s*-?0+(?:[.,]0?)?\s*$"
_BORN = re.compile(r"birth|born|geburt|naissance|nacimiento|生日|出生")


def bare(name: str) -> str:
    """Return a name without case, spaces, signs and accents: `Customer ID` is `customerid`, `Quantité` `quantite`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", plain)


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
    order_total = line is not None and bare(line) in _ORDER_TOTALS
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


def time_by_values(columns: Mapping[str, pa.Array]) -> str | None:
    """Return the column whose values are moments of a shop's life, None without one.

    Names that may mean a time come first, then typed and written dates, then digits (which may be a number after all).
    """
    ranked = []
    for index, (name, values) in enumerate(columns.items()):
        kind = _kind_of_time(values.drop_null().slice(0, GLANCE))
        if kind is not None and not _BORN.search(name.casefold()):
            ranked.append((bare(name) not in COLUMNS["time"], kind, index, name))
    return min(ranked)[-1] if ranked else None


def amount_by_values(columns: Mapping[str, pa.Array]) -> str | None:
    """Return the only column of numbers with two decimals; None where there is none or more than one."""
    found = [name for name, values in columns.items() if _matching(values, _MONEY)]
    return found[0] if len(found) == 1 else None


def is_money(values: pa.Array) -> bool:
    """Tell whether a column that is named like an id holds sums of money: `2.50` in most rows that hold anything.

    Whole numbers say nothing, nor does 0: an id may be one, and `17.0` is how one is written that is missing elsewhere.
    """
    known = values.drop_null().slice(0, GLANCE)
    if pa.types.is_decimal(known.type):
        known = known.cast(pa.string())
    if pa.types.is_floating(known.type):
        told = known.filter(pc.and_(pc.is_finite(known), pc.not_equal(known, 0)))
        return len(told) > 0 and (pc.sum(pc.not_equal(told, pc.round(told))).as_py() or 0) > 0.05 * len(told)
    if not (pa.types.is_string(known.type) or pa.types.is_large_string(known.type)):
        return False
    words = text(known, "place").drop_null()
    told = words.filter(pc.invert(pc.match_substring_regex(words, _NOTHING)))
    return len(told) > 0 and (pc.sum(pc.match_substring_regex(told, _SUM)).as_py() or 0) > 0.5 * len(told)


def customer_by_values(columns: Mapping[str, pa.Array]) -> str | None:
    """Return the only column of e-mail addresses; other ids of customers look like any other ids."""
    found = [name for name, values in columns.items() if _matching(values, r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    return found[0] if len(found) == 1 else None


def _kind_of_time(values: pa.Array) -> int | None:
    """Return 0 for typed times, 1 for written ones, 2 for digits, None for what is no time after the year 1995."""
    kind = values.type
    words = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    dated = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    if not len(values) or not (words or dated or pa.types.is_integer(kind)):
        return None
    written = clock.how_written(values)
    if written.known == 0 or written.unread > 0.05 * written.known:
        return None
    years = pc.min_max(pc.year(clock.read(values, clock.Clock(format=written.format)).time)).as_py()
    if years["min"] < 1995 or years["max"] > 2100:
        return None
    if pa.types.is_integer(kind) or (words and pc.all(pc.match_substring_regex(values, r"^\s*\d*\s*$")).as_py()):
        return 2
    return 1 if words else 0


def _matching(values: pa.Array, pattern: str) -> bool:
    """Tell whether nearly all values of a text column match; one odd value in twenty is allowed."""
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return False
    words = text(values.drop_null().slice(0, GLANCE), "place").drop_null()
    return len(words) > 0 and (pc.sum(pc.match_substring_regex(words, pattern)).as_py() or 0) >= 0.95 * len(words)


def _first(wanted: Iterable[str], by_bare: dict[str, str], used: set[str]) -> str | None:
    return next((by_bare[name] for name in wanted if name in by_bare and by_bare[name] not in used), None)


_EVENT_OF = {bare(name): ours for ours, names in EVENTS.items() for name in names} | {bare(n): n for n in EVENT_NAMES}
