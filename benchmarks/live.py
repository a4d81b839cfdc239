"""Live profiles beside the batch query: all of The Complete Journey, event by event and in parts.

    python -m benchmarks live [--json] [--most EVENTS] [--part 1000] [--single 0]

Events are fed in order of time. In parts they are all fed, and asked at three moments on the way and at the end, where
the state is saved and loaded in the middle and what came shortly before is delivered again. One by one the same is done
with as many as `--single` says (0 = all). Each time every live feature of every customer is compared with the batch
query: counts, sums and whatever is made of them must be equal to the last digit. Decayed ones must be the batch query's
to 1e-9, and those of lines their definition, added up in floats, too. CPU seconds are those of feeding alone. The exit
status is 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from benchmarks._live_journey import asked_batch, defined, differences, journey, write
from offersmith.profiles.live import LIVE, LiveProfiles, compile_live, load, save

RELATIVE = 1e-9
_GAPS = ("absolute", "relative", "defined")
AGAIN = 5_000
"""Events delivered again after the restart: the log is read from a little before where the state was saved."""
_DECAYED = ("decayed_count", "decayed_sum")
_QUARTERS = (0.25, 0.5, 0.75, 1.0)


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if every answer is the batch query's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks live", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--most", type=int, default=None, help="only the first so many events")
    parser.add_argument("--part", type=int, default=1000, help="events of a part")
    parser.add_argument("--single", type=int, default=0, help="events fed one by one; 0 = all")
    asked = parser.parse_args(argv)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status("reading the events") as status:
        events = journey(asked.most)
        figures: dict[str, Any] = {"events": events.num_rows, "features": len(LIVE), "runs": {}}
        _warm(events.slice(0, 100))
        runs = {"in parts": (events, asked.part), "one by one": (events.slice(0, asked.single or None), 1)}
        for name, (some, part) in runs.items():
            status.update(name)
            figures["runs"][name] = compared(some, part, Path(folder))
    figures["exact"] = all(found["exact"] for found in figures["runs"].values())
    if asked.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures)
    return 0 if figures["exact"] else 1


def _warm(events: pa.Table) -> None:
    """Let the loops be compiled before anything is counted."""
    state = LiveProfiles(compile_live(LIVE))
    state.feed(events.slice(1))
    state.update(events.slice(0, 1).to_pylist()[0])
    state.read(datetime(2100, 1, 1))  # noqa: DTZ001 - naive UTC by contract


def compared(events: pa.Table, part: int, folder: Path) -> dict[str, Any]:
    """Feed events in parts, restarting in the middle, and compare with the batch query at four moments."""
    write(events, folder / "events.parquet")
    times = events["time"].cast(pa.int64()).to_numpy()
    lasts = [times[round(events.num_rows * share) - 1] for share in _QUARTERS]
    bounds = [int(np.searchsorted(times, last, side="right")) for last in lasts]
    moments = [events["time"][bound - 1].as_py() + timedelta(microseconds=1) for bound in bounds]
    began = time.process_time()
    answers = asked_batch(folder / "events.parquet", moments, LIVE)
    batch_s = (time.process_time() - began) / len(moments)
    state, done, fed = LiveProfiles(compile_live(LIVE)), 0, 0.0
    worst: dict[str, dict[str, float]] = {feature.name: {} for feature in LIVE}
    figures: dict[str, Any] = {}
    for number, (bound, moment) in enumerate(zip(bounds, moments, strict=True)):
        fed += _feed(state, events.slice(done, bound - done), part, moment)
        done = bound
        if number == 1:
            state, figures["restart"] = _restarted(state, folder / "live")
            _feed(state, events.slice(max(done - AGAIN, 0), min(AGAIN, done)), max(part, 1000), moment)
        began = time.process_time()
        live = state.read(moment)
        figures["read_cpu_s"] = time.process_time() - began
        _compare(live, answers[moment], events, moment, worst)
    figures |= {
        "events": events.num_rows,
        "feed_cpu_s": fed,
        "events_per_cpu_s": events.num_rows / fed,
        "batch_cpu_s": batch_s,
        "customers": len(state.customers),
        "duplicates": state.duplicates,
        "bytes_per_customer": state.nbytes() / max(len(state.customers), 1),
        "bytes_per_customer_without_ids": (state.nbytes() - state.seen.table.nbytes) / max(len(state.customers), 1),
        "bytes_per_event_for_ids": state.seen.table.nbytes / max(state.seen.size, 1),
        "profile_cpu_us": _one_profile(state, moments[-1]),
        "differences": worst,
        "exact": state.duplicates == min(AGAIN, bounds[1]) and all(map(_met, worst.items())),
    }
    return figures


def _feed(state: LiveProfiles, events: pa.Table, part: int, now: datetime) -> float:
    """Feed events and return the CPU seconds of it; a single event comes as a plain mapping, as from a queue."""
    spent = 0.0
    for start in range(0, events.num_rows, max(part, 10_000)):
        some = events.slice(start, max(part, 10_000))
        if part > 1:
            parts = [some.slice(at, part) for at in range(0, some.num_rows, part)]
            began = time.process_time()
            for one in parts:
                state.feed(one, now)
        else:
            rows = some.to_pylist()
            began = time.process_time()
            for row in rows:
                state.update(row, now)
        spent += time.process_time() - began
    return spent


def _restarted(state: LiveProfiles, path: Path) -> tuple[LiveProfiles, dict[str, float]]:
    began = time.process_time()
    save(state, path)
    saved = time.process_time()
    again = load(path, compile_live(LIVE))
    loaded = time.process_time()
    return again, {"save_cpu_s": saved - began, "load_cpu_s": loaded - saved, "file_mb": path.stat().st_size / 2**20}


def _compare(
    live: pa.Table, batch: pa.Table, events: pa.Table, moment: datetime, worst: dict[str, dict[str, float]]
) -> None:
    """Keep the largest differences."""
    same = live.schema.equals(batch.schema) and live["customer_id"].equals(batch["customer_id"])
    before = events.filter(pc.less(events["time"], pa.scalar(moment, pa.timestamp("us"))))
    for feature in LIVE:
        found = differences(live, batch, feature) if same else dict.fromkeys(("absolute", "relative"), np.inf)
        for key, value in found.items():
            worst[feature.name][key] = max(worst[feature.name].get(key, 0.0), value)
        if same and feature.kind in _DECAYED and feature.grain == "event" and not feature.where:
            wanted = defined(before, live["customer_id"], moment, feature)
            gap = np.abs(live[feature.name].to_numpy() - wanted) / np.maximum(wanted, np.finfo(float).tiny)
            worst[feature.name]["defined"] = max(worst[feature.name].get("defined", 0.0), float(gap.max(initial=0.0)))


def _met(found: tuple[str, dict[str, float]]) -> bool:
    name, gaps = found
    decayed = next(feature for feature in LIVE if feature.name == name).kind in _DECAYED
    return max(gaps["relative"], gaps.get("defined", 0.0)) <= RELATIVE if decayed else gaps["absolute"] == 0.0


def _one_profile(state: LiveProfiles, moment: datetime) -> float:
    """Return the CPU microseconds of looking one customer up."""
    names = list(state.customers)[:500]
    began = time.process_time()
    for name in names:
        state.profile(name, moment)
    return (time.process_time() - began) / len(names) * 1e6


def show(figures: dict[str, Any]) -> None:
    """Print the figures."""
    console = Console()
    table = Table(title=f"{figures['features']} live features over The Complete Journey, beside the batch query")
    table.add_column("")
    for title in ("events", "CPU s", "events / CPU s", "B / customer", "B / id seen", "µs / profile", "equal"):
        table.add_column(title, justify="right")
    for name, run_ in figures["runs"].items():
        table.add_row(
            name, f"{run_['events']:,}", f"{run_['feed_cpu_s']:.2f}", f"{run_['events_per_cpu_s']:,.0f}",
            f"{run_['bytes_per_customer_without_ids']:,.0f}", f"{run_['bytes_per_event_for_ids']:.0f}",
            f"{run_['profile_cpu_us']:.0f}", "yes" if run_["exact"] else "NO",
        )  # fmt: skip
    console.print(table)
    gaps = Table(title="largest differences from the batch query, four moments")
    gaps.add_column("")
    for title in ("absolute", "relative", "from the definition"):
        gaps.add_column(title, justify="right")
    found = figures["runs"]["in parts"]["differences"]
    equal = [name for name, gap in found.items() if gap["absolute"] == 0.0]
    for name in sorted(set(found) - set(equal)):
        gaps.add_row(name, *(f"{found[name].get(key, 0.0):.1e}" for key in _GAPS))
    gaps.add_row(f"the other {len(equal)}", "0", "0", "")
    console.print(gaps)
