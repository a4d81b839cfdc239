from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import known

from offersmith.errors import InputError
from offersmith.response.depth.curves import depth_curves
from offersmith.response.depth.facts import depth_facts
from offersmith.response.depth.families import families
from offersmith.response.trial import Arm

TRUTH = known(rows=400_000, seed=99)
HIGH = TRUTH.trial.x[:, 1] > 0


def halves(trial):
    return np.where(trial.x[:, 1] > 0, "moved", "unmoved")


def test_families_are_arms_that_differ_in_depth_only():
    arms = (
        Arm("none"),
        Arm("twenty", "percent_off", share=0.2),
        Arm("ten", "percent_off", share=0.1),
        Arm("ten_again", "percent_off", share=0.1),
        Arm("ten_from_40", "percent_off", share=0.1, minimum=40),
        Arm("three", "amount_off", fixed=3),
        Arm("five", "amount_off", fixed=5),
        Arm("gift", "gift", fixed=4),
        Arm("mystery"),
    )
    percent, amount = families(arms)
    assert (percent.kind, percent.unit, percent.arms, percent.depths) == (
        "percent_off",
        "share",
        (0, 2, 1),
        (0.0, 0.1, 0.2),
    )
    assert (amount.kind, amount.unit, amount.depths) == ("amount_off", "amount", (0.0, 3, 5))
    assert families(arms[:2]) == ()


@pytest.mark.parametrize(
    ("runs", "least", "most"), [(20, 0.88, 1.0), pytest.param(250, 0.93, 0.97, marks=pytest.mark.slow)]
)
def test_intervals_cover_what_each_depth_earns_and_the_best_is_kept(runs, least, most):
    inside, kept = [], []
    wanted = {"": TRUTH.truth.mean(axis=0), "moved": TRUTH.truth[HIGH].mean(axis=0)}
    for seed in range(runs):
        one = known(rows=3000, seed=1000 + seed, uniform=seed % 2 == 0)
        curve = depth_curves(one.trial, one.truth, halves(one.trial))[0]
        for found in (curve.whole, curve.segments[0]):
            truth = wanted[found.segment][:3]
            inside += [point.low <= value <= point.high for point, value in zip(found.points, truth, strict=True)][1:]
            kept.append(found.points[int(np.argmax(truth))].depth in found.close)
            assert found.best in found.close
    assert least <= np.mean(inside) <= most
    assert np.mean(kept) >= least


def test_each_segment_has_its_own_peak():
    one = known(rows=30_000, seed=7)
    curve = depth_curves(one.trial, one.truth, halves(one.trial))[0]
    moved, unmoved = curve.segments
    assert (moved.segment, unmoved.segment) == ("moved", "unmoved")
    assert moved.rows + unmoved.rows == curve.whole.rows == 30_000
    assert unmoved.best == 0.0
    best = int(np.argmax(TRUTH.truth[HIGH].mean(axis=0)[:3]))
    assert moved.points[best].depth in moved.close
    assert moved.points[2].chance > moved.points[0].chance + 0.15


def test_without_segments_customers_are_parted_by_what_is_expected_to_be_best():
    one = known(rows=6000, seed=8)
    curve = depth_curves(one.trial, one.truth)[0]
    assert curve.by == "expected"
    best = one.truth[:, :3].argmax(axis=1)
    sizes = {arm: int((best == number).sum()) for number, arm in enumerate(("none", "ten", "twenty"))}
    assert {found.segment: found.rows for found in curve.segments} == {k: v for k, v in sizes.items() if v}
    assert curve.whole.points[1].expected == pytest.approx(one.truth[:, 1].mean())


def test_chances_that_fall_by_chance_are_pooled_and_profits_follow():
    for seed in range(200):
        one = known(rows=400, seed=seed)
        whole = depth_curves(one.trial, one.truth)[0].whole
        chances = [point.chance for point in whole.points]
        if chances != sorted(chances) and whole.rising > 0.05:
            break
    assert any(point.pooled != pytest.approx(point.profit) for point in whole.points)
    steady = depth_curves(known(rows=8000, seed=1).trial, np.zeros((8000, 4)))[0].whole
    assert [point.pooled for point in steady.points] == pytest.approx([point.profit for point in steady.points])


def test_too_few_customers_get_figures_and_no_interval():
    one = known(rows=60, seed=9)
    whole = depth_curves(one.trial, one.truth)[0].whole
    assert whole.best is None
    assert whole.close == ()
    assert {point.reason for point in whole.points[1:]} == {"uplift_few_customers"}
    assert all(point.low is None and np.isfinite(point.profit) for point in whole.points[1:])


def test_an_outcome_that_is_no_sale_has_curves_without_chances():
    one = known(rows=3000, seed=10, form="mean")
    whole = depth_curves(one.trial, one.truth)[0].whole
    assert whole.rising is None
    assert all(point.chance is None for point in whole.points)
    assert whole.best == 0.2


def test_rows_of_one_customer_count_once():
    trial = known(rows=1500, seed=11).trial
    again = np.repeat(np.arange(1500), 2)
    once = depth_curves(trial, np.zeros((1500, 4)))[0].whole
    twice = depth_curves(trial.take(again), np.zeros((3000, 4)))[0].whole
    widths = [[point.high - point.low for point in curve.points[1:]] for curve in (once, twice)]
    assert widths[1] == pytest.approx(widths[0], rel=0.05)


def test_curves_are_plain_values_and_pictures():
    one = known(rows=3000, seed=12)
    plain = [curve.as_dict() for curve in depth_curves(one.trial, one.truth, halves(one.trial))]
    assert {"kind", "unit", "points", "best", "segments"} <= set(plain[0])
    assert {"depth", "arm", "profit", "low", "high"} <= set(plain[0]["points"][0])
    picture = depth_facts(plain)[0]
    assert picture["x"] == [0.0, 0.1, 0.2]
    assert [one["segment"] for one in picture["series"]] == ["", "moved", "unmoved"]
    assert picture["series"][0]["values"] == [point["profit"] for point in plain[0]["points"]]


def test_what_cannot_be_used_is_named():
    trial = known(rows=200, seed=13).trial
    with pytest.raises(InputError, match="rows x arms"):
        depth_curves(trial, np.zeros((200, 3)))
    with pytest.raises(InputError, match="4 of 800"):
        depth_curves(trial, np.where(np.arange(200)[:, None] == 3, np.nan, np.zeros((200, 4))))
    with pytest.raises(InputError, match="1 segments"):
        depth_curves(trial, np.zeros((200, 4)), ["one"])
    flat = replace(trial, arms=(Arm("none"), Arm("a"), Arm("b"), Arm("c")))
    assert depth_curves(flat, np.zeros((200, 4))) == ()
