"""One model on one dataset, judged on fresh customers: run in a process of its own, and kept so as not to run again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks import _response_ours as ours
from benchmarks._response_task import FORMS, make

FRESH = 100_000
FRESH_SEED = 10_000
WARM = 2_000
"""Rows on which compiled loops are loaded."""
REVISION = 1
"""Raised by hand when the way of measuring changes: what was kept before is then run again."""


@dataclass(frozen=True)
class Job:
    """One model on one dataset."""

    model: str
    form: str
    logged: bool
    seed: int
    rows: int
    intervals: bool = False

    @property
    def file(self) -> str:
        """Name of the file that keeps its result."""
        design = "logged" if self.logged else "randomised"
        model = re.sub(r"\W+", "-", self.model.lower())
        held = ".held" if self.intervals else ""
        return f"{model}.{self.form}.{design}.{self.rows}.{self.seed}{held}.json"


def jobs(
    models: Sequence[str], forms: Sequence[str], seeds: int, rows: int, *, held: Sequence[str] = ()
) -> Iterator[Job]:
    """Yield every job, seed by seed, so that an interrupted run has done the same of every form.

    Args:
        models: names.
        forms: of the task.
        seeds: how many, from 0.
        rows: to learn from.
        held: models whose plan is also judged on held-out rows.
    """
    for seed in range(seeds):
        for form in forms:
            for logged in (False, True):
                for model in models:
                    yield Job(model, form, logged, seed, rows, model in held)


class Runs:
    """Results in a folder, made when they are not there.

    Args:
        folder: where results are kept, one JSON file each.
        peers: which models are peers; the others are ours.
        choose_rows: rows on which a peer's configuration is chosen.
    """

    def __init__(self, folder: Path, peers: Sequence[str], choose_rows: int) -> None:
        self.folder = folder
        self.peers = frozenset(peers)
        self.choose_rows = choose_rows
        self.context = multiprocessing.get_context("forkserver")
        preload = ["benchmarks._response_ours", *(["benchmarks._response_choice"] if peers else [])]
        self.context.set_forkserver_preload(preload)

    def result(self, job: Job) -> dict[str, Any]:
        """Return the kept result of a job, or run it in a fresh process and keep what comes out."""
        if job.model not in self.peers:
            code = ours.source_digest(judging=job.intervals)
            return self._kept(job.file, {"code": code, **_dataset(job)}, lambda: self._apart(_ours, job))
        from benchmarks._response_peers import PEERS, versions

        made_of = {"versions": versions(), "grid": PEERS[job.model][1], "choose_rows": self.choose_rows}
        first = Job(job.model, job.form, job.logged, 0, self.choose_rows)
        chosen = self._kept(f"choice.{first.file}", {**made_of, **_dataset(first)}, lambda: self._apart(_choice, first))
        facts = {"versions": made_of["versions"], "config": chosen["config"], **_dataset(job)}
        return self._kept(job.file, facts, lambda: self._apart(_peer, job, chosen["config"]))

    def _kept(self, name: str, facts: dict[str, Any], make_it: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        digest = hashlib.sha256(json.dumps([REVISION, facts], sort_keys=True).encode()).hexdigest()[:16]
        path = self.folder / name
        if path.exists():
            found: dict[str, Any] = json.loads(path.read_text())
            if found["digest"] == digest:
                return found
        made = {"digest": digest, **make_it()}
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(made, indent=1))
        partial.replace(path)
        sys.stderr.write(f"{name} {_short(made)}\n")
        sys.stderr.flush()
        return made

    def _apart(self, work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
        """Do the work in a process of its own, so that its peak memory is its own."""
        with ProcessPoolExecutor(1, mp_context=self.context) as pool:
            return pool.submit(work, *arguments).result()


def _dataset(job: Job) -> dict[str, Any]:
    """Return what a result hangs on besides the model: the dataset, with a print of its form that changes with it."""
    sample = make(200, job.seed, job.form, logged=job.logged)
    drawn = (sample.trial.x, sample.trial.arm, sample.trial.outcome, sample.propensity, sample.truth)
    shape = hashlib.sha256(b"".join(np.round(part, 6).astype(float).tobytes() for part in drawn)).hexdigest()
    return {"form": job.form, "logged": job.logged, "seed": job.seed, "rows": job.rows, "shape": shape}


def _short(made: dict[str, Any]) -> str:
    if "value" not in made:
        return f"chosen {made['config']}"
    return f"{made['value']:.4f} of {made['oracle']:.4f}, claimed {made['claim']:.4f}, {made['cpu_s']:.1f} CPU s"


def _choice(job: Job) -> dict[str, Any]:
    from benchmarks._response_choice import choose

    with threadpool_limits(1):
        return choose(job.model, job.form, job.rows, logged=job.logged)


def _peer(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from benchmarks._response_peers import PEERS

    fresh = make(FRESH, FRESH_SEED + job.seed, job.form, logged=job.logged)

    def work(task: Any) -> Callable[[], ours.Answer]:
        effects = PEERS[job.model][0](task, config, job.seed)
        return lambda: ours.Answer(effects(fresh.trial.x, fresh.propensity))

    return {**_judged(job, work, fresh.truth), "config": config}


def _ours(job: Job) -> dict[str, Any]:
    fresh = make(FRESH, FRESH_SEED + job.seed, job.form, logged=job.logged)

    def work(task: Any) -> Callable[[], ours.Answer]:
        answer = ours.fit(job.model, task, job.seed)
        return lambda: answer(fresh.trial.x)

    # Compiled loops are loaded (the first time: compiled) before the clock starts, as libraries are.
    work(make(WARM, job.seed, job.form, logged=job.logged))()
    made = _judged(job, work, fresh.truth)
    if job.intervals:
        made["low"], made["high"] = ours.interval(
            job.model, make(job.rows, job.seed, job.form, logged=job.logged), job.seed
        )
    return made


def _judged(job: Job, work: Callable[[Any], Callable[[], ours.Answer]], truth: Any) -> dict[str, Any]:
    """Fit and predict under the clock, then give every fresh customer the arm with the highest expected gain."""
    task = make(job.rows, job.seed, job.form, logged=job.logged)
    _forget_peak()
    with threadpool_limits(1):
        start = time.process_time()
        predict = work(task)
        between = time.process_time()
        answer = predict()
        end = time.process_time()
    value = float(truth[np.arange(len(truth)), answer.effects.argmax(1)].mean())
    return {
        **asdict(job),
        "value": value,
        "oracle": float(truth.max(1).mean()),
        "claim": float(answer.effects.max(1).mean()) if answer.claim is None else answer.claim,
        "low": None,
        "high": None,
        "fit_s": between - start,
        "cpu_s": end - start,
        "peak_mb": _peak_mb(),
    }


def _forget_peak() -> None:
    """Start the peak memory anew where the system can (Linux), so that drawing the data is not counted."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """Return the peak resident memory of this process, or not a number where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def known_forms() -> tuple[str, ...]:
    """Return the forms that can be asked for."""
    return tuple(FORMS)
