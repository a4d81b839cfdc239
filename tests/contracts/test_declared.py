"""What the project declares about itself is true: versions, console script, package data, the catalogue's rooms."""

import tomllib
from importlib import metadata, resources
from pathlib import Path

import offersmith

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_is_one() -> None:
    assert PROJECT["project"]["version"] == offersmith.__version__ == metadata.version("offersmith")


def test_the_issue_s_extras_are_there() -> None:
    wanted = {"demo", "deep", "postgres", "redis", "spark", "privacy", "explain", "test", "docs"}
    assert wanted <= set(PROJECT["project"]["optional-dependencies"])


def test_what_the_package_reads_is_declared_as_its_data() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["offersmith"]
    package = Path(str(resources.files("offersmith")))
    files = [
        file
        for file in package.rglob("*")
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts
    ]
    unread = [str(file.relative_to(package)) for file in files]
    assert [name for name in unread if not any(Path(name).match(pattern) for pattern in patterns)] == []
