"""Assignment under a budget: a million customers by nine offers, with its proof, beside HiGHS where that comes back.

The instance has the shape of a coupon campaign: seven depths of discount, a gift and free shipping; baskets are
log-normal, the chance to buy is skewed towards few, the effect saturates with the depth, and every expected value
carries noise, so that hardly two customers tie. Generation and the first compilation are not timed; time is CPU time
of this process. Everything printed of an answer is recomputed here from the answer.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from offersmith.strategy.assign import assign
from offersmith.strategy.certificate import Assignment
from offersmith.strategy.linear import LinearRow

DEPTHS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40)
EXTRAS = ((3.0, 0.5), (4.5, 0.4))
"""What a gift and free shipping cost the shop, and how strongly they can work."""
MARGIN = 0.6
BUDGET_EACH = 0.55
CHUNK = 1 << 18
RIVAL_CUSTOMERS = 10_000
WARM_UP = 2_000

Array = NDArray[np.float32]


def instance(customers: int, seed: int = 1) -> tuple[Array, Array]:
    """Return value and cost, float32, offer-major (9, customers), in major units."""
    shape = (len(DEPTHS) + len(EXTRAS), customers)
    value, cost = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for chunk, start in enumerate(range(0, customers, CHUNK)):
        part = slice(start, min(start + CHUNK, customers))
        value[:, part], cost[:, part] = _chunk(part.stop - part.start, np.random.default_rng([seed, chunk]))
    return value, cost


def _chunk(size: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    basket = rng.lognormal(3.6, 0.7, size)
    buys = 0.02 + 0.28 * rng.random(size) ** 2
    moved = 0.25 * rng.random(size) ** 1.5
    steep, taste = rng.uniform(4, 12, size), rng.random(size)
    lifts, costs = [], []
    for depth in DEPTHS:
        lift = moved * -np.expm1(-steep * depth) * (1 - buys) + rng.normal(0, 0.008, size)
        lifts.append(lift)
        costs.append(np.maximum((buys + lift) * basket * depth, 0.01))
    for (fee, strength), liking in zip(EXTRAS, (taste, 1 - taste), strict=True):
        lift = moved * strength * liking + rng.normal(0, 0.008, size)
        lifts.append(lift)
        costs.append(fee * (buys + np.maximum(lift, 0)))
    return np.stack(lifts) * basket * MARGIN, np.stack(costs)


@dataclass(frozen=True)
class Answer:
    """One solver on one instance; `gap` is measured against the best dual bound of the run."""

    solver: str
    customers: int
    cpu_seconds: float
    value: float
    gap: float
    integral: bool
    usage: float
    bound: float


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if the answer keeps the budget, is integral, and is proved to 1e-6 within 5 CPU seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks assign", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-rival", action="store_true", help="leave HiGHS out")
    asked = parser.parse_args(argv)
    compile_seconds = _timed(*instance(WARM_UP, asked.seed))[1]
    value, cost = instance(asked.customers, asked.seed)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made, seconds = _timed(value, cost)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    main = _answer("offersmith", value, cost, made, seconds)
    report: dict[str, Any] = {
        "assign": asdict(main),
        "certificate": made.certificate.as_dict(),
        "first_compile_cpu_seconds": compile_seconds,
        "peak_mb": peak_kb / 1024,
        "peak_above_instance_mb": (peak_kb - before_kb) / 1024,
    }
    if not asked.no_rival:
        report |= _beside_rival(asked.seed)
    print(json.dumps(report, indent=2) if asked.json else _text(report))
    kept = main.usage <= main.bound and main.integral and 0 <= main.gap <= 1e-6
    return 0 if kept and main.cpu_seconds <= 5 else 1


def _timed(value: Array, cost: Array) -> tuple[Assignment, float]:
    start = time.process_time()
    made = assign(value, [LinearRow("budget", cost, BUDGET_EACH * value.shape[1])])
    return made, time.process_time() - start


def _answer(solver: str, value: Array, cost: Array, made: Assignment, seconds: float) -> Answer:
    """Recompute from the choice and the price, in plain numpy and float64, what the certificate says."""
    choice, price = made.choice, made.certificate.rows[0].price
    bound = BUDGET_EACH * choice.size
    given = np.flatnonzero(choice >= 0)
    worth = float(value[choice[given], given].astype(np.float64).sum())
    usage = float(cost[choice[given], given].astype(np.float64).sum())
    best = np.zeros(choice.size)
    for offer in range(value.shape[0]):
        np.maximum(best, value[offer].astype(np.float64) - price * cost[offer].astype(np.float64), out=best)
    dual = float(best.sum()) + price * bound
    integral = bool(((choice >= -1) & (choice < value.shape[0])).all())
    return Answer(solver, choice.size, seconds, worth, max(dual - worth, 0.0) / dual, integral, usage, bound)


def _beside_rival(seed: int) -> dict[str, Any]:
    """Solve a size that HiGHS can, both ways; its answer is the linear relaxation: fractional, and a bound on ours."""
    value, cost = instance(RIVAL_CUSTOMERS, seed)
    made, seconds = _timed(value, cost)
    ours = _answer("offersmith", value, cost, made, seconds)
    offers, customers = value.shape
    cells = np.arange(value.size)
    once = csr_array((np.ones(value.size), (cells % customers, cells)), shape=(customers, value.size))
    limits = csr_array(vstack([once, csr_array(cost.astype(np.float64).reshape(1, -1))]))
    bounds = np.append(np.ones(customers), BUDGET_EACH * customers)
    start = time.process_time()
    solved = linprog(-value.astype(np.float64).ravel(), A_ub=limits, b_ub=bounds, bounds=(0, 1), method="highs")
    seconds = time.process_time() - start
    shares = solved.x.reshape(offers, customers)
    integral = bool(np.all((shares < 1e-9) | (shares > 1 - 1e-9)))
    usage = float((shares * cost).sum())
    gap = max(made.certificate.dual_bound + float(solved.fun), 0.0) / made.certificate.dual_bound
    rival = Answer("scipy linprog (HiGHS)", customers, seconds, -float(solved.fun), gap, integral, usage, bounds[-1])
    return {
        "small": [asdict(ours), asdict(rival)],
        "rival_cpu_ratio": rival.cpu_seconds / max(ours.cpu_seconds, 1e-6),
        "value_to_relaxation": ours.value / rival.value,
    }


def _text(report: dict[str, Any]) -> str:
    lines = [
        f"{'solver':<24}{'customers':>12}{'CPU s':>10}{'value':>18}{'gap':>10}{'integral':>10}{'used / budget':>26}"
    ]
    for row in [report["assign"], *report.get("small", [])]:
        used = f"{row['usage']:,.2f} / {row['bound']:,.2f}"
        lines.append(
            f"{row['solver']:<24}{row['customers']:>12,}{row['cpu_seconds']:>10.3f}{row['value']:>18,.3f}"
            f"{row['gap']:>10.1e}{row['integral']!s:>10}{used:>26}"
        )
    lines.append(
        f"peak memory {report['peak_mb']:,.0f} MB; first compile {report['first_compile_cpu_seconds']:.1f} CPU s"
    )
    if "small" in report:
        ratio, near = report["rival_cpu_ratio"], report["value_to_relaxation"]
        lines.append(f"the rival took {ratio:,.0f} x our CPU; our value is {near:.8f} of its fractional optimum")
    return "\n".join(lines)
