"""What each customer dealt with before a moment, and what the shop calls it: the questions behind interests.

`compile_evidence` is a row per customer and item (a product, or a search in its words): a decayed weight, how many
events, and the latest of them. A refund takes back what a purchase of that moment would weigh. `compile_texts` is a row
per product: its most frequent name, category and brand. `compile_baskets` says what was bought (or looked at) together;
there an anonymous order counts too, as it says what goes with what. Weights are added up as whole numbers, so that they
depend on no order of adding (`feature_values`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import COUNT_BITS, real, weight, whole

WEIGHTS: Mapping[str, float] = {
    "purchase": 1.0, "review": 0.6, "add_to_cart": 0.5, "add_to_wishlist": 0.4, "view_item": 0.2, "search": 0.1,
    "refund": -1.0,
}  # fmt: skip
"""What an event says of an interest, beside a purchase; events that are not named say nothing."""
HALF_LIFE_DAYS = 120.0


def compile_evidence(as_of: datetime, half_life_days: float = HALF_LIFE_DAYS) -> ir.Table:
    """Compile what customers dealt with to one ibis expression, sorted by customer and item.

    Args:
        as_of: the moment, naive UTC; nothing at or after it counts.
        half_life_days: after how many days an event weighs half.

    Returns:
        `customer_id`, `is_search` (the item is words searched for), `item` (product id, or the words in lower case),
        `weight` (purchases' worth; not positive where all was given back), `events`, `last` (of the events that are no
        refunds).

    Raises:
        InputError: the moment has a time zone, or the half-life is not above 0.
    """
    _checked(as_of)
    if not half_life_days > 0:
        raise InputError(f"half_life_days must be above 0, got {half_life_days}", field="half_life_days")
    lines = EVENTS_TABLE.filter(
        EVENTS_TABLE.customer_id.notnull(), EVENTS_TABLE.time < as_of, EVENTS_TABLE.event.isin(list(WEIGHTS))
    )
    searched = lines.event == "search"
    item = ibis.ifelse(searched, lines.search_term.strip().lower(), lines.product_id).nullif("")
    worth = ibis.cases(*((lines.event == name, real(value)) for name, value in WEIGHTS.items()), else_=real(0))
    kept = lines.mutate(
        is_search=searched,
        item=item,
        units=whole(worth * weight(lines, as_of, half_life_days) * real(2**COUNT_BITS)),
        done=ibis.ifelse(lines.event == "refund", 0, 1).cast("int64"),
        at=ibis.ifelse(lines.event == "refund", None, lines.time),
    ).filter(lambda table: table.item.notnull())
    summed = kept.group_by("customer_id", "is_search", "item").aggregate(
        units=kept.units.sum(), events=kept.done.sum(), last=kept["at"].max()
    )
    return summed.select(
        "customer_id",
        "is_search",
        "item",
        weight=real(summed.units) / real(2**COUNT_BITS),
        events=summed.events.cast("int64"),
        last=summed["last"].cast("timestamp(6)"),
    ).order_by("customer_id", "is_search", "item")


def compile_texts(as_of: datetime) -> ir.Table:
    """Compile what products are called to one ibis expression: a row per product seen before `as_of`, sorted.

    Returns:
        `product_id`, `product_name`, `category`, `brand`: of each the most frequent, the first by letters among equals;
        null where nothing is known.

    Raises:
        InputError: the moment has a time zone.
    """
    _checked(as_of)
    lines = EVENTS_TABLE.filter(EVENTS_TABLE.product_id.notnull(), EVENTS_TABLE.time < as_of)
    answer = lines.select("product_id").distinct()
    for name in ("product_name", "category", "brand"):
        said = lines.mutate(said=lines[name].strip().nullif("")).filter(lambda table: table.said.notnull())
        counted = said.group_by("product_id", "said").aggregate(n=said.count())
        place = ibis.row_number().over(group_by=counted.product_id, order_by=[counted.n.desc(), counted.said])
        best = counted.mutate(place=place).filter(lambda table: table.place == 0)
        best = best.select(**{f"of_{name}": best.product_id, name: best.said})
        answer = answer.left_join(best, answer.product_id == best[f"of_{name}"]).drop(f"of_{name}")
    return answer.select("product_id", "product_name", "category", "brand").order_by("product_id")


def compile_baskets(as_of: datetime) -> ir.Table:
    """Compile what goes together to one ibis expression: a row per basket and product, each once, sorted.

    A basket is an order, or a session of looking and putting into the cart; one without either is none.

    Returns:
        `basket`, `product_id`.

    Raises:
        InputError: the moment has a time zone.
    """
    _checked(as_of)
    lines = EVENTS_TABLE.filter(
        EVENTS_TABLE.product_id.notnull(),
        EVENTS_TABLE.time < as_of,
        EVENTS_TABLE.event.isin(["purchase", "add_to_cart", "add_to_wishlist", "view_item"]),
    )
    bought = lines.event == "purchase"
    basket = ibis.ifelse(bought, ibis.literal("o ") + lines.order_id, ibis.literal("s ") + lines.session_id)
    named = lines.select(basket=basket, product_id=lines.product_id)
    return named.filter(named.basket.notnull()).distinct().order_by("basket", "product_id")


def _checked(as_of: datetime) -> None:
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
