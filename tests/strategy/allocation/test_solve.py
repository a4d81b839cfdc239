import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy.allocation.problem import CHUNK, Limit, Memory
from offersmith.strategy.allocation.solve import allocate


def budget(instance, bound, name="budget"):
    weight = np.zeros((2, instance.offers, instance.cells))
    weight[1] = 1
    return Limit(name, weight, bound)


@pytest.mark.parametrize("seed", range(6))
def test_twelve_customers_get_what_is_best_of_all(shop, oracle, judged, seed):
    instance, limits = shop(12, rows=6, seed=seed)
    value, _ = judged(instance, limits, allocate(instance, limits))
    assert value == pytest.approx(oracle(instance, limits), rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("floor", [False, True])
def test_two_hundred_come_within_a_thousandth_and_the_bound_is_one(shop, oracle, judged, seed, floor):
    instance, limits = shop(200, seed=seed, floor=floor)
    value, dual = judged(instance, limits, allocate(instance, limits))
    best = oracle(instance, limits)
    assert value >= 0.999 * best
    assert dual >= best * (1 - 1e-9)


@pytest.mark.parametrize("shape", [(1, 1, 1), (9, 4, 6), (40, 8, 20), (9, 8, 60), (3, 1, 0)])
def test_many_customers_of_any_shape_are_proved(shop, judged, shape):
    offers, cells, rows = shape
    instance, limits = shop(20_000, offers, cells, rows, seed=1)
    value, dual = judged(instance, limits, allocate(instance, limits))
    # At most so many customers are split as there are rows: what rounding them costs is a few customers' worth.
    assert dual - value <= (rows + 1) * 0.5
    assert value > 0


def test_rows_that_do_not_bind_have_no_price(shop, judged):
    instance, limits = shop(20_000, rows=3)
    wide = [Limit(limit.name, limit.weight, 1e9) for limit in limits]
    found = allocate(instance, wide)
    value, dual = judged(instance, wide, found)
    assert value == pytest.approx(dual, rel=1e-12)
    assert [row.price for row in found.certificate.rows] == [0, 0, 0]


def test_values_below_zero_are_given_to_nobody_unless_a_floor_asks(shop, judged):
    instance, limits = shop(5_000)
    losing = Memory.of(-np.abs(np.where(np.isfinite(instance.value), instance.value, 1)), instance.cost, instance.cell)
    assert (allocate(losing, limits).choice == -1).all()
    weight = np.zeros((1, losing.offers, losing.cells))
    weight[0] = 1
    floor = [Limit("reach", weight, 700, at_least=True)]
    found = allocate(losing, floor)
    judged(losing, floor, found)
    assert (found.choice >= 0).sum() == 700
    best = np.sort(losing.value.max(axis=0))[-700:].astype(np.float64).sum()
    assert found.certificate.value == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("customers", [3_000, 30_000])
def test_customers_who_are_all_alike_are_divided(judged, customers):
    value = np.ones((3, customers), np.float32)
    instance = Memory.of(value, value.copy())
    limits = [budget(instance, customers / 3 + 0.5)]
    weight = np.zeros((1, 3, 1))
    weight[0, 0] = 1
    limits.append(Limit("first", weight, customers / 10))
    found = allocate(instance, limits)
    worth, dual = judged(instance, limits, found)
    assert worth == customers // 3
    assert dual - worth <= 1


def test_a_return_on_spend_and_a_band_of_benefit_are_rows_too(shop, judged):
    instance, _ = shop(30_000, cells=2)
    share = np.bincount(instance.cell, minlength=2) / instance.customers
    poor = instance.value * np.where(instance.cell == 0, np.float32(0.5), np.float32(1))
    instance = Memory.of(poor, instance.cost, instance.cell)
    free = allocate(instance, [])
    spent = float(instance.cost[free.choice[free.choice >= 0], np.flatnonzero(free.choice >= 0)].sum())
    returned = np.zeros((3, instance.offers, 2))
    returned[2], returned[1] = 1, -2.5 * free.certificate.value / spent / 2
    band = np.zeros((3, instance.offers, 2))
    band[2] = [1 / share[0], -0.9 / share[1]]  # a head of the first group gets nine tenths of one of the second
    least = np.zeros((2, instance.offers, 2))
    least[1] = 1
    limits = [
        Limit("return", returned, 0.0, at_least=True),
        Limit("band", band, 0.0, at_least=True),
        Limit("spend", least, 0.5 * spent, at_least=True),
    ]
    found = allocate(instance, limits)
    value, dual = judged(instance, limits, found)
    assert (dual - value) / dual < 1e-5
    assert value < free.certificate.value
    assert [row.name for row in found.certificate.rows if row.price < 0][:2] == ["return", "band"]


def test_contradictions_are_named_with_what_is_possible(shop):
    instance, limits = shop(30_000)
    weight = np.zeros((1, instance.offers, instance.cells))
    weight[0, :, 0] = 1
    most, least = Limit("few", weight, 50), Limit("many", weight, 200, at_least=True)
    with pytest.raises(
        InfeasibleError, match=r"(?s)few at most 50.*many at least 200|many at least 200.*few at most 50"
    ):
        allocate(instance, [*limits, most, least])
    beyond = Limit("more than all", weight, 40_000, at_least=True)
    with pytest.raises(InfeasibleError, match="more than all at least 40,000") as told:
        allocate(instance, [beyond])
    possible = np.isfinite(instance.value[:, instance.cell == 0]).any(axis=0).sum()
    assert f"possible beside the others: {possible:,})" in str(told.value)


def test_bad_limits_are_refused_by_name(shop):
    instance, limits = shop(20)
    with pytest.raises(InputError, match="'odd'"):
        allocate(instance, [Limit("odd", np.zeros((2, 1, 1)), 1.0)])
    with pytest.raises(InputError, match=r"'budget'.*nan"):
        allocate(instance, [budget(instance, float("nan"))])
    with pytest.raises(InputError, match="more than once"):
        allocate(instance, [limits[0], limits[0]])
    with pytest.raises(InputError, match="cost: 1 "):
        Memory.of(
            instance.value, np.where(np.eye(*instance.cost.shape) * 0 == 1, 0, instance.cost) / _hole(instance.cost)
        )
    with pytest.raises(InputError, match="value: 80 entries are not a number"):
        Memory.of(np.full_like(instance.value, np.nan), instance.cost)


def _hole(cost):
    hole = np.ones_like(cost)
    hole[0, 0] = np.nan
    return hole


def test_nobody_and_nothing_are_answers(judged):
    nobody = Memory.of(np.zeros((3, 0), np.float32), np.zeros((3, 0), np.float32))
    assert allocate(nobody, [budget(nobody, 5.0)]).choice.size == 0
    nothing = Memory.of(np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32))
    assert (allocate(nothing, []).choice == -1).all()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), customers=st.integers(1, 25))
