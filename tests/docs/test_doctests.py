"""Examples in docstrings run too."""

import doctest
import importlib
import importlib.util
import pkgutil
from pathlib import Path

import pytest

import offersmith


def modules() -> list[str]:
    found = pkgutil.walk_packages(offersmith.__path__, "offersmith.")
    return sorted(module.name for module in found if not module.name.endswith(("__main__", "store.migrations.env")))


def has_examples(name: str) -> bool:
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None and ">>>" in Path(found.origin).read_text(encoding="utf-8")


WITH_EXAMPLES = [name for name in modules() if has_examples(name)]


def test_every_module_can_be_imported() -> None:
    assert len([importlib.import_module(name) for name in modules()]) > len(WITH_EXAMPLES) > 0


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_run(name: str) -> None:
    ran = doctest.testmod(importlib.import_module(name))
    assert ran.attempted > 0
    assert ran.failed == 0
