"""Models of repeat buying on CDNOW, beside what was published, and their speed on 100,000 simulated customers.

    python -m benchmarks lifetime --data FOLDER [--json]

FOLDER holds CDNOW_sample.txt (Fader & Hardie). Models learn from the first 39 weeks and foretell the next 39. The exit
status is 1 where a published figure or a target is missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from offersmith.profiles.lifetime import LIFETIMES
from offersmith.profiles.lifetime.base import Counts

CUT, END, BEGIN = date(1997, 9, 30), date(1998, 6, 30), date(1997, 1, 1)
PUBLISHED = {"r": (0.243, 3), "alpha": (4.414, 3), "a": (0.793, 3), "b": (2.426, 3), "log_likelihood": (-9582.4, 1)}
"""BG/NBD on the sample: Fader, Hardie & Lee (2005), with the digits they print."""
WITHIN, SECONDS, CUSTOMERS = 0.06, 0.3, 100_000
TRUE = {"r": 0.55, "alpha": 10.0, "a": 0.8, "b": 2.5}


def run(argv: list[str]) -> int:
    """Run it; 0 if the published figures come out to the digit and the targets are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lifetime", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", type=Path, required=True, help="folder with CDNOW_sample.txt")
    asked = parser.parse_args(argv)
    counts, days = cdnow(asked.data / "CDNOW_sample.txt")
    models = [tracked(name, counts, days) for name in LIFETIMES]
    speed = simulated()
    bg, checks = next(one for one in models if one["name"] == "bg_nbd"), dict[str, bool]()
    for key, (figure, digits) in PUBLISHED.items():
        own = bg["log_likelihood"] if key == "log_likelihood" else bg["parameters"][key]
        checks[f"{key} is {figure} as published"] = round(own, digits) == figure
    checks[f"cumulative purchases to week 78 within {WITHIN:.0%}"] = abs(bg["to_week_78"]) <= WITHIN
    better = [one["name"] for one in models if abs(one["weeks_40_78"]) < abs(bg["weeks_40_78"])]
    checks[f"{CUSTOMERS:,} customers in {SECONDS} CPU s"] = speed["cpu_s"]["bg_nbd"] <= SECONDS
    report = {"cdnow": models, "better_than_bg_nbd": better, "speed": speed, "checks": checks}
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(report)
    return 0 if all(checks.values()) else 1


def cdnow(file: Path) -> tuple[Counts, list[list[date]]]:
    """Return the counts of the sample as of week 39, in weeks, and every customer's days of purchase."""
    bought: dict[str, set[date]] = defaultdict(set)
    for line in file.read_text(encoding="ascii").splitlines():
        _, customer, day, *_ = line.split()
        bought[customer].add(date(int(day[:4]), int(day[4:6]), int(day[6:8])))
    days = [sorted(each) for each in bought.values()]
    known = [[day for day in each if day <= CUT] for each in days]
    first = np.array([each[0].toordinal() for each in known], float)
    last = np.array([each[-1].toordinal() for each in known], float)
    frequency = np.array([len(each) - 1 for each in known], float)
    return Counts.of(frequency, (last - first) / 7, (CUT.toordinal() - first) / 7), days


def tracked(name: str, counts: Counts, days: list[list[date]]) -> dict[str, Any]:
    """Return a fitted model's figures, and how far what it foretold was off."""
    begun = time.process_time()
    fitted = LIFETIMES[name].fit(counts)
    spent = time.process_time() - begun
    weeks = (END - CUT).days / 7
    came = sum(day > CUT for each in days for day in each)
    before = sum(len(each) - 1 for each in days) - came
    # As the papers track it: what anybody is expected to have bought by their age, nobody's own history.
    birth = np.array([each[0].toordinal() for each in days], float)
    by_end = float(fitted.cumulative((END.toordinal() - birth) / 7).sum())
    by_cut = float(fitted.cumulative((CUT.toordinal() - birth) / 7).sum())
    return {
        **fitted.as_dict(),
        "cpu_s": spent,
        "to_week_78": by_end / (before + came) - 1,
        "weeks_40_78": (by_end - by_cut) / came - 1,
        "weeks_40_78_by_own_history": float(fitted.expected(counts, weeks).sum()) / came - 1,
    }


