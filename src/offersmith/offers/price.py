"""Money inside an offer's terms: exact text outside, minor units inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offersmith import words
from offersmith.errors import InputError, SettingsError
from offersmith.money import Money
from offersmith.offers.base import Refusal, Terms
from offersmith.words import Language


def checked(where: str, name: str, terms: Mapping[str, Any], currency: str, *, zero: bool = False) -> str | None:
    """Return the term `name` as normal text ("5.00"), or None where it is absent.

    Raises:
        SettingsError: it is no exact amount of the currency, or not above zero (with `zero`: below zero).
    """
    if terms.get(name) is None:
        return None
    value = terms[name]
    where = f"{where}: {name} = {value!r}"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise SettingsError(f"{where} is not an amount; write text such as '5.00'")
    try:
        money = Money.parse(str(value), currency)
    except InputError as fault:
        raise SettingsError(f"{where}: {fault.message}") from fault
    if money.minor < 0 or (money.minor == 0 and not zero):
        raise SettingsError(f"{where} must {'not be below' if zero else 'be above'} zero")
    return money.text


def currency_of(kind: str, terms: Terms, currency: str) -> str:
    """Return the currency the terms are in.

    Raises:
        SettingsError: the terms were checked for another currency than the workspace's.
    """
    stated = terms.get("currency", currency)
    if stated != currency:
        raise SettingsError(f"offer kind {kind!r}: currency = {stated!r}, but the shop's currency is {currency}")
    return currency


def minor(terms: Terms, name: str) -> int | None:
    """Return the checked term `name` in minor units, or None where it is absent."""
    return Money.parse(terms[name], terms["currency"]).minor if name in terms else None


def major(terms: Terms, name: str) -> float | None:
    """Return the checked term `name` in major units for planning, or None where it is absent."""
    return float(terms[name]) if name in terms else None


def with_money(terms: dict[str, Any], amounts: dict[str, str | None], currency: str) -> dict[str, Any]:
    """Return `terms` with the amounts that are there and, if any is, the currency they are in."""
    there = {name: text for name, text in amounts.items() if text is not None}
    return {**terms, **there, "currency": currency} if there else terms


def below(due: int, least: int) -> Refusal:
    """Return the refusal of a basket that is too small, with what it takes to get there."""
    return Refusal("below_min_spend", {"least": least, "is": due}, {"spend_more": least - due})


def limits_said(terms: Terms, language: Language) -> str:
    """Return the most an offer takes off and the least that must be spent, where its terms say so, in words."""
    return "".join(
        words.say(f"offers.{name}", language, amount=f"{terms[name]} {terms['currency']}")
        for name in ("max_off", "min_spend")
        if name in terms
    )
