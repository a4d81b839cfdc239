"""How the models were judged, read from the plain values a model's evidence carries.

Whatever is absent stays absent; what is not a number is no value. Names and codes become words where the catalogue has
them, and stand as they are where it has not: what somebody calls an offer or a feature is theirs to choose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from offersmith.report.inputs_base import Both
from offersmith.report.inputs_judged import (
    ArmCalibration,
    ArmRow,
    ClassifierRow,
    Condition,
    DepthCurve,
    DepthFacts,
    DepthPoint,
    Estimated,
    GainCurve,
    JudgedFacts,
    LeafFacts,
    PolicyFacts,
    PreferenceFacts,
    RankingFigure,
    SingleOffer,
    SupportFacts,
    TreeFacts,
    TriedRow,
    UpliftBin,
)
from offersmith.report.inputs_past import ReliabilityBin
from offersmith.vocabulary import NO_OFFER
from offersmith.words import catalogue, say

Plain = Mapping[str, Any]
Name = Callable[[str], Both]
FIGURES = ("accuracy", "precision", "recall", "f1", "auc", "log_loss")


def judged_facts(judged: Plain, offers: Mapping[str, str] | None = None) -> JudgedFacts | None:
    """Return the facts of the model page; None where nothing was judged.

    Args:
        judged: `Evidence.judged`, or what it was stored as.
        offers: offer -> the name people know it by.
    """
    if not judged:
        return None
    control = judged.get("control", NO_OFFER)
    name = _namer(offers or {}, control)
    chosen, support = judged.get("chosen"), judged.get("support")
    return JudgedFacts(
        rows=_whole(judged.get("rows")),
        customers=_whole(judged.get("customers")),
        money=judged.get("unit", "money") == "money",
        arms=tuple(_arm(row, name, control) for row in _list(judged, "arms")),
        tried=_by_value(_tried(row, chosen) for row in _list(judged, "tried")),
        single=_single(judged.get("single"), name),
        policy=_policy(judged.get("policy"), name, control),
        learned=_estimated(judged["learned"]) if judged.get("learned") else None,
        over_single=_estimated(judged["over_single"]) if judged.get("over_single") else None,
        choice=_reason(judged.get("choice_reason")),
        reasons=tuple(_code(code) for code in _list(judged, "reasons")),
        ranking=tuple(_ranking(judged, name)),
        curve=_curve(judged.get("curve")),
        calibration=tuple(_calibrated(row, name) for row in _list(judged, "calibration")),
        depth=tuple(_depth(row, name) for row in _list(judged, "depth")),
        tree=_tree(judged.get("tree"), name, control),
        preference=_preference(judged.get("preference")),
        counts=tuple((_code(code), int(rows)) for code, rows in (judged.get("counts") or {}).items() if rows),
        support=_support(support or (judged.get("policy") or {}).get("support"), judged),
    )


def _list(plain: Plain, key: str) -> list[Any]:
    return list(plain.get(key) or ())


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else round(number)


def _estimated(plain: Plain, value: str = "value", low: str = "low", high: str = "high") -> Estimated:
    """Return a figure; half an interval is none."""
    ends = _number(plain.get(low)), _number(plain.get(high))
    if ends[0] is None or ends[1] is None:
        return Estimated(_number(plain.get(value)), reason=_reason(plain.get("reason")))
    return Estimated(_number(plain.get(value)), *ends)


def _reason(code: str | None) -> Both | None:
    return _code(code) if code else None


def _code(code: str) -> Both:
    """Return a reason code in words."""
    for room, name in (("report", f"judged_{code}"), ("choice", code), ("response", code), ("experiments", code)):
        if name in catalogue(room):
            return Both.say(f"{room}.{name}")
    return Both.same(code.replace("_", " "))


def _word(key: str, text: str) -> Both:
    """Return the catalogue's word, or the text itself where there is none."""
    room, _, name = key.partition(".")
    return Both.say(key) if name in catalogue(room) else Both.same(text)


def _namer(offers: Mapping[str, str], control: str) -> Name:
    def name(arm: str) -> Both:
        if arm in {NO_OFFER, control}:
            return Both.say("gather.no_offer")
        return Both.same(str(offers.get(arm, arm)))

    return name


