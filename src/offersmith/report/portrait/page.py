"""The page of one customer in one language: the story in a sentence, then what it rests on."""

from __future__ import annotations

from dataclasses import replace

from offersmith.report.base import Block, Note, Number, Page, Section
from offersmith.report.format import Reader
from offersmith.report.portrait.blocks import (
    every_feature,
    given_table,
    group_table,
    interests_figure,
    months_figure,
    moves_figure,
    timeline_table,
    worth_table,
)
from offersmith.report.portrait.facts import PortraitFacts
from offersmith.report.portrait.habits import due_table, habits_table, neighbour_text
from offersmith.report.portrait.reading import chance, dated, day_of, times, words
from offersmith.report.render import document
from offersmith.words import LANGUAGES, Language


def render_portrait(facts: PortraitFacts, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, facts.currency)) for tongue in LANGUAGES)
    return document(editions, language, facts.currency)


def page(facts: PortraitFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    sections = (_who(facts, reader), _worth(facts, reader), _likes(facts, reader), _habits(facts, reader))
    return Page(
        title=words(reader, "title", customer=facts.customer_id),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=standfirst(facts, reader),
        numbers=_numbers(facts, reader),
        sections=(
            *sections,
            _again(facts, reader),
            _happened(facts, reader),
            _offers(facts, reader),
            _all(facts, reader),
        ),
        footer=((words(reader, "shop"), facts.shop), (words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC")),
        eyebrow=words(reader, "eyebrow", shop=facts.shop, day=reader.day(facts.as_of)),
    )


def headline(facts: PortraitFacts, reader: Reader) -> str:
    """Return the finding: which segment, and whether the customer is expected back."""
    segment = reader.of(facts.groups[0].name) if facts.groups else words(reader, "no_segment")
    if facts.worth is None:
        return words(reader, "headline_plain", customer=facts.customer_id, segment=segment)
    return words(
        reader,
        "headline",
        customer=facts.customer_id,
        segment=segment,
        chance=chance(1 - facts.worth.churn, reader),
        days=reader.count(facts.worth.horizon_days),
    )


def standfirst(facts: PortraitFacts, reader: Reader) -> str:
    """Return what was bought so far, what they like most, and when they are expected next."""
    said = []
    orders, spend, recency = (facts.standing(name) for name in ("orders", "spend", "recency"))
    if orders and orders.value and spend and spend.value is not None and recency and recency.value is not None:
        bought = {"orders": reader.count(orders.value), "spend": reader.money(reader.major(round(spend.value)))}
        said.append(words(reader, "so_far", **bought, days=reader.count(int(recency.value))))
    else:
        said.append(words(reader, "nothing_bought"))
    if facts.interests:
        said.append(words(reader, "likes", names=reader.join(one.name for one in facts.interests[:3])))
    worth = facts.worth
    if worth and worth.next_from and worth.next_until:
        ends = {"first": reader.day(worth.next_from), "last": reader.day(worth.next_until)}
        said.append(words(reader, "next", **ends, chance=chance(worth.next_chance, reader)))
    return reader.sentences(said)


def _numbers(facts: PortraitFacts, reader: Reader) -> tuple[Number, ...]:
    found = []
    if facts.groups:
        first = facts.groups[0]
        size = words(reader, "of_all", share=reader.percent(first.share), customers=reader.count(first.customers))
        found.append(Number(reader.of(first.name), words(reader, "segment"), size))
    worth = facts.worth
    if worth:
        days = reader.count(worth.horizon_days)
        if worth.value:
            low, high = reader.money(worth.value.low), reader.money(worth.value.high)
            hint = words(reader, "span_of", low=low, high=high)
            found.append(Number(reader.money(worth.value.estimate), words(reader, "value_of", days=days), hint))
        low, high = times(worth.orders.low, reader), times(worth.orders.high, reader)
        hint = words(reader, "span_of", low=low, high=high)
        found.append(Number(times(worth.orders.estimate, reader), words(reader, "orders_of", days=days), hint))
        hint = words(reader, "churn_hint", days=days)
        found.append(Number(chance(worth.churn, reader), words(reader, "churn"), hint))
    return tuple(replace(one, hint=dated(one.hint, facts, reader)) for one in found)


def _who(facts: PortraitFacts, reader: Reader) -> Section:
    blocks: list[Block] = [group_table(facts, reader)] if facts.groups else []
    beside = neighbour_text(facts, reader)
    blocks += [beside] if beside else []
    blocks += [moves_figure(facts, reader)] if facts.moves else []
    lead = words(reader, "who_lead") if facts.groups else words(reader, "who_lead_none")
    return Section("who", words(reader, "who"), lead, tuple(blocks))


def _worth(facts: PortraitFacts, reader: Reader) -> Section:
    if facts.worth is None:
        note = Note(words(reader, f"no_worth_{facts.worth_reason}"), "info")
        return Section("worth", words(reader, "worth"), words(reader, "worth_lead_none"), (note,))
    notes = [Note(words(reader, "kept_out"), "warning")] if facts.worth.kept_out else []
    lead = words(reader, "worth_lead", days=reader.count(facts.worth.horizon_days))
    return Section("worth", words(reader, "worth"), lead, (worth_table(facts, facts.worth, reader), *notes))


def _likes(facts: PortraitFacts, reader: Reader) -> Section:
    if not facts.interests:
        return Section("likes", words(reader, "likes_title"), words(reader, "likes_none"), ())
    lead = words(reader, "likes_lead")
    return Section("likes", words(reader, "likes_title"), lead, (interests_figure(facts, reader),))


def _habits(facts: PortraitFacts, reader: Reader) -> Section:
    if not facts.habits:
        return Section("habits", words(reader, "habits"), words(reader, "habits_none"), ())
    return Section("habits", words(reader, "habits"), words(reader, "habits_lead"), (habits_table(facts, reader),))


def _again(facts: PortraitFacts, reader: Reader) -> Section:
    if not facts.due:
        return Section("again", words(reader, "again"), words(reader, "again_none"), ())
    return Section("again", words(reader, "again"), words(reader, "again_lead"), (due_table(facts, reader),))


def _happened(facts: PortraitFacts, reader: Reader) -> Section:
    if not facts.happened:
        return Section("happened", words(reader, "happened"), words(reader, "happened_none"), ())
    latest = facts.happened[0]
    lead = words(reader, "happened_lead", day=day_of(latest.time, reader))
    pictures = [months_figure(facts, reader)] if facts.months else []
    return Section("happened", words(reader, "happened"), lead, (*pictures, timeline_table(facts, reader)))


def _offers(facts: PortraitFacts, reader: Reader) -> Section:
    if not facts.given:
        return Section("offers", words(reader, "offers"), words(reader, "offers_none"), ())
    used = sum(one.used is not None for one in facts.given)
    counts = {"given": reader.count(len(facts.given)), "used": reader.count(used)}
    lead = words(reader, "offers_lead_used" if used else "offers_lead", **counts)
    return Section("offers", words(reader, "offers"), lead, (given_table(facts, reader),))


def _all(facts: PortraitFacts, reader: Reader) -> Section:
    lead = words(reader, "all_lead", day=reader.day(facts.as_of))
    return Section("all", words(reader, "all"), lead, (every_feature(facts, reader),))
