"""Pairs of products on The Complete Journey: CPU seconds and memory beside mlxtend and efficient-apriori.

    python -m benchmarks mining [--json] [--python PATH] [--limit SECONDS]

Each run is a process of its own on baskets that stand ready as numbers, without rare products for the peers. PATH is
a Python that has the peers, if this one has not. On a sample of baskets that all of them finish, their rules are
compared figure by figure. The exit status is 1 where the target is missed or the same question has different answers; a
peer that is not installed is no failure.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._real_shops import opened, shops
from offersmith.store.baskets import baskets

RUNS = Path(__file__).parent / "_mining_runs.py"
METHODS = ("ours", "mlxtend", "efficient_apriori")
SUPPORTS = (0.01, 0.002, 0.0005)
TARGET, SECONDS = 0.0005, 1.0
SAMPLE, SAMPLE_SUPPORT = 20_000, 0.002
LIMIT = 150.0
CLOSE = 1e-7
"""Figures that agree so far are the same: a peer adds 1e-9 where it divides by what is never wrong."""


def run(argv: list[str]) -> int:
    """Run it; 0 if the target is met and all answers agree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mining", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--python", default=sys.executable, help="a Python that has the peers")
    parser.add_argument("--limit", type=float, default=LIMIT, help="wall seconds after which a run is stopped")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        report = measured(Path(folder), asked.python, asked.limit)
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(report)
    return 0 if all(report["checks"].values()) else 1


def measured(folder: Path, python: str, limit: float) -> dict[str, Any]:
    """Return every run, how reading the baskets went, and what the checks say."""
    with opened(shops(folder, None)["Complete Journey"]) as kept:
        at = kept.moment(None)
        begun = time.process_time()
        read = baskets(kept.analytics, at)
        reading = time.process_time() - begun
    basket, item = (read.lines[name].to_numpy() for name in ("basket", "item"))
    file, sample = folder / "all.npz", folder / "sample.npz"
    np.savez(file, basket=basket, item=item)
    some = basket < SAMPLE
    np.savez(sample, basket=basket[some], item=item[some])
    runs = [{"support": support, "method": method, **_run(method, file, support, python, limit)}
            for support in SUPPORTS for method in METHODS]  # fmt: skip
    rules = {method: _run(method, sample, SAMPLE_SUPPORT, python, limit, "--rules") for method in METHODS}
    target = next(one for one in runs if one["method"] == "ours" and one["support"] == TARGET)
    checks = {f"pairs at {TARGET:.2%} support in {SECONDS:g} CPU s": target["cpu_s"] <= SECONDS}
    for support in SUPPORTS:
        told = {one["digest"] for one in runs if one["support"] == support and "digest" in one}
        checks[f"the same pairs at {support:.2%} support"] = len(told) == 1
    own = rules["ours"]["rules"]
    for method in METHODS[1:]:
        if "rules" in rules[method]:
            checks[f"the same rules as {method} on {SAMPLE:,} baskets"] = alike(own, rules[method]["rules"])
    shop = {
        "lines": len(basket),
        "baskets": read.orders.num_rows,
        "products": len(read.items),
        "reading_cpu_s": reading,
    }
    return {"shop": shop, "runs": runs, "sample": {"rules": len(own), "compared": [
        method for method in METHODS[1:] if "rules" in rules[method]]}, "checks": checks}  # fmt: skip


def alike(one: list[list[Any]], other: list[list[Any]]) -> bool:
    """Return whether two sets of rules say the same, figure by figure."""
    first, second = ({(rule[0], rule[1]): rule[2:] for rule in rules} for rules in (one, other))
    return first.keys() == second.keys() and all(
        all(
            a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=CLOSE))
            for a, b in zip(first[key], second[key], strict=True)
        )
        for key in first
    )


def _run(method: str, file: Path, support: float, python: str, limit: float, *more: str) -> dict[str, Any]:
    """Return what a run in its own process answered, or that it was stopped or could not be."""
    call = [sys.executable if method == "ours" else python, str(RUNS), method, str(file), str(support), *more]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"stopped_at_s": limit}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else str(done.returncode)}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _print(report: dict[str, Any]) -> None:
    shop = report["shop"]
    title = f"Pairs on The Complete Journey: {shop['lines']:,} lines, {shop['baskets']:,} baskets"
    table = Table(title=f"{title}, {shop['products']:,} products")
    for name in ("support", "method", "pairs", "CPU s", "peak memory, MB more"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for one in report["runs"]:
        if "cpu_s" in one:
            cells = [f"{one['pairs']:,}", f"{one['cpu_s']:.2f}", f"{one['peak_mb']:.0f}"]
        else:
            stopped = f"stopped at {one['stopped_at_s']:g} s" if "stopped_at_s" in one else one.get("failed")
            cells = ["", stopped or "not installed", ""]
        table.add_row(f"{one['support']:.2%}", one["method"], *cells)
    Console(width=110).print(table)
    sys.stdout.write(f"reading the baskets from events: {shop['reading_cpu_s']:.2f} CPU s\n")
    compared = ", ".join(report["sample"]["compared"]) or "none"
    sys.stdout.write(f"rules on the sample: {report['sample']['rules']:,}, compared with: {compared}\n")
    for said, held in report["checks"].items():
        sys.stdout.write(f"{'met   ' if held else 'MISSED'} {said}\n")
