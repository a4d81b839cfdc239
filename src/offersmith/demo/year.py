"""The year as a workspace: settings written, events read, and the moment campaign 18 began."""

from __future__ import annotations

import shutil
from datetime import datetime
from importlib import resources
from pathlib import Path

import pyarrow as pa

from offersmith.errors import InputError
from offersmith.events.examples import complete_journey, journey_files
from offersmith.events.examples.proposals import complete_journey as complete_journey_settings
from offersmith.money import Money
from offersmith.progress import Progress
from offersmith.settings import FILE
from offersmith.shop import Shop
from offersmith.store import files, outcomes
from offersmith.strategy.playbooks import reading as playbook_files

CAMPAIGN = "18"
OFFER = complete_journey.OFFERS["a"]
NAME = "The Complete Journey"
MARKER = ".offersmith-demo"
PLAYBOOKS = ("frequent-buyers", "occasional-buyers", "win-back", "bargain-hunters")
"""The scenarios of the plan, written into the workspace: they use the retailer's own booklets of coupons."""


def ingested(out: Path, progress: Progress) -> tuple[Shop, datetime]:
    """Make the workspace anew and read the year into it; return it with the moment campaign 18 started."""
    folder = out / "shop"
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        raise InputError(f"{out} holds something else", hint="name an empty or a new folder with --out")
    campaigns = {row["campaign_id"]: row for row in journey_files.campaigns().to_pylist()}
    first, last = campaigns[CAMPAIGN]["start"], campaigns[CAMPAIGN]["end"]
    start: datetime = journey_files.at(pa.array([first]), 0)[0].as_py()
    shutil.rmtree(folder, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    files.replace(out / MARKER, b"")
    days = (last - first).days + 1
    files.replace(folder / FILE, complete_journey_settings(NAME, days=days).encode())
    shop = Shop.open(folder)
    shop.ingest(progress=progress)
    with shop.engine() as kept:
        coupon = Money(outcomes.median_coupon(kept.analytics, start), shop.settings.shop.currency)
    files.replace(folder / FILE, complete_journey_settings(NAME, days=days, amount=coupon.text).encode())
    for name in PLAYBOOKS:
        book = resources.files(__package__).joinpath("playbooks", f"{name}.toml")
        files.replace(folder / playbook_files.FOLDER / f"{name}.toml", book.read_bytes())
    return Shop.open(folder), start
