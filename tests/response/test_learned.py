"""Learners that compete on a shop's own lots: what is chosen, what of it is believed, and what is said of it."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.answers import Learned as Answer
from offersmith.response import MODELS
from offersmith.response.base import CampaignUse, Economics, History
from offersmith.response.boosting import FittedBoosting
from offersmith.response.constant import Constant
from offersmith.response.judging.belief import ArmBelief, Belief
from offersmith.response.judging.competition import distinct
from offersmith.response.learned import FittedLearned, Learned
from offersmith.response.prior import FittedPrior
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer

START, AS_OF = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2024-07-01")
ECONOMICS = Economics(0.5, "USD")
OFFERS = (
    Offer("ten", "percent_off", {"percent": 10}),
    Offer("twenty", "percent_off", {"percent": 20}),
    Offer("three", "amount_off", {"amount": "3.00", "currency": "USD"}),
)
NAMES = (NO_OFFER, *(offer.offer_id for offer in OFFERS))
FEW = ("shared", "constant")
FINITE = st.floats(-1e6, 1e6)


def lot(rows=4000, seed=1, *, alike=False, chance=0.25, campaign="lot", arms=(0, 1, 2, 3)):
    """Return a history decided by lot and the true profit of every offer over none; `alike`: offers change nothing.

    Twenty percent wins half the customers and is given away to the others; three off wins a few.
    """
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 5))
    base = 1 / (1 + np.exp(-(-1.2 + 0.5 * x[:, 0])))
    basket = np.exp(3.2 + 0.3 * x[:, 1])
    lift = np.column_stack(
        [np.zeros(rows), np.full(rows, 0.03), np.where(x[:, 2] > 0, 0.35, 0.0), np.where(x[:, 3] > 1, 0.35, 0.0)]
    )
    share, fixed = np.array([0, 0.1, 0.2, 0]), np.array([0, 0, 0, 3.0])
    if alike:
        lift, share, fixed = 0 * lift, 0 * share, 0 * fixed
    buys = np.clip(base[:, None] + lift, 0, 0.95)
    truth = buys * ((ECONOMICS.margin_rate - share) * basket[:, None] - fixed)
    arm = draw.choice(arms, rows)
    bought = draw.random(rows) < buys[np.arange(rows), arm]
    revenue = np.where(bought, basket * np.exp(0.3 * draw.normal(size=rows) - 0.045), 0.0)
    table = pa.table(
        {
            "customer_id": [f"{campaign}{row:06d}" for row in range(rows)],
            **{f"x{column}": x[:, column] for column in range(x.shape[1])},
            "campaign_id": [campaign] * rows,
            "moment": pa.array([START] * rows, pa.timestamp("us")),
            "offer_id": np.array(NAMES)[arm].tolist(),
            "propensity": np.full(rows, chance),
            "redeemed": bought & (arm > 0),
            "bought": bought,
            "revenue": revenue,
            "cost": np.where(bought, share[arm] * revenue + fixed[arm], 0.0),
        }
    )
    uses = tuple(
        CampaignUse(campaign, name, START, int((arm == number).sum()), int((arm == 0).sum()), 9, still_open=5)
        for number, name in enumerate(NAMES)
        if number
    )
    return History(table, AS_OF, 28, campaigns=uses), truth - truth[:, [0]]


def fit(history, model=None, economics=ECONOMICS, **values):
    return (model or Learned(FEW)).fit(
        history, offers=OFFERS, economics=economics, priors=PriorSettings(), seed=7, **values
    )


def profits(fitted, table):
    return fitted.estimate(table, OFFERS)["profit"].to_numpy().reshape(table.num_rows, len(OFFERS))


def earned(fitted, table, truth):
    """Return the true profit a customer of giving everybody their best estimate, or nothing."""
    choice = np.column_stack([np.zeros(table.num_rows), profits(fitted, table)]).argmax(axis=1)
    return float(truth[np.arange(len(truth)), choice].mean())


@pytest.fixture(scope="module")
def shop():
    return lot()


@pytest.fixture(scope="module")
def fitted(shop):
    return fit(shop[0])


@pytest.fixture(scope="module")
def fresh():
    history, truth = lot(8_000, seed=99)
    return history.table, truth


def test_it_tells_customers_apart_and_beats_an_average_for_all(shop, fitted, fresh):
    table, truth = fresh
    oracle = float(np.maximum(truth, 0).max(axis=1).mean())
    average = fit(shop[0], Constant())
    assert earned(fitted, table, truth) > earned(average, table, truth) + 0.2 * oracle
    assert earned(fitted, table, truth) > 0.6 * oracle
    found = profits(fitted, table)
    assert all(np.corrcoef(found[:, number], truth[:, number + 1])[0, 1] > 0.5 for number in (1, 2))


def test_what_it_claims_is_what_it_earns(fitted, fresh):
    table, truth = fresh
    claimed = np.maximum(profits(fitted, table), 0).max(axis=1).mean()
    assert 0.7 < claimed / earned(fitted, table, truth) < 1.4


def _fooled(seeds):
    """Return how many A/A shops are told to give something; a plan gives only what is estimated above nothing."""
    fooled = 0
    for seed in seeds:
        history, _ = lot(1200, seed=seed, alike=True)
        found = fit(history)
        kind = found.evidence.judged["policy"]["kind"]
        fooled += kind != "none"
        assert found.evidence.reasons == (f"policy_{kind}",)
        assert (profits(found, history.table) < 0).all() == (kind == "none")
    return fooled


def test_offers_that_change_nothing_are_given_to_nobody():
    assert _fooled(range(1, 3)) == 0


@pytest.mark.slow
def test_offers_that_change_nothing_are_rarely_given():
    assert _fooled(range(100, 160)) <= 6


def test_profit_revenue_and_cost_agree_and_keep_what_is_believed(fitted, fresh):
    table = fresh[0].slice(0, 2000)
    found = fitted.estimate(table, OFFERS)
    profit, revenue, cost, used = (found[name].to_numpy() for name in ("profit", "revenue", "cost", "redemption"))
    assert profit == pytest.approx(0.5 * revenue - cost)
    x = fitted.encoder.matrix(table)[:, list(fitted.columns)]
    effects = fitted.learner.effects(x)
    wanted = [fitted.belief.profit(name, effects[:, fitted.arms.index(name)]) for name in NAMES[1:]]
    # All but the few whose use does not allow for so large a change.
    assert np.mean(np.abs(profit - np.column_stack(wanted).ravel()) < 1e-9) > 0.9
    assert abs(used.mean() - fresh[0]["redeemed"].to_numpy().mean() * 4 / 3) < 0.03
    paid = {
        name: 4 * float(np.where(np.array(fresh[0]["offer_id"]) == name, fresh[0]["cost"], 0).mean()) for name in NAMES
    }
    for number, name in enumerate(NAMES[1:]):
        assert cost[number::3].mean() == pytest.approx(paid[name], rel=0.15)


@pytest.mark.parametrize("name", ["logit", "average"])
def test_one_learner_by_its_name_is_kept_whole(name, fresh):
    history, _ = lot(1000)
    found = fit(history, Learned((name,)))
    assert [one["name"] for one in found.evidence.judged["tried"]] == [name]
    files, manifest = found.save()
    again = MODELS[manifest["model"]].load(files, json.loads(json.dumps(manifest)))
    few = fresh[0].slice(0, 40)
    assert (again.version, again.evidence) == (found.version, found.evidence)
    assert again.estimate(few, OFFERS) == found.estimate(few, OFFERS)


def test_without_chances_another_model_answers_and_says_why(shop):
    history = shop[0]
    place = history.table.schema.get_field_index("propensity")
    unknown = pa.nulls(history.table.num_rows, pa.float64())
    found = fit(replace(history, table=history.table.set_column(place, "propensity", unknown)))
    assert isinstance(found, FittedBoosting)
    assert {"not_randomised", "chances_needed"} <= set(found.evidence.reasons)


def test_few_rows_are_left_to_models_that_weigh_them_with_the_prior():
    history, _ = lot(300)
    found = fit(history)
    assert not isinstance(found, FittedLearned)
    assert "too_few_to_judge" in found.evidence.reasons or isinstance(found, FittedPrior)


def test_a_history_that_says_less_than_the_prior_is_left_to_boosting_only_where_asked():
    history, _ = lot(1200)
    sure = PriorSettings(lift_sd=1e-4)
    told = {"offers": OFFERS, "economics": ECONOMICS, "priors": sure, "seed": 7}
    boosting = Learned(("constant",), tells=True).fit(history, **told)
    assert isinstance(boosting, FittedBoosting)
    assert "says_less_than_beliefs" in boosting.evidence.reasons
    assert isinstance(Learned(("constant",)).fit(history, **told), FittedLearned)


def test_campaigns_that_did_not_give_every_offer_are_left_out_and_counted():
    """An offer's season is not its effect: the other campaign sold twice as much, and gave two arms only."""
    whole, _ = lot(2000)
    part, _ = lot(600, seed=5, campaign="old", arms=(0, 1), chance=0.5)
    twice = pa.array(2 * part.table["revenue"].to_numpy())
    old = part.table.set_column(part.table.schema.get_field_index("revenue"), "revenue", twice)
    kind = pa.map_(pa.string(), pa.float64())
    chances = [dict.fromkeys(NAMES, 0.25), dict.fromkeys(NAMES[:2], 0.5)]
    tables = [
        table.append_column("chances", pa.array([list(one.items())] * table.num_rows, kind))
        for table, one in zip((whole.table, old), chances, strict=True)
    ]
    both = replace(whole, table=pa.concat_tables(tables), campaigns=(*whole.campaigns, *part.campaigns))
    found, alone = (fit(one, Learned(("constant",))) for one in (both, whole))
    assert found.evidence.judged["counts"] == {"not_every_arm": 600, "immature": 10}
    for one, two in zip(found.evidence.judged["arms"][1:], alone.evidence.judged["arms"][1:], strict=True):
        assert one["rows"] == two["rows"]
        assert one["effect"] == pytest.approx(two["effect"], abs=0.3 * two["standard_error"])


