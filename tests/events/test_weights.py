"""Chances that cannot be those a lot was drawn with are named; those that are, hardly ever."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.events.weights import ERRORS, doubts
from offersmith.store.decided import CHANCES, DECIDED, chances_of

ARMS = ("none", "ten", "five")


def drawn(seed=1, rows=1500, swapped=None, whole=True, own=None):
    """Return decisions drawn by uneven chances; `swapped` writes two arms' chances down for each other.

    `whole` says whether the chances of all arms are told; `own`, of which arm a single column of chances is.
    """
    draw = np.random.default_rng(seed)
    chances = draw.dirichlet((6.0, 3.0, 1.5), rows).clip(0.02)
    chances /= chances.sum(axis=1, keepdims=True)
    arm = (draw.random(rows)[:, None] > chances.cumsum(axis=1)).sum(axis=1).clip(max=2)
    written = chances.copy()
    if swapped:
        written[:, list(swapped)] = chances[:, list(swapped)[::-1]]
    probability = written[np.arange(rows), arm] if own is None else chances[:, own]
    return pa.table({
        "campaign_id": ["march"] * rows, "customer_id": [f"c{one}" for one in range(rows)],
        "offer_id": [ARMS[one] for one in arm], "probability": probability,
        "time": pa.nulls(rows, pa.timestamp("us")),
        "chances": chances_of(ARMS, written) if whole and own is None else pa.nulls(rows, CHANCES),
    }).cast(DECIDED)  # fmt: skip


@pytest.mark.parametrize("whole", [True, False])
def test_the_chances_of_a_fair_lot_are_not_doubted(whole):
    assert not any(doubts(drawn(seed, whole=whole)) for seed in range(60))


@pytest.mark.parametrize("whole", [True, False])
def test_two_arms_with_each_others_chances_are_named(whole):
    found = doubts(drawn(swapped=(0, 2), whole=whole))
    assert [one.offer_id for one in found] == ["five", "none"]
    five, none = found
    assert (five.could, none.could) == (1500, 1500)
    assert five.estimated < 1500 - ERRORS * five.error
    assert none.estimated > 1500 + ERRORS * none.error
    assert "march: " in none.text()
    assert f"{none.given:,} rows were given none" in none.text()
    assert "only 1,500 could get it" in none.text()
    assert "只代表" in five.text("zh")


def test_a_column_of_one_arms_chances_for_all_is_named():
    assert "none" in {one.offer_id for one in doubts(drawn(own=2))}


def test_who_could_not_get_an_arm_is_not_missed():
    """Half could get ten only, half five only: told whole, that is no fault."""
    rows = 800
    draw = np.random.default_rng(3)
    chances = np.where(np.arange(rows)[:, None] % 2, [0.5, 0.5, 0.0], [0.5, 0.0, 0.5])
    arm = [ARMS[0] if draw.random() < 0.5 else ARMS[1 if one % 2 else 2] for one in range(rows)]
    log = pa.table({
        "campaign_id": ["m"] * rows, "customer_id": [str(one) for one in range(rows)], "offer_id": arm,
        "probability": [0.5] * rows, "time": pa.nulls(rows, pa.timestamp("us")), "chances": chances_of(ARMS, chances),
    }).cast(DECIDED)  # fmt: skip
    assert doubts(log) == ()


def test_an_arm_that_nobody_got_despite_its_chance_is_named():
    log = drawn()
    left = log.filter(pa.array([one != "ten" for one in log["offer_id"].to_pylist()]))
    (found,) = (one for one in doubts(left) if one.offer_id == "ten")
    assert (found.given, found.estimated) == (0, 0.0)


def test_of_few_rows_nothing_is_doubted():
    assert doubts(drawn(rows=8, own=2)) == ()
    assert doubts(DECIDED.empty_table()) == ()
