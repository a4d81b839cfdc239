"""A shop plans by lot, customers respond, and what it learns next knows the chances of its own decisions."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith import Shop, bootstrap
from offersmith.response import learn as learning
from offersmith.response.base import flags, floats
from offersmith.response.effects import past_effects
from offersmith.response.history import build
from offersmith.response.of_history import gather
from offersmith.response.unrecorded import filled
from offersmith.settings import FILE
from offersmith.store import read_back
from offersmith.store.decided import DECIDED
from offersmith.vocabulary import NO_OFFER

FIRST = datetime.fromisoformat("2025-01-01")
PLANNED = FIRST + timedelta(days=84)
SENT = PLANNED + timedelta(hours=9)
END = PLANNED + timedelta(days=35)
CUSTOMERS = 900
GAIN = 12.0
"""What any offer adds to what a customer spends in the four weeks after it, major units."""

SETTINGS = """
[[events]]
files = ["*.parquet"]
[events.columns]
event = "event"
time = "time"
customer_id = "customer_id"
order_id = "order_id"
amount = "amount"
offer_id = "offer_id"
campaign_id = "campaign_id"
[economics]
margin_rate = 0.5
[plan]
explore = 0.5
[learn]
model = "constant"
horizon_days = 28
folds = 3
[[offers]]
id = "ten"
kind = "percent_off"
terms = { percent = 10 }
[[offers]]
id = "five"
kind = "amount_off"
terms = { amount = "2.20" }
"""


def lived(draw, start, days, extra):
    """Return what everybody bought in some days; `extra` is what each spends more in all."""
    rate = np.random.default_rng(1).gamma(2.0, 0.03, CUSTOMERS) + 0.01
    rows = []
    for customer in range(CUSTOMERS):
        times = np.sort(draw.uniform(0, days, max(1, draw.poisson(rate[customer] * days))))
        for number, day in enumerate(times):
            paid = 20 * np.exp(0.2 * draw.normal()) + (extra.get(f"c{customer:04d}", 0.0) if number == 0 else 0.0)
            rows.append(
                {
                    "event": "purchase",
                    "time": start + timedelta(days=float(day)),
                    "amount": f"{paid:.2f}",
                    "customer_id": f"c{customer:04d}",
                    "order_id": f"{start:%m%d}-{customer}-{number}",
                }
            )
    return rows


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop that planned by lot, launched what it planned, and saw five weeks pass."""
    folder, draw = tmp_path_factory.mktemp("lots"), np.random.default_rng(3)
    (folder / FILE).write_text(SETTINGS)

    def happened(name, rows):
        kinds = ("event", "time", "customer_id", "order_id", "amount", "offer_id", "campaign_id")
        schema = pa.schema([(kind, pa.timestamp("us") if kind == "time" else pa.string()) for kind in kinds])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
        opened.ingest()

    opened = Shop.open(folder)
    happened("before", lived(draw, FIRST, 84, {}))
    planned = opened.plan(budget=20000, as_of=PLANNED)
    campaign = opened.launch(author="wei", at=PLANNED).moved.campaign_id
    decisions = planned.decisions.select(["customer_id", "offer_id"]).to_pylist()
    given = {row["customer_id"]: row["offer_id"] for row in decisions if row["offer_id"] != NO_OFFER}
    shown = [
        {"event": "view_promotion", "time": SENT, "customer_id": customer, "offer_id": offer, "campaign_id": campaign}
        for customer, offer in sorted(given.items())
    ]
    happened("after", [*shown, *lived(draw, SENT, 34, dict.fromkeys(given, GAIN))])
    return opened, planned, campaign


def learned_with(kept, shop, at=END):
    economics = shop.economics()
    settings = shop.settings
    return learning.learn(
        kept.analytics,
        at,
        profile=lambda moment: kept.profiles(moment)[0],
        offers=shop.offers(),
        economics=economics,
        settings=settings.learn,
        priors=settings.priors,
    )


