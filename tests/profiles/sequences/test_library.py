"""Whoever lacks the extra is told which one, and finds torch as they left it."""

import sys

import pytest

from offersmith.errors import MissingExtraError
from offersmith.profiles.sequences import library


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError) as fault, library.torch(1):
        pass
    assert "offersmith[deep]" in str(fault.value.hint)
    with pytest.raises(MissingExtraError):
        library.runtime()


def test_one_missing_part_is_as_good_as_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: None if name == "onnx" else object())
    assert not library.installed()
    monkeypatch.setattr(library, "find_spec", lambda name: object())
    assert library.installed()


def test_torch_is_left_as_it_was() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(5)
    threads, wanted = torch.get_num_threads(), torch.rand(3)
    torch.manual_seed(5)
    with library.torch(9) as lent:
        lent.rand(10)
        assert lent.get_num_threads() == 1
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.rand(3), wanted)
