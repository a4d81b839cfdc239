"""Each kind against the slow way: what its row draws of a random choice is a plain sum over customers."""

import math

import numpy as np
import pytest

from offersmith.strategy.allocation.pricing import drawn_by
from offersmith.strategy.allocation.problem import Rows


def used(shop, made, choice):
    """Return by row: what it draws, what bounds it, and whether from below."""
    instance = shop.instance(made)
    rows = Rows.of(made.limits, instance.offers, made.cells, 3)
    usage = rows.usage(drawn_by(instance, rows, choice)) * rows.sign
    return {limit.name: (used, limit.bound, limit.at_least) for limit, used in zip(made.limits, usage, strict=True)}


def ranked(held):
    return sorted(held[~np.isnan(held)].tolist())


def share(held, part):
    return math.ceil(part * len(ranked(held)))


SEGMENTS = {
    "all": ({}, lambda of: np.ones(len(of["age"]), bool)),
    "one text": ({"column": "segment", "is": ["loyal"]}, lambda of: of["segment"] == "loyal"),
    "two texts": (
        {"column": "segment", "is": ["lapsed", "champion"]},
        lambda of: (of["segment"] == "lapsed") | (of["segment"] == "champion"),
    ),
    "truth": ({"column": "member", "is": [True]}, lambda of: of["member"]),
    "number": ({"column": "region", "is": [3, 1]}, lambda of: of["region"] != 2),
    "from": ({"column": "age", "from": 40}, lambda of: of["age"] >= 40),
    "below": ({"column": "age", "below": 30.5}, lambda of: of["age"] < 30.5),
    "range": ({"column": "age", "from": 30, "below": 50}, lambda of: (of["age"] >= 30) & (of["age"] < 50)),
    "top": ({"column": "age", "top": 0.2}, lambda of: of["age"] >= ranked(of["age"])[-share(of["age"], 0.2)]),
    "bottom": ({"column": "age", "bottom": 0.3}, lambda of: of["age"] <= ranked(of["age"])[share(of["age"], 0.3) - 1]),
}
OTHERS = [
    {"kind": "contacts", "at_most": 9, "column": "age", "from": 60},
    {"kind": "contacts", "at_most": 9, "column": "region", "is": [2]},
    {"kind": "band", "column": "segment", "within": 0.1},
]
"""Limits that make more cells of the customers; what a row draws must not change."""


@pytest.mark.parametrize("others", [[], OTHERS], ids=["alone", "among others"])
@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize("offers", [None, ["gift", "five"]], ids=["all offers", "two offers"])
def test_rows_about_a_segment_and_offers_are_plain_sums(shop, segment, offers, others):
    said, who = SEGMENTS[segment]
    said = said if offers is None else {**said, "offers": offers}
    choice = shop.choice()
    count, cost, value = shop.sums(choice, who(shop.columns), offers or ("five", "ten", "gift"))
    made = shop.compiled(
        {"name": "c", "kind": "contacts", "at_most": 7, **said},
        {"name": "s", "kind": "spend", "at_least": 1.5, "at_most": "20.00 USD", **said},
        {"name": "h", "kind": "spend", "share_at_most": 0.3, **said},
        {"name": "r", "kind": "roi", "at_least": 1.25, **said},
        {"name": "m", "kind": "margin", "at_least": "-3.5", **said},
        *others,
        budget=200.0,
    )
    found = used(shop, made, choice)
    assert 0 < count < shop.n
    assert found["c"] == (count, 7, False)
    assert found["s ≥"] == (pytest.approx(cost), 1.5, True)
    assert found["s ≤"] == (pytest.approx(cost), 20, False)
    assert found["h"] == (pytest.approx(cost), 60, False)
    assert found["r"] == (pytest.approx(value - 1.25 * cost), 0, True)
    assert found["m"] == (pytest.approx(value), -3.5, True)
    assert made.forbidden is None


