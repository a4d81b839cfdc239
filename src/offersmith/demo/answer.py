"""The demo's answer, and the stopwatch beside it."""

from __future__ import annotations

import platform
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from offersmith import __version__
from offersmith.planned import Planned
from offersmith.response.effects import PastEffect
from offersmith.response.holdout import HeldOut
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrated:
    """The demo's answer: the plan, what then happened, what past campaigns changed, and where it all lies."""

    folder: Path
    planned: Planned
    happened: HeldOut
    effects: tuple[PastEffect, ...]
    usage: Mapping[str, Any]

    def text(self, language: Language = "en") -> str:
        """Say the plan and the comparison."""
        ours = self.happened.ours
        lines = [
            self.planned.text(language),
            say(
                "demo.done",
                language,
                recipients=ours.rows,
                redeemers=ours.positives,
                auc=ours.auc.value,
                low=ours.auc.low,
                high=ours.auc.high,
                lift=ours.lift.value,
            ),
        ]
        for name, rival in self.happened.rivals.items():
            title = say(f"gather.score_{name}", language)
            lines.append(say("demo.done_rival", language, name=title, auc=rival.auc.value, lift=rival.lift.value))
        claimed = [past.campaign_id for past in self.effects if past.claim.verdict in {"raises", "lowers"}]
        key = "demo.done_effects" if claimed else "demo.done_no_effect"
        lines.append(say(key, language, measured=len(self.effects), campaigns=", ".join(claimed)))
        cpu, memory = self.usage["cpu_seconds"], self.usage["peak_memory_mb"]
        lines.append(say("demo.done_files", language, folder=self.folder, cpu=cpu, memory=memory))
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return `summary.json`."""
        plan = self.planned.as_dict()
        plan.pop("file")
        plan.pop("cards_file")
        names = ("numpy", "scipy", "pyarrow", "duckdb", "ibis-framework", "lightgbm", "scikit-learn", "numba")
        return {
            "plan": plan,
            "happened": self.happened.as_dict(),
            "effects": [effect.as_dict() for effect in self.effects],
            "versions": {
                "offersmith": __version__,
                "python": platform.python_version(),
                **{name: metadata.version(name) for name in names},
            },
            "seed": plan["seed"],
            "usage": dict(self.usage),
        }

    def __str__(self) -> str:
        return self.text()


class Clock:
    """CPU seconds of this process by stage; it starts no others."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, stage: str) -> None:
        """Book the time since the last lap to `stage`."""
        now = time.process_time()
        self.stages[stage] = round(now - self._last, 3)
        self._last = now

    def usage(self) -> dict[str, Any]:
        """Return CPU seconds, by stage, and the peak memory in MB."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return {"cpu_seconds": round(time.process_time(), 1), "stages": self.stages, "peak_memory_mb": peak}
