"""A history becomes arrays: chances as logged or fitted, arms by their terms, and nothing the data cannot support."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.response.base import Economics, History
from offersmith.response.linear import expit
from offersmith.response.of_history import gather, trial
from offersmith.store.decided import CHANCES
from offersmith.vocabulary import Offer

AT = datetime.fromisoformat("2024-01-01")
ECONOMICS = Economics(0.4, "USD")
TEN = Offer("ten", "percent_off", {"percent": 10})
FIVE = Offer("five", "amount_off", {"amount": "5.00", "min_spend": "20.00", "currency": "USD"})
NAMES = ("none", "ten", "five")


def made(rows=6000, seed=1, chosen=0.0, logged=True, use=0.5, offers=NAMES, campaigns=1, known=True):
    """Return a history of a shop that gives `offers` by lot, or by what it knows of a customer (`chosen`)."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 3))
    odds = np.column_stack([np.zeros(rows), *(chosen * x[:, 0] * (-1) ** k for k in range(len(offers) - 1))])
    chance = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    arm = (draw.random(rows)[:, None] > np.cumsum(chance, axis=1)).sum(axis=1)
    bought = draw.random(rows) < expit(-0.5 + x[:, 0] + 0.5 * (arm == 1))
    revenue = np.where(bought, np.exp(3.2 + 0.4 * draw.normal(size=rows)), 0.0)
    used = bought & (arm > 0) & (draw.random(rows) < use)
    off = np.select([arm == 1, (arm == 2) & (revenue >= 20)], [0.1 * revenue, 5.0], 0.0)
    table = pa.table({
        "customer_id": [f"c{number:05d}" for number in range(rows)],
        "campaign_id": [f"m{number % campaigns}" for number in range(rows)],
        "moment": pa.array([AT] * rows, pa.timestamp("us")),
        "offer_id": [offers[one] for one in arm],
        "propensity": pa.array(chance[np.arange(rows), arm] if logged else [None] * rows, pa.float64()),
        "chances": pa.array(
            [list(zip(offers, one, strict=True)) for one in chance] if logged and known else [None] * rows, CHANCES),
        "redeemed": used, "bought": bought, "revenue": revenue, "cost": np.where(used, off, 0.0),
        **{f"x{column}": x[:, column] for column in range(3)},
    })  # fmt: skip
    return History(table, AT, 28), chance


def test_logged_chances_are_taken_as_they_are():
    """But for a few of whom nearly nobody could have got some arm: they would add more noise than they are worth."""
    history, chance = made(chosen=0.5)
    found = gather(history, (TEN, FIVE), ECONOMICS)
    one, table = found.trial, history.table.take(pa.array(found.rows))
    assert [arm.name for arm in one.arms] == ["none", "five", "ten"]
    assert one.logged
    assert np.array_equal(np.array([arm.name for arm in one.arms])[one.arm], table["offer_id"].to_pylist())
    assert one.propensity == pytest.approx(table["propensity"].to_numpy())
    assert found.chances == pytest.approx(chance[found.rows][:, [0, 2, 1]])
    assert one.x == pytest.approx(found.encoder.matrix(table.select(["x0", "x1", "x2"])))
    assert len(one) + found.trimmed == 6000
    assert 0 < found.trimmed < 300
    gone = np.setdiff1d(np.arange(6000), found.rows)
    assert chance[gone].min(axis=1).max() < chance[found.rows].min(axis=1).min() + 0.05
    assert dict(found.left_out) == {}


@pytest.mark.parametrize("share", [1.0, 0.25])
def test_the_arithmetic_of_a_sale_adds_up_to_its_outcome(share):
    """Half of the buyers use an offer, and the shop pays a part: on average margin less relief is what was earned."""
    history, _ = made(rows=20_000)
    one = trial(history, (TEN, FIVE), Economics(0.4, "USD", share))
    assert one.outcome == pytest.approx(0.4 * history.table["revenue"].to_numpy()
                                        - share * history.table["cost"].to_numpy())  # fmt: skip
    for number, arm in enumerate(one.arms):
        own = (one.arm == number) & one.sale.bought
        relief = arm.relief(one.sale.basket[own])
        assert np.sum(0.4 * one.sale.basket[own] - relief) == pytest.approx(one.outcome[own].sum(), abs=1e-6)
    five, ten = one.arms[1:]
    assert (ten.kind, ten.minimum, ten.fixed) == ("percent_off", 0.0, pytest.approx(0, abs=1e-9))
    assert ten.share == pytest.approx(0.05 * share, rel=0.1)
    assert (five.kind, five.share) == ("amount_off", pytest.approx(0, abs=1e-9))
    assert five.fixed == pytest.approx(2.5 * share, rel=0.1)
    assert five.minimum == pytest.approx(20)


