"""What a history is told where costs are not on record: from one that knows them, with some taken away."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.response import unrecorded
from offersmith.response.base import HISTORY_KEYS, CampaignUse, Economics, Evidence, History, floats, strings
from offersmith.response.boosting import Boosting
from offersmith.response.constant import Constant, depth_of
from offersmith.response.costs import relief
from offersmith.response.learned import FittedLearned, Learned
from offersmith.response.of_history import gather
from offersmith.response.prior import Prior
from offersmith.response.unrecorded import Untold, filled, spent, summary, told
from offersmith.settings import PriorSettings
from offersmith.vocabulary import ESTIMATES, NO_OFFER, Offer

START, AS_OF = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2024-07-01")
ECONOMICS = Economics(0.5, "USD")
NAN = float("nan")


def offer(kind="percent_off", name="ten", **terms):
    return Offer(name, kind, {"currency": "USD", **terms})


TEN, THREE = offer(percent=10.0), offer("amount_off", "three", amount="3.00")
UNKNOWN = Offer("mug", "unknown", {})


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