def simulated(seed: int = 1) -> dict[str, Any]:
    """Return the CPU seconds of fitting 100,000 simulated customers, and the estimates beside the truth."""
    counts = draw(CUSTOMERS, np.random.default_rng(seed))
    LIFETIMES["bg_nbd"].fit(draw(500, np.random.default_rng(0)))  # what is loaded lazily is loaded
    spent, found = dict[str, float](), dict[str, Any]()
    for name in LIFETIMES:
        begun = time.process_time()
        fitted = LIFETIMES[name].fit(counts)
        spent[name] = time.process_time() - begun
        found[name] = fitted.as_dict()["parameters"]
    try:
        lifetimes = importlib.import_module("lifetimes")
    except ImportError:
        return {"cpu_s": spent, "found": found, "true": TRUE, "peer": None}
    begun = time.process_time()
    peer = lifetimes.BetaGeoFitter().fit(counts.frequency, counts.recency, counts.age)
    peer_s = time.process_time() - begun
    own = {"cpu_s": peer_s, "ratio": peer_s / spent["bg_nbd"], "found": dict(peer.params_)}
    return {"cpu_s": spent, "found": found, "true": TRUE, "peer": own}


def draw(customers: int, rng: np.random.Generator) -> Counts:
    """Return customers of a BG/NBD world, first bought within half a year, seen for a year in days."""
    age = np.floor(365 - rng.uniform(0, 182, customers))
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], customers)
    leaves = rng.beta(TRUE["a"], TRUE["b"], customers)
    at, last, count = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here: NDArray[np.bool_] = np.ones(customers, np.bool_)
    while here.any():
        at = at + rng.exponential(1 / np.maximum(rate, 1e-12))
        came = here & (at <= age)
        count, last = count + came, np.where(came, at, last)
        here = came & (rng.random(customers) >= leaves)
    return Counts.of(count, np.minimum(np.ceil(last), age), age)


def _print(report: dict[str, Any]) -> None:
    table = Table(title="CDNOW sample: learned from 39 weeks, tracked for 39 more")
    for name in ("model", "parameters", "log-likelihood", "to week 78", "weeks 40-78", "by own history", "CPU s"):
        table.add_column(name, justify="left" if name in ("model", "parameters") else "right")
    for one in report["cdnow"]:
        said = ", ".join(f"{key} {value:.3f}" for key, value in one["parameters"].items())
        off = [f"{one[key]:+.1%}" for key in ("to_week_78", "weeks_40_78", "weeks_40_78_by_own_history")]
        table.add_row(one["name"], said, f"{one['log_likelihood']:,.1f}", *off, f"{one['cpu_s']:.3f}")
    Console(width=150).print(table)
    speed = report["speed"]
    for name, spent in speed["cpu_s"].items():
        said = ", ".join(f"{key} {value:.3f}" for key, value in speed["found"][name].items())
        sys.stdout.write(f"{CUSTOMERS:,} simulated customers, {name}: {spent:.2f} CPU s; {said}\n")
    peer = speed["peer"]
    said = "not installed" if peer is None else f"{peer['cpu_s']:.2f} CPU s, {peer['ratio']:.0f} times ours"
    sys.stdout.write(f"lifetimes: {said}\n")
    sys.stdout.write(f"better than BG/NBD in weeks 40 to 78: {', '.join(report['better_than_bg_nbd']) or 'none'}\n")
    for said, held in report["checks"].items():
        sys.stdout.write(f"{'met   ' if held else 'MISSED'} {said}\n")
