"""A shop on disk: files in, receipts and events out, through the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.events.base import Receipt, Source
from offersmith.events.ingest import ingest
from offersmith.progress import Progress, silent
from offersmith.settings import Settings, ShopSettings, SourceSettings
from offersmith.store.landing import Landing
from offersmith.store.ledger import Ledger

NOW = datetime(2026, 1, 1)


@dataclass
class Bench:
    folder: Path
    ledger: Ledger

    @property
    def store(self) -> Path:
        return self.folder / ".offersmith"

    def write(self, name: str, content: str | bytes | pa.Table) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def settings(self, *parts: SourceSettings, **shop: Any) -> Settings:
        return Settings(shop=ShopSettings(**shop), events=parts)

    def ingest(
        self,
        settings: Settings,
        *,
        progress: Progress = silent,
        sources: Sequence[Source] | None = None,
        now: datetime = NOW,
        threads: int = 1,
    ) -> Receipt:
        landing = Landing(self.store, threads=threads, memory_mb=512)
        return ingest(
            settings, self.folder, landing=landing, ledger=self.ledger, now=now, sources=sources, progress=progress
        )

    def events(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for path in self.ledger.event_files():
            rows += pq.read_table(path).to_pylist()
        return sorted(rows, key=lambda row: (row["time"], row["event_id"]))

    def quarantine(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for path in self.ledger.quarantine_files():
            rows += pq.read_table(path).to_pylist()
        return rows

    def leftovers(self) -> list[str]:
        """Files in the store nobody should find: stages, parts, and landed files the ledger does not know."""
        known = {*self.ledger.event_files(), *self.ledger.quarantine_files()}
        kept = {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "ingest.lock", "customers.parquet"}
        files = [path for path in self.store.rglob("*") if path.is_file() and path.name not in kept]
        return [str(path.relative_to(self.store)) for path in files if path not in known]


@pytest.fixture
def fresh_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Bench]]:
    """Makes a new shop at every call, for properties."""
    opened: list[Ledger] = []

    def make() -> Bench:
        folder = tmp_path_factory.mktemp("shop")
        opened.append(Ledger.open(folder / ".offersmith" / "ledger.sqlite"))
        return Bench(folder, opened[-1])

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "shop"
    folder.mkdir()
    with Ledger.open(folder / ".offersmith" / "ledger.sqlite") as ledger:
        yield Bench(folder, ledger)
