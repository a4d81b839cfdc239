"""What each offer really changes for each customer: the expectation of `visits.run`, worked out and not simulated.

Given is what everybody drew before the campaign. The offers of later campaigns within the horizon are averaged over
their chances, as a comparison of those who drew one arm with those who drew another averages over them. With shared
stock there is no effect of one customer's offer alone: there the truth is what changes when everybody is sent the
offer, over nobody being sent one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from offersmith.events.synthetic import expectation
from offersmith.events.synthetic.expectation import Expected
from offersmith.events.synthetic.journal import REFUND_DAYS, REFUNDED
from offersmith.events.synthetic.lots import Lottery
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS
from offersmith.events.synthetic.shelf import Floats, Ints
from offersmith.events.synthetic.world import World

COLUMNS = ("redemption", "conversion", "revenue", "profit", "cost", "refunded")
HORIZON_DAYS = VALID_DAYS + 28
"""How long a campaign is counted: as long as it holds, and four weeks in which what was brought forward is missing."""


def effects(
    world: World, lottery: Lottery, margin_rate: float, horizon_days: int, *, by_town: bool, only: str | None
) -> list[pa.Table]:
    """Return one table per campaign, one row per customer and offer, incremental over no offer within the horizon.

    Columns: campaign_id, customer_id, offer_id, and float64 redemption (chance of using the offer), conversion
    (change of the chance to buy at all), revenue (paid, major units, before refunds), profit (`margin_rate` of the
    shelf value less cost), cost (what offers take off) and refunded (what is given back of the revenue within the
    horizon).

    Args:
        world: n customers, with days up to the last campaign's start and the horizon.
        lottery: what they drew, and the chances of later draws.
        margin_rate: profit before offers over shelf value.
        horizon_days: over how many days from a campaign's start.
        by_town: whether whole towns draw, so that shelves are shared with those who drew the same.
        only: one campaign's id; None = all.
    """
    tables = []
    for number, morning in enumerate(_mornings(world, lottery)):
        if only is not None and world.campaigns[number].campaign_id != only:
            continue
        found = [_course(world, lottery, morning, number, arm, horizon_days, by_town) for arm in range(len(ARMS))]
        for arm in range(1, len(ARMS)):
            change = found[arm] - found[0]
            bought, shelf, cost, refunded = change[1:]
            values = (found[arm][0], bought, shelf - cost, margin_rate * shelf - cost, cost, refunded)
            n = len(world.people.ids)
            keys = [pa.repeat(world.campaigns[number].campaign_id, n), world.people.ids, pa.repeat(ARMS[arm], n)]
            names = ["campaign_id", "customer_id", "offer_id", *COLUMNS]
            tables.append(pa.table([*keys, *(pa.array(value) for value in values)], names=names))
    return tables


def _mornings(world: World, lottery: Lottery) -> Iterator[Expected]:
    """Yield where everybody stands before each campaign, given what was drawn until then."""
    now, day = expectation.begin(world), 0
    arms = [lottery.drawn[:, number] for number in range(len(world.campaigns))]
    for campaign in world.campaigns:
        while day < campaign.start:
            now, _ = expectation.step(world, now, day, arms, None)
            day += 1
        yield now


def _course(
    world: World, lottery: Lottery, morning: Expected, number: int, arm: int, horizon_days: int, by_town: bool
) -> Floats:
    """Return chance of use, chance to buy, shelf value, relief and refunds, (5, n), everybody drawing `arm`."""
    n, start = len(world.people.ids), world.campaigns[number].start
    end = start + horizon_days
    arms = [lottery.drawn[None, :, one] for one in range(number)] + [np.full((1, n), arm)]
    weight, now = np.ones((1, n)), morning.recounted()
    sums = np.zeros((5, n))
    pays = 1 / world.switches.delay if world.switches.delay else 0.0
    for day in range(start, end):
        ours = world.running(day) == number
        if len(arms) < len(world.campaigns) and day == world.campaigns[len(arms)].start:
            arms, weight = _branched(lottery, arms, weight)
            now = now.times(len(ARMS))
        now, flow = expectation.step(world, now, day, arms, None if by_town else weight)
        used = (flow.used + flow.won * (1 - (1 - pays) ** (end - 1 - day))) * ours
        due = REFUNDED * np.clip((end - day - REFUND_DAYS[0]) / (REFUND_DAYS[1] - REFUND_DAYS[0]), 0, 1)
        parts = (used, 0.0, flow.shelf, flow.relief, due * (flow.shelf - flow.relief))
        sums += np.stack([(weight * part).sum(axis=0) for part in parts])
    sums[1] = 1 - (weight * now.none.chance.sum(axis=(2, 3))).sum(axis=0)
    return sums


def _branched(lottery: Lottery, arms: list[Ints], weight: Floats) -> tuple[list[Ints], Floats]:
    """Return every course of events once for each arm of the next campaign, and its chance, (m, n) each."""
    (m, n), count = weight.shape, len(ARMS)
    last = np.broadcast_to(arms[-1], (m, n))
    each = [lottery.chances(len(arms), one).T for one in last]
    chance = np.concatenate(each)
    drawn = np.tile(np.repeat(np.arange(count)[:, None], n, axis=1), (m, 1))
    before = [one if len(one) == 1 else np.repeat(one, count, axis=0) for one in arms]
    return [*before, drawn], np.repeat(weight, count, axis=0) * chance
