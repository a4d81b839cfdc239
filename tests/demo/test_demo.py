"""The whole road on the real year: the figures the project promises, and the same bytes in another process.

One run of each kind: the second uses another number of threads, so that equal bytes mean something. The quick one has
a single thread: beside another test worker, threads of the learners that wait for each other only burn the cores.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from offersmith.demo import run
from offersmith.errors import InputError

FILES = ("report.html", "plan.parquet", "cards.md", "summary.json")


def demonstrate(out: Path, threads: int) -> Path:
    environment = {**os.environ, "OFFERSMITH_ENGINE__THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", "offersmith", "demo", "--out", str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstrate(tmp_path_factory.mktemp("demo") / "out", threads=1)


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
    assert all(effect["claim"]["placebo"] for effect in summary["effects"])


def test_every_household_has_one_decision_within_the_budget(folder: Path) -> None:
    table = pq.read_table(folder / "plan.parquet")
    plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    assert table.num_rows == len(set(table["customer_id"].to_pylist())) == 2469
    assert min(table["probability"].to_pylist()) > 0
    assert sum(table["expected_cost"].to_pylist()) <= plan["budget"]


def test_nothing_it_learned_from_is_later_than_the_campaign(folder: Path) -> None:
    plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    assert plan["as_of"] == "2017-10-30T04:00:00"
    assert all(use["start"] < plan["as_of"] for use in plan["evidence"]["campaigns"])


@pytest.mark.slow
def test_another_process_with_other_threads_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = demonstrate(tmp_path / "again", threads=2)
    for name in ("plan.parquet", "cards.md"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_somebody_else_s_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        run(tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_playbooks_say_what_the_plan_decided(folder: Path) -> None:
    table = pq.read_table(folder / "plan.parquet")
    plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    page, cards = ((folder / name).read_text(encoding="utf-8") for name in ("report.html", "cards.md"))
    rows = table.to_pylist()
    assert len(plan["playbooks"]) >= 3
    for book in plan["playbooks"]:
        mine = [row for row in rows if row["offer_id"].startswith(f"{book['playbook']}.")]
        assert 0 < len(mine) == book["given"] <= book["members"]
        assert sum(row["expected_profit"] for row in mine) == pytest.approx(book["expected_profit"])
        assert sum(row["expected_cost"] for row in mine) == pytest.approx(book["expected_cost"])
        held = {code for row in mine for code in row["reasons"]}
        assert {one["code"] for one in book["reasons"]} <= held
        title = book["words"]["en"]["title"]
        assert title in page
        assert f"## {title}" in cards
        assert f"{book['members']:,} customers in the segment: {book['given']:,} get an offer" in cards
    given = sum(book["given"] for book in plan["playbooks"])
    assert given == sum(row["offer_id"] != "none" for row in rows)
    for limit in plan["certificate"]["rows"]:
        assert limit["usage"] <= limit["bound"]
