"""Every response model of `response.MODELS`: repeatable, kept whole, and not worse than an average.

The task is a small made shop that decides by lot; its true effects are known.
"""

import json
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.response import MODELS
from offersmith.response.base import HISTORY_KEYS, CampaignUse, Economics, History
from offersmith.settings import PriorSettings
from offersmith.store.artifacts import Artifacts
from offersmith.vocabulary import ESTIMATES, NO_OFFER, Offer

START = datetime.fromisoformat("2024-01-01")
AS_OF = datetime.fromisoformat("2024-07-01")
ECONOMICS = Economics(0.4, "USD")
OFFERS = (
    Offer("ten", "percent_off", {"percent": 10}),
    Offer("twenty", "percent_off", {"percent": 20}),
    Offer("five-off", "amount_off", {"amount": "5.00", "currency": "USD"}),
)
EMPTY = Offer(NO_OFFER, NO_OFFER)
TELLS_CUSTOMERS_APART = {"boosting"}
"""Models that must reach a good part of what the best choice for everybody is worth; one offer for all is worth 0.

`learned` is asked in `response/test_learned.py`, with rows enough to prove a policy: with these it may give nothing."""
LEARNS_NOTHING = {"prior"}
"""Models that are not asked to be as good as an average; the list only shrinks."""


def task(rows, seed):
    """Return (features, offers given, outcomes, truth) of a shop that decides by lot.

    truth[:, a] is the expected profit of offer a over nothing. Twenty percent pays for half the customers only, five
    off for a few, ten percent loses on average: one offer for all leaves much on the table.
    """
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 6))
    base = 1 / (1 + np.exp(-(-1.5 + 0.5 * x[:, 0])))
    basket = np.exp(3.3 + 0.3 * x[:, 1])
    lift = np.column_stack(
        [np.zeros(rows), 0.02 + 0.0 * base, np.where(x[:, 2] > 0, 0.3, 0.0), np.where(x[:, 3] > 1, 0.35, 0.0)]
    )
    chance = np.clip(base[:, None] + lift, 0, 0.95)
    cost = np.column_stack([0 * basket, 0.1 * basket, 0.2 * basket, np.full(rows, 5.0)])
    truth = chance * (ECONOMICS.margin_rate * basket[:, None] - cost)
    arm = draw.integers(0, 4, rows)
    here = np.arange(rows)
    bought = draw.random(rows) < chance[here, arm]
    revenue = np.where(bought, basket * np.exp(0.3 * draw.normal(size=rows) - 0.045), 0.0)
    paid = np.where(bought & (arm == 3), 5.0, np.array([0, 0.1, 0.2, 0])[arm] * revenue)
    return x, arm, bought, revenue, paid, truth - truth[:, [0]]


def features(x):
    """Return a profile table of the task."""
    names = [f"x{column}" for column in range(x.shape[1])]
    customers = pa.array([f"c{row:06d}" for row in range(len(x))], pa.string())
    return pa.table({"customer_id": customers, **{name: x[:, index] for index, name in enumerate(names)}})


def randomised(rows=6000, seed=1):
    """Return a history of the task and what truly happens."""
    x, arm, bought, revenue, cost, truth = task(rows, seed)
    given = np.array(["none", *(offer.offer_id for offer in OFFERS)])[arm]
    table = features(x)
    keys = {
        "campaign_id": pa.array(["lot"] * rows, pa.string()),
        "moment": pa.array([START] * rows, pa.timestamp("us")),
        "offer_id": pa.array(given.tolist(), pa.string()),
        "propensity": pa.array(np.full(rows, 0.25)),
        "redeemed": pa.array(bought & (arm > 0)),
        "bought": pa.array(bought),
        "revenue": pa.array(revenue),
        "cost": pa.array(cost),
    }
    for name, values in keys.items():
        table = table.append_column(name, values)
    uses = tuple(
        CampaignUse("lot", offer.offer_id, START, int((arm == index).sum()), int((arm == 0).sum()), 0)
        for index, offer in enumerate(OFFERS, start=1)
    )
    return History(table, AS_OF, 28, campaigns=uses), truth


def value_of(estimates, truth):
    """Return the true profit a customer of giving everybody the offer of the highest estimate, or nothing."""
    profit = estimates["profit"].to_numpy().reshape(len(truth), len(OFFERS))
    choice = np.column_stack([np.zeros(len(truth)), profit]).argmax(axis=1)
    return float(truth[np.arange(len(truth)), choice].mean())


