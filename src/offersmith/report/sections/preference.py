"""Who accepts which offer: the classifiers that were tried, on customers they had not seen. It is no effect."""

from __future__ import annotations

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Note, Section, Table
from offersmith.report.format import Reader
from offersmith.report.inputs_judged import ClassifierRow, Estimated, JudgedFacts, PreferenceFacts
from offersmith.report.scale import series
from offersmith.report.sections.models import calibration

SECTION = "preference"
COIN = 0.5


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where no classifier was tried."""
    found = facts.preference
    if found is None or not found.tried:
        return None
    blocks: list[Block] = [_table(found, reader), *_auc(found, reader), *calibration(found.calibration, reader)]
    label = reader.of(found.label) if found.label else reader.say("preference_used")
    blocks.append(Note(reader.say("preference_no_effect")))
    return Section(SECTION, reader.say("preference_title"), _lead(found, label, reader), tuple(blocks))


def _lead(found: PreferenceFacts, label: str, reader: Reader) -> str:
    chosen = found.tried[0]
    if chosen.auc.value is None:
        return reader.say("preference_lead_plain", label=label)
    said = reader.say(
        "preference_lead", label=label, name=reader.of(chosen.name), auc=reader.number(chosen.auc.value, 3)
    )
    if found.rows is None or found.positives is None:
        return said
    counts = {"rows": reader.count(found.rows), "positives": reader.count(found.positives)}
    return reader.sentences([said, reader.say("preference_judged", **counts)])


def _name(row: ClassifierRow, reader: Reader) -> str:
    return reader.say("judged_chosen", name=reader.of(row.name)) if row.chosen else reader.of(row.name)


def _table(found: PreferenceFacts, reader: Reader) -> Table:
    named = {
        "accuracy": [row.accuracy for row in found.tried],
        "precision": [row.precision for row in found.tried],
        "recall": [row.recall for row in found.tried],
        "f1": [row.f1 for row in found.tried],
        "auc": [row.auc for row in found.tried],
        "log_loss": [row.log_loss for row in found.tried],
    }
    known = {name: rows for name, rows in named.items() if any(one.value is not None for one in rows)}
    columns = (
        Column(reader.say("preference_classifier")),
        *(Column(reader.say(f"preference_{name}")) for name in known),
    )
    cells: list[tuple[Cell, ...]] = [
        (_name(row, reader), *(_written(rows[at], reader) for rows in known.values()))
        for at, row in enumerate(found.tried)
    ]
    title = reader.say("preference_table")
    if found.threshold is not None:
        title = reader.say("preference_table_from", threshold=reader.percent(found.threshold))
    return Table(title, columns, tuple(cells))


def _written(one: Estimated, reader: Reader) -> str | None:
    if one.value is None:
        return None
    value = reader.number(one.value, 3)
    if one.low is None or one.high is None:
        return value
    span = reader.say("judged_span", low=reader.number(one.low, 3), high=reader.number(one.high, 3))
    return f"{value} ({span})"


def _auc(found: PreferenceFacts, reader: Reader) -> tuple[Figure, ...]:
    rows = [row for row in found.tried if row.auc.value is not None]
    if not rows:
        return ()
    names, title, said = (
        tuple(_name(row, reader) for row in rows),
        reader.say("models_auc_chart"),
        reader.say("models_auc"),
    )
    best = max(rows, key=lambda row: row.auc.value or 0.0)
    summary = reader.say(
        "preference_auc_summary", name=reader.of(best.name), auc=reader.number(best.auc.value or 0.0, 3)
    )
    chart = Chart("interval", title, names, (series(said, (row.auc for row in rows)),), summary, reference=COIN)
    columns = (
        Column(reader.say("preference_classifier")),
        Column(said),
        Column(reader.say("low")),
        Column(reader.say("high")),
    )
    cells = tuple(
        (
            name,
            *(
                None if value is None else reader.number(value, 3)
                for value in (row.auc.value, row.auc.low, row.auc.high)
            ),
        )
        for name, row in zip(names, rows, strict=True)
    )
    return (Figure(chart, Table(title, columns, cells), width="half"),)
