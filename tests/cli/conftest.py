"""One command line after the other in this process, on a small workspace."""

import json
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from offersmith.campaigns.states import Action
from offersmith.cli import main
from offersmith.shop import Shop

AT = "2026-06-10T09:00"

Said = tuple[int, str, str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run one command line in this process; return its exit code, standard output and standard error."""
    monkeypatch.delenv("OFFERSMITH_LANG", raising=False)
    monkeypatch.delenv("OFFERSMITH_USER", raising=False)

    def call(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["offersmith", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


CAMPAIGN: dict[str, Any] = {
    "name": "Spring",
    "starts": "2026-06-01",
    "ends": "2026-06-30",
    "promotions": [
        {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}, "needs_code": True},
        {"promotion_id": "five", "kind": "amount_off", "terms": {"amount": "5.00", "min_spend": "40.00"}},
    ],
    "limits": [{"name": "twice", "count": 2, "per": "all", "promotion": "five"}],
    "budgets": [{"name": "pot", "amount": "100.00", "rule": "refuse"}],
}


class Bench:
    """A workspace in euros, its command line, and files to hand over."""

    def __init__(self, run: Callable[..., Said], folder: Path, template: Path) -> None:
        self._run, self.folder, self._template = run, folder, template
        self.shop = _workspace(folder / "shop")

    def __call__(self, *arguments: Any) -> Said:
        """Run a command on the workspace."""
        return self._run(*arguments, "--shop", self.shop)

    def json(self, *arguments: Any) -> tuple[int, Any]:
        """Run a command with --json; return its exit code and its answer."""
        code, out, _ = self(*arguments, "--json")
        return code, json.loads(out)

    def file(self, name: str, content: Any) -> Path:
        """Write a file: a text as it is, anything else as JSON."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def basket(self, *codes: str, price: str = "50.00", quantity: int = 1, **more: Any) -> Path:
        """Write a basket of one line."""
        line = {"line_id": "1", "product_id": "tea", "quantity": quantity, "unit_price": price}
        return self.file("basket.json", {"currency": "EUR", "lines": [line], "codes": list(codes), **more})

    def live(self) -> None:
        """Let the campaign of `CAMPAIGN` be live here, as `spring`."""
        shutil.rmtree(self.shop)
        shutil.copytree(self._template, self.shop)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace whose campaign went all the way to live, past a simulation on no orders at all."""
    shop = _workspace(tmp_path_factory.mktemp("template") / "shop")
    at = datetime.fromisoformat(AT)
    with Shop.open(shop).office() as office:
        assert office.create("spring", CAMPAIGN, author="ann", at=at).done
        assert office.simulate("spring", [], actor="ann", at=at, margin_rate=0.3).done
        for action, actor in (("submit", "ann"), ("approve", "bob"), ("schedule", "bob")):
            assert office.move("spring", Action(action), actor=actor, at=at).done
        assert [one.campaign_id for one in office.tick(at)] == ["spring"]
    return shop


def _workspace(folder: Path) -> Path:
    folder.mkdir()
    text = '[shop]\nname = "bench"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n'
    (folder / "offersmith.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def bench(run: Callable[..., Said], tmp_path: Path, template: Path) -> Bench:
    """A workspace without events."""
    return Bench(run, tmp_path, template)
