"""Which models were tried, what the policy of each is worth on customers it had not seen, and which one decides."""

from __future__ import annotations

from dataclasses import replace

from offersmith.report.base import (
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Line,
    Note,
    Number,
    Numbers,
    Section,
    Series,
    Table,
    Text,
)
from offersmith.report.format import Reader
from offersmith.report.inputs_judged import ArmRow, Estimated, JudgedFacts, PolicyFacts, TriedRow
from offersmith.report.scale import Scale, hollow, series, why
from offersmith.response.choice.gate import DOUBT

SECTION = "tried"


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where no model, policy or offer was judged."""
    if not (facts.tried or facts.policy or facts.arms):
        return None
    scale = Scale(reader, facts.money)
    blocks: list[Block] = [*_numbers(facts, scale), *_reasons(facts, reader), *_models(facts, scale)]
    blocks += [*_shares(facts.policy, reader), *_arms(facts, scale)]
    if facts.rows is not None and facts.customers is not None:
        counts = {"rows": reader.count(facts.rows), "customers": reader.count(facts.customers)}
        blocks.append(Text(reader.say("judged_how", per=scale.customers, **counts), reader.say("judged_how_title")))
    return Section(SECTION, reader.say("judged_title"), _lead(facts, scale), tuple(blocks))


def _lead(facts: JudgedFacts, scale: Scale) -> str:
    reader, policy = scale.reader, facts.policy
    if policy is None or policy.value.value is None:
        return reader.say("judged_lead_tried", count=reader.count(len(facts.tried))) if facts.tried else ""
    if policy.kind == "none":
        return reader.say("judged_lead_none")
    said = reader.say(
        f"judged_lead_{policy.kind}",
        arm=reader.of(policy.arm) if policy.arm else "",
        value=scale.write(policy.value.value),
        per=scale.customers,
        span=scale.span(policy.value),
    )
    return reader.sentences([said, *_doubt(policy.value, reader)])


def _doubt(value: Estimated, reader: Reader) -> list[str]:
    """Return what keeps a value from being believed, if anything does."""
    if not value.held:
        return [reader.say("judged_no_verdict", why=why(value, reader))]
    return [] if value.positive else [reader.say("judged_unclear")]


def _numbers(facts: JudgedFacts, scale: Scale) -> tuple[Numbers, ...]:
    """Return what was measured, side by side: the policy that decides, what it was chosen over, its own forecast."""
    reader, policy, single = scale.reader, facts.policy, facts.single
    kind = policy.kind if policy else None
    items = [] if policy is None or kind == "none" else _number("judged_number_policy", policy.value, scale)
    if kind != "learned":
        items += _number("judged_number_learned", facts.learned, scale)
    if single is not None and kind != "single":
        arm = reader.say("judged_number_single_hint", arm=reader.of(single.name), span=scale.span(single.value))
        items += [replace(one, hint=arm) for one in _number("judged_number_single", single.value, scale)]
    if kind == "learned":
        items += _number("judged_number_over", facts.over_single, scale)
    if items:
        items.append(Number(scale.write(0.0), reader.say("judged_number_none"), reader.say("judged_number_none_hint")))
    if policy is not None and kind == "learned" and policy.claimed is not None:
        ratio = _ratio(policy.value, policy.claimed)
        hint = reader.say("judged_number_claimed_hint", ratio=reader.number(ratio, 2)) if ratio is not None else ""
        items.append(Number(scale.write(policy.claimed), reader.say("judged_number_claimed"), hint))
    return (Numbers(tuple(items)),) if items else ()


def _number(name: str, found: Estimated | None, scale: Scale) -> list[Number]:
    """Return a headline number with its interval, or nothing without a value."""
    if found is None or found.value is None:
        return []
    return [Number(scale.write(found.value), scale.reader.say(name, per=scale.customers), scale.span(found))]


def _ratio(value: Estimated, claimed: float | None) -> float | None:
    """Return how many times its held-out value a policy claims; None where that value may be nothing."""
    if claimed is None or value.value is None or not value.positive:
        return None
    return claimed / value.value


def _reasons(facts: JudgedFacts, reader: Reader) -> tuple[Note, ...]:
    why = facts.policy.why if facts.policy else None
    said = dict.fromkeys(reader.of(one) for one in (facts.choice, why, *facts.reasons) if one)
    if not said:
        return ()
    return (Note(reader.sentences(map(_sentence, said)), title=reader.say("judged_why_title")),)


def _sentence(text: str) -> str:
    """Return a reason as a sentence: some are written to stand after a colon."""
    ends = "。" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else "."
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "。")) else ends)


def _name(row: TriedRow, reader: Reader) -> str:
    name = reader.of(row.name)
    if row.value.value is None:
        return reader.say("judged_not", name=name)
    return reader.say("judged_chosen", name=name) if row.chosen else name


def _models(facts: JudgedFacts, scale: Scale) -> tuple[Figure, ...]:
    rows, reader = facts.tried, scale.reader
    if not rows:
        return ()
    names = tuple(_name(row, reader) for row in rows)
    held, claimed = reader.say("judged_held_out"), reader.say("judged_claimed")
    shown, hidden = _claims_shown(facts)
    runs = [series(held, (row.value for row in rows), scale)]
    if any(value is not None for value in shown):
        runs.append(Series(claimed, tuple(scale.of(value) for value in shown)))
    title = reader.say("judged_models_chart", per=scale.customers)
    said = [reader.say("judged_models_summary"), *_example(rows, scale)]
    said += hollow((row.value for row in rows), reader)
    if hidden:
        said.append(reader.say("judged_claims_outside", count=reader.count(hidden)))
    summary = reader.sentences(said)
    chart = Chart("interval", title, names, tuple(runs), summary, unit=scale.unit, lines=_lines(facts, reader, scale))
    return (Figure(chart, Table(title, *_models_table(rows, names, scale))),)


def _example(rows: tuple[TriedRow, ...], scale: Scale) -> list[str]:
    row = next((row for row in rows if row.chosen and row.value.value is not None), None)
    if row is None or row.value.value is None or row.claimed is None:
        return []
    values = {"value": scale.write(row.value.value), "claimed": scale.write(row.claimed)}
    return [scale.reader.say("judged_models_example", name=scale.reader.of(row.name), **values)]


def _lines(facts: JudgedFacts, reader: Reader, scale: Scale) -> tuple[Line, ...]:
    lines = [Line(reader.say("judged_line_none"), 0.0)]
    if facts.single is not None and (value := scale.of(facts.single.value.value)) is not None:
        lines.append(Line(reader.say("judged_line_single", arm=reader.of(facts.single.name)), value))
    return tuple(lines)


def _claims_shown(facts: JudgedFacts) -> tuple[list[float | None], int]:
    """Return the claims that fit into the picture and how many do not: one wild claim would flatten all the rest."""
    ends = [end for row in facts.tried for end in (row.value.value, row.value.low, row.value.high) if end is not None]
    ends += [0.0] + ([facts.single.value.value] if facts.single and facts.single.value.value is not None else [])
    width = max(ends) - min(ends)
    low, high = min(ends) - width, max(ends) + width
    claims = [row.claimed for row in facts.tried]
    shown = [value if value is not None and low <= value <= high else None for value in claims]
    return shown, sum(value is not None for value in claims) - sum(value is not None for value in shown)


def _models_table(
    rows: tuple[TriedRow, ...], names: tuple[str, ...], scale: Scale
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    reader = scale.reader
    reasons = [why(row.value, reader) for row in rows]
    columns = [
        Column(reader.say("judged_model")),
        Column(reader.say("judged_held_out"), scale.kind),
        Column(reader.say("low"), scale.kind),
        Column(reader.say("high"), scale.kind),
        Column(reader.say("judged_claimed"), scale.kind),
        Column(reader.say("judged_ratio"), "number"),
    ]
    columns += [Column(reader.say("judged_note"))] if any(reasons) else []
    cells: list[tuple[Cell, ...]] = []
    for name, row, reason in zip(names, rows, reasons, strict=True):
        figures = (row.value.value, row.value.low, row.value.high, row.claimed)
        cells.append(
            (name, *map(scale.of, figures), _ratio(row.value, row.claimed), *((reason,) if any(reasons) else ()))
        )
    return tuple(columns), tuple(cells)


def _shares(policy: PolicyFacts | None, reader: Reader) -> tuple[Figure, ...]:
    if policy is None or policy.kind != "learned" or not policy.shares:
        return ()
    names, values = tuple(reader.of(name) for name, _, _ in policy.shares), tuple(part for _, part, _ in policy.shares)
    most = max(range(len(values)), key=values.__getitem__)
    title, said = reader.say("judged_shares_chart"), reader.say("judged_of_customers")
    summary = reader.say("judged_shares_summary", name=names[most], share=reader.percent(values[most], 0))
    nothing = tuple(at for at, (_, _, none) in enumerate(policy.shares) if none)
    run = Series(said, values, muted_points=nothing)
    chart = Chart("bar", title, names, (run,), summary, unit="percent", horizontal=True)
    columns = (Column(reader.say("plan_offer")), Column(said, "percent"))
    return (Figure(chart, Table(title, columns, tuple(zip(names, values, strict=True))), width="half"),)


def _arms(facts: JudgedFacts, scale: Scale) -> tuple[Figure, ...]:
    rows, reader = tuple(row for row in facts.arms if not row.is_none), scale.reader
    if not any(row.effect.value is not None for row in rows):
        return ()
    names, title = tuple(reader.of(row.name) for row in rows), reader.say("judged_arms_chart", per=scale.customers)
    effect = reader.say("judged_arms_effect")
    clear = sum(row.effect.positive for row in rows)
    summary = reader.say("judged_arms_summary", count=reader.count(clear), all=reader.count(len(rows)))
    said = [summary, *_controls(facts, scale), *_beside_single(facts, len(rows), reader)]
    summary = reader.sentences([*said, *hollow((row.effect for row in rows), reader)])
    run = series(effect, (row.effect for row in rows), scale)
    chart = Chart("interval", title, names, (run,), summary, unit=scale.unit, reference=0.0)
    beside = facts.policy is not None and facts.policy.kind == "learned" and bool(facts.policy.shares)
    return (Figure(chart, Table(title, *_arms_table(rows, names, scale)), width="half" if beside else "full"),)


def _controls(facts: JudgedFacts, scale: Scale) -> list[str]:
    row = next((row for row in facts.arms if row.is_none and row.mean is not None), None)
    if row is None or row.mean is None:
        return []
    values = {"rows": scale.reader.count(row.rows), "mean": scale.write(row.mean), "per": scale.customers}
    return [scale.reader.say("judged_arms_controls", **values)]


def _beside_single(facts: JudgedFacts, offers: int, reader: Reader) -> list[str]:
    """Say why the best single offer's value is not its average effect; of one offer alone, nothing is chosen."""
    if facts.single is None or offers < 2:
        return []
    return [reader.say("judged_arms_single", wider=reader.percent(DOUBT - 1, 0))]


def _arms_table(
    rows: tuple[ArmRow, ...], names: tuple[str, ...], scale: Scale
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    reader = scale.reader
    reasons = [why(row.effect, reader) for row in rows]
    columns = [
        Column(reader.say("plan_offer")),
        Column(reader.say("rows"), "int"),
        Column(reader.say("judged_arms_mean"), scale.kind),
        Column(reader.say("judged_arms_effect"), scale.kind),
        Column(reader.say("low"), scale.kind),
        Column(reader.say("high"), scale.kind),
    ]
    columns += [Column(reader.say("judged_note"))] if any(reasons) else []
    cells: list[tuple[Cell, ...]] = [
        (
            *(name, row.rows),
            *map(scale.of, (row.mean, row.effect.value, row.effect.low, row.effect.high)),
            *((reason,) if any(reasons) else ()),
        )
        for name, row, reason in zip(names, rows, reasons, strict=True)
    ]
    return tuple(columns), tuple(cells)
