"""Why customers get their offers, asked of models learned from a shop whose truth is known."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.response.test_learned import ECONOMICS, OFFERS, fit, lot

from offersmith.errors import InputError
from offersmith.response.boosting import Boosting
from offersmith.response.constant import Constant
from offersmith.response.explain import decided
from offersmith.response.explain.because import LIMITS, SAME_FOR_ALL, STATED, STATED_BELIEF
from offersmith.response.explain.decided import why
from offersmith.response.explain.deciding import silent, taken
from offersmith.response.learned import Learned
from offersmith.response.prior import Prior
from offersmith.settings import PriorSettings
from offersmith.vocabulary import BECAUSE, Offer


def seen(history):
    """Return the same history with what stated beliefs hang on: how often and for how much customers buy."""
    draw = np.random.default_rng(8)
    orders = draw.poisson(3, history.table.num_rows).astype(float)
    spend = 100 * orders * np.exp(draw.normal(3.2, 0.3, history.table.num_rows))
    table = history.table.append_column("orders_90d", pa.array(orders)).append_column("spend_90d", pa.array(spend))
    return replace(history, table=table)


HISTORY = seen(lot(8000, seed=4)[0])
TABLE = HISTORY.table.drop_columns(["redeemed", "bought", "revenue", "cost"])
NAMES = np.array([offer.offer_id for offer in OFFERS])


def trusted(history):
    """Return the same history as if customers had been chosen, and a placebo had bounded how."""
    column = history.table.schema.get_field_index("propensity")
    nulls = pa.nulls(history.table.num_rows, pa.float64())
    bias = dict.fromkeys(NAMES.tolist(), 0.2)
    return replace(history, table=history.table.set_column(column, "propensity", nulls), bias=bias)


def structural(history):
    return Boosting().fit(history, offers=OFFERS, economics=ECONOMICS, priors=PriorSettings(), seed=7)


@pytest.fixture(scope="module")
def models():
    return {
        "learned": fit(HISTORY, Learned(("shared",))),
        "by lot": structural(HISTORY),
        "chosen": structural(trusted(HISTORY)),
    }


def best(fitted, table=TABLE):
    """Return customers, the offer that earns most of each and what it earns."""
    profit = fitted.estimate(table, OFFERS)["profit"].to_numpy().reshape(table.num_rows, len(OFFERS))
    choice = profit.argmax(axis=1)
    return table["customer_id"].combine_chunks(), pa.array(NAMES[choice]), profit.max(axis=1)


@pytest.mark.parametrize(
    ("name", "borne_out"), [("learned", 1.0), ("learned", 0.5), ("by lot", None), ("chosen", None)]
)
def test_what_a_model_says_adds_up_to_the_profit_it_expects(models, name, borne_out):
    fitted = models[name]
    if borne_out is not None:
        fitted = replace(fitted, belief=replace(fitted.belief, borne_out=borne_out))
    profit = fitted.estimate(TABLE, OFFERS)["profit"].to_numpy().reshape(TABLE.num_rows, len(OFFERS))
    for number, offer in enumerate(OFFERS):
        found = taken(fitted, offer, TABLE, TABLE.slice(0, 500))
        gap = profit[:, number] - found.base - found.values.sum(axis=1) - found.stated
        # What use allows, and chances at their bounds, belong to no feature and touch few.
        assert np.mean(np.abs(gap) < 1e-9) > 0.9
        losing = profit[:, number] < 0
        assert losing.sum() < 10 or np.mean(np.abs(gap[losing]) < 1e-9) > 0.9
        assert found.exact
        assert (np.abs(found.stated).max() > 0) == (name == "chosen")
        # The usual customer is near the middle, and what moves people away from there cancels out, once gains that are
        # believed in part are made whole.
        part = np.where(profit[:, number] > 0, borne_out or 1.0, 1.0)
        assert abs((found.values.sum(axis=1) / part).mean()) < 0.2 * profit[:, number].std() + 0.02


def test_the_feature_that_drives_an_effect_is_named_first(models):
    customers, given, profit = best(models["learned"])
    some = np.flatnonzero(profit > 0.2)
    customers, given, profit = customers.take(pa.array(some)), given.take(pa.array(some)), profit[some]
    found = why(models["learned"], OFFERS, TABLE, customers, given, profit)
    assert found.why.type == BECAUSE
    assert found.why.null_count == 0
    first = Counter(
        (offer, said[0]["feature"], said[0]["held"], said[0]["change"] > 0)
        for offer, said in zip(given.to_pylist(), found.why.to_pylist(), strict=True)
    )
    # Twenty percent wins who has x2 above zero, three off who has x3 above one.
    for offer, feature in (("twenty", "x2"), ("three", "x3")):
        of_offer = sum(count for key, count in first.items() if key[0] == offer)
        assert first[offer, feature, "higher", True] > 0.75 * of_offer > 0
    for said in found.why.to_pylist():
        sizes = [abs(one["change"]) for one in said]
        assert 0 < len(said) <= 3
        assert sizes == sorted(sizes, reverse=True)
        assert all(sizes)


@pytest.mark.parametrize("name", ["learned", "chosen"])
def test_the_same_is_said_whatever_the_order_and_in_parts(models, name, monkeypatch):
    customers, given, profit = best(models[name])
    whole = why(models[name], OFFERS, TABLE, customers, given, profit).why
    order = np.random.default_rng(1).permutation(TABLE.num_rows)
    monkeypatch.setattr(decided, "CHUNK", 700)
    turned = TABLE.take(pa.array(order))
    some = pa.array(np.arange(0, TABLE.num_rows, 2))
    found = why(models[name], OFFERS, turned, customers.take(some), given.take(some), profit[::2]).why
    assert found.equals(whole.take(some))


def test_stated_beliefs_are_told_as_such_and_not_as_features(models):
    customers, given, profit = best(models["chosen"])
    entries = [
        one for said in why(models["chosen"], OFFERS, TABLE, customers, given, profit).why.to_pylist() for one in said
    ]
    stated = [one for one in entries if one["feature"] == STATED]
    assert stated
    assert all(one["held"] is None for one in stated)
    assert {one["feature"] for one in entries} <= {STATED, LIMITS, *HISTORY.features}


def test_a_value_nobody_knows_is_said_to_be_unknown():
    gaps = np.random.default_rng(3).random(TABLE.num_rows) < 0.3
    holed = HISTORY.table.set_column(
        HISTORY.table.schema.get_field_index("x2"), "x2", pa.array(HISTORY.table["x2"].to_numpy(), mask=gaps)
    )
    fitted = fit(replace(HISTORY, table=holed), Learned(("logit",)))
    customers, given, profit = best(fitted, holed)
    said = why(fitted, OFFERS, holed, customers, given, profit).why.to_pylist()
    held = {(gap, one["held"]) for gap, all_ in zip(gaps, said, strict=True) for one in all_ if one["feature"] == "x2"}
    assert held == {(True, "unknown"), (False, "lower"), (False, "higher")}
    # A feature and the mark that it is missing are one.
    assert {one["feature"] for all_ in said for one in all_} <= {*HISTORY.features, LIMITS}


def test_beliefs_and_averages_have_no_reasons():
    arguments = {"offers": OFFERS, "economics": ECONOMICS, "priors": PriorSettings(), "seed": 1}
    prior, constant = Prior().fit(HISTORY, **arguments), Constant().fit(HISTORY, **arguments)
    for fitted, code in ((prior, STATED_BELIEF), (constant, SAME_FOR_ALL)):
        customers, given, profit = best(fitted)
        found = why(fitted, OFFERS, TABLE, customers, given, profit)
        assert found.why.null_count == len(customers)
        assert found.codes[code].all()
        assert sum(int(held.sum()) for held in found.codes.values()) == len(customers)


def test_an_offer_that_was_never_given_has_none_either(models):
    new = Offer("new", "percent_off", {"percent": 15})
    for fitted in models.values():
        assert silent(fitted, new) == STATED_BELIEF
        assert silent(fitted, OFFERS[0]) is None
    alike = replace(models["learned"], belief=replace(models["learned"].belief, kind="single"))
    assert silent(alike, OFFERS[0]) == SAME_FOR_ALL


def test_a_model_that_can_only_be_asked_is_asked_of_some(monkeypatch):
    monkeypatch.setattr(decided, "SAMPLED", 20)
    history = replace(HISTORY, table=HISTORY.table.slice(0, 1500))
    fitted = fit(history, Learned(("t_svm",)))
    customers, given, profit = best(fitted)
    found = why(fitted, OFFERS, TABLE, customers, given, profit)
    asked = Counter(
        offer for offer, said in zip(given.to_pylist(), found.why.to_pylist(), strict=True) if said is not None
    )
    assert asked
    assert all(0 < count <= 20 for count in asked.values())
    again = why(fitted, OFFERS, TABLE, customers, given, profit)
    assert again.why.equals(found.why)


def test_strangers_are_named(models):
    customers = pa.array(["nobody", TABLE["customer_id"][0].as_py()])
    with pytest.raises(InputError, match="1 customers without a profile"):
        why(models["learned"], OFFERS, TABLE, customers, pa.array(["ten", "ten"]), np.zeros(2))
    with pytest.raises(InputError, match="strange"):
        why(models["learned"], OFFERS, TABLE, customers[1:], pa.array(["strange"]), np.zeros(1))
