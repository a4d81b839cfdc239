import json

import numpy as np
import pytest

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy.allocation.conflict import Conflict
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import DAY_US
from offersmith.strategy.limits.reading import parse

FEW = {"kind": "contacts", "at_most": 3}
LADDER = {"kind": "ladder", "column": "age", "steps": [30, 50]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "budget", "at_most": "5000 EUR"}, "at_most = '5000 EUR': the shop's amounts are in USD"),
        ({"kind": "budget", "at_most": "5000eur"}, "at_most = '5000eur': the shop's amounts are in USD"),
        ({"kind": "budget", "at_most": "a lot"}, "at_most = 'a lot': amount 'a lot' is not a number in USD"),
        ({"kind": "budget", "at_most": "NaN"}, "at_most = 'NaN': amount 'NaN'"),
        ({"kind": "budget", "at_most": 5.005}, "at_most = 5.005: amount '5.005' has more decimals than USD allows"),
        ({"kind": "budget", "at_most": -1}, "at_most = -1: must not be negative"),
        ({"kind": "spend", "at_least": "-1 USD"}, "at_least = '-1 USD': must not be negative"),
        ({"kind": "spend"}, "at_least is missing: an amount is needed"),
        ({"kind": "spend", "at_least": 5, "at_most": 4}, "at_least = 5: comes to 5.00, .* more than the 4.00"),
        (
            {"kind": "spend", "share_at_least": 0.5, "at_most": 4},
            "share_at_least = 0.5: comes to 50.00, .* more than the 4.00",
        ),
        (
            {"kind": "spend", "at_least": 5, "share_at_least": 0.1},
            "share_at_least = 0.1: leave it or at_least out",
        ),
        (
            {"kind": "stock", "offers": ["ten", "gfit"], "at_most": 1},
            r"offers = 'gfit': no such offer\ndid you mean gift",
        ),
        ({"kind": "only", "offers": ["zzz"], "column": "age", "from": 3}, r"offers = 'zzz': .*\nthere are: five, ten"),
        (FEW | {"channel": "emial"}, r"channel = 'emial': no offer goes by it\ndid you mean email"),
        (FEW | {"channel": "email", "offers": ["gift"]}, r"channel = 'email': no offer goes by it\nthere are: letter"),
        (FEW | {"channel": "email", "offers": ["ten"]}, r"channel = 'email': .*\nsay it of the offer: channel = "),
        (FEW | {"channel": ""}, "channel = '': must be a text"),
        ({"kind": "stock", "at_most": 1}, r"offers is missing: a limit of kind stock needs it\nor channel"),
        ({"kind": "only", "column": "age", "from": 3}, r"offers is missing: a limit of kind only needs it\nor channel"),
        (FEW | {"days": 0}, "days = 0: must be a whole number >= 1"),
        ({"kind": "frequency", "days": 28}, "each_at_most is missing: a limit of kind frequency needs it"),
        ({"kind": "frequency", "each_at_most": 0, "days": 28}, "each_at_most = 0: must be a whole number >= 1"),
        (LADDER | {"steps": []}, r"steps = \[\]: must be a list"),
        (LADDER | {"steps": [40, 40]}, r"steps = \[40.0, 40.0\]: each must be more than the one before it"),
        (
            LADDER | {"steps": [90]},
            r"steps = \[90.0\]: all customers are in one band of column 'age', .* from 18 to 79",
        ),
        (LADDER | {"column": "segment"}, "column = 'segment': holds no numbers"),
        (LADDER | {"alike": ["sgment"]}, r"alike = 'sgment': .*no such column\ndid you mean segment"),
        (LADDER | {"alike": ["age"]}, "alike = 'age': is compared already"),
        (LADDER | {"alike": ["region", "region"]}, "alike = 'region': stands twice"),
        (
            LADDER | {"steps": [*range(19, 80)], "alike": ["region"]},
            "alike = .*: comes to 1.. comparisons .* allowed are 100",
        ),
        (FEW | {"column": "sgment", "is": ["loyal"]}, r"column = 'sgment': .*no such column\ndid you mean segment"),
        (FEW | {"column": "joined", "is": ["today"]}, r"column = 'joined': holds timestamp\[s\]; allowed"),
        (FEW | {"column": "segment"}, "column = 'segment': needs is = "),
        (FEW | {"is": ["loyal"]}, r"is = \['loyal'\]: needs column"),
        (FEW | {"below": 3}, "below = 3: needs column"),
        (FEW | {"column": "age", "is": [30], "from": 3}, r"is = \[30\]: stands alone"),
        (FEW | {"column": "age", "is": [30], "top": 0.1}, r"is = \[30\]: stands alone; leave out top"),
        (FEW | {"column": "age", "top": 0.1, "bottom": 0.1}, r"top = 0.1: stands alone; leave out bottom"),
        (FEW | {"column": "age", "bottom": 0.1, "below": 9}, r"bottom = 0.1: stands alone; leave out below"),
        (FEW | {"column": "age", "top": 0}, "top = 0: must be a number > 0"),
        (FEW | {"column": "age", "bottom": 1.1}, "bottom = 1.1: must be a number <= 1"),
        (FEW | {"top": 0.1}, "top = 0.1: needs column"),
        (FEW | {"column": "segment", "top": 0.1}, "top = 0.1: column 'segment' holds no numbers"),
        (FEW | {"column": "segment", "is": ["lapsed", "one_time", "los"]}, "is = 'los': nobody has it"),
        (FEW | {"column": "segment", "is": ["one_time", "no_purchase"]}, "is = 'no_purchase': nobody has it"),
        (FEW | {"share_at_most": 0.1}, "share_at_most = 0.1: leave it or at_most out"),
        ({"kind": "contacts"}, "at_most is missing: a number of customers is needed, here or as share_at_most"),
        (FEW | {"column": "segment", "is": ["loyal", "loyl"]}, r"is = 'loyl': nobody has it .*\ndid you mean loyal"),
        (FEW | {"column": "region", "is": [9]}, r"is = 9: nobody has it in column 'region'\nthere are: 1, 2, 3"),
        (FEW | {"column": "region", "is": ["1"]}, "is = '1': column 'region' holds numbers"),
        (FEW | {"column": "segment", "is": [1]}, "is = 1: column 'segment' holds texts"),
        (FEW | {"column": "member", "is": [1]}, "is = 1: column 'member' holds true and false"),
        (FEW | {"column": "region", "is": [True]}, "is = true: column 'region' holds numbers"),
        (FEW | {"column": "segment", "below": 3}, "below = 3: column 'segment' holds no numbers"),
        (FEW | {"column": "age", "from": 50, "below": 50}, "below = 50: must be more than from = 50$"),
        (FEW | {"column": "age", "from": 200}, "from = 200: nobody is in the range of column 'age'; it goes from 18"),
        (FEW | {"column": "age", "below": 3}, "below = 3: nobody is in the range"),
        ({"kind": "exclude", "offers": ["ten"]}, "column is missing: must name the column"),
        ({"kind": "only", "offers": ["ten"]}, "column is missing: must name the column"),
        (
            {"kind": "band", "column": "age", "within": 0.1},
            "column = 'age': has 62 different values; allowed are 1 to 50",
        ),
        ({"kind": "band", "column": "joined", "within": 0.1}, "column = 'joined': holds timestamp"),
    ],
)
def test_a_word_the_shop_does_not_know_is_refused_with_limit_field_and_value(shop, table, said):
    with pytest.raises(InputError, match=f"^limits.toml: limit 'mine': {said}") as told:
        shop.compiled({"name": "fine", **FEW, "column": "region", "is": [1]}, {"name": "mine", **table}, budget=100.0)
    assert told.value.facts["limit"] == "mine"
    assert told.value.facts["field"] in table or "missing" in said
    json.dumps(told.value.as_dict())


