"""The five nouns everything speaks, and the table each becomes when there are many.

`Event` happened, `Profile` is what was known as of a moment, `Offer` may be given, `Estimate` says what it would
change, `Decision` says what was chosen and with which probability. A batch of a noun is a pyarrow table of the schema
below; each field carries its unit as metadata (`unit`), and says whether it may be null.

Times are naive microseconds in UTC; the shop's wall clock is `time + utc_offset` (minutes), fixed when the event was
ingested, so a clock change never moves an event. Money that changed hands is whole minor units of the workspace's
currency; expectations are floats in major units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

NORMAL_95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""

NO_OFFER = "none"
"""The offer everybody may get: nothing."""

JOINED = "+"
"""Between offers that a customer gets together, where chances name what a customer may get: `a+b`."""

# GA4 recommended e-commerce events, plus `review` and `redeem`.
EVENT_NAMES: tuple[str, ...] = (
    "view_item_list", "select_item", "view_item", "search", "add_to_wishlist", "add_to_cart", "remove_from_cart",
    "view_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund", "view_promotion",
    "select_promotion", "login", "sign_up", "share", "review", "redeem",
)  # fmt: skip


def _column(name: str, kind: pa.DataType, unit: str = "", *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"unit": unit} if unit else None)


EVENTS = pa.schema(
    [
        _column("event_id", pa.string()),
        _column("event", pa.string(), "one of EVENT_NAMES"),
        _column("time", pa.timestamp("us"), "UTC"),
        _column("utc_offset", pa.int16(), "minutes to add for the shop's wall clock"),
        _column("customer_id", pa.string(), null=True),
        _column("session_id", pa.string(), null=True),
        _column("order_id", pa.string(), null=True),
        _column("product_id", pa.string(), null=True),
        _column("product_name", pa.string(), null=True),
        _column("category", pa.string(), null=True),
        _column("brand", pa.string(), null=True),
        _column("quantity", pa.float64(), "pieces or weight; positive, of a refund too", null=True),
        _column("amount", pa.int64(), "minor units paid for the line (given back, of a refund); >= 0", null=True),
        _column("discount", pa.int64(), "minor units off the shelf price, coupons included", null=True),
        _column("coupon_discount", pa.int64(), "the part of `discount` a coupon gave, minor units", null=True),
        _column("offer_id", pa.string(), "the offer or coupon shown, chosen or redeemed", null=True),
        _column("campaign_id", pa.string(), null=True),
        _column("placement", pa.string(), "where it was shown: mailer, display, slot", null=True),
        _column("search_term", pa.string(), null=True),
        _column("rating", pa.float32(), "stars, as the shop counts them", null=True),
        _column("dwell_ms", pa.int64(), "milliseconds on the page", null=True),
        _column("channel", pa.string(), "web, app, store, email", null=True),
        _column("device", pa.string(), null=True),
        _column("place", pa.string(), "shop or region", null=True),
    ]
)

CUSTOMERS = pa.schema([_column("customer_id", pa.string())])
"""The register of customers a shop may address; further columns are attributes (strings) and never features."""

ESTIMATES = pa.schema(
    [
        _column("customer_id", pa.string()),
        _column("offer_id", pa.string()),
        _column("redemption", pa.float64(), "probability of using the offer if it is given"),
        _column("conversion", pa.float64(), "incremental probability of buying within the horizon"),
        _column("revenue", pa.float64(), "incremental, major units"),
        _column("profit", pa.float64(), "incremental after the offer's cost, major units"),
        _column("cost", pa.float64(), "expected draw on the budget, major units, not negative"),
        _column("profit_sd", pa.float64(), "spread of `profit` as an estimate, major units"),
        _column("model_version", pa.string()),
    ]
)

BECAUSE = pa.list_(
    pa.struct([pa.field("feature", pa.string()), pa.field("held", pa.string()), pa.field("change", pa.float64())])
)
"""What a model says for and against a decision, most important first: the feature; whether the customer's value is
`lower` or `higher` than usual or `unknown`; and the change of expected profit, major units."""

DECISIONS = pa.schema(
    [
        _column("decision_id", pa.string()),
        _column("customer_id", pa.string()),
        _column("offer_id", pa.string(), "`none` for nothing"),
        _column("probability", pa.float64(), "with which this offer was chosen for this customer"),
        _column("expected_profit", pa.float64(), "incremental, major units"),
        _column("expected_cost", pa.float64(), "major units"),
        _column("reasons", pa.list_(pa.string()), "reason codes, strongest first"),
        _column("because", BECAUSE, "what the model goes by, major units of profit; null = none was asked", null=True),
        _column("plan_version", pa.string()),
        _column("valid_until", pa.timestamp("us"), "UTC"),
    ]
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a customer did. `customer_id` may be missing: an anonymous sale still says what sells with what."""

    event_id: str
    event: str
    time: datetime
    customer_id: str | None = None
    order_id: str | None = None
    product_id: str | None = None
    quantity: float | None = None
    amount: int | None = None
    offer_id: str | None = None
    campaign_id: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one customer strictly before `as_of`: feature name -> value, None where unknown."""

    customer_id: str
    as_of: datetime
    features: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be given: a kind of `offers.KINDS` and its terms. Immutable; a change is a new version.

    Attributes:
        offer_id: unique within the workspace; `none` is the empty offer.
        kind: key of `offers.KINDS`, e.g. `percent_off`.
        terms: what the kind needs, e.g. `{"percent": 10}`; validated by the kind.
        name: what a person calls it.
        version: raised by one with every change of the terms.
        channel: by which it goes, such as `email`; empty where the shop does not say.
    """

    offer_id: str
    kind: str
    terms: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    version: int = 1
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one offer is expected to change for one customer; the columns of `ESTIMATES`, where units stand."""

    customer_id: str
    offer_id: str
    redemption: float
    conversion: float
    revenue: float
    profit: float
    cost: float
    profit_sd: float
    model_version: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Which offer, why, with which probability, from which plan, until when; the columns of `DECISIONS`."""

    decision_id: str
    customer_id: str
    offer_id: str
    probability: float
    expected_profit: float
    expected_cost: float
    reasons: tuple[str, ...]
    plan_version: str
    valid_until: datetime
    because: tuple[tuple[str, str | None, float], ...] | None = None


