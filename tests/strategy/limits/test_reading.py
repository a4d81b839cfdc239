import pytest

from offersmith.errors import InputError
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.reading import parse, read

FILE = """
[[limits]]
name = "spring money"
kind = "budget"
at_most = "5,000 USD"

[[limits]]
name = "gift boxes"
kind = "stock"
offers = ["gift"]
at_most = 120

[[limits]]
name = "young"
kind = "contacts"
column = "age"
from = 18
below = 30
at_most = 500
"""


def test_a_file_is_read_in_its_order(tmp_path):
    path = tmp_path / "limits.toml"
    path.write_text(FILE, encoding="utf-8")
    found = read(path)
    assert found.where == str(path)
    assert [(one.name, type(one)) for one in found.stated] == [
        ("spring money", LIMITS["budget"]),
        ("gift boxes", LIMITS["stock"]),
        ("young", LIMITS["contacts"]),
    ]
    assert (found.stated[2].low, found.stated[2].high, found.stated[2].at_most) == (18, 30, 500)


@pytest.mark.parametrize("text", ["", "limits = []\n"])
def test_no_limits_are_none(tmp_path, text):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    assert read(path).stated == ()


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputError, match=r"gone.toml: cannot be read \(No such file"):
        read(tmp_path / "gone.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)
    broken = tmp_path / "broken.toml"
    broken.write_text("[[limits]\n")
    with pytest.raises(InputError, match=r"broken.toml is not valid TOML: .*line 1"):
        read(broken)
    broken.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not valid TOML"):
        read(broken)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"limit": []}, r"'limit' is not known"),
        ({"limits": {"name": "x"}}, "limits must be tables"),
        ({"limits": [3]}, "limits must be tables"),
        ({"limits": [{"kind": "budget", "at_most": 1}]}, "name of limit 1 is missing"),
        ({"limits": [{"name": " ", "kind": "budget", "at_most": 1}]}, "name of limit 1 = ' ' must be a text"),
        ({"limits": [{"name": 7, "kind": "budget", "at_most": 1}]}, "name of limit 1 = 7 must be a text"),
    ],
)
def test_what_is_no_limit_is_refused(raw, said):
    with pytest.raises(InputError, match=f"shop.toml: {said}"):
        parse(raw, "shop.toml")


STOCK = {"kind": "stock", "offers": ["gift"], "at_most": 5}
BAND = {"kind": "band", "column": "segment", "within": 0.1}
MORE = {
    "at_most is missing": {"kind": "budget"},
    "column = 'age'": {"given": "'age'", "kind": "budget", "fields": "kind, name, at_most"},
}
"""What some refusals say beside the file, the limit and the field."""


@pytest.mark.parametrize(
    ("table", "field", "said"),
    [
        ({}, "kind", "kind is missing: allowed: budget, stock"),
        ({"kind": "bugdet"}, "kind", r"kind = 'bugdet': allowed: budget, stock(.|\n)*did you mean budget\?"),
        ({"kind": 3}, "kind", "kind = 3: allowed: budget"),
        ({"kind": "budget"}, "at_most", "at_most is missing: a limit of kind budget needs it"),
        (
            {"kind": "budget", "at_most": True},
            "at_most",
            "at_most = true: must be a whole number or a number or a text",
        ),
        ({"kind": "budget", "at_most": float("nan")}, "at_most", "at_most = nan: must be a finite number"),
        ({"kind": "budget", "at_most": float("-inf")}, "at_most", "at_most = -inf: must be a finite number"),
        ({"kind": "budget", "at_most": 10**400}, "at_most", r"at_most = 1000+\.\.\.: must be a finite number"),
        (
            {"kind": "budget", "at_most": 1, "column": "age"},
            "column",
            r"column = 'age': a limit of kind budget has no such field\nallowed here: kind, name, at_most",
        ),
        (STOCK | {"at_most": -5}, "at_most", "at_most = -5: must be a whole number >= 0"),
        (STOCK | {"at_most": 5.5}, "at_most", "at_most = 5.5: must be a whole number"),
        (STOCK | {"at_most": "5"}, "at_most", "at_most = '5': must be a whole number"),
        (STOCK | {"at_most": float("inf")}, "at_most", "at_most = inf: must be a finite number"),
        (STOCK | {"offers": []}, "offers", r"offers = \[\]: must be a list that is not empty"),
        (STOCK | {"offers": "gift"}, "offers", "offers = 'gift': must be a list"),
        (STOCK | {"offers": ["gift", 2]}, "offers", r"offers = \['gift', 2\]: must be a text"),
        ({"kind": "spend", "share_at_least": 1.2}, "share_at_least", "share_at_least = 1.2: must be a number <= 1"),
        ({"kind": "spend", "share_at_most": -0.1}, "share_at_most", "share_at_most = -0.1: must be a number >= 0"),
        ({"kind": "roi", "at_least": -1}, "at_least", "at_least = -1: must be a number >= 0"),
        ({"kind": "roi", "at_least": "2"}, "at_least", "at_least = '2': must be a number"),
        (BAND | {"within": 2}, "within", "within = 2: must be a number <= 1"),
        (BAND | {"of": "joy"}, "of", "of = 'joy': "),
        (
            {"kind": "contacts", "at_most": 1, "column": "age", "is": [3, float("nan")]},
            "is",
            "is = nan: must be a finite number",
        ),
        ({"kind": "exclude", "column": "age", "is": []}, "is", r"is = \[\]: must be a list that is not empty"),
        ({"kind": "only", "column": "age", "from": 3}, "offers", "offers is missing: a limit of kind only needs it"),
    ],
)
def test_a_wrong_table_is_refused_with_file_limit_field_and_value(table, field, said):
    with pytest.raises(InputError, match=rf"shop\.toml: limit 'mine': {said}") as told:
        parse({"limits": [{"name": "fine", **STOCK}, {"name": "mine", **table}]}, "shop.toml")
    more = next((facts for start, facts in MORE.items() if said.startswith(start)), {})
    assert told.value.facts == {"limit": "mine", "field": field, "path": "shop.toml", **more}
    assert "Expected" not in str(told.value)
    assert len(str(told.value)) < 300


def test_two_limits_of_one_name_are_refused():
    with pytest.raises(InputError, match="limit 'twin': name = 'twin': stands twice"):
        parse({"limits": [{"name": "twin", **STOCK}, {"name": "twin", **BAND}]})