def test_a_share_of_no_budget_nobody_and_a_row_of_the_same_name_are_refused(shop):
    with pytest.raises(InputError, match=r"share_at_most = 0\.5: is a share of the budget, and there is none"):
        shop.compiled({"kind": "spend", "share_at_most": 0.5})
    with pytest.raises(InputError, match=r"limits.toml: there are no customers"):
        compile_limits(parse({}), ["x"], shop.profiles.slice(0, 0), "USD")
    pair = {"name": "s", "kind": "spend", "at_least": 1, "at_most": 2}
    with pytest.raises(InputError, match="limit 's': name = 's': there is a row 's ≤' already"):
        shop.compiled({"name": "s ≤", "kind": "contacts", "at_most": 3}, pair)


def test_a_segment_of_ours_that_is_empty_today_is_no_typing_error_beside_one_that_is_not(shop):
    two, one = ({**FEW, "column": "segment", "is": [*more, "lapsed"]} for more in (["one_time"], []))
    assert (shop.compiled(two).limits[0].weight == shop.compiled(one).limits[0].weight).all()


def test_no_limits_are_no_rows(shop):
    assert tuple(shop.compiled()) == (None, 1, (), None, (), (), ())


EVERY = {
    "money": {"kind": "budget", "at_most": "1200 USD"},
    "boxes": {"kind": "stock", "offers": ["gift"], "at_most": 150},
    "calls": {"kind": "contacts", "at_most": 80, "column": "age", "below": 30},
    "loyal": {"kind": "spend", "share_at_least": 0.55, "at_most": 700, "column": "segment", "is": ["loyal"]},
    "worth": {"kind": "roi", "at_least": 3.6, "column": "segment", "is": ["lapsed"]},
    "earned": {"kind": "margin", "at_least": 2_050, "offers": ["five"]},
    "fair": {"kind": "band", "column": "region", "within": 0.02, "of": "cost"},
    "no ten": {"kind": "exclude", "offers": ["ten"], "column": "member", "is": [True]},
    "gifts": {"kind": "only", "offers": ["gift"], "column": "member", "is": [True]},
    "older": {"kind": "ladder", "column": "age", "steps": [50, 75], "of": "cost"},
    "rested": {"kind": "frequency", "each_at_most": 2, "days": 30, "column": "region", "is": [1]},
}


