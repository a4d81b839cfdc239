"""Chances that cannot be those a lot was drawn with are named; those that are, hardly ever."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.events.weights import ERRORS, LEAST, SHARE, Doubt, doubts
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
    assert f"{none.given:,} rows got no offer, and" in none.text()
    assert f"{five.given:,} rows were given five, and" in five.text()
    assert "possible for only 1,500: look whether the chances are those of another offer" in none.text()
    assert f"{none.given:,} 行没有得到优惠" in none.text("zh")
    assert "只代表" in five.text("zh")


@pytest.mark.parametrize(("language", "said"), [("en", "(give or take 196)"), ("zh", "（误差 ±196）")])
def test_give_or_take_is_half_a_95_percent_interval_as_of_effects(language, said):
    for estimated in (5000.0, 100.0):
        assert said in Doubt("march", "ten", 40, 1500, estimated, 100.0).text(language)


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


def slowly(log):
    """Return what `doubts` must, a campaign and an arm at a time in plain Python."""
    found = []
    rows = log.to_pylist()
    for campaign in sorted({row["campaign_id"] for row in rows}):
        mine = [row for row in rows if row["campaign_id"] == campaign]
        whole = all(row["chances"] is not None for row in mine)
        arms = {row["offer_id"] for row in mine} | {name for row in mine if whole for name, _ in row["chances"]}
        for arm in sorted(arms):
            own = [row["probability"] for row in mine if row["offer_id"] == arm]
            chances = [dict(row["chances"]).get(arm, 0.0) for row in mine] if whole else own
            possible = [chance for chance in chances if chance > 0]
            could = len(possible) if whole else len(mine)
            variance = sum((1 - chance) / (chance if whole else chance**2) for chance in possible)
            estimated, error = sum(1 / chance for chance in own), variance**0.5
            enough = whole or len(own) >= LEAST
            if enough and abs(estimated - could) > max(ERRORS * error, SHARE * could):
                found.append((campaign, arm, len(own), could, pytest.approx(estimated), pytest.approx(error)))
    return found


def test_campaigns_of_every_kind_are_held_to_their_own_chances(monkeypatch):
    """Told whole, in part and not at all, rows in any order, a part of a larger table, read in small parts."""
    draws = np.random.default_rng(8)
    kinds = [
        {"swapped": (0, 2)},
        {},
        {"whole": False, "swapped": (0, 1)},
        {"own": 2},
        {"swapped": (1, 2)},
        {"rows": 20},
    ]
    tables = [
        drawn(seed, **({"rows": 300} | kind)).set_column(
            0, DECIDED.field("campaign_id"), pa.array([f"c{seed}"] * kind.get("rows", 300))
        )
        for seed, kind in enumerate(kinds)
    ]
    partly = tables[4].to_pylist()
    for row in partly[:7]:
        row["chances"] = None
    log = pa.concat_tables([*tables, pa.Table.from_pylist(partly, schema=DECIDED)])
    log = log.take(draws.permutation(log.num_rows)).slice(11)
    monkeypatch.setattr("offersmith.events.weights.ROWS", 100)
    found = [(one.campaign_id, one.offer_id, one.given, one.could, one.estimated, one.error) for one in doubts(log)]
    assert found == slowly(log)
    assert {"c0", "c2", "c3"} <= {one[0] for one in found}