def test_a_wider_limit_never_earns_less_nor_one_offer_less_more(shop, seed, customers):
    instance, limits = shop(customers, rows=3, seed=seed)
    worth = allocate(instance, limits).certificate.value
    wider = [Limit(limit.name, limit.weight, limit.bound * 1.3) for limit in limits]
    assert allocate(instance, wider).certificate.value >= worth - 1e-6 * abs(worth)
    value = instance.value.copy()
    value[0] = -np.inf
    fewer = Memory.of(value, instance.cost, instance.cell)
    fewer = Memory(fewer.value, fewer.cost, fewer.cell, fewer.extra, instance.cells)
    assert allocate(fewer, limits).certificate.value <= worth + 1e-6 * abs(worth)
    nothing = [Limit(limit.name, limit.weight, 0.0) for limit in limits]
    kept = allocate(instance, nothing)
    assert all(row.usage <= 0 for row in kept.certificate.rows)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_customers_changes_nothing_but_ties(shop, judged, seed):
    instance, limits = shop(20, seed=seed)
    order = np.random.default_rng(seed).permutation(20)
    turned = Memory.of(instance.value[:, order], instance.cost[:, order], instance.cell[order])
    turned = Memory(turned.value, turned.cost, turned.cell, turned.extra, instance.cells)
    first, other = allocate(instance, limits), allocate(turned, limits)
    assert other.certificate.value == pytest.approx(first.certificate.value, rel=1e-6)


def test_threads_do_not_change_the_answer(shop, monkeypatch):
    from offersmith.strategy.allocation import passes

    instance, limits = shop(150_000, rows=3, seed=5)
    monkeypatch.setattr(passes, "THREADS", 1)
    one = allocate(instance, limits)
    monkeypatch.setattr(passes, "THREADS", 4)
    four = allocate(instance, limits)
    assert (one.choice == four.choice).all()
    assert one.certificate == four.certificate


