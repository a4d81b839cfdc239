"""The page of quality in one language."""

from __future__ import annotations

from offersmith.profiles.odd import Odd
from offersmith.report.base import Block, Note, Number, Page, Section, Text
from offersmith.report.checkup.drift_blocks import WORST, distribution, every_feature, index_figure
from offersmith.report.checkup.facts import CheckupFacts
from offersmith.report.checkup.odd_tables import SHOWN, counted, customers_table, products_table, words
from offersmith.report.format import Reader
from offersmith.report.render import document
from offersmith.report.sections import quality
from offersmith.words import LANGUAGES, Language


def render_checkup(facts: CheckupFacts, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, facts.currency)) for tongue in LANGUAGES)
    return document(editions, language, facts.currency)


def page(facts: CheckupFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    day = reader.day(facts.as_of)
    return Page(
        title=words(reader, "title", shop=facts.shop),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=words(reader, "standfirst", day=day),
        numbers=_numbers(facts, reader),
        sections=(_customers(facts, reader), _products(facts, reader), _drift(facts, reader), _read(facts, reader)),
        footer=((words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC"),),
        eyebrow=words(reader, "eyebrow", shop=facts.shop, day=day),
    )


def headline(facts: CheckupFacts, reader: Reader) -> str:
    """Return the finding in a sentence."""
    told = {"customers": counted(facts.customers), "products": counted(facts.products)}
    if facts.drift is None or facts.too_few:
        return words(reader, "headline_alone", **told)
    since = {"since": reader.day(facts.since), "features": len(facts.drift.features) - len(facts.aging)}
    return words(reader, "headline", **told, **since, moved=len(facts.moved))


def drift_lead(facts: CheckupFacts, reader: Reader) -> str:
    """Return what moved between the moments, or why nothing can be said of it."""
    days = {"since": reader.day(facts.since), "day": reader.day(facts.as_of)}
    if facts.drift is None:
        return words(reader, "drift_young", **days)
    first, second = facts.drift.customers
    told = {**days, "first": first, "second": second}
    if facts.too_few:
        return words(reader, "drift_few", **told)
    return words(reader, "drift_lead", moved=len(facts.moved), aged=len(facts.aged), **told)


def _numbers(facts: CheckupFacts, reader: Reader) -> tuple[Number, ...]:
    found = [
        Number(reader.count(counted(facts.customers)), words(reader, "odd_customers")),
        Number(reader.count(len(facts.kept_out.found)), words(reader, "kept_out"), words(reader, "kept_out_hint")),
        Number(reader.count(counted(facts.products)), words(reader, "odd_products")),
    ]
    if facts.drift is not None and not facts.too_few:
        found.append(Number(reader.count(len(facts.moved)), words(reader, "moved"), words(reader, "moved_hint")))
    return tuple(found)


def _customers(facts: CheckupFacts, reader: Reader) -> Section:
    found, title = facts.customers, words(reader, "odd_customers")
    if not found.found and not facts.kept_out.found:
        return Section("customers", title, words(reader, "customers_none", rows=found.rows), ())
    told = {"found": counted(found), "rows": found.rows, "out": len(facts.kept_out.found)}
    lead = [words(reader, "customers_lead", **told), *_shown(found, reader)]
    blocks = (customers_table(facts, reader), Note(words(reader, "customers_note")))
    return Section("customers", title, reader.sentences(lead), blocks)


def _products(facts: CheckupFacts, reader: Reader) -> Section:
    found, title = facts.products, words(reader, "odd_products")
    if not found.found:
        return Section("products", title, words(reader, "products_none", rows=found.rows), ())
    lead = [words(reader, "products_lead", found=counted(found), rows=found.rows), *_shown(found, reader)]
    return Section("products", title, reader.sentences(lead), (products_table(facts, reader),))


def _shown(found: Odd, reader: Reader) -> list[str]:
    """Return how many stand in the table, where those are not all."""
    shown = min(len(found.found), SHOWN)
    return [words(reader, "shown", shown=shown)] if shown < counted(found) else []


def _drift(facts: CheckupFacts, reader: Reader) -> Section:
    title, lead = words(reader, "drift"), drift_lead(facts, reader)
    if facts.drift is None or facts.too_few or not facts.drift.features:
        return Section("drift", title, lead, ())
    own = tuple(one for one in facts.drift.features if one.feature not in facts.aging)
    blocks: list[Block] = [Note(words(reader, "drift_note"))]
    blocks += [index_figure(own, reader)] if own else []
    blocks += [distribution(one, facts, reader) for one in own[:WORST] if one.psi > 0]
    return Section("drift", title, lead, (*blocks, every_feature(facts, reader)))


def _read(facts: CheckupFacts, reader: Reader) -> Section:
    said = tuple(Text(reader.of(one), words(reader, "repaired")) for one in facts.repaired)
    section = quality.section(facts.read, facts.as_of, reader)
    return Section(section.id, words(reader, "read"), section.lead, (*said, *section.blocks))
