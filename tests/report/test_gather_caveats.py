"""What the terminal warns of after a plan stands on the page too: costs that are guesses, logs not believed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from offersmith.events.decision_log import LogState
from offersmith.events.weights import Doubt
from offersmith.report.gather_caveats import caveats, told
from offersmith.report.inputs import ReportFacts
from offersmith.report.pages import promotion
from offersmith.report.render import render
from offersmith.words import LANGUAGES, Language

COSTS = [
    {"offer_id": "ten", "uses": 1200, "code": "cost_by_terms_uses", "says": ""},
    {"offer_id": "gift", "uses": 1, "code": "cost_unknown_assumed", "says": ""},
]
DOUBT = Doubt("march", "none", 400, 1500, 2600.0, 50.0)


def summary(**values: Any) -> dict[str, Any]:
    plain = {"cold": False, "cost_share": 1, "explorers": 0, "evidence": {"reasons": [], "effects": []}} | values
    return json.loads(json.dumps(plain))  # type: ignore[no-any-return]


def page(facts: ReportFacts, language: Language, plain: dict[str, Any]) -> tuple[list[str], str]:
    """Return the short lines under the headline, and the whole page."""
    said = replace(facts, caveats=caveats(facts.shop, plain), told=told(plain))
    return [line for line, _ in promotion(said, language).warnings], render(said, language)


def test_costs_that_nobody_recorded_stand_under_the_headline_and_offer_by_offer(full_facts: ReportFacts) -> None:
    plain = summary(costs_untold=COSTS, offers={"ten": "Ten off"})
    warnings, html = page(full_facts, "en", plain)
    assert len(warnings) == 1
    assert "cost and profit here are in part worked out, not measured" in warnings[0]
    assert "Nobody recorded what 1,200 uses of Ten off cost; the cost is taken from the offer" in html
    assert "Nobody recorded who used gift, nor what it cost (1 customer was given it and bought)" in html
    warnings, html = page(full_facts, "zh", plain)
    assert warnings == ["部分优惠的花费没有记录：这里的成本和利润有一部分是推算值，并非实测。"]
    assert "Ten off 的 1,200 次使用没有记录花费" in html
    assert "警告" not in html


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (LogState(refused="log.csv: probability is 2.0"), "as decided by lot: log.csv: probability is 2.0."),
        (LogState(2, refused="log.csv: no rows."), "the 2 decisions of an earlier one still count: log.csv: no rows."),
        (LogState(unread=True), "The settings (offersmith.toml) name a log of decisions"),
        (LogState(1500, doubts=(DOUBT,)), "Campaign march: 400 rows got no offer, and by their chances they stand for"),
    ],
)
def test_a_log_that_is_not_believed_stands_under_the_headline(
    full_facts: ReportFacts, log: LogState, said: str
) -> None:
    plain = summary(costs_untold=[], log=log.as_dict())
    warnings, html = page(full_facts, "en", plain)
    assert len(warnings) == 1
    assert warnings[0].startswith("The log of who was to get what by lot could not be used")
    assert said in html
    assert "WARNING" not in html
    assert len(page(full_facts, "zh", plain)[0]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_wrong_nothing_is_said(full_facts: ReportFacts, language: Language) -> None:
    """Also of plans that were made before this was written down."""
    for plain in (summary(), summary(costs_untold=[], log=LogState(1500).as_dict())):
        assert page(full_facts, language, plain)[0] == []
    assert told(None) == {}
