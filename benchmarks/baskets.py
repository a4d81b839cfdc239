"""Baskets of 20 lines with 50 live promotions, 10 or more of which apply: our pricing beside django-oscar's offers.

    python -m benchmarks baskets [--json] [--baskets 200] [--rounds 5] [--alone]

Both sides get the same baskets and promotions, each in a process of its own, so that CPU seconds and peak memory are
its own; they take turns, the first round only warms up, and medians are shown. Our time is `evaluate` with every
reason on, promotions compiled before; Oscar's is its offers alone, in the three ways that `_basket_peer.py` describes,
without reasons. Reading promotions and baskets is in nobody's time, save where Oscar runs as it ships.

Before anything is printed every promotion is priced alone on some baskets by both: there they mean the same, and must
take off the same to the cent. All together a percentage of the whole basket may differ: Oscar's counts pieces that
another promotion has already made free, ours does not. Both use up pieces promotion by promotion, so that all combine.
The exit status is 1 where a target is missed or an answer differs, 2 where the peer is not installed; `--alone` runs
without it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._basket_case import LEAST_APPLIED, LINES, Off, case, rules

OURS, PEER = "offersmith", "django-oscar, in memory"
WAYS = {
    OURS: ("run", 10.0),
    "django-oscar, cut short": ("cut_short", 1.0),
    PEER: ("in_memory", 0.25),
    "django-oscar, as it ships": ("as_it_ships", 0.01),
}
"""Of every way the method that runs it, and how many times the baskets it gets in a round: a second or two each."""
RATE_TARGET, RATIO_TARGET = 2_000, 20
COMPARED = 30
"""Baskets on which every promotion is priced alone."""

_made: dict[str, Any] = {}


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if the targets are met and the answers agree, 1 if not, 2 without the peer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks baskets", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--baskets", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help="run without django-oscar")
    asked = parser.parse_args(argv)
    if not asked.alone and importlib.util.find_spec("oscar") is None:
        sys.stderr.write("django-oscar is not installed: pip install 'offersmith[bench]', or run with --alone\n")
        return 2
    figures = measure(asked.baskets, asked.rounds, not asked.alone)
    if asked.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures)
    return 0 if passed(figures) else 1


def measure(baskets: int, rounds: int, with_peer: bool) -> dict[str, Any]:
    """Run all ways in turns and return the figures."""
    spawn = multiprocessing.get_context("spawn")
    ways = WAYS if with_peer else {OURS: WAYS[OURS]}
    with ProcessPoolExecutor(1, spawn) as ours, ProcessPoolExecutor(1, spawn) as theirs:
        pools = {way: ours if way == OURS else theirs for way in ways}
        rates: dict[str, list[float]] = {way: [] for way in ways}
        with Console(stderr=True).status("pricing baskets") as status:
            for turn in range(rounds + 1):
                for way, pool in pools.items():
                    status.update(f"{way}, {f'round {turn} of {rounds}' if turn else 'warming up'}")
                    rate = pool.submit(once, way, baskets).result()
                    rates[way] += [rate] if turn else []
        peaks = {way: pool.submit(peak_mb).result() for way, pool in pools.items()}
        answers = {way: pools[way].submit(answer, way, baskets).result() for way in (OURS, PEER) if way in ways}
    return summarise(rates, peaks, answers)


def once(way: str, baskets: int) -> float:
    """Price baskets in one way, in this process; return baskets per CPU second."""
    name, times = WAYS[way]
    some = max(1, round(baskets * times))
    work: Callable[[int], float] = getattr(_side(way, baskets), name)
    return some / work(some)


def answer(way: str, baskets: int) -> dict[str, Any]:
    """Return what every promotion takes off, together and alone; of Oscar also how often it asks the database."""
    side = _side(way, baskets)
    found = {"together": side.together(), "alone": side.alone(min(COMPARED, baskets))}
    return found if way == OURS else found | {"queries": side.queries()}


def _side(way: str, baskets: int) -> Any:
    # Imported here, so that neither side's process pays for the other's modules.
    name = "benchmarks._basket_ours" if way == OURS else "benchmarks._basket_peer"
    if name not in _made:
        _made[name] = importlib.import_module(name).prepare(case(baskets))
    return _made[name]


def peak_mb() -> float:
    """Return this process's peak resident memory."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def summarise(
    rates: dict[str, list[float]], peaks: dict[str, float], answers: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return medians of every way, what applied, ours over each, and where the answers differ."""
    medians = {way: statistics.median(found) for way, found in rates.items()}
    mine = answers[OURS]["together"]
    figures: dict[str, Any] = {
        "baskets": len(mine),
        "lines": LINES,
        "promotions": len(rules()),
        "rounds": len(rates[OURS]),
        "ways": {way: {"per_cpu_s": _tidy(medians[way]), "peak_mb": round(peaks[way])} for way in rates},
        "targets": {"per_cpu_s": RATE_TARGET, "ratio": RATIO_TARGET, "applied": LEAST_APPLIED},
        "applied": {way: _applied(found["together"]) for way, found in answers.items()},
    }
    if PEER in answers:
        theirs = answers[PEER]
        figures["ratios"] = {way: _tidy(medians[OURS] / rate) for way, rate in medians.items() if way != OURS}
        figures["peer_queries_in_memory"] = theirs["queries"]
        figures["alone"] = differences(answers[OURS]["alone"], theirs["alone"])
        figures["together"] = differences(mine, theirs["together"])
    return figures


def _tidy(rate: float) -> float:
    return round(rate, 3 if rate < 10 else 1)


def _applied(answers: list[Off]) -> dict[str, float]:
    counts, off = [len(one) for one in answers], [sum(one.values()) for one in answers]
    return {"least": min(counts), "mean": round(statistics.mean(counts), 1), "mean_off": round(statistics.mean(off))}


def differences(ours: list[Off], theirs: list[Off]) -> dict[str, Any]:
    """Return how many answers of a promotion on a basket there are, and which promotions differ in how many."""
    differing: dict[str, int] = {}
    compared = 0
    for mine, other in zip(ours, theirs, strict=True):
        for name in sorted(mine.keys() | other.keys()):
            compared += 1
            if mine.get(name) != other.get(name):
                differing[name] = differing.get(name, 0) + 1
    return {"compared": compared, "differ": sum(differing.values()), "promotions": differing}


def passed(figures: dict[str, Any]) -> bool:
    """Say whether enough applied, all targets are met, and every promotion alone takes off what the peer takes."""
    enough = figures["applied"][OURS]["least"] >= LEAST_APPLIED
    fast = figures["ways"][OURS]["per_cpu_s"] >= RATE_TARGET
    if "ratios" not in figures:
        return bool(enough and fast)
    fair = figures["peer_queries_in_memory"] == 0 and not figures["alone"]["differ"]
    return enough and fast and fair and bool(figures["ratios"][PEER] >= RATIO_TARGET)


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    table = Table(
        title=f"{figures['baskets']} baskets of {figures['lines']} lines, {figures['promotions']} live promotions; "
        f"medians of {figures['rounds']} rounds"
    )
    table.add_column("", no_wrap=True)
    for title in ("baskets / CPU s", "ours / this", "peak MB", "least applied", "mean"):
        table.add_column(title, justify="right")
    for way, row in figures["ways"].items():
        ratio = figures.get("ratios", {}).get(way)
        applied = figures["applied"][OURS if way == OURS else PEER]
        table.add_row(
            way, f"{row['per_cpu_s']:,}", f"{ratio:,}" if ratio else "", f"{row['peak_mb']}",
            f"{applied['least']}", f"{applied['mean']}",
        )  # fmt: skip
    said = [f"targets: {RATE_TARGET:,} baskets per CPU s, {RATIO_TARGET} times {PEER}"]
    for name, means in (("alone", "each promotion alone"), ("together", "all together")):
        if name in figures:
            found = figures[name]
            said.append(f"{means}: {found['differ']} of {found['compared']} answers differ")
    said.append("passed" if passed(figures) else "missed")
    table.caption = "\n".join(said)
    Console().print(table)
