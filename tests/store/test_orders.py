"""Past orders come in parts and in the order of time, whatever the order of the files and however many cores."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import StorageError
from offersmith.store.analytics import Analytics
from offersmith.store.orders import count, orders
from offersmith.vocabulary import EVENTS

START = datetime(2026, 3, 1)
LINES, EACH = 30_000, 3


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write thirty thousand lines of ten thousand orders, one a minute, in no order, into three files."""
    rows = [
        {
            "event_id": f"e{line:05}", "event": "purchase", "utc_offset": 0, "order_id": f"o{line // EACH:05}",
            "time": START + timedelta(minutes=line // EACH, seconds=line % EACH), "product_id": f"p{line % EACH}",
            "quantity": 1.0, "amount": 100, "discount": None, "customer_id": None,
        }
        for line in range(LINES)
    ]  # fmt: skip
    random.Random(7).shuffle(rows)
    folder = tmp_path_factory.mktemp("events")
    paths = [folder / f"{number}.parquet" for number in range(3)]
    for number, path in enumerate(paths):
        pq.write_table(pa.Table.from_pylist(rows[number::3], schema=EVENTS), path, row_group_size=2000)
    return paths


@pytest.mark.parametrize("threads", [1, 4])
def test_parts_are_in_the_order_of_time(files: list[Path], threads: int) -> None:
    with Analytics(threads=threads) as analytics:
        analytics.use_events(files)
        since, until = START + timedelta(minutes=10), START + timedelta(days=400)
        assert count(analytics, since, until) == LINES // EACH - 10
        parts = list(orders(analytics, since, until))
    assert len(parts) > 1
    found = [(row["order_id"], row["product_id"]) for part in parts for row in part.to_pylist()]
    assert found == [(f"o{line // EACH:05}", f"p{line % EACH}") for line in range(10 * EACH, LINES)]
    assert {part.schema.field("time").type for part in parts} == {pa.timestamp("us")}
    assert set(parts[0]["time"].to_pylist()[:EACH]) == {since}


def test_no_orders_are_no_parts(files: list[Path]) -> None:
    with Analytics(threads=1) as analytics:
        analytics.use_events(files)
        before = START - timedelta(days=1)
        assert sum(part.num_rows for part in orders(analytics, before, START)) == 0
        assert count(analytics, before, START) == 0


def test_a_file_that_goes_while_it_is_read_is_a_fault_with_words(tmp_path: Path, files: list[Path]) -> None:
    mine = tmp_path / "mine.parquet"
    mine.write_bytes(files[0].read_bytes())
    with Analytics(threads=1) as analytics:
        analytics.use_events([mine])
        mine.unlink()
        with pytest.raises(StorageError):
            list(orders(analytics, START, START + timedelta(days=400)))
