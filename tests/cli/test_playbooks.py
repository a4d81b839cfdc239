"""`playbooks`: listed, shown, and copied into a workspace."""

import json
import tomllib
from pathlib import Path

import pytest

from offersmith.strategy.playbooks import PLAYBOOKS


def test_they_are_listed_without_a_workspace(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("playbooks", "--json")
    found = json.loads(out)["playbooks"]
    assert (code, [one["name"] for one in found]) == (0, list(PLAYBOOKS))
    assert all(one["title"]["zh"] and one["about"]["en"] and one["usable"] for one in found)
    assert run("playbooks", "list", "--json")[1] == out
    assert "win-back: Win back lapsed customers\n  Bring back" in run("playbooks")[1]
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    assert "win-back：召回流失顾客\n" in run("playbooks")[1]


def test_one_is_shown_as_its_file(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("playbooks", "show", "clearance")
    assert code == 0
    assert tomllib.loads(out)["name"] == "clearance"
    assert json.loads(run("playbooks", "show", "clearance", "--json")[1])["valid_days"] == 14
    code, _, err = run("playbooks", "show", "clearence")
    assert code == 4
    assert "no playbook 'clearence'" in err
    assert "did you mean clearance?" in err


def test_one_is_copied_changed_and_then_meant(bench) -> None:
    code, copied = bench.json("playbooks", "copy", "win-back")
    file = Path(copied["file"])
    assert (code, file) == (0, bench.shop / "playbooks" / "win-back.toml")
    file.write_text(file.read_text().replace("valid_days = 28", "valid_days = 10"))
    assert bench("playbooks", "copy", "win-back")[0] == 4
    assert bench.json("playbooks", "show", "win-back")[1]["valid_days"] == 10
    listed = {one["name"]: one for one in bench.json("playbooks")[1]["playbooks"]}
    assert listed["win-back"]["own"]
    assert not listed["clearance"]["own"]
    assert bench.json("playbooks", "copy", "win-back", "--force")[0] == 0
    assert bench.json("playbooks", "show", "win-back")[1]["valid_days"] == 28


def test_a_folder_that_is_no_workspace_gets_no_file(run, tmp_path: Path) -> None:
    code, _, err = run("playbooks", "copy", "win-back", "--shop", str(tmp_path))
    assert code == 3
    assert "not a workspace" in err
    assert list(tmp_path.iterdir()) == []
    assert run("playbooks", "--shop", str(tmp_path))[0] == 3


def test_an_option_before_the_command_is_refused_because_it_would_be_lost(run) -> None:
    code, _, err = run("playbooks", "--json", "show", "win-back")
    assert code == 2
    assert "say what 'show' needs after it" in err
