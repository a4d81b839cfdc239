"""Every example in the README and the docs runs: pages are scripts, run top to bottom in an empty folder.

A block marked `console` runs its `$` lines in a shell with our command on the path; `python` runs in a fresh
interpreter; `sh` is for `make`, whose targets must exist, and for lines that other pages run. A page that says in a
comment which page it goes on from runs in a copy of what that page left behind, which is run once for all of them.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOES_ON = re.compile(r"^<!-- goes on from (\S+) -->$", re.MULTILINE)
RUN = {"console", "python"}
LONG = {
    f"docs/how-to/{name}.md"
    for name in ("goals-and-balance", "know-your-customers", "map-your-files", "run-a-campaign")
}
"""Pages whose examples take half a minute and more each: `make test-all` runs them."""


def blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind in languages]


def script(text: str) -> str:
    """Turn a console block into a shell script: `$ ` starts a command, other lines continue it (a here-document)."""
    return "\n".join(line.removeprefix("$ ") for line in text.splitlines())


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def run(page: Path, folder: Path) -> None:
    """Run a page's examples in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    shell, python = blocks(page, "console"), blocks(page, "python")
    if shell:
        text = "set -e\n" + "\n".join(script(body) for _, body in shell)
        done = subprocess.run(["bash", "-c", text], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    for _, body in python:
        code = [sys.executable, "-c", body]
        done = subprocess.run(code, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def comes_after(page: Path) -> list[Path]:
    """Return the page that a page goes on from, if there is one."""
    return [(page.parent / other).resolve() for other in GOES_ON.findall(page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return what gives the folder in which a page was run from an empty one, once for all who ask."""
    folders: dict[Path, Path] = {}

    def of(page: Path) -> Path:
        if page not in folders:
            folder = tmp_path_factory.mktemp("page")
            run(page, folder)
            folders[page] = folder
        return folders[page]

    return of


EARLIER = {earlier for page in PAGES for earlier in comes_after(page)}


RUNNING = [
    pytest.param(page, marks=pytest.mark.slow if name(page) in LONG else (), id=name(page))
    for page in PAGES
    if blocks(page, *RUN)
]


@pytest.mark.parametrize("page", RUNNING)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, left_behind: Callable[[Path], Path]) -> None:
    if page in EARLIER:
        left_behind(page)
        return
    for earlier in comes_after(page):
        shutil.copytree(left_behind(earlier), tmp_path, dirs_exist_ok=True)
    run(page, tmp_path)


def test_a_page_goes_on_from_one_that_starts_from_nothing() -> None:
    assert EARLIER
    assert all(earlier in PAGES and not comes_after(earlier) for earlier in EARLIER)


def test_long_pages_are_pages() -> None:
    assert {name(page) for page in PAGES} >= LONG


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
