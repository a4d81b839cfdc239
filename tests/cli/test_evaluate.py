"""`evaluate`: files in, answers and errors out; no workspace."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from offersmith.cli.evaluate import MODELS
from offersmith.response.learners import LEARNERS
from offersmith.shop import Shop

TEST = ("--treatment", "arm", "--control", "none", "--outcome", "profit", "--models", "constant,t_linear")


def table(path: Path, columns: dict[str, list[object]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return str(path)


def made(rows: int = 1500, seed: int = 1) -> dict[str, list[object]]:
    draw = np.random.default_rng(seed)
    arm, age = draw.integers(0, 2, rows), draw.normal(size=rows)
    profit = 1 + arm * np.where(age > 0, 1.5, -0.5) + draw.normal(size=rows)
    return {
        "arm": [("none", "gift")[one] for one in arm],
        "profit": profit.round(4).tolist(),
        "age": age.round(4).tolist(),
    }


def log(rows: int = 3000, seed: int = 2) -> dict[str, list[object]]:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=rows)
    chance = np.where(x > 0, 0.7, 0.4)
    given = draw.random(rows) < chance
    reward = 1 + given * np.where(x > 0, -1.0, 1.0) + 0.5 * draw.normal(size=rows)
    return {
        "action": ["gift" if one else "none" for one in given],
        "reward": reward.round(4).tolist(),
        "propensity": np.where(given, chance, 1 - chance).round(4).tolist(),
        "x": x.round(4).tolist(),
    }


def test_a_test_is_judged_in_json_and_in_words(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = table(tmp_path / "test.csv", made())
    code, out, err = run("evaluate", "uplift", file, *TEST, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    gift = found["arms"][1]
    assert gift["arm"] == "gift"
    assert gift["low"] < 0.5 < gift["high"]
    assert (found["chosen"], found["verdict"], found["policy"]["kind"]) == ("t_linear", "each", "learned")
    code, out, _ = run("evaluate", "uplift", file, *TEST)
    assert code == 0
    assert "Give each customer the arm the model says" in out
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    assert "按模型为每位顾客选组" in run("evaluate", "uplift", file, *TEST)[1]


def test_the_same_seed_prints_the_same(run, tmp_path: Path) -> None:
    file = table(tmp_path / "test.csv", made(600))
    first, again = (run("evaluate", "uplift", file, *TEST, "--seed", "4", "--json")[1] for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--control", "nobody"), "never says 'nobody'; its values, with rows: 'gift'"),
        (("--cost", "spoon=1"), "cost names arm 'spoon', which nobody was given"),
        (("--models", "boosted"), "model 'boosted' is not known"),
        (("--features", "hair"), "has no column 'hair'"),
        (("--features", 'age, "hair, then beard"'), "has no column 'hair, then beard'"),
        (("--propensity", "age"), "column 'age'"),
    ],
)
def test_bad_input_is_one_line_and_code_4(run, tmp_path: Path, more: tuple[str, str], said: str) -> None:
    file = table(tmp_path / "test.csv", made(100))
    code, out, err = run("evaluate", "uplift", file, *TEST, *more)
    assert (code, out) == (4, "")
    assert said in err.splitlines()[0]
    code, out, _ = run("evaluate", "uplift", file, *TEST, *more, "--json")
    assert json.loads(out)["error"] == "input"


def test_help_names_every_model_there_is(run) -> None:
    assert tuple(LEARNERS) == MODELS
    said = " ".join(run("evaluate", "uplift", "--help")[1].split())
    assert "e.g. constant,logit; there are: shared, additive, constant, " in said
    assert all(name in said for name in LEARNERS)


def test_a_file_that_is_not_there_is_named(run, tmp_path: Path) -> None:
    code, _, err = run("evaluate", "uplift", str(tmp_path / "no.csv"), *TEST)
    assert code == 4
    assert "no.csv" in err


def test_a_policy_is_judged_on_a_log(run, tmp_path: Path) -> None:
    file = table(tmp_path / "log.csv", log())
    found = json.loads(run("evaluate", "policy", file, "--target", "gift", "--features", "x", "--json")[1])
    assert found["estimators"][3]["name"] == "dr"
    assert found["estimators"][3]["low"] < 1.0 < found["estimators"][3]["high"]
    assert "effective sample size" in run("evaluate", "policy", file, "--target", "uniform")[1]


def test_a_models_policy_is_judged_on_customers_it_has_not_seen(run, tmp_path: Path) -> None:
    file = table(tmp_path / "log.csv", log())
    asked = ("evaluate", "policy", file, "--model", "t_linear", "--features", "x", "--control", "none", "--json")
    code, out, _ = run(*asked)
    found = json.loads(out)
    robust = found["estimators"][3]
    # Giving it where x is below 0 and nothing elsewhere is worth 1.5 a row; a straight line finds that.
    assert (code, found["model"], found["verdict"]) == (0, "t_linear", "better")
    assert robust["low"] < 1.5 < robust["high"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "say either --target or --model"),
        (("--target", "gift", "--model", "logit"), "say either --target or --model"),
        (("--model", "logit"), "name those known before the decision with --features"),
        (("--model", "magic", "--features", "x"), "model 'magic' is not known"),
        (("--model", "logit", "--features", "x", "--control", "spoon"), "control 'spoon' is no action of the log"),
        (("--target", "spoon"), "'spoon' is neither a file"),
    ],
)
def test_a_policy_that_cannot_be_judged_is_refused(run, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    file = table(tmp_path / "log.csv", log(60))
    code, out, err = run("evaluate", "policy", file, *more)
    assert (code, out) == (4, "")
    assert said in err


def test_a_log_too_small_for_a_model_says_so(run, tmp_path: Path) -> None:
    file = table(tmp_path / "log.csv", log(12))
    code, _, err = run("evaluate", "policy", file, "--model", "t_linear", "--features", "x")
    assert code == 4
    assert "cannot be fitted to this log: 12 rows" in err


@pytest.fixture
def corner(tmp_path: Path) -> Shop:
    """A shop that has read orders and learned nothing yet."""
    rows: dict[str, list[object]] = {
        "order": [],
        "customer": [],
        "product": [],
        "time": [],
        "quantity": [],
        "price": [],
    }
    for number in range(80):
        line = (f"O{number}", f"C{number % 40:02}", f"P{number % 7}", f"2024-03-{number // 4 + 1:02}T10:15:00", 1, 4.5)
        for name, value in zip(rows, line, strict=True):
            rows[name].append(value)
    Shop.init(tmp_path / "corner", [table(tmp_path / "orders.csv", rows)])
    shop = Shop.open(tmp_path / "corner")
    shop.ingest()
    return shop


def test_what_a_workspace_has_learned_is_judged_on_a_log(run, corner: Shop, tmp_path: Path, monkeypatch) -> None:
    profiles = corner.profile().table.to_pydict()
    offer = corner.offers()[1].offer_id
    draw = np.random.default_rng(3).integers(0, 2, 40)
    columns = {name: ["" if one is None else one for one in values] for name, values in profiles.items()}
    columns["action"] = [("none", offer)[one] for one in draw]
    columns["reward"], columns["propensity"] = (1.0 + draw).tolist(), [0.5] * 40
    file = table(tmp_path / "log.csv", columns)
    asked = ("evaluate", "policy", file, "--model", "workspace", "--shop", str(corner.folder))
    code, _, err = run(*asked)
    assert code == 5
    assert "offersmith learn" in err
    model = corner.learn().fitted
    code, out, _ = run(*asked, "--json")
    found = json.loads(out)
    assert (code, found["model"], found["model_version"]) == (0, model.name, model.version)
    monkeypatch.chdir(corner.folder)
    assert run(*asked[:5], "--json")[1] == out
    assert run(*asked[:4], model.name, *asked[5:], "--json")[1] == out
    code, _, err = run(*asked[:4], "logit", *asked[5:])
    assert code == 4
    assert "the workspace's model is 'prior', not 'logit'" in err
    del columns["recency"], columns["tenure"]
    code, _, err = run(*asked[:2], table(tmp_path / "less.csv", columns), *asked[3:])
    assert code == 4
    assert "lacks 2 of the" in err
    assert "'recency'" in err


def test_a_workspaces_model_needs_a_workspace(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = table(tmp_path / "log.csv", log(60))
    monkeypatch.chdir(tmp_path)
    code, _, err = run("evaluate", "policy", file, "--model", "workspace")
    assert code == 3
    assert "offersmith.toml" in err
