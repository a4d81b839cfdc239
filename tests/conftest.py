"""What all tests share: hypothesis draws the same cases every time, so that a run judges the code and not the dice."""

import pytest
from hypothesis import settings

LONG = ("tests/docs/test_examples", "tests/test_shop", "tests/demo", "tests/flows")
"""Modules of a minute or more: they go first, so that no worker is left with one at the end."""

settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long modules first; within them, and among the others, the order stays."""
    items.sort(
        key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
    )
