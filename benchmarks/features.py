"""33 customer features over synthetic events: our declarations beside hand-written SQL, Polars and pandas.

    python -m benchmarks features [--json] [--events 10000000] [--repeats 3]

Every run is a process of its own, so that CPU seconds and peak memory are its own; the rivals take turns, and medians
are shown. CPU seconds are those of the work (ours spells its SQL within them), without imports and without making the
events; peak memory is the whole process's. All answers are compared before anything is printed.
The exit status is 1 where a target is missed or an answer differs.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from benchmarks._feature_rivals import MEMORY_MB, NAMES, RIVALS
from benchmarks._shop_events import write_events

OURS, HAND = "offersmith", "hand-written SQL"
RATIO_TARGET, PEAK_TARGET_MB = 1.5, 1500
ABSOLUTE, RELATIVE = 1e-6, 1e-9
"""How far answers may differ: a decayed sum is rounded to 2^-24 minor units a line."""
_ENGINES = {
    OURS: "offersmith.profiles.build", HAND: "duckdb", "polars": "benchmarks._feature_frames",
    "pandas": "benchmarks._feature_frames",
}  # fmt: skip


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if all answers agree and both targets are met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks features", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args(argv)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        with console.status(f"writing {asked.events:,} events"):
            _apart(write_events, path, asked.events)
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in RIVALS}
        for turn in range(asked.repeats):
            for name, found in runs.items():
                with console.status(f"{name}, {turn + 1} of {asked.repeats}"):
                    found.append(_apart(measure, name, path, Path(folder)))
        differences = {name: compare(Path(folder), name) for name in RIVALS if name != OURS}
    figures = summarise(runs, differences, asked.events)
    if asked.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures)
    return 0 if passed(figures) else 1


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do the work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def measure(name: str, path: Path, folder: Path) -> dict[str, float]:
    """Let one rival work, keep its answer beside the events, and return CPU and wall seconds and peak MB."""
    importlib.import_module(_ENGINES[name])
    cpu, wall = time.process_time(), time.perf_counter()
    answer = RIVALS[name](path, folder / "scratch")
    figures = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "peak_mb": _peak_mb()}
    pq.write_table(answer.sort_by("customer_id"), folder / f"{name}.parquet")
    return figures


def _peak_mb() -> float:
    """Return this process's peak resident memory; `getrusage` would count the parent's until it was replaced."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def compare(folder: Path, name: str) -> list[str]:
    """Return the features of which a rival's answer is not ours."""
    mine, other = pq.read_table(folder / f"{OURS}.parquet"), pq.read_table(folder / f"{name}.parquet")
    if mine["customer_id"].to_pylist() != other["customer_id"].to_pylist():
        return ["customer_id"]
    return [
        feature
        for feature in NAMES
        if not np.allclose(_real(other[feature]), _real(mine[feature]), rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    ]


def _real(column: pa.ChunkedArray) -> Any:
    return column.cast(pa.float64()).to_numpy()


def summarise(
    runs: dict[str, list[dict[str, float]]], differences: dict[str, list[str]], events: int
) -> dict[str, Any]:
    """Return medians of every rival, and ours over the hand-written SQL."""
    medians = {
        name: {key: round(statistics.median(r[key] for r in found), 2) for key in ("cpu_s", "wall_s", "peak_mb")}
        for name, found in runs.items()
    }
    ratio = medians[OURS]["cpu_s"] / max(medians[HAND]["cpu_s"], 1e-9)
    return {
        "events": events,
        "features": len(NAMES),
        "repeats": len(runs[OURS]),
        "memory_limit_mb": MEMORY_MB,
        "rivals": medians,
        "cpu_ratio_to_hand_written": round(ratio, 3),
        "peak_mb": medians[OURS]["peak_mb"],
        "targets": {"cpu_ratio": RATIO_TARGET, "peak_mb": PEAK_TARGET_MB},
        "within_targets": ratio <= RATIO_TARGET and medians[OURS]["peak_mb"] <= PEAK_TARGET_MB,
        "differing_features": differences,
    }


def passed(figures: dict[str, Any]) -> bool:
    """Say whether the figures are what we promise: both targets met, and every rival answers as we do."""
    return bool(figures["within_targets"]) and not any(figures["differing_features"].values())


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    table = Table(title=f"{figures['features']} features over {figures['events']:,} events, medians")
    table.add_column("")
    for title in ("CPU s", "wall s", "peak MB", "CPU / hand-written", "answers"):
        table.add_column(title, justify="right")
    hand = max(figures["rivals"][HAND]["cpu_s"], 1e-9)
    for name, row in figures["rivals"].items():
        wrong = figures["differing_features"].get(name)
        said = "" if name == OURS else "equal to ours" if not wrong else f"differ in {', '.join(wrong)}"
        numbers = (f"{row['cpu_s']:.2f}", f"{row['wall_s']:.2f}", f"{row['peak_mb']:.0f}", f"{row['cpu_s'] / hand:.2f}")
        table.add_row(name, *numbers, said)
    table.caption = (
        f"targets: CPU {RATIO_TARGET} times the hand-written SQL's, peak {PEAK_TARGET_MB:,} MB: "
        f"{'met' if figures['within_targets'] else 'missed'}"
    )
    Console().print(table)
