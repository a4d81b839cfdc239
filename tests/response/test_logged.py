"""Decisions with their chances: whose count, from when, and what is compared with what."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.response.base import History
from offersmith.response.effects import past_effects
from offersmith.response.exposed import NOBODY
from offersmith.response.history import build
from offersmith.response.logged import chance_of, lot, without
from offersmith.response.scores import compare, measure, steadiest
from offersmith.response.sent import past_campaigns
from offersmith.settings import LearnSettings
from offersmith.store.decided import CHANCES, DECIDED

FIRST = datetime.fromisoformat("2024-01-01")
DAY = 60
AS_OF = FIRST + timedelta(days=130)
ARMS = ("none", "ten", "five")


def _events(bought, shown):
    """Return a purchase of everybody before day 60, and what was bought and shown: (day, customer, ...)."""
    rows = [{"event": "purchase", "day": 20 + one % 30 / 2, "customer_id": f"c{one:03d}", "order_id": f"b{one}",
             "amount": 1000, "quantity": 1.0} for one in range(900)]  # fmt: skip
    rows += [{"event": "purchase", "day": 0.0, "customer_id": "early", "order_id": "e", "amount": 1, "quantity": 1.0}]
    rows += [{"event": "purchase", "day": day, "customer_id": f"c{one:03d}", "order_id": f"a{one}-{day}",
              "amount": amount, "quantity": 1.0} for day, one, amount in bought]  # fmt: skip
    rows += [{"event": "view_promotion", "day": day, "customer_id": f"c{one:03d}", "campaign_id": campaign,
              "offer_id": offer} for day, one, campaign, offer in shown]  # fmt: skip
    return [
        {**{key: value for key, value in row.items() if key != "day"}, "event_id": f"e{number}", "utc_offset": 0,
         "time": FIRST + timedelta(days=row["day"])} for number, row in enumerate(rows)
    ]  # fmt: skip


def _log(given, campaign="m", chance=None, day=None):
    """Return decisions: customer -> arm, each with the chances `chance` (equal ones by default)."""
    chances = dict.fromkeys(ARMS, 1 / 3) if chance is None else chance
    rows = [
        {"campaign_id": campaign, "customer_id": f"c{one:03d}", "offer_id": arm, "probability": chances[arm],
         "time": None if day is None else FIRST + timedelta(days=day[one]), "chances": list(chances.items())}
        for one, arm in given.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=DECIDED)


def _history(season, folder, events, log, as_of=AS_OF, horizon=28):
    with season.bound(folder, events) as analytics:
        analytics.use_table("decided", log)
        return build(analytics, as_of, profile=season.profiles(analytics), horizon_days=horizon, currency="USD")


def _drawn(seed=1, count=900):
    draw = np.random.default_rng(seed)
    return {one: ARMS[draw.integers(3)] for one in range(count)}


def test_everybody_stays_where_the_lot_put_them(season, tmp_path):
    """Sent or not, sent something else beside or not: who was decided to get it is compared with who was not."""
    arm = _drawn()
    missed = [one for one, offer in arm.items() if offer == "ten"][:40]
    shown = [(DAY, one, "m", offer) for one, offer in arm.items() if offer != "none" and one not in missed]
    shown += [(DAY + 0.2, one, "other", "deal") for one in range(0, 900, 3)]
    found = _history(season, tmp_path, _events([], shown), _log(arm))
    table = found.table.filter(pc.equal(found.table["campaign_id"], "m"))
    assert dict(zip(table["customer_id"].to_pylist(), table["offer_id"].to_pylist(), strict=True)) == {
        f"c{one:03d}": offer for one, offer in arm.items()
    }
    assert table["propensity"].to_pylist() == [1 / 3] * 900
    assert set(table["moment"].to_pylist()) == {FIRST + timedelta(days=DAY)}
    ten = next(use for use in found.campaigns if (use.campaign_id, use.offer_id) == ("m", "ten"))
    beside = sum(one % 3 == 0 for one, offer in arm.items() if offer in ("ten", "none"))
    assert (ten.logged, ten.not_sent, ten.set_aside, ten.sent_beside) == (True, 40, 0, beside)
    assert ten.effective_treated == pytest.approx(ten.treated)
    assert not found.randomised


def test_a_log_that_was_not_followed_is_not_believed(season, tmp_path):
    arm = _drawn()
    other = _drawn(seed=2)
    shown = [(DAY, one, "m", offer) for one, offer in other.items() if offer != "none"]
    found = _history(season, tmp_path, _events([], shown), _log(arm))
    assert found.table["propensity"].null_count == found.table.num_rows > 0
    assert not any(use.logged for use in found.campaigns)


def test_everybody_has_a_horizon_of_their_own(season, tmp_path):
    """Offers that something sets off: who is not through by the moment is left out, whatever they bought."""
    arm = _drawn()
    day = {one: DAY + one % 20 + 0.5 for one in arm}
    bought = [(day[one] + late, one, 5000) for one in arm for late in (-0.1, 3.0, 10.0)]
    shown = [(day[one] + 2.0, one, "m", offer) for one, offer in arm.items() if offer != "none"]
    as_of = FIRST + timedelta(days=DAY + 0.5 + 9 + 7)
    found = _history(season, tmp_path, _events(bought, shown), _log(arm, day=day), as_of, horizon=7)
    table = found.table
    through = {f"c{one:03d}" for one in arm if day[one] + 7 <= DAY + 16.5}
    assert set(table["customer_id"].to_pylist()) == through
    assert len(through) == 450
    assert table["revenue"].to_pylist() == [50.0] * 450
    moment = dict(zip(table["customer_id"].to_pylist(), table["moment"].to_pylist(), strict=True))
    assert all(moment[f"c{one:03d}"] == FIRST + timedelta(days=day[one]) for one in arm if f"c{one:03d}" in through)
    decided = sum(day[one] < DAY + 16.5 for one in arm)
    assert {use.still_open for use in found.campaigns} == {decided - 450}
    assert decided == 720
    assert found.randomised
    # Nothing that happened on the day of the decision is in the profile.
    recency = dict(zip(table["customer_id"].to_pylist(), table["recency"].to_pylist(), strict=True))
    assert min(recency.values()) > 20
    empty = _history(season, tmp_path, _events(bought, shown), _log(arm, day=day),
                     FIRST + timedelta(days=DAY + 7), horizon=7)  # fmt: skip
    assert empty.left_out == {"m/five": "outcome_open", "m/ten": "outcome_open"}
    assert empty.table.num_rows == 0


def test_late_buyers_are_no_zeros(season, tmp_path):
    """Everybody buys on the sixth day after entering, the offer changes nothing, and later entrants got it more often.

    To count who is not through as one who did not buy would make the offer look harmful.
    """
    draw = np.random.default_rng(5)
    day = {one: DAY + float(draw.integers(20)) for one in range(900)}
    arm = {one: "ten" if draw.random() < (day[one] - DAY + 1) / 21 else "none" for one in day}
    rows = [
        {"campaign_id": "m", "customer_id": f"c{one:03d}", "offer_id": arm[one],
         "time": FIRST + timedelta(days=day[one]),
         "probability": share if arm[one] == "ten" else 1 - share, "chances": [("ten", share), ("none", 1 - share)]}
        for one in day for share in [(day[one] - DAY + 1) / 21]
    ]  # fmt: skip
    bought = [(day[one] + 6.0, one, 5000) for one in day]
    shown = [(day[one] + 0.1, one, "m", "ten") for one in day if arm[one] == "ten"]
    as_of = FIRST + timedelta(days=DAY + 20)
    log = pa.Table.from_pylist(rows, schema=DECIDED)
    with season.bound(tmp_path, _events([one for one in bought if one[0] < DAY + 20], shown)) as analytics:
        analytics.use_table("decided", log)
        found = build(analytics, as_of, profile=season.profiles(analytics), horizon_days=7, currency="USD")
    table = found.table
    assert table["bought"].to_pylist() == [True] * table.num_rows
    got = np.array([arm[one] == "ten" for one in day])
    seen = np.array([day[one] + 6 < DAY + 20 for one in day])
    assert seen[got].mean() - seen[~got].mean() < -0.3
    compared = compare(table, found.features, "ten", table["revenue"].to_numpy(), count=3, seed=1)
    assert compared.effect.estimate == pytest.approx(0, abs=1e-6)


def test_of_campaigns_by_lot_more_are_used(season, tmp_path):
    """Eight of each kind: the latest six that were decided by lot, and of the others none that is older than two."""
    arm = {one: "ten" if one % 2 else "none" for one in range(400)}
    days = [DAY - 20 + 5 * number for number in range(8)]
    logs = [_log(arm, f"lot-{number}", {"none": 0.5, "ten": 0.5}) for number in range(8)]
    shown = [
        (day, one, f"lot-{number}", "ten") for number, day in enumerate(days) for one, o in arm.items() if o == "ten"
    ]
    shown += [(day + 2, one, f"own-{number}", "deal") for number, day in enumerate(days) for one in range(500, 620)]
    with season.bound(tmp_path, _events([], shown)) as analytics:
        analytics.use_table("decided", pa.concat_tables(logs))
        campaigns, left_out = past_campaigns(analytics, AS_OF, 14)
    assert sorted(one.campaign_id for one in campaigns) == [
        *(f"lot-{number}" for number in range(2, 8)), "own-6", "own-7",
    ]  # fmt: skip
    assert {code for name, code in left_out.items() if name.startswith(("lot-", "own-"))} == {"older"}


def test_only_the_first_decision_about_a_customer_counts():
    rows = pa.concat_tables([
        _log({1: "ten", 2: "none"}, day={1: 10, 2: 10}), _log({1: "none"}, day={1: 5}), _log({3: "five"}, day={3: 90}),
    ])  # fmt: skip
    found = lot(rows, NOBODY, None, FIRST + timedelta(days=40), timedelta(days=28))
    assert found.rows.select(["customer_id", "offer_id"]).to_pylist() == [
        {"customer_id": "c001", "offer_id": "none"}, {"customer_id": "c002", "offer_id": "none"},
    ]  # fmt: skip
    assert found.still_open == 1
    assert found.start == FIRST + timedelta(days=5)


def test_who_did_not_draw_the_rare_arm_is_a_fair_sample():
    log = _log({1: "ten", 2: "none", 3: "five"}, chance={"none": 0.5, "ten": 0.3, "five": 0.2})
    rows = lot(log, NOBODY, FIRST, AS_OF, timedelta(days=1)).rows
    left = without(rows, {"five"})
    assert left["customer_id"].to_pylist() == ["c001", "c002"]
    assert left["propensity"].to_pylist() == pytest.approx([0.3 / 0.8, 0.5 / 0.8])
    assert chance_of(left["chances"], "five").tolist() == [0.0, 0.0]
    assert chance_of(left["chances"], "none") == pytest.approx([0.625, 0.625])


def test_a_chance_that_is_none_is_refused_with_its_campaign(season, tmp_path):
    log = _log({1: "ten", 2: "none"}, chance={"none": 0.0, "ten": 0.5})
    with pytest.raises(InputError, match=r"campaign m: 1 of 2 chances"):
        _history(season, tmp_path, _events([], []), log)


def _compared(lots, revenue, seed=4, rows=1500):
    """Return a history of several campaigns to the same customers: (campaign, logged, selection)."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=rows)
    parts = []
    for name, logged, selection in lots:
        chance = 1 / (1 + np.exp(-selection * x))
        got = draw.random(rows) < chance
        parts.append(pa.table({
            "customer_id": [f"c{one:04d}" for one in range(rows)], "campaign_id": [name] * rows,
            "moment": pa.array([FIRST] * rows, pa.timestamp("us")), "offer_id": np.where(got, "ten", "none").tolist(),
            "propensity": pa.array(np.where(got, chance, 1 - chance) if logged else [None] * rows, pa.float64()),
            "chances": pa.nulls(rows, CHANCES), "redeemed": got, "bought": [True] * rows,
            "revenue": revenue(draw, x, got), "cost": np.zeros(rows), "noise": draw.normal(size=rows),
        }))  # fmt: skip
    return History(pa.concat_tables(parts), AS_OF, 28, folds=3)


