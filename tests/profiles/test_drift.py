"""Drift of features: what moved is seen and named, chance is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.profiles.drift import FEWEST, drift
from offersmith.words import LANGUAGES


def table(**columns: Any) -> pa.Table:
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def one(first: Any, second: Any) -> Any:
    return drift(table(x=np.asarray(first)), table(x=np.asarray(second))).features[0]


def test_the_index_is_that_of_the_formula() -> None:
    first = np.repeat([0.0, 1.0], [600, 400])
    second = np.repeat([0.0, 1.0], [300, 700])
    expected = (0.3 - 0.6) * np.log(0.3 / 0.6) + (0.7 - 0.4) * np.log(0.7 / 0.4)
    found = one(first, second)
    assert found.psi == pytest.approx(expected, rel=1e-12)
    assert (found.verdict, found.move) == ("shifted", "up")


def test_a_table_does_not_drift_from_itself() -> None:
    rng = np.random.default_rng(1)
    same = table(a=rng.normal(size=500), b=rng.poisson(0.3, 500), c=np.zeros(500))
    found = drift(same, same)
    assert all(feature.psi == 0 and feature.verdict == "stable" for feature in found.features)
    assert found.moved() == ()


@pytest.mark.parametrize(
    ("change", "move"),
    [
        (lambda x: x + 1, "up"),
        (lambda x: x - 1, "down"),
        (lambda x: x * 3, "wider"),
        (lambda x: x / 3, "narrower"),
        (lambda x: np.where(np.arange(x.size) % 2 == 0, np.nan, x), "less_known"),
    ],
)
def test_the_way_a_feature_moved_is_named(change: Any, move: str) -> None:
    rng = np.random.default_rng(2)
    found = one(rng.normal(size=3000), change(rng.normal(size=3000)))
    assert (found.verdict, found.move) == ("shifted", move)


def test_values_that_become_known_are_named_so() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=2000)
    assert one(np.where(rng.random(2000) < 0.6, np.nan, x), x).move == "better_known"


@pytest.mark.parametrize("customers", [40, 200, 2000])
def test_chance_alone_alarms_no_shop_however_small(customers: int) -> None:
    """Twenty features of one population, 150 pairs of tables: an alarm in no more than 5 % and the luck of the draw."""
    rng = np.random.default_rng(customers)
    alarms = 0
    for _ in range(150):
        tables = [table(**{f"f{i}": rng.gamma(1.0, size=customers) for i in range(20)}) for _ in range(2)]
        alarms += bool(drift(*tables).moved())
    assert alarms <= 15


def test_noise_is_met_as_often_as_it_says() -> None:
    """One feature at level .05: the index goes beyond its noise in about 5 % of 1000 pairs of samples."""
    rng = np.random.default_rng(11)
    beyond = 0
    for _ in range(1000):
        found = one(rng.normal(size=400), rng.normal(size=700))
        beyond += found.psi > found.noise
    assert 25 <= beyond <= 80


def test_a_small_shop_still_sees_a_large_shift() -> None:
    rng = np.random.default_rng(4)
    found = one(rng.normal(size=60), rng.normal(2.0, size=60))
    assert (found.verdict, found.move) == ("shifted", "up")


@pytest.mark.parametrize(("after", "move"), [(1.0, "up"), (-1.0, "down")])
def test_a_constant_that_changes_is_a_shift_both_ways(after: float, move: str) -> None:
    found = one(np.zeros(300), np.full(300, after))
    assert (found.verdict, found.move) == ("shifted", move)
    assert np.isfinite(found.psi)


def test_a_constant_that_stays_is_stable() -> None:
    found = one(np.full(300, 7.0), np.full(200, 7.0))
    assert (found.psi, found.verdict, found.move) == (0.0, "stable", "none")


def test_unknown_everywhere_is_a_bin_like_any_other() -> None:
    nothing, some = np.full(300, np.nan), np.arange(300.0)
    assert one(nothing, nothing).psi == 0
    assert one(nothing, some).move == "better_known"
    assert one(some, nothing).move == "less_known"
    assert one(some, nothing).median_second is None


def test_too_few_customers_are_said_to_be() -> None:
    found = one(np.arange(FEWEST - 1.0), np.arange(900.0))
    assert found.verdict == "too_few"
    empty = drift(table(x=np.zeros(0)), table(x=np.zeros(0)))
    assert empty.features[0].verdict == "too_few"
    assert empty.moved() == ()


def test_columns_that_cannot_be_compared_are_named() -> None:
    first = table(customer_id=["a"], x=[1.0], gone=[2], city=["north"], member=[True])
    second = table(customer_id=["a"], x=[1.0], new=[2], city=["south"], member=[False])
    found = drift(first, second)
    assert {feature.feature for feature in found.features} == {"x", "member"}
    assert found.left_out == ("city", "gone", "new")


@given(
    st.lists(st.one_of(st.none(), st.integers(-3, 3), st.floats(-1e6, 1e6)), min_size=30, max_size=80),
    st.lists(st.one_of(st.none(), st.integers(-3, 3), st.floats(-1e6, 1e6)), min_size=30, max_size=80),
)
def test_bins_hold_everybody_and_the_index_is_not_negative(first: list[Any], second: list[Any]) -> None:
    tables = [pa.table({"x": pa.array([None if v is None else float(v) for v in part], pa.float64())})
              for part in (first, second)]  # fmt: skip
    found = drift(*tables).features[0]
    assert sum(found.first) == len(first)
    assert sum(found.second) == len(second)
    assert found.psi >= 0
    assert list(found.edges) == sorted(set(found.edges))
    bars = found.bars()
    assert len(bars) == len(found.edges) + 2
    assert sum(bar["second"] for bar in bars) == pytest.approx(1)
    assert [bar["known"] for bar in bars] == [True] * (len(bars) - 1) + [False]


@pytest.mark.parametrize(("name", "kind"), [("customer_id", "features"), ("nowhere", "features")])
def test_a_feature_that_is_no_number_is_refused_by_name(name: str, kind: str) -> None:
    both = table(customer_id=["a"], x=[1.0])
    with pytest.raises(InputError, match=name) as caught:
        drift(both, both, [name])
    assert caught.value.facts["field"] == kind


@pytest.mark.parametrize(("bins", "level"), [(1, 0.05), (10, 0.0), (10, 1.0)])
def test_settings_out_of_range_are_refused(bins: int, level: float) -> None:
    with pytest.raises(InputError, match="allowed"):
        drift(table(x=[1.0]), table(x=[1.0]), bins=bins, level=level)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_every_move_can_be_said(language: Any) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=500)
    found = drift(table(a=x, orders=x), table(a=x, orders=x + 1))
    text = found.text(language)
    assert len(text.splitlines()) == 2
    assert ("累计订单数" if language == "zh" else "orders ever") in text
    plain = found.as_dict()
    assert plain["features"][0]["bars"][0]["first"] == pytest.approx(0.1, abs=0.01)
