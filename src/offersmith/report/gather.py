"""What a report says, gathered from the rooms that know it: tables and summaries in, `ReportFacts` out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import metadata
from typing import Any

import pyarrow as pa

from offersmith.events.mending import in_sales
from offersmith.events.quality import QualityReport
from offersmith.report.gather_caveats import caveats, told
from offersmith.report.gather_judged import judged_facts
from offersmith.report.gather_plan import plan_facts, segment_name
from offersmith.report.inputs import (
    Both,
    EffectFacts,
    EffectRow,
    Interval,
    ModelFacts,
    OverlapBin,
    PriorFacts,
    QualityFacts,
    QualityFinding,
    ReliabilityBin,
    ReportFacts,
    ScoreRow,
    SegmentFacts,
    SegmentRow,
    ShopFacts,
)
from offersmith.response.effects import PastEffect
from offersmith.response.holdout import HeldOut
from offersmith.settings import Settings
from offersmith.store import summaries
from offersmith.store.analytics import Analytics
from offersmith.words import catalogue

CATEGORIES = 12
PRODUCTS = 10
SEGMENT_DAYS = 365
FEATURES_SHOWN = 10


def shop_facts(analytics: Analytics, as_of: datetime | None) -> ShopFacts:
    """Return the shop at a glance, from events before `as_of` (None = all)."""
    return ShopFacts(
        totals=summaries.totals(analytics, as_of),
        by_month=summaries.by_month(analytics, as_of),
        by_category=summaries.by_category(analytics, as_of, CATEGORIES),
        by_product=summaries.by_product(analytics, as_of, PRODUCTS),
        by_event=summaries.by_event(analytics, as_of),
    )


def quality_facts(receipts: Sequence[Mapping[str, Any]], quality: QualityReport) -> QualityFacts:
    """Return what was read and what is odd about it.

    Args:
        receipts: one per ingested file, as `FileReceipt.as_dict` wrote them into the ledger.
        quality: of the events as they lie in the store.
    """
    sums: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for receipt in receipts:
        sums.update({name: value for name, value in receipt.items() if isinstance(value, int)})
        refused.update(receipt.get("by_reason", {}))
    guessed = in_sales(receipts)
    told = (QualityFinding(Both(guessed.money("en"), guessed.money("zh")), guessed.rows, "warning"),) if guessed else ()
    return QualityFacts(
        read=sums["read"],
        accepted=sums["kept"],
        redelivered=sums["redelivered"],
        quarantined=sums["quarantined"],
        anonymous=sums["anonymous"],
        refunds=sums["refunds"],
        equal_lines=sums["equal_lines"],
        missing={column.column: column.share for column in quality.columns},
        reasons=tuple((Both.say(f"events.reason_{code}"), rows) for code, rows in refused.most_common()),
        findings=told
        + tuple(
            QualityFinding(
                Both.say(f"events.quality_{finding.code}", rows=finding.rows, share=finding.share),
                finding.rows,
                "warning",
            )
            for finding in quality.findings
            if finding.rows
        ),
    )


def segment_facts(profiles: pa.Table, segments: pa.Table, as_of: datetime) -> SegmentFacts:
    """Return the segments with their sales of the last year and their orders ever, largest revenue first."""
    joined = segments.append_column("revenue", profiles["spend_365d"]).append_column("orders", profiles["orders"])
    sums = joined.group_by("segment").aggregate([("customer_id", "count"), ("revenue", "sum"), ("orders", "sum")])
    rows = [
        SegmentRow(
            name=segment_name(row["segment"]),
            customers=row["customer_id_count"],
            revenue_minor=int(row["revenue_sum"] or 0),
            orders=int(row["orders_sum"] or 0),
            meaning=Both.say(f"profiles.segment_{row['segment']}_means"),
        )
        for row in sums.to_pylist()
    ]
    return SegmentFacts(tuple(sorted(rows, key=lambda row: -row.revenue_minor)), as_of, SEGMENT_DAYS)


def model_facts(summary: Mapping[str, Any]) -> ModelFacts | None:
    """Return how good the model was on customers it had not seen; None where it learned from no campaign."""
    evidence = summary["evidence"]
    scores = evidence["scores"]
    if "redemption_auc" not in scores:
        return None
    uses = [use for use in evidence["campaigns"] if use["redeemers"] is not None]
    return ModelFacts(
        model=_model_name(evidence["model"]),
        learned_from=_learned_from(evidence),
        learned_rows=evidence["rows"],
        learned_before=datetime.fromisoformat(summary["as_of"]),
        judged_on=Both.say("gather.judged_out_of_fold"),
        judged=sum(use["treated"] for use in uses),
        positives=sum(use["redeemers"] for use in uses),
        scores=(
            ScoreRow(_model_name(evidence["model"]), scores["redemption_auc"], scores["redemption_lift"], ours=True),
        ),
        reliability=tuple(
            ReliabilityBin(line["predicted"], line["observed"], int(line["rows"])) for line in evidence["reliability"]
        ),
        importance=importance(evidence["importance"]),
    )


def held_out_facts(held: HeldOut, evidence: Mapping[str, Any]) -> ModelFacts:
    """Return how good a model was on a campaign that started after everything it learned from.

    Args:
        held: the judgement.
        evidence: `Evidence.as_dict()` of the model that was judged.
    """
    rows = {"ours": held.ours, **held.rivals}
    return ModelFacts(
        model=_model_name(evidence["model"]),
        learned_from=_learned_from(evidence),
        learned_rows=evidence["rows"],
        learned_before=held.campaign.start,
        judged_on=Both.say("gather.recipients", campaign=held.campaign.campaign_id),
        judged=held.ours.rows,
        positives=held.ours.positives,
        scores=tuple(
            ScoreRow(
                Both.say(f"gather.score_{name}"),
                row.auc.value,
                row.lift.value,
                row.auc.low,
                row.auc.high,
                name == "ours",
            )
            for name, row in rows.items()
        ),
        reliability=tuple(ReliabilityBin(b.predicted, b.observed, b.rows) for b in held.calibration.bins),
        importance=importance(evidence["importance"]),
        later=True,
    )


def _both_judgings(models: ModelFacts, summary: Mapping[str, Any] | None) -> ModelFacts:
    """Return what was judged on later time, beside the figures out of fold that `learn` prints of the plan's model."""
    scores = {} if summary is None else summary["evidence"]["scores"]
    if not models.later or "redemption_auc" not in scores:
        return models
    return replace(models, out_of_fold=(scores["redemption_auc"], scores["redemption_lift"]))


