"""What the use of an offer cost where nobody wrote it down: from what was paid to the basket and back."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.response import unrecorded
from offersmith.response.base import HISTORY_KEYS, CampaignUse, Economics, Evidence, History, floats, strings
from offersmith.response.boosting import Boosting
from offersmith.response.constant import Constant, depth_of
from offersmith.response.costs import points, relief
from offersmith.response.learned import FittedLearned, Learned
from offersmith.response.of_history import gather
from offersmith.response.prior import Prior
from offersmith.response.unrecorded import Untold, basket_of, cost_of, filled, least_relief, spent, summary, told
from offersmith.settings import PriorSettings
from offersmith.vocabulary import ESTIMATES, NO_OFFER, Offer

START, AS_OF = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2024-07-01")
ECONOMICS = Economics(0.5, "USD")
NAN = float("nan")


def offer(kind="percent_off", name="ten", **terms):
    return Offer(name, kind, {"currency": "USD", **terms})


TEN, THREE = offer(percent=10.0), offer("amount_off", "three", amount="3.00")
UNKNOWN = Offer("mug", "unknown", {})
BASKETS = st.floats(0.01, 1e5)


@settings(deadline=None)
@given(basket=BASKETS, percent=st.floats(0.0, 95.0))
def test_of_a_share_the_basket_comes_back_from_what_was_paid(basket, percent):
    share = offer(percent=percent)
    paid = basket * (1 - percent / 100)
    assert basket_of(share, np.array([paid]))[0] == pytest.approx(basket, rel=1e-6)
    assert cost_of(share, np.array([paid]), np.array([NAN]), np.ones(1))[0] == pytest.approx(
        paid * percent / (100 - percent), rel=1e-5, abs=1e-8 * basket
    )


@settings(deadline=None)
@given(basket=st.floats(3.0, 1e5))
def test_of_an_amount_it_is_what_was_paid_and_the_amount(basket):
    assert basket_of(THREE, np.array([basket - 3]))[0] == pytest.approx(basket, rel=1e-6, abs=1e-6)


@settings(deadline=None)
@given(
    paid=BASKETS,
    percent=st.floats(1.0, 60.0),
    least=st.sampled_from([None, "20", "150"]),
    most=st.sampled_from([None, "4", "75"]),
)
def test_what_is_left_of_the_basket_is_what_was_paid(paid, percent, least, most):
    terms = {name: value for name, value in (("min_spend", least), ("max_off", most)) if value}
    limited = offer(percent=percent, **terms)
    basket = basket_of(limited, np.array([paid]))
    assert basket[0] - relief(limited, basket)[0] == pytest.approx(paid, rel=1e-5, abs=1e-6)
    assert basket[0] >= paid * (1 - 1e-9)


@settings(deadline=None)
@given(st.lists(BASKETS, min_size=1, max_size=20))
def test_each_payment_is_taken_alone_and_more_paid_is_a_larger_basket(paid):
    paid = np.array(paid)
    tiers = offer("spend_save", tiers=[{"from": "50", "amount": "5"}, {"from": "100", "percent": 12}])
    found = basket_of(tiers, paid)
    assert found.tolist() == [basket_of(tiers, np.array([one]))[0] for one in paid]
    assert (np.diff(found[np.argsort(paid)]) >= -1e-6).all()


def test_a_payment_left_of_two_baskets_is_of_the_one_the_offer_was_used_on():
    """95 may be a basket of 95, below the least spend, or what ten percent leave of 105.56."""
    limited = offer(percent=10.0, min_spend="100")
    assert basket_of(limited, np.array([90.0, 95.0, 99.0, 180.0])) == pytest.approx(
        [100.0, 105.5556, 110.0, 200.0], rel=1e-5
    )


def test_a_use_on_record_below_the_least_spend_cost_the_least_the_terms_take_off():
    """It is on record that it was used, so that it is not free; who is only assumed to have used it did not."""
    paid, none, ones = np.array([0.0, 5.0, 60.0, 89.0, 90.0, 180.0]), np.full(6, NAN), np.ones(6)
    limited = offer(percent=10.0, min_spend="100")
    assert cost_of(limited, paid, none, ones) == pytest.approx([10, 10, 10, 10, 10, 20], rel=1e-6)
    assert cost_of(limited, paid, none, ones, recorded=False) == pytest.approx([0, 0, 0, 0, 10, 20], rel=1e-6)
    assert cost_of(limited, paid, np.full(6, 4.0), ones) == pytest.approx([4] * 6)
    tiers = offer("spend_save", tiers=[{"from": "50", "amount": "5"}, {"from": "100", "amount": "20"}])
    assert cost_of(tiers, np.array([1.0, 44.0, 45.0, 79.0, 80.0]), none[:5], ones[:5]) == pytest.approx(
        [5, 5, 5, 5, 20]
    )


@settings(deadline=None)
@given(percent=st.floats(1.0, 60.0), least=st.sampled_from(["0.50", "20", "150"]), paid=BASKETS)
def test_no_use_on_record_is_cheaper_than_the_least_relief(percent, least, paid):
    limited = offer(percent=percent, min_spend=least)
    smallest = float(least) * percent / 100
    assert least_relief(limited) == pytest.approx(smallest, rel=1e-6)
    assert cost_of(limited, np.array([paid]), np.array([NAN]), np.ones(1))[0] >= smallest * (1 - 1e-6)
    assert least_relief(offer(percent=percent)) == pytest.approx(0, abs=1e-9)
    assert (least_relief(THREE), least_relief(offer(percent=0.0))) == (pytest.approx(0, abs=1e-9), 0.0)
    assert np.isnan(least_relief(UNKNOWN))


def test_what_nothing_tells_stays_unknown():
    paid, none = np.array([0.0, 7.0]), np.full(2, NAN)
    for unknown in (offer(percent=100.0), offer("gift", sku="mug", value="2.00"), UNKNOWN):
        assert np.isnan(basket_of(unknown, paid)).all()
        assert np.isnan(cost_of(unknown, paid, none, np.ones(2))).all()
    assert np.isnan(cost_of(None, paid, none, np.ones(2))).all()
    assert points(UNKNOWN, 50.0) == 0.0


def test_a_discount_on_record_is_all_an_offer_can_have_taken_off():
    paid, ones = np.full(4, 90.0), np.ones(4)
    most = np.array([NAN, 25.0, 4.0, 0.0])
    assert cost_of(TEN, paid, most, ones) == pytest.approx([10, 10, 4, 0])
    assert cost_of(None, paid, most, ones) == pytest.approx([NAN, 25, 4, 0], nan_ok=True)


def test_several_uses_share_what_was_paid():
    paid, none = np.array([27.0]), np.array([NAN])
    assert cost_of(TEN, paid, none, np.array([3.0]))[0] == pytest.approx(3.0)
    assert cost_of(THREE, paid, none, np.array([3.0]))[0] == pytest.approx(9.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 100), st.floats(0, 100) | st.none()), max_size=12))
def test_untold_uses_survive_the_table(uses):
    row = np.array([one[0] for one in uses], dtype=np.int64)
    paid, most = (np.array([NAN if one[k] is None else one[k] for one in uses]) for k in (1, 2))
    made = Untold(row, paid, most, np.ones(len(row))).column(6)
    assert made.null_count == 6 - len(set(row.tolist()))
    read = Untold.of(pa.table({"untold": made}))
    order = np.argsort(row, kind="stable")
    assert read.row.tolist() == row[order].tolist()
    assert read.paid == pytest.approx(paid[order])
    assert read.most == pytest.approx(most[order], nan_ok=True)


def shop(rows=1500, seed=1, *, record="all", offers=(TEN, THREE)):
    """Return a shop's lot: with every cost on `record`, without any (`paid`), or with no event of use either (`none`).

    Everybody who buys uses what they were given; the offers win a good part of the customers.
    """
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 4))
    arm = draw.integers(0, 1 + len(offers), rows)
    bought = draw.random(rows) < 1 / (1 + np.exp(-(-0.6 + 0.6 * x[:, 0] + 0.7 * (arm > 0))))
    basket = np.where(bought, np.exp(3.2 + 0.3 * x[:, 1] + 0.2 * draw.normal(size=rows)), 0.0)
    names = np.array([NO_OFFER, *(one.offer_id for one in offers)])
    terms = {"ten": TEN, "three": THREE, "mug": offer("amount_off", amount="2.00")}
    cost = np.zeros(rows)
    for number, name in enumerate(names[1:].tolist(), 1):
        cost[arm == number] = relief(terms[name], basket[arm == number]) * bought[arm == number]
    used = bought & (arm > 0)
    open_ = used if record != "all" else np.zeros(rows, dtype=bool)
    place = np.flatnonzero(open_)
    untold = Untold(place, (basket - cost)[place], np.full(len(place), NAN), np.ones(len(place)))
    columns = {
        "customer_id": [f"c{row:06d}" for row in range(rows)],
        "campaign_id": ["lot"] * rows,
        "moment": pa.array([START] * rows, pa.timestamp("us")),
        "offer_id": names[arm].tolist(),
        "propensity": np.full(rows, 1 / len(names)),
        "redeemed": used & (record != "none"),
        "bought": bought,
        "revenue": np.where(open_, basket - cost, basket),
        "cost": pa.array(np.where(open_, NAN, cost), from_pandas=True),
        "cost_told": np.where(open_, 0.0, cost),
        "untold": untold.column(rows),
        **{f"x{column}": x[:, column] for column in range(x.shape[1])},
    }
    campaigns = tuple(
        CampaignUse("lot", name, START, int((arm == number).sum()), int((arm == 0).sum()),
                    int((used & (arm == number)).sum()) if record != "none" else 0,
                    unrecorded=int((open_ & (arm == number)).sum()))
        for number, name in enumerate(names.tolist()) if number
    )  # fmt: skip
    return History(pa.table(columns), AS_OF, 28, campaigns=campaigns)


def fit(history, model, offers=(TEN, THREE)):
    return model.fit(history, offers=offers, economics=ECONOMICS, priors=PriorSettings(), seed=7)


def means(fitted, history, offers=(TEN, THREE)):
    """Return offer -> (expected cost, expected profit) a customer."""
    table = fitted.estimate(history.table, offers)
    found = {}
    for one in table["offer_id"].unique().to_pylist():
        mine = np.array(table["offer_id"].to_pylist()) == one
        found[one] = tuple(float(table[name].to_numpy()[mine].mean()) for name in ("cost", "profit"))
    return found


def test_a_filled_history_is_the_one_that_was_recorded():
    known, untold = shop(), shop(record="paid")
    assert untold.table["cost"].null_count == int(spent(untold.table).sum()) > 100
    found = filled(untold, (TEN, THREE))
    for name in ("revenue", "cost", "cost_told"):
        assert floats(found.table, name) == pytest.approx(floats(known.table, name), rel=1e-6, abs=1e-9)
    assert found.table["untold"].null_count == found.table.num_rows
    assert found.table.schema.field("cost").type == HISTORY_KEYS.field("cost").type
    assert [use.unpriced for use in found.campaigns] == [0, 0]
    again = filled(found, (TEN, THREE))
    assert again.table == found.table
    assert again.left_out == found.left_out == {}
    assert filled(known, (TEN, THREE)).table == known.table


def test_a_recorded_nothing_stays_nothing():
    """Uses that are on record as free are neither unknown nor taken from terms."""
    history = shop()
    free = np.arange(history.table.num_rows) % 2 == 0
    place = history.table.schema.get_field_index("cost")
    zero = history.table.set_column(place, "cost", pa.array(np.where(free, 0.0, floats(history.table, "cost"))))
    found = filled(replace(history, table=zero), (TEN, THREE))
    assert (floats(found.table, "cost")[free] == 0).all()
    half = means(fit(found, Constant()), history)
    whole = means(fit(history, Constant()), history)
    assert half["ten"][0] == pytest.approx(whole["ten"][0] / 2, rel=0.15)


@pytest.mark.parametrize("model", [Constant(), Boosting(), Prior()])
def test_models_of_small_histories_expect_what_uses_cost(model):
    known = means(fit(shop(), model), shop())
    found = means(fit(shop(record="paid"), model), shop())
    for name in ("ten", "three"):
        assert found[name] == pytest.approx(known[name], rel=1e-3, abs=1e-3)
        assert found[name][0] > 0.2


def test_the_competition_judges_what_offers_earn_after_their_cost():
    """As if every cost were on record: the same policy is worth the same, and a customer costs the same."""
    model = Learned(("shared", "constant"))
    known, found = (fit(shop(2400, record=record), model) for record in ("all", "paid"))
    assert isinstance(known, FittedLearned)
    assert isinstance(found, FittedLearned)
    one, two = (fitted.evidence.judged["policy"] for fitted in (known, found))
    assert (one["kind"], two["value"]) == (two["kind"], pytest.approx(one["value"], rel=1e-3))
    assert found.costs["ten"].share == pytest.approx(known.costs["ten"].share, rel=1e-3, abs=1e-6)
    for name, (cost, profit) in means(known, shop()).items():
        assert means(found, shop())[name] == pytest.approx((cost, profit), rel=0.02, abs=0.02)
        assert cost > 1.0


def test_without_any_use_on_record_buyers_use_it_with_the_stated_chance():
    history, priors = shop(record="none"), PriorSettings(redemption=0.5)
    whole = filled(history, (TEN, THREE), PriorSettings(redemption=1.0))
    half = filled(history, (TEN, THREE), priors)
    assert floats(half.table, "cost") == pytest.approx(floats(whole.table, "cost") / 2)
    assert floats(whole.table, "cost") == pytest.approx(floats(shop().table, "cost"), rel=1e-6, abs=1e-9)
    fitted = Constant().fit(history, offers=(TEN, THREE), economics=ECONOMICS, priors=priors, seed=7)
    assert means(fitted, history)["ten"][0] == pytest.approx(means(fit(shop(), Constant()), history)["ten"][0] / 2)
    trial = gather(history, (TEN, THREE), ECONOMICS).trial
    assert np.isfinite(trial.outcome).all()
    assert {arm.name: arm.share for arm in trial.arms}["ten"] == pytest.approx(0.07, rel=0.05)


def test_an_offer_of_unknown_cost_is_not_free():
    """It is no arm, has no estimate, and is named; what is known of the others stays."""
    mug = Offer("mug", "unknown", {})
    history = shop(record="paid", offers=(TEN, mug))
    found = filled(history, (TEN,))
    assert found.left_out == {"lot/mug": "cost_unknown"}
    assert {use.offer_id: use.unpriced for use in found.campaigns}["mug"] == int(
        (spent(history.table) & (np.array(history.table["offer_id"].to_pylist()) == "mug")).sum()
    )
    gathered = gather(history, (TEN,), ECONOMICS)
    assert gathered.left_out == {"mug": "cost_unknown"}
    assert [arm.name for arm in gathered.trial.arms] == [NO_OFFER, "ten"]
    assert np.isfinite(gathered.trial.outcome).all()
    for model in (Constant(), Boosting(), Prior()):
        fitted = fit(history, model, (TEN,))
        asked = fitted.estimate(history.table.slice(0, 50), (TEN, mug))
        assert asked["offer_id"].unique().to_pylist() == ["ten"]
        assert asked.schema == ESTIMATES
        assert fitted.estimate(history.table.slice(0, 50), (mug,)).num_rows == 0
        assert np.isfinite(asked["profit"].to_numpy()).all()


def test_what_was_not_recorded_is_said_by_name():
    history = filled(shop(record="paid", offers=(TEN, UNKNOWN)), (TEN,))
    found = summary(history.campaigns)
    assert [(one["offer_id"], one["code"]) for one in found] == [
        ("mug", "cost_unknown_uses"), ("ten", "cost_by_terms_uses"),
    ]  # fmt: skip
    assert json.loads(json.dumps(found)) == found
    kept = Evidence.of(json.loads(json.dumps(Evidence("constant", campaigns=history.campaigns).as_dict())))
    lines = told(kept.campaigns)
    assert f"{found[0]['uses']:,} uses of mug" in lines[0]
    assert "not taken for free" in lines[0]
    assert f"{found[1]['uses']:,} uses of ten" in lines[1]
    assert "[events.columns]" in lines[-1]
    assert "警告" in told(kept.campaigns, "zh")[0]
    (assumed,) = {one["code"] for one in summary(filled(shop(record="none"), (TEN, THREE)).campaigns)}
    assert assumed == "cost_by_terms_assumed"
    assert told(shop().campaigns) == []


def test_the_competition_leaves_an_offer_of_unknown_cost_out_and_counts_its_rows():
    history = shop(1200, record="paid", offers=(TEN, UNKNOWN))
    fitted = fit(history, Learned(("constant",)), (TEN,))
    assert isinstance(fitted, FittedLearned)
    given = history.table["offer_id"].to_pylist()
    assert fitted.evidence.judged["counts"]["cost_unknown"] == given.count("mug")
    assert fitted.arms == (NO_OFFER, "ten")
    assert fitted.evidence.left_out == {"lot/mug": "cost_unknown"}
    asked = fitted.estimate(history.table.slice(0, 20), (TEN, UNKNOWN))
    assert asked["offer_id"].unique().to_pylist() == ["ten"]


def with_lost(share, seed=3):
    """Return the shop with every cost on record but those of a share of the uses of `ten`, and how many these are."""
    history = shop()
    table, draw = history.table, np.random.default_rng(seed)
    given = np.array(table["offer_id"].to_pylist())
    users = np.flatnonzero((given == "ten") & np.array(table["redeemed"].to_pylist()))
    lost = np.sort(draw.choice(users, round(share * len(users)), replace=False))
    cost, revenue = floats(table, "cost").copy(), floats(table, "revenue").copy()
    paid = (revenue - cost)[lost]
    revenue[lost], cost[lost] = paid, NAN
    told_ = np.nan_to_num(cost)
    untold = Untold(lost, paid, np.full(len(lost), NAN), np.ones(len(lost)))
    columns = {
        "revenue": revenue, "cost": pa.array(cost, from_pandas=True), "cost_told": told_,
        "untold": untold.column(table.num_rows),
    }  # fmt: skip
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(values))
    campaigns = tuple(replace(use, unrecorded=len(lost)) if use.offer_id == "ten" else use for use in history.campaigns)
    return replace(history, table=table, campaigns=campaigns), len(lost)


def test_a_few_uses_of_unknown_cost_do_not_lose_an_offer():
    """Without terms they took off what the others did, relative to the basket; the arm and its depth stay."""
    known, (history, lost) = shop(), with_lost(0.04)
    assert lost > 5
    found = filled(history, ())
    assert np.isfinite(floats(found.table, "cost")).all()
    for name in ("cost", "revenue"):
        assert floats(found.table, name) == pytest.approx(floats(known.table, name), rel=1e-6, abs=1e-9)
    assert dict(found.left_out) == dict(gather(history, (), ECONOMICS).left_out) == {}
    assert {use.offer_id: (use.unpriced, use.averaged) for use in found.campaigns} == {
        "ten": (0, lost),
        "three": (0, 0),
    }
    again = filled(found, ())
    assert again.campaigns == found.campaigns
    (said,) = summary(found.campaigns)
    assert (said["code"], said["uses"]) == ("cost_by_others_uses", lost)
    assert f"{lost} uses of ten cost" in told(found.campaigns)[0]
    assert "平均" in told(found.campaigns, "zh")[0]
    assert summary(filled(history, (TEN, THREE)).campaigns)[0]["code"] == "cost_by_terms_uses"


def test_too_many_of_them_do_and_what_is_known_still_says_how_deep_it_was():
    history, lost = with_lost(0.2)
    found = filled(history, ())
    assert found.table["cost"].null_count == lost
    assert {use.offer_id: (use.unpriced, use.averaged) for use in found.campaigns}["ten"] == (lost, 0)
    assert dict(gather(history, (), ECONOMICS).left_out) == {"ten": "cost_unknown"}
    got = np.array(found.table["offer_id"].to_pylist()) == "ten"
    assert depth_of(found, got) == pytest.approx(10)
    fitted, whole = fit(history, Constant(), ()), fit(shop(), Constant(), ())
    assert fitted.averages["ten"].cost == pytest.approx(whole.averages["ten"].cost, rel=0.1)


def test_a_shop_that_records_uses_and_had_none_here_has_no_users():
    """The flag is the shop's, not the table's: nobody who bought is then taken to have used what they were given."""
    history = shop(record="none")
    assert spent(history.table).sum() > 100
    assert spent(history.table, True).sum() == 0
    assert spent(shop().table, False).sum() == spent(shop().table).sum()
    asked = replace(history, recorded=True)
    half, full = PriorSettings(redemption=0.5), PriorSettings(redemption=1.0)
    assert filled(asked, (TEN, THREE), half).table == filled(history, (TEN, THREE), full).table
    place = history.table.schema.get_field_index("untold")
    columns = {"untold": Untold.of(history.table.slice(0, 0)).column(1500), "cost": pa.array(np.zeros(1500))}
    table = history.table.set_column(place, "untold", columns["untold"])
    table = table.set_column(table.schema.get_field_index("cost"), "cost", columns["cost"])
    for model in (Constant(), Learned(("constant",))):
        free = fit(replace(history, table=table, recorded=True), model)
        assert isinstance(free, FittedLearned) == isinstance(model, Learned)
        if isinstance(free, FittedLearned):
            assert free.costs == {}
        else:
            assert {(one.redemption, one.cost) for one in free.averages.values()} == {(0.0, 0.0)}


def test_counting_looks_only_at_what_is_left(monkeypatch):
    """Text is read once, not once a campaign: forty campaigns of one history ask no more of it than one."""
    history, reads = shop(record="paid"), []
    many = tuple(replace(history.campaigns[0], campaign_id=f"other-{number}") for number in range(40))
    monkeypatch.setattr(unrecorded, "strings", lambda *asked: reads.append(asked) or strings(*asked))
    for campaigns in (history.campaigns, (*history.campaigns, *many)):
        reads.clear()
        filled(replace(history, campaigns=campaigns), (TEN,))
        assert len(reads) < 10
