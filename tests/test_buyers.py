"""Who will likely buy: chances that add up, a table of everybody, a page, and refusals that write nothing."""

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.buyers import Buyers
from offersmith.cli import app
from offersmith.cli.told import told
from offersmith.errors import InputError, MissingExtraError
from offersmith.profiles.purchase import ENCODED, PAIRS, PREDICTORS
from offersmith.profiles.sequences import library
from offersmith.report.base import Figure, Note, Table
from offersmith.report.buyers.page import page, predictor
from offersmith.report.format import Reader
from offersmith.words import LANGUAGES


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop.open(shutil.copytree(learned, tmp_path_factory.mktemp("buyers") / "shop"))


@pytest.fixture(scope="module")
def made(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Buyers:
    return shop.buyers(tmp_path_factory.mktemp("page") / "buyers.html")


def test_the_table_holds_everybody_who_bought_the_likeliest_first(made: Buyers, shop: Shop) -> None:
    table = pq.read_table(made.table)
    orders = shop.profile().table["orders"].to_pylist()
    assert table.num_rows == made.facts.customers == sum(one > 0 for one in orders)
    assert len(set(table["customer_id"].to_pylist())) == table.num_rows
    chances = table["chance"].to_pylist()
    assert chances == sorted(chances, reverse=True)
    assert all(0 < one < 1 for one in chances)
    assert made.facts.expected == pytest.approx(sum(chances))


def test_what_is_taken_was_surprised_least(made: Buyers) -> None:
    scores = {one["name"]: one for one in made.facts.scores}
    assert set(scores) == set(PREDICTORS)
    assert scores[made.facts.taken]["log_loss"] == min(one["log_loss"] for one in scores.values())
    assert scores[made.facts.taken]["log_loss"] < scores["rate"]["log_loss"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_tenths_that_add_up(made: Buyers, language) -> None:
    shown = page(made.facts, Reader(language, made.currency))
    assert [section.id for section in shown.sections] == ["tenths", "judged"]
    (figure,) = [block for block in shown.sections[0].blocks if isinstance(block, Figure)]
    assert sum(int(row[1]) for row in figure.table.rows) == made.facts.customers
    (judged,) = [block for block in shown.sections[1].blocks if isinstance(block, Table)]
    assert len(judged.rows) == len(made.facts.scores)
    assert str(made.table) in made.text(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_predictor_has_a_name_in_words(language) -> None:
    names = [predictor(name, Reader(language, "EUR")) for name in (*PREDICTORS, *ENCODED, *PAIRS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_encoders_is_said(made: Buyers, language) -> None:
    said = set()
    for code, gain in (("not_asked", None), ("left_out", None), ("taken", (0.0031, 0.001, 0.0052))):
        shown = page(replace(made.facts, encoders=code, gain=gain), Reader(language, made.currency))
        *_, note = [block for block in shown.sections[1].blocks if isinstance(block, Note)]
        said.add(note.text)
    assert len(said) == 3
    assert any("0.0031" in one for one in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_level_of_the_season_is_said_where_it_moves_something(made: Buyers, language) -> None:
    def notes(shift: float) -> list[str]:
        shown = page(replace(made.facts, shift=shift), Reader(language, made.currency))
        return [block.text for block in shown.sections[1].blocks if isinstance(block, Note)]

    assert [len(notes(shift)) for shift in (0.0, 0.01, 0.5, -0.5)] == [1, 1, 2, 2]
    assert "1.65" in notes(0.5)[0]
    assert notes(0.5)[0] != notes(-0.5)[0]


def test_the_command_says_the_same(made: Buyers, shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    found = CliRunner().invoke(app, ["buyers", "--shop", str(shop.folder), "--out", str(out), "--json"])
    assert found.exit_code == 0
    told = json.loads(found.stdout)
    assert {**told, "file": "", "table": ""} == {**made.as_dict(), "file": "", "table": ""}
    assert out.read_bytes() == made.file.read_bytes()
    assert pq.read_table(out.with_suffix(".parquet")).equals(pq.read_table(made.table))


@pytest.mark.parametrize("days", [0, -3, 367])
def test_days_that_cannot_be_are_refused_and_nothing_is_written(shop: Shop, tmp_path: Path, days) -> None:
    with pytest.raises(InputError, match="allowed: 1 to 366") as fault:
        shop.buyers(tmp_path / "none.html", days=days)
    assert f"days 为 {days}" in told(fault.value, "zh")[0]
    assert not list(tmp_path.iterdir())


def test_too_young_a_shop_says_that_nothing_can_be_said(shop: Shop, tmp_path: Path) -> None:
    found = shop.buyers(tmp_path / "young.html", as_of=datetime(2025, 3, 1))
    assert found.facts.expected is None
    assert found.chances.num_rows == 0
    for language in LANGUAGES:
        assert found.text(language)
    assert found.file.exists()


def test_encoders_without_their_extra_say_what_to_install(shop: Shop, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(library, "installed", lambda: False)
    with pytest.raises(MissingExtraError) as fault:
        shop.buyers(tmp_path / "none.html", encoders=True)
    assert all("offersmith[deep]" in told(fault.value, language)[1] for language in LANGUAGES)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_encoders_compete_and_the_table_is_whole(shop: Shop, made: Buyers, tmp_path: Path) -> None:
    for name in ("torch", "onnx", "onnxruntime"):
        pytest.importorskip(name)
    found = shop.buyers(tmp_path / "deep.html", as_of=made.facts.as_of, encoders=True)
    assert {one["name"] for one in found.facts.scores} == {*PREDICTORS, *ENCODED, *PAIRS}
    assert found.facts.encoders in ("left_out", "taken")
    assert ("embedding" in found.chances.column_names) == (found.facts.encoders == "taken")
    assert found.chances.num_rows == found.facts.customers