def _model_name(model: str) -> Both:
    """Return what people call a model of `response.MODELS`; others by their own name."""
    return Both.say(f"gather.model_{model}") if f"model_{model}" in catalogue("gather") else Both.same(model)


def _learned_from(evidence: Mapping[str, Any]) -> Both:
    names = sorted({use["campaign_id"] for use in evidence["campaigns"]}, key=lambda name: (len(name), name))
    return Both.say("gather.learned_from", campaigns=", ".join(names))


def importance(shares: Mapping[str, float]) -> tuple[tuple[Both, float], ...]:
    """Return the features that carry the ranking, by the names people read, weightiest first.

    A model may count a feature and the fact that it is unknown apart (`name missing`), and each offer (`offer name`);
    a reader need not.
    """
    sums: dict[str, float] = {}
    for name, share in shares.items():
        base = (
            "gather.which_offer" if name.startswith("offer ") else f"profiles.feature_{name.removesuffix(' missing')}"
        )
        sums[base] = sums.get(base, 0.0) + share
    heaviest = sorted(sums.items(), key=lambda one: -one[1])[:FEATURES_SHOWN]
    return tuple((Both.say(key), share) for key, share in heaviest)


def effect_facts(effects: Sequence[PastEffect], horizon_days: int) -> EffectFacts | None:
    """Return what past campaigns changed; those with too few comparable customers are left out, None without any."""
    rows = []
    for past in effects:
        measured, placebo = past.claim.effect, past.claim.placebo
        if measured is None or placebo is None or past.claim.low is None or past.claim.high is None:
            continue
        rows.append(
            EffectRow(
                campaign=Both.say("gather.campaign", campaign=past.campaign_id, offer=past.offer_id),
                treated=measured.treated,
                control=measured.control,
                effect=Interval(measured.estimate, measured.ci_low, measured.ci_high),
                placebo=Interval(placebo.estimate, placebo.ci_low, placebo.ci_high),
                claim=Interval(measured.estimate, past.claim.low, past.claim.high),
                naive=past.naive,
                before_treated=past.spent_recipients,
                before_control=past.spent_others,
                logged=past.logged,
            )
        )
    if not rows:
        return None
    largest = max(effects, key=lambda past: past.recipients)
    shown = largest.overlap
    bins = zip(shown.edges[:-1], shown.edges[1:], shown.treated, shown.control, strict=True)
    return EffectFacts(
        rows=tuple(rows),
        horizon_days=horizon_days,
        overlap=tuple(OverlapBin(*one) for one in bins),
        overlap_of=Both.say("gather.campaign", campaign=largest.campaign_id, offer=largest.offer_id),
        trimmed=1 - shown.kept,
        overlap_logged=largest.logged,
    )


