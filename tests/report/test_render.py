"""The file as a browser meets it: nothing fetched, nothing leaking, everything reachable, the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.report.judged import OFFERS, judging, withheld

from offersmith.report import ReportFacts, render
from offersmith.report.gather_judged import judged_facts
from offersmith.report.inputs import Both
from offersmith.words import LANGUAGES, catalogue

HOSTILE = "</script><script>alert(1)</script><!-- & \" ' \u2028 {{ 7*7 }}"
VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Seen(HTMLParser):
    """What stands in a page: elements with their attributes, the texts, the data of the charts, the rows of twins."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    charts: list[dict[str, Any]] = field(default_factory=list)
    twins: list[int] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append((tag, named))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")
        if tag == "figure":
            self.twins.append(0)
        if tag == "tr" and "figure" in self.open and "tbody" in self.open:
            self.twins[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] == "style":
            self.styles.append(data)
        else:
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [named for name, named in self.tags if name == tag]


def see(html: str) -> Seen:
    seen = Seen()
    seen.feed(html)
    seen.close()
    assert seen.open == []
    kinds = [named.get("type", "") for named in seen.all("script")]
    seen.charts = [json.loads(text) for text, kind in zip(seen.scripts, kinds, strict=True) if kind]
    return seen


@pytest.fixture(scope="module", params=["full", "cold", "judged", "withheld"])
def facts(request: pytest.FixtureRequest, full_facts: ReportFacts, cold_facts: ReportFacts) -> ReportFacts:
    if request.param in {"full", "cold"}:
        return full_facts if request.param == "full" else cold_facts
    plain = judging() if request.param == "judged" else withheld()
    return replace(full_facts, judged=judged_facts(plain, OFFERS))


@pytest.fixture(scope="module")
def page(facts: ReportFacts) -> Seen:
    return see(render(facts))


def test_nothing_is_fetched(page: Seen) -> None:
    for tag, named in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img", "form"}
        assert not {"src", "srcset", "action", "style"} & set(named), (tag, named)
        assert named.get("href", "#").startswith("#")
        assert not [name for name in named if name.startswith("on")], (tag, named)
    for style in page.styles:
        assert "@import" not in style
        assert "url(" not in style


def test_the_policy_allows_exactly_the_scripts_inside(page: Seen) -> None:
    policy = next(named["content"] for named in page.all("meta") if named.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    scripts = [text for text, named in zip(page.scripts, page.all("script"), strict=True) if "type" not in named]
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == digests
    assert not re.search(r"https?:|unsafe-eval|\*", policy)


def test_every_chart_has_a_name_a_summary_and_a_twin(page: Seen) -> None:
    places = {named["id"]: named for _, named in page.tags if named.get("class") == "chart"}
    data = [named["data-chart"] for named in page.all("script") if "data-chart" in named]
    assert sorted(places) == sorted(data)
    assert all(named["role"] == "img" and len(named["aria-label"]) > 10 for named in places.values())
    points = []
    for chart in page.charts:
        drawn = chart["option"]["series"][-1]["data"]
        points.append(len(drawn))
    assert points == page.twins
    assert len(points) >= 6


def test_ids_are_unique_and_every_link_inside_arrives(page: Seen) -> None:
    ids = [named["id"] for _, named in page.tags if "id" in named]
    assert len(ids) == len(set(ids))
    targets = [named["href"][1:] for named in page.all("a")]
    targets += [named["aria-labelledby"] for _, named in page.tags if "aria-labelledby" in named]
    assert set(targets) <= set(ids)


def test_headings_go_down_one_step_at_a_time(page: Seen) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == len(LANGUAGES)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_both_languages_are_inside_and_one_is_shown(facts: ReportFacts) -> None:
    for language in LANGUAGES:
        page = see(render(facts, language))
        editions = [named for _, named in page.tags if named.get("class") == "edition"]
        assert [named["id"] for named in editions] == ["edition-en", "edition-zh"]
        assert [named["id"] for named in editions if "hidden" not in named] == [f"edition-{language}"]
        assert page.all("html")[0]["lang"] == language
        buttons = [named for named in page.all("button") if "data-show" in named]
        assert len(buttons) == len(LANGUAGES) ** 2
        assert [named["aria-pressed"] for named in buttons] == ["true", "false", "false", "true"]


def test_the_keyboard_reaches_everything(page: Seen) -> None:
    skips = [named["href"] for named in page.all("a") if named.get("class") == "skip"]
    assert skips == ["#main-en", "#main-zh"]
    assert all(named["tabindex"] == "0" for _, named in page.tags if named.get("class") == "scroll")
    assert not [named for _, named in page.tags if int(named.get("tabindex", 0)) > 0]


def test_no_key_or_place_leaks(page: Seen) -> None:
    text = " ".join(page.texts)
    assert not re.search(r"\breport\.[a-z_]+", text)
    assert "{" not in text
    assert "None" not in text
    assert "nan" not in text.lower().split()
    names = {name for name in catalogue("report") if "_" in name}
    assert not names & set(re.findall(r"[a-z]+(?:_[a-z]+)+", text))


def hostile(facts: ReportFacts) -> ReportFacts:
    assert facts.plan
    assert facts.segments
    evil = Both.same(HOSTILE)
    offers = tuple(replace(row, name=evil) if not row.is_none else row for row in facts.plan.offers)
    cards = tuple(replace(card, title=evil, lines=(evil,)) for card in facts.plan.cards)
    segments = tuple(replace(row, name=evil, meaning=evil) for row in facts.segments.rows)
    plain = judging()
    plain["tried"][1]["name"] = plain["tree"]["leaves"][0]["conditions"][0]["feature"] = HOSTILE
    plain["depth"][0]["segments"][0]["segment"] = plain["choice_reason"] = HOSTILE
    return replace(
        facts,
        name=HOSTILE,
        judged=judged_facts(plain, dict.fromkeys(OFFERS, HOSTILE)),
        plan=replace(facts.plan, offers=offers, cards=cards),
        segments=replace(facts.segments, rows=segments),
        versions={HOSTILE: HOSTILE},
    )


def test_a_hostile_name_stays_text(full_facts: ReportFacts) -> None:
    whole = replace(full_facts, judged=judged_facts(judging(), OFFERS))
    clean, dirty = see(render(whole)), see(render(hostile(full_facts)))
    assert [tag for tag, _ in dirty.tags].count("script") == [tag for tag, _ in clean.tags].count("script")
    assert HOSTILE in "".join(dirty.texts)
    assert dirty.charts[0]["option"]["yAxis"]["data"][1] == HOSTILE
    assert "49" not in "".join(text for text in dirty.texts if "alert" in text)


def test_the_same_facts_give_the_same_bytes(facts: ReportFacts) -> None:
    assert render(facts) == render(facts)


def test_a_part_that_is_missing_leaves_its_section_out(full_facts: ReportFacts) -> None:
    parts = {"quality", "segments", "plan", "models", "effects", "happened"}
    whole = {named["id"] for named in see(render(full_facts)).all("section")}
    assert {f"{part}-en" for part in parts} < whole
    for part in parts:
        sections = {named["id"] for named in see(render(replace(full_facts, **{part: None}))).all("section")}
        assert whole - sections == {f"{part}-en", f"{part}-zh"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_draws_every_chart(tmp_path: Path, facts: ReportFacts) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(facts), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
             "--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom"]  # fmt: skip
    ran = subprocess.run(["chromium", *flags, path.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in ran.stderr
    charts = len([1 for named in see(render(facts)).all("script") if "data-chart" in named]) // len(LANGUAGES)
    assert ran.stdout.count("<svg") == charts
