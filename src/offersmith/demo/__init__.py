"""The whole road on a real retailer's year: plan campaign 18 as of the day it started, then look at what happened.

The Complete Journey (extra `demo`). Everything is learned from events before campaign 18 began; what its recipients
did afterwards is read only to judge. Redemption can be judged only among the households that were really sent the
campaign, because nobody else could redeem.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from offersmith.demo.answer import Clock, Demonstrated
from offersmith.demo.happened import compare
from offersmith.demo.pages import happened_facts, model_facts
from offersmith.demo.year import ingested
from offersmith.progress import Progress, silent
from offersmith.report import render
from offersmith.report.gather import effect_facts
from offersmith.report.inputs import CaveatCode
from offersmith.response.effects import past_effects
from offersmith.store import files, outcomes

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
    planned = shop.plan(budget, as_of=start, progress=progress)
    clock.lap("plan")
    progress("shop.stage_demo", 0, None)
    chances = learned.fitted.estimate(profiled.table, shop.offers()).select(["customer_id", "offer_id", "redemption"])
    with shop.engine() as analytics:
        effects = past_effects(
            analytics,
            start,
            profile=lambda moment: shop.profiles_at(analytics, moment)[0],
            settings=shop.settings.learn,
            currency=shop.settings.shop.currency,
        )
        clock.lap("effects")
        end = start + timedelta(days=shop.settings.plan.valid_days)
        used = outcomes.redemptions(analytics, start, end + timedelta(days=1))
        sent = outcomes.exposures(analytics, end)
    happened = compare(profiled.table, chances, sent, used, shop.settings.learn.seed)
    clock.lap("compare")
    facts = replace(
        shop.facts(start, planned),
        models=model_facts(planned, happened),
        effects=effect_facts(effects, shop.settings.learn.horizon_days),
        happened=happened_facts(planned, happened),
    )
    failed = any("placebo_fails" in past.claim.reasons for past in effects)
    told: tuple[CaveatCode, ...] = ("placebo_failed",) if failed else ()
    told = (*told, "face_values_unknown", "redeemers_only_recipients", "one_shop")
    facts = replace(facts, caveats=(*facts.caveats, *told))
    page = render(facts, shop.settings.shop.language)
    clock.lap("report")
    answer = Demonstrated(out, planned, happened, effects, clock.usage())
    files.replace(out / "plan.parquet", planned.file.read_bytes())
    files.replace(out / "cards.md", planned.cards_file.read_bytes())
    files.replace(out / "report.html", page.encode())
    summary = json.dumps(answer.as_dict(), indent=1, ensure_ascii=False, default=str)
    files.replace(out / "summary.json", summary.encode())
    return answer
