"""The line a refusal names is the one an editor shows."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.events.decision_file import read
from offersmith.events.sources.lines import line_of, placed
from offersmith.response.table_file import TableFile
from offersmith.settings import DecisionSettings, ShopSettings


@given(
    st.lists(st.tuples(st.text('ab,\n"', max_size=6), st.text("xy\n", max_size=4)), min_size=1, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_row_is_found_again_on_its_line(tmp_path_factory, rows, ending, blank):
    """Written one by one, with the count of line ends before each as its line: quoted ones count, as in an editor."""
    path = tmp_path_factory.mktemp("lines") / "log.csv"
    begins = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=ending, quoting=csv.QUOTE_ALL)
        writer.writerow(["a", "b"])
        for row in rows:
            if blank:
                file.write(ending)
            file.flush()
            begins.append(path.read_bytes().count(b"\n") + 1)
            writer.writerow(row)
    assert [line_of(path, index, ",") for index in range(len(rows))] == begins
    assert line_of(path, len(rows), ",") is None


NOTES = 'customer_id,offer_id,note,probability\na,ten,"two\nlines",0.5\nb,ten,,0.5\n\nc,ten,,2\n'


def test_a_refused_decision_is_found_behind_notes_of_several_lines(tmp_path):
    (tmp_path / "log.csv").write_text(NOTES)
    part = DecisionSettings(files=("log.csv",), campaign="march")
    with pytest.raises(InputError, match=r"probability is 2.0 in 1 of 3 rows, first in row 3 \(line 6\); allowed"):
        read(part, tmp_path, ShopSettings())


def test_a_row_with_too_few_fields_is_found_in_either_reader(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(NOTES.replace("b,ten,,0.5", "b,ten"))
    with pytest.raises(InputError, match=r"rows cannot be read \(such as row 2 \(line 4\)\)"):
        read(DecisionSettings(files=("log.csv",), campaign="march"), tmp_path, ShopSettings())
    with pytest.raises(
        InputError, match=r"no table we can read: CSV parse error: row 2 \(line 4\): Expected 4 columns"
    ):
        TableFile.read(path)


def test_a_column_of_a_test_names_the_line(tmp_path):
    path = tmp_path / "test.csv"
    path.write_text(NOTES.replace(",2\n", ",half\n").replace(",", ";"))
    with pytest.raises(InputError, match=r"not a number in 1 of 3 rows, first in row 3 \(line 6\): 'half'") as fault:
        TableFile.read(path).numbers("probability")
    assert fault.value.facts["row"] == 3


def test_a_file_without_lines_has_rows_alone(tmp_path):
    assert placed(tmp_path / "log.parquet", 1234, ",") == "row 1,235"
    assert placed(tmp_path / "gone.csv", 0, ",") == "row 1"
