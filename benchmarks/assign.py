"""Assignment under six limits: in memory and from a file, beside linear programming libraries, and small ones exactly.

Generation and the first compilation are not timed; time is CPU time of the process. Everything printed of an answer is
recomputed here from the answer and its prices, in plain numpy and float64. `--rows budget` runs one limit alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import _assign_budget
from benchmarks._assign_peers import peak_mb, peers
from benchmarks._assign_task import OFFERS, SEGMENTS, chunks, limits, whole
from benchmarks._response_runs import _forget_peak
from offersmith.strategy.allocation.pricing import take
from offersmith.strategy.allocation.problem import Chunk, Instance, Memory, Rows
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.allocation.stream import Streamed, write
from offersmith.strategy.certificate import Assignment
from offersmith.strategy.exact import optimum
from offersmith.strategy.linear import LinearRow

WARM = 20_000, 200_000
"""Sizes that are run first, untimed: small and large ones take kernels of their own."""
WANTED = {1_000_000: (1e-6, 5, 0), 10_000_000: (1e-5, 20, 2_048), 100_000_000: (1e-4, 600, 6_144)}
"""Gap, CPU seconds and megabytes that are held to, by size."""
SMALL, CELLS = 200, 100_000


@dataclass(frozen=True)
class Answer:
    """One run; `gap` against the dual bound recomputed from the prices, `over` the worst row, relative."""

    solver: str
    customers: int
    cpu_s: float
    value: float
    gap: float
    over: float
    peak_mb: float
    bandwidth_share: float | None = None


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if every answer keeps every limit, and gap, time and memory are as wanted for its size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks assign", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rows", choices=("six", "budget"), default="six")
    parser.add_argument("--customers", type=int, nargs="*", default=[1_000_000], help="sizes in memory")
    parser.add_argument("--streamed", type=int, nargs="*", default=[], help="sizes read from a Parquet file")
    parser.add_argument("--folder", type=Path, help="where these files are kept; default: a temporary folder")
    parser.add_argument("--small", type=int, default=100, help=f"instances of {SMALL} customers beside the optimum")
    parser.add_argument("--peers", type=int, nargs="*", default=[10_000], help="sizes that libraries are tried on")
    parser.add_argument("--peer-seconds", type=int, default=120, help="CPU seconds each library gets")
    parser.add_argument("--seed", type=int, default=1)
    if "--rows" in argv and "budget" in argv:
        return _assign_budget.run([each for each in argv if each not in ("--rows", "budget")])
    asked = parser.parse_args(argv)
    for size in WARM:
        _timed(_memory(size, asked.seed), size)
    report: dict[str, Any] = {"ours": [], "peers": [], "small": None}
    for size in sorted({*asked.customers, *asked.peers}):
        report["ours"].append(asdict(_judged("offersmith", _memory(size, asked.seed), size)))
    with tempfile.TemporaryDirectory() as folder:
        for size in asked.streamed:
            path = (asked.folder or Path(folder)) / f"assign-{size}-{asked.seed}.parquet"
            if not path.exists():
                write(path, chunks(size, asked.seed))
            report["ours"].append(asdict(_judged("offersmith, from a file", Streamed(path, SEGMENTS), size)))
    for size in asked.peers:
        report["peers"] += peers(size, asked.seed, asked.peer_seconds)
    if asked.small:
        report["small"] = _small(asked.small)
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(report)
    return 0 if all(_met(answer) for answer in report["ours"]) and _near(report["small"]) else 1


def _memory(size: int, seed: int) -> Memory:
    return Memory.of(*whole(size, seed))


def _timed(instance: Instance, size: int) -> tuple[Assignment, float]:
    rows = limits(size)
    start = time.process_time()
    made = allocate(instance, rows)
    return made, time.process_time() - start


def _judged(solver: str, instance: Instance, size: int) -> Answer:
    _forget_peak()
    made, seconds = _timed(instance, size)
    peak = peak_mb()
    rows = limits(size)
    price = np.array([row.price for row in made.certificate.rows])
    sign = np.array([-1.0 if limit.at_least else 1.0 for limit in rows])
    bound = np.array([limit.bound for limit in rows])
    weight = np.array([limit.weight for limit in rows])
    worth, dual, used, first = 0.0, float(price @ bound), np.zeros(len(rows)), 0
    for chunk in instance.chunks():
        choice = made.choice[first : first + chunk.value.shape[1]]
        first += chunk.value.shape[1]
        given = np.flatnonzero(choice >= 0)
        offer, cell = choice[given], chunk.cell[given]
        worth += float(chunk.value[offer, given].astype(np.float64).sum())
        paid = chunk.cost[offer, given].astype(np.float64)
        used += (weight[:, 0, offer, cell] + weight[:, 1, offer, cell] * paid).sum(axis=1)
        dual += _best(chunk, price, weight)
    over = float((sign * (used - bound) / np.abs(bound)).max())
    share = _bandwidth_share(instance, size) if isinstance(instance, Memory) and size >= 1_000_000 else None
    return Answer(solver, size, seconds, worth, (dual - worth) / dual, over, peak, share)


def _best(chunk: Chunk, price: Any, weight: Any) -> float:
    best = np.zeros(chunk.value.shape[1])
    for offer in range(OFFERS):
        draw = np.tensordot(price, weight[:, :, offer], axes=1)[:, chunk.cell]
        np.maximum(best, chunk.value[offer] - draw[0] - draw[1] * chunk.cost[offer].astype(np.float64), out=best)
    return float(best.sum())


def _bandwidth_share(instance: Memory, size: int) -> float:
    """Return how fast one pass reads, as a share of how fast numpy sums the same bytes, both by CPU time."""
    rows = Rows.of(limits(size), OFFERS, SEGMENTS, 3)
    price = np.full(len(rows.names), 0.1)

    def seconds(work: Any) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    plain = min(seconds(lambda: (instance.value.max(), instance.cost.max(), instance.cell.max())) for _ in range(3))
    ours = min(seconds(lambda: take(instance, rows, price)) for _ in range(3))
    return plain / ours


def _small(count: int) -> dict[str, Any]:
    """Compare many small instances with the true optimum by integer programming over everything."""
    shares, bounds, over = [], [], []
    for seed in range(count):
        value, cost, segment = whole(SMALL, seed)
        rows = limits(SMALL)
        made = allocate(Memory.of(value, cost, segment), rows)
        lines = []
        for limit in rows:
            sign = np.float32(-1 if limit.at_least else 1)
            each = limit.weight[0][:, segment] + limit.weight[1][:, segment] * cost
            lines.append(LinearRow(limit.name, (sign * each).astype(np.float32), float(sign) * limit.bound))
        best, _ = optimum(value, lines)
        shares.append(made.certificate.value / best)
        bounds.append(made.certificate.dual_bound >= best * (1 - 1e-9))
        over += [
            (row.usage - row.bound) * (-1 if limit.at_least else 1)
            for row, limit in zip(made.certificate.rows, rows, strict=True)
        ]
    return {
        "instances": count,
        "least_share": min(shares),
        "mean_share": float(np.mean(shares)),
        "bounds_hold": sum(bounds),
        "worst_row": max(over),
    }


def _met(answer: dict[str, Any]) -> bool:
    gap, seconds, memory = WANTED.get(answer["customers"], (1e-3, np.inf, 0))
    light = not memory or answer["peak_mb"] <= memory
    return answer["over"] <= 1e-12 and -1e-12 <= answer["gap"] <= gap and answer["cpu_s"] <= seconds and light


def _near(small: dict[str, Any] | None) -> bool:
    return small is None or (
        small["least_share"] >= 0.999 and small["bounds_hold"] == small["instances"] and small["worst_row"] <= 0
    )


def _print(report: dict[str, Any]) -> None:
    table = Table(title="customers x 9 offers, six limits")
    for name in ("solver", "customers", "CPU s", "value", "gap", "worst row", "MB", "of bandwidth", "split"):
        table.add_column(name, justify="left" if name == "solver" else "right")
    for each in [*report["ours"], *report["peers"]]:
        state = each.get("state", "solved")
        share = each.get("bandwidth_share")
        table.add_row(
            each["solver"],
            f"{each['customers']:,}",
            f"{each['cpu_s']:.2f}" if "cpu_s" in each else "",
            f"{each['value']:,.2f}" if "value" in each else state,
            f"{each['gap']:.1e}" if "gap" in each else "",
            f"{each['over']:.1e}" if "over" in each else "",
            f"{each['peak_mb']:,.0f}" if "peak_mb" in each else "",
            f"{share:.2f}" if share else "",
            f"{each['split']}" if "split" in each else "0" if "gap" in each else "",
        )
    console = Console(width=130)
    console.print(table)
    if report["small"]:
        small = report["small"]
        console.print(
            f"{small['instances']} instances of {SMALL}: at least {small['least_share']:.5f} of the optimum, "
            f"{small['mean_share']:.5f} on average; bound >= optimum in {small['bounds_hold']}; "
            f"worst row {small['worst_row']:.1e}"
        )