def _arm(row: Plain, name: Name, control: str) -> ArmRow:
    return ArmRow(
        name=name(row["arm"]),
        rows=int(row.get("rows") or 0),
        mean=_number(row.get("mean")),
        effect=_estimated(row, "effect"),
        is_none=row["arm"] in {NO_OFFER, control},
    )


def _tried(row: Plain, chosen: str | None) -> TriedRow:
    return TriedRow(_model(row["name"]), _estimated(row), _number(row.get("claimed")), row["name"] == chosen)


def _model(name: str) -> Both:
    """Return a model's name in words; what stands behind a space are its settings."""
    base, _, settings = name.partition(" ")
    word = _word(f"report.learner_{base}", base)
    if f"learner_{base}" not in catalogue("report"):
        return Both.same(name)
    return Both(f"{word.en}, {settings}", f"{word.zh}，{settings}") if settings else word


def _by_value(rows: Iterable[TriedRow]) -> tuple[TriedRow, ...]:
    lowest = -math.inf
    return tuple(sorted(rows, key=lambda row: -(lowest if row.value.value is None else row.value.value)))


def _single(plain: Plain | None, name: Name) -> SingleOffer | None:
    return SingleOffer(name(plain["arm"]), _estimated(plain)) if plain and plain.get("arm") else None


def _policy(plain: Plain | None, name: Name, control: str) -> PolicyFacts | None:
    if not plain:
        return None
    shares = [(arm, number) for arm, part in (plain.get("shares") or {}).items() if (number := _number(part))]
    nothing = {NO_OFFER, control}
    shares.sort(key=lambda one: (one[0] in nothing, -one[1]))
    return PolicyFacts(
        kind=plain["kind"],
        value=_estimated(plain),
        arm=name(plain["arm"]) if plain.get("arm") else None,
        claimed=_number(plain.get("claimed")),
        why=_reason(plain.get("reason")),
        shares=tuple((name(arm), part, arm in nothing) for arm, part in shares),
    )


def _ranking(judged: Plain, name: Name) -> Iterable[RankingFigure]:
    yield from _figures(judged, None)
    for one in _list(judged, "by_arm"):
        yield from _figures(one, name(one["arm"]))


def _figures(plain: Plain, arm: Both | None) -> Iterable[RankingFigure]:
    kinds: tuple[Literal["qini", "auuc"], ...] = ("qini", "auuc")
    for kind in kinds:
        if plain.get(kind):
            yield _figure(kind, plain[kind], arm)
    for one in _list(plain, "at_k"):
        yield _figure("at_k", one, arm)


def _figure(kind: Literal["qini", "auuc", "at_k"], plain: Plain, arm: Both | None) -> RankingFigure:
    definition = _word(f"experiments.{plain.get('definition', '')}", plain.get("definition_text", ""))
    return RankingFigure(kind, _estimated(plain), definition, arm, _number(plain.get("share")))


def _curve(plain: Plain | None) -> GainCurve | None:
    if not plain or not plain.get("share") or len(plain["share"]) != len(plain["gain"]):
        return None
    return GainCurve(tuple(map(float, plain["share"])), tuple(map(float, plain["gain"])))


def _calibrated(row: Plain, name: Name) -> ArmCalibration:
    bins = tuple(
        UpliftBin(int(one["rows"]), predicted, _estimated(one, "measured"))
        for one in _list(row, "bins")
        if (predicted := _number(one.get("predicted"))) is not None
    )
    return ArmCalibration(name(row["arm"]), _estimated(row, "slope", "slope_low", "slope_high"), bins)


def _depth(plain: Plain, name: Name) -> DepthFacts:
    def segment(code: str) -> Both:
        if plain.get("by") == "expected":
            arm = name(code)
            return Both(say("report.depth_expected", "en", arm=arm.en), say("report.depth_expected", "zh", arm=arm.zh))
        return _word(f"profiles.segment_{code}", code)

    return DepthFacts(
        kind=_word(f"report.depth_kind_{plain['kind']}", plain["kind"].replace("_", " ")),
        unit="amount" if plain.get("unit") == "amount" else "share",
        whole=_depths(plain, None, name),
        segments=tuple(_depths(one, segment(str(one["segment"])), name) for one in _list(plain, "segments")),
        by="expected" if plain.get("by") == "expected" else "given",
    )