def test_an_offer_of_unknown_terms_costs_what_it_did():
    history, _ = made(rows=20_000, use=1.0)
    five, ten = trial(history, (), ECONOMICS).arms[1:]
    assert ten.kind == five.kind == ""
    assert ten.share == pytest.approx(0.1, abs=0.02)
    assert five.fixed + five.share * 20 == pytest.approx(3.2, abs=1.0)


def test_fitted_chances_undo_a_choice_by_what_is_known():
    """The better customers got ten: weights by the fitted chances bring the groups' features together again."""
    history, chance = made(rows=12_000, chosen=0.8, logged=False, campaigns=2)
    found = gather(history, (TEN, FIVE), ECONOMICS)
    one = found.trial
    assert not one.logged
    assert found.campaigns == ("m0", "m1")
    assert found.chances.sum(axis=1) == pytest.approx(1)
    assert np.mean(np.abs(found.chances - chance[found.rows][:, [0, 2, 1]])) < 0.02
    first = one.x[:, 0]
    for number in range(3):
        own = one.arm == number
        weight = 1 / one.propensity[own]
        assert abs(weight @ first[own] / weight.sum() - first.mean()) < 0.06
        assert weight.sum() / len(one) == pytest.approx(1, abs=0.05)
        assert number == 0 or abs(first[own].mean() - first.mean()) > 0.15


def test_what_the_data_cannot_support_is_refused_and_counted():
    """Only one kind of customer was ever sent ten: those are not compared, and neither is ten."""
    history, _ = made(rows=3000, chosen=40.0, logged=False)
    found = gather(history, (TEN, FIVE), ECONOMICS)
    assert set(found.left_out.values()) == {"no_overlap"}
    assert {"five", "ten"} <= set(found.left_out)
    assert found.trimmed > 1500
    assert min(found.effective.values()) < 50


def test_a_rare_offer_is_left_out_and_the_rest_keep_fair_chances():
    history, _ = made(rows=4000)
    rare = np.flatnonzero(np.array(history.table["offer_id"].to_pylist()) == "ten")[40:]
    keep = np.setdiff1d(np.arange(4000), rare)
    found = gather(History(history.table.take(pa.array(keep)), AT, 28), (TEN, FIVE), ECONOMICS)
    assert dict(found.left_out) == {"ten": "no_overlap"}
    assert found.effective["ten"] == pytest.approx(40)
    assert found.trial.propensity == pytest.approx(0.5)
    assert found.chances == pytest.approx(0.5)


def test_who_had_no_other_choice_is_not_compared():
    history, _ = made(rows=2000)
    sure = pa.array([1.0 if row % 4 == 0 else 1 / 3 for row in range(2000)])
    chances = pa.array([[(offer, 1.0)] if row % 4 == 0 else list(zip(NAMES, [1 / 3] * 3, strict=True))
                        for row, offer in enumerate(history.table["offer_id"].to_pylist())], CHANCES)  # fmt: skip
    table = history.table.set_column(4, "propensity", sure).set_column(5, "chances", chances)
    found = gather(History(table, AT, 28), (TEN, FIVE), ECONOMICS)
    assert (found.trimmed, len(found.trial)) == (500, 1500)


def test_campaigns_by_lot_are_not_mixed_with_others():
    lot, other = made(rows=900)[0], made(rows=900, logged=False, seed=2)[0]
    table = other.table.set_column(1, "campaign_id", pa.array(["old"] * 900))
    both = History(pa.concat_tables([lot.table, table]), AT, 28)
    found = gather(both, (TEN, FIVE), ECONOMICS)
    assert found.campaigns == ("m0",)
    assert found.trial.logged
    assert len(found.trial) == 900


def test_a_customer_of_two_campaigns_has_one_number():
    history, _ = made(rows=1500)
    again = history.table.set_column(1, "campaign_id", pa.array(["second"] * 1500))
    one = trial(History(pa.concat_tables([history.table, again]), AT, 28), (TEN, FIVE), ECONOMICS)
    assert np.array_equal(one.customer[:1500], one.customer[1500:])
    assert len(np.unique(one.customer)) == 1500


def test_an_empty_history_is_an_empty_trial():
    history, _ = made(rows=10)
    found = gather(History(history.table.slice(0, 0), AT, 28), (TEN,), ECONOMICS)
    assert len(found.trial) == 0
    assert [arm.name for arm in found.trial.arms] == ["none"]