def test_where_no_use_was_recorded_every_purchase_counts_as_one():
    history, _ = lot(1500)
    place = history.table.schema.get_field_index("redeemed")
    found = fit(replace(history, table=history.table.set_column(place, "redeemed", pa.nulls(1500, pa.bool_()))))
    table = found.estimate(history.table, OFFERS)
    bought = history.table["bought"].to_numpy()
    share = bought[np.array(history.table["offer_id"]) != NO_OFFER].mean()
    assert table["redemption"].to_numpy().mean() == pytest.approx(share, abs=0.03)
    assert (table["cost"].to_numpy() > 0).all()


@pytest.mark.parametrize("economics", [Economics(0.0, "USD"), Economics(0.5, "USD", cost_share=0.0)])
def test_odd_economics_have_estimates(economics):
    history, _ = lot(1200)
    found = fit(history, Learned(("logit",)), economics)
    table = found.estimate(history.table.slice(0, 200), OFFERS)
    margin, paid = economics.margin_rate, economics.cost_share
    profit, revenue, cost = (table[name].to_numpy() for name in ("profit", "revenue", "cost"))
    assert profit == pytest.approx(margin * revenue - paid * cost)
    assert np.isfinite(table["profit_sd"].to_numpy()).all()
    assert cost.mean() > 0
    assert (profit <= 0).all() or margin > 0


