"""Plans that may give a customer several offers: within every limit, near the true optimum, chances exact."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InfeasibleError, InputError
from offersmith.money import Money
from offersmith.offers.catalogue import NONE
from offersmith.settings import PlanSettings
from offersmith.strategy.cards import cards, to_markdown
from offersmith.strategy.exact import optimum
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import DAY_US, Past
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.linear import LinearRow
from offersmith.strategy.plan import make
from offersmith.strategy.table import plan_table
from offersmith.strategy.told import together, told
from offersmith.vocabulary import ESTIMATES, Offer

NOON = datetime.fromisoformat("2026-01-01T12:00")
IDS = ("five", "ten", "gift")
OFFERS = (NONE, *(Offer(one, "percent_off", {"percent": 5}, one) for one in IDS))
LIMITS = {
    "reach": {"kind": "contacts", "at_most": 0},
    "boxes": {"kind": "stock", "offers": ["gift"], "at_most": 0},
    "dear": {"kind": "spend", "offers": ["ten", "gift"], "at_most": 0},
    "pays": {"kind": "roi", "offers": ["five", "gift"], "at_least": 0},
    "tens": {"kind": "margin", "offers": ["ten"], "at_least": 0},
}


class Few:
    """Customers with estimates as arrays of (offers, customers)."""

    def __init__(self, seed, customers, used=0.6):
        rng = np.random.default_rng(seed)
        self.ids = [f"c{place:04d}" for place in range(customers)]
        shape = (len(IDS), customers)
        self.cost, self.used = rng.gamma(2, 1, shape), rng.uniform(0, used, shape)
        self.profit = self.cost * rng.gamma(1.5, 1, shape) - 0.7
        self.revenue, self.spread = self.profit + self.cost, np.abs(rng.normal(1, 1, shape))
        self.there = rng.random(shape) < 0.9
        self.profiles = pa.table({"customer_id": self.ids, "old": rng.random(customers) < 0.5})

    @property
    def estimates(self):
        offer, customer = np.nonzero(self.there)
        zero = np.zeros(offer.size)
        numbers = (self.used, None, self.revenue, self.profit, self.cost, self.spread)
        columns = [zero if one is None else one[offer, customer] for one in numbers]
        named = [[self.ids[place] for place in customer], [IDS[place] for place in offer]]
        whole = [*named, *columns, ["m1"] * offer.size]
        return pa.table([pa.array(one) for one in whole], schema=ESTIMATES)

    def limits(self, bounds, past=None):
        tables = []
        for name, bound in bounds.items():
            table = {"name": name, **LIMITS[name]}
            field = next(one for one in table if one.startswith("at_"))
            tables.append({**table, field: bound})
        return self.compiled(tables, past)

    def compiled(self, tables, past=None):
        return compile_limits(parse({"limits": tables}), IDS, self.profiles, "USD", 1.0, past=past)

    def plan(self, each, budget, limits=None, explore=0.0, **more):
        rules = PlanSettings(each=each, explore=explore, **more)
        return make(self.estimates, OFFERS, Money.of(budget, "USD"), rules, NOON, 7, self.profiles, limits=limits)

    def member(self, members, i):
        """Return profit, cost of every member of a set, worked out by hand."""
        found, free = {}, 1.0
        for k in sorted(members, key=lambda k: (-self.profit[k, i], k)):
            gain = self.profit[k, i] + self.cost[k, i]
            found[k] = (self.profit[k, i] - max(gain, 0) * (1 - free), self.cost[k, i])
            free *= 1 - self.used[k, i]
        return found


def weighs(bounds):
    """Return, of every limit, what members (offer -> profit, cost) draw on it as "at most", and the bound."""
    rate = bounds.get("pays", 0)
    every = {
        "reach": lambda each: float(bool(each)),
        "boxes": lambda each: float(2 in each),
        "dear": lambda each: sum(cost for k, (_, cost) in each.items() if k in (1, 2)),
        "pays": lambda each: -sum(profit - rate * cost for k, (profit, cost) in each.items() if k != 1),
        "tens": lambda each: -sum(profit for k, (profit, _) in each.items() if k == 1),
    }
    most = {"pays": 0.0, "tens": -bounds.get("tens", 0.0)}
    return {name: (every[name], most.get(name, bound)) for name, bound in bounds.items()}


def best(few, each, budget, bounds):
    """Return the true optimum over all sets, by mixed-integer programming on what was worked out by hand."""
    sets = [one for size in range(1, each + 1) for one in combinations(range(len(IDS)), size)]
    value = np.full((len(sets), len(few.ids)), -np.inf)
    drawn = {name: np.zeros(value.shape) for name in ("budget", *bounds)}
    rows = {"budget": (lambda each: sum(cost for _, cost in each.values()), budget), **weighs(bounds)}
    for s, members in enumerate(sets):
        for i in range(len(few.ids)):
            if few.there[list(members), i].all():
                found = few.member(members, i)
                value[s, i] = sum(profit for profit, _ in found.values())
                for name, (draws, _) in rows.items():
                    drawn[name][s, i] = draws(found)
    lines = [LinearRow(name, drawn[name].astype(np.float32), bound) for name, (_, bound) in rows.items()]
    return optimum(value.astype(np.float32), lines)[0]


def given_to(plan):
    """Return customer -> (offer -> profit, cost), of who gets something; nobody has an offer twice."""
    found = {}
    for row in plan.decisions.to_pylist():
        if row["offer_id"] != "none":
            own = found.setdefault(row["customer_id"], {})
            assert IDS.index(row["offer_id"]) not in own
            own[IDS.index(row["offer_id"])] = (row["expected_profit"], row["expected_cost"])
    return found


def adds_up(plan, few):
    """Look whether rows, counts and chances say the same."""
    table, rows = plan_table(plan), plan.decisions
    ids = rows["customer_id"].to_pylist()
    assert ids == sorted(ids)
    assert set(ids) == set(few.ids)
    assert len(set(rows["decision_id"].to_pylist())) == rows.num_rows
    assert sum(rows["expected_profit"].to_pylist()) == pytest.approx(plan.expected_profit, abs=1e-9)
    assert sum(rows["expected_cost"].to_pylist()) == pytest.approx(plan.spent, abs=1e-9)
    held = given_to(plan)
    assert plan.several == sum(len(one) > 1 for one in held.values())
    assert plan.counts["none"] == len(few.ids) - len(held)
    assert plan.as_dict()["customers"] == plan.customers == len(few.ids)
    for customer, chances, own in zip(ids, table["chances"].to_pylist(), rows["probability"].to_pylist(), strict=True):
        together = "+".join(IDS[k] for k in sorted(held.get(customer, {}))) or "none"
        assert sum(chance for _, chance in chances) == pytest.approx(1, abs=1e-12)
        assert dict(chances)[together] == own > 0
    return held


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 3),
    st.floats(3, 25),
    st.fixed_dictionaries(
        {},
        optional={
            "reach": st.integers(0, 5),
            "boxes": st.integers(1, 3),
            "dear": st.integers(3, 12),
            "pays": st.sampled_from([0.5, 1.0, 1.5]),
            "tens": st.just(-1.0),
        },
    ),
)
def test_no_row_is_violated_and_the_bound_is_one(seed, each, budget, bounds):
    few = Few(seed, 7)
    try:
        plan = few.plan(each, round(budget, 2), few.limits(bounds) if bounds else None)
    except InfeasibleError:
        with pytest.raises(InfeasibleError):
            best(few, each, round(budget, 2), bounds)
        return
    held = adds_up(plan, few)
    assert all(len(one) <= each for one in held.values())
    for customer, own in held.items():
        i = few.ids.index(customer)
        for k, (profit, cost) in few.member(tuple(own), i).items():
            assert own[k] == (pytest.approx(profit), pytest.approx(cost))
    assert plan.spent <= round(budget, 2)
    for name, (draws, bound) in weighs(bounds).items():
        used = sum(draws(own) for own in held.values())
        assert used <= bound + 1e-9
        row = next(row for row in plan.certificate.rows if row.name == name)
        assert used == pytest.approx(-row.usage if row.at_least else row.usage, abs=1e-9) or name == "pays"
    true = best(few, each, round(budget, 2), bounds)
    assert plan.certificate.dual_bound >= true - 1e-5
    assert plan.expected_profit <= true + 1e-5


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.floats(10, 120))
def test_more_offers_each_never_earn_less(seed, budget):
    few = Few(seed, 60)
    plans = [few.plan(each, round(budget, 2)) for each in (1, 2, 3)]
    for fewer, more in pairwise(plans):
        assert more.certificate.dual_bound >= fewer.expected_profit
        assert more.expected_profit >= fewer.expected_profit - 1e-3 * abs(fewer.expected_profit)
    assert plans[0].several == 0


def test_one_offer_each_is_the_plan_it_always_was(estimates, offers):
    table, budget = estimates(300), Money(30_000, "USD")
    plain, one = (make(table, offers, budget, rules, NOON, 7) for rules in (PlanSettings(), PlanSettings(each=1)))
    assert plain.version == one.version
    assert "each" not in plain.as_dict()
    assert make(table, offers, budget, PlanSettings(each=2), NOON, 7).version != plain.version


@pytest.mark.parametrize("lots", ["even", "thompson"])
@pytest.mark.parametrize("bounds", [{}, {"reach": 60, "dear": 80}, {"pays": 0.5}])
def test_lots_give_one_offer_or_none_and_every_chance_is_told(bounds, lots):
    few = Few(3, 200)
    plan = few.plan(2, 150, few.limits(bounds) if bounds else None, explore=0.2, lots=lots)
    held = adds_up(plan, few)
    assert plan.several > 0
    assert plan.explorers > 0
    for row in plan.decisions.to_pylist():
        if "by_lot" in row["reasons"]:
            assert len(held.get(row["customer_id"], {})) <= 1
    for name, (draws, bound) in weighs(bounds).items():
        assert sum(draws(own) for own in held.values()) <= bound + 1e-9, name
    assert plan.spent <= 150


@pytest.mark.slow
def test_chances_are_how_often_sets_are_given():
    few, drawn = Few(5, 60), {}
    bounds = few.limits({"dear": 60})
    rounds = 80
    for seed in range(rounds):
        rules = PlanSettings(each=2, explore=0.3)
        plan = make(few.estimates, OFFERS, Money.of(80, "USD"), rules, NOON, seed, few.profiles, limits=bounds)
        for customer, own in given_to(plan).items():
            together = (customer, "+".join(IDS[k] for k in sorted(own)))
            drawn[together] = drawn.get(together, 0) + 1
    chances = plan_table(plan)
    sure = {}
    for row in chances.to_pylist():
        sure |= {(row["customer_id"], outcome): chance for outcome, chance in row["chances"] if outcome != "none"}
    assert any("+" in outcome for _, outcome in sure)
    for key, chance in sure.items():
        spread = np.sqrt(chance * (1 - chance) / rounds)
        assert drawn.get(key, 0) / rounds == pytest.approx(chance, abs=4.5 * spread + 1e-9)
    assert set(drawn) <= set(sure)


def test_nobody_gets_more_than_may_still_be_given_in_some_days():
    few = Few(1, 100, used=0.0)
    few.profit += 5
    got = np.arange(0, 50)
    past = Past(got, np.zeros(50, np.int64), np.full(50, DAY_US), ("old",), {})
    often = {"name": "often", "kind": "frequency", "each_at_most": 2, "days": 7}
    plan = few.plan(3, 10_000, few.compiled([often], past))
    held = given_to(plan)
    sizes = np.array([len(held.get(customer, {})) for customer in few.ids])
    assert sizes[:50].max() == 1
    assert sizes[50:].max() == 2


def test_what_an_earlier_plan_gave_a_customer_is_one_contact_and_as_many_offers():
    at = datetime(2026, 1, 10)
    rows = [("p1", "a"), ("p1", "b"), ("p2", "a")]
    given = [{"customer_id": "c1", "offer_id": offer, "time": at - timedelta(2), "sending": one} for one, offer in rows]
    past = Past.of(pa.Table.from_pylist(given), pa.chunked_array([["c0", "c1"]]), at, {})
    assert past.within(7).tolist() == [1, 1, 1]
    assert past.within(7, once=True).tolist() == [1, 1]
    assert past.within(7, ["a"], once=True).tolist() == [1, 1]
    assert past.within(7, ["b"], once=True).tolist() == [1]
    assert past.within(1, once=True).tolist() == []


def test_a_first_experiment_gives_one_offer_at_most():
    few = Few(2, 100)
    rules = PlanSettings(each=3)
    plan = make(few.estimates, OFFERS, Money.of(50, "USD"), rules, NOON, 7, few.profiles, cold=True)
    adds_up(plan, few)
    assert plan.several == 0
    assert any("nobody gets more than one" in line for line in told(plan))


def test_the_commonest_sets_are_named_and_the_rest_summed_up():
    sets = {f"a+b{place}": 10 - place for place in range(7)}
    for language, rest in (("en", "others to 9."), ("zh", "其他组合发给 9 人。")):
        (line,) = together(2, 49, sets, {"a": "Ten off"}, False, language)
        assert line.endswith(rest)
        assert "Ten off + b0" in line
        assert "b4" in line
        assert "b5" not in line
    assert together(1, 0, {}, {}, False, "en") == []
    (none,) = together(2, 0, {}, {}, False, "en")
    assert "Together" not in none


def test_what_was_never_tried_is_said():
    few = Few(3, 200)
    plan = few.plan(2, 150)
    said = plan.as_dict()
    assert (said["each"], said["several"], said["together"]) == (2, plan.several, "together_untried")
    assert any("What several offers do together was never tried" in line for line in told(plan))
    assert any("从未实测" in line for line in told(plan, "zh"))
    by_hand = Counter("+".join(IDS[k] for k in sorted(mine)) for mine in given_to(plan).values() if len(mine) > 1)
    assert said["sets"] == dict(sorted(by_hand.items(), key=lambda one: (-one[1], one[0])))
    assert sum(said["sets"].values()) == plan.several > 0
    first = next(iter(said["sets"]))
    assert any(f"Together: {first.replace('+', ' + ')} to {said['sets'][first]}" in line for line in told(plan))
    made = cards(plan)
    assert sum(card.customers for card in made) == plan.decisions.num_rows
    assert {card.segment_size for card in made} == {200}
    assert "A customer may get up to 2 offers" in to_markdown(made, plan=plan)
    assert str(plan).startswith(f"plan {plan.version}: {200 - plan.counts['none']:,} of 200 customers")


def test_a_use_that_is_no_chance_is_refused():
    few = Few(1, 10)
    few.used[:] = np.nan
    few.plan(1, 10)
    with pytest.raises(InputError, match="redemption must be a finite number"):
        few.plan(2, 10)
