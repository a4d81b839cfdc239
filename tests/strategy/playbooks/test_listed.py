import pytest

from offersmith.errors import InputError
from offersmith.strategy.playbooks import PLAYBOOKS
from offersmith.strategy.playbooks.listed import copy, show, told
from offersmith.strategy.playbooks.reading import find


def test_all_are_listed_and_those_of_the_workspace_are_marked(tmp_path):
    assert [one.name for one in told().playbooks] == list(PLAYBOOKS)
    copy("win-back", tmp_path)
    (tmp_path / "playbooks" / "broken.toml").write_text("name = 3")
    found = {one.name: one for one in told(tmp_path).playbooks}
    assert [name for name, one in found.items() if one.own] == ["win-back", "broken"]
    assert found["broken"].playbook is None
    assert "name = 3" in found["broken"].fault
    text = told(tmp_path).text()
    assert "win-back: Win back lapsed customers (yours, instead of" in text
    assert "broken:  (yours)" in text
    assert "cannot be used" in text
    plain = told(tmp_path).as_dict()["playbooks"]
    assert plain[-1] == {"name": "broken", "own": True, "usable": False, "fault": found["broken"].fault}


def test_a_copy_is_the_file_and_is_not_overwritten_without_a_word(tmp_path):
    made = copy("clearance", tmp_path)
    assert made.file == tmp_path / "playbooks" / "clearance.toml"
    assert find("clearance", tmp_path) == find("clearance")
    made.file.write_text(made.file.read_text().replace("valid_days = 14", "valid_days = 5"))
    with pytest.raises(InputError, match=r"exists already\n.*--force"):
        copy("clearance", tmp_path)
    assert find("clearance", tmp_path).valid_days == 5
    assert show("clearance", tmp_path).own
    assert "valid_days = 5" in show("clearance", tmp_path).text()
    copy("clearance", tmp_path, force=True)
    assert find("clearance", tmp_path).valid_days == 14


def test_only_what_comes_with_the_product_can_be_copied(tmp_path):
    with pytest.raises(InputError, match=r"no playbook 'winback'\ndid you mean win-back"):
        copy("winback", tmp_path)
    assert not (tmp_path / "playbooks").exists()