def _depths(plain: Plain, segment: Both | None, name: Name) -> DepthCurve:
    points = tuple(
        DepthPoint(depth, name(one["arm"]), _estimated(one, "profit"), _whole(one.get("rows")))
        for one in _list(plain, "points")
        if (depth := _number(one.get("depth"))) is not None
    )
    close = tuple(number for one in _list(plain, "close") if (number := _number(one)) is not None)
    ordered = tuple(sorted(points, key=lambda point: point.depth))
    return DepthCurve(ordered, _number(plain.get("best")), close, segment, _whole(plain.get("rows")))


def _tree(plain: Plain | None, name: Name, control: str) -> TreeFacts | None:
    if not plain or not plain.get("leaves"):
        return None
    leaves = tuple(
        LeafFacts(
            conditions=_conditions(_list(leaf, "conditions")),
            arm=name(leaf["arm"]),
            rows=int(leaf.get("rows") or 0),
            share=_number(leaf.get("share")),
            value=_number(leaf.get("value")),
            is_none=leaf["arm"] in {NO_OFFER, control},
        )
        for leaf in plain["leaves"]
    )
    loss = {
        "reason": plain.get("loss_reason") or plain.get("reason"),
        **{key: plain.get(key) for key in ("loss", "loss_low", "loss_high")},
    }
    return TreeFacts(leaves, _estimated(plain), _estimated(loss, "loss", "loss_low", "loss_high"))


def _conditions(rows: list[Plain]) -> tuple[Condition, ...]:
    """Return one condition a feature, in the order they are first asked: two sides of a feature are a range."""
    ends: dict[str, tuple[float | None, float | None]] = {}
    for row in rows:
        low, high = ends.get(row["feature"], (None, None))
        value = float(row["value"])
        if row["sign"] == ">":
            low = value if low is None else max(low, value)
        else:
            high = value if high is None else min(high, value)
        ends[row["feature"]] = (low, high)
    return tuple(Condition(_word(f"profiles.feature_{name}", name), *both) for name, both in ends.items())


def _preference(plain: Plain | None) -> PreferenceFacts | None:
    """Return the classifiers; figures may lie flat in a row or, with their intervals, under `figures`."""
    if not plain or not plain.get("tried"):
        return None
    chosen = plain.get("chosen")
    rows = sorted(plain["tried"], key=lambda row: row["name"] != chosen)
    figures = rows[0].get("figures") or {}
    calibration = plain.get("calibration") or figures.get("calibration") or {}
    bins = tuple(
        ReliabilityBin(float(one["predicted"]), float(one["observed"]), int(one["rows"]))
        for one in calibration.get("bins") or ()
    )
    return PreferenceFacts(
        tried=tuple(_classifier(row, chosen) for row in rows),
        label=_word(f"report.label_{plain['label']}", str(plain["label"])) if plain.get("label") else None,
        threshold=_number(plain.get("threshold")),
        rows=_whole(plain.get("rows", figures.get("rows"))),
        positives=_whole(plain.get("positives", figures.get("positives"))),
        calibration=bins,
    )


def _classifier(row: Plain, chosen: str | None) -> ClassifierRow:
    figures = row.get("figures") or {}
    found: Plain = {**row, **figures, **(figures.get("chosen") or {})}
    accuracy, precision, recall, f1, auc, log_loss = (_measured(found.get(name)) for name in FIGURES)
    return ClassifierRow(
        name=_word(f"report.classifier_{row['name']}", row["name"]),
        accuracy=accuracy,
        precision=precision,
        recall=recall,
        f1=f1,
        auc=auc,
        log_loss=log_loss,
        chosen=row["name"] == chosen,
    )


def _measured(value: Any) -> Estimated:
    return _estimated(value) if isinstance(value, Mapping) else Estimated(_number(value))


def _support(plain: Plain | None, judged: Plain) -> SupportFacts | None:
    if not plain:
        return None
    return SupportFacts(
        rows=_whole(plain.get("rows", judged.get("rows"))),
        effective=_number(plain.get("ess", plain.get("effective"))),
        largest_weight=_number(plain.get("largest_weight")),
        largest_share=_number(plain.get("largest_share")),
        mean_weight=_number(plain.get("mean_weight")),
    )