def test_where_chances_are_known_they_are_used_and_the_rest_is_not_mixed_in():
    """What decided is no feature: fitted chances cannot undo it, logged ones do."""
    history = _compared([("old", False, 1.0), ("new", True, 1.0)], lambda draw, x, got: 10 + 4 * x + 2.0 * got)
    found = measure(history, "ten", history.table["revenue"].to_numpy(), 1)
    assert found.logged
    assert found.mean == pytest.approx(2.0, abs=3.5 * found.standard_error)
    guessed = measure(_compared([("old", False, 1.0)], lambda draw, x, got: 10 + 4 * x + 2.0 * got), "ten",
                      history.table["revenue"].to_numpy()[:1500], 1)  # fmt: skip
    assert not guessed.logged
    assert guessed.mean > 4


@pytest.mark.parametrize(
    ("lots", "said"),
    [
        ([("a", True, 0.5), ("b", True, 0.0)], ()),
        ([("a", False, 0.5)], ("not_randomised",)),
        ([("a", False, 0.5), ("b", True, 0.0)], ("partly_randomised",)),
    ],
)
def test_no_lot_is_said_to_be_missing_where_one_is_on_record(lots, said):
    history = _compared(lots, lambda draw, x, got: 10 + 4 * x + 2.0 * got, rows=200)
    assert history.selected == said


