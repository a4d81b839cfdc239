"""The one place that chooses real parts and wires them: which engine, which ledger, which folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from offersmith.settings import DECISIONS, REGISTER, Settings
from offersmith.store.ledger import Ledger

if TYPE_CHECKING:
    from offersmith.store.analytics import Analytics
    from offersmith.store.artifacts import Artifacts
    from offersmith.store.landing import Landing

HOME = ".offersmith"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace keeps what: everything but the settings file lies under `.offersmith`."""

    folder: Path

    @property
    def home(self) -> Path:
        """The folder that is ours alone."""
        return self.folder / HOME

    @property
    def ledger(self) -> Path:
        """The database of everything that must never be lost or counted twice."""
        return self.home / "ledger.sqlite"

    @property
    def register(self) -> Path:
        """The customers a shop may address, where it named them."""
        return self.home / REGISTER

    @property
    def decided(self) -> Path:
        """The decisions with chances that the shop told."""
        return self.home / DECISIONS

    def part(self, name: str) -> Path:
        """Return the folder `name` of the workspace, made when missing."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path


@cache
def code_digest() -> str:
    """Return a digest of our own code: what was computed by other code is computed again, not believed."""
    package = Path(__file__).parent
    sources = sorted(package.rglob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sources)).hexdigest()


@contextmanager
def open_ledger(place: Place, settings: Settings) -> Iterator[Ledger]:
    """Open the workspace's ledger, brought up to the newest schema: its file, or the database its settings name."""
    with Ledger.open(settings.ledger.url or place.ledger, root=place.home) as ledger:
        yield ledger


@contextmanager
def open_analytics(place: Place, settings: Settings, files: list[Path]) -> Iterator[Analytics]:
    """Open the engine over the events files of the workspace."""
    from offersmith.store.analytics import Analytics  # noqa: PLC0415 - start-up path: a till needs no engine

    engine = settings.engine
    with Analytics(threads=engine.threads, memory_mb=engine.memory_mb, scratch=place.part("scratch")) as analytics:
        analytics.use_events(files)
        yield analytics


def artifacts(place: Place) -> Artifacts:
    """Return the shelf of trained models."""
    from offersmith.store.artifacts import Artifacts  # noqa: PLC0415 - start-up path

    return Artifacts(place.part("artifacts"))


def landing(place: Place, settings: Settings) -> Landing:
    """Return the ramp where new events are staged, de-duplicated and put into place."""
    from offersmith.store.landing import Landing  # noqa: PLC0415 - start-up path

    return Landing(place.home, threads=settings.engine.threads, memory_mb=settings.engine.memory_mb)
