"""`evaluate policy`: logs and targets of every shape, what is refused, and what is said."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.response.policy.log import judge_log
from offersmith.response.policy.model import judge_policy
from offersmith.response.policy.told import told

ARMS = ("apple", "bread", "cheese")


@pytest.fixture
def log(tmp_path):
    """3,000 rows of 1,000 customers; chances depend on the place; bread brings one more than the others."""
    rng = np.random.default_rng(8)
    rows = 3_000
    place = rng.integers(1, 3, rows)
    chance = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])[place - 1]
    arm = (rng.random(rows)[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    x = rng.standard_normal(rows)
    reward = 2 + x + (arm == 1) + 0.5 * rng.standard_normal(rows)
    table = pa.table(
        {
            "item_id": np.array(ARMS)[arm],
            "position": place,
            "click": reward,
            "propensity_score": chance[np.arange(rows), arm],
            "age": x,
            "town": np.array(["north", "south", "east"])[rng.integers(0, 3, rows)],
            "customer_id": np.char.add("c", (np.arange(rows) // 3).astype(str)),
        }
    )
    return write(tmp_path / "log.csv", table)


def write(path, table):
    table = table if isinstance(table, pa.Table) else pa.table(table)
    arrow_csv.write_csv(table, path)
    return path


def changed(path, **columns):
    """Write the log again with some columns replaced (None = left out)."""
    table = arrow_csv.read_csv(path)
    for name, values in columns.items():
        index = table.column_names.index(name)
        column = None if values is None else pa.array(values)
        table = table.remove_column(index) if column is None else table.set_column(index, name, column)
    return write(path.with_name("changed.csv"), table)


def column(path, name):
    return arrow_csv.read_csv(path).column(name).to_numpy(zero_copy_only=False).copy()


def values(judged):
    return {made.name: made.value for made in judged.judged.estimates}


def test_columns_are_known_by_open_bandits_names_and_the_figures_are_the_fields(log):
    found = judge_log(log, "bread")
    assert found.columns == {
        "action": "item_id",
        "reward": "click",
        "propensity": "propensity_score",
        "customer": "customer_id",
    }
    weight = (column(log, "item_id") == "bread") / column(log, "propensity_score")
    reward = column(log, "click")
    assert values(found)["ips"] == pytest.approx((weight * reward).mean())
    assert values(found)["snips"] == pytest.approx((weight * reward).sum() / weight.sum())
    assert found.judged.support.ess == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert found.judged.support.customers == 1_000
    assert (found.target, found.actions, found.verdict) == ("one_action", 3, "better")
    assert found.judged.of("dr").interval.low < 3 < found.judged.of("dr").interval.high


def test_features_make_the_interval_narrower(log):
    bare, knowing = (judge_log(log, "bread", features=names) for names in ((), ("age", "town")))
    widths = [made.judged.of("dr").interval for made in (bare, knowing)]
    assert widths[1].high - widths[1].low < 0.8 * (widths[0].high - widths[0].low)
    assert knowing.features == ("age", "town")


def test_every_shape_of_a_target_gives_the_same_figures(log, tmp_path):
    chance = {1: (0.1, 0.6, 0.3), 2: (0.7, 0.2, 0.1)}
    place = column(log, "position")
    long = [(arm, where, chance[where][index]) for where in (1, 2) for index, arm in enumerate(ARMS)]
    shapes = {
        "table": dict(zip(("item_id", "position", "probability"), map(list, zip(*long, strict=True)), strict=True)),
        "wide_table": {"item_id": ARMS, "position_1": chance[1], "position_2": chance[2]},
        "row_chances": {arm: [chance[where][index] for where in place] for index, arm in enumerate(ARMS)},
    }
    found = {name: judge_log(log, str(write(tmp_path / f"{name}.csv", table))) for name, table in shapes.items()}
    for name, made in found.items():
        assert made.target == name
        assert values(made)["ips"] == pytest.approx(values(found["table"])["ips"])
    assert values(found["wide_table"]) == pytest.approx(values(found["table"]))
    assert found["table"].context == found["wide_table"].context == ("position",)


def test_chances_and_actions_row_by_row(log, tmp_path):
    arm = column(log, "item_id")
    actions = write(tmp_path / "actions.csv", {"action": np.where(column(log, "age") > 0, "bread", "apple")})
    by_row = judge_log(log, str(actions))
    assert by_row.target == "row_actions"
    weight = (arm == np.where(column(log, "age") > 0, "bread", "apple")) / column(log, "propensity_score")
    assert values(by_row)["ips"] == pytest.approx((weight * column(log, "click")).mean())
    chances = {f"p_{name}": np.where(np.arange(3_000) % 2 == 0, float(name == "bread"), 1 / 3) for name in ARMS}
    found = judge_log(log, str(write(tmp_path / "chances.csv", chances)))
    given = np.where(np.arange(3_000) % 2 == 0, arm == "bread", 1 / 3)
    assert found.target == "row_chances"
    assert values(found)["ips"] == pytest.approx(
        (given / column(log, "propensity_score") * column(log, "click")).mean()
    )


def test_uniform_is_every_action_alike_and_a_table_without_context_says_it_too(log, tmp_path):
    table = write(tmp_path / "even.csv", {"arm": ARMS, "chance": [1 / 3] * 3})
    assert values(judge_log(log, "uniform")) == pytest.approx(values(judge_log(log, str(table))))


def test_the_policy_of_the_log_differs_from_itself_by_nothing_but_noise(log, tmp_path):
    same = write(tmp_path / "same.csv", {"item_id": ARMS, "position_1": [0.5, 0.3, 0.2], "position_2": [0.2, 0.3, 0.5]})
    found = judge_log(log, str(same))
    assert found.judged.support.ess == pytest.approx(3_000)
    assert found.verdict == "unclear"
    assert found.difference.interval.low < 0 < found.difference.interval.high


def test_parquet_and_named_columns_and_another_order_of_threads(log, tmp_path):
    table = arrow_csv.read_csv(log)
    names = {"item_id": "what", "click": "worth", "propensity_score": "with"}
    pq.write_table(
        table.rename_columns([names.get(name, name) for name in table.column_names]), tmp_path / "log.parquet"
    )
    found = judge_log(tmp_path / "log.parquet", "bread", action="what", reward="worth", propensity="with")
    assert json.dumps(found.as_dict()["estimators"]) == json.dumps(judge_log(log, "bread").as_dict()["estimators"])


def test_a_log_that_hardly_speaks_of_the_target_keeps_its_figures(log):
    chance = column(log, "propensity_score")
    chance[int(np.argmax(column(log, "item_id") == "bread"))] = 1e-6
    found = judge_log(changed(log, propensity_score=chance), "bread")
    assert found.judged.support.ess < 2
    assert (found.verdict, found.reasons) == ("not_supported", ("not_enough_support",))
    plain = found.as_dict()
    assert all(line["low"] is None and np.isfinite(line["value"]) for line in plain["estimators"])
    assert plain["difference"]["low"] is None
    assert "Not enough support" in told(found)


def test_twelve_rows_are_judged_and_nothing_is_claimed(log):
    found = judge_log(write(log.with_name("few.csv"), arrow_csv.read_csv(log).slice(0, 12)), "uniform")
    assert found.judged.support.rows == 12
    assert found.reasons == ("not_enough_support",)
    assert found.current_interval is None


def test_actions_the_log_has_never_seen_are_named(log, tmp_path):
    target = write(tmp_path / "target.csv", {"action": [*ARMS, "date"], "probability": [0.4, 0.2, 0.1, 0.3]})
    found = judge_log(log, str(target))
    assert (found.unseen, found.unseen_chance) == (("date",), pytest.approx(0.3))
    assert found.reasons[0] == "action_never_given"
    assert "date" in told(found)
    rare = write(tmp_path / "rare.csv", {"action": [*ARMS, "date"], "probability": [0.5, 0.3, 0.195, 0.005]})
    assert judge_log(log, str(rare)).judged.of("dr").interval is not None


def test_a_target_of_another_catalogue_is_told_apart_both_ways(log, tmp_path):
    other = judge_log(log, str(write(tmp_path / "other.csv", {"action": ["date", "egg"], "probability": [0.5, 0.5]})))
    assert (other.unseen, other.unused, other.verdict) == (("date", "egg"), ARMS, "not_supported")
    assert (other.as_dict()["unseen"], other.as_dict()["unused"]) == (["date", "egg"], list(ARMS))
    for language, said in (("en", "have no action in common"), ("zh", "没有任何相同的动作")):
        lines = told(other, language).splitlines()
        assert sum("date, egg" in line for line in lines) == sum(", ".join(ARMS) in line for line in lines) == 1
        assert any(said in line for line in lines)
    mixed = judge_log(log, str(write(tmp_path / "mixed.csv", {"action": ["date", "bread"], "probability": [0.5, 0.5]})))
    assert (mixed.unseen, mixed.unused) == (("date",), ("apple", "cheese"))
    assert "never chosen by the policy: apple, cheese" in told(mixed)
    assert "in common" not in told(mixed)
    # A policy that only gives less than the log is of the same catalogue: nothing is said.
    assert judge_log(log, "bread").unused == ("apple", "cheese")
    assert "never chosen" not in told(judge_log(log, "bread"))


@pytest.mark.parametrize(
    ("name", "wrong", "says"),
    [
        ("propensity_score", 0.0, "'propensity_score' .* is 0 or below in 2 of 3,000 rows, first in row 5"),
        ("propensity_score", 1.5, "'propensity_score' .* is above 1 in 2 of"),
        ("propensity_score", 1e-300, "'propensity_score' .* is below 1e-50 in 2 of"),
        ("propensity_score", np.nan, "'propensity_score' .* is not finite in 2 of"),
        ("click", np.inf, "'click' .* is not finite in 2 of 3,000 rows, first in row 5"),
        ("age", np.nan, "'age' .* is not finite in 2 of"),
    ],
)
def test_a_wrong_number_names_its_column_and_is_counted(log, name, wrong, says):
    numbers = column(log, name)
    numbers[[4, 9]] = wrong
    with pytest.raises(InputError, match=says):
        judge_log(changed(log, **{name: numbers}), "uniform", features=("age",))


@pytest.mark.parametrize("name", ["item_id", "click", "propensity_score"])
def test_a_missing_column_is_named(log, name):
    with pytest.raises(InputError, match="has no column we know as its"):
        judge_log(changed(log, **{name: None}), "uniform")
    with pytest.raises(InputError, match="has no column 'nothing'"):
        judge_log(log, "uniform", features=("nothing",))


def test_one_column_is_not_two_things(log):
    with pytest.raises(InputError, match="more than one thing"):
        judge_log(log, "uniform", reward="propensity_score")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"action": ARMS, "probability": [0.5, 0.3, 0.1]}, "add to 0.9 in all, not to 1"),
        ({"action": ARMS, "probability": [1.5, -0.3, -0.2]}, "'probability' .* is below 0 in 2 of 3"),
        ({"action": ARMS, "probability": [1.5, 0.0, 0.0]}, "'probability' .* is above 1 in 1 of 3"),
        ({"action": ["apple", "apple"], "probability": [0.5, 0.5]}, "action 'apple' 2 times"),
        ({"item_id": ARMS, "position_1": [0.5, 0.3, 0.2]}, "says nothing of 1,4.. of 3,000 rows .* position is '2'"),
        (
            {"item_id": ARMS, "position_1": [0.5, 0.3, 0.2], "position_2": [0.5, 0.3, 0.3]},
            "add to 1.1 in column 'position_2'",
        ),
        (
            {"action": ARMS, "position": [1, 1, 1], "probability": [0.5, 0.3, 0.2]},
            "says nothing of .* position is '2'",
        ),
        ({"action": ARMS}, "has 3 rows and no column of chances .* the log has 3,000 rows"),
        ({"something": [1.0, 2.0]}, "neither a column of actions nor columns named like actions"),
        ({"apple": [0.5], "bread": [0.5]}, "has 1 rows and chances row by row, but the log has 3,000"),
    ],
)
def test_a_target_that_is_none_is_refused(log, tmp_path, table, says):
    with pytest.raises(InputError, match=says):
        judge_log(log, str(write(tmp_path / "target.csv", table)))


def test_a_word_that_is_neither_file_nor_action_is_refused_with_the_actions(log):
    with pytest.raises(InputError, match="'dates' is neither a file, nor 'uniform', nor an action") as fault:
        judge_log(log, "dates")
    assert "apple, bread, cheese" in fault.value.hint


def test_rows_whose_chances_do_not_add_up_are_counted(log, tmp_path):
    table = {arm: np.full(3_000, 1 / 3) for arm in ARMS}
    table["apple"][7] = 0.9
    with pytest.raises(InputError, match=r"add to 1.56667 row 8 \(line 9\), not to 1 \(1 of 3,000 sums are off\)"):
        judge_log(log, str(write(tmp_path / "target.csv", table)))


def test_it_reads_as_json_and_in_two_languages(log):
    found = judge_log(log, "bread", features=("age",))
    plain = json.loads(json.dumps(found.as_dict()))
    assert {"estimators", "ess", "largest_weight", "rows", "verdict", "reasons", "difference"} <= set(plain)
    assert {"name", "value", "low", "high", "interval"} <= set(plain["estimators"][0])
    english, chinese = told(found, "en"), told(found, "zh")
    assert "Better than the policy that made the log." in english
    assert "优于产生该日志的策略" in chinese
    for made in found.judged.estimates:
        assert f"{made.value:.3f}" in english
        assert f"{made.value:.3f}" in chinese


def test_the_same_file_and_seed_give_the_same_bytes(log):
    one, two = (json.dumps(judge_log(log, "bread", features=("age", "town"), seed=3).as_dict()) for _ in range(2))
    assert one == two
    assert one != json.dumps(judge_log(log, "bread", features=("age", "town"), seed=4).as_dict())


@pytest.mark.parametrize(
    ("name", "what"), [("click", "reward"), ("item_id", "action"), ("propensity_score", "propensity")]
)
def test_no_policy_looks_at_what_came_of_it(log, name, what):
    with pytest.raises(InputError, match=f"column '{name}' .* is the {what} of each of") as fault:
        judge_log(log, "uniform", features=(name,))
    assert fault.value.facts["column"] == name
    with pytest.raises(InputError, match=f"'{name}' .* is the {what}"):
        judge_policy(log, model="t_linear", columns={}, features=(name,))
