"""How good the predictions are on time they had not seen, beside rules a shop would use without a model."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.report.base import Block, Chart, Column, Figure, Section, Series, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs import ModelFacts, ReliabilityBin, ScoreRow

SIGNALS = 12


def section(facts: ModelFacts, reader: Reader) -> Section:
    """Return the section."""
    blocks: list[Block] = [*_auc(facts, reader), *_lift(facts, reader), *calibration(facts.reliability, reader)]
    blocks += _importance(facts, reader)
    learned = reader.say(
        "models_learned",
        model=reader.of(facts.model),
        learned_from=reader.of(facts.learned_from),
        rows=reader.count(facts.learned_rows),
        before=reader.day(facts.learned_before),
        judged=reader.count(facts.judged),
        judged_on=reader.of(facts.judged_on),
        positives=reader.count(facts.positives),
    )
    return Section(
        "models", reader.say("models_title"), _lead(facts, reader), (*blocks, Text(learned), *_other(facts, reader))
    )


def _other(facts: ModelFacts, reader: Reader) -> tuple[Text, ...]:
    """Return why `learn` prints other figures, where it does: another model, judged on other customers."""
    if facts.out_of_fold is None:
        return ()
    auc, lift = facts.out_of_fold
    text = reader.say(
        "models_other", auc=reader.number(auc, 3), lift=reader.number(lift, 2), before=reader.day(facts.learned_before)
    )
    return (Text(text, reader.say("models_other_title")),)


def _split(facts: ModelFacts) -> tuple[ScoreRow | None, list[ScoreRow]]:
    ours = next((row for row in facts.scores if row.ours), None)
    return ours, [row for row in facts.scores if not row.ours]


def _lead(facts: ModelFacts, reader: Reader) -> str:
    ours, rivals = _split(facts)
    if ours is None:
        return ""
    unseen = reader.say("models_unseen_time" if facts.later else "models_unseen_customers")
    lift = reader.number(ours.lift, 1)
    if not rivals:
        return reader.say("models_lead_alone", unseen=unseen, lift=lift)
    stronger = [row for row in rivals if row.auc >= ours.auc or row.lift >= ours.lift]
    if not stronger:
        return reader.say("models_lead_best", unseen=unseen, lift=lift)
    rival = max(stronger, key=lambda row: row.auc)
    return reader.say("models_lead_beaten", unseen=unseen, lift=lift, rival=reader.of(rival.name))


def _auc(facts: ModelFacts, reader: Reader) -> tuple[Figure, ...]:
    ours, rivals = _split(facts)
    if ours is None:
        return ()
    best = max(rivals, key=lambda row: row.auc, default=None)
    values = {"name": reader.of(ours.name), "auc": reader.number(ours.auc, 3)}
    if best is None:
        summary = reader.say("models_auc_alone", **values)
    else:
        rival = {"rival": reader.of(best.name), "rival_auc": reader.number(best.auc, 3)}
        summary = reader.say("models_auc_summary", **values, **rival)
    rows = facts.scores
    names = tuple(reader.of(row.name) for row in rows)
    lows = tuple(row.auc if row.auc_low is None else row.auc_low for row in rows)
    highs = tuple(row.auc if row.auc_high is None else row.auc_high for row in rows)
    title, said = reader.say("models_auc_chart"), reader.say("models_auc")
    series = (Series(said, tuple(row.auc for row in rows), lows, highs),)
    limits = (min(0.5, *(int(low * 10) / 10 for low in lows)), 1.0)
    chart = Chart("interval", title, names, series, summary, unit="number", reference=0.5, limits=limits)
    columns = (Column(reader.say("models_ranking")), Column(said), Column(reader.say("low")),
               Column(reader.say("high")))  # fmt: skip
    cells = tuple(
        (name, *(None if value is None else reader.number(value, 3) for value in (row.auc, row.auc_low, row.auc_high)))
        for name, row in zip(names, rows, strict=True)
    )
    return (Figure(chart, Table(title, columns, cells), width="half"),)


def _lift(facts: ModelFacts, reader: Reader) -> tuple[Figure, ...]:
    ours, _ = _split(facts)
    if ours is None:
        return ()
    names = tuple(reader.of(row.name) for row in facts.scores)
    values = tuple(row.lift for row in facts.scores)
    title, said = reader.say("models_lift_chart"), reader.say("models_lift")
    summary = reader.say("models_lift_summary", name=reader.of(ours.name), lift=reader.number(ours.lift, 2))
    rivals = tuple(index for index, row in enumerate(facts.scores) if not row.ours)
    series = (Series(said, values, muted_points=rivals),)
    chart = Chart("bar", title, names, series, summary, unit="number", horizontal=True, reference=1.0)
    columns = (Column(reader.say("models_ranking")), Column(said, "number"))
    return (Figure(chart, Table(title, columns, tuple(zip(names, values, strict=True))), width="half"),)


def calibration(bins: Sequence[ReliabilityBin], reader: Reader) -> tuple[Figure, ...]:
    """Return predicted against real chances, or nothing without groups."""
    if not bins:
        return ()
    worst = max(abs(one.predicted - one.observed) for one in bins)
    title, observed = reader.say("models_calibration_chart"), reader.say("models_observed")
    predicted = reader.say("models_predicted")
    chart = Chart(
        "scatter",
        title,
        tuple(one.predicted for one in bins),
        (Series(observed, tuple(one.observed for one in bins)),),
        reader.say("models_calibration_summary", worst=reader.number(worst * 100, 1)),
        unit="percent",
        x_unit="percent",
        x_name=predicted,
        y_name=observed,
        diagonal=True,
    )
    columns = (Column(predicted, "percent"), Column(observed, "percent"), Column(reader.say("customers"), "int"))
    cells = tuple((one.predicted, one.observed, one.customers) for one in bins)
    return (Figure(chart, Table(title, columns, cells), width="half"),)


def _importance(facts: ModelFacts, reader: Reader) -> list[Figure]:
    rows = facts.importance[:SIGNALS]
    if not rows:
        return []
    names, values = tuple(reader.of(name) for name, _ in rows), tuple(share for _, share in rows)
    title, said = reader.say("models_importance_chart"), reader.say("models_importance")
    summary = reader.say("models_importance_summary", name=names[0], share=reader.percent(values[0], 0))
    chart = Chart("bar", title, names, (Series(said, values),), summary, unit="percent", horizontal=True)
    columns = (Column(reader.say("models_signal")), Column(said, "percent"))
    return [Figure(chart, Table(title, columns, tuple(zip(names, values, strict=True))), width="half")]
