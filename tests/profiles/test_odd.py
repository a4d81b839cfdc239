"""Odd customers: planted ones are named with the right reason, ordinary ones are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.profiles.odd import NEAR, keep, odd
from offersmith.words import LANGUAGES


def shop(customers: int = 1000, seed: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    orders = rng.negative_binomial(1, 0.25, customers) + 1
    return {
        "customer_id": [f"c{i}" for i in range(customers)],
        "orders": orders.astype(float),
        "spend": np.round(orders * rng.gamma(3, 1000, customers)),
        "views_30d": rng.poisson(5, customers).astype(float),
        "return_rate": np.where(rng.random(customers) < 0.8, 0.0, rng.beta(2, 8, customers)),
        "recency": rng.exponential(60, customers),
        "constant": np.ones(customers),
        "unknown": np.full(customers, np.nan),
    }


def planted() -> pa.Table:
    columns = shop()
    columns["orders"][3], columns["spend"][3] = 100_000, 5e9
    columns["views_30d"][7], columns["orders"][7], columns["spend"][7] = 90_000, 0, 0
    return pa.table(columns)


def test_planted_resellers_and_bots_are_named_with_their_reasons() -> None:
    found = odd(planted(), 0)
    kinds = {one.key: one.kind for one in found.found}
    assert kinds["c3"] == "reseller"
    assert kinds["c7"] == "bot"
    assert {one.key for one in found.found[:2]} == {"c3", "c7"}
    reasons = {one.key: one.why for one in found.found}
    assert {why.feature for why in reasons["c3"][:2]} == {"orders", "spend"}
    assert reasons["c7"][0].feature == "views_30d"
    assert reasons["c7"][0].value == 90_000
    assert reasons["c7"][0].usual == 5
    assert reasons["c7"][0].times > 100


def test_an_ordinary_shop_has_few_odd_ones() -> None:
    named = [len(odd(pa.table(shop(seed=seed)), 0).found) for seed in range(2, 8)]
    assert np.mean(named) <= 1


def test_nobody_is_kept_out_but_the_odd() -> None:
    table = planted()
    found = odd(table, 0)
    mask = keep(table, found)
    assert mask.sum() == table.num_rows - len(found.found)
    assert not mask[3]
    assert not mask[7]
    other = pa.table({"customer_id": ["x", "c3", None]})
    assert keep(other, found).tolist() == [True, False, True]


def test_no_more_than_the_share_is_named_and_the_rest_is_counted() -> None:
    columns = shop()
    columns["spend"][:100] = 1e9
    found = odd(pa.table(columns), 0, share=0.02)
    assert len(found.found) == 20
    assert found.more >= 80


def test_the_same_seed_names_the_same_with_the_same_scores() -> None:
    table = planted()
    assert odd(table, 5) == odd(table, 5)


def test_an_unusual_combination_of_usual_values_needs_a_fence_to_be_crossed() -> None:
    found = odd(planted(), 0)
    assert all(abs(one.why[0].times) > NEAR for one in found.found)
    assert "constant" not in found.features
    assert "unknown" not in found.features


@pytest.mark.parametrize("customers", [0, 1, 19])
def test_of_very_few_rows_none_is_odd(customers: int) -> None:
    table = pa.table(shop(customers) if customers else {"customer_id": pa.array([], pa.string())})
    found = odd(table, 0)
    assert found.found == ()
    assert keep(table, found).all()


def test_a_shop_of_one_order_each_still_sees_the_giant() -> None:
    table = pa.table({"customer_id": [f"c{i}" for i in range(40)], "orders": [1] * 39 + [100_000]})
    assert [one.key for one in odd(table, 0).found] == ["c39"]


def test_only_refunds_and_a_clock_in_the_future_do_not_break() -> None:
    columns = shop()
    columns["spend"][:] = 0
    columns["recency"][5] = -4000
    found = odd(pa.table(columns), 0)
    late = {one.key: one for one in found.found}["c5"]
    assert (late.why[0].feature, late.kind) == ("recency", "unusual")
    assert late.why[0].times < 0


def test_products_are_judged_by_their_own_key() -> None:
    rng = np.random.default_rng(6)
    price = rng.gamma(4, 300, 200)
    price[10] = 4e7
    table = pa.table({"product_id": [f"p{i}" for i in range(200)], "price": price})
    found = odd(table, 0, key="product_id")
    assert found.found[0].key == "p10"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"share": 0.0}, "share"), ({"share": 0.5}, "share"), ({"key": "nobody"}, "key"),
     ({"features": ["height"]}, "features")],
)  # fmt: skip
def test_wrong_questions_are_refused(changes: Any, field: str) -> None:
    with pytest.raises(InputError) as caught:
        odd(pa.table(shop(30)), 0, **changes)
    assert caught.value.facts["field"] == field
    with pytest.raises(InputError, match="customer_id"):
        keep(pa.table({"x": [1]}), odd(pa.table(shop(30)), 0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_odd_one_says_why(language: Any) -> None:
    text = odd(planted(), 0).text(language)
    assert "c7" in text
    assert "90,000" in text
    assert ("机器人" if language == "zh" else "bot") in text
    assert odd(planted(), 0).as_dict()["found"][0]["why"][0]["feature"]
