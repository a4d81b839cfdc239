"""A test judged from a file: what is true comes out, what is wrong is named and counted."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.response.choice.held_out import levelled
from offersmith.response.table_file import TableFile
from offersmith.response.tested.features import Features
from offersmith.response.tested.figures import effects
from offersmith.response.tested.judge import judge_test
from offersmith.response.tested.lot import lot, unlike
from offersmith.response.tested.read import Asked, read_test
from offersmith.words import LANGUAGES

MODELS = ("constant", "t_linear")
ASKED = Asked("arm", "none", "profit")


def made(rows=2400, seed=1, effect=1.0, lean=0.0):
    """Return columns of a test with three arms: 'gift' wins those with a high age, 'mail' nobody."""
    draw = np.random.default_rng(seed)
    age = draw.normal(50, 10, rows)
    city = draw.choice(["rome", "oslo", "lima"], rows, p=[0.6, 0.3, 0.1])
    chance = np.column_stack([np.full(rows, 1.0), np.exp(lean * (age - 50) / 10), np.full(rows, 1.0)])
    chance /= chance.sum(axis=1, keepdims=True)
    arm = (draw.random(rows)[:, None] > chance.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    truth = np.column_stack([np.zeros(rows), effect * np.where(age > 50, 1.0, -0.6), np.full(rows, -0.1)])
    here = np.arange(rows)
    profit = 2 + 0.03 * age + 0.5 * (city == "oslo") + truth[here, arm] + draw.normal(size=rows)
    return {
        "arm": [("none", "gift", "mail")[one] for one in arm],
        "profit": profit.round(6).tolist(),
        "age": age.round(4).tolist(),
        "city": city.tolist(),
        "p": chance[here, arm].round(8).tolist(),
    }, truth


def written(path, columns):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    columns, truth = made()
    del columns["p"]
    path = written(tmp_path_factory.mktemp("test") / "test.csv", columns)
    return judge_test(path, ASKED, models=MODELS, seed=1), truth


def test_what_is_true_comes_out(judged) -> None:
    found, truth = judged
    plain = found.as_dict()
    arms = {one["arm"]: one for one in plain["arms"]}
    assert list(arms) == ["none", "gift", "mail"]
    for index, name in ((1, "gift"), (2, "mail")):
        assert arms[name]["low"] < truth[:, index].mean() < arms[name]["high"]
        assert arms[name]["method"] == "lin"
    best = np.maximum(truth.max(axis=1), 0).mean()
    assert plain["chosen"] == "t_linear"
    assert plain["policy"]["kind"] == "learned"
    assert plain["policy"]["low"] < best < plain["policy"]["high"] + 0.1
    assert plain["verdict"] == "each"
    assert plain["single"]["arm"] == "gift"
    assert plain["qini"]["low"] > 0
    assert [one["arm"] for one in plain["calibration"]] == ["gift", "mail"]
    assert plain["calibration"][0]["slope_low"] < 1 < plain["calibration"][0]["slope_high"]
    json.dumps(plain, allow_nan=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_in_every_language(judged, language) -> None:
    text = judged[0].text(language)
    assert "gift" in text
    assert "{" not in text
    assert {"en": "Give each customer", "zh": "按模型为每位顾客"}[language] in text


def test_a_parquet_file_says_the_same(judged, tmp_path) -> None:
    columns, _ = made()
    del columns["p"]
    path = tmp_path / "test.parquet"
    pq.write_table(pa.table(columns), path)
    assert judge_test(path, ASKED, models=MODELS, seed=1).as_dict()["arms"] == judged[0].as_dict()["arms"]


def test_costs_are_taken_off_and_effects_given_with_and_without(tmp_path) -> None:
    columns, _ = made()
    del columns["p"]
    path = written(tmp_path / "test.csv", columns)
    plain = judge_test(path, Asked("arm", "none", "profit", cost="gift=5,mail=0.1"), models=MODELS, seed=1).as_dict()
    after, before = ({one["arm"]: one["effect"] for one in plain[key]} for key in ("arms", "arms_before_cost"))
    assert before["gift"] - after["gift"] == pytest.approx(5.0)
    assert before["mail"] - after["mail"] == pytest.approx(0.1)
    assert plain["verdict"] == "nobody"
    columns["paid"] = [{"gift": 5.0, "mail": 0.1}.get(one, 0.0) for one in columns["arm"]]
    path = written(tmp_path / "paid.csv", columns)
    of_column = judge_test(path, Asked("arm", "none", "profit", cost="paid"), models=MODELS, seed=1).as_dict()
    assert {one["arm"]: one["effect"] for one in of_column["arms"]} == pytest.approx(after)
    assert "paid" not in of_column["features"]


def test_stated_chances_undo_what_was_not_by_lot(tmp_path) -> None:
    columns, truth = made(rows=4000, lean=1.0)
    path = written(tmp_path / "test.csv", columns)
    asked = Asked("arm", "none", "profit", features=("age", "city"))
    found = judge_test(path, asked, models=("constant",))
    assert "WARNING" in found.text()
    assert "age" in found.text("zh")
    doubted = found.as_dict()
    assert doubted["reasons"] == ["not_by_lot"]
    assert doubted["counts"] == {"not_by_lot": 4000}
    assert doubted["lot"]["most"] == "age"
    assert (doubted["verdict"], doubted["policy"]["kind"]) == ("unknown", "none")
    asked = Asked("arm", "none", "profit", features=("age", "city"), propensity="p")
    plain = judge_test(path, asked, models=("constant",)).as_dict()
    gift = plain["arms"][1]
    assert gift["method"] == "doubly_robust"
    assert gift["low"] < truth[:, 1].mean() < gift["high"]
    assert plain["reasons"] == []


def test_chances_that_are_not_those_of_the_arms_are_doubted(tmp_path) -> None:
    columns, _ = made()
    columns["p"] = [0.9] * len(columns["p"])
    path = written(tmp_path / "test.csv", columns)
    found = judge_test(path, Asked("arm", "none", "profit", propensity="p"), models=("constant",))
    assert "WARNING" in found.text()
    assert "警告" in found.text("zh")
    plain = found.as_dict()
    assert plain["reasons"] == ["chances_do_not_fit"]
    assert plain["policy"]["kind"] == "none"


def test_twelve_rows_still_get_their_averages(tmp_path) -> None:
    columns, _ = made(rows=12, seed=3)
    del columns["p"]
    found = judge_test(written(tmp_path / "few.csv", columns), ASKED)
    plain = found.as_dict()
    assert plain["reasons"] == ["too_few_rows"]
    assert plain["counts"] == {"too_few_rows": 12}
    assert plain["arms"][1]["reason"] == "uplift_few_customers"
    assert plain["arms"][1]["low"] is None
    assert (plain["verdict"], plain["chosen"], plain["policy"]) == ("unknown", "", None)
    assert all("12" in found.text(language) for language in LANGUAGES)
    sizes = ", ".join(f"{one['arm']} {one['rows']}" for one in plain["arms"])
    assert all(sizes in found.text(language) for language in LANGUAGES)
    assert plain["too_few_customers"] == ["none", "gift", "mail"]
    assert "beyond doubt" not in found.text()


def test_an_arm_of_three_rows_keeps_no_other_from_being_judged(tmp_path) -> None:
    columns, _ = made()
    del columns["p"]
    columns["arm"] = ["rare" if index < 3 else arm for index, arm in enumerate(columns["arm"])]
    columns["profit"] = [99.0 if index < 3 else one for index, one in enumerate(columns["profit"])]
    found = judge_test(written(tmp_path / "test.csv", columns), ASKED, models=MODELS, seed=1)
    plain = found.as_dict()
    assert (plain["reasons"], plain["counts"]) == (["arm_too_few_customers"], {"arm_too_few_customers": 1})
    assert "Nothing is learned of arms with fewer than 30 customers: rare 3." in found.text()
    assert "顾客少于 30 位的组不作判断：rare 3。" in found.text("zh")
    assert (plain["single"]["arm"], plain["policy"]["kind"]) == ("gift", "learned")
    assert plain["policy"]["shares"]["rare"] == 0
    assert plain["qini"]["low"] is not None
    assert [one["reason"] for one in plain["arms"] if one["arm"] == "rare"] == ["uplift_few_customers"]


def test_many_rows_of_a_few_customers_are_no_control(tmp_path) -> None:
    columns, _ = made(600)
    del columns["p"]
    columns["customer"] = [row % 7 if arm == "none" else row for row, arm in enumerate(columns["arm"])]
    found = judge_test(written(tmp_path / "test.csv", columns), ASKED, models=MODELS)
    plain = found.as_dict()
    assert (plain["verdict"], plain["reasons"], plain["too_few_customers"]) == ("unknown", ["too_few_rows"], ["none"])
    assert "none 7, gift " in found.text()


def test_columns_that_tell_the_outcome_are_left_out_unless_named(tmp_path) -> None:
    draw = np.random.default_rng(4)
    rows = 3000
    bought = draw.random(rows) < 0.1
    columns = {
        "arm": draw.choice(["a", "b"], rows).tolist(),
        "visit": (bought | (draw.random(rows) < 0.1)).astype(int).tolist(),
        "spend": np.where(bought, draw.lognormal(3, 1, rows), 0.0).round(4).tolist(),
        "age": draw.normal(size=rows).round(4).tolist(),
        "mail": [f"{index}@shop" for index in range(rows)],
        "land": ["it"] * rows,
    }
    path = written(tmp_path / "test.csv", columns)
    for outcome, other in (("visit", "spend"), ("spend", "visit")):
        read = read_test(path, Asked("arm", "a", outcome))
        assert [column.name for column in read.features.columns] == ["age"]
        assert read.features.left_out == {other: "tells_outcome", "mail": "names_rows", "land": "one_value"}
    named = read_test(path, Asked("arm", "a", "visit", features=("age", "spend")))
    assert [column.name for column in named.features.columns] == ["age", "spend"]


def test_features_of_every_kind_become_finite_numbers(tmp_path) -> None:
    columns = {
        "number": ["1", "", "3", "nan"] * 30,
        "truth": ["true", "false"] * 60,
        "day": ["2024-01-01", "2024-01-03", "2024-01-02T12:00", ""] * 30,
        "word": ["a", "b", "c", ""] * 29 + ["x1", "x2", "x3", "x4"],
    }
    path = written(tmp_path / "test.csv", columns)
    file = TableFile.read(path)
    found = Features.learn(file, tuple(columns), (), np.arange(120.0))
    matrix = found.matrix(file)
    names = list(found.names)
    assert matrix.shape == (120, len(names))
    assert np.isfinite(matrix).all()
    assert matrix[:4, names.index("number")].tolist() == [1.0, 2.0, 3.0, 2.0]
    assert matrix[:4, names.index("number missing")].tolist() == [0, 1, 0, 1]
    assert matrix[:2, names.index("truth true")].tolist() == [1, 0]
    assert matrix[1, names.index("day")] - matrix[0, names.index("day")] == 2.0
    assert matrix[-4:, names.index("word other")].tolist() == [1, 1, 1, 1]
    later = written(tmp_path / "later.csv", {**columns, "word": ["never seen"] * 120})
    again = found.matrix(TableFile.read(later))
    assert (again[:, names.index("word other")] == 1).all()


def test_a_lottery_is_doubted_no_more_often_than_it_says() -> None:
    draw = np.random.default_rng(2)
    chances = []
    for _ in range(300):
        x = np.column_stack([draw.normal(size=(600, 3)), draw.exponential(size=600), draw.random(600) < 0.1])
        chances.append(lot(x, tuple("abcde"), draw.integers(0, 3, 600), 3).chance)
    assert 0.02 <= np.mean(np.array(chances) < 0.05) <= 0.09
    assert abs(np.mean(chances) - 0.5) < 0.06


def test_a_lottery_by_the_middle_of_a_feature_is_seen() -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(4000, 3))
    arm = (draw.random(4000) < np.where(np.abs(x[:, 1]) < 0.7, 0.3, 0.6)).astype(np.int64)
    found = lot(x, ("a", "b", "c"), arm, 2)
    assert found.doubted
    few = lot(x[:40], ("a", "b", "c"), arm[:40], 2)
    assert (few.chance, few.doubted) == (None, False)


def test_a_lot_drawn_once_for_all_rows_of_a_customer_is_no_dependence() -> None:
    draw = np.random.default_rng(7)
    who = np.repeat(np.arange(400), 15)
    x, arm = draw.normal(size=(400, 3))[who], draw.integers(0, 2, 400)[who]
    assert lot(x, ("a", "b", "c"), arm, 2).doubted
    assert not lot(x, ("a", "b", "c"), arm, 2, who).doubted
    leaning = (draw.random(400) < np.where(x[::15, 0] > 0, 0.8, 0.2)).astype(np.int64)[who]
    assert lot(x, ("a", "b", "c"), leaning, 2, who).doubted


def test_a_lot_in_order_of_arms_is_no_dependence() -> None:
    draw = np.random.default_rng(8)
    often = draw.integers(1, 9, 1500)
    who = np.repeat(np.arange(1500), often)
    arm = draw.integers(0, 2, len(who))
    order = np.argsort(arm, kind="stable")
    x = often[who][order, None].astype(np.float64)
    assert not lot(x, ("often",), arm[order], 2, who[order]).doubted


@pytest.mark.parametrize("odd", ["list", "bytes", "huge"])
def test_columns_that_are_no_features_are_left_out_or_refused(tmp_path, odd) -> None:
    columns, _ = made(600)
    del columns["p"]
    extra = {"list": [[1, 2]] * 600, "bytes": [b"\xff"] * 600, "huge": [1e300] + [1.0] * 599}[odd]
    kinds = pa.array(columns.pop("city")).dictionary_encode()
    path = tmp_path / "test.parquet"
    pq.write_table(pa.table({**columns, "city": kinds, "odd": extra}), path)
    if odd == "huge":
        with pytest.raises(InputError, match=r"column 'odd' .* beyond 1e\+50 in 1 of 600 rows, first in row 1"):
            read_test(path, ASKED)
        return
    found = read_test(path, ASKED).features
    assert dict(found.left_out) == {"odd": "no_values"}
    assert [column.name for column in found.columns] == ["age", "city"]
    with pytest.raises(InputError, match=r"column 'odd' .* holds"):
        read_test(path, Asked("arm", "none", "profit", features=("age", "odd")))


def test_moments_with_a_zone_are_days_like_others(tmp_path) -> None:
    columns, _ = made(300)
    columns["when"] = [f"2026-01-{1 + row % 28:02d}T01:00:00{('+01:00', 'Z', '')[row % 3]}" for row in range(300)]
    found = read_test(written(tmp_path / "test.csv", columns), ASKED)
    days = found.trial.x[:, found.trial.names.index("when")]
    assert days[:3] - days[0] == pytest.approx([0, 1 + 1 / 24, 2 + 1 / 24])


def test_stated_chances_are_held_to_their_mean() -> None:
    draw = np.random.default_rng(5)
    chance = np.where(draw.random(3000) < 0.5, 0.2, 0.7)
    arm = (draw.random(3000) < chance).astype(np.int64)
    stated = np.where(arm == 1, chance, 1 - chance)
    assert unlike(arm, 2, stated, None) == ()
    assert unlike(arm, 2, np.where(arm == 1, 0.9, stated), None) == (1,)


def test_averages_of_folds_rank_nobody() -> None:
    fold = np.arange(900) % 3
    predicted = np.column_stack([np.zeros(900), np.array([0.3, 0.1, 0.2])[fold]])
    assert np.ptp(levelled(predicted, fold)[:, 1]) == 0
    varied = predicted + np.random.default_rng(1).normal(size=(900, 1)) * [0, 1]
    flat = levelled(varied, fold)
    assert flat.mean(axis=0) == pytest.approx(varied.mean(axis=0))
    assert flat[fold == 1, 1] - flat[fold == 1, 1].mean() == pytest.approx(
        varied[fold == 1, 1] - varied[fold == 1, 1].mean()
    )


def test_intervals_of_arms_cover_the_truth(tmp_path) -> None:
    """200 files; 95 % intervals may miss in 3 to 20 of them (a chance of a hundredth to be outside)."""
    path, missed = tmp_path / "test.parquet", 0
    for seed in range(200):
        columns, _ = made(rows=300, seed=seed)
        pq.write_table(pa.table({name: columns[name] for name in ("arm", "profit", "age", "city")}), path)
        read = read_test(path, ASKED)
        gift = effects(read.trial, read.net, None, None)[0]
        missed += not gift.low < 0.2 < gift.high
    assert 3 <= missed <= 20


BAD = {
    "control": (Asked("arm", "nothing", "profit"), {}, r"never says 'nothing'; its values, with rows: 'gift' \(\d+\)"),
    "column": (Asked("offer", "none", "profit"), {}, r"has no column 'offer'"),
    "one arm": (ASKED, {"arm": ["none"] * 120}, r"says 'none' in all 120 rows: no arm to compare it with"),
    "all treated": (ASKED, {"arm": ["gift"] * 120}, r"never says 'none'; its values, with rows: 'gift' \(120\)"),
    "nan arm": (ASKED, {"arm": ["nan", *["none", "gift"] * 59, "NaN"]}, r"column 'arm' .* 'nan', .* in 2 of 120 rows"),
    "constant": (ASKED, {"profit": [3] * 120}, r"column 'profit' .* is 3 in all 120 rows"),
    "empty outcome": (ASKED, {"profit": ["", "nan", *[1, 2] * 59]}, r"column 'profit' .* missing in 1 of 120 rows"),
    "nan outcome": (ASKED, {"profit": ["nan", *[1] * 119]}, r"column 'profit' .* not finite in 1 of 120 rows"),
    "words": (ASKED, {"profit": ["much", *[1] * 119]}, r"column 'profit' .* not a number in 1 of 120 rows"),
    "empty arm": (ASKED, {"arm": ["", *["none", "gift"] * 59, "gift"]}, r"column 'arm' .* missing in 1 of 120"),
    "many arms": (ASKED, {"arm": ["none", *range(119)]}, r"column 'arm' .* has 120 different values"),
    "zero chance": (
        Asked("arm", "none", "profit", propensity="p"), {"p": [0, 0, *[0.5] * 118]},
        r"column 'p' .* 0 or below in 2 of 120 rows, first in row 1",
    ),
    "large chance": (
        Asked("arm", "none", "profit", propensity="p"), {"p": [*[0.5] * 119, 1.5]},
        r"column 'p' .* above 1 in 1 of 120 rows, first in row 120",
    ),
    "unknown cost": (Asked("arm", "none", "profit", cost="gift=1,spoon=2"), {}, r"arm 'spoon', which nobody .* \(0 of"),
    "cost twice": (Asked("arm", "none", "profit", cost="gift=1,gift=2"), {}, r"arm 'gift' more than once"),
    "odd cost": (Asked("arm", "none", "profit", cost="gift=much"), {}, r"cost of arm 'gift' is 'much'"),
    "no cost": (Asked("arm", "none", "profit", cost="price"), {}, r"has no column 'price'"),
    "infinite": (ASKED, {"age": ["inf", "-inf", *[1, 2] * 59]}, r"column 'age' .* infinite in 2 of 120 rows"),
    "same": (Asked("arm", "none", "arm"), {}, r"column 'arm' .* not a number in 120 of 120"),
    "twice": (Asked("p", "0.5", "p"), {"p": [0.5, 0.25] * 60}, r"column 'p' .* more than one thing"),
    "no feature": (Asked("arm", "none", "profit", features=("hair",)), {}, r"has no column 'hair'"),
    "taken": (Asked("arm", "none", "profit", features=("arm",)), {}, r"column 'arm' is named as a feature and as"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_and_counted(name, tmp_path) -> None:
    asked, changes, said = BAD[name]
    columns, _ = made(rows=120)
    path = written(tmp_path / "bad.csv", {**columns, **changes})
    with pytest.raises(InputError, match=said):
        judge_test(path, asked)


def test_a_column_that_is_there_twice_is_refused(tmp_path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("arm,profit,profit\nnone,1,2\ngift,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="more than one column 'profit'"):
        judge_test(path, ASKED)
