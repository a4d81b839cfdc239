"""The year as a workspace: settings written, events read, and the moment campaign 18 began."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from offersmith.errors import InputError
from offersmith.events.examples import complete_journey, journey_files
from offersmith.progress import Progress
from offersmith.settings import FILE
from offersmith.shop import Shop
from offersmith.store import files, outcomes

CAMPAIGN = "18"
OFFER = complete_journey.OFFERS["a"]
MARKER = ".offersmith-demo"
SETTINGS = """\
# The Complete Journey: a grocer's year. Written by `offersmith demo`; every key is in docs/reference/settings.md.
[shop]
name = "The Complete Journey"
currency = "USD"
timezone = "{zone}"

[[events]]
kind = "complete-journey"

[economics]
margin_rate = 0.3          # the data hold no margins: a stated figure, shown at three levels
margin_levels = [0.2, 0.3, 0.4]

[plan]
valid_days = {days}

# The data hold no face values either: the amount is the median coupon before the campaign, for reading only;
# what a booklet costs is learned from the coupons past recipients used.
{offers}"""
OFFER_SETTINGS = """
[[offers]]
id = "campaign-type-{kind}"
kind = "amount_off"
name = "Coupon booklet type {title}"
terms = {{ amount = "{amount}" }}
"""


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
    files.replace(folder / FILE, SETTINGS.format(zone=journey_files.ZONE, days=days, offers="").encode())
    shop = Shop.open(folder)
    shop.ingest(progress=progress)
    with shop.engine() as analytics:
        amount = outcomes.median_coupon(analytics, start)
    offers = "".join(
        OFFER_SETTINGS.format(kind=kind, title=kind.upper(), amount=f"{amount / 100:.2f}")
        for kind in complete_journey.OFFERS
    )
    files.replace(folder / FILE, SETTINGS.format(zone=journey_files.ZONE, days=days, offers=offers).encode())
    return Shop.open(folder), start
