"""Who accepts which offer: the classifiers that were tried, on customers they had not seen. It is no effect."""

from __future__ import annotations

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Note, Section, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs_judged import ClassifierRow, Estimated, JudgedFacts, PreferenceFacts
from offersmith.report.scale import series
from offersmith.report.sections.models import calibration

SECTION = "preference"
COIN = 0.5
FIGURES = ("accuracy", "precision", "recall", "f1", "auc", "log_loss")


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where no classifier was tried."""
    found = facts.preference
    if found is None or not found.tried:
        return None
    blocks: list[Block] = [_table(found, reader), *_auc(found, reader), *calibration(found.calibration, reader)]
    blocks += _intervals(found.tried[0], reader)
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
    figures = [_figures(row) for row in found.tried]
    known = [name for name in FIGURES if any(row[name].value is not None for row in figures)]
    columns = (
        Column(reader.say("preference_classifier")),
        *(Column(reader.say(f"preference_{name}"), "number") for name in known),
    )
    cells: list[tuple[Cell, ...]] = [
        (_name(row, reader), *(_number(values[name].value, reader) for name in known))
        for row, values in zip(found.tried, figures, strict=True)
    ]
    title = reader.say("preference_table")
    if found.threshold is not None:
        title = reader.say("preference_table_from", threshold=reader.percent(found.threshold, 0))
    return Table(title, columns, tuple(cells))


def _number(value: float | None, reader: Reader) -> str | None:
    return None if value is None else reader.number(value, 3)


def _figures(row: ClassifierRow) -> dict[str, Estimated]:
    return {name: getattr(row, name) for name in FIGURES}


def _intervals(row: ClassifierRow, reader: Reader) -> tuple[Text, ...]:
    """Return the intervals of one classifier, as a sentence; the table would not hold them."""
    spans = [
        reader.say("preference_interval", name=reader.say(f"preference_{name}"), span=_span(one, reader))
        for name, one in _figures(row).items()
        if one.held
    ]
    if not spans:
        return ()
    return (Text(reader.say("preference_intervals", name=reader.of(row.name), spans=reader.join(spans))),)


def _span(one: Estimated, reader: Reader) -> str:
    return reader.say("judged_span", low=reader.number(one.low or 0.0, 3), high=reader.number(one.high or 0.0, 3))


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
