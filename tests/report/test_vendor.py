"""The vendored files are what their manifest says, and can stand inside a page."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

VENDOR = resources.files("offersmith.report") / "vendor"
MANIFEST = [line.split() for line in (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("digest", "name"), MANIFEST, ids=[name for _, name in MANIFEST])
def test_a_file_is_the_one_that_was_vendored(digest: str, name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_no_file_is_missing_from_the_manifest() -> None:
    found = {file.name for file in VENDOR.iterdir()} - {"SHA256SUMS"}
    assert found == {name for _, name in MANIFEST}


def test_the_licence_travels_with_the_library() -> None:
    text = (VENDOR / "LICENSE-echarts.txt").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Baidu" in text
    assert "The Apache Software Foundation" in (VENDOR / "NOTICE-echarts.txt").read_text(encoding="utf-8")


def test_the_library_cannot_end_the_script_it_stands_in() -> None:
    library = (VENDOR / "echarts.common.min.js").read_text(encoding="utf-8").lower()
    assert "</script" not in library
    assert "<!--" not in library
