"""The doctor looks at a workspace in a moment, however much was ever redeemed in it."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from offersmith.doctor import Finding, examine
from offersmith.shop import Shop

AT = datetime(2026, 6, 10, 9)
CAMPAIGN = {"name": "c", "promotions": [{"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}]}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    text = '[shop]\nname = "bench"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n'
    (tmp_path / "offersmith.toml").write_text(text, encoding="utf-8")
    return tmp_path


def found(shop: Path) -> dict[str, Finding]:
    return {one.what: one for one in examine(shop).findings}


def test_the_books_are_left_to_who_compares_them(shop: Path) -> None:
    assert "books" not in found(shop)
    with Shop.open(shop).office() as office:
        assert "books" not in found(shop), "nothing was promised yet"
        assert office.create("c", CAMPAIGN, author="ann", at=AT).done
    asked: list[str] = []

    def listen(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        books = found(shop)["books"]
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    assert (books.level, "offersmith campaign books" in books.says) == ("note", True)
    assert any("campaign" in one for one in asked)
    assert not any("entry" in one or "redemption" in one for one in asked if one.startswith("SELECT"))
    assert examine(shop).healthy
