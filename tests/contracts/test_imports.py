"""The floors hold: the import contract passes as it is, and fails when an upward import is planted."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--no-cache"], cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder / "src")}
    )


def copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contract_holds(tmp_path: Path) -> None:
    result = lint(copy(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_upward_import_breaks_it(tmp_path: Path) -> None:
    money = copy(tmp_path) / "src/offersmith/money.py"
    money.write_text(money.read_text(encoding="utf-8") + "\nimport offersmith.shop\n", encoding="utf-8")
    result = lint(tmp_path)
    assert result.returncode != 0
    assert "offersmith.money -> offersmith.shop" in result.stdout


def test_an_engine_outside_store_breaks_it(tmp_path: Path) -> None:
    base = copy(tmp_path) / "src/offersmith/profiles/build.py"
    base.write_text(base.read_text(encoding="utf-8") + "\nimport duckdb\n", encoding="utf-8")
    result = lint(tmp_path)
    assert result.returncode != 0
    assert "offersmith.profiles.build -> duckdb" in result.stdout
