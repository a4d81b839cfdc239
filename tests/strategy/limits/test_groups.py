import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.groups import Condition, Every, Grouping
from offersmith.strategy.limits.reading import parse


@given(st.integers(1, 60), st.lists(st.integers(1, 5), min_size=0, max_size=70), st.integers(0, 99))
def test_cells_are_the_combinations_that_occur(customers, sizes, seed):
    rng = np.random.default_rng(seed)
    codes = {Every(str(i)): rng.integers(0, size, customers) for i, size in enumerate(sizes)}
    found = Grouping.of(codes, customers)
    combinations = sorted({tuple(int(code[i]) for code in codes.values()) for i in range(customers)})
    cell = np.zeros(customers, int) if found.cell is None else found.cell
    assert found.cells == len(combinations) == len(set(cell.tolist()))
    assert (found.cell is None) == (found.cells == 1)
    assert (np.bincount(cell, minlength=found.cells) == found.heads).all()
    for part, code in codes.items():
        assert (found.codes[part][cell] == code).all()


def test_cells_do_not_hang_on_the_order_of_customers():
    rng = np.random.default_rng(0)
    codes = {Every("a"): rng.integers(0, 3, 500), Every("b"): rng.integers(0, 4, 500)}
    order = rng.permutation(500)
    one, other = Grouping.of(codes, 500), Grouping.of({part: code[order] for part, code in codes.items()}, 500)
    assert (one.cell[order] == other.cell).all()
    assert all((one.codes[part] == other.codes[part]).all() for part in codes)


def test_who_has_no_value_is_in_no_group():
    table = pa.table(
        {
            "text": pa.array(["a", None, "b"], pa.large_string()),
            "whole": pa.array([1, 2, None], pa.int32()),
            "real": pa.array([float("nan"), 2.0, None]),
            "truth": pa.array([None, False, True]),
        }
    )
    assert Every("text").codes(table).tolist() == [1, 0, 2]
    assert Every("whole").codes(table).tolist() == [1, 2, 0]
    assert Every("real").codes(table).tolist() == [0, 1, 0]
    assert Every("truth").codes(table).tolist() == [0, 1, 2]
    assert Condition("text", ("a", "b")).codes(table).tolist() == [1, 0, 1]
    assert Condition("whole", (2.0,)).codes(table).tolist() == [0, 1, 0]
    assert Condition("truth", (False,)).codes(table).tolist() == [0, 1, 0]
    assert Condition("real", low=-1e9).codes(table).tolist() == [0, 1, 0]
    assert Condition("whole", high=2).codes(table).tolist() == [1, 0, 0]


def test_a_share_is_of_those_with_a_value_and_who_ties_at_the_edge_is_in():
    held = [5.0, None, 1.0, 3.0, 3.0, float("nan"), 2.0]
    table = pa.table({"held": pa.array(held), "none": pa.array([None] * 7, pa.float64())})
    assert Condition("held", top=0.2).codes(table).tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert Condition("held", top=0.4).codes(table).tolist() == [1, 0, 0, 1, 1, 0, 0]  # the two at 3 are alike
    assert Condition("held", bottom=0.4).codes(table).tolist() == [0, 0, 1, 0, 0, 0, 1]
    assert Condition("held", bottom=0.01).codes(table).tolist() == [0, 0, 1, 0, 0, 0, 0]  # at least one
    assert Condition("held", top=1.0).codes(table).tolist() == [1, 0, 1, 1, 1, 0, 1]
    assert not Condition("none", top=1.0).codes(table).any()


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(1, 100))
def test_a_share_takes_as_many_as_it_says_and_nobody_who_has_less_than_the_last(held, percent):
    table = pa.table({"held": held})
    wanted = -(-percent * len(held) // 100)
    for condition, sign in ((Condition("held", top=percent / 100), 1), (Condition("held", bottom=percent / 100), -1)):
        inside = condition.codes(table) == 1
        mine = sorted((sign * one for one, there in zip(held, inside, strict=True) if there), reverse=True)
        others = [sign * one for one, there in zip(held, inside, strict=True) if not there]
        assert len(mine) >= wanted
        assert mine[wanted - 1] == mine[-1]  # whoever is more than asked for ties with the last
        assert all(other < mine[-1] for other in others)


def crowd(bits):
    """Return customers in whom every combination of so many yes and no occurs, and one who is twice there."""
    place = np.append(np.arange(1 << bits), 0)
    profiles = pa.table({f"bit {i}": (place >> i & 1).astype(bool) for i in range(bits)})
    tables = [
        {"name": f"l{i}", "kind": "contacts", "at_most": 9, "column": f"bit {i}", "is": [True]} for i in range(bits)
    ]
    return parse({"limits": tables}), profiles


def test_more_combinations_than_a_cell_can_say_are_refused_by_name_and_only_those_that_occur_count():
    limits, profiles = crowd(15)
    assert compile_limits(limits, ["x"], profiles, "USD").cells == 1 << 15
    limits, profiles = crowd(16)
    with pytest.raises(InputError, match=r"limits.toml.*'l0'.*'l15'.*65,535") as told:
        compile_limits(limits, ["x"], profiles, "USD")
    assert "'bit 3'" in told.value.hint
    made = compile_limits(limits, ["x"], profiles.slice(2), "USD")
    assert made.cells == 65_535
    assert made.cell.max() == 65_534
