import pytest

from offersmith.strategy.compare import compare
from offersmith.strategy.compare.told import called, value
from offersmith.words import LANGUAGES, catalogue

FEW = [("a", "ten-percent", 3.0, 1.0), ("b", "none", 0.0, 0.0), ("c", "five-percent", 1.0, 0.5)]
OTHER = [("a", "none", 0.0, 0.0), ("b", "ten-percent", 2.0, 1.0), ("c", "five-percent", 1.0, 0.5)]


def test_it_says_who_gains_and_what_it_costs(side):
    made = compare(side(FEW), side(OTHER, "two", budget=120.0))
    text = str(made)
    assert text.splitlines()[0] == "plan one beside plan two"
    assert "  budget: 100.00 USD → 120.00 USD" in text
    assert "expected profit 4.00 → 3.00 USD (-1.00)" in text
    assert "for 3 customers in both: 1 is given more than before, 1 the same, 1 less" in text
    assert "nothing → 10 % off: 1 customer, 1 gains, 0 lose; profit +2.00, cost +1.00" in text
    assert "expected, not measured" in text
    assert "only in the first plan" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_is_in_the_language_asked_for(side, language):
    made = compare(side(FEW), side([*OTHER[:2], ("d", "none", 0.0, 0.0)], "two", model_versions=["m2"]))
    for line in made.text(language).splitlines():
        chinese = any("一" <= sign <= "鿿" for sign in line)
        assert chinese == (language == "zh") or line.strip().startswith(("budget", "10 %", "5 %"))
        assert "{" not in line


def test_a_what_if_says_what_was_changed_and_that_nothing_is_kept(side):
    made = compare(side(FEW), side(OTHER, "two"), what_if=("budget=120", "explore=0"))
    first = str(made).splitlines()[0]
    assert first == "what if: budget=120, explore=0 (beside plan one; nothing of it is kept)"
    assert compare(side(FEW), side(OTHER, "two"), title="spring").text().startswith("spring\n")


def test_many_moves_end_in_a_count(side):
    ids = [f"o{k}" for k in range(15)]
    more = [
        {"offer_id": name, "kind": "percent_off", "terms": {"percent": 5}, "name": name, "version": 1} for name in ids
    ]
    one = side([(name, "none", 0.0, 0.0) for name in ids], catalogue=more)
    two = side([(name, name, 1.0, 1.0) for name in ids], "two", catalogue=more)
    assert "and 3 other moves of 3 customers" in str(compare(one, two))


def test_an_offer_on_other_terms_is_named_with_them(side):
    deeper = [dict(one) for one in side(FEW).summary["catalogue"]]
    place = next(k for k, one in enumerate(deeper) if one["offer_id"] == "ten-percent")
    deeper[place] |= {"terms": {"percent": 15}}
    offers = compare(side(FEW), side(FEW, "two", catalogue=deeper)).offers
    assert called(offers["ten-percent"], "en", after=True) == "10 % off (15 % off)"
    assert called(offers["ten-percent"], "en", after=False) == "10 % off"
    assert called(offers["five-percent"], "en", after=True) == "5 % off"
    assert called(offers["none"], "zh", after=True) == "不发优惠"


def test_values_are_written_as_in_a_file():
    assert (
        value({"at_most": 3, "offers": ["gift"], "is": [True]}, "en") == "{at_most = 3, offers = [gift], is = [true]}"
    )
    assert value(None, "en") == "not there"


def test_every_note_has_words():
    assert {name for name in catalogue("compare") if name.startswith("note_")} == {
        f"note_{code}"
        for code in (
            "nobody_moves", "terms_not_told", "terms_stated", "goal_differs", "margin_differs", "rail_lifted",
            "together_untried",
            "models_differ", "moments_differ", "nobody_in_common",
            "only_in_one", "moved_by_lot", "expected_not_measured",
        )
    }  # fmt: skip


def test_an_offer_of_a_playbook_is_called_by_its_title(side):
    words = {"en": {"title": "Members"}, "zh": {"title": "会员"}}
    playbooks = [{"words": words, "offers": [{"offer_id": "ten-percent"}]}]
    made = compare(side(FEW, playbooks=playbooks), side(OTHER, "two"))
    assert called(made.offers["ten-percent"], "en", after=True) == "Members: 10 % off"
    assert called(made.offers["ten-percent"], "zh", after=True) == "会员：10 % off"
    assert called(made.offers["five-percent"], "en", after=True) == "5 % off"
    words = {tongue: {**said, "offers": {"ten-percent": f"A tenth ({tongue})"}} for tongue, said in words.items()}
    made = compare(side(FEW), side(OTHER, "two", playbooks=[{**playbooks[0], "playbook": "members", "words": words}]))
    assert called(made.offers["ten-percent"], "en", after=False) == "Members: A tenth (en)"
    assert called(made.offers["ten-percent"], "zh", after=True) == "会员：A tenth (zh)"


def test_changed_terms_are_said_to_rest_on_no_history(side):
    deeper = [dict(one) for one in side(FEW).summary["catalogue"]]
    place = next(k for k, one in enumerate(deeper) if one["offer_id"] == "ten-percent")
    deeper[place] |= {"terms": {"percent": 15}}
    assert "terms_stated" in compare(side(FEW), side(OTHER, "two", catalogue=deeper)).notes
    assert "terms_stated" not in compare(side(FEW), side(OTHER, "two")).notes


def test_what_moves_the_profit_beside_the_plan_is_said(side):
    assert "margin_differs" in compare(side(FEW, margin_rate=0.3), side(OTHER, "two", margin_rate=0.9)).notes
    rows = [{"name": name, "bound": 9.0, "usage": 1.0, "price": 0.0} for name in ("budget", "a: budget")]
    words = {"en": {"title": "A"}, "zh": {"title": "A"}}
    books = [{"playbook": "a", "words": words, "offers": []}, {"playbook": "b", "words": words, "offers": []}]
    both = side(FEW, playbooks=books, certificate={"rows": rows})
    alone = side(OTHER, "two", playbooks=books[:1], certificate={"rows": rows[:1]})
    assert "rail_lifted" in compare(both, alone).notes
    assert not {"rail_lifted", "margin_differs"} & set(compare(both, both).notes)
