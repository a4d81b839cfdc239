"""Turns pages into one file: both languages, styles, scripts and data inside, nothing fetched.

The content security policy of the file allows exactly the scripts it carries, by their hash, and no address at all:
a browser refuses the network even if a text got past the escaping.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from offersmith.report import charts, pages
from offersmith.report.base import Chart, Page, Table
from offersmith.report.format import Reader
from offersmith.report.inputs import ReportFacts
from offersmith.words import LANGUAGES, Language, say

SCRIPTS = ("vendor/echarts.common.min.js", "templates/page.js")
STYLE = "templates/page.css"
TAGS = {"en": "en", "zh": "zh-Hans"}
TONGUES = {"en": "English", "zh": "中文"}
# What could end a script element or start a comment inside it, and the two line ends JavaScript once refused.
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def render(facts: ReportFacts, language: Language = "en") -> str:
    """Return the report as one HTML file with every language inside, `language` shown first.

    The same facts give the same text, byte for byte.
    """
    return document(tuple(pages.promotion(facts, tongue) for tongue in LANGUAGES), language, facts.currency)


def document(editions: tuple[Page, ...], language: Language, currency: str) -> str:
    """Return one file with the same page in several languages; `language` must be among them."""
    scripts = [_asset(name) for name in SCRIPTS]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return environment(currency).get_template("report.html.j2").render(
        language=language,
        tags=TAGS,
        tongues=TONGUES,
        title=next(page.title for page in editions if page.language == language),
        pages=editions,
        policy=Markup(policy),  # noqa: S704 - our own text and hashes
        style=Markup(_asset(STYLE)),  # noqa: S704 - our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - files of the package, checked by their hashes
    ) + "\n"  # fmt: skip


def environment(currency: str) -> Environment:
    """Return the templates with their filters, for amounts in `currency`; everything is escaped."""
    templates = Environment(
        loader=PackageLoader("offersmith.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["words"] = lambda name, language: say(f"report.{name}", language)
    templates.filters["chart_json"] = lambda chart: chart_json(chart, currency)
    templates.filters["cells"] = lambda table, language: cells(table, Reader(language, currency))
    return templates


def chart_json(chart: Chart, currency: str) -> Markup:
    """Return a chart's data for a `script` element of type `application/json`, safe inside it."""
    text = json.dumps(charts.payload(chart, currency), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(UNSAFE))  # noqa: S704 - no `<` can be left


def cells(table: Table, reader: Reader) -> list[tuple[str, ...]]:
    """Return the rows of a table as texts."""
    columns = [reader.column(column, (row[index] for row in table.rows)) for index, column in enumerate(table.columns)]
    return list(zip(*columns, strict=True))


@cache
def _asset(name: str) -> str:
    return resources.files("offersmith.report").joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
