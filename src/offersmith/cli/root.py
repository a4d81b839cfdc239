"""What all commands share: the application, their common options, and how an answer is printed."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from offersmith import __version__
from offersmith.errors import InputError
from offersmith.moments import moment, utc_now
from offersmith.progress import Progress
from offersmith.words import Language, spoken

if TYPE_CHECKING:
    from offersmith.office import Office
    from offersmith.shop import Shop

HELP_NAMES = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=HELP_NAMES,
    help="Decide which offer each customer should get, and prove what it is worth.\n\n"
    "The road: init, ingest, profile, learn, plan, launch, report. Try it on a real retailer's year: offersmith demo",
)

Audience = Literal["staff", "owner", "public"]
ShopFolder = Annotated[Path, typer.Option("--shop", "-s", help="The workspace: a folder with offersmith.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")]
AsOf = Annotated[str | None, typer.Option(help="Know only what happened before this moment (ISO 8601, UTC).")]
At = Annotated[
    str | None,
    typer.Option(
        "--at", help="Act as at this moment (ISO 8601, UTC): for rehearsals; what it writes stays.", show_default="now"
    ),
]
By = Annotated[
    str | None, typer.Option("--by", envvar="OFFERSMITH_USER", help="Who does it.", show_default="the login name")
]
Key = Annotated[
    str, typer.Option("--key", help="Your idempotency key: the same key again is answered, not done again.")
]
For = Annotated[Audience, typer.Option("--audience", help="Who reads the reasons: all of them, or what they may know.")]


def grouped(said: str = "") -> typer.Typer:
    """Return a group of commands with what its help says."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings=HELP_NAMES, help=said or None)


def open_shop(folder: Path) -> Shop:
    """Open a workspace."""
    from offersmith.shop import Shop  # noqa: PLC0415 - start-up path

    return Shop.open(folder)


@contextmanager
def at_desk(folder: Path) -> Iterator[tuple[Office, Language]]:
    """Open the desk of a workspace; yield it with the language its people read."""
    from offersmith.office import open_office  # noqa: PLC0415 - start-up path

    with open_office(folder) as opened:
        yield opened


def answer(value: Any, *, as_json: bool, language: Language = "en", **told: Any) -> None:
    """Print a result: readable by default, as JSON with --json.

    Args:
        value: has `text` and `as_dict`.
        as_json: which of the two.
        language: the workspace's; OFFERSMITH_LANG in the environment goes before it.
        told: what both are asked with (the audience).
    """
    if as_json:
        typer.echo(json.dumps(value.as_dict(**told), ensure_ascii=False, default=str))
    else:
        typer.echo(value.text(spoken(os.environ, language), **told))


def nothing_before(context: typer.Context) -> None:
    """Refuse options of a group before the name of a command below it: they would be lost without a word."""
    command = context.invoked_subcommand
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                f"it stands before {command!r} and would not count; say what {command!r} needs after it",
                param_hint=f"--{'json' if name == 'as_json' else name.replace('_', '-')}",
            )


def unless(done: bool) -> None:
    """End with exit code 1 where what was asked for did not come about; the answer has said why."""
    if not done:
        raise typer.Exit(1)


def moment_of(text: str | None) -> datetime | None:
    """Read --as-of; a zone is converted to UTC, none means UTC."""
    if text is None:
        return None
    return moment(text)


def now_or(text: str | None) -> datetime:
    """Read --at, by default now (naive UTC)."""
    return moment_of(text) or utc_now()


def who(by: str | None) -> str:
    """Return who acts.

    Raises:
        InputError: nobody is named, and the machine does not know either.
    """
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError) as fault:
        raise InputError(
            "nobody is named as the one who does it", hint="say --by NAME, or set OFFERSMITH_USER"
        ) from fault


def progress(language: Language = "en") -> AbstractContextManager[Progress]:
    """Return a progress bar for work that takes longer than a moment."""
    from offersmith.bars import bars  # noqa: PLC0415 - start-up path

    return bars(spoken(os.environ, language))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"offersmith {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Decide which offer each customer should get, and prove what it is worth."""
