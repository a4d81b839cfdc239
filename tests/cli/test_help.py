"""Every command says in its help what it does, with an example that names it."""

from pathlib import Path

import pytest
from typer.main import get_command

from offersmith.cli import app


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, one in get_command(app).commands.items():
        inner = getattr(one, "commands", None)
        found += [(name, below) for below in inner or ()]
        # A group that does something of its own (`plan`) is a command, too.
        found += [] if inner and not one.invoke_without_command else [(name,)]
    return sorted(found)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_has_an_example(run, command: tuple[str, ...]) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert f"Example: offersmith {' '.join(command)}" in " ".join(out.split())
    assert "--json" in out
    assert command == ("init",) or command[0] in ("offers", "demo", "evaluate") or "--shop" in out


def test_the_reference_names_every_command() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert [" ".join(command) for command in commands() if f"`{' '.join(command)}" not in page] == []
