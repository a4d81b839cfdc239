"""The settings of one workspace: `offersmith.toml`, read once, with overrides from the environment.

`OFFERSMITH_SHOP__CURRENCY=EUR` overrides `currency` in `[shop]`; a value is read as TOML where that succeeds, else as
text. `OFFERSMITH_LANG` goes before `language` in `[shop]`, for all that is printed and written. Unknown keys are
refused, so that a typo never silently means "default".
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct, field

from offersmith.errors import SettingsError
from offersmith.words import spoken

FILE = "offersmith.toml"
PREFIX = "OFFERSMITH_"
REGISTER = Path("tables") / "customers.parquet"
"""Where the register of customers lies within the workspace's own folder."""

DECISIONS = Path("tables") / "decided.parquet"
"""Where the decisions lie that the settings or a source told, with their chances."""

LINGER_DAYS = 28
"""How long after the end of an offer its effect is counted on, unless a horizon is stated."""

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the settings file."""


class ShopSettings(_Part, frozen=True):
    """Who the shop is: the currency of every amount, the wall clock of its customers, the language of its pages.

    `owner` names the one person who runs the shop alone: their approval of their own campaigns is then allowed, and
    recorded as self-approved. Empty: who approves is never who wrote.
    """

    name: str = "my shop"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "USD"
    timezone: str = "UTC"
    language: Literal["en", "zh"] = "en"
    owner: str = ""


class SourceSettings(_Part, frozen=True):
    """Where events come from and how a shop's own columns and names become ours.

    `columns` maps our column to theirs; `names` maps their event names to ours; `event` is the event of a file without
    an event column; `refund_when` names what marks a refund (`negative_quantity` or a prefix of the order id such as
    `order_id:C`); `time_format` reads times that are not ISO 8601, as strptime
    takes it (`%d/%m/%Y %H:%M`), several formats separated by ` | `; ISO 8601, epochs, `02.03.2024 14:00` and
    `2024年3月2日 14:00` need none; `kind` is `auto` (by the file's ending) or a
    source by name, such as `synthetic`.
    """

    kind: str = "auto"
    files: tuple[str, ...] = ()
    event: str = "purchase"
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    refund_when: tuple[str, ...] = ()
    amount_is: Literal["line", "unit"] = "line"
    time_format: str = ""
    ambiguous_time: Literal["earlier", "later", "refuse"] = "earlier"
    drop_products: tuple[str, ...] = ()
    customers: str = ""


LEAVE = "leave"
"""A column that is not repaired."""

Repair = Literal["leave", "auto", "median", "category_median", "last_known", "interpolate"]


class RepairSettings(_Part, frozen=True):
    """Which missing numbers are filled in while events are read, and how.

    `amount` is of sales, `quantity` of sales and refunds (one of 0 is missing, too); per piece where the file has
    quantities. `leave` leaves them as they are: a sale without an amount is refused. `auto` takes the way that best
    guesses known values hidden from it; `median` is that of all, `category_median` of the category, `last_known` the
    product's last, `interpolate` the line between the product's values before and after. Where a way has nothing to go
    by, the next best follows. The receipt says how many rows, how, and how far off; read again without it, every
    value is as it was.
    """

    amount: Repair = "leave"
    quantity: Repair = "leave"


class DecisionSettings(_Part, frozen=True):
    """Past decisions that were made by lot, with their chances: a row for each customer of each campaign.

    `columns` maps our column (`campaign_id`, `customer_id`, `offer_id`, `probability`, `time`) to theirs; `campaign`
    is the campaign of a file without a column for it; `names` maps their names of offers to ours, `none` among them.
    `probability` is the chance of what was chosen; `chances` maps offers to the columns of the chance of each, where
    the file has them. Without `time` a campaign was decided before it started; `time_format` and `ambiguous_time` are
    as in `[[events]]`.
    """

    files: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    campaign: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    chances: Mapping[str, str] = field(default_factory=dict)
    time_format: str = ""
    ambiguous_time: Literal["earlier", "later", "refuse"] = "earlier"


class EconomicsSettings(_Part, frozen=True):
    """What the data cannot say. `margin_rate` is profit before offers over revenue: stated, then shown at levels.

    `cost_share` is the part of what offers take off that the shop pays itself: 1 where nobody else does, 0 where
    manufacturers pay their coupons back. The budget always counts all of it. `min_margin` is the least margin of a
    piece, as a share of its price, that promotions leave at the till where the basket says what it costs.
    """

    margin_rate: Share = 0.3
    margin_levels: tuple[Share, ...] = (0.2, 0.3, 0.4)
    cost_share: Share = 1.0
    min_margin: Annotated[float, Meta(ge=0, lt=1)] = 0.0


class PriorSettings(_Part, frozen=True):
    """Beliefs a shop without campaigns plans from; stated, shown in the report, replaced by what it learns.

    `lift_per_point` is the relative rise of the chance to buy per percentage point of discount, `lift_sd` its spread
    in the same unit, `redemption` the share of buyers who use an offer they were given. The default lift lies below
    published price elasticities of brands (2.62 on average: Bijmolt, van Heerde & Pieters 2005), because most of what
    a brand wins in a promotion another brand of the same shop loses.
    """

    lift_per_point: Positive = 0.015
    lift_sd: Positive = 0.01
    redemption: Share = 0.7


class LearnSettings(_Part, frozen=True):
    """How response is learned: which model, over how many days an offer's effect is counted, how many folds.

    `model` is `auto`, a model (`prior`, `constant`, `boosting`, `learned`), or one learner by its name (`shared`,
    `logit`, ...): then it alone is judged. `auto` lets models compete (`learned`) where 200 customers or more were
    given offers by lot with recorded chances and the rows say more of the offers than the stated priors do; else it
    takes `boosting`, with fewer than 200 treated or 30 uses `constant`, without campaigns `prior`. `learners` are those
    that compete where offers were given by lot, in order of preference; empty are the usual ones. `grid` tries further
    settings of theirs too, which takes longer. `horizon_days` counts revenue, use and cost alike, and is fixed
    beforehand. Where the file does not say it, it is `[plan] valid_days` and 28 days more, so that what an offer only
    moved in time cancels out.
    """

    model: str = "auto"
    learners: tuple[str, ...] = ()
    grid: bool = False
    horizon_days: Days = 56
    folds: Annotated[int, Meta(ge=2, le=20)] = 5
    seed: int = 7


class PlanSettings(_Part, frozen=True):
    """How a plan is made: the share of customers decided by lot, so that the next can learn, and how long it holds.

    `lots` says what a lot may hand out: `even` gives none and every offer the same odds; `thompson` tries an offer as
    often as it may turn out to be the best, by the estimates and their spread.

    `goal` is what a plan makes large within its limits: expected `profit`, expected `revenue`, or `cautious`: of every
    offer the profit that is exceeded with a chance of `confidence`, so that what is uncertain counts less.

    `opted_out` names the column of the shop's own file of customers (`customers` under `[[events]]`), true and false,
    that says who has opted out of personal offers. Nothing that is known or expected of them, and no lot, decides about
    them: they all get the offer that `for_everybody` names, or nothing.

    `each` is how many offers a customer may get at most, 1 to 3. What a second one brings is counted as far as the
    first is not used; what two offers really do together was never tried.
    """

    explore: Share = 0.1
    lots: Literal["even", "thompson"] = "even"
    valid_days: Days = 28
    goal: Literal["profit", "revenue", "cautious"] = "profit"
    confidence: Annotated[float, Meta(ge=0.5, lt=1)] = 0.8
    opted_out: str = ""
    for_everybody: str = ""
    each: Annotated[int, Meta(ge=1, le=3)] = 1


class OfferSettings(_Part, frozen=True):
    """One offer of the catalogue: `[[offers]]` with `id`, `kind`, and the kind's own terms under `terms`.

    `channel` is the way it goes to customers, a word of the shop's own such as `email` or `letter`; limits speak of it.
    """

    id: str
    kind: str
    name: str = ""
    version: Annotated[int, Meta(ge=1)] = 1
    terms: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""


class EngineSettings(_Part, frozen=True):
    """What the machine may be asked for. `threads = 0` takes every core; results do not depend on it."""

    threads: Annotated[int, Meta(ge=0, le=1024)] = 0
    memory_mb: Annotated[int, Meta(ge=256)] = 1024


class LedgerSettings(_Part, frozen=True):
    """Where campaigns, codes and redemptions are kept: empty is a file of the workspace.

    `url` is for more than one machine, such as `postgresql://user@host/offersmith` (extra `postgres`); with a password
    it belongs into the environment: `OFFERSMITH_LEDGER__URL`.
    """

    url: Annotated[str, Meta(pattern="^$|^[a-z][a-z0-9+]*://")] = ""


class Settings(_Part, frozen=True):
    """Everything that is written in `offersmith.toml`."""

    shop: ShopSettings = field(default_factory=ShopSettings)
    events: tuple[SourceSettings, ...] = ()
    decisions: tuple[DecisionSettings, ...] = ()
    repair: RepairSettings = field(default_factory=RepairSettings)
    economics: EconomicsSettings = field(default_factory=EconomicsSettings)
    priors: PriorSettings = field(default_factory=PriorSettings)
    learn: LearnSettings = field(default_factory=LearnSettings)
    plan: PlanSettings = field(default_factory=PlanSettings)
    offers: tuple[OfferSettings, ...] = (
        OfferSettings(id="five-percent", kind="percent_off", name="5 % off", terms={"percent": 5}),
        OfferSettings(id="ten-percent", kind="percent_off", name="10 % off", terms={"percent": 10}),
        OfferSettings(id="twenty-percent", kind="percent_off", name="20 % off", terms={"percent": 20}),
    )
    engine: EngineSettings = field(default_factory=EngineSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)


def load(folder: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the workspace `folder`.

    Raises:
        SettingsError: the file is missing, is not TOML, has an unknown key, or a value outside what is allowed.
    """
    path = folder / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise SettingsError(
            f"{folder} is not a workspace: it has no {FILE}",
            hint=f"make one with: offersmith init {folder} --events FILE",
            key="no_workspace",
            path=str(path),
            folder=str(folder),
            file=FILE,
        ) from fault
    except NotADirectoryError as fault:
        raise SettingsError(f"{folder} is a file, not a workspace", hint="name the folder with --shop") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path} is not valid TOML: {fault}", path=str(path)) from fault
    around = os.environ if environ is None else environ
    settings = parse(override(raw, around), str(path))
    language = spoken(around, settings.shop.language)
    return msgspec.structs.replace(settings, shop=msgspec.structs.replace(settings.shop, language=language))