def test_the_one_customer_of_the_last_chunk_is_in_a_cell_of_their_own(judged):
    size = CHUNK + 1
    rng = np.random.default_rng(5)
    value, cost = (rng.random((1, size)).astype(np.float32) for _ in range(2))
    value[0, -1], cell = 50, np.zeros(size, np.uint16)
    cell[-1] = 1
    instance, weight = Memory.of(value, cost, cell), np.zeros((1, 1, 2))
    weight[0, 0, 1] = 1
    limits = [budget(instance, 500), Limit("nobody of theirs", weight, 0)]
    found = allocate(instance, limits)
    judged(instance, limits, found)
    assert found.choice[-1] == -1


@pytest.mark.parametrize("at_least", [False, True])
def test_a_limit_on_one_customer_whom_no_sample_sees_is_kept(judged, at_least):
    size, place = 40_000, 12_345
    rng = np.random.default_rng(6)
    value, cost = (rng.random((2, size)).astype(np.float32) + np.float32(0.1) for _ in range(2))
    cell = np.zeros(size, np.uint16)
    # Wanted most of all where a cap forbids it, least of all where a floor asks for it.
    cell[place], value[:, place] = 1, -50 if at_least else 50
    instance, weight = Memory.of(value, cost, cell), np.zeros((1, 2, 2))
    weight[0, :, 1] = 1
    theirs = Limit("theirs", weight, float(at_least), at_least=at_least)
    found = allocate(instance, [budget(instance, 2_000), theirs])
    judged(instance, [budget(instance, 2_000), theirs], found)
    assert (found.choice[place] >= 0) == at_least
    with pytest.raises(InfeasibleError) as told:
        allocate(instance, [budget(instance, 2_000), Limit("theirs", weight, 2, at_least=True)])
    assert told.value.facts["conflict"]["kind"] == "contradiction"


@pytest.mark.parametrize(("size", "seed"), [(150, 2), (150, 5), (150, 16), (1_000, 1)])
def test_one_huge_customer_among_few_does_not_cost_what_the_others_could_have(oracle, size, seed):
    rng = np.random.default_rng(seed)
    value, cost = rng.normal(1, 2, (3, size)).astype(np.float32), rng.gamma(2, 1, (3, size)).astype(np.float32)
    value[:, 0], cost[:, 0] = np.abs(value[:, 0]) * size + size, cost[:, 0] * size + size
    instance, least = Memory.of(value, cost), float(cost[:, 0].min())
    reach, some = np.ones((1, 3, 1)), np.zeros((2, 3, 1))
    some[1, :2] = 1
    limits = [
        budget(instance, 0.9 * least + size / 4),
        Limit("reach", reach, 0.4 * size),
        Limit("some", some, 0.8 * least),
    ]
    found = allocate(instance, limits)
    assert all(row.slack >= 0 for row in found.certificate.rows)
    assert found.certificate.value >= 0.999 * oracle(instance, limits)


def test_rows_that_no_undecided_customer_draws_on_overflow_nothing(judged):
    value = np.random.default_rng(0).random((2, 3_000)).astype(np.float32)
    instance = Memory.of(value, value.copy())
    limits = [budget(instance, 100), Limit("of nothing", np.zeros((2, 2, 1)), 1e9)]
    judged(instance, limits, allocate(instance, limits))


@pytest.mark.parametrize("unit", [1.0, 1e7, 1e12])
def test_limits_are_kept_in_a_currency_of_large_numbers_too(judged, unit):
    rng = np.random.default_rng(0)
    value, cost = (each.astype(np.float32) for each in (rng.normal(1, 2, (3, 200)), rng.gamma(2, 1, (3, 200))))
    instance, some = Memory.of(value * np.float32(unit), cost * np.float32(unit)), np.zeros((2, 3, 1))
    some[1, 0] = 1
    floor, reach = Limit("floor", some, 40 * unit, at_least=True), Limit("reach", np.ones((1, 3, 1)), 90, at_least=True)
    limits = [budget(instance, 150 * unit), floor, reach]
    found, dual = judged(instance, limits, allocate(instance, limits))
    assert dual - found < 1e-3 * dual
