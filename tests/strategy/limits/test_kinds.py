"""Each kind against the slow way: what its row draws of a random choice is a plain sum over customers."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given as given_
from hypothesis import settings
from hypothesis import strategies as st

from offersmith.strategy.allocation.pricing import drawn_by
from offersmith.strategy.allocation.problem import Rows
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.explore import explore
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import DAY_US
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.objective import as_value
from offersmith.strategy.odds import evenly
from offersmith.strategy.reserve import LARGEST, risks


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


@pytest.mark.parametrize(("channel", "offers"), [("email", ("five",)), ("letter", ("gift",))])
def test_a_channel_stands_for_the_offers_that_go_by_it(shop, channel, offers):
    segment, more = {"column": "age", "from": 40}, {"at_most": 7}
    for kind, needs in {
        "stock": more, "contacts": more | segment, "spend": more | segment, "roi": {"at_least": 2},
        "margin": {"at_least": 1},
        "exclude": segment, "only": segment, "frequency": {"each_at_most": 1, "days": 60},
    }.items():  # fmt: skip
        by_channel, by_name, both = (
            shop.compiled({"kind": kind, **needs, **said})
            for said in (
                {"channel": channel},
                {"offers": list(offers)},
                {"channel": channel, "offers": [*offers, "ten"]},
            )
        )
        for one in (by_channel, both):
            for row, same in zip(one.limits, by_name.limits, strict=True):
                assert (row.weight == same.weight).all()
            assert (one.forbidden is None) == (by_name.forbidden is None)
            assert one.forbidden is None or (one.forbidden == by_name.forbidden).all()


def before(shop, days, offers=("ten", "gift")):
    """Return by customer how often they got some offers in the days before, the plain way."""
    times = np.zeros(shop.n, int)
    for customer, gift, ago in zip(shop.got, shop.gift, shop.ago, strict=True):
        times[customer] += ago <= days * DAY_US and ("gift" if gift else "ten") in offers
    return times


@pytest.mark.parametrize("segment", ["all", "truth", "range"])
@pytest.mark.parametrize(
    ("said", "offers", "forbidden"),
    [
        ({}, ("ten", "gift"), (0, 1, 2)),
        ({"offers": ["ten", "five"]}, ("ten",), (0, 1)),
        ({"channel": "letter"}, ("gift",), (2,)),
    ],
)
def test_who_got_as_many_in_the_days_before_gets_none_now_and_who_got_fewer_may(shop, segment, said, offers, forbidden):
    condition, who = SEGMENTS[segment]
    for most, days in ((1, 10), (2, 28), (2, 60)):
        made = shop.compiled({"kind": "frequency", "each_at_most": most, "days": days, **said, **condition})
        tired = (before(shop, days, offers) >= most) & who(shop.columns).astype(bool)
        assert 0 < tired.sum() < shop.n
        assert (made.limits, made.cells) == ((), 1)
        assert (made.forbidden == np.array([tired & (k in forbidden) for k in range(3)])).all()
        [ban] = made.bans
        assert (ban.kind, ban.customers) == ("frequency", tired.sum())
        assert ban.nothing == (tired.sum() if len(forbidden) == 3 else 0)


@pytest.mark.parametrize("segment", ["all", "one text", "range"])
@pytest.mark.parametrize(("said", "offers"), [({}, ("ten", "gift")), ({"channel": "letter"}, ("gift",))])
def test_what_was_given_in_the_days_before_counts_against_the_contacts(shop, segment, said, offers):
    condition, who = SEGMENTS[segment]
    mine, table = who(shop.columns).astype(bool), {"name": "c", "kind": "contacts", **said, **condition}
    given = int(before(shop, 30, offers)[mine].sum())
    assert given > 0
    for stated, most in (({"at_most": 500}, 500), ({"at_most": 3}, 3), ({"share_at_most": 1.0}, int(mine.sum()))):
        made, plain = shop.compiled({**table, **stated, "days": 30}), shop.compiled({**table, **stated})
        assert [row.bound for row in made.limits] == [max(most - given, 0)]
        assert [row.bound for row in plain.limits] == [most]
        assert [tuple(one) for one in made.before] == [("c", 30, given)]
        assert plain.before == ()


def test_what_was_given_to_somebody_who_is_gone_counts_for_all_and_for_no_segment(shop):
    gone = replace(shop.past, customer=np.where(shop.past.customer % 2 == 0, -1, shop.past.customer))
    tables = [{"kind": "contacts", "at_most": 10_000, "days": 60, **said} for said in ({}, SEGMENTS["truth"][0])]
    limits = parse({"limits": [{"name": str(place), **table} for place, table in enumerate(tables)]})
    made = compile_limits(limits, ("five", "ten", "gift"), shop.profiles, "USD", past=gone)
    times = before(shop, 60)
    times[::2] = 0
    assert [one.given for one in made.before] == [len(shop.got), times[shop.columns["member"]].sum()]


def heads(shop, choice, mine, place):
    return shop.sums(choice, mine)[place] / mine.sum()


@pytest.mark.parametrize(("of", "place"), [("offers", 0), ("cost", 1), ("value", 2)])
@pytest.mark.parametrize("alike", [[], ["region"], ["segment", "member"]])
def test_a_ladder_holds_each_band_to_the_band_below_among_customers_who_are_alike(shop, of, place, alike):
    choice, steps = shop.choice(), [20, 35.5, 60]
    made = shop.compiled({"name": "older", "kind": "ladder", "column": "age", "steps": steps, "alike": alike, "of": of})
    found, expected, age = used(shop, made, choice), {}, shop.columns["age"]
    known = np.array([all(shop.columns[name][i] is not None for name in alike) for i in range(shop.n)])
    for key in sorted({tuple(shop.columns[name][i] for name in alike) for i in np.flatnonzero(known)}):
        here = known & np.array([tuple(shop.columns[name][i] for name in alike) == key for i in range(shop.n)])
        group = ", ".join(str(bool(one)).lower() if isinstance(one, np.bool_) else str(one) for one in key)
        edges = [-np.inf, *steps, np.inf]
        bands = [(f"≥{low:g} " * (low > 0) + f"<{high:g}" * (high < np.inf), (age >= low) & (age < high) & here)
                 for low, high in pairwise(edges)]  # fmt: skip
        there = [(name.strip(), mine) for name, mine in bands if mine.any()]
        for (name, lower), (other, upper) in pairwise(there):
            more = (heads(shop, choice, upper, place) - heads(shop, choice, lower, place)) * upper.sum()
            expected[f"older ({f'{group}: ' * bool(alike)}{name} → {other})"] = more
    assert found.keys() == expected.keys()
    assert 3 * (not alike) <= len(found)
    for name, more in expected.items():
        assert found[name] == (pytest.approx(more, abs=1e-4), 0, True)


def test_a_band_that_nobody_is_in_is_passed_over(shop):
    made = shop.compiled({"name": "older", "kind": "ladder", "column": "region", "steps": [2, 2.5, 3, 9]})
    assert [row.name for row in made.limits] == ["older (<2 → ≥2 <2.5)", "older (≥2 <2.5 → ≥3 <9)"]


@settings(max_examples=15, deadline=None)
@given_(
    st.integers(0, 10_000),
    st.sampled_from(["value", "cost", "offers"]),
    st.lists(st.floats(20, 75), min_size=1, max_size=3, unique=True),
    st.sampled_from([[], ["member"]]),
    st.integers(1, 3),
    st.integers(1, 60),
)
def test_whatever_is_asked_ladders_and_frequencies_are_never_broken(make_shop, seed, of, steps, alike, most, days):
    shop, steps = make_shop(200, seed), sorted(steps)
    ladder = {"name": "older", "kind": "ladder", "column": "age", "steps": steps, "alike": alike, "of": of}
    money = {"name": "money", "kind": "budget", "at_most": 60}
    made = shop.compiled(ladder, money, {"name": "rest", "kind": "frequency", "each_at_most": most, "days": days})
    found = allocate(shop.instance(made), made.limits)
    for used_, bound, at_least in used(shop, made, found.choice).values():
        assert used_ >= bound - 1e-4 if at_least else used_ <= bound + 1e-6
    assert not (found.choice[before(shop, days) >= most] >= 0).any()
    assert found.certificate.value <= found.certificate.dual_bound + 1e-5


@pytest.mark.parametrize("of", ["value", "cost", "offers"])
@pytest.mark.parametrize("seed", range(2))
def test_a_ladder_and_a_frequency_hold_whatever_lots_draw(make_shop, of, seed):
    shop = make_shop(1_500, seed)
    made = shop.compiled(
        {"name": "older", "kind": "ladder", "column": "region", "steps": [2, 3], "of": of},
        {"name": "rest", "kind": "frequency", "each_at_most": 2, "days": 30},
        budget=300.0,
    )
    found = Candidates(
        pa.array([f"c{place:05}" for place in range(shop.n)]), ("five", "ten", "gift"), ~made.forbidden,
        *(np.where(made.forbidden, 0.0, each) for each in (shop.value, shop.cost, 0 * shop.value, 2 * shop.value)),
    )  # fmt: skip
    keep = Keeping.of(300.0, 3, made.limits, made.cell, made.cells)
    risk = risks(keep, found.cost, found.profit, found.allowed)
    tried = risk.small(found.cost, found.profit, found.allowed, LARGEST)
    odds = evenly(found, tried, (found.profit, found.profit_sd))
    drawn = explore(as_value(found, found.profit), odds, found.customers, risk, 0.1, "salt")
    assert drawn.by_lot.sum() > 50
    assert (keep.used(drawn.choice, found.cost, found.profit) <= keep.rows.bound + 1e-6).all()
    assert not (drawn.choice[before(shop, 30) >= 2] >= 0).any()
