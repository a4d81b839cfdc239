"""Codes on their way out go in parts, and a file of them is there whole or not at all."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, percent

from offersmith.campaigns.codes_made import export
from offersmith.errors import StorageError
from offersmith.store.vouchers import Voucher

COUNT = 30_000


def codes(count: int) -> Iterator[Voucher]:
    """Yield codes as the ledger does, one after the other."""
    for number in range(count):
        yield Voucher(f"K{number}", f"k-{number}", "c", "ten", "b", None, AT, None, None, 1, "live")


def test_an_export_holds_no_more_than_a_part(desk: Shopkeeper, tmp_path: Path, monkeypatch) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    monkeypatch.setattr(desk.vouchers, "export", lambda *_: codes(COUNT))
    out = tmp_path / "codes.csv"
    tracemalloc.start()
    try:
        found = export(desk, "c", None, out)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.count, found.vouchers) == (COUNT, ())
    assert f"{COUNT:,}" in found.text()
    assert len(out.read_text(encoding="utf-8").splitlines()) == COUNT + 1
    assert most < 500_000, "bytes; the file alone has more"
    assert out.stat().st_size > 2 * most


def test_an_export_that_breaks_off_leaves_the_file_that_was_there(
    desk: Shopkeeper, tmp_path: Path, monkeypatch
) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    out = tmp_path / "deep" / "codes.csv"
    desk.issue("c", "ten", "b", at=AT, count=3)
    assert export(desk, "c", "b", out).count == 3
    before = out.read_bytes()

    def broken(*_: object) -> Iterator[Voucher]:
        yield from codes(20_000)
        raise StorageError("the database went away")

    monkeypatch.setattr(desk.vouchers, "export", broken)
    with pytest.raises(StorageError, match="went away"):
        export(desk, "c", None, out)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]
