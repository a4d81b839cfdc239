"""The whole road on a real retailer's year: plan campaign 18 as of the day it started, then look at what happened.

The Complete Journey (extra `demo`). Everything is learned from events before campaign 18 began; what its recipients
did afterwards is read only to judge. Redemption can be judged only among the households that were really sent the
campaign, because nobody else could redeem.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.demo.answer import Clock, Demonstrated
from offersmith.demo.pages import happened_facts
from offersmith.demo.year import CAMPAIGN, OFFER, PLAYBOOKS, ingested
from offersmith.progress import Progress, silent
from offersmith.report import render
from offersmith.report.gather import held_out_facts
from offersmith.report.inputs import CaveatCode
from offersmith.response import holdout
from offersmith.response.base import FittedResponse
from offersmith.shop import Shop
from offersmith.store import files, outcomes
from offersmith.store.analytics import Analytics

__all__ = ["run"]


def run(out: Path, *, budget: str = "150", progress: Progress = silent) -> Demonstrated:
    """Drive the road from ingest to report and write the four files into `out`.

    Raises:
        MissingExtraError: the package with the data is not installed.
        InputError: `out` is a folder with something else in it.
    """
    clock = Clock()
    shop, start = ingested(out, progress)
    clock.lap("ingest")
    profiled = shop.profile(start, progress)
    clock.lap("profile")
    learned = shop.learn(start, progress=progress)
    clock.lap("learn")
    planned = shop.plan(budget, playbooks=PLAYBOOKS, as_of=start, progress=progress)
    clock.lap("plan")
    progress("shop.stage_demo", 0, None)
    with shop.engine() as kept:
        effects = shop.effects(kept, start)
        clock.lap("effects")
        held = _held_out(shop, kept.analytics, start, profiled.table, learned.fitted)
    clock.lap("compare")
    facts = replace(
        shop.facts(start, planned, effects=effects, models=held_out_facts(held, learned.fitted.evidence.as_dict())),
        happened=happened_facts(planned, held),
    )
    failed = any("placebo_fails" in past.claim.reasons for past in effects)
    told: tuple[CaveatCode, ...] = ("placebo_failed",) if failed else ()
    told = (*told, "face_values_unknown", "redeemers_only_recipients", "one_shop")
    facts = replace(facts, caveats=(*facts.caveats, *told))
    page = render(facts, shop.settings.shop.language)
    clock.lap("report")
    answer = Demonstrated(out, planned, held, effects, clock.usage())
    files.replace(out / "plan.parquet", planned.file.read_bytes())
    files.replace(out / "cards.md", planned.cards_file.read_bytes())
    files.replace(out / "report.html", page.encode())
    summary = json.dumps(answer.as_dict(), indent=1, ensure_ascii=False, default=str)
    files.replace(out / "summary.json", summary.encode())
    return answer


def _held_out(
    shop: Shop, analytics: Analytics, start: datetime, profiles: pa.Table, fitted: FittedResponse
) -> holdout.HeldOut:
    """Judge the model on campaign 18, which started when it had finished learning."""
    end = start + timedelta(days=shop.settings.plan.valid_days)
    sent = outcomes.exposures(analytics, end)
    mine = sent.filter(pc.and_(pc.equal(sent["campaign_id"], CAMPAIGN), pc.equal(sent["offer_id"], OFFER)))
    happened = holdout.campaign(analytics, mine, start, end)
    return holdout.hold_out(happened, profiles, fitted.estimate(profiles, shop.offers()), shop.settings.learn.seed)
