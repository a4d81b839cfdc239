"""Who has opted out gets what all of them get, before anything is optimised, whatever is known of them."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategy.test_plan import NOON, bytes_of

from offersmith.errors import InfeasibleError, InputError
from offersmith.money import Money
from offersmith.response.explain.because import Because
from offersmith.settings import PlanSettings
from offersmith.strategy.apart import named
from offersmith.strategy.cards import cards, to_markdown
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.opted_out import OptedOut, Settled, others, stated, uniform
from offersmith.strategy.plan import make
from offersmith.strategy.told import told
from offersmith.strategy.withheld import opted_out
from offersmith.vocabulary import BECAUSE, ESTIMATES, NO_OFFER

MANY, FIRST = 300, "five-percent"
IDS = [f"c{place:05d}" for place in range(MANY)]
OUT = IDS[::5]


def asked(customers, given_, _profit):
    """Return a reason of a model for everybody it is asked about."""
    assert not set(customers.to_pylist()) & set(OUT)
    each = [[{"feature": "orders", "held": "higher", "change": 1.0}]] * len(given_)
    return Because(pa.array(each, BECAUSE), {})


FOR_ALL = OptedOut(pa.array(OUT), FIRST)


def planned(table, offers, out=FOR_ALL, budget=300.0, tables=(), explore=0.2, **more):
    profiles = more.get("reasons_from", pa.table({"customer_id": IDS, "orders": [3] * MANY, "recency": [5.0] * MANY}))
    limits = None
    if tables:
        read = parse({"limits": [{"name": f"limit {place}", **one} for place, one in enumerate(tables)]})
        paying = [one.offer_id for one in offers[1:]]
        limits = compile_limits(read, paying, profiles, "USD", budget, opted_out=out and out.customers)
    rules = PlanSettings(explore=explore)
    more = {"reasons_from": profiles, "because": asked, **more}
    return make(table, offers, Money.of(budget, "USD"), rules, NOON, 7, limits=limits, opted_out=out, **more)


def alike(ids, cost, profit, offer=FIRST):
    """Return estimates of one offer; `profit` of all, or of each."""
    each = np.broadcast_to(profit, len(ids)).astype(float)
    many, zero = len(ids), np.zeros(len(ids))
    columns = [ids, [offer] * many, zero, zero, zero, each, np.full(many, cost), np.ones(many), ["m1"] * many]
    return pa.table([pa.array(column) for column in columns], schema=ESTIMATES)


def rows_of(plan, customers=OUT):
    inside = pc.is_in(plan.decisions["customer_id"], value_set=pa.array(customers))
    return plan.decisions.filter(inside).to_pylist(), plan.chances[:, np.asarray(inside)]


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("explore", [0.0, 0.3])
def test_all_of_them_get_the_offer_for_everybody_and_nothing_is_drawn_or_reasoned_about_them(
    estimates, offers, cold, explore
):
    table = estimates(MANY)
    plan = planned(table, offers, cold=cold, explore=explore)
    rows, chances = rows_of(plan)
    others_ = table.filter(pc.invert(pc.is_in(table["customer_id"], value_set=pa.array(OUT))))
    mean = pc.mean(others_.filter(pc.equal(others_["offer_id"], FIRST))["cost"]).as_py()
    assert {(row["offer_id"], row["probability"], tuple(row["reasons"]), row["because"]) for row in rows} == {
        (FIRST, 1.0, ("opted_out",), None)
    }
    assert [row["expected_cost"] for row in rows] == [pytest.approx(mean)] * len(OUT)
    assert (chances == np.array([0, 1, 0, 0])[:, None]).all()
    assert plan.opted_out == Settled(
        len(OUT), FIRST, "given", (), pytest.approx(len(OUT) * mean), plan.opted_out.expected_profit
    )
    assert plan.spent == pytest.approx(math.fsum(plan.decisions["expected_cost"].to_pylist()))
    assert plan.spent <= 300
    assert plan.expected_profit == pytest.approx(math.fsum(plan.decisions["expected_profit"].to_pylist()))
    assert plan.certificate.value == pytest.approx(plan.expected_profit)
    assert plan.certificate.value <= plan.certificate.dual_bound + 1e-9
    assert np.allclose(plan.chances.sum(axis=0), 1)
    assert plan.explore <= 1 - len(OUT) / MANY
    assert (plan.explore > 0) == plan.as_dict()["off_policy"] == (cold or explore > 0)
    assert plan.as_dict()["opted_out"]["outcome"] == "given"
    for language in ("en", "zh"):
        [line] = opted_out(plan.opted_out, {FIRST: "5 % off"}, "USD", language)
        assert "60" in line
        assert "5 % off" in line


def test_nothing_that_is_expected_or_known_of_them_changes_any_decision(estimates, offers):
    table = estimates(MANY)
    mine = np.asarray(pc.is_in(table["customer_id"], value_set=pa.array(OUT)))
    other = table
    for place, name in enumerate(table.column_names):
        if name in ("cost", "profit", "profit_sd"):
            values = table[name].to_numpy().copy()
            values[mine] = np.random.default_rng(place).random(mine.sum()) * 90
            other = other.set_column(place, table.schema.field(name), pa.array(values))
    known = pa.table({"customer_id": IDS, "orders": np.where(np.isin(IDS, OUT), 0, 3), "recency": [5.0] * MANY})
    first, second = planned(table, offers), planned(other, offers, reasons_from=known)
    assert bytes_of(first) == bytes_of(second)
    without = table.filter(pa.array(~mine))
    assert bytes_of(planned(without, offers)) == bytes_of(first)


def test_the_others_get_the_best_of_what_is_left(estimates, offers):
    table = estimates(MANY)
    plan = planned(table, offers, explore=0.0)
    left = 300 - plan.opted_out.expected_cost
    rest = table.filter(pc.invert(pc.is_in(table["customer_id"], value_set=pa.array(OUT))))
    alone = make(rest, offers, Money.of(left, "USD"), PlanSettings(explore=0), NOON, 7)
    expected = alone.expected_profit + plan.opted_out.expected_profit
    assert plan.expected_profit == pytest.approx(expected, abs=0.1)  # but for the cents of the budget
    assert plan.certificate.dual_bound == pytest.approx(
        alone.certificate.dual_bound + plan.opted_out.expected_profit, abs=0.1
    )
    at_stated = next(one for one in plan.frontier.points if one.budget == plan.frontier.stated)
    assert plan.frontier.stated == pytest.approx(300)
    assert (at_stated.spent, at_stated.customers) == (pytest.approx(plan.spent), MANY - plan.counts[NO_OFFER])
    assert plan.frontier.points[0].budget == pytest.approx(plan.opted_out.expected_cost)


@pytest.mark.parametrize(
    ("out", "more", "outcome", "limits"),
    [
        ("", {}, "none_stated", ()),
        ("not here", {}, "not_in_plan", ()),
        (FIRST, {"budget": 100.0}, "too_much", ("budget",)),
        (FIRST, {"tables": [{"kind": "contacts", "at_most": 59}]}, "too_much", ("limit 0",)),
        (FIRST, {"tables": [{"kind": "stock", "offers": [FIRST], "at_most": 59}]}, "too_much", ("limit 0",)),
        (
            FIRST,
            {"tables": [{"kind": "roi", "at_least": 4, "offers": [FIRST]}], "explore": 0.0},
            "too_much",
            ("limit 0",),
        ),
        (
            FIRST,
            {"tables": [{"kind": "exclude", "offers": [FIRST], "column": "customer_id", "is": ["c00005"]}]},
            "forbidden",
            ("limit 0",),
        ),
    ],
)
@pytest.mark.parametrize("explore", [0.0, 0.1])
def test_where_it_does_not_fit_for_all_of_them_nobody_of_them_gets_it(
    estimates, offers, out, more, outcome, limits, explore
):
    table = estimates(MANY)
    plan = planned(table, offers, OptedOut(pa.array(OUT), out), **{"explore": explore, **more})
    rows, chances = rows_of(plan)
    assert {(row["offer_id"], row["probability"], tuple(row["reasons"])) for row in rows} == {
        (NO_OFFER, 1.0, ("opted_out",))
    }
    assert (chances[0] == 1).all()
    assert plan.opted_out == Settled(len(OUT), out, outcome, limits)
    assert plan.counts[NO_OFFER] < MANY
    for language in ("en", "zh"):
        assert all(one in opted_out(plan.opted_out, {}, "USD", language)[0] for one in limits)


@pytest.mark.parametrize(("budget", "outcome"), [(49.99, "too_much"), (50.0, "given"), (50.01, "given")])
@pytest.mark.parametrize(
    "tables",
    [[], [{"kind": "contacts", "at_most": 10}], [{"kind": "spend", "share_at_most": 1.0}]],
)
def test_an_offer_that_takes_the_whole_budget_or_limit_is_still_given(offers, budget, outcome, tables):
    out, table = OptedOut(pa.array(IDS[:10]), FIRST), alike(IDS[:20], 5.0, 3.0)
    plan = planned(table, offers, out, budget, tables, 0.0, because=None)
    assert plan.opted_out.outcome == outcome
    if outcome == "given":
        assert (plan.counts[FIRST], plan.spent) == (10, 50)
        assert (plan.certificate.value, plan.certificate.dual_bound) == (30, pytest.approx(30, abs=0.01))


def test_limits_that_nobody_can_keep_are_still_refused(estimates, offers):
    with pytest.raises(InfeasibleError) as refused:
        planned(estimates(MANY), offers, tables=[{"kind": "spend", "at_least": 500}])
    assert set(named(refused.value)) == {"budget", "limit 0"}


def test_everybody_may_have_opted_out(estimates, offers):
    table = estimates(MANY)
    plan = planned(table, offers, OptedOut(pa.array(IDS), FIRST), budget=3_000.0, because=None)
    assert plan.counts[FIRST] == MANY
    mean = pc.mean(table.filter(pc.equal(table["offer_id"], FIRST))["cost"]).as_py()
    assert plan.spent == pytest.approx(MANY * mean)
    assert not plan.as_dict()["off_policy"]


def test_an_offer_of_which_nothing_is_expected_is_given_to_nobody(estimates, offers):
    table = estimates(MANY)
    plan = planned(table.filter(pc.not_equal(table["offer_id"], FIRST)), offers)
    assert (plan.opted_out.outcome, plan.counts[FIRST]) == ("not_known", 0)


def test_they_are_in_no_card_and_the_page_says_how_many_they_are(estimates, offers):
    plan = planned(estimates(MANY), offers)
    made = cards(plan, pa.table({"customer_id": IDS, "segment": ["loyal"] * MANY}))
    assert sum(card.customers for card in made) == MANY - len(OUT) == made[0].segment_size
    assert "60 customers have opted out of personal offers" in to_markdown(made, "en", plan)
    assert "60 位顾客已选择不接收个性化优惠" in to_markdown(made, "zh", plan)


@pytest.mark.parametrize("offer", ["", FIRST])
@pytest.mark.parametrize(
    ("kind", "said", "shared"), [("ladder", {"steps": [365]}, (25, 5)), ("band", {"within": 0.5}, (27, 3))]
)
def test_what_is_compared_a_head_is_among_those_who_may_get_something_of_their_own(offers, kind, said, shared, offer):
    # The young earn more; the rule is about heads, and 40 of the 50 old ones have opted out.
    table = {"kind": kind, "column": "tenure", "of": "offers", **said}
    out, profit = OptedOut(pa.array(IDS[50:90]), offer), [3.0] * 50 + [1.0] * 50
    profiles = pa.table({"customer_id": IDS[:100], "tenure": [100.0] * 50 + [900.0] * 50})
    estimates, budget = alike(IDS[:100], 1.0, profit), 70.0 if offer else 30.0
    plan = planned(estimates, offers, out, budget, [table], 0.0, because=None, reasons_from=profiles)
    young, old = (sum(row["offer_id"] != NO_OFFER for row in rows_of(plan, ids)[0]) for ids in (IDS[:50], IDS[90:100]))
    assert (young, old) == shared
    assert plan.counts[FIRST] == 30 + 40 * bool(offer)


@pytest.mark.parametrize("offer", ["", FIRST])
def test_a_share_of_customers_is_of_those_who_may_get_something_of_their_own(offers, offer):
    profiles = pa.table({"customer_id": IDS[:100], "tenure": [100.0] * 50 + [900.0] * 50})
    out, table = OptedOut(pa.array(IDS[50:90]), offer), {"kind": "contacts", "share_at_most": 0.1}
    plan = planned(alike(IDS[:100], 1.0, 3.0), offers, out, 90.0, [table], 0.0, because=None, reasons_from=profiles)
    assert plan.counts[FIRST] == 6 + 40 * bool(offer)
    [row] = plan.certificate.rows[1:]
    assert (row.bound, row.usage) == (6, 6)


@pytest.mark.parametrize("kind", ["ladder", "band"])
@pytest.mark.parametrize("many", [50, 100])
def test_a_rule_about_groups_says_nothing_where_all_of_one_have_opted_out(offers, kind, many):
    said = {"ladder": {"steps": [365]}, "band": {"within": 0.1}}[kind]
    profiles = pa.table({"customer_id": IDS[:100], "tenure": [100.0] * 50 + [900.0] * 50})
    out, table = OptedOut(pa.array(IDS[:many]), ""), {"kind": kind, "column": "tenure", "of": "offers", **said}
    plan = planned(alike(IDS[:100], 1.0, 3.0), offers, out, 20.0, [table], 0.0, because=None, reasons_from=profiles)
    assert plan.counts[FIRST] == (20 if many == 50 else 0)


def test_what_is_proved_is_said_to_be_of_plans_that_do_the_same_for_all_of_them(offers):
    # Past the budget of 20 all of them get an offer that loses money, and the others what is left.
    profit = [-3.0] * 40 + list(np.linspace(1, 9, 60))
    table = alike(IDS[:100], 1.0, profit)
    plans = [planned(table, offers, OptedOut(pa.array(IDS[40:60]), FIRST), budget, because=None, explore=0.0)
             for budget in (19.0, 21.0)]  # fmt: skip
    assert [plan.opted_out.outcome for plan in plans] == ["too_much", "given"]
    assert plans[1].certificate.dual_bound < plans[0].expected_profit
    for language, among in (("en", "among plans that give everybody who opted out"), ("zh", "都发放该优惠的方案中")):
        assert [among in " ".join(told(plan, language)) for plan in plans] == [False, True]
        [line] = opted_out(plans[1].opted_out, {}, "USD", language)
        assert f"{plans[1].opted_out.expected_profit:,.2f}" in line


@settings(max_examples=5, deadline=None)
@given(
    st.integers(0, 1_000), st.sampled_from([0.0, 0.15]), st.floats(50, 900), st.floats(0.05, 0.9), st.integers(20, 300)
)
def test_whoever_opts_out_every_limit_is_kept_and_the_proof_holds(estimates, offers, seed, explore, budget, part, most):
    table, rng = estimates(MANY, seed), np.random.default_rng(seed)
    out = OptedOut(pa.array(sorted(rng.choice(IDS, max(1, int(part * MANY)), replace=False))), FIRST)
    tables = [
        {"kind": "contacts", "at_most": most},
        {"kind": "spend", "share_at_most": 0.7, "offers": [FIRST]},
    ]
    plan = planned(table, offers, out, round(budget, 2), tables, explore, because=None)
    for row in plan.certificate.rows:
        assert row.slack >= -1e-6 * max(1, abs(row.bound))
    assert plan.spent <= plan.budget.major
    rows, _ = rows_of(plan, out.customers.to_pylist())
    assert {row["offer_id"] for row in rows} == {FIRST if plan.opted_out.given else NO_OFFER}
    assert plan.certificate.value <= plan.certificate.dual_bound + 1e-6
    assert plan.certificate.value == pytest.approx(math.fsum(plan.decisions["expected_profit"].to_pylist()), abs=1e-6)


KNOWN = pa.table({"customer_id": ["a", "b", "c"], "no_personal": [True, None, False], "age": [1.0, 2.0, 3.0]})


def test_who_has_opted_out_is_said_by_the_shop_s_own_file(offers):
    assert stated(KNOWN, "", "", offers, offers) is None
    found = stated(KNOWN, "no_personal", FIRST, offers, offers)
    assert (found.customers.to_pylist(), found.offer) == (["a"], FIRST)
    empty = KNOWN.append_column("silent", pa.nulls(3, pa.string()))
    assert len(stated(empty, "silent", "", offers, offers).customers) == 0
    assert others(KNOWN, found)["customer_id"].to_pylist() == ["b", "c"]
    assert others(KNOWN, None) is KNOWN


@pytest.mark.parametrize(
    ("column_", "offer", "said"),
    [
        ("", FIRST, r"for_everybody = 'five-percent' needs opted_out"),
        ("no_personl", "", r"opted_out = 'no_personl': customers have no such column\ndid you mean no_personal\?"),
        ("age", "", "opted_out = 'age': the column holds double; allowed are true and false"),
        ("no_personal", "five-percnt", r"for_everybody = 'five-percnt': no such offer\ndid you mean five-percent\?"),
        ("no_personal", "none", "for_everybody = 'none': no such offer"),
    ],
)
def test_what_the_settings_say_of_them_is_refused_by_name(offers, column_, offer, said):
    with pytest.raises(InputError) as refused:
        stated(KNOWN, column_, offer, offers, offers)
    assert refused.match(said)


def test_all_of_them_are_expected_to_do_what_the_others_do_on_average(estimates):
    table = estimates(20)
    ids = [f"c{place:05d}" for place in range(20)]
    found = uniform(table, OptedOut(pa.array(ids[:5]), FIRST))
    mine = found.filter(pc.is_in(found["customer_id"], value_set=pa.array(ids[:5])))
    rest = table.filter(pc.and_(pc.equal(table["offer_id"], FIRST), pc.greater_equal(table["customer_id"], ids[5])))
    assert sorted(mine["customer_id"].to_pylist()) == ids[:5]
    for name in ("profit", "cost", "profit_sd"):
        assert mine[name].to_pylist() == [pytest.approx(pc.mean(rest[name]).as_py())] * 5
    again = uniform(found, OptedOut(pa.array(ids[:5]), FIRST))
    assert again.sort_by("customer_id").equals(found.sort_by("customer_id"))
