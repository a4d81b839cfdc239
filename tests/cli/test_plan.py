"""`plan` as a group, `plan compare` and `what-if`: what is asked arrives, and every mistake gets a sentence."""

import json
from pathlib import Path

import pytest

ORDERS = 80
CUSTOMERS = 40


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with events and two offers, no campaigns."""
    from offersmith.shop import Shop

    folder = tmp_path_factory.mktemp("plans")
    lines = ["order,customer,product,time,quantity,price"]
    for number in range(ORDERS):
        day, customer = number // 4 + 1, number % CUSTOMERS
        lines.append(f"O{number},C{customer:02},P{number % 7},2024-03-{day:02}T10:15:00,1,{number % 9 + 1}.50")
    file = folder / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Shop.init(folder / "shop", [file])
    Shop.open(folder / "shop").ingest()
    return folder / "shop"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("plan",), 2, "--budget 5000"),
        (("plan", "--json"), 2, "--budget 5000"),
        (("plan", "--budget", "5", "--explore", "1.5"), 2, "less than or equal to 1"),
        (("plan", "--budget", "5", "--explore", "some"), 2, "--explore"),
        (("plan", "150"), 2, "150"),
        (("plan", "--budget", "5", "compare", "a", "b"), 2, "--budget: it stands before 'compare'"),
        (("plan", "--as-of", "2024-01-01", "compare", "a", "b"), 2, "--as-of: it stands before 'compare'"),
        (("plan", "compare", "a"), 2, "'B'"),
        (("what-if",), 2, "--set"),
        (("what-if", "--set", "budget"), 4, "'budget' is not KEY=VALUE"),
        (("what-if", "--set", "=200"), 4, "'=200' is not KEY=VALUE"),
        (("what-if", "--set", "budget=1", "--set", "explore 0"), 4, "'explore 0' is not KEY=VALUE"),
    ],
)
def test_a_line_that_cannot_be_meant_gets_a_sentence(run, arguments, code, says) -> None:
    found, _, err = run(*arguments)
    assert found == code
    assert says in err
    assert "Traceback" not in err


def test_help_of_the_group_says_what_stands_below_it(run) -> None:
    code, out, _ = run("plan", "--help")
    assert code == 0
    assert all(name in out for name in ("--budget", "--limits", "--playbook", "--explore", "compare"))
    assert run("plan", "compare", "--help")[0] == run("what-if", "--help")[0] == 0


def test_a_plan_needs_no_more_than_a_budget(run, shop: Path) -> None:
    code, out, _ = run("plan", "--shop", str(shop), "--budget", "20", "--json")
    assert code == 0
    assert json.loads(out)["customers"] == CUSTOMERS
