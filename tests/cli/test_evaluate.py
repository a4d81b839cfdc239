"""`evaluate`: files in, answers and errors out; no workspace."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

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
    assert "按模型为每位顾客选择方案" in run("evaluate", "uplift", file, *TEST)[1]


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
