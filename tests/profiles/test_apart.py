"""Whoever no person is behind is kept out of every fit by one rule, is told of with the reason, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.profiles.apart import apart
from offersmith.profiles.build import build
from offersmith.profiles.lifetime.learning import about, learn
from offersmith.profiles.lifetime.value import Horizon
from offersmith.profiles.odd import keep
from offersmith.profiles.purchase.learning import rows_of
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS

START = datetime(2023, 1, 1)
AT, DAYS, PEOPLE = START + timedelta(days=360), 360, 300


def lines(customer: str, days: np.ndarray, event: str = "purchase", amount: int = 2_000) -> pa.Table:
    rows = len(days)
    columns = {
        "event_id": [f"{customer}-{event}-{i}" for i in range(rows)], "event": [event] * rows,
        "time": pa.array([START + timedelta(days=float(day)) for day in days], pa.timestamp("us")),
        "utc_offset": pa.array([0] * rows, pa.int16()), "customer_id": [customer] * rows,
        "order_id": [f"{customer}-{i}" if event == "purchase" else None for i in range(rows)],
        "amount": pa.array([amount if event == "purchase" else None] * rows, pa.int64()),
    }  # fmt: skip
    whole = {field.name: columns.get(field.name, pa.nulls(rows, field.type)) for field in EVENTS}
    return pa.table(whole, schema=EVENTS)


def people() -> list[pa.Table]:
    rng, found = np.random.default_rng(5), []
    for number in range(PEOPLE):
        often = rng.poisson(rng.gamma(1.2, 4.0)) + 1
        found.append(lines(f"c{number:03}", np.sort(rng.uniform(0, DAYS, often)), amount=int(rng.uniform(500, 4_000))))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place, rng = tmp_path_factory.mktemp("apart"), np.random.default_rng(1)
    shop = people()
    pq.write_table(pa.concat_tables(shop), place / "people.parquet")
    odd = [lines("reseller", np.sort(rng.uniform(0, DAYS, 50_000)), amount=90_000),
           lines("bot", rng.uniform(0, DAYS, 100_000), "view_item"),
           *(lines(f"w{number:02}", rng.uniform(0, DAYS, 5), "view_item") for number in range(60))]  # fmt: skip
    pq.write_table(pa.concat_tables([*shop, *odd]), place / "odd.parquet")
    return place


@pytest.fixture
def engine() -> Iterator[Analytics]:
    with Analytics(threads=1) as opened:
        yield opened


def test_a_reseller_and_a_bot_are_named_with_their_reasons(folder: Path, engine: Analytics) -> None:
    engine.use_events([folder / "people.parquet"])
    assert apart(engine, AT).found == ()
    engine.use_events([folder / "odd.parquet"])
    found = apart(engine, AT)
    assert {one.key: one.kind for one in found.found} == {"reseller": "reseller", "bot": "bot"}
    assert found.rows == PEOPLE + 62
    said = {one.key: one.text("en", "USD") for one in found.found}
    assert "45,000,000 USD" in said["reseller"]
    assert "100,000 where 5 is usual" in said["bot"]
    assert "转售者" in next(one for one in found.found if one.key == "reseller").text("zh", "USD")


def test_nothing_after_the_moment_is_known(folder: Path, engine: Analytics) -> None:
    engine.use_events([folder / "odd.parquet"])
    early = START + timedelta(days=1)
    assert apart(engine, early).rows < PEOPLE
    engine.use_events([])
    assert apart(engine, AT).rows == 0
    with pytest.raises(InputError, match="naive UTC"):
        apart(engine, AT.astimezone())


def test_lifetime_value_is_learned_from_people_and_told_of_everybody(folder: Path, engine: Analytics) -> None:
    tables = {}
    for name in ("people", "odd"):
        engine.use_events([folder / f"{name}.parquet"])
        tables[name] = learn(engine, AT, Horizon())
    one, two = (about(table) for table in tables.values())
    assert one["fitted"] == two["fitted"]
    assert one["spend"] == two["spend"]
    marked = tables["odd"].filter(tables["odd"]["unlike"])["customer_id"].to_pylist()
    assert marked == ["reseller"]
    assert tables["people"].equals(tables["odd"].filter(pc.invert(tables["odd"]["unlike"])))


def test_the_next_purchase_is_learned_from_people(folder: Path, engine: Analytics) -> None:
    engine.use_events([folder / "odd.parquet"])
    start = AT - timedelta(days=28)
    profiles = build(engine, start, features={name: FEATURES[name] for name in ("orders", "spend")})
    assert "reseller" in profiles["customer_id"].to_pylist()
    rows = rows_of(engine, start, 28, profiles)
    assert "reseller" not in rows.profiles["customer_id"].to_pylist()
    kept = profiles.filter(pa.array(keep(profiles, apart(engine, start))))
    assert len(rows) == sum(orders > 0 for orders in kept["orders"].to_pylist())
