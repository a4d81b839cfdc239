"""The whole road on a real retailer's year: plan campaign 18 as of the day it started, then look at what happened.

The Complete Journey (extra `demo`). Everything is learned from events before campaign 18 began; what its recipients
did afterwards is read only to judge. Redemption can be judged only among the households that were really sent the
campaign, because nobody else could redeem.
"""

from __future__ import annotations

import json
import platform
import resource
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith import __version__
from offersmith.answers import Planned
from offersmith.errors import InputError
from offersmith.events.examples import complete_journey, journey_files
from offersmith.experiments.calibration import Calibration, calibration
from offersmith.experiments.ranking import Ranking, judge
from offersmith.progress import Progress, silent
from offersmith.report import render
from offersmith.report.gather import effect_facts
from offersmith.report.inputs import (
    Both,
    DecileRow,
    HappenedFacts,
    ModelFacts,
    ReliabilityBin,
    ScoreRow,
)
from offersmith.response.effects import PastEffect, past_effects
from offersmith.settings import FILE
from offersmith.shop import Shop
from offersmith.store import files, outcomes
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language, say

CAMPAIGN = "18"
OFFER = complete_journey.OFFERS["a"]
MARKER = ".offersmith-demo"
SETTINGS = """\
# The Complete Journey: a grocer's year. Written by `offersmith demo`; every key is in docs/reference/settings.md.
[shop]
name = "The Complete Journey"
currency = "USD"
timezone = "{zone}"

[[events]]
kind = "complete-journey"

[economics]
margin_rate = 0.3          # the data hold no margins: a stated figure, shown at three levels
margin_levels = [0.2, 0.3, 0.4]

[plan]
valid_days = {days}

# The data hold no face values either: the amount is the median coupon before the campaign, for reading only;
# what a booklet costs is learned from the coupons past recipients used.
{offers}"""
OFFER_SETTINGS = """
[[offers]]
id = "campaign-type-{kind}"
kind = "amount_off"
name = "Coupon booklet type {title}"
terms = {{ amount = "{amount}" }}
"""
RIVALS = {
    "coupon_orders": ("coupon_orders", 1.0),
    "past_redemption": ("redemptions", 1.0),
    "popularity": ("orders", 1.0),
    "recency": ("recency_days", -1.0),
}
"""Baseline -> (feature it ranks by, sign)."""


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """What the recipients of the campaign did, beside what was predicted of them."""

    customers: pa.Array
    redeemed: np.ndarray[Any, np.dtype[np.bool_]]
    predicted: np.ndarray[Any, np.dtype[np.float64]]
    ours: Ranking
    rivals: Mapping[str, Ranking]
    calibration: Calibration

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "campaign": CAMPAIGN,
            "recipients": len(self.redeemed),
            "redeemers": int(self.redeemed.sum()),
            "ours": self.ours.as_dict(),
            "baselines": {name: rival.as_dict() for name, rival in self.rivals.items()},
            "calibration": self.calibration.as_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrated:
    """The demo's answer: the plan, what then happened, what past campaigns changed, and where it all lies."""

    folder: Path
    planned: Planned
    happened: Happened
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
            title = say(f"demo.score_{name}", language)
            lines.append(say("demo.done_rival", language, name=title, auc=rival.auc.value, lift=rival.lift.value))
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
    """CPU seconds by stage, of this process and its children."""

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


def run(out: Path, *, budget: str = "1500", progress: Progress = silent) -> Demonstrated:
    """Drive the road from ingest to report and write the four files into `out`.

    Raises:
        MissingExtraError: the package with the data is not installed.
        InputError: `out` is a folder with something else in it.
    """
    clock = Clock()
    shop, start = _ingested(out, progress)
    clock.lap("ingest")
    profiled = shop.profile(start, progress)
    clock.lap("profile")
    learned = shop.learn(start, progress=progress)
    clock.lap("learn")
    planned = shop.plan(budget, as_of=start, progress=progress)
    clock.lap("plan")
    progress("shop.stage_demo", 0, None)
    chances = learned.fitted.estimate(profiled.table, shop.offers()).select(["customer_id", "offer_id", "redemption"])
    with shop.engine() as analytics:
        effects = past_effects(
            analytics,
            start,
            profile=lambda moment: shop.profile(moment).table,
            settings=shop.settings.learn,
            currency=shop.settings.shop.currency,
        )
        clock.lap("effects")
        end = start + timedelta(days=shop.settings.plan.valid_days)
        used = outcomes.redemptions(analytics, start, end + timedelta(days=1))
        sent = outcomes.exposures(analytics, end)
    happened = _happened(profiled.table, chances, sent, used, shop.settings.learn.seed)
    clock.lap("compare")
    facts = replace(
        shop.facts(start, planned),
        models=_model_facts(planned, happened),
        effects=effect_facts(effects, shop.settings.learn.horizon_days),
        happened=_happened_facts(planned, happened),
    )
    facts = replace(facts, caveats=(*facts.caveats, "face_values_unknown", "redeemers_only_recipients", "one_shop"))
    page = render(facts, shop.settings.shop.language)
    clock.lap("report")
    answer = Demonstrated(out, planned, happened, effects, clock.usage())
    files.replace(out / "plan.parquet", planned.file.read_bytes())
    files.replace(out / "cards.md", planned.cards_file.read_bytes())
    files.replace(out / "report.html", page.encode())
    summary = json.dumps(answer.as_dict(), indent=1, ensure_ascii=False, default=str)
    files.replace(out / "summary.json", summary.encode())
    return answer


