"""Who the customers are, at the scale of a shop: features, segments, worth and interests of a million customers.

    python -m benchmarks profiles [--customers 200000 1000000] [--json]

Every size is a process of its own: its CPU seconds are those of the work, without imports and without making the
events, its memory the peak of the process. The exit status is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._shop_events import AS_OF, write_events

EACH = 20
"""Events of a customer."""
SECONDS, MEMORY_MB, LINEAR = 300.0, 6_000, 1.25
"""For a million customers; how much more than in proportion the largest size may take."""
SEED = 7


def run(argv: list[str]) -> int:
    """Run it; 0 if the targets are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks profiles", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, nargs="+", default=[200_000, 1_000_000])
    asked = parser.parse_args(argv)
    console, found = Console(stderr=True), []
    with tempfile.TemporaryDirectory() as folder:
        for customers in asked.customers:
            path = Path(folder) / f"{customers}.parquet"
            with console.status(f"writing {customers * EACH:,} events"):
                _apart(write_events, path, customers * EACH, SEED, EACH)
            with console.status(f"{customers:,} customers"):
                found.append(_apart(measure, path, customers))
            path.unlink()
    checks = judged(found)
    if asked.json:
        sys.stdout.write(json.dumps({"sizes": found, "checks": checks}, indent=2) + "\n")
    else:
        _print(found, checks)
    return 0 if all(checks.values()) else 1


def measure(path: Path, customers: int) -> dict[str, Any]:
    """Work a shop through and return CPU seconds of each part and the peak memory."""
    import pyarrow as pa

    from offersmith.profiles.apart import apart
    from offersmith.profiles.build import build
    from offersmith.profiles.clusters import kmeans
    from offersmith.profiles.clusters.base import label
    from offersmith.profiles.clusters.describe import describe
    from offersmith.profiles.clusters.naming import names
    from offersmith.profiles.interests import learning as interests
    from offersmith.profiles.lifetime.learning import about, learn
    from offersmith.profiles.lifetime.value import Horizon
    from offersmith.profiles.odd import keep
    from offersmith.store.analytics import Analytics

    spent = dict[str, float]()
    (path.parent / "scratch").mkdir(exist_ok=True)
    with Analytics(memory_mb=MEMORY_MB // 3, scratch=path.parent / "scratch") as analytics:
        analytics.use_events([path])
        begun = time.process_time()
        profiles = build(analytics, AS_OF)
        spent["features"] = time.process_time() - begun
        begun = time.process_time()
        like = keep(profiles, apart(analytics, AS_OF))
        found = kmeans.fit(profiles.filter(pa.array(like)), seed=SEED)
        labels = label(found, profiles, ~like)
        called = names(describe(profiles, labels, seed=SEED))
        spent["segments"] = time.process_time() - begun
        begun = time.process_time()
        worth = learn(analytics, AS_OF, Horizon())
        spent["lifetime"] = time.process_time() - begun
        begun = time.process_time()
        listed = interests.learn(analytics, AS_OF, seed=SEED)
        spent["interests"] = time.process_time() - begun
    return {
        "customers": customers,
        "events": customers * EACH,
        "profiles": profiles.num_rows,
        "segments": [one.en for one in called.values()],
        "model": about(worth)["model"],
        "valued": worth.num_rows,
        "interests": listed.num_rows,
        "cpu_s": spent,
        "total_cpu_s": sum(spent.values()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def judged(found: list[dict[str, Any]]) -> dict[str, bool]:
    """Return the targets and whether they are met; those of time and memory are of a million customers."""
    small, large = found[0], found[-1]
    many = large["customers"] / 1_000_000
    checks = {
        f"{large['customers']:,} customers in {SECONDS * many:.0f} CPU s": large["total_cpu_s"] <= SECONDS * many,
        f"within {MEMORY_MB:,.0f} MB": large["peak_mb"] <= MEMORY_MB,
    }
    if small is not large:
        times = large["customers"] / small["customers"]
        ratio = large["total_cpu_s"] / small["total_cpu_s"]
        checks[f"{times:g} times the customers take {ratio:.2f} times the CPU s"] = ratio <= LINEAR * times
    return checks


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do the work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _print(found: list[dict[str, Any]], checks: dict[str, bool]) -> None:
    table = Table(title=f"{EACH} events a customer, two years")
    stages = "features", "segments", "lifetime", "interests"
    for name in ("customers", "events", *stages, "CPU s in all", "peak MB", "model"):
        table.add_column(name, justify="right")
    for one in found:
        parts = [f"{one['cpu_s'][name]:.1f}" for name in stages]
        sizes = f"{one['customers']:,}", f"{one['events']:,}"
        table.add_row(*sizes, *parts, f"{one['total_cpu_s']:.1f}", f"{one['peak_mb']:,.0f}", one["model"])
    Console(width=140).print(table)
    for said, held in checks.items():
        sys.stdout.write(f"{'met   ' if held else 'MISSED'} {said}\n")
