"""The pages of a report: which sections stand on them, in which order."""

from __future__ import annotations

from offersmith.report.base import Page, Section
from offersmith.report.format import Reader
from offersmith.report.inputs import ReportFacts
from offersmith.report.sections import (
    caveats,
    depth,
    effects,
    glance,
    happened,
    headline,
    left_out,
    models,
    plan,
    policy_tree,
    preference,
    quality,
    segments,
    tried,
    uplift,
)
from offersmith.words import Language

VERSIONS = ("offersmith", "plan", "model", "seed")
"""Parts whose names are translated in the footer; others are printed as they are."""


def promotion(facts: ReportFacts, language: Language) -> Page:
    """Return the report of one shop in one language: the plan first, then what stands behind it."""
    reader = Reader(language, facts.currency)
    versions = tuple(
        (reader.say(f"version_{part}") if part in VERSIONS else part, version)
        for part, version in facts.versions.items()
    )
    return Page(
        title=reader.say("page_title" if facts.plan else "page_title_shop", shop=facts.name),
        language=language,
        headline=headline.headline(facts, reader),
        standfirst=headline.standfirst(facts, reader),
        numbers=headline.numbers(facts, reader),
        sections=_sections(facts, reader),
        footer=versions,
        eyebrow=reader.say("eyebrow", day=reader.day(facts.as_of)),
        warnings=caveats.gravest(facts, reader),
    )


def _sections(facts: ReportFacts, reader: Reader) -> tuple[Section, ...]:
    found = (
        plan.section(facts.plan, reader) if facts.plan else None,
        happened.section(facts.happened, reader) if facts.happened else None,
        *_judged(facts, reader),
        models.section(facts.models, reader) if facts.models else None,
        effects.section(facts.effects, reader) if facts.effects else None,
        segments.section(facts.segments, reader) if facts.segments else None,
        glance.section(facts.shop, facts.as_of, reader),
        quality.section(facts.quality, facts.as_of, reader) if facts.quality else None,
        caveats.section(facts, reader),
    )
    return tuple(section for section in found if section is not None)


def _judged(facts: ReportFacts, reader: Reader) -> tuple[Section | None, ...]:
    """Return what is known of the models: what they are worth, whether they hold, what they say, what was left out."""
    if facts.judged is None:
        return ()
    parts = (tried, uplift, depth, policy_tree, preference, left_out)
    return tuple(part.section(facts.judged, reader) for part in parts)
