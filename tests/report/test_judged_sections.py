"""What the model page says of the models, and that no interval is shown where there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.report.judged import OFFERS, judging, withheld
from tests.report.reading import EN, SECTIONS, facts, figures, said, section_of, sections
from tests.response.trials import known

from offersmith.experiments.uplift import doubly_robust
from offersmith.report.base import Note, Numbers
from offersmith.report.charts import payload
from offersmith.report.format import MISSING, Reader
from offersmith.report.gather_judged import judged_facts
from offersmith.report.inputs import ReportFacts
from offersmith.report.inputs_judged import Estimated
from offersmith.report.pages import promotion
from offersmith.report.scale import Scale
from offersmith.report.sections import tried
from offersmith.response.choice.gate import DOUBT, single
from offersmith.response.choice.value import Gains
from offersmith.words import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plain", [judging(), withheld()], ids=["judged", "withheld"])
def test_every_section_speaks_in_every_language(language: Language, plain: dict[str, Any]) -> None:
    made = sections(facts(plain), Reader(language, "USD"))
    assert [section.id for section in made] == [part.SECTION for part in SECTIONS]
    for section in made:
        for text in said(section):
            assert "{" not in text
            assert "None" not in text
            assert not re.search(r"\bnan\b", text.lower())
        assert section.lead
        for figure in figures(section):
            payload(figure.chart, "USD")


@pytest.mark.parametrize("key", sorted(judging()))
def test_a_part_that_is_missing_is_not_shown(key: str) -> None:
    whole = {section.id for section in sections(facts())}
    plain = judging()
    del plain[key]
    left = {section.id for section in sections(facts(plain))}
    alone = {"depth": "depth", "tree": "policy_tree", "preference": "preference"}
    assert whole - left == ({alone[key]} if key in alone else set())


def test_with_one_key_only_its_section_stands() -> None:
    plain = judging()
    for key, ids in {
        "tried": ["tried"], "policy": ["tried"], "arms": ["tried"], "calibration": ["uplift"], "qini": ["uplift"],
        "curve": ["uplift"], "by_arm": ["uplift"], "depth": ["depth"], "tree": ["policy_tree"],
        "preference": ["preference"], "counts": ["left_out"], "support": ["left_out"], "rows": [], "single": [],
    }.items():  # fmt: skip
        assert [section.id for section in sections(facts({key: plain[key]}))] == ids, key


def test_no_interval_is_drawn_or_written_where_it_was_withheld() -> None:
    for section in sections(facts(withheld())):
        for figure in figures(section):
            if figure.chart.title == "Predicted and real chances":
                continue
            for run in figure.chart.series:
                assert all(low is None for low in run.low), figure.chart.title
                assert all(high is None for high in run.high), figure.chart.title
    lead = section_of(tried, facts(withheld())).lead
    assert "interval withheld: not enough support" in lead
    assert "No verdict can be given: too few rows speak for this policy" in lead
    charts = [figure.chart for figure in figures(section_of(tried, facts(withheld())))]
    assert all("Hollow points" in chart.summary for chart in charts if chart.kind == "interval")


# The models ---------------------------------------------------------------------------------------------------------


def test_values_are_per_thousand_customers() -> None:
    section = section_of(tried, facts())
    assert "worth $139 more per 1,000 customers than giving nobody anything ($108 to $170)" in section.lead
    numbers = section.blocks[0]
    assert isinstance(numbers, Numbers)
    assert [item.value for item in numbers.items] == ["$139", "$55.00", "$84.10", "$0", "$149"]
    assert numbers.items[4].hint == "1.07 times what was measured"


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"kind": "single", "arm": "pct10"}, "No model could be shown to beat one offer for everybody. “10% off”"),
        ({"kind": "none"}, "nobody gets one"),
        ({"kind": "learned", "low": -0.01}, "The interval reaches down to zero: it may be worth nothing."),
        (
            {"kind": "learned", "low": None, "reason": "too_few_outcomes"},
            "No verdict can be given: nearly all customers",
        ),
    ],
)
def test_the_lead_says_what_was_decided(policy: dict[str, Any], said: str) -> None:
    assert said in section_of(tried, facts(policy={**judging()["policy"], **policy})).lead


def test_what_was_not_used_is_still_told() -> None:
    policy = {"kind": "none", "arm": "none", "value": 0.0, "low": 0.0, "high": 0.0, "reason": "nothing_pays"}
    learned = {"value": 0.01, "low": -0.02, "high": 0.04}
    section = section_of(tried, facts(policy=policy, learned=learned))
    numbers, note = section.blocks[:2]
    assert isinstance(numbers, Numbers)
    assert [(item.value, item.hint) for item in numbers.items[:2]] == [
        ("$10.00", "−⁠$20.00 to $40.00"),
        ("$55.00", "10% off: $24.00 to $86.00"),
    ]
    assert isinstance(note, Note)
    assert "Nothing is worth giving beyond doubt." in note.text
    single = section_of(tried, facts(policy={**policy, "kind": "single", "arm": "pct10"})).blocks[0]
    assert isinstance(single, Numbers)
    assert [item.label for item in single.items] == [
        "The chosen policy, per 1,000 customers",
        "The best model's policy, not used, per 1,000 customers",
        "Nobody gets an offer",
    ]


def test_reasons_are_sentences() -> None:
    note = section_of(tried, facts()).blocks[1]
    assert isinstance(note, Note)
    assert note.text.startswith("Highest value on customers it was not fitted on. The model's policy earns more")
    chinese = section_of(tried, facts(), Reader("zh", "USD")).blocks[1]
    assert isinstance(chinese, Note)
    assert chinese.text.count("。") == 3


def test_a_wild_claim_stands_in_the_table_and_does_not_flatten_the_picture() -> None:
    figure = figures(section_of(tried, facts()))[0]
    claims = figure.chart.series[1].values
    boosted = [name for name in figure.chart.x if "T-learner, boosting" in str(name)]
    place = list(figure.chart.x).index(boosted[0])  # type: ignore[arg-type]
    assert claims[place] is None
    assert figure.table.rows[place][4] == pytest.approx(490)
    assert "Forecasts too far off to be drawn: 1" in figure.chart.summary
    assert [line.value for line in figure.chart.lines] == [0.0, pytest.approx(55.0)]


def test_a_claim_is_divided_only_by_a_value_that_is_something() -> None:
    figure = figures(section_of(tried, facts()))[0]
    ratios = {row[0]: row[5] for row in figure.table.rows}
    assert ratios["One model over all offers (chosen)"] == pytest.approx(0.1489 / 0.1391)
    assert ratios["our own rule"] is None
    unsure = [{"name": "shared", "value": 0.1, "low": -0.1, "high": 0.3, "claimed": 0.4}]
    assert figures(section_of(tried, facts(tried=unsure)))[0].table.rows[0][5] is None


def test_a_model_that_could_not_be_judged_is_named_as_such() -> None:
    figure = figures(section_of(tried, facts()))[0]
    assert figure.chart.x[-1] == "T-learner, support vectors (not judged)"
    assert figure.table.rows[-1][1:6] == (None,) * 5
    assert figure.table.rows[-1][6] == "too few comparable customers to judge by"


def test_offers_stand_beside_those_who_got_none() -> None:
    figure = figures(section_of(tried, facts()))[2]
    assert figure.chart.x == tuple(OFFERS.values())
    assert "Offers with an interval wholly above zero: 3 of 5." in figure.chart.summary
    assert "The 5,002 rows without an offer have a mean outcome of $880 per 1,000." in figure.chart.summary


def test_why_the_best_single_offer_is_not_its_average_effect() -> None:
    plain = judging()
    said = figures(section_of(tried, facts(plain)))[2].chart.summary
    assert "may differ from its average effect here" in said
    assert "its interval reaches 25% further" in said
    two = [row for row in plain["arms"] if row["arm"] in ("none", "pct10")]
    for change in ({"single": None}, {"arms": two}):
        kept = figures(section_of(tried, facts({**plain, **change})))
        assert not any("may differ from its average effect" in figure.chart.summary for figure in kept)


def test_the_best_single_offer_is_its_average_effect_where_every_part_picks_it() -> None:
    """What the page says of the two, asked of the figures: the same scores, and an interval widened for the choice."""
    drawn = known(rows=3000, form="profit").trial
    trial = replace(drawn, outcome=drawn.outcome + 5.0 * (drawn.arm == 2))
    fold = np.arange(len(trial)) % 3
    gains = Gains.of(trial, fold, 3)
    one = single(gains, fold, 3)
    assert set(one.action.tolist()) == {one.arm}
    names = [arm.name for arm in trial.arms]
    effects = doubly_robust(trial.arm, trial.outcome, gains.expected, names, propensity=trial.propensity)
    effect = effects[one.arm - 1]
    assert one.value.value == pytest.approx(effect.effect, rel=1e-9)
    assert one.value.found.high - one.value.value == pytest.approx(DOUBT * (effect.high - effect.effect), rel=0.02)


def test_other_outcomes_than_money_have_no_currency() -> None:
    section = section_of(tried, facts(unit="number"))
    assert "$" not in " ".join(said(section))
    assert "worth 139 more" in section.lead


# The page -----------------------------------------------------------------------------------------------------------


def test_the_model_page_stands_before_the_redemption_model(full_facts: ReportFacts) -> None:
    ids = [section.id for section in promotion(replace(full_facts, judged=facts()), "en").sections]
    first = ids.index("tried")
    assert ids[first : first + 6] == [part.SECTION for part in SECTIONS]
    assert ids[first + 6] == "models"


@pytest.mark.parametrize(
    ("value", "money", "text"),
    [(0.0, True, "$0"), (0.1391, True, "$139"), (0.0137, True, "$13.70"), (0.00000123, True, "$0.0012"),
     (0.0, False, "0"), (0.0137, False, "13.70"), (1.5, False, "1,500"), (-0.055, True, "−⁠$55.00")],
)  # fmt: skip
def test_values_per_thousand_keep_their_digits(value: float, *, money: bool, text: str) -> None:
    assert Scale(EN, money).write(value) == text


def test_an_interval_of_nothing_is_written_as_nothing() -> None:
    assert Scale(EN).written(Estimated(None)) == MISSING


LONG = "A very long name of an offer that somebody typed without ever thinking of a page " * 3


@pytest.mark.parametrize(
    "name", [LONG, "满三百减五十并且免运费" * 12, "</script>{x}\u2028", ""], ids=["long", "zh", "odd", "empty"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_extreme_names_stay_whole_in_tables_and_fit_in_pictures(name: str, language: Language) -> None:
    plain = judging()
    plain["calibration"] = [{**one, "arm": f"{name}{at}"} for at, one in enumerate(plain["calibration"])]
    plain["tried"][0]["name"] = name
    found = judged_facts(plain, {**OFFERS, "pct10": name})
    assert found
    reader = Reader(language, "USD")
    for section in sections(found, reader):
        for figure in figures(section):
            made = payload(figure.chart, "USD")
            assert all(len(label) <= 70 for label in made["names"])
    models = figures(section_of(tried, found, reader))[0]
    assert any(str(row[0]).startswith(name) for row in models.table.rows)
