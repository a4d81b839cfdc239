"""What all tests share: hypothesis draws the same cases every time, so that a run judges the code and not the dice."""

import fcntl
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from offersmith.shop import Shop

LONG = (
    "tests/docs/test_examples",
    "tests/test_shop",
    "tests/demo",
    "tests/flows",
    "tests/test_",
    "tests/contracts/test_response_models",
    "tests/profiles/live",
)
"""The longest modules: they go first, so that no worker is left with one at the end."""

settings.register_profile("same", derandomize=True, deadline=None)  # a busy machine is no fault
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long modules first; within them, and among the others, the order stays."""
    items.sort(
        key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
    )


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example shop with its events taken in and its model learned: made by whoever asks first, of all workers.

    It is for copying: nobody writes here.
    """
    ours = tmp_path_factory.getbasetemp()
    root = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    made, half = root / "learned", root / "learned-half"
    with (root / "learned.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(half, ignore_errors=True)
            Shop.init(half, example="synthetic")
            shop = Shop.open(half)
            shop.ingest(now=datetime(2026, 1, 1))
            shop.learn()
            half.rename(made)
    return made