def override(raw: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Lay `OFFERSMITH_TABLE__KEY=value` over the file's values; lists of tables cannot be overridden."""
    merged: dict[str, Any] = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        table, _, key = name[len(PREFIX) :].lower().partition("__")
        if isinstance(merged.setdefault(table, {}), dict):
            merged[table][key] = _toml_value(text)
    return merged


def parse(raw: Mapping[str, Any], where: str = FILE) -> Settings:
    """Check plain values against the settings' types.

    Raises:
        SettingsError: naming the key, the value's fault and what is allowed.
    """
    try:
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{where}: {fault}", hint=_hint(str(fault))) from fault
    if "horizon_days" not in raw.get("learn", {}):
        learn = msgspec.structs.replace(settings.learn, horizon_days=settings.plan.valid_days + LINGER_DAYS)
        settings = msgspec.structs.replace(settings, learn=learn)
    try:
        ZoneInfo(settings.shop.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise SettingsError(
            f"{where}: timezone {settings.shop.timezone!r} in [shop] is not known", hint="use a name like Europe/London"
        ) from fault
    return settings


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _hint(fault: str) -> str:
    """Return what is allowed where a fault of msgspec does not say it: the nearest key, or the values of a choice."""
    wrong = re.search(r"unknown field `(.+?)`(?: - at `\$\.?(\w*))?", fault)
    known = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    if wrong:
        part = known.get(wrong[2] or "")
        inner = [one for one in (part, *get_args(part)) if isinstance(one, type) and issubclass(one, Struct)]
        names = list(inner[0].__struct_fields__) if inner else list(known)
        near = difflib.get_close_matches(wrong[1], names, 1)
        return f"did you mean {near[0]}?" if near else f"allowed here: {', '.join(names)}"
    where = re.search(r"at `\$\.(\w+)(?:\[\.\.\.\])?\.(\w+)`", fault)
    part = known.get(where[1]) if where else None
    inner = [one for one in (part, *get_args(part)) if isinstance(one, type) and issubclass(one, Struct)]
    if where and inner:
        choices = get_args(get_type_hints(inner[0])[where[2]])
        if choices and all(isinstance(choice, str) for choice in choices):
            return f"allowed: {', '.join(choices)}"
    return "every key is described in docs/reference/settings.md"
