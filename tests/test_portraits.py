"""One customer's page of a real shop: what stands on it is what happened, and nothing after the moment is known."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.cli import app
from offersmith.portraits import Portrait
from offersmith.profiles.segments import segment

AT = datetime(2025, 5, 1)


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("portraits") / "shop"
    shutil.copytree(learned, folder)
    return Shop.open(folder)


@pytest.fixture(scope="module")
def events(shop: Shop) -> pa.Table:
    return pa.concat_tables([pq.read_table(file) for file in shop.event_files()])


@pytest.fixture(scope="module")
def buyer(events: pa.Table) -> str:
    """Return who redeemed an offer before the moment, and bought often."""
    before = events.filter(pc.less(events["time"], pa.scalar(AT, pa.timestamp("us"))))
    users = pc.unique(before.filter(pc.equal(before["event"], "redeem"))["customer_id"])
    bought = before.filter(pc.and_(pc.equal(before["event"], "purchase"), pc.is_in(before["customer_id"], users)))
    counts = bought.group_by("customer_id").aggregate([("order_id", "count_distinct")])
    name: str = counts.sort_by([("order_id_count_distinct", "descending"), ("customer_id", "ascending")])[
        "customer_id"
    ][0].as_py()
    return name


@pytest.fixture(scope="module")
def told(shop: Shop, buyer: str, tmp_path_factory: pytest.TempPathFactory) -> Portrait:
    return shop.portrait(buyer, AT, tmp_path_factory.mktemp("page") / "customer.html")


def test_money_and_orders_are_those_of_the_events(told: Portrait, events: pa.Table, buyer: str) -> None:
    assert told.facts
    own = events.filter(
        pc.and_(pc.equal(events["customer_id"], buyer), pc.less(events["time"], pa.scalar(AT, pa.timestamp("us"))))
    )
    paid = pc.sum(own.filter(pc.equal(own["event"], "purchase"))["amount"]).as_py()
    back = pc.sum(own.filter(pc.equal(own["event"], "refund"))["amount"]).as_py() or 0
    assert sum(told.facts.months.values()) == paid - back
    standing = told.facts.standing("spend")
    assert standing
    assert standing.value == paid
    assert sum(one.count for one in told.facts.happened) == own.num_rows
    assert max(one.time for one in told.facts.happened) < datetime(2025, 5, 2)


def test_segments_are_the_shops_and_their_moves_add_up(told: Portrait, shop: Shop, buyer: str) -> None:
    assert told.facts
    table = shop.profile(AT).table
    codes = segment(table)["segment"]
    code = codes[table["customer_id"].index(buyer).as_py()].as_py()
    assert told.facts.groups[0].customers == codes.to_pylist().count(code)
    assert sum(one.share for one in told.facts.moves) == pytest.approx(1)


def test_offers_that_were_used_say_when(told: Portrait) -> None:
    assert told.facts
    used = [one for one in told.facts.given if one.used]
    assert used
    assert all(one.used >= one.day for one in used if one.used)


def test_where_a_customer_stands_is_a_share_of_all(told: Portrait, shop: Shop) -> None:
    assert told.facts
    spend = shop.profile(AT).table["spend"].to_pylist()
    standing = told.facts.standing("spend")
    assert standing
    assert standing.value is not None
    assert standing.below == pytest.approx(sum(one < standing.value for one in spend) / len(spend))


def test_the_page_is_written_and_said(told: Portrait) -> None:
    assert told.file
    assert told.file.stat().st_size == told.size
    for language in ("en", "zh"):
        assert str(told.file) in told.text(language)
    plain = told.as_dict()
    assert json.loads(json.dumps(plain)) == plain


def test_the_first_weeks_have_no_earlier_segments(shop: Shop, buyer: str) -> None:
    early = shop.portrait(buyer, datetime(2025, 1, 20))
    assert not early.known or (early.facts and early.facts.moves == ())


def test_the_command(shop: Shop, buyer: str, tmp_path: Path) -> None:
    run, out = CliRunner().invoke, tmp_path / "page.html"
    found = run(
        app, ["customer", buyer, "--shop", str(shop.folder), "--as-of", "2025-05-01", "--out", str(out), "--json"]
    )
    assert found.exit_code == 0
    assert json.loads(found.output)["file"] == str(out)
    gone = run(app, ["customer", "nobody", "--shop", str(shop.folder), "--out", str(tmp_path / "none.html")])
    assert gone.exit_code == 1
    assert "nobody" in gone.output
    assert not (tmp_path / "none.html").exists()
