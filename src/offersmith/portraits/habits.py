"""How a customer buys: when and by which channel, how much they go by the price; each beside what it rests on."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, get_args

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.kept import Kept
from offersmith.profiles.behaviour.preferred import What, preferred, value_name
from offersmith.profiles.behaviour.price import price_sense
from offersmith.report.inputs_base import Both
from offersmith.report.portrait.facts import Habit
from offersmith.store.analytics import Analytics
from offersmith.words import LANGUAGES, Language, say

SHARES = b"offersmith.habits"
RESPECTS: tuple[What, ...] = get_args(What)
_PRICES = ("lines", "taken", "expected", "attitude", "price_level")


def habits(kept: Kept, customer_id: str, at: datetime) -> tuple[Habit, ...]:
    """Return a customer's habits; those that the shop does not record are left out."""
    table = kept.table("habits", at, lambda: learn(kept.analytics, at), "habits")
    shop: dict[str, dict[str, float]] = json.loads(table.schema.metadata[SHARES])
    place = pc.index(table["customer_id"], pa.scalar(customer_id)).as_py()
    if place < 0:
        return ()
    row = table.slice(place, 1).to_pylist()[0]
    times = tuple(_preference(what, row, shop[what]) for what in RESPECTS if shop[what] and row[f"{what}_days"])
    return (*times, *_prices(row))


def learn(analytics: Analytics, at: datetime) -> pa.Table:
    """Return everybody's habits as of a moment: `customer_id`, then columns of preferences and of price sense.

    The shop's own shares stand in the metadata, by respect; none where nothing can be said of anybody.
    """
    sense = price_sense(analytics, at).table.select(["customer_id", *_PRICES])
    shop = {}
    table = sense
    for what in RESPECTS:
        seen = preferred(analytics, at, what)
        shop[what] = seen.shop
        named = seen.table.rename_columns(
            ["customer_id", *(f"{what}_{name}" for name in ("preferred", "share", "sure", "days"))]
        )
        table = table.join(named, "customer_id", join_type="full outer", use_threads=False)
    return table.sort_by("customer_id").replace_schema_metadata({SHARES: json.dumps(shop).encode()})


def _preference(what: What, row: dict[str, Any], shop: dict[str, float]) -> Habit:
    called, days = Both.say(f"portrait.habit_{what}"), row[f"{what}_days"]
    value = row[f"{what}_preferred"]
    if value is None:
        return Habit(called, Both.say("portrait.no_preference"), Both.say("portrait.seen_on", days=days))
    shares = {"share": row[f"{what}_share"], "everybody": shop[value], "days": days}
    named = Both(*(value_name(what, value, language) for language in LANGUAGES))
    return Habit(called, named, Both.say("portrait.preference_says", **shares))


def _prices(row: dict[str, Any]) -> tuple[Habit, ...]:
    found = []
    if row["attitude"] is not None:
        lines = {"taken": row["taken"], "lines": row["lines"], "expected": row["expected"]}
        value = Both.say(f"portrait.attitude_{row['attitude']}")
        found.append(Habit(Both.say("portrait.habit_deals"), value, Both.say("portrait.deals_say", **lines)))
    if row["price_level"] is not None:
        value = Both(*(_level(row["price_level"], language) for language in LANGUAGES))
        found.append(Habit(Both.say("portrait.habit_level"), value, Both.say("portrait.level_says")))
    return tuple(found)


def _level(level: float, language: Language) -> str:
    return say("portrait.level", language, level=round(100 * level))
