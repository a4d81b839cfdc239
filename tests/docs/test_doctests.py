"""Examples in docstrings run too."""

import doctest
import importlib
import pkgutil

import pytest

import offersmith


def modules() -> list[str]:
    found = pkgutil.walk_packages(offersmith.__path__, "offersmith.")
    return sorted(module.name for module in found if not module.name.endswith(("__main__", "store.migrations.env")))


@pytest.mark.parametrize("name", modules())
def test_the_examples_of_a_module_run(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
