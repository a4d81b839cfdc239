"""The predictor that is taken foretold best what it had not seen, and its figures hold."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.profiles.purchase import PREDICTORS
from offersmith.profiles.purchase.base import Rows
from offersmith.profiles.purchase.judging import compete, score

NAMES = ("recency", "tenure", "orders", "orders_30d", "orders_90d", "orders_decayed_30d", "cadence", "spend")


def shop(customers: int, seed: int, strength: float, twist: float = 0.0) -> Rows:
    """Customers whose chance to buy hangs on recency by `strength`, and on an interaction by `twist`."""
    rng = np.random.default_rng(seed)
    raw = {name: rng.lognormal(2, 1, customers) for name in NAMES}
    z = (np.log1p(raw["recency"]) - 2.1) / 0.9
    other = (np.log1p(raw["spend"]) - 2.1) / 0.9
    chance = 1 / (1 + np.exp(1 + strength * z - twist * np.sign(z) * other))
    raw["cadence"][rng.random(customers) < 0.3] = np.nan
    ids = [f"c{place}" for place in range(customers)]
    table = pa.table({"customer_id": ids, **{name: pa.array(x, from_pandas=True) for name, x in raw.items()}})
    return Rows(table, rng.random(customers) < chance)


def stretches(size: int, strength: float, twist: float = 0.0) -> list[Rows]:
    return [shop(size, seed, strength, twist) for seed in range(3)]


def test_where_nothing_tells_customers_apart_all_are_alike() -> None:
    found = compete(stretches(3000, 0.0), PREDICTORS, seed=1)
    assert found
    assert found.name == "rate"
    assert np.ptp(found.fitted.chance(shop(50, 9, 0.0).profiles)) == 0
    assert all(one.low <= 0.01 for one in found.scores)


def test_what_is_linear_is_foretold_and_well_calibrated() -> None:
    found = compete(stretches(4000, 1.5), PREDICTORS, seed=1)
    assert found
    assert found.name != "rate"
    by_name = {one.name: one for one in found.scores}
    assert by_name["rate"].low > 0
    assert (by_name["recency_frequency"].auc or 0) > 0.75
    assert by_name["recency_frequency"].slope == pytest.approx(1, abs=0.1)
    assert by_name["recency_frequency"].mean == pytest.approx(1, abs=0.1)


def test_what_is_twisted_does() -> None:
    found = compete(stretches(6000, 0.3, twist=2.0), PREDICTORS, seed=1)
    assert found
    assert found.name == "boosted"
    assert {one.name: one.low for one in found.scores}["logistic"] > 0


def test_the_same_seed_gives_the_same() -> None:
    one, two = (compete(stretches(3000, 0.5, 1.0), PREDICTORS, seed=4) for _ in range(2))
    assert one
    assert two
    assert one.scores == two.scores
    profiles = shop(100, 11, 0.5).profiles
    assert np.array_equal(one.fitted.chance(profiles), two.fitted.chance(profiles))


def test_one_stretch_is_too_little() -> None:
    assert compete([shop(500, 0, 1.0)], PREDICTORS, seed=1) is None
    assert (
        compete(
            [shop(500, 0, 1.0), Rows(shop(1, 0, 1.0).profiles.slice(0, 0), np.zeros(0, np.bool_))], PREDICTORS, seed=1
        )
        is None
    )


def test_customers_of_several_stretches_are_resampled_whole() -> None:
    """The same customers three times over say no more than once: the interval does not shrink."""
    once = shop(500, 0, 1.0)
    chance, other = PREDICTORS["recency_frequency"].fit(once, seed=1).chance(once.profiles), np.full(500, 0.3)
    thrice = Rows(pa.concat_tables([once.profiles] * 3), np.tile(once.bought, 3))
    (_, one), (_, three) = (
        score({"a": np.tile(chance, k), "b": np.tile(other, k)}, rows, seed=1) for k, rows in ((1, once), (3, thrice))
    )
    assert three.high - three.low == pytest.approx(one.high - one.low)


@pytest.mark.parametrize("bought", [True, False])
@pytest.mark.parametrize("name", PREDICTORS)
def test_shops_where_all_or_none_bought_break_nothing(name: str, *, bought: bool) -> None:
    profiles = shop(60, 0, 1.0).profiles
    fitted = PREDICTORS[name].fit(Rows(profiles, np.full(60, bought)), seed=1)
    chance = fitted.chance(profiles)
    assert ((chance > 0) & (chance < 1)).all()
    assert (chance > 0.9).all() == bought


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_constant_or_unknown_feature_and_a_reseller_break_nothing(name: str) -> None:
    rows = shop(3000, 0, 1.0)
    table = rows.profiles.append_column("still", pa.array([4.0] * 3000)).append_column(
        "unknown", pa.nulls(3000, pa.float64())
    )
    fitted = PREDICTORS[name].fit(Rows(table, rows.bought), seed=1)
    reseller = table.slice(0, 1).set_column(3, "orders", pa.array([1e5]))
    chance = fitted.chance(pa.concat_tables([table, reseller]))
    assert np.isfinite(chance).all()
    assert ((chance > 0) & (chance < 1)).all()


def test_the_interval_of_a_difference_holds_it_as_often_as_it_says() -> None:
    """Two fixed forecasts: over many samples, the true difference of their losses lies within in about 95 of 100."""
    rng, inside = np.random.default_rng(3), 0
    truth = rng.uniform(0.05, 0.6, 400)
    one, two = truth, np.clip(truth + 0.15, 0, 0.9)
    people = pa.table({"customer_id": [f"c{place}" for place in range(400)]})
    won, lost = np.log(one) - np.log(two), np.log1p(-one) - np.log1p(-two)
    expected = float(np.mean(truth * won + (1 - truth) * lost))
    for seed in range(200):
        bought = rng.random(400) < truth
        found = {each.name: each for each in score({"one": one, "two": two}, Rows(people, bought), seed=seed)}
        gap = found["two"]
        # Where the worse of the two is the better by luck, the interval is of the other one.
        low, high = (gap.low, gap.high) if gap.worse else (-found["one"].high, -found["one"].low)
        inside += low <= expected <= high
    assert 180 <= inside <= 199


def test_what_is_dear_is_taken_only_where_it_surely_gains() -> None:
    known, names = stretches(4000, 1.5), ("rate", "recency_frequency")
    cheap = {name: PREDICTORS[name] for name in names}
    found = compete(known, cheap, seed=1, dear=("recency_frequency",))
    assert found
    assert found.name == "recency_frequency"
    # The same predictor under a dear name is as good, and no better.
    twin = {"boosted": PREDICTORS["recency_frequency"], "dear": PREDICTORS["boosted"]}
    found = compete(known, twin, seed=1, dear=("boosted", "dear"))
    assert found
    flat = compete(stretches(3000, 0.0), cheap, seed=1, dear=("recency_frequency",))
    assert flat
    assert flat.name == "rate"


def season(share: float, seed: int) -> Rows:
    """Return a stretch in which so many more or fewer bought than `shop` says, by log-odds."""
    rng = np.random.default_rng(seed)
    known = shop(4000, seed, 1.5)
    z = (np.log1p(known.profiles["recency"].to_numpy()) - 2.1) / 0.9
    return Rows(known.profiles, rng.random(4000) < 1 / (1 + np.exp(1 + 1.5 * z - share)))


def test_the_level_of_the_latest_stretch_is_taken_over_where_that_was_right_before() -> None:
    predictors = {"recency_frequency": PREDICTORS["recency_frequency"]}
    rising = [season(share, seed) for seed, share in enumerate((1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0))]
    found = compete(rising, predictors, seed=1)
    assert found
    assert 0.4 < found.shift < 1.2
    next_one = season(1.0, 99)
    assert found.fitted.chance(next_one.profiles).mean() == pytest.approx(next_one.bought.mean(), abs=0.05)
    back_and_forth = [season(share, seed) for seed, share in enumerate((0.8, -0.8, 0.8, -0.8, 0.8, -0.8))]
    found = compete(back_and_forth, predictors, seed=1)
    assert found
    assert found.shift == 0.0