def gather(
    *,
    settings: Settings,
    analytics: Analytics,
    as_of: datetime,
    receipts: Sequence[Mapping[str, Any]],
    quality: QualityReport,
    profiles: pa.Table,
    segments: pa.Table,
    summary: Mapping[str, Any] | None = None,
    decisions: pa.Table | None = None,
    models: ModelFacts | None = None,
    effects: EffectFacts | None = None,
    judged: Mapping[str, Any] | None = None,
    margin_rate: float | None = None,
) -> ReportFacts:
    """Return everything one report says; without a plan its sections are left out.

    `models` judged on later time takes the place of the model's own scores out of fold. `judged` is how the response
    models were judged (`Evidence.judged`); None takes it from the plan's model. `margin_rate` is the one that model was
    learned with; None = the plan's, else the settings'.
    """
    shop = shop_facts(analytics, as_of)
    versions = {"offersmith": metadata.version("offersmith")}
    if summary is not None:
        versions |= {"plan": summary["version"], "model": ", ".join(summary["model_versions"])}
        versions |= {"seed": str(summary["seed"])}
    planned = summary is not None and decisions is not None
    cold = summary is not None and summary["cold"]
    priors = settings.priors
    stated = settings.economics.margin_rate if margin_rate is None else margin_rate
    return ReportFacts(
        name=settings.shop.name,
        currency=settings.shop.currency,
        as_of=as_of,
        shop=shop,
        margin_rate=stated if summary is None else summary["margin_rate"],
        quality=quality_facts(receipts, quality),
        segments=segment_facts(profiles, segments, as_of),
        plan=plan_facts(summary, decisions, segments) if planned and summary and decisions is not None else None,
        judged=judged_facts(_judged(summary) if judged is None else judged, _offers(summary, settings)),
        models=_both_judgings(models, summary) if models else None if summary is None else model_facts(summary),
        effects=effects,
        caveats=caveats(shop, summary),
        told=told(summary),
        priors=PriorFacts(priors.lift_per_point, priors.lift_sd, priors.redemption) if cold else None,
        versions=versions,
    )


def _offers(summary: Mapping[str, Any] | None, settings: Settings) -> Mapping[str, str]:
    """Return what people call the offers: as the plan had them, else as the settings have them."""
    named: Mapping[str, str] = (summary or {}).get("offers") or {one.id: one.name or one.id for one in settings.offers}
    return named


def _judged(summary: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if summary is None else summary["evidence"].get("judged", {})