FeatureKind = Literal[
    "count", "sum", "mean", "median", "max", "share", "ratio", "distinct", "entropy", "top_share", "recency", "tenure",
    "gap_mean", "gap_cv", "decayed_count", "decayed_sum",
]  # fmt: skip
Grain = Literal["event", "order", "session"]


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on one column of `EVENTS` or on the shop's wall clock (`hour`, `weekday`, 0 = Monday).

    `op` is one of `=`, `!=`, `>`, `>=`, `<`, `<=`, `in`, `known` (not null).
    """

    column: str
    op: Literal["=", "!=", ">", ">=", "<", "<=", "in", "known"]
    value: Any = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature declared once: `store` compiles it to a query as of a moment, `profiles.live` to an update.

    Attributes:
        name: the column in a profile table.
        kind: how the events are summed up.
        events: names of events that count.
        value: column or expression name the kind works on (`amount`, `quantity`, `unit_price`, `lines`, ...).
        by: column whose groups are counted or compared (`distinct`, `entropy`, `top_share`).
        grain: whether an event line, a whole order or a session is one observation.
        where: conditions an event must meet to count (numerator of `share` and `ratio`).
        over: of a `ratio`, the events of the denominator; those of the numerator if empty.
        over_value: of a `ratio`, the value summed in the denominator; observations are counted if None.
        window_days: only the last so many days before the moment; None = everything.
        half_life_days: for decayed kinds.
        unit: what the value means; `minor` for minor units of currency.
        live: can be kept up to date event by event (a mergeable aggregate).
        says: one sentence for people.
    """

    name: str
    kind: FeatureKind
    events: tuple[str, ...] = ("purchase",)
    value: str | None = None
    by: str | None = None
    grain: Grain = "event"
    where: tuple[Where, ...] = ()
    window_days: int | None = None
    half_life_days: float | None = None
    over: tuple[str, ...] = ()
    over_value: str | None = None
    unit: str = ""
    live: bool = False
    says: str = ""
