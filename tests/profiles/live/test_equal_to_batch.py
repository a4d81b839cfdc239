"""Event by event is as at once: whatever the order, the parts, what is delivered twice and when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles.live.shops import END, EXTRA, WINDOWED, Row, assert_equal, batch, shop, table

from offersmith.errors import InputError
from offersmith.profiles.live import LIVE, LiveProfiles, compile_live, load, merge, save
from offersmith.vocabulary import Event, Feature

ALL = (*LIVE, *WINDOWED, *EXTRA)
SIZES = (1, 2, 7, 30, 30, 80, 80, 250, 250, 400)
MOMENTS = tuple(END + timedelta(hours=hours) for hours in (-90 * 24, -33 * 24, -24, 0, 1))
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Known:
    """Shops, and what the batch query says of their customers as of each moment: asked once, as it is slow.

    `large` is one more shop of its own customers, and one of them did a hundred thousand things.
    """

    shops: list[list[Row]]
    large: list[Row]
    busy: pa.Table
    answers: dict[datetime, pa.Table]

    def of(self, rows: list[Row] | pa.Table, moment: datetime) -> pa.Table:
        """Return the answers for those whose events these are."""
        whose = rows["customer_id"].to_pylist() if isinstance(rows, pa.Table) else [row["customer_id"] for row in rows]
        ids = pa.array(set(whose), pa.string())
        table = self.answers[moment]
        return table.filter(pc.is_in(table["customer_id"], value_set=ids.drop_null()))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    shops = [shop(seed, size, 1 + seed % 5, name=f"{seed}/") for seed, size in enumerate(SIZES)]
    large, busy = shop(5, 600, customers=400, name="large/"), a_hundred_thousand(shop(16, 1000, 1, name="busy/"))
    rows = pa.concat_tables([*map(table, (*shops, large)), busy])
    folder = tmp_path_factory.mktemp("events")
    return Known(shops, large, busy, {moment: batch(rows, moment, ALL, folder) for moment in MOMENTS})


def a_hundred_thousand(rows: list[Row]) -> pa.Table:
    """Return every row a hundred times, as events and orders of their own."""
    big = pa.concat_tables([table(rows)] * 100)
    ids = pa.array([f"busy/e{i}" for i in range(big.num_rows)])
    orders = pa.array([None if x is None else f"{x}-{i % 7}" for i, x in enumerate(big["order_id"].to_pylist())])
    big = big.set_column(0, big.schema.field("event_id"), ids)
    return big.set_column(big.schema.names.index("order_id"), big.schema.field("order_id"), orders)


def fresh() -> LiveProfiles:
    return LiveProfiles(compile_live(ALL))


def fed(rows: list[Row]) -> LiveProfiles:
    state = fresh()
    state.feed(table(rows))
    return state


def shuffled(rows: list[Row], data: st.DataObject) -> list[Row]:
    """Return rows in any order; a short list shrinks to its own."""
    if len(rows) <= 30:
        return list(data.draw(st.permutations(rows)))
    return [rows[i] for i in np.random.default_rng(data.draw(st.integers(0, 10**6))).permutation(len(rows))]


@MANY
@given(number=st.integers(0, len(SIZES) - 1), one_by_one=st.booleans(), moment=st.sampled_from(MOMENTS), data=st.data())
def test_live_is_batch(
    number: int, one_by_one: bool, moment: datetime, data: st.DataObject, known: Known, tmp_path: Path
) -> None:
    """In any order and parts, some more than once, with a restart; asked at a moment in the middle and at the end.

    What is at or after the first moment waits for the second.
    """
    rows = known.shops[number]
    arriving = shuffled(rows + data.draw(st.lists(st.sampled_from(rows), max_size=20)), data)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arriving)), max_size=4)))
    parts = [arriving[a:b] for a, b in zip([0, *cuts], [*cuts, len(arriving)], strict=True)]
    restart = data.draw(st.integers(0, len(parts)))
    state = fresh()
    for n, part in enumerate(parts):
        if n == restart:
            save(state, tmp_path / "state")
            state = load(tmp_path / "state", compile_live(ALL))
        if one_by_one:
            for row in part:
                state.update(row, moment)
        else:
            state.feed(table(part), moment)
    assert state.position == len(arriving)
    for asked in (moment, MOMENTS[-1]):
        assert_equal(state.read(asked), known.of(rows, asked), ALL, len(rows))
    counted = [row for row in arriving if row["customer_id"] is not None]
    assert state.duplicates == len(counted) - len({row["event_id"] for row in counted})
    if any(row["time"] >= moment for row in counted):
        with pytest.raises(InputError, match="earlier moment"):
            state.read(moment)


@MANY
@given(number=st.integers(0, len(SIZES) - 1), luck=st.integers(0, 10**6))
def test_states_of_disjoint_events_merge(number: int, luck: int, known: Known) -> None:
    """In any order, and grouped in any way; events of one customer and lines of one order in different states."""
    rows, moment = known.shops[number], MOMENTS[-1]
    shares = np.random.default_rng(luck).integers(3, size=len(rows))
    a, b, c = (fed([row for row, share in zip(rows, shares, strict=True) if share == n]) for n in range(3))
    before = a.read(moment)
    for both in (merge(merge(a, b), c), merge(a, merge(b, c)), merge(merge(c, b), a), merge(fresh(), fed(rows))):
        assert both.position == len(rows)
        assert_equal(both.read(moment), known.of(rows, moment), ALL, len(rows))
        both.feed(table(rows))  # every one of them is known
        assert_equal(both.read(moment), known.of(rows, moment), ALL, len(rows))
    assert a.read(moment).equals(before)


def test_a_merged_state_goes_on_as_if_it_had_seen_everything(known: Known) -> None:
    rows, moment = known.large, MOMENTS[-1]
    state = merge(fed(rows[:200]), fed(rows[200:400]))
    for row in rows[400:]:
        state.update(row)
    assert_equal(state.read(moment), known.of(rows, moment), ALL, len(rows))


def test_one_event_is_a_table_of_one(tmp_path: Path) -> None:
    rows = shop(11, 400)
    single, together = fresh(), fresh()
    for row in rows:
        single.update({name: value for name, value in row.items() if value is not None})
    together.feed(table(rows))
    moment = END + timedelta(days=1)
    assert single.read(moment).equals(together.read(moment))
    np.testing.assert_array_equal(single.numbers, together.numbers)


def test_order_changes_only_the_last_bits_of_decayed_sums() -> None:
    rows = shop(12, 400)
    moment = END + timedelta(days=1)
    one, other = fed(rows).read(moment), fed(rows[::-1]).read(moment)
    for feature in ALL:
        if feature.kind.startswith("decayed"):
            np.testing.assert_allclose(one[feature.name], other[feature.name], rtol=1e-13, err_msg=feature.name)
        else:
            assert one[feature.name].equals(other[feature.name])


def test_a_decayed_sum_is_its_definition_even_where_the_batch_rounds(tmp_path: Path) -> None:
    """A year and more after 30-day halves: the batch's fixed point has few digits left, the live sum has all."""
    feature = Feature("spend_decayed_30d", "decayed_sum", value="amount", half_life_days=30)
    rows = [row for row in shop(13, 200, customers=1) if row["event"] == "purchase" and row["customer_id"]]
    state = LiveProfiles(compile_live([feature]))
    state.feed(table(rows))
    for days in (1, 400, 1500, 40_000):
        moment = END + timedelta(days=days)
        ages = [(moment - row["time"]) / timedelta(days=30) for row in rows]
        wanted = fsum((row["amount"] or 0) * 0.5**age for row, age in zip(rows, ages, strict=True))
        assert state.read(moment)[feature.name].to_pylist() == [pytest.approx(wanted, rel=1e-12, abs=0)]


