"""A synthetic shop with a switch on, bound as a shop's events are, and the truth about one of its campaigns."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache, lru_cache
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith.profiles import FEATURES
from offersmith.profiles.build import build as profiles
from offersmith.response.base import floats, strings
from offersmith.response.history import build, spending
from offersmith.response.scores import compare
from offersmith.store.analytics import Analytics
from offersmith.store.decided import DECIDED

SEEN = ("recency", "tenure", "orders", "orders_90d", "spend_90d", "spend_28d", "redemptions_90d", "exposures_90d")
HORIZON, VALID = 42, 14


@lru_cache(maxsize=1)
def journal(shop):
    """Return all events of a shop: made once for whoever asks next."""
    return pa.Table.from_batches(shop.batches())


@contextmanager
def bound(shop, folder, *, chances=True):
    """Bind a shop's events, and the chances of its decisions where they were written down."""
    pq.write_table(journal(shop), folder / "events.parquet")
    with Analytics(threads=1) as analytics:
        analytics.use_events([folder / "events.parquet"])
        if chances:
            drawn = shop.assignments()
            rest = {"time": pa.nulls(drawn.num_rows, pa.timestamp("us")), "chances": pa.nulls(drawn.num_rows)}
            table = pa.table({**{name: drawn[name] for name in drawn.column_names}, **rest})
            analytics.use_table("decided", table.select(DECIDED.names).cast(DECIDED))
        yield analytics


def study(analytics, shop, *, campaign="mailing-2", horizon=HORIZON, as_of=None, features=SEEN):
    """Return one campaign's block of the history and what can be asked of it, as of a day (the shop's last)."""
    first = datetime.combine(shop.start, datetime.min.time())
    declared = {name: FEATURES[name] for name in features}
    moment = first + timedelta(days=shop.days if as_of is None else as_of)
    history = build(
        analytics,
        moment,
        profile=lambda when: profiles(analytics, when, features=declared),
        horizon_days=horizon,
        currency="USD",
        folds=3,
    )
    table = history.table.filter(pc.equal(history.table["campaign_id"], campaign))
    return SimpleNamespace(
        history=history,
        table=table,
        given=strings(table, "offer_id"),
        revenue=floats(table, "revenue"),
        bought=floats(table.append_column("b", table["bought"].cast(pa.float64())), "b"),
        cost=floats(table, "cost"),
        start=table["moment"][0].as_py() if table.num_rows else None,
    )


def ours(found, offer, outcome):
    """Return the doubly robust effect of an offer on (n,) outcomes."""
    return compare(found.table, found.history.features, offer, outcome, count=3, seed=7).effect


@cache
def worked_out(shop, margin, horizon, campaign):
    return shop.truth(margin, horizon, campaign)


def truth(shop, found, offer, *, campaign="mailing-2", horizon=HORIZON, margin=0.3):
    """Return the mean truth of an offer over the customers of a study; `gross` is before offers and net of refunds."""
    table = worked_out(shop, margin, horizon, campaign)
    mine = pc.and_(pc.equal(table["campaign_id"], campaign), pc.equal(table["offer_id"], offer))
    table = table.filter(pc.and_(mine, pc.is_in(table["customer_id"], found.table["customer_id"].combine_chunks())))
    mean = {name: float(table[name].to_numpy().mean()) for name in table.column_names[3:]}
    gross = mean["revenue"] + mean["cost"] - mean["refunded"]
    return SimpleNamespace(**mean, gross=gross, contribution=margin * gross - mean["cost"])


def spent(analytics, found, days, after=0):
    """Return what everybody spent before coupons, net of refunds, and whether, in `days` days from the start."""
    start = found.start + timedelta(days=after)
    return spending(analytics, found.table["customer_id"], start, start + timedelta(days=days), "USD")


def plain(found, offer, outcome, control="none"):
    """Return the difference of means of an offer and nothing: what needs no tool."""
    return float(outcome[found.given == offer].mean() - outcome[found.given == control].mean())


def while_it_holds(shop, folder):
    """Return the study of a shop's campaign, and what everybody spent while its offers held."""
    with bound(shop, folder) as analytics:
        found = study(analytics, shop)
        early, _ = spent(analytics, found, VALID)
    return found, early


def overstated(shop, found, naive, missed):
    """Expect every offer to lose money and us to cover by how much; the naive figure (offer -> dollars) is too high."""
    for offer, figure in naive.items():
        true = truth(shop, found, offer)
        effect = ours(found, offer, found.revenue)
        profit = ours(found, offer, 0.3 * found.revenue - found.cost)
        assert figure > true.gross + missed
        assert effect.ci_low <= true.gross <= effect.ci_high
        assert profit.ci_low <= true.contribution <= profit.ci_high
        assert profit.ci_high < 0


def events(shop, name):
    """Return the events of a name with who, when, which order and offer, and the shelf value in dollars."""
    columns = ["event", "customer_id", "time", "order_id", "offer_id", "campaign_id", "amount", "discount"]
    table = journal(shop).select(columns)
    table = table.filter(pc.equal(table["event"], name))
    shelf = pc.divide(pc.add(table["amount"], table["discount"]).cast(pa.float64()), 100.0)
    return table.append_column("shelf", shelf)


@pytest.fixture(scope="session")
def switched():
    """Return what the tests of switches share."""
    return SimpleNamespace(
        bound=bound, study=study, ours=ours, truth=truth, spent=spent, plain=plain, events=events,
        while_it_holds=while_it_holds, overstated=overstated,
    )  # fmt: skip
