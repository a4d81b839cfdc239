"""Files as columns: what is read, and what is refused with its name and count."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.response.table_file import TableFile


def read(tmp_path, text, name="log.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return TableFile.read(path)


def test_csv_and_parquet_say_the_same(tmp_path):
    table = pa.table(
        {"arm": pa.array([10, 2, 2]), "p": [0.5, 0.25, 1.0], "on": [True, False, True], "w": ["b", "a", ""]}
    )
    pq.write_table(table, tmp_path / "log.parquet")
    other = TableFile.read(tmp_path / "log.parquet")
    text = read(tmp_path, "arm;p;on;w\n10;0.5;1;b\n2;0.25;0;a\n2; 1.0 ;1;\n")
    for file in (other, text):
        code, levels = file.levels("arm")
        assert levels == ("2", "10")
        assert code.tolist() == [1, 0, 0]
        assert file.numbers("p").tolist() == [0.5, 0.25, 1.0]
        assert file.numbers("on").tolist() == [1.0, 0.0, 1.0]
        assert file.levels("w", empty=True)[1] == ("", "a", "b")


def test_whole_numbers_with_a_point_are_the_same_action(tmp_path):
    pq.write_table(pa.table({"arm": pa.array([1.0, 2.5, None])}), tmp_path / "log.parquet")
    assert TableFile.read(tmp_path / "log.parquet").levels("arm", empty=True)[1] == ("1", "2.5", "")


@pytest.mark.parametrize(
    ("values", "what", "count", "row"),
    [
        (["1", "", "", "4"], "missing", 2, 2),
        (["1", "x", "3", "4"], "not a number", 1, 2),
        (["1", "2", "inf", "nan"], "not finite", 2, 3),
        (["1", "-1e300", "3", "1e49"], "beyond 1e\\+50", 1, 2),
    ],
)
def test_a_wrong_number_is_named_and_counted(tmp_path, values, what, count, row):
    file = read(tmp_path, "a,reward\n" + "".join(f"1,{value}\n" for value in values))
    with pytest.raises(
        InputError, match=f"column 'reward' .* {what} in {count} of 4 rows, first in row {row}"
    ) as fault:
        file.numbers("reward")
    assert fault.value.facts["column"] == "reward"
    assert fault.value.facts["count"] == count


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("12,50", "12,50 looks like a number with a decimal comma: write 12.50, with a point"),
        ("-1.234,5", "-1.234,5 looks like a number with a decimal comma: write -1234.5, with a point"),
        ("1,234.50", "1,234.50 looks like a number with commas between thousands: write 1234.50"),
        ("1,234", "write 1,234 as 1.234 if its comma is a decimal comma, as 1234 if it parts thousands"),
        ("0,125", "0,125 looks like a number with a decimal comma: write 0.125, with a point"),
        ("a lot, 1", ""),
    ],
)
def test_a_number_with_a_comma_is_shown_with_what_to_write(tmp_path, value, hint):
    file = read(tmp_path, f"arm;Umsatz\na;3\nb;{value}\nc;{value}\n")
    with pytest.raises(InputError, match=r"not a number in 2 of 3 rows, first in row 2 \(line 3\): ") as fault:
        file.numbers("Umsatz")
    assert fault.value.message.endswith(repr(value))
    assert (fault.value.hint, fault.value.facts["value"]) == (hint, value)


def test_missing_values_of_parquet_are_missing(tmp_path):
    pq.write_table(pa.table({"r": [1.0, None], "q": [1.0, np.nan], "a": ["x", None]}), tmp_path / "log.parquet")
    file = TableFile.read(tmp_path / "log.parquet")
    for name, what in (("r", "missing"), ("q", "not finite")):
        with pytest.raises(InputError, match=f"{what} in 1 of 2"):
            file.numbers(name)
    with pytest.raises(InputError, match=r"column 'a' .* missing in 1 of 2"):
        file.levels("a")


def test_ways_to_store_values_are_one(tmp_path):
    words = pa.array(["b", None, "b", "a"])
    columns = {"plain": words, "coded": words.dictionary_encode(), "none": pa.nulls(4)}
    half = pa.array(np.array([1, 2, 2, 4], dtype=np.float16))
    pq.write_table(pa.table({**columns, "half": half}), tmp_path / "log.parquet")
    file = TableFile.read(tmp_path / "log.parquet")
    assert file.levels("coded", empty=True)[0].tolist() == file.levels("plain", empty=True)[0].tolist() == [2, 0, 2, 1]
    assert [file.distinct(name) for name in file.names] == [3, 3, 1, 3]
    assert file.levels("half")[1] == ("1", "2", "4")
    assert file.levels("none", empty=True)[1] == ("",)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([[1], [2, 3]]), "list"),
        (pa.array([{"a": 1}, {"a": 2}]), "struct"),
        (pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())), "map"),
        (pa.array([b"\xff", b"a"]), "binary"),
    ],
)
def test_columns_without_one_value_a_row_are_refused_only_when_asked_for(tmp_path, column, kind):
    pq.write_table(pa.table({"odd": column, "r": [1.0, 2.0]}), tmp_path / "log.parquet")
    file = TableFile.read(tmp_path / "log.parquet")
    assert file.numbers("r").tolist() == [1.0, 2.0]
    for read_it in (file.levels, file.numbers, file.distinct):
        with pytest.raises(InputError, match=f"column 'odd' .* holds {kind}.* in each of 2 rows"):
            read_it("odd")


def test_files_that_are_none_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        TableFile.read(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is empty"):
        read(tmp_path, "")
    with pytest.raises(InputError, match="no rows"):
        read(tmp_path, "a,b\n")
    with pytest.raises(InputError, match="more than one column 'a'"):
        read(tmp_path, "a,a\n1,2\n")
    with pytest.raises(InputError, match="no table we can read"):
        read(tmp_path, "a,b\n1,2,3\n")
    with pytest.raises(InputError, match="no table we can read"):
        read(tmp_path, "no parquet", "log.parquet")
    (tmp_path / "latin.csv").write_bytes("a,b\n1,caf\xe9\n".encode("latin-1"))
    with pytest.raises(InputError, match="no table we can read"):
        TableFile.read(tmp_path / "latin.csv")
    with pytest.raises(InputError, match="cannot be read"):
        TableFile.read(tmp_path)


def test_columns_are_found_by_their_usual_names_or_asked_for(tmp_path):
    file = read(tmp_path, "Click,r\n1,2\n")
    assert file.find(None, ("reward", "click"), "reward") == "Click"
    assert file.find("r", ("reward", "click"), "reward") == "r"
    with pytest.raises(InputError, match="no column 'x'; its columns: 'Click', 'r'"):
        file.find("x", ("click",), "reward")
    with pytest.raises(InputError, match="no column we know as its propensity") as fault:
        file.find(None, ("propensity",), "propensity")
    assert "--propensity" in fault.value.hint


def test_a_header_may_hold_line_breaks_and_separators_in_quotes(tmp_path):
    file = read(tmp_path, '"arm","visits\nper week","a, b; c",code\nx,1,2,007\n"y\nz",3,4,008\n')
    assert file.names == ["arm", "visits\nper week", "a, b; c", "code"]
    assert file.levels("arm")[1] == ("x", "y\nz")
    # Every column is text until it is asked for as something else: a code keeps its zeros.
    assert file.table.column("code").to_pylist() == ["007", "008"]
    assert file.table.column("a, b; c").to_pylist() == ["2", "4"]


def test_what_parts_columns_is_not_counted_within_quotes(tmp_path):
    file = read(tmp_path, '"a, b, c, d";arm;profit\n1;x;2\n3;y;4\n')
    assert file.names == ["a, b, c, d", "arm", "profit"]
    assert file.numbers("profit").tolist() == [2.0, 4.0]
    assert read(tmp_path, "\n\narm|p\nx|1\n").names == ["arm", "p"]


def test_a_column_name_given_twice_behind_a_line_break_is_refused(tmp_path):
    with pytest.raises(InputError, match="more than one column 'p'"):
        read(tmp_path, '"a\nb",p,p\n1,2,3\n')


@pytest.mark.parametrize("word", ["nan", "NaN", "NULL", "<NA>", "NaT"])
def test_a_word_for_no_value_is_no_arm_unless_it_is_named(tmp_path, word):
    file = read(tmp_path, f"arm,p\nx,1\n{word},2\nnone,3\n{word},4\n")
    with pytest.raises(InputError, match=rf"column 'arm' .* is '{word}', .* in 2 of 4 rows, first in row 2") as fault:
        file.arms("arm")
    assert (fault.value.facts["count"], fault.value.facts["row"]) == (2, 2)
    assert "leave these rows out" in fault.value.hint
    assert set(file.arms("arm", called=(word,))[1]) == {"none", word, "x"}


def test_a_number_that_is_none_is_missing_as_an_arm(tmp_path):
    pq.write_table(pa.table({"arm": pa.array([0.0, np.nan, None, 1.0])}), tmp_path / "log.parquet")
    with pytest.raises(InputError, match=r"column 'arm' .* is missing in 2 of 4 rows, first in row 2"):
        TableFile.read(tmp_path / "log.parquet").arms("arm")
