"""Real shops as workspaces: The Complete Journey (a package), Online Retail I and II (files of your own)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from offersmith.kept import Kept
from offersmith.shop import Shop

ONLINE_RETAIL = """\
[shop]
name = "Online Retail"
currency = "GBP"
timezone = "Europe/London"

[[events]]
kind = "online-retail"
files = [{files}]
"""


def shops(folder: Path, data: Path | None) -> dict[str, Path]:
    """Make the workspaces there are data for, with their events read; Online Retail where `data` has its files."""
    made = {"Complete Journey": folder / "journey"}
    Shop.init(made["Complete Journey"], example="complete-journey")
    files = sorted(data.glob("online_retail*.parquet")) if data else []
    if files:
        made["Online Retail"] = folder / "retail"
        made["Online Retail"].mkdir()
        named = ", ".join(f"'{file.resolve()}'" for file in files)
        (made["Online Retail"] / "offersmith.toml").write_text(ONLINE_RETAIL.format(files=named), encoding="utf-8")
    for place in made.values():
        Shop.open(place).ingest()
    return made


@contextmanager
def opened(place: Path) -> Iterator[Kept]:
    """Open the engine over a workspace's events."""
    with Shop.open(place).engine() as kept:
        yield kept