def kept(shop, choice):
    """Return by limit whether a choice keeps it, in plain sums."""
    of, everybody = shop.columns, np.ones(shop.n, bool)
    cost = shop.sums(choice, everybody)[1]
    _, won, back = shop.sums(choice, of["segment"] == "lapsed")
    loyal = shop.sums(choice, of["segment"] == "loyal")[1]
    bands = [of["age"] < 50, (of["age"] >= 50) & (of["age"] < 75), of["age"] >= 75]
    ages = [shop.sums(choice, mine)[1] / mine.sum() for mine in bands]
    tired = np.bincount(shop.got[shop.ago <= 30 * DAY_US], minlength=shop.n) >= 2
    regions = [of["region"] == region for region in (1, 2, 3)]
    heads = [shop.sums(choice, mine)[1] / mine.sum() * shop.n / cost for mine in regions]
    return {
        "money": cost <= 1_200,
        "boxes": shop.sums(choice, everybody, ("gift",))[0] <= 150,
        "calls": shop.sums(choice, of["age"] < 30)[0] <= 80,
        "loyal": 0.55 * 1_200 <= loyal <= 700,
        "worth": back >= 3.6 * won * (1 - 1e-12),
        "earned": shop.sums(choice, everybody, ("five",))[2] >= 2_050,
        "fair": max(abs(head - 1) for head in heads) <= 0.02 + 1e-9,
        "no ten": not (choice[of["member"]] == 1).any(),
        "gifts": not (choice[~of["member"]] == 2).any(),
        "older": ages[0] <= ages[1] + 1e-9 and ages[1] <= ages[2] + 1e-9,
        "rested": not (choice[tired & (of["region"] == 1)] >= 0).any(),
    }


def solved(shop, names):
    made = shop.compiled(*({"name": name, **EVERY[name]} for name in names), budget=1_200.0)
    return allocate(shop.instance(made), made.limits)


@pytest.fixture(scope="module")
def best(make_shop):
    """Return a shop, and its best plan within all of `EVERY`."""
    shop = make_shop(3_000, seed=4)
    return shop, solved(shop, EVERY)


def test_every_kind_at_once_is_kept_and_every_one_has_its_price(best):
    shop, found = best
    assert {one["kind"] for one in EVERY.values()} == set(LIMITS)
    assert all(kept(shop, found.choice).values())
    assert found.certificate.gap < 1e-3
    priced = {row.name.split(" ")[0] for row in found.certificate.rows if abs(row.price) > 1e-6}
    assert priced == {name for name, one in EVERY.items() if LIMITS[one["kind"]].rowed}


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_without_it_the_best_plan_breaks_it_and_no_other(best, name):
    shop, found = best
    loose = solved(shop, [other for other in EVERY if other != name])
    assert [other for other, held in kept(shop, loose.choice).items() if not held] == [name]
    assert loose.certificate.value > found.certificate.value


def test_limits_that_contradict_each_other_are_named_as_the_shop_named_them(make_shop):
    shop = make_shop(2_000, seed=5)
    made = shop.compiled(
        {"name": "money", "kind": "budget", "at_most": 100},
        {"name": "boxes", "kind": "stock", "offers": ["gift"], "at_most": 50},
        {"name": "the loyal", "kind": "spend", "at_least": 150, "column": "segment", "is": ["loyal"]},
    )
    with pytest.raises(InfeasibleError, match=r"money at most 100\.00") as told:
        allocate(shop.instance(made), made.limits)
    found = Conflict.of(told.value.facts["conflict"])
    assert found.kind == "contradiction"
    assert {row.name for row in found.rows} == {"money", "the loyal"}
    assert "“the loyal”至少 150.00" in found.says("zh")


def test_a_floor_for_customers_who_may_get_nothing_contradicts_itself(make_shop):
    shop = make_shop(2_000, seed=6)
    made = shop.compiled(
        {"name": "nothing for the lapsed", "kind": "exclude", "column": "segment", "is": ["lapsed"]},
        {"name": "the lapsed", "kind": "spend", "at_least": 10, "column": "segment", "is": ["lapsed"]},
    )
    with pytest.raises(InfeasibleError) as told:
        allocate(shop.instance(made), made.limits)
    [row] = Conflict.of(told.value.facts["conflict"]).rows
    assert (row.name, row.at_least, row.bound, row.possible) == ("the lapsed", True, 10, 0)
