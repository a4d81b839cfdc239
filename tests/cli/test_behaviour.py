"""`offersmith behaviour` where it cannot answer: what is wrong, what to do, in the reader's language, and no page."""

from pathlib import Path

import pytest

from offersmith.shop import Shop

SETTINGS = """
[shop]
name = "corner"
currency = "EUR"
[[events]]
files = ["orders.csv"]
columns = { time = "when", customer_id = "who", product_id = "sku", amount = "paid" }
"""


@pytest.fixture
def corner(tmp_path: Path) -> Path:
    """A workspace whose only order is not read yet."""
    (tmp_path / "orders.csv").write_text("when,who,sku,paid\n2024-03-01 10:00,ann,tea,5.00\n", encoding="utf-8")
    (tmp_path / "offersmith.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def test_no_shop_no_events_and_no_moment_are_told(run, corner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = corner / "page.html"
    asked = ("behaviour", "--shop", corner, "--out", out)
    code, _, said = run("behaviour", "--shop", corner / "nowhere", "--out", out)
    assert (code, "is not a workspace" in said, "offersmith init" in said) == (3, True, True)
    code, _, said = run(*asked, "--as-of", "2024-13-45")
    assert (code, "'2024-13-45' is not ISO 8601" in said, "2017-10-30" in said) == (4, True, True)
    code, _, said = run(*asked)
    assert (code, "no events yet" in said, "offersmith ingest" in said) == (5, True, True)
    Shop.open(corner).ingest()
    code, _, said = run(*asked, "--as-of", "1999-01-01")
    assert (code, "nothing happened before 1999-01-01" in said, "2024-03-01 10:00" in said) == (5, True, True)
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    code, _, said = run(*asked, "--as-of", "1999-01-01")
    assert (code, "1999-01-01 00:00（UTC）之前没有任何事件" in said) == (5, True)
    code, _, said = run(*asked, "--as-of", "tomorrow")
    assert (code, "不符合 ISO 8601" in said) == (4, True)
    assert not out.exists()