def test_a_budget_counts_all_cost_and_a_stock_its_offers_together(shop):
    choice, everybody = shop.choice(), np.ones(shop.n, bool)
    made = shop.compiled(
        {"name": "b", "kind": "budget", "at_most": "1,250.50 USD"},
        {"name": "s", "kind": "stock", "offers": ["ten", "gift"], "at_most": 30},
    )
    found = used(shop, made, choice)
    assert (made.cell, made.cells) == (None, 1)
    assert found["b"] == (pytest.approx(shop.sums(choice, everybody)[1]), 1_250.5, False)
    assert found["s"] == (shop.sums(choice, everybody, ("ten", "gift"))[0], 30, False)


@pytest.mark.parametrize("offers", [None, ["gift"]])
@pytest.mark.parametrize("segment", ["all", "two texts", "top"])
def test_a_share_of_the_customers_is_so_many_of_those_it_speaks_of(shop, segment, offers):
    said, who = SEGMENTS[segment]
    said = said if offers is None else {**said, "offers": offers}
    mine, choice = who(shop.columns), shop.choice()
    made = shop.compiled({"name": "c", "kind": "contacts", "share_at_most": 0.3, **said}, *OTHERS)
    found = used(shop, made, choice)["c"]
    assert found == (shop.sums(choice, mine, offers or ("five", "ten", "gift"))[0], int(0.3 * mine.sum() + 1e-9), False)


@pytest.mark.parametrize(("of", "place"), [("offers", 0), ("cost", 1), ("value", 2)])
@pytest.mark.parametrize("column", ["segment", "member", "region"])
def test_a_band_holds_every_group_s_benefit_a_head_to_the_mean(shop, of, place, column):
    choice, within = shop.choice(), 0.2
    made = shop.compiled({"name": "fair", "kind": "band", "column": column, "within": within, "of": of})
    found, held = used(shop, made, choice), shop.columns[column]
    mean = shop.sums(choice, np.ones(shop.n, bool))[place] / shop.n
    values = sorted({one for one in held.tolist() if one is not None})
    assert len(found) == 2 * len(values)
    for value in values:
        mine = held == value
        said = {"True": "true", "False": "false"}.get(str(value), str(value))
        head = shop.sums(choice, mine)[place] / mine.sum()
        for sign, bound in (("≥", (1 - within) * mean), ("≤", (1 + within) * mean)):
            usage, most, at_least = found[f"fair ({said}) {sign}"]
            assert (most, at_least) == (0, sign == "≥")
            assert usage / mine.sum() == pytest.approx(head - bound)


@pytest.mark.parametrize("segment", [name for name in SEGMENTS if name != "all"])
def test_bans_forbid_the_offers_of_a_segment_or_of_everybody_else(shop, segment):
    said, who = SEGMENTS[segment]
    mine = who(shop.columns).astype(bool)
    for tables, expected in (
        ([{"kind": "exclude", "offers": ["ten"], **said}], [np.zeros(shop.n, bool), mine, np.zeros(shop.n, bool)]),
        ([{"kind": "exclude", **said}], [mine, mine, mine]),
        ([{"kind": "only", "offers": ["gift"], **said}], [np.zeros(shop.n, bool), np.zeros(shop.n, bool), ~mine]),
        (
            [{"kind": "only", "offers": ["gift"], **said}, {"kind": "exclude", "column": "region", "is": [1]}],
            [shop.columns["region"] == 1, shop.columns["region"] == 1, ~mine | (shop.columns["region"] == 1)],
        ),
    ):
        made = shop.compiled(*tables)
        assert (made.forbidden == np.array(expected)).all()
        assert (made.limits, made.cells) == ((), 1)  # who must not get an offer costs no cell and no row


def test_shares_are_of_the_smallest_budget(shop):
    share = {"name": "h", "kind": "spend", "share_at_least": 0.5}
    stated = {"kind": "budget", "at_most": 80}
    assert [one.bound for one in shop.compiled(share, stated).limits] == [40, 80]
    assert [one.bound for one in shop.compiled(share, stated, budget=60.0).limits] == [30, 80]
    assert [one.bound for one in shop.compiled(share, stated, {"kind": "budget", "at_most": 10}).limits] == [5, 80, 10]
