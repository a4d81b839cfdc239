"""What every playbook that comes with the product promises; new files are found in its folder alone."""

import json
from importlib import resources

import numpy as np
import pyarrow as pa
import pytest

from offersmith.offers.catalogue import catalogue
from offersmith.profiles import FEATURES
from offersmith.profiles.segments import segment
from offersmith.response.costs import relief
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse as parse_limits
from offersmith.strategy.playbooks import PLAYBOOKS
from offersmith.strategy.playbooks.amounts import usual_basket
from offersmith.strategy.playbooks.base import RISKS, Words
from offersmith.strategy.playbooks.members import members, with_segments
from offersmith.strategy.playbooks.merging import merge
from offersmith.strategy.playbooks.reading import NOT_LIMITS, find, parse, text
from offersmith.strategy.playbooks.said import risks, whom
from offersmith.words import LANGUAGES
from offersmith.words import catalogue as words

SHOP_S_OWN = {"member"}
"""Columns that a shop may lack; all others are features of every profile."""


@pytest.fixture(scope="module")
def shop():
    """Return customers of every segment, who differ in every feature."""
    rng = np.random.default_rng(3)
    many = 500
    held = {name: rng.gamma(2.0, 1.0, many) for name in FEATURES}
    orders = rng.integers(0, 12, many)
    held |= {
        "orders": orders,
        "orders_30d": rng.integers(0, 2, many),
        "cadence": np.where(orders > 1, rng.uniform(5, 40, many), np.nan),
        "recency": np.where(orders > 0, rng.exponential(80, many), np.nan),
        "tenure": np.where(orders > 0, rng.uniform(20, 700, many), np.nan),
        "cart_adds_30d": rng.integers(0, 3, many),
        "views_30d": rng.integers(0, 9, many),
        "basket_value": np.where(orders > 0, rng.uniform(1_000, 6_000, many), np.nan),
        "member": rng.random(many) < 0.4,
    }
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in held.items()})
    return with_segments(table.add_column(0, "customer_id", pa.array([f"c{place}" for place in range(many)])))


def test_the_table_is_whole():
    folder = resources.files("offersmith.strategy.playbooks")
    assert {one.name[:-5] for one in folder.iterdir() if one.name.endswith(".toml")} == set(PLAYBOOKS)
    assert len(set(PLAYBOOKS)) == len(PLAYBOOKS)


def test_every_risk_has_words_and_no_words_are_left_over():
    said = {name.removeprefix("risk_") for name in words("playbooks") if name.startswith("risk_")}
    assert said == set(RISKS)
    assert list(RISKS) == sorted(RISKS)


def test_every_kind_of_limit_a_playbook_may_have_has_words():
    said = {name.removeprefix("limit_") for name in words("playbooks") if name.startswith("limit_")}
    assert said == set(LIMITS) - set(NOT_LIMITS)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_it_parses_back_from_its_plain_values(name):
    found = find(name)
    assert found.name == name
    assert parse(json.loads(json.dumps(found.raw)), f"{name}.toml") == found
    assert text(name).startswith("# ")  # a person opens it: it begins with what it is


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_it_has_words_in_both_languages(name):
    found = find(name)
    for said in (found.title, found.about, *(template.name for template in found.offers)):
        assert isinstance(said, Words)
        assert said.en
        assert said.zh
        assert said.en != said.zh
    assert found.about.en.endswith(".")
    assert found.about.en.count(". ") == 0  # one sentence
    assert found.about.zh.endswith("。")
    for language in LANGUAGES:
        assert whom(found, "USD", language)
        assert len(risks(found, language)) == len(found.risks) > 0


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_it_speaks_of_features_there_are(name):
    columns = {who.column for who in find(name).who}
    assert columns <= {*FEATURES, "segment", *SHOP_S_OWN}


@pytest.mark.parametrize("currency", ["USD", "JPY"])
@pytest.mark.parametrize("name", PLAYBOOKS)
def test_it_compiles_on_a_shop_and_its_offers_have_a_cost(name, currency, shop):
    found = find(name)
    merged = merge([found], currency, shop)
    offers = catalogue(merged.offers, currency)[1:]
    limits = parse_limits({"limits": list(merged.limits)}, f"{name}.toml")
    made = compile_limits(limits, [offer.offer_id for offer in offers], shop, currency, 100.0)
    meant = members(found, shop, currency)
    assert 0 < meant.sum() < shop.num_rows
    assert (made.forbidden == np.tile(~meant, (len(offers), 1))).all()
    baskets = usual_basket(shop, currency).major * np.array([1.0, 3.0])
    for offer in offers:
        assert (relief(offer, baskets) > 0).all()  # a plan must be able to estimate it, of the usual order on


def test_together_they_compile(shop):
    books = [find(name) for name in PLAYBOOKS]
    merged = merge(books, "USD", shop)
    ids = [offer.id for offer in merged.offers]
    assert len(set(ids)) == len(ids) == sum(len(one.offers) for one in books)
    made = compile_limits(parse_limits({"limits": list(merged.limits)}), ids, shop, "USD", 100.0)
    assert made.limits
    assert set(segment(shop)["segment"].to_pylist()) == set(shop["segment"].to_pylist())