def test_events_of_another_age_count_for_nothing_but_do_not_break(tmp_path: Path) -> None:
    """A clock of 1950 and one of 2090, a half life of a day: the weights are beyond what a float can hold."""
    rows = shop(14, 60, customers=2)
    for row, year in zip(rows, (1950, 2090, 1969, 2040), strict=False):
        row["time"] = row["time"].replace(year=year)
        row["customer_id"] = "x"
    moment = datetime(2091, 1, 1)
    wanted = batch(rows, moment, ALL, tmp_path)
    for arriving in (rows, rows[::-1]):
        assert_equal(fed(arriving).read(moment), wanted, ALL, len(rows))


def test_only_refunds_and_only_one_event(tmp_path: Path) -> None:
    rows = [row for row in shop(15, 300, customers=3) if row["event"] == "refund"][:4]
    moment = END + timedelta(days=1)
    for some in (rows, rows[:1], []):
        assert_equal(fed(some).read(moment), batch(some, moment, ALL, tmp_path), ALL, len(rows))


def test_a_customer_of_a_hundred_thousand_events(known: Known) -> None:
    state, moment = fresh(), MOMENTS[-1]
    state.feed(known.busy)
    assert state.read(moment)["customer_id"].to_pylist() == ["busy/顾客 0"]
    assert_equal(state.read(moment), known.of(known.busy, moment), ALL, known.busy.num_rows)


