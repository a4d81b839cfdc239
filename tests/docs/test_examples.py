"""Every example in the README and the docs runs: pages are scripts, run top to bottom in an empty folder.

A block marked `console` runs its `$` lines in a shell with our command on the path; `python` runs in a fresh
interpreter; `sh` is for `make`, whose targets must exist, and for lines that other pages run.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = {"console", "python"}


def blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind in languages]


def script(text: str) -> str:
    """Turn a console block into a shell script: `$ ` starts a command, other lines continue it (a here-document)."""
    return "\n".join(line.removeprefix("$ ") for line in text.splitlines())


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, *RUN)], ids=name)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    shell, python = blocks(page, "console"), blocks(page, "python")
    if shell:
        text = "set -e\n" + "\n".join(script(body) for _, body in shell)
        done = subprocess.run(["bash", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    for _, body in python:
        code = [sys.executable, "-c", body]
        done = subprocess.run(code, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_make_targets_of_a_page_exist(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for _, body in blocks(page, "sh") for target in re.findall(r"^make ([\w-]+)", body, re.MULTILINE)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_places_contributing_names_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|docs|src|benchmarks)/[\w/.-]+)`", text)
    assert named
    assert [place for place in named if not (ROOT / place).exists()] == []