def test_a_past_effect_says_whether_a_lot_decided_it(season, tmp_path):
    arm = _drawn()
    shown = [(DAY, one, "m", offer) for one, offer in arm.items() if offer != "none"]
    shown += [(DAY + 10, one, "other", "deal") for one in range(0, 900, 3)]
    with season.bound(tmp_path, _events([], shown)) as analytics:
        analytics.use_table("decided", _log(arm))
        settings = LearnSettings(horizon_days=28, folds=2)
        profile = season.profiles(analytics)
        found = past_effects(analytics, AS_OF, profile=profile, settings=settings, currency="USD")
    assert {past.campaign_id: past.logged for past in found} == {"m": True, "other": False}


def test_rows_of_one_customer_are_one():
    """Twice the same customers with the same luck are no more to know than once."""
    luck = np.random.default_rng(9).normal(size=1500)
    once = _compared([("one", True, 0.0)], lambda draw, x, got: 10 + luck + got)
    again = once.table.set_column(1, "campaign_id", pa.array(["two"] * 1500))
    both = History(pa.concat_tables([once.table, again]), AS_OF, 28, folds=3)
    first = measure(once, "ten", once.table["revenue"].to_numpy(), 1)
    second = measure(both, "ten", both.table["revenue"].to_numpy(), 1)
    assert second.mean == pytest.approx(first.mean)
    assert second.standard_error == pytest.approx(first.standard_error, rel=1e-6)


@given(st.lists(st.floats(1.0, 1e4), min_size=1, max_size=12))
def test_the_steadiest_are_those_with_the_smallest_error(values):
    variance = np.array(values)
    kept = steadiest(variance)
    least = min(variance[variance <= level].sum() / (variance <= level).sum() ** 2 for level in variance)
    assert variance[kept].sum() / kept.sum() ** 2 <= least * (1 + 1e-6)
    assert steadiest(np.full(len(values), 3.0)).all()


@pytest.mark.slow
def test_the_interval_of_a_lot_with_uneven_chances_covers_the_truth():
    """400 shops that give an offer with chances from 0.03 to 0.97 by what they know of a customer."""
    hits = 0
    for seed in range(400):
        history = _compared(
            [("one", True, 1.5), ("two", True, -1.5)],
            lambda draw, x, got: 10 + 4 * x + 2.0 * got + draw.exponential(5, len(x)),
            seed=seed,
            rows=800,
        )
        found = measure(history, "ten", history.table["revenue"].to_numpy(), 1)
        hits += abs(found.mean - 2.0) <= 1.96 * found.standard_error
    assert 0.925 <= hits / 400 <= 0.98