def _fit(name, history, seed=7):
    return MODELS[name].fit(history, offers=OFFERS, economics=ECONOMICS, priors=PriorSettings(), seed=seed)


@pytest.fixture(scope="module")
def lots():
    return randomised(3000)[0]


@pytest.fixture(scope="module")
def fitted(lots):
    return {name: _fit(name, lots) for name in MODELS}


@pytest.fixture(scope="module")
def fresh():
    x, *_, truth = task(20_000, seed=99)
    return features(x), truth


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_same_seed_learns_the_same(name, lots, fitted, fresh):
    again = _fit(name, lots)
    assert again.version == fitted[name].version
    assert again.version.startswith(name)
    few = fresh[0].slice(0, 50)
    assert again.estimate(few, OFFERS) == fitted[name].estimate(few, OFFERS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_estimates_keep_the_schema_and_their_bounds(name, fitted, fresh):
    few = fresh[0].slice(0, 300)
    table = fitted[name].estimate(few, (EMPTY, *OFFERS))
    assert table.schema == ESTIMATES
    assert table["customer_id"].to_pylist()[:3] == ["c000000"] * 3
    assert table["offer_id"].to_pylist()[:3] == [offer.offer_id for offer in OFFERS]
    assert table.num_rows == 900
    columns = {key: table[key].to_numpy() for key in ("redemption", "conversion", "revenue", "cost", "profit_sd")}
    assert all(np.isfinite(values).all() for values in columns.values())
    assert ((columns["redemption"] >= 0) & (columns["redemption"] <= 1)).all()
    assert (np.abs(columns["conversion"]) <= 1).all()
    assert (columns["cost"] >= 0).all()
    assert (columns["profit_sd"] >= 0).all()
    assert table["profit"].to_numpy() == pytest.approx(0.4 * columns["revenue"] - columns["cost"])
    assert set(table["model_version"].to_pylist()) == {fitted[name].version}


def _by_choice(bias):
    """Return the same rows with their chances forgotten, and a placebo's bias where there was one."""
    history, _ = randomised(3000)
    table = history.table.set_column(
        history.table.schema.get_field_index("propensity"), "propensity", pa.nulls(3000, pa.float64())
    )
    return History(table, AS_OF, 28, campaigns=history.campaigns, bias=bias)


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize("bias", [None, {}, {"ten": 0.01, "twenty": 0.3, "five-off": 5.0}])
def test_an_offer_nobody_uses_makes_nobody_buy(name, bias, fitted, fresh):
    """No more customers are won than use the offer, and what is won and what it brings point the same way."""
    model = fitted[name] if bias is None else _fit(name, _by_choice(bias))
    strangers = (*OFFERS, Offer("seven", "percent_off", {"percent": 7}))
    table = model.estimate(fresh[0].slice(0, 500), strangers)
    conversion, redemption, revenue = (table[key].to_numpy() for key in ("conversion", "redemption", "revenue"))
    assert (conversion <= redemption + 1e-12).all()
    assert (conversion * revenue >= 0).all()
    assert (revenue[np.abs(conversion) > 1e-9] != 0).all()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_nobody_s_estimate_depends_on_who_else_is_asked_about(name, fitted, fresh):
    whole = fitted[name].estimate(fresh[0].slice(0, 40), OFFERS)
    part = fitted[name].estimate(fresh[0].slice(10, 5), OFFERS)
    assert part["profit"].to_numpy() == pytest.approx(whole.slice(30, 15)["profit"].to_numpy(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_unknown_customers_and_offers_have_estimates(name, fitted):
    strangers = pa.table({"customer_id": ["x", "y"], "x0": pa.nulls(2, pa.float64())})
    new = Offer("seven", "percent_off", {"percent": 7})
    table = fitted[name].estimate(strangers, (*OFFERS, new))
    assert table.num_rows == 8
    assert np.isfinite(table["profit"].to_numpy()).all()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_nobody_and_nothing_are_empty_tables(name, fitted, fresh):
    assert fitted[name].estimate(fresh[0].slice(0, 0), OFFERS) == ESTIMATES.empty_table()
    assert fitted[name].estimate(fresh[0].slice(0, 3), (EMPTY,)) == ESTIMATES.empty_table()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_what_was_learned_survives_the_shelf(name, fitted, fresh, tmp_path):
    files, manifest = fitted[name].save()
    Artifacts(tmp_path).save("response", fitted[name].version, files, manifest)
    loaded = MODELS[name].load(*Artifacts(tmp_path).load("response"))
    assert loaded.version == fitted[name].version
    assert loaded.evidence == fitted[name].evidence
    few = fresh[0].slice(0, 50)
    assert loaded.estimate(few, OFFERS) == fitted[name].estimate(few, OFFERS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_history_is_answered_by_the_prior_with_a_reason(name, fresh):
    for table in (HISTORY_KEYS.empty_table(), randomised(60)[0].table):
        found = _fit(name, History(table, AS_OF, 28))
        assert "prior_only" in found.evidence.reasons
        assert np.isfinite(found.estimate(fresh[0].slice(0, 5), OFFERS)["profit"].to_numpy()).all()


@pytest.mark.parametrize("name", sorted(set(MODELS) - LEARNS_NOTHING))
def test_it_is_worth_as_much_as_an_average_on_fresh_customers(name, fresh):
    """The true value of its choices, mean of two histories, less what 20,000 customers allow by chance."""
    profiles, truth = fresh
    value = {"constant": [], name: []}
    for seed in (1, 2):
        history, _ = randomised(3000, seed)
        for model, found in value.items():
            found.append(value_of(_fit(model, history).estimate(profiles, OFFERS), truth))
    noise = 2 * truth.std() / np.sqrt(len(truth))
    assert np.mean(value[name]) >= np.mean(value["constant"]) - noise
    if name in TELLS_CUSTOMERS_APART:
        assert np.mean(value[name]) > 0.3 * np.maximum(truth, 0).max(axis=1).mean()


@pytest.mark.parametrize("name", sorted(set(MODELS) - LEARNS_NOTHING))
def test_without_a_lot_and_a_placebo_no_effect_is_believed(name):
    """The same rows, their chances forgotten: the estimates carry the prior's mean, not the measured one."""
    found = _fit(name, _by_choice({}))
    assert "not_randomised" in found.evidence.reasons
    for effect in found.evidence.effects:
        assert effect.bias is None
        assert effect.used == effect.prior


@pytest.mark.parametrize("name", sorted(MODELS))
@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=1, max_size=5))
def test_no_value_of_a_feature_breaks_it(name, fitted, values):
    profiles = pa.table(
        {"customer_id": [f"c{row}" for row in range(len(values))], "x2": pa.array(values, pa.float64())}
    )
    assert np.isfinite(fitted[name].estimate(profiles, OFFERS)["profit"].to_numpy()).all()


def _odd(kind):
    history, _ = randomised(400)
    table = history.table
    values = {
        "everybody treated": ("offer_id", pa.array(["ten"] * 400)),
        "everybody bought": ("bought", pa.array([True] * 400)),
        "nobody bought": ("bought", pa.array([False] * 400)),
        "nobody redeemed": ("redeemed", pa.array([False] * 400)),
        "one customer": ("customer_id", pa.array(["same"] * 400)),
        "a constant feature": ("x0", pa.array([1.0] * 400)),
        "an unknown feature": ("x0", pa.nulls(400, pa.float64())),
        "no revenue": ("revenue", pa.array([0.0] * 400)),
    }
    column, array = values[kind]
    table = table.set_column(table.schema.get_field_index(column), column, array)
    return History(table, AS_OF, 28)


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize(
    "kind",
    ["everybody treated", "everybody bought", "nobody bought", "nobody redeemed", "one customer",
     "a constant feature", "an unknown feature", "no revenue"],
)  # fmt: skip
def test_odd_histories_are_answered(name, kind, fresh):
    estimates = _fit(name, _odd(kind)).estimate(fresh[0].slice(0, 20), OFFERS)
    assert estimates.num_rows == 60
    for column in ("redemption", "conversion", "revenue", "profit", "cost", "profit_sd"):
        assert np.isfinite(estimates[column].to_numpy()).all()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_evidence_turns_into_plain_values(name, fitted):
    text = json.dumps(fitted[name].evidence.as_dict(), allow_nan=False)
    assert json.loads(text)["model"] == name
