"""The winner's curse: plans made on one noisy estimate, claimed from another, and scored on the truth."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._assign_task import limits, noisy, whole
from offersmith.strategy.allocation.problem import Memory
from offersmith.strategy.allocation.sober import sober
from offersmith.strategy.allocation.solve import allocate

NOISE = (0.5, 1.0, 2.0)


def run(argv: list[str]) -> int:
    """Run it; 0 if claims are .9 to 1.1 of the truth, and in 95 of 100 seeds the cost keeps the budget and uses .75."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks curse", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--noise", type=float, nargs="*", default=list(NOISE), help="in spreads of the values")
    asked = parser.parse_args(argv)
    start = time.process_time()
    rows = [_summary(times, asked.customers, asked.seeds) for times in asked.noise]
    report = {"customers": asked.customers, "noise": rows, "cpu_s": time.process_time() - start}
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(report)
    return 0 if all(row["met"] for row in rows) else 1


def _summary(times: float, customers: int, seeds: int) -> dict[str, Any]:
    runs = [_one(times, customers, seed) for seed in range(seeds)]
    mean = {name: float(np.mean([one[name] for one in runs])) for name in runs[0]}
    kept = sum(one["cost"] <= 1 for one in runs)
    used = sum(one["cost"] >= 0.75 for one in runs)
    return {
        "noise": times,
        "seeds": seeds,
        **mean,
        "kept": kept,
        "used": used,
        "naive_kept": sum(one["naive_cost"] <= 1 for one in runs),
        "met": bool(0.9 <= mean["claimed"] <= 1.1 and kept >= 0.95 * seeds and used == seeds),
    }


def _one(times: float, customers: int, seed: int) -> dict[str, float]:
    """Return ratios of one seed: claims over truth, cost over budget, value over that of planning on the truth."""
    value, cost, segment = whole(customers, seed)
    rng = np.random.default_rng([seed, 77])
    rows, truth = limits(customers), Memory.of(value, cost, segment)
    seen = Memory.of(*noisy(value, cost, times, rng), segment)
    other, paid = noisy(value, cost, times, rng)
    best = allocate(truth, rows).certificate.value
    made, naive = sober(seen, rows, "budget", other, paid), allocate(seen, rows)
    earned, spent = _truth(made.assignment.choice, value, cost)
    plain, over = _truth(naive.choice, value, cost)
    budget = rows[0].bound
    return {
        "claimed": made.claimed / earned,
        "promised": made.promised / earned,
        "cost": spent / budget,
        "naive_promised": naive.certificate.value / plain,
        "naive_cost": over / budget,
        "of_oracle": earned / best,
    }


def _truth(choice: Any, value: Any, cost: Any) -> tuple[float, float]:
    given = np.flatnonzero(choice >= 0)
    sums = (float(each[choice[given], given].astype(np.float64).sum()) for each in (value, cost))
    earned, spent = sums
    return earned, spent


def _print(report: dict[str, Any]) -> None:
    table = Table(
        title=f"{report['customers']:,} customers, six limits: one estimate to plan with, another to claim by"
    )
    names = {
        "noise": "noise, sd",
        "claimed": "claimed / true",
        "promised": "own promise / true",
        "cost": "true cost / budget",
        "kept": "kept",
        "used": "used .75",
        "naive_promised": "naive promise / true",
        "naive_cost": "naive cost",
        "naive_kept": "naive kept",
        "of_oracle": "of oracle",
    }
    for said in names.values():
        table.add_column(said, justify="right")
    for row in report["noise"]:
        table.add_row(*(f"{row[name]:.3f}" if isinstance(row[name], float) else str(row[name]) for name in names))
    console = Console(width=150)
    console.print(table)
    console.print(f"{report['cpu_s']:.0f} CPU s; kept and used: of {report['noise'][0]['seeds']} seeds")
