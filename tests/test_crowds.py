"""The segments of a real shop: sizes that add up, names that differ, a page with a table beside every picture."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.cli import app
from offersmith.crowds import Crowd
from offersmith.errors import InputError
from offersmith.report.base import Figure
from offersmith.report.crowd.page import page
from offersmith.report.format import Reader
from offersmith.words import LANGUAGES

OWN = """
[[segments]]
id = "sleeping-stars"
name = {en = "Sleeping stars", zh = "沉睡的明星"}
where = [{column = "recency", from = 60}, {column = "spend", top = 0.5}]
"""


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("crowds") / "shop"
    shutil.copytree(learned, folder)
    return Shop.open(folder)


@pytest.fixture(scope="module")
def made(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    folder = tmp_path_factory.mktemp("page")
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    return shop.segments(folder / "segments.html", rules=folder / "own.toml")


def test_everybody_is_counted_once(made: Crowd, shop: Shop) -> None:
    facts, profiles = made.facts, shop.profile().table
    assert sum(one.customers for one in facts.kinds) == facts.customers == profiles.num_rows
    assert sum(one.share for one in facts.kinds) == pytest.approx(1)
    assert sum(one.spend_share for one in facts.kinds) == pytest.approx(1)
    assert sum(one.spend for one in facts.kinds) == sum(profiles["spend"].to_pylist())
    assert sum(one.customers for one in facts.cells) == facts.customers
    for number in {one.number for one in facts.kinds}:
        counted = made.labels["segment"].to_pylist().count(number)
        assert counted == next(one.customers for one in facts.kinds if one.number == number)


def test_names_differ_and_segments_are_firm(made: Crowd) -> None:
    assert len(made.facts.found) >= 4
    for language in LANGUAGES:
        assert len({one.name.of(language) for one in made.facts.kinds}) == len(made.facts.kinds)
    assert made.facts.stability
    assert made.facts.stability >= 0.85
    assert sum(one.taken for one in made.facts.tried) == 1


def test_moves_add_up(made: Crowd) -> None:
    moves = made.facts.moves
    assert moves
    assert all(sum(row) == pytest.approx(1) for row in moves.shares)
    assert sum(moves.customers) + moves.joined == made.facts.customers


def test_segments_of_ones_own_are_those_of_the_file(made: Crowd, shop: Shop) -> None:
    (own,) = made.facts.own
    rows = shop.profile().table.select(["recency", "spend"]).to_pylist()
    spends = sorted((row["spend"] for row in rows), reverse=True)
    edge = spends[len(spends) // 2 - 1]
    late = [row for row in rows if row["recency"] is not None and row["recency"] >= 60 and row["spend"] >= edge]
    assert own.customers == len(late)
    assert (own.name.en, own.name.zh) == ("Sleeping stars", "沉睡的明星")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_table_beside_every_picture(made: Crowd, language) -> None:
    shown = page(made.facts, Reader(language, "USD"))
    parts = ["sizes", "each", "map", "moves", "cells", "own", "firm", "kept-out"]
    assert [section.id for section in shown.sections] == parts
    figures = [block for section in shown.sections for block in section.blocks if isinstance(block, Figure)]
    assert len(figures) == 3
    drawn = figures[1]
    assert all(sum(run.values[at] is not None for run in drawn.chart.series) == 1 for at in range(len(drawn.chart.x)))
    assert made.file.stat().st_size == made.size
    assert str(made.file) in made.text(language)


@pytest.mark.slow
def test_the_same_shop_gives_the_same_page(made: Crowd, shop: Shop, tmp_path: Path) -> None:
    again = shop.segments(tmp_path / "again.html", rules=made.file.parent / "own.toml")
    assert (tmp_path / "again.html").read_bytes() == made.file.read_bytes()
    plain = again.as_dict()
    assert json.loads(json.dumps(plain)) == plain


@pytest.mark.slow
def test_a_young_shop_has_no_moves(shop: Shop, tmp_path: Path) -> None:
    found = shop.segments(tmp_path / "young.html", as_of=datetime(2025, 1, 25))
    assert found.facts.moves is None


def test_rules_that_cannot_be_are_refused_and_nothing_is_written(shop: Shop, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(OWN.replace("recency", "recensy"), encoding="utf-8")
    with pytest.raises(InputError, match="recency"):
        shop.segments(tmp_path / "none.html", rules=rules)
    with pytest.raises(InputError, match="cannot be read"):
        shop.segments(tmp_path / "none.html", rules=tmp_path / "gone.toml")
    assert not (tmp_path / "none.html").exists()


def test_the_command(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    found = CliRunner().invoke(app, ["segments", "--shop", str(shop.folder), "--out", str(out), "--json"])
    assert found.exit_code == 0
    assert json.loads(found.output)["file"] == str(out)