def history_of(kept, shop, at=END):
    profile = lambda moment: kept.profiles(moment)[0]  # noqa: E731
    return build(kept.analytics, at, profile=profile, horizon_days=28, currency="USD", folds=3)


def test_the_chances_of_a_plan_are_read_back(shop):
    opened, planned, campaign = shop
    with opened.engine() as kept, bootstrap.open_ledger(opened.place, opened.settings) as ledger:
        read_back.bind(kept.analytics, ledger)
        history = history_of(kept, opened)
        assert history.randomised
        assert {use.campaign_id for use in history.campaigns} == {campaign}
        assert all(use.logged and use.not_sent == 0 for use in history.campaigns)
        table = history.table
        plan = pq.read_table(planned.file)
        place = pc.index_in(table["customer_id"], plan["customer_id"].combine_chunks())
        for ours, theirs in (("offer_id", "offer_id"), ("propensity", "probability"), ("chances", "chances")):
            assert table[ours].to_pylist() == plan[theirs].take(place).to_pylist()
        assert set(table["offer_id"].to_pylist()) == {"none", "ten", "five"}

        fitted = learned_with(kept, opened)
        assert "not_randomised" not in fitted.evidence.reasons
        for effect in fitted.evidence.effects:
            assert effect.bias == 0.0
            assert effect.measured == pytest.approx(GAIN, abs=4 * effect.standard_error)
            assert effect.standard_error < GAIN / 3

        found = gather(history, opened.offers(), opened.economics())
        assert found.trial.logged
        profits = [found.trial.outcome[found.trial.arm == arm].mean() for arm in range(3)]
        # Nothing on record says what the offers took off or who used them: by their terms and the stated chance to use
        # one, a buyer costs this much of the first basket. That was larger by what the offer added to it.
        costs = floats(filled(history, opened.offers()).table, "cost")[found.rows]
        mine = [found.trial.arm == number for number in range(3)]
        cost = [costs[rows].mean() for rows in mine]
        paid = [floats(history.table, "revenue")[found.rows][rows].mean() for rows in mine]
        buying = [flags(history.table, "bought")[found.rows][rows].mean() for rows in mine]
        redemption, first = opened.settings.priors.redemption, 20 * np.exp(0.02) + GAIN
        by_terms = {"none": 0.0, "ten": first / 9, "five": 2.20}
        for number, arm in enumerate(found.trial.arms):
            off = redemption * by_terms[arm.name] * buying[number]
            assert cost[number] == pytest.approx(off, rel=0.03)
            # Half of what was paid is margin, and half of what was taken off it; all of that is the cost.
            assert profits[number] == pytest.approx(0.5 * (paid[number] + off) - off, abs=0.03 * off + 1e-9)
            assert number == 0 or paid[number] - paid[0] > GAIN / 2


def test_without_its_log_a_campaign_is_not_by_lot(shop):
    opened, *_ = shop
    with opened.engine() as kept:
        kept.analytics.use_table("decided", DECIDED.empty_table())
        history = history_of(kept, opened)
        assert not history.randomised
        assert history.table["propensity"].null_count == history.table.num_rows
        assert not any(use.logged for use in history.campaigns)


def test_past_effects_are_those_of_the_lot(shop):
    opened, _, campaign = shop
    with opened.engine() as kept, bootstrap.open_ledger(opened.place, opened.settings) as ledger:
        read_back.bind(kept.analytics, ledger)
        for past in past_effects(
            kept.analytics, END, profile=lambda moment: kept.profiles(moment)[0], settings=opened.settings.learn,
            currency="USD",
        ):  # fmt: skip
            assert past.campaign_id == campaign
            measured = past.claim.effect
            assert measured.ci_low < GAIN < measured.ci_high
            assert past.claim.placebo.ci_low < 0 < past.claim.placebo.ci_high
