"""What a reader must know before believing a page, gathered from a plan's summary and the shop's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offersmith.events.decision_log import LogState
from offersmith.report.inputs import Both, CaveatCode, ShopFacts
from offersmith.words import LANGUAGES, Language, say

YEAR_DAYS = 365
SELECTED: tuple[CaveatCode, ...] = ("not_randomised", "partly_randomised")
"""Reason codes of models that learned from campaigns without a lot on record."""


def caveats(shop: ShopFacts, summary: Mapping[str, Any] | None) -> tuple[CaveatCode, ...]:
    """Return what a reader must know before believing the page, weightiest first."""
    totals = shop.totals.to_pylist()[0]
    said: list[CaveatCode] = []
    if summary is not None and summary["cold"]:
        said.append("cold_start")
    elif summary is not None and (chosen := [code for code in SELECTED if code in summary["evidence"]["reasons"]]):
        said += chosen
        if any(_rests_on_prior(effect) for effect in summary["evidence"]["effects"]):
            said.append("prior_leans")
    said += told(summary)
    if summary is not None and summary["cost_share"] < 1:
        said.append("cost_paid_by_others")
    said.append("margin_stated")
    if summary is not None and summary["explorers"] and not summary["cold"]:
        said.append("explored")
    if totals["anonymous"]:
        said.append("anonymous_sales")
    if totals["orders"] and (totals["last_sale"] - totals["first_sale"]).days < YEAR_DAYS - 5:
        said.append("short_history")
    return tuple(said)


def _rests_on_prior(effect: Mapping[str, Any]) -> bool:
    """Whether the data took away less than half of the prior's uncertainty about an offer."""
    return bool(effect["used_sd"] > effect["prior_sd"] / 2)


def told(summary: Mapping[str, Any] | None) -> dict[CaveatCode, tuple[Both, ...]]:
    """Return what a plan's warnings say, line by line, under the caveat they belong to; plans of old may have none.

    Args:
        summary: the plan's, as `answers.Planned.as_dict`; None without a plan.
    """
    plain = summary or {}
    offers, costs = plain.get("offers", {}), plain.get("costs_untold", [])
    named = [{"offer": offers.get(one["offer_id"], one["offer_id"]), "uses": one["uses"]} for one in costs]
    lines = [Both.say(f"response.{one['code']}", **values) for one, values in zip(costs, named, strict=True)]
    log = LogState.of(plain["log"]) if plain.get("log") else LogState()
    both = zip(log.lines("en"), log.lines("zh"), strict=True)
    found: dict[CaveatCode, Sequence[Both]] = {"costs_guessed": lines, "log_doubted": [Both(*one) for one in both]}
    return {code: tuple(_sentence(one) for one in said) for code, said in found.items() if said}


def _sentence(line: Both) -> Both:
    """Return a line of the terminal as a sentence of a page, which marks a warning by its colour."""
    plain = {language: _unmarked(line.of(language), language) for language in LANGUAGES}
    return Both(plain["en"][:1].upper() + plain["en"][1:] + ".", plain["zh"] + "。")


def _unmarked(line: str, language: Language) -> str:
    return line.removeprefix(say("report.caveat_mark", language)).rstrip(".。")
