"""Two plans side by side as a page of their own: one file, both languages, every picture with its table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offersmith.report.base import Block, Column, Note, Number, Page, Section, Table, Text
from offersmith.report.comparison_blocks import flows, limits, offers, segments, sentence, signed, words
from offersmith.report.format import MINUS, Reader
from offersmith.report.render import document
from offersmith.store.files import replace
from offersmith.strategy.compare import Comparison
from offersmith.strategy.compare.told import notes, title, value
from offersmith.words import LANGUAGES, Language, say

LEAST = 0.005
"""Major units below which a change of profit reads as 0.00."""
GRAVE = ("nobody_in_common", "terms_not_told", "terms_stated", "margin_differs", "models_differ", "moments_differ")
"""Notes that change what the rest of the page means: they stand at its top."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A comparison, and the page that was written of it."""

    comparison: Comparison
    file: Path
    size: int

    def text(self, language: Language = "en") -> str:
        """Say the comparison, then where its page is."""
        said = say("compare.written", language, file=self.file, kilobytes=self.size // 1000)
        return f"{self.comparison.text(language)}\n{said}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**self.comparison.as_dict(), "file": str(self.file), "bytes": self.size}

    def __str__(self) -> str:
        return self.text()


def write(made: Comparison, out: Path, *, shop: str, language: Language = "en") -> Written:
    """Write the page.

    Args:
        made: what it shows.
        out: the file.
        shop: what the shop is called.
        language: shown first.

    Raises:
        OSError: the file cannot be written.
    """
    html = render_comparison(made, shop=shop, language=language).encode()
    replace(out, html)
    return Written(made, out, len(html))


def render_comparison(made: Comparison, *, shop: str, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same comparison gives the same bytes."""
    editions = tuple(page(made, shop, Reader(tongue, made.currency)) for tongue in LANGUAGES)
    return document(editions, language, made.currency)


def page(made: Comparison, shop: str, reader: Reader) -> Page:
    """Return the page in one language."""
    one, two = made.before, made.after
    footer = [
        (words(reader, "page_plan_before"), one.version),
        *([] if made.what_if else [(words(reader, "page_plan_after"), two.version)]),
        (words(reader, "page_models"), reader.join(dict.fromkeys([*one.models, *two.models]))),
    ]
    said = dict(zip(made.notes, notes(made, reader.language), strict=True))
    return Page(
        title=title(made, reader.language),
        language=reader.language,
        headline=_headline(made, reader),
        standfirst=words(
            reader,
            "page_standfirst",
            profit_before=reader.money(one.profit),
            profit_after=reader.money(two.profit),
            cost_before=reader.money(one.cost),
            cost_after=reader.money(two.cost),
        ),
        numbers=_numbers(made, reader),
        sections=(_who(made, reader), _shop(made, reader), _asked(made, reader), _beware(said, reader)),
        footer=tuple(footer),
        eyebrow=words(reader, "page_eyebrow_what_if" if made.what_if else "page_eyebrow", shop=shop),
        warnings=tuple((sentence(text, reader), "beware") for code, text in said.items() if code in GRAVE),
    )


def _headline(made: Comparison, reader: Reader) -> str:
    if "nobody_moves" in made.notes:
        return words(reader, "page_headline_same")
    fate = "even" if abs(made.profit) < LEAST else "more" if made.profit > 0 else "less"
    return words(
        reader,
        f"page_headline_{fate}",
        better=reader.count(made.fortune.better),
        worse=reader.count(made.fortune.worse),
        profit=reader.money(abs(made.profit)),
    )


def _numbers(made: Comparison, reader: Reader) -> tuple[Number, ...]:
    one, two = made.before, made.after
    common = words(reader, "page_of_customers", customers=reader.count(made.customers))
    given = reader.count(abs(two.given - one.given))
    sign = "+" if two.given > one.given else MINUS if two.given < one.given else ""
    sold = one.sold(two)
    revenue = (
        []
        if sold is None
        else [Number(signed(sold[1] - sold[0], reader), words(reader, "page_revenue"), _from_to(*sold, reader))]
    )
    return (
        Number(signed(made.profit, reader), words(reader, "page_profit"), _from_to(one.profit, two.profit, reader)),
        *revenue,
        Number(signed(made.cost, reader), words(reader, "page_cost"), _from_to(one.cost, two.cost, reader)),
        Number(
            f"{sign}{given}",
            words(reader, "page_given"),
            words(reader, "page_from_to", before=reader.count(one.given), after=reader.count(two.given)),
        ),
        Number(reader.count(made.fortune.better), words(reader, "page_gain_label"), common),
        Number(reader.count(made.fortune.worse), words(reader, "page_lose_label"), common),
    )


def _from_to(before: float, after: float, reader: Reader) -> str:
    return words(reader, "page_from_to", before=reader.money(before), after=reader.money(after))


def _who(made: Comparison, reader: Reader) -> Section:
    one, two = made.only_before, made.only_after
    blocks: list[Block] = [*flows(made, reader), *segments(made, reader)]
    if one.customers or two.customers:
        counts = {"before": one.customers, "given_before": one.given, "after": two.customers, "given_after": two.given}
        blocks.append(Text(words(reader, "page_only", **{name: reader.count(n) for name, n in counts.items()})))
    return Section("who", words(reader, "page_who"), words(reader, "page_who_lead"), tuple(blocks))


def _shop(made: Comparison, reader: Reader) -> Section:
    blocks: tuple[Block, ...] = (*offers(made, reader), *limits(made, reader))
    return Section("shop", words(reader, "page_shop"), words(reader, "page_shop_lead"), blocks)


def _asked(made: Comparison, reader: Reader) -> Section:
    heading = words(reader, "page_asked")
    if not made.asked:
        return Section("asked", heading, "", (Text(words(reader, "page_asked_nothing")),))
    columns = tuple(Column(words(reader, name)) for name in ("page_field", "page_before", "page_after"))
    rows = tuple(
        (one.field, value(one.before, reader.language), value(one.after, reader.language)) for one in made.asked
    )
    return Section("asked", heading, words(reader, "page_asked_lead"), (Table(heading, columns, rows),))


def _beware(said: dict[str, str], reader: Reader) -> Section:
    blocks = tuple(Note(sentence(text, reader), "warning" if code in GRAVE else "info") for code, text in said.items())
    return Section("beware", words(reader, "page_beware"), words(reader, "page_beware_lead"), blocks)
