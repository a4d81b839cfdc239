"""The page of likely buyers in one language: how many, who, and how far to believe it."""

from __future__ import annotations

from math import exp

from offersmith.report.base import Chart, Column, Figure, Note, Number, Page, Section, Series, Table
from offersmith.report.buyers.facts import BuyersFacts
from offersmith.report.format import Reader
from offersmith.report.render import document
from offersmith.words import LANGUAGES, Language, say

SEEN = 0.02
"""Odds that are moved by less than this share are not spoken of."""


def render_buyers(facts: BuyersFacts, currency: str, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, currency)) for tongue in LANGUAGES)
    return document(editions, language, currency)


def page(facts: BuyersFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    sections = (_tenths(facts, reader), _judged(facts, reader)) if facts.expected is not None else ()
    return Page(
        title=_words(reader, "title", shop=facts.shop),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=_words(reader, "standfirst", day=reader.day(facts.as_of)),
        numbers=_numbers(facts, reader),
        sections=sections,
        footer=((_words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC"),),
        eyebrow=_words(reader, "eyebrow", shop=facts.shop, day=reader.day(facts.as_of)),
    )


def headline(facts: BuyersFacts, reader: Reader) -> str:
    """Return how many will buy, or that it cannot be said."""
    if facts.expected is None:
        return _words(reader, "headline_none", days=facts.days)
    told = {"expected": reader.count(round(facts.expected)), "customers": reader.count(facts.customers)}
    return _words(reader, "headline", days=facts.days, **told)


def predictor(name: str, reader: Reader) -> str:
    """Return a predictor's name in words."""
    if "+" in name:
        one, other = name.split("+")
        return _words(reader, "both", one=predictor(one, reader), other=predictor(other, reader))
    return _words(reader, f"of_{name}")


def encoders(facts: BuyersFacts, reader: Reader) -> str:
    """Return what became of encoders of sequences, and why."""
    if facts.gain is None:
        return _words(reader, f"encoders_{facts.encoders}")
    gain, low, high = (reader.number(one, 4) for one in facts.gain)
    return _words(reader, "encoders_taken", gain=gain, low=low, high=high)


def _words(reader: Reader, name: str, /, **values: object) -> str:
    return say(f"buyers.{name}", reader.language, **values)


def _numbers(facts: BuyersFacts, reader: Reader) -> tuple[Number, ...]:
    if facts.expected is None:
        return ()
    held = next(one for one in facts.scores if one["name"] == facts.taken)
    found = [Number(reader.count(round(facts.expected)), _words(reader, "expected", days=facts.days))]
    if held["auc"] is not None:
        found.append(Number(reader.percent(held["auc"], 0), _words(reader, "auc"), _words(reader, "auc_hint")))
    return tuple(found)


def _tenths(facts: BuyersFacts, reader: Reader) -> Section:
    title, heading = _words(reader, "tenths"), _words(reader, "share")
    names = tuple(_words(reader, "tenth", place=place + 1) for place in range(len(facts.tenths)))
    shares = tuple(one.expected / max(one.customers, 1) for one in facts.tenths)
    first = facts.tenths[0].expected / max(facts.expected or 0.0, 1e-9)
    summary = _words(reader, "tenths_summary", share=reader.percent(first, 0))
    named = _words(reader, "tenths_chart")
    chart = Chart("bar", named, names, (Series(heading, shares),), summary, unit="percent", horizontal=True)
    columns = (
        Column(_words(reader, "who")),
        Column(_words(reader, "customers"), "int"),
        Column(_words(reader, "low"), "percent"),
        Column(_words(reader, "high"), "percent"),
        Column(_words(reader, "will_buy"), "int"),
    )
    rows = tuple(
        (name, one.customers, one.low, one.high, round(one.expected))
        for name, one in zip(names, facts.tenths, strict=True)
    )
    return Section("tenths", title, summary, (Figure(chart, Table(named, columns, rows)),))


def _judged(facts: BuyersFacts, reader: Reader) -> Section:
    columns = (
        Column(_words(reader, "predictor")),
        Column(_words(reader, "auc"), "percent"),
        Column(_words(reader, "log_loss")),
        Column(_words(reader, "beyond")),
        Column(_words(reader, "slope")),
        Column(_words(reader, "mean"), "percent"),
    )
    rows = []
    for one in sorted(facts.scores, key=lambda each: float(each["log_loss"])):
        name = predictor(one["name"], reader)
        said = _words(reader, "taken", name=name) if one["name"] == facts.taken else name
        ends = [f"{one[key]:+.4f}" for key in ("worse", "low", "high")]
        beyond = _words(reader, "ends", value=ends[0], low=ends[1], high=ends[2]) if one["worse"] else "0"
        slope = "–" if one["slope"] is None else reader.number(one["slope"])
        rows.append((said, one["auc"], reader.number(one["log_loss"], 4), beyond, slope, one["mean"]))
    table = Table(_words(reader, "judged"), columns, tuple(rows))
    note = Note(encoders(facts, reader), "info", _words(reader, "sequences"))
    return Section(
        "judged", _words(reader, "judged"), _words(reader, "judged_lead"), (table, *_level(facts, reader), note)
    )


def _level(facts: BuyersFacts, reader: Reader) -> tuple[Note, ...]:
    """Return by how much all odds were moved, where a person would see it."""
    times = exp(facts.shift)
    if abs(times - 1) < SEEN:
        return ()
    said = _words(reader, "raised" if facts.shift > 0 else "lowered", times=reader.number(times), days=facts.days)
    return (Note(said, "info", _words(reader, "level")),)