def _ingested(out: Path, progress: Progress) -> tuple[Shop, datetime]:
    """Make the workspace anew and read the year into it; return it with the moment campaign 18 started."""
    folder = out / "shop"
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        raise InputError(f"{out} holds something else", hint="name an empty or a new folder with --out")
    campaigns = {row["campaign_id"]: row for row in journey_files.campaigns().to_pylist()}
    first, last = campaigns[CAMPAIGN]["start"], campaigns[CAMPAIGN]["end"]
    start: datetime = journey_files.at(pa.array([first]), 0)[0].as_py()
    shutil.rmtree(folder, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    files.replace(out / MARKER, b"")
    days = (last - first).days + 1
    files.replace(folder / FILE, SETTINGS.format(zone=journey_files.ZONE, days=days, offers="").encode())
    shop = Shop.open(folder)
    shop.ingest(progress=progress)
    with shop.engine() as analytics:
        amount = outcomes.median_coupon(analytics, start)
    offers = "".join(
        OFFER_SETTINGS.format(kind=kind, title=kind.upper(), amount=f"{amount / 100:.2f}")
        for kind in complete_journey.OFFERS
    )
    files.replace(folder / FILE, SETTINGS.format(zone=journey_files.ZONE, days=days, offers=offers).encode())
    return Shop.open(folder), start


def _happened(profiles: pa.Table, chances: pa.Table, sent: pa.Table, used: pa.Table, seed: int) -> Happened:
    """Judge the predicted chance to redeem, and the baselines, among those who were sent the campaign."""
    recipients = sent.filter(pc.equal(sent["campaign_id"], CAMPAIGN))["customer_id"].combine_chunks()
    redeemers = used.filter(pc.equal(used["campaign_id"], CAMPAIGN))["customer_id"].combine_chunks()
    ours = chances.filter(pc.equal(chances["offer_id"], OFFER))
    predicted = _of(ours, recipients, "redemption")
    redeemed = pc.is_in(recipients, redeemers).to_numpy(zero_copy_only=False)
    generator = np.random.default_rng(seed)
    rivals = {
        name: judge(redeemed, sign * _of(profiles, recipients, feature), generator=generator)
        for name, (feature, sign) in RIVALS.items()
    }
    return Happened(
        recipients,
        redeemed,
        predicted,
        judge(redeemed, predicted, generator=generator),
        rivals,
        calibration(redeemed, predicted),
    )


def _of(table: pa.Table, customers: pa.Array, column: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    place = pc.index_in(customers, table["customer_id"].combine_chunks())
    values = table[column].combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _model_facts(planned: Planned, happened: Happened) -> ModelFacts:
    evidence = planned.fitted.evidence
    names = ", ".join(use.campaign_id for use in evidence.campaigns)
    rows = {"ours": happened.ours, **happened.rivals}
    return ModelFacts(
        model=Both.same(evidence.model),
        learned_from=Both.say("gather.learned_from", campaigns=names),
        learned_rows=evidence.rows,
        learned_before=planned.plan.as_of,
        judged_on=Both.say("demo.recipients"),
        judged=happened.ours.rows,
        positives=happened.ours.positives,
        scores=tuple(
            ScoreRow(
                Both.say(f"demo.score_{name}"), row.auc.value, row.lift.value, row.auc.low, row.auc.high, name == "ours"
            )
            for name, row in rows.items()
        ),
        reliability=tuple(ReliabilityBin(b.predicted, b.observed, b.rows) for b in happened.calibration.bins),
    )


def _happened_facts(planned: Planned, happened: Happened) -> HappenedFacts:
    order = np.argsort(-happened.predicted, kind="stable")
    deciles = tuple(
        DecileRow(number, len(part), int(happened.redeemed[part].sum()), float(happened.predicted[part].sum()))
        for number, part in enumerate(np.array_split(order, 10), 1)
    )
    decisions = planned.decisions
    chosen = decisions.filter(pc.not_equal(decisions["offer_id"], NO_OFFER))["customer_id"].combine_chunks()
    mine = pc.is_in(happened.customers, chosen).to_numpy(zero_copy_only=False)
    return HappenedFacts(
        campaign=Both.say("demo.campaign", campaign=CAMPAIGN),
        recipients=len(happened.redeemed),
        redeemers=int(happened.redeemed.sum()),
        deciles=deciles,
        planned=len(chosen),
        planned_and_sent=int(mine.sum()),
        redeemers_planned=int((mine & happened.redeemed).sum()),
    )
