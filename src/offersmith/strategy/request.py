"""What was asked of a plan, as plain values that stand in its summary: it can be asked again, with one thing changed.

A change is written `KEY=VALUE`, the key a path of names: `budget=200`, `goal=revenue`, `limits.gift boxes.at_most=20`,
`offers.ten.percent=15`, `playbooks.win-back.offers.ten.percent=20`, `playbooks.win-back.guards.customer_share=0.2`. A
field or a table that is not there yet is added, and read as strictly as in its file. The value is read as TOML where
that succeeds, else as text; `off` takes a limit, an offer, a playbook or a field of one away.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from msgspec import Struct, structs

from offersmith.errors import InputError
from offersmith.money import Money
from offersmith.settings import OfferSettings
from offersmith.strategy.funds import left, stated
from offersmith.strategy.limits.ground import near, nearest
from offersmith.strategy.objective import CONFIDENCE, PROFIT, check, settle
from offersmith.strategy.odds import ODDS
from offersmith.strategy.playbooks.base import Playbook, Template
from offersmith.strategy.sets import checked

OFF = "off"
EMPTIED = ("limits", "playbooks")
"""What may be taken away as a whole."""
FROM_BALANCE = ("balance", "out")
"""What is there only where the budget is what is left of a balance."""
LATER = ("goal", "confidence", "balance", "out", "each")
"""What older summaries do not have."""
OF_PLAYBOOKS = ("limits", "offers")
"""Tables that playbooks bring, too."""
TERMS = "terms"
"""The table of an offer whose fields are said as the offer's own."""
OFFERED = frozenset(one.encode_name for kind in (OfferSettings, Template) for one in structs.fields(kind))
"""Fields of an offer that are none of its terms."""
PARTS = tuple(
    one.encode_name
    for one in structs.fields(Playbook)
    if any(isinstance(kind, type) and issubclass(kind, Struct) for kind in (get_args(one.type) or (one.type,)))
)
"""Tables that a playbook may have: `guards`, `when`, `measure`."""

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan is asked for.

    Attributes:
        budget: an amount with its currency, `150.00 USD`.
        explore: share of customers decided by lot.
        lots: what a lot may hand out (`odds.ODDS`).
        margin: rate of profit before offers.
        limits: tables of `[[limits]]`.
        playbooks: tables of playbooks; with them, the offers are theirs.
        offers: tables of `[[offers]]`, where there are no playbooks.
        goal: what is made large (`objective.OBJECTIVES`).
        confidence: of the goal `cautious`.
        balance: what the shop has, an amount with its currency, where the budget is what is left of it; else empty.
        out: what of the balance is promised already (`funds.Funds.out`); empty where the budget was stated itself.
        each: offers a customer may get at most; told where it is not 1.
        uncounted: what is told beside that (`funds.Funds.uncounted`), and no part of what is asked.
    """

    budget: str
    explore: float
    lots: str
    margin: float
    limits: tuple[Table, ...] = ()
    playbooks: tuple[Table, ...] = ()
    offers: tuple[Table, ...] = ()
    goal: str = PROFIT
    confidence: float = CONFIDENCE
    balance: str = ""
    out: Table = field(default_factory=dict)
    each: int = 1
    uncounted: Mapping[str, int] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, plain: Table) -> Request:
        """Return what a summary says was asked; before there were goals, it was profit, and one offer each."""
        limits, playbooks, offers = (tuple(plain.get(name, ())) for name in ("limits", "playbooks", "offers"))
        later = {name: plain[name] for name in LATER if name in plain}
        stands = (plain["budget"], plain["explore"], plain["lots"], plain["margin"])
        return cls(*stands, limits, playbooks, offers, **later)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; `of` reads them back."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        del plain["uncounted"]
        if self.each == 1:
            del plain["each"]
        return {name: value for name, value in plain.items() if value or name not in FROM_BALANCE}

    def changed(self, changes: Sequence[str]) -> Request:
        """Return the request with some things asked otherwise.

        Raises:
            InputError: a change is not `KEY=VALUE`, or its key names nothing there is.
        """
        plain = {**self.as_dict(), "each": self.each}
        keys = [change.partition("=")[0].strip() for change in changes]
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), "")
        if twice:
            raise InputError(f"--set {twice!r} is said twice", hint="say each once", key="set_twice", set=twice)
        for change in changes:
            key, equals, value = change.partition("=")
            if not key.strip() or not equals:
                raise InputError(f"--set {change!r} is not KEY=VALUE", hint="for example --set budget=200", set=change)
            if key.strip() == "balance" and not self.balance:
                said = f"--set {change!r}: the plan was asked for within a budget, not of a balance"
                raise InputError(said, hint="--set budget=AMOUNT, or offersmith plan --balance AMOUNT", set=change)
            if key.strip() in EMPTIED and value.strip() == OFF:
                if not plain[key.strip()]:
                    raise InputError(f"--set {change!r}: the plan has none", set=change)
                plain[key.strip()] = []
            else:
                _put(plain, key.strip(), _value(value.strip()), change)
        self._funded(plain)
        self._aimed(plain)
        checked(plain["each"])
        if not isinstance(plain["lots"], str) or plain["lots"] not in ODDS:
            raise InputError(f"lots = {plain['lots']!r} is not known", hint=f"allowed: {', '.join(ODDS)}", field="lots")
        for name in ("explore", "margin"):
            share = plain[name]
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
                raise InputError(f"{name} = {share!r} must be a number from 0 to 1", field=name)
            plain[name] = float(share)
        return Request.of(plain)

    def _funded(self, plain: dict[str, Any]) -> None:
        """Let the budget follow the balance, or stand on its own where it was asked for itself.

        Raises:
            InputError: an amount that is none, both at once, or nothing is left.
        """
        moved = [name for name in FROM_BALANCE if plain.get(name) != self.as_dict().get(name)]
        if plain["budget"] != self.budget:
            if moved:
                said = f"budget = {plain['budget']!r}: it is what is left of the balance; ask for one of the two"
                raise InputError(said, field="budget")
            plain["budget"] = _amount("budget", plain["budget"], self.budget)
            for name in FROM_BALANCE:
                plain.pop(name, None)
        elif moved:
            balance = _amount("balance", plain["balance"], self.budget)
            out = {name: value for name, value in plain["out"].items() if self.out.get(name) != value}
            expected = _amount("out.expected", plain["out"].get("expected"), self.budget)
            if not out.keys() <= {"expected"} or expected.startswith("-"):
                raise InputError("of what is still out, out.expected can be asked otherwise: an amount, 0 or more")
            plain |= {"balance": balance, "out": {**plain["out"], "expected": expected}}
            plain["budget"] = stated(left(*(Money.stated(one, self.budget[-3:]) for one in (balance, expected))))

    def _aimed(self, plain: dict[str, Any]) -> None:
        """Let the goal follow the playbooks where one of them names another than before.

        Raises:
            InputError: there is no such goal, or playbooks name different ones.
        """
        named = {one["name"]: one.get("goal", "") for one in plain["playbooks"]}
        before = {one["name"]: one.get("goal", "") for one in self.playbooks}
        if plain["goal"] == self.goal and any(goal != before.get(name) for name, goal in named.items()):
            plain["goal"] = settle(named, self.goal)
        check(plain["goal"], plain["confidence"])


def _amount(name: str, asked: Any, before: str) -> str:
    """Return an amount that may lack its currency as text that has one."""
    currency = before.rpartition(" ")[2]
    strange = isinstance(asked, float) and not math.isfinite(asked)
    if strange or isinstance(asked, bool) or not isinstance(asked, int | float | str):
        raise InputError(f"{name} = {asked!r} must be an amount", hint=f"for example {name}=200, in {currency}")
    return stated(Money.stated(str(asked), currency))


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _put(plain: dict[str, Any], key: str, value: Any, change: str) -> None:
    """Put a value where the path says."""
    here: Any = plain
    rest, place = key, ""
    while True:
        if isinstance(here, list):  # of tables: plain lists are values
            found = next((one for one in here if rest == _named(one) or rest.startswith(f"{_named(one)}.")), None)
            if found is None:
                raise _not_listed(plain, place, rest, here, change)
            name = _named(found)
            if rest == name:
                _off(here, found, value, change)
                return
            here, rest, place = found, rest[len(name) + 1 :], f"{place}.{name}"
            continue
        name, dot, further = rest.partition(".")
        if not place and not dot and _holds_tables(here.get(name)):
            raise _whole(here[name], name, change)
        if TERMS in here and name not in here and name not in OFFERED:
            here = here[TERMS]
        if place and not dot and value == OFF:
            _take_away(here, place, name, change)
            return
        parts = PARTS if place.startswith("playbooks.") and place.count(".") == 1 else ()
        if dot and name in parts:
            here.setdefault(name, {})
        if not dot and not _holds_tables(here.get(name)):
            if not place and name not in here:
                raise _unknown(place, name, list(here), change)
            here[name] = value
            return
        if not _holds_tables(here.get(name)) or not dot:
            raise _no_table(here, place, name, parts, change)
        here, rest, place = here[name], further, f"{place}.{name}".strip(".")


def _whole(held: Any, name: str, change: str) -> InputError:
    """Return the error that a key names tables and no field of theirs."""
    if isinstance(held, dict):
        hint = f"name a field of it: {', '.join(f'{name}.{one}' for one in held)}"
        return InputError(f"--set {change!r}: {name!r} is a table", hint=hint, set=change)
    hint = f"name one of it and a field, such as {name}.NAME.FIELD" if held else "there is none"
    return InputError(f"--set {change!r}: {name!r} is a list of tables", hint=hint, set=change)


def _no_table(here: Table, place: str, name: str, parts: Sequence[str], change: str) -> InputError:
    """Return the error that a path goes on below what is no table."""
    if place and name in here:
        return InputError(f"--set {change!r}: {place}.{name} is a value; nothing stands below it", set=change)
    there = [one for one, held in here.items() if _holds_tables(held)]
    return _unknown(place, name, list(dict.fromkeys([*there, *parts])), change)


def _take_away(table: dict[str, Any], place: str, name: str, change: str) -> None:
    if name not in table:
        raise _unknown(place, name, list(table), change)
    del table[name]


def _holds_tables(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(one, dict) for one in value))


def _named(table: Table) -> str:
    return str(table.get("id", table.get("name", table.get("column", ""))))


def _off(tables: list[Any], found: Any, value: Any, change: str) -> None:
    if value != OFF:
        raise InputError(
            f"--set {change!r}: {_named(found)!r} is a whole table",
            hint=f"name a field of it, such as {', '.join(list(found)[1:4])}; or take it away with {OFF}",
            set=change,
        )
    tables.remove(found)


def _not_listed(plain: Table, place: str, name: str, here: Sequence[Table], change: str) -> InputError:
    """Return the error that no such table is in a list; of limits and offers, a plan may have its playbooks' alone."""
    if here or place not in OF_PLAYBOOKS or not plain["playbooks"]:
        return _unknown(place, name, [_named(one) for one in here], change)
    book = _named(plain["playbooks"][0])
    said = f"--set {change!r}: no {name!r} in {place}"
    hint = f"the plan has only those of its playbooks: name a field such as playbooks.{book}.{place}.NAME.FIELD"
    facts = {"set": change, "name": name, "place": place, "book": book}
    return InputError(said, hint=hint, key="unknown_key_of_playbooks", **facts)


def _unknown(place: str, name: str, known: Sequence[str], change: str) -> InputError:
    where = f" in {place}" if place else ""
    word = name.partition(".")[0]
    # Of one table there is a path to it; of a list of tables that is empty, its name alone.
    missing = f"{place} has no tables of its own" if "." in place else f"the plan has no {place or 'such thing'}"
    hint = nearest(word, known) if known else missing
    facts = {"set": change, "name": name, "place": place, **(near(word, known) if known else {})}
    key = "unknown_field_of" if "." in place else "unknown_key_of" if place else "unknown_key"
    return InputError(f"--set {change!r}: no {name!r}{where}", hint=hint, key=key, **facts)
