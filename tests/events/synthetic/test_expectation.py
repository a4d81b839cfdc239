"""The truth is the expectation of what the days bring, whatever the form and the switches: many lives agree with it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.events.synthetic import FORMS, Switches, make, visits
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS, relief
from offersmith.events.synthetic.shop import Shop
from offersmith.events.synthetic.world import World

CASES = {
    "plain": Switches(),
    "delay": Switches(delay=8),
    "pull_forward": Switches(pull_forward=0.7),
    "cannibalised": Switches(cannibalised=0.6),
    "fatigue": Switches(fatigue=0.4),
    "waiting": Switches(waiting=0.5),
    "carry_over": Switches(carry_over=0.6),
    "rotation": Switches(logging=1.0, logged_by="rotation", carry_over=0.5, fatigue=0.3),
    "all": Switches(6, 0.5, 0.5, 0.3, 0.3, 0.4, logging=0.5, logged_by="rotation"),
}
LIVES = 6


def lived(world: World, drawn: np.ndarray, life: int, start: int, end: int) -> np.ndarray:
    """Return each customer's uses, whether they bought, shelf value and relief from `start` to `end`, (n, 4)."""
    luck = [np.random.default_rng([stream, life]) for stream in (1, 2)]
    found = visits.run(*luck, world, drawn, end)
    bought = found.buys & (found.day >= start)
    who, arm, lines, n = found.who[bought], found.arm[bought], found.lines[bought], len(drawn)
    further = world.people.lines[who]
    value = world.basket[who, found.day[bought]] * (1 + further * lines) / (1 + further)
    off = np.zeros_like(value)
    for number in range(1, len(ARMS)):
        off[arm == number] = relief(number, value[arm == number])
    count = np.bincount(who, minlength=n)
    used = np.bincount(who[found.campaign[bought] == 1], minlength=n)
    return np.stack([used, count > 0, np.bincount(who, value, n), np.bincount(who, off, n)], axis=1).astype(float)


def both(shop: Shop, arm: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the truth of the second campaign's offer, the mean of many lives and its standard error, (4,) each."""
    ((block, crowd),) = shop._crowds()
    world = shop._world(crowd, shop.days + 60)
    lottery, start = shop._lottery(block, world), shop.campaigns()[1].start
    end, gaps = start + 42, []
    for life in range(LIVES):
        found = []
        for given in (arm, 0):
            drawn, luck = lottery.drawn.copy(), np.random.default_rng([3, life])
            drawn[:, 1] = given
            for later in range(2, drawn.shape[1]):
                reach = lottery.chances(later, drawn[:, later - 1]).cumsum(axis=1)[:, :-1]
                drawn[:, later] = (reach <= luck.random((len(drawn), 1))).sum(axis=1)
            found.append(lived(world, drawn, life, start, end))
        gap = found[0] - found[1]
        gap[:, 0] = found[0][:, 0]
        gaps.append(gap)
    each = np.mean(gaps, axis=0)
    truth = shop.truth()
    mine = truth.filter(pc.and_(pc.equal(truth["campaign_id"], "mailing-2"), pc.equal(truth["offer_id"], ARMS[arm])))
    values = np.stack([mine[name].to_numpy() for name in ("redemption", "conversion", "revenue", "cost")], axis=1)
    values[:, 2] += values[:, 3]
    return values, each, np.std(each - values, axis=0) / np.sqrt(len(each))


@pytest.mark.parametrize("name", CASES)
def test_many_lives_agree_with_the_truth(name: str) -> None:
    shop = make(900, 100, 5, switches=CASES[name])
    truth, each, error = both(shop, 2)
    gap = (each.mean(axis=0) - truth.mean(axis=0)) / error
    assert (np.abs(gap) < 3.5).all(), gap


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_customers_apart_as_its_truth_says(form: str) -> None:
    truth, each, error = both(make(900, 100, 6, form=form), 3 if form == "interaction" else 2)
    assert (np.abs((each.mean(axis=0) - truth.mean(axis=0)) / error) < 3.5).all()
    slope = np.cov(each[:, 0], truth[:, 0])[0, 1] / truth[:, 0].var()
    assert slope == pytest.approx(1.0, abs=0.15)


def test_shared_stock_is_near_its_mean_field() -> None:
    """Everybody is sent the offer, against nobody; towns of a hundred are off by the order of one in a hundred."""
    truth, each, error = both(make(1500, 100, 5, switches=Switches(shared_stock=3.0)), 2)
    assert (np.abs(each.mean(axis=0) - truth.mean(axis=0)) < 3.5 * error + 0.03 * np.abs(truth.mean(axis=0))).all()


def test_towns_that_draw_have_shelves_of_their_own() -> None:
    """A later campaign then makes a town's shelf as empty as that town's draw makes it."""
    switches = Switches(shared_stock=3.0)
    by_town, by_customer = (make(400, 100, 5, switches=switches, drawn_by=unit) for unit in ("town", "customer"))
    for shop in (by_town, by_customer):
        assert shop.truth().num_rows == 3 * 400 * len(shop.campaigns())
    assert not by_town.truth()["revenue"].equals(by_customer.truth()["revenue"])


def test_forms_are_different_shops_and_logit_is_the_plain_one() -> None:
    totals = {form: pc.sum(make(300, 60, 4, form=form).truth()["profit"]).as_py() for form in FORMS}
    assert len(set(totals.values())) == len(FORMS)
    assert totals["logit"] == pc.sum(make(300, 60, 4).truth()["profit"]).as_py()


def test_the_truth_reads_past_the_last_day_and_no_shorter_than_offers_hold() -> None:
    shop = make(200, 45, 4)
    short, long = shop.truth(horizon_days=VALID_DAYS), shop.truth(horizon_days=120)
    assert short["redemption"].to_numpy() == pytest.approx(long["redemption"].to_numpy())
    assert (long["refunded"].to_numpy().sum() / long["revenue"].to_numpy().sum()) == pytest.approx(0.04, rel=1e-6)
    with pytest.raises(InputError, match="horizon_days = 13"):
        shop.truth(horizon_days=13)


def test_what_comes_back_is_in_the_journal_as_in_the_truth() -> None:
    shop = make(2000, 60, 8)
    events = pa.Table.from_batches(shop.batches())
    sums = {
        name: pc.sum(events.filter(pc.equal(events["event"], name))["amount"]).as_py()
        for name in ("purchase", "refund")
    }
    assert sums["refund"] / sums["purchase"] == pytest.approx(0.04 * (60 - 7.5) / 60, rel=0.15)
