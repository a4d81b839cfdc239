import json

import pytest

from offersmith.errors import InputError
from offersmith.strategy.playbooks.reading import find, names, parse, text

OFFER = {"id": "ten", "kind": "percent_off", "terms": {"percent": 10}}
PLAIN = {"name": "mine", "title": "Mine", "about": "For a test.", "offers": [OFFER]}
WHO = {"column": "age", "from": 30}


def test_a_playbook_of_plain_values_parses_back_from_its_own():
    full = PLAIN | {
        "title": {"en": "Mine", "zh": "我的"},
        "who": [{"column": "segment", "is": ["lapsed"]}, {"column": "spend", "top": 0.2}],
        "limits": [{"name": "boxes", "kind": "stock", "offers": ["ten"], "at_most": 3}],
        "guards": {"customer_share": 0.5, "stop_at_cost": 1.5},
        "valid_days": 3,
        "when": {"from": "12-01", "to": "12-24"},
        "risks": ["resellers", {"en": "rain"}],
        "measure": {"horizon_days": 30},
    }
    for raw in (PLAIN, full):
        found = parse(raw)
        assert {key: found.raw[key] for key in raw if key not in ("offers", "measure", "risks")} == {
            key: value for key, value in raw.items() if key not in ("offers", "measure", "risks")
        }
        assert set(found.raw["offers"][0]) == {"id", "kind", "version", "terms"}  # and no empty text
        assert found.raw["valid_days"] == raw.get("valid_days", 28)  # what is usual is said, too
        assert found.raw["measure"]["horizon_days"] == raw.get("measure", {"horizon_days": 56})["horizon_days"]
        assert parse(json.loads(json.dumps(found.raw))) == found
    assert found.offer_ids == ("mine.ten",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "name = None|name is missing"),
        ({"name": "My book"}, "name = 'My book'"),
        ({"name": "../etc"}, r"name = '../etc'"),
        ({"title": 3}, "title = 3"),
        ({"offers": []}, r"offers = \[\]: must be a list that is not empty"),
        ({"offers": "ten"}, r"offers = 'ten': must be tables\nwrite \[\[offers\]\]"),
        ({"colour": "red"}, r"colour = 'red': is not known\nallowed here: name, title"),
        ({"goal": "fame"}, "goal = 'fame'"),
        ({"valid_days": 0}, "valid_days = 0: must be a whole number >= 1"),
        ({"risks": ["reseller"]}, r"risks = 'reseller': no such risk.*\ndid you mean resellers"),
        ({"who": [WHO, {"column": "age"}]}, "who 2: column = 'age': needs is ="),
        ({"who": [{"from": 3}]}, "who 1: column is missing"),
        ({"who": [WHO | {"form": 3}]}, r"who 1: form = 3: is not known\nallowed here: column, is, from"),
        ({"who": [WHO | {"top": 0.1}]}, "who 1: top = 0.1: stands alone; leave out from"),
        ({"who": [WHO | {"below": 30}]}, "who 1: below = 30: must be more than from = 30"),
        ({"who": [{"column": "age", "from": float("nan")}]}, "who 1: from = nan: must be a finite number"),
        ({"who": [{"column": "age", "top": float("nan")}]}, "who 1: top = nan: must be"),
        ({"who": [{"column": "age", "bottom": 1.5}]}, "who 1: bottom = 1.5: must be a number <= 1"),
        ({"offers": [OFFER, OFFER]}, "offer 2: id = 'ten': stands twice"),
        ({"offers": [OFFER | {"kind": "percentoff"}]}, r"offer 1: kind = 'percentoff': .*\ndid you mean percent_off"),
        ({"offers": [OFFER | {"id": "a.b"}]}, "offer 1: id = 'a.b'"),
        ({"offers": [{"id": "x"}]}, r"offer 1: kind is missing: it is needed\nor use = an id"),
        (
            {"offers": [OFFER | {"use": "five"}]},
            "offer 1: kind = 'percent_off': comes from the shop's own",
        ),
        ({"guards": {"customer_share": 2}}, "guards: customer_share = 2: must be a number <= 1"),
        ({"guards": 3}, r"guards = 3: must be a table: write \[guards\]"),
        ({"when": {"from": "13-01", "to": "12-24"}}, "when: from = '13-01'"),
        ({"when": {"from": "12-01"}}, "when: to is missing: it is needed"),
        ({"measure": {"by": "feeling"}}, "measure: by = 'feeling'"),
        ({"limits": [{"kind": "stock", "at_most": 3}]}, "limit 1: name is missing"),
        (
            {"limits": [{"name": "b", "kind": "budget", "at_most": 3}]},
            r"limit 'b': kind = 'budget': is about all offers",
        ),
        ({"limits": [{"name": "b", "kind": "stok", "at_most": 3}]}, r"kind = 'stok': .*\ndid you mean stock"),
        ({"limits": [{"name": "b", "kind": "stock"}]}, "limit 'mine: b': at_most is missing"),
        (
            {"limits": [{"name": "b", "kind": "stock", "at_most": 3, "offers": ["tenn"]}]},
            r"limit 'b': offers = 'tenn': the playbook has no such offer\nthere are: ten",
        ),
    ],
)
def test_a_word_that_cannot_be_is_refused_with_file_playbook_field_and_value(change, said):
    with pytest.raises(InputError, match=said) as told:
        parse({key: value for key, value in (PLAIN | change).items() if value is not None}, "here/mine.toml")
    assert told.value.message.startswith("here/mine.toml: ")
    json.dumps(told.value.as_dict())


def test_the_name_is_the_file_s():
    with pytest.raises(
        InputError, match=r"other\.toml: playbook 'mine': name = 'mine': must be the file's name, 'other'"
    ):
        parse(PLAIN, "there/other.toml")


def test_the_workspace_s_own_goes_before_the_product_s_and_beside_it(tmp_path):
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "win-back.toml").write_text(text("win-back").replace("valid_days = 28", "valid_days = 9"))
    (folder / "mine.toml").write_text(text("win-back").replace('"win-back"', '"mine"'))
    assert find("win-back", tmp_path).valid_days == 9
    assert find("win-back").valid_days == find("win-back", tmp_path / "nowhere").valid_days == 28
    assert find("mine", tmp_path).offer_ids == ("mine.ten", "mine.twenty")
    assert names(tmp_path) == (*names(), "mine")
    with pytest.raises(InputError, match=r"no playbook 'min'\ndid you mean mine"):
        find("min", tmp_path)
    with pytest.raises(InputError, match=r"no playbook 'mine'"):
        find("mine")


@pytest.mark.parametrize("name", ["../secret", "", "/etc/passwd", "WIN-BACK", "a.b"])
def test_a_name_is_no_path(name, tmp_path):
    (tmp_path / "secret.toml").write_text(text("win-back"))
    with pytest.raises(InputError, match="no playbook"):
        find(name, tmp_path)


def test_a_file_s_name_that_cannot_be_is_said_to_be_why(tmp_path):
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "My Book.toml").write_text(text("win-back"))
    with pytest.raises(InputError, match=r"playbook 'My Book': a playbook's file is named in small letters"):
        find("My Book", tmp_path)


def test_a_file_that_is_no_toml_or_no_text_is_refused_by_its_path(tmp_path):
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "mine.toml").write_text("name = ")
    with pytest.raises(InputError, match=r"playbooks/mine.toml is not valid TOML"):
        find("mine", tmp_path)
    (folder / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"playbooks/mine.toml: cannot be read"):
        find("mine", tmp_path)