def test_one_profile_is_a_row_of_all() -> None:
    state = fed(shop(17))
    everybody = state.read(END)
    found = state.profile("顾客 3", END)
    assert found is not None
    assert found.as_of == END
    row = next(row for row in everybody.to_pylist() if row["customer_id"] == "顾客 3")
    assert found.features == {name: value for name, value in row.items() if name != "customer_id"}
    assert state.profile("nobody", END) is None
    some = state.read(END, ["顾客 3", "nobody", "顾客 1", "顾客 3"])
    assert some["customer_id"].to_pylist() == ["顾客 1", "顾客 3"]


def test_an_event_of_the_vocabulary_is_taken() -> None:
    state = fresh()
    state.update(Event("e1", "purchase", END, "c", order_id="o", quantity=2.0, amount=300))
    found = state.profile("c", END + timedelta(days=2))
    assert found is not None
    assert (found.features["orders"], found.features["spend"], found.features["recency"]) == (1, 300, 2.0)
    assert found.features["unit_price"] == 150.0


def test_a_late_line_moves_its_order(tmp_path: Path) -> None:
    """The order has a coupon, and is of the morning, only once its other line has come."""
    base = {"event": "purchase", "utc_offset": 0, "customer_id": "c", "order_id": "o", "amount": 5}
    evening = base | {"event_id": "1", "time": datetime(2024, 5, 31, 20), "coupon_discount": 0}
    morning = base | {"event_id": "2", "time": datetime(2024, 5, 31, 8), "coupon_discount": 3}
    state = fed([evening])
    before = state.profile("c", END)
    assert before is not None
    assert (before.features["evening_share"], before.features["coupon_orders"]) == (1.0, 0)
    state.update(morning)
    after = state.profile("c", END)
    assert after is not None
    assert (after.features["evening_share"], after.features["coupon_orders"], after.features["orders"]) == (0.0, 1, 1)
    assert after.features["coupon_order_recency"] == pytest.approx(28 / 24)


def test_the_first_moment_of_a_window_is_in_it() -> None:
    state = LiveProfiles(compile_live(WINDOWED))
    for number, microseconds in enumerate((-1, 0, 1)):
        when = END - timedelta(days=30) + timedelta(microseconds=microseconds)
        state.update({"event_id": f"{number}", "event": "purchase", "time": when, "customer_id": "c", "amount": 10})
    found = state.profile("c", END)
    assert found is not None
    assert (found.features["spend_30d"], found.features["spend_28d"], found.features["spend_90d"]) == (20, 0, 30)


def test_what_is_to_come_waits_and_locks_nobody(tmp_path: Path) -> None:
    rows = shop(18, 200)
    wrong = rows[0] | {"time": END + timedelta(days=365), "event_id": "clock", "customer_id": "顾客 1"}
    state = fresh()
    state.feed(table([*rows, wrong]), END)
    state.update(wrong | {"event_id": "clock 2"}, END)
    assert_equal(state.read(END), batch(rows, END, ALL, tmp_path), ALL, len(rows))
    save(state, tmp_path / "state")
    state = load(tmp_path / "state", state.layout)
    later = END + timedelta(days=400)
    both = [*rows, wrong, wrong | {"event_id": "clock 2"}]
    assert_equal(state.read(later), batch(both, later, ALL, tmp_path), ALL, len(both))
    with pytest.raises(InputError, match=r"'顾客 1' did something at 2025-06-01T12:00:00"):
        state.read(END + timedelta(days=1))
    assert state.read(END + timedelta(days=1), ["顾客 2"]).num_rows == 1  # of others nothing is known after
