"""The page of behaviour in one language."""

from __future__ import annotations

from offersmith.profiles.behaviour.seasonality import Of, bin_name
from offersmith.report.base import Number, Page
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.leaving import left_section
from offersmith.report.conduct.pricing import price_section
from offersmith.report.conduct.returning import again_section
from offersmith.report.conduct.timing import preferred_section, seasons_section
from offersmith.report.conduct.visiting import funnel_section, leak, visits_section
from offersmith.report.conduct.words import words
from offersmith.report.format import Reader
from offersmith.report.render import document
from offersmith.words import LANGUAGES, Language

SECTIONS = (
    visits_section, funnel_section, left_section, seasons_section, price_section, preferred_section, again_section,
)  # fmt: skip


def render_conduct(facts: ConductFacts, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, facts.currency)) for tongue in LANGUAGES)
    return document(editions, language, facts.currency)


def page(facts: ConductFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    day = reader.day(facts.as_of)
    return Page(
        title=words(reader, "title", shop=facts.shop),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=words(reader, "standfirst", day=day, since=reader.day(facts.since)),
        numbers=_numbers(facts, reader),
        sections=tuple(section(facts, reader) for section in SECTIONS),
        footer=((words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC"),),
        eyebrow=words(reader, "eyebrow", shop=facts.shop, day=day),
    )


def headline(facts: ConductFacts, reader: Reader) -> str:
    """Return the finding: where visits drop off, else when the shop is busy, else how much is bought again."""
    found = facts.funnel
    if found.conversion is not None:
        told = {
            "first": words(reader, f"step_{found.steps[0].name}"),
            "lost": words(reader, f"before_{leak(found).name}"),
        }
        return words(reader, "headline", share=reader.percent(found.conversion, 0), **told)
    busy = [name for of in ("weekday", "hour") if (name := _busiest(facts, of, reader))]
    if busy:
        return words(reader, "headline_busy", when=reader.join(busy), cycles=facts.cycles)
    if facts.cycles:
        return words(reader, "headline_again", cycles=facts.cycles)
    return words(reader, "headline_none")


def _busiest(facts: ConductFacts, of: Of, reader: Reader) -> str:
    season = facts.seasons.season(of)
    if not season.clear:
        return ""
    return bin_name(of, max(season.bins, key=lambda one: one.index).name, reader.language)


def _numbers(facts: ConductFacts, reader: Reader) -> tuple[Number, ...]:
    """Return the headline numbers of what the shop records."""
    found: list[Number] = []
    if not facts.visits.reason:
        found.append(Number(reader.count(facts.visits.visits), words(reader, "visits")))
    if facts.funnel.conversion is not None:
        share, first = reader.percent(facts.funnel.conversion), words(reader, f"step_{facts.funnel.steps[0].name}")
        found.append(Number(share, words(reader, "conversion"), words(reader, "conversion_hint", first=first)))
    if facts.carts.found.recorded:
        left = facts.carts.found
        found.append(
            Number(
                reader.count(left.customers),
                words(reader, "with_cart"),
                words(reader, "with_cart_hint", days=left.days),
            )
        )
    if facts.price.deal_share:
        seeks = facts.price.counts["seeks"]
        found.append(Number(reader.count(seeks), words(reader, "seekers"), words(reader, "seekers_hint")))
    found.append(Number(reader.count(facts.cycles), words(reader, "with_cycle"), words(reader, "with_cycle_hint")))
    return tuple(found)
