"""Every reason and every hint that pricing may give has words in every language."""

import ast
import string
from pathlib import Path

import pytest

import offersmith.offers
from offersmith.offers.conditions import CONDITIONS
from offersmith.offers.conditions.weekday import DAYS
from offersmith.offers.effects import GENERIC
from offersmith.offers.explain import MONEY, explain_code
from offersmith.offers.items import KEYS
from offersmith.words import LANGUAGES, catalogue

LEDGER = (
    "budget_spent", "budget_used_up", "campaign_not_live", "code_expired", "code_nobody", "code_not_started",
    "code_not_yours", "code_unknown", "code_used_up", "code_void", "customer_limit", "customer_needed",
    "identifier_needed", "limit_reached", "usage_limit", GENERIC,
)  # fmt: skip
"""What the campaigns say when a limit or a code keeps a promotion out."""


def sources():
    for path in sorted(Path(offersmith.offers.__file__).parent.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def refusals():
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                yield name, node


def texts_in(node):
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def argument(call, place, name):
    if len(call.args) > place:
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == name), None)


def keys_of(node):
    return [key.value for key in getattr(node, "keys", []) if isinstance(key, ast.Constant)]


CODES = sorted({code for _, call in refusals() for code in texts_in(argument(call, 0, "code"))})


def hint_keys():
    found = {key for _, call in refusals() for key in keys_of(argument(call, 2, "hint"))}
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "hint":
                found.update(keys_of(node.value))
            if isinstance(node, ast.FunctionDef) and node.name.endswith("hint"):
                found.update(key for one in ast.walk(node) if isinstance(one, ast.Dict) for key in keys_of(one))
    return found


def test_reasons_were_found():
    assert {"below_min_spend", "gives_nothing", "no_matching_items", "beaten", "wrong_day"} <= set(CODES)


@pytest.mark.parametrize("code", sorted({*CODES, *LEDGER}))
def test_a_reason_has_words_without_parameters(code):
    texts = catalogue("offers").get(f"why_{code}", {})
    assert set(texts) == set(LANGUAGES), f"[why_{code}] is missing in catalogue/offers.toml"
    assert all("{" not in text for text in texts.values())
    assert explain_code(code, "en") != explain_code(code, "zh")


def test_no_words_are_left_of_reasons_that_are_gone():
    known = {*CODES, *LEDGER}
    said = [name.removeprefix("why_").removesuffix("_of") for name in catalogue("offers") if name.startswith("why_")]
    assert set(said) <= known


def test_parameters_in_words_are_ones_the_code_gives():
    given = {}
    for _, call in refusals():
        facts = argument(call, 1, "facts")
        for code in texts_in(argument(call, 0, "code")):
            if facts is not None:
                given.setdefault(code, set()).update(key for one in ast.walk(facts) for key in keys_of(one))
    for name, texts in catalogue("offers").items():
        if name.startswith("why_") and name.endswith("_of"):
            code = name.removeprefix("why_").removesuffix("_of")
            places = {place for _, place, _, _ in string.Formatter().parse(texts["en"]) if place}
            assert places <= given[code], code
    for code, fact in MONEY:
        assert fact in given[code]


def test_every_hint_has_words():
    names = {name.removeprefix("hint_") for name in catalogue("offers") if name.startswith("hint_")}
    beside = {"then_off", "then_percent"}
    assert {"spend_more", "add_more"} <= hint_keys()
    assert hint_keys() - beside <= names


def test_conditions_days_and_selectors_have_words():
    names = set(catalogue("offers"))
    assert {f"condition_{kind}" for kind in CONDITIONS} <= names
    assert {f"day_{day}" for day in DAYS} <= names
    assert {f"item_{'attribute' if key == 'attributes' else key}" for key in KEYS} <= names
