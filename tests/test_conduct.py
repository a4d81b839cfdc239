"""The page of behaviour: planted habits are found again, nothing after the moment is read, and gaps are said."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.cli import app
from offersmith.conduct import Conduct, conduct
from offersmith.errors import InputError, StateError
from offersmith.words import LANGUAGES

START = datetime(2024, 3, 1, 10)
CUSTOMERS, WEEKS = 40, 10
HEAD = "what,when,who,visit,sku,name,where,qty,paid"
SETTINGS = """
[shop]
name = "corner"
currency = "EUR"
[[events]]
files = ["events.csv"]
columns = { event = "what", time = "when", customer_id = "who", session_id = "visit", product_id = "sku", \
product_name = "name", channel = "where", quantity = "qty", amount = "paid" }
"""


def browsing() -> list[str]:
    """Return visits, one a week: every other has a cart, which even customers buy and odd ones leave."""
    lines = []
    for who in range(CUSTOMERS):
        for week in range(WEEKS):
            at = START + timedelta(days=7 * week + who % 7)
            # Who buys and who leaves deal with the same products.
            sku = f"p{who // 2 % 2}"
            rest = f"c{who:02},c{who}-{week},{sku},tea {sku},{'web' if who < 20 else 'app'}"
            lines.append(f"view_item,{at.isoformat(' ')},{rest},,")
            if week % 2 == 0:
                lines.append(f"add_to_cart,{(at + timedelta(minutes=2)).isoformat(' ')},{rest},1,")
                if who % 2 == 0:
                    lines.append(f"purchase,{(at + timedelta(minutes=4)).isoformat(' ')},{rest},1,5.00")
    return lines


def corner(folder: Path, lines: list[str]) -> Shop:
    folder.mkdir()
    (folder / "events.csv").write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    (folder / "offersmith.toml").write_text(SETTINGS, encoding="utf-8")
    shop = Shop.open(folder)
    shop.ingest()
    return shop


def looked(shop: Shop, out: Path, as_of: datetime | None = None) -> Conduct:
    with shop.engine() as kept:
        return conduct(kept, out, as_of)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return corner(tmp_path_factory.mktemp("conduct") / "corner", browsing())


@pytest.fixture(scope="module")
def made(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Conduct:
    return looked(shop, tmp_path_factory.mktemp("page") / "behaviour.html")


def test_planted_habits_are_found_again(made: Conduct) -> None:
    facts = made.facts
    assert (facts.visits.visits, facts.visits.bought, facts.visits.customers) == (400, 100, 40)
    assert [step.reached for step in facts.funnel.steps] == [400, 200, 100]
    # Within 30 days odd customers put the product in twice; its price is known from those who bought it.
    assert (facts.carts.found.customers, facts.carts.found.rows, facts.carts.found.value) == (20, 20, 20 * 1_000)
    assert {one.count for one in facts.carts.products} == {10}
    assert {(one.count, one.value) for one in facts.carts.carts} == {(1, 1_000)}
    assert len(facts.carts.carts) == 12
    # Even customers looked once more after they bought.
    assert (facts.views.found.customers, facts.views.carts) == (20, ())
    assert {one.value for one in facts.views.products} == {None}
    assert facts.cycles == 2
    assert {one.cycle.median for one in facts.again} == {14}
    assert sum(one.due + one.overdue for one in facts.again) == facts.due["due"] + facts.due["overdue"]
    assert sum(facts.due.values()) == 20
    assert facts.names["p0"] == "tea p0"
    channel = facts.preferred[2]
    assert (channel.what, channel.stated) == ("channel", 40)


def test_months_are_whole_where_every_day_is_and_the_first_day_never_is(made: Conduct) -> None:
    assert [(one.start.month, one.whole) for one in made.facts.months] == [(3, False), (4, True), (5, False)]
    assert sum(one.orders for one in made.facts.months) == 100
    assert made.facts.seasons.season("month").reason == "too_few"


def test_nothing_after_the_moment_is_read(shop: Shop, tmp_path: Path) -> None:
    at = datetime(2024, 4, 10)
    before = [line for line in browsing() if line.split(",")[1] < at.isoformat(" ")]
    alone = looked(corner(tmp_path / "earlier", before), tmp_path / "page.html")
    assert alone.facts.as_of == at
    assert 0 < alone.facts.visits.visits < 400
    assert looked(shop, tmp_path / "page.html", at).as_dict() == alone.as_dict()


def test_the_command_says_the_same(made: Conduct, shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    asked = ["behaviour", "--shop", str(shop.folder), "--out", str(out)]
    found = CliRunner().invoke(app, [*asked, "--json"])
    assert found.exit_code == 0
    assert {**json.loads(found.output), "file": ""} == {**json.loads(json.dumps(made.as_dict())), "file": ""}
    assert out.read_bytes() == made.file.read_bytes()
    assert made.file.stat().st_size == made.size
    for language in LANGUAGES:
        text = made.text(language)
        assert str(made.file) in text
        assert "400" in text
    assert str(made) == made.text("en")


def test_moments_that_cannot_be_are_refused(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "none.html"
    with pytest.raises(InputError, match="nothing is known yet"):
        looked(shop, out, datetime(2999, 1, 1))
    with pytest.raises(StateError, match="nothing happened before"):
        looked(shop, out, datetime(1999, 1, 1))
    assert not out.exists()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([f"refund,{START},ann,,tea,,,1,5.00"], "no_events"),
        ([f"view_item,{START},,s{n},tea,,,," for n in range(3)], "no_purchases"),
    ],
)
def test_a_shop_that_records_little_says_what_is_missing(tmp_path: Path, lines: list[str], reason: str) -> None:
    found = looked(corner(tmp_path / "corner", lines), tmp_path / "page.html")
    assert found.facts.funnel.reason == reason
    assert (found.facts.cycles, found.facts.again) == (0, ())
    assert found.text("en") != found.text("zh")
    assert found.size > 100_000
