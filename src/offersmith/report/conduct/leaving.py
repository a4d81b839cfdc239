"""What customers left in carts or only looked at: the products left most, and the carts worth most."""

from __future__ import annotations

from offersmith.report.base import Block, Cell, Note, Section, Table
from offersmith.report.conduct.facts import ConductFacts, Left, Pile
from offersmith.report.conduct.words import called, heads, words
from offersmith.report.format import Reader


def left_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return what lies in carts and what was only looked at, as lists for a reminder."""
    title, parts = words(reader, "left"), (facts.carts, facts.views)
    seen = [part for part in parts if part.found.recorded]
    if not seen:
        return Section("left", title, words(reader, "left_unrecorded"), ())
    lead = [_left_lead(part, reader) for part in parts]
    blocks: list[Block] = [_left_table(part, facts, reader) for part in seen if part.found.rows]
    blocks += [_carts_table(facts.carts.carts, reader)] if facts.carts.carts else []
    blocks += [Note(words(reader, "left_note"), width="half")] if blocks else []
    return Section("left", title, reader.sentences(lead), tuple(blocks))


def _left_lead(part: Left, reader: Reader) -> str:
    found, what = part.found, part.found.what
    if not found.recorded:
        return found.text(reader.language)
    if not found.rows:
        return words(reader, f"{what}_none", days=found.days)
    each = found.rows / found.customers
    said = [words(reader, f"{what}_lead", customers=found.customers, each=each, days=found.days)]
    if found.valued:
        worth = "carts_worth" if found.valued == found.rows else "carts_worth_known"
        said.append(words(reader, worth, value=reader.money(reader.major(found.value))))
    return reader.sentences(said)


def _left_table(part: Left, facts: ConductFacts, reader: Reader) -> Table:
    what = part.found.what
    columns = heads(reader, product="text", product_name="text")
    if what == "carts":
        columns += heads(reader, carts_customers="int", worth="money")
    else:
        columns += heads(reader, views_customers="int")
    rows: list[tuple[Cell, ...]] = []
    for one in part.products:
        worth: tuple[Cell, ...] = (_major(one, reader),) if what == "carts" else ()
        rows.append((one.key, called(one.key, facts), one.count, *worth))
    return Table(words(reader, f"{what}_table"), columns, tuple(rows), width="half")


def _carts_table(carts: tuple[Pile, ...], reader: Reader) -> Table:
    columns = heads(reader, customer="text", products="int", worth="money")
    return Table(
        words(reader, "largest_table"), columns, tuple((one.key, one.count, _major(one, reader)) for one in carts),
        width="half",
    )  # fmt: skip


def _major(one: Pile, reader: Reader) -> float | None:
    return None if one.value is None else reader.major(one.value)
