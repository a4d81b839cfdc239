"""Do the intervals around a policy's value hold? Coverage on logs with a known truth, and figures on Open Bandit.

`coverage` counts every run; `shown` is the part of runs in which the log had support enough for the interval to be
shown, and `of those` its coverage there. Widths are relative to the truth. With `--data` the Open Bandit logs are
judged too: the folder holds `random/all/all.csv`, `bts/...`, and `bernoulli_ts_all.csv`, for all, men and women.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._judging_runs import Cell, cells
from benchmarks._judging_task import truth
from offersmith.response.policy.log import PolicyJudged, judge_log

TEMPERATURES = (0.0, 1.0, 3.0)
BANDS = {2_000: (0.92, 1.0), 20_000: (0.935, 0.965)}
"""Rows of a log -> coverage that a nominal 95 % interval has to have."""
RUNS = 2_000
CAMPAIGNS = ("all", "men", "women")


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if every cell's coverage is within its band and every Bernstein interval holds in 95 %."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks judging", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=RUNS, help="logs in each cell")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder of the Open Bandit logs")
    asked = parser.parse_args(argv)
    start = time.process_time()
    value = truth()
    found = [
        cell
        for temperature in TEMPERATURES
        for rows in BANDS
        for cell in cells(temperature, rows, asked.runs, value, asked.seed)
    ]
    report: dict[str, Any] = {"truth": value, "cells": [asdict(cell) for cell in found]}
    if asked.data is not None:
        report["open_bandit"] = [line for campaign in CAMPAIGNS for line in _open_bandit(asked.data, campaign)]
    report["cpu_seconds"] = time.process_time() - start
    report["holds"] = all(_holds(cell) for cell in found)
    print(json.dumps(report, indent=2) if asked.json else _text(report, found))
    return 0 if report["holds"] else 1


def _holds(cell: Cell) -> bool:
    """Whether coverage is in its band, give or take two standard errors where there are fewer runs than asked for."""
    low, high = BANDS[cell.rows]
    slack = 0.0 if cell.runs >= RUNS else 2 * (0.05 * 0.95 / cell.runs) ** 0.5
    safe = cell.bernstein is None or cell.bernstein >= 0.95 - slack
    return low - slack <= cell.coverage <= high + slack and safe


def _open_bandit(data: Path, campaign: str) -> list[dict[str, Any]]:
    random, bts = (data / name / campaign / f"{campaign}.csv" for name in ("random", "bts"))
    towards = judge_log(random, str(data / f"bernoulli_ts_{campaign}.csv"))
    back = judge_log(bts, "uniform")
    return [
        _line(campaign, "random -> bts", towards, back.current),
        _line(campaign, "bts -> random", back, towards.current),
    ]


def _line(campaign: str, way: str, made: PolicyJudged, on_policy: float) -> dict[str, Any]:
    held = made.judged.support
    return {
        "campaign": campaign,
        "way": way,
        "on_policy": on_policy,
        "ess": held.ess,
        "largest_weight": held.largest_weight,
        "values": {one.name: one.value for one in made.judged.estimates},
        "dr": made.judged.of("dr").as_dict(),
        "reasons": list(made.reasons),
    }


def _text(report: dict[str, Any], found: list[Cell]) -> str:
    head = (
        f"{'temp.':>5}{'rows':>8}{'ESS':>8}  {'estimator':<10}{'bias':>7}{'coverage':>10}{'width':>8}{'shown':>8}"
        f"{'of those':>10}{'normal':>9}{'width':>8}{'Bernstein':>11}{'width':>8}"
    )
    lines = [
        f"truth {report['truth']:.4f}; {found[0].runs:,} runs a cell; {report['cpu_seconds']:,.0f} CPU s",
        head,
    ]
    for cell in found:
        bound = "" if cell.bernstein is None else f"{cell.bernstein:>11.1%}{cell.bernstein_width:>8.0%}"
        lines.append(
            f"{cell.temperature:>5g}{cell.rows:>8,}{cell.ess:>8,.0f}  {cell.estimator:<10}{cell.bias:>7.1%}"
            f"{cell.coverage:>10.1%}{cell.width:>8.1%}{cell.shown:>8.0%}{cell.held:>10.1%}{cell.normal:>9.1%}"
            f"{cell.normal_width:>8.1%}{bound}"
        )
    for line in report.get("open_bandit", []):
        values = "  ".join(f"{name} {value:.8f}" for name, value in line["values"].items())
        lines.append(
            f"{line['campaign']:<6}{line['way']}: ESS {line['ess']:,.2f}, largest weight {line['largest_weight']:,.3f}"
            f", on policy {line['on_policy']:.4f}\n      {values}\n      "
            + (f"DR {line['dr']['low']:.6f} .. {line['dr']['high']:.6f}" if line["dr"]["interval"] else "withheld")
            + (f" ({', '.join(line['reasons'])})" if line["reasons"] else "")
        )
    return "\n".join(lines)
