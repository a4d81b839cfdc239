import json
import re
from pathlib import Path

from offersmith.offers.replay import replay
from offersmith.offers.replay.kinds import KINDS
from offersmith.offers.replay.outcome import SAYS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "scenarios.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_passes():
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert [one.result for one in replay(json.loads(example))] == ["pass"]


def test_the_page_names_everything_that_may_be_expected():
    described = PAGE.partition("## Expected")[2]
    aliases = {"shipping_discount"}
    assert [name for name in SAYS if name not in aliases and f"`{name}`" not in described] == []


def test_the_page_names_every_kind():
    described = PAGE.partition("### Kinds")[2].partition("### Targets")[0]
    other_spellings = {
        "items_percent", "items_fixed", "unit_fixed_price", "catalog_unit_percent", "catalog_fixed",
        "catalog_fixed_price", "catalog_unit_price", "cheapest_unit_free", "shipping_percent_across", "free_shipping",
    }  # fmt: skip
    assert [name for name in KINDS if name not in other_spellings and f"`{name}`" not in described] == []