def test_the_judging_is_plain_and_whole(fitted):
    judged = json.loads(json.dumps(fitted.evidence.judged, allow_nan=False))
    assert judged == fitted.evidence.judged
    assert {"rows", "customers", "outcome", "control", "arms", "qini", "auuc", "at_k", "by_arm", "tried", "chosen",
            "choice_reason", "single", "none", "policy", "calibration", "depth", "tree", "preference", "reasons",
            "counts"} <= set(judged)  # fmt: skip
    assert [arm["arm"] for arm in judged["arms"]] == ["none", *sorted(NAMES[1:])]
    assert judged["policy"]["kind"] == "learned"
    assert judged["policy"]["low"] > 0
    (curve,) = judged["depth"]
    assert [point["depth"] for point in curve["points"]] == [0.0, 0.1, 0.2]
    assert {leaf["arm"] for leaf in judged["tree"]["leaves"]} <= set(NAMES)
    assert judged["preference"]["chosen"] == judged["preference"]["tried"][0]["name"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_tried_is_said(language, fitted):
    text = Answer(AS_OF, fitted, "USD").text(language)
    assert "* shared" in text
    assert "  constant" in text
    assert "USD" in text
    assert len(text.splitlines()) < 12


def test_columns_that_say_the_same_are_read_once():
    draw = np.random.default_rng(1)
    x = draw.normal(size=(500, 3))
    wide = np.column_stack([x, -2 * x[:, 0] + 0.01 * draw.normal(size=500), np.ones(500), x[:, 1] + x[:, 2]])
    assert distinct(wide).tolist() == [0, 1, 2, 5]


@given(center=FINITE, mean=FINITE, slope=st.floats(0, 3), effect=st.lists(FINITE, min_size=1, max_size=5))
def test_a_policy_that_did_not_pay_promises_nothing(center, mean, slope, effect):
    held = ArmBelief(center, mean, mean, 1.0, slope, 0.1, 0.5)
    effects = np.array(effect)
    none, learned, single = (Belief(kind, {"ten": held}) for kind in ("none", "learned", "single"))
    assert (none.profit("ten", effects) < 0).all()
    assert (none.profit("ten", effects) <= learned.profit("ten", effects)).all()
    assert (single.profit("ten", effects) == mean).all()
    assert (learned.spread("ten", effects) >= 1.0).all()
    assert Belief.of(json.loads(json.dumps(learned.as_dict()))) == learned
