"""The command line: each command parses, calls one verb of `Shop`, and prints its answer.

Exit codes: 0 done, 1 looked for and not found (a customer, or what doctor wants), 2 wrong usage, 3 settings, 4 input,
5 a verb called too early, 6 storage, 7 a missing extra, 8 limits that contradict each other, 70 a fault of ours,
130 interrupted. Heavy libraries load inside the commands that need them: this is the start-up path, and `--help` must
not wait for an engine.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.exceptions import Abort, TyperException

from offersmith import __version__
from offersmith.errors import InputError, OffersmithError
from offersmith.progress import Progress
from offersmith.words import Language

if TYPE_CHECKING:
    from offersmith.shop import Shop

USAGE, OURS, INTERRUPTED = 2, 70, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Decide which offer each customer should get, and prove what it is worth.\n\n"
    "The road: init, ingest, profile, learn, plan, report. Try it on a real retailer's year: offersmith demo",
)

ShopFolder = Annotated[Path, typer.Option("--shop", "-s", help="The workspace: a folder with offersmith.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")]
AsOf = Annotated[str | None, typer.Option(help="Know only what happened before this moment (ISO 8601, UTC).")]


def _open(folder: Path) -> Shop:
    from offersmith.shop import Shop  # noqa: PLC0415 - start-up path

    return Shop.open(folder)


def _answer(answer: Any, *, as_json: bool, language: Language = "en") -> None:
    """Print a result: readable by default, one JSON object with --json."""
    if as_json:
        typer.echo(json.dumps(answer.as_dict(), ensure_ascii=False, default=str))
    else:
        wished = os.environ.get("OFFERSMITH_LANG", language)
        typer.echo(answer.text("zh" if wished == "zh" else "en"))


def _command() -> list[str]:
    """Return the command of this call, for a hint; nothing when there is none of that name."""
    names = {command.callback.__name__ for command in app.registered_commands if command.callback}
    return [f"{sys.argv[1]} "] if sys.argv[1] in names else []


def _moment(text: str | None) -> datetime | None:
    """Read --as-of; a zone is converted to UTC, none means UTC."""
    if text is None:
        return None
    from offersmith.shop import moment  # noqa: PLC0415 - start-up path

    return moment(text)


@app.command(epilog="Example: offersmith init my-shop --events orders.csv")
def init(
    folder: Annotated[Path, typer.Argument(help="The workspace to make.")],
    more: Annotated[list[Path] | None, typer.Argument(help="Further event files.", show_default=False)] = None,
    *,
    events: Annotated[list[Path] | None, typer.Option("--events", "-e", help="CSV, Parquet, or a folder.")] = None,
    example: Annotated[str, typer.Option(help="A built-in shop instead of files, e.g. synthetic.")] = "",
    force: Annotated[bool, typer.Option(help="Replace an existing offersmith.toml.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at event files and write a commented offersmith.toml that maps them."""
    from offersmith.shop import Shop  # noqa: PLC0415 - start-up path

    _answer(Shop.init(folder, [*(events or []), *(more or [])], example=example, force=force), as_json=as_json)


@app.command(epilog="Example: offersmith ingest --shop my-shop")
def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Only these files; default: those in the settings.")
    ] = None,
    *,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Read events: validated, de-duplicated, with a receipt whose counts add up."""
    opened = _open(shop)
    with _progress(opened.language) as progress:
        answer = opened.ingest(*(files or []), progress=progress)
    _answer(answer, as_json=as_json, language=opened.language)


@app.command(epilog="Example: offersmith profile --as-of 2017-10-30")
def profile(
    customer: Annotated[str | None, typer.Argument(help="Show one customer; default: build all.")] = None,
    *,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Work out who the customers are, as of a moment."""
    opened = _open(shop)
    with _progress(opened.language) as progress:
        everybody = opened.profile(as_of=_moment(as_of), progress=progress)
    if customer is None:
        _answer(everybody, as_json=as_json, language=opened.language)
        return
    page = everybody.customer(customer)
    _answer(page, as_json=as_json, language=opened.language)
    if not page.known:
        raise typer.Exit(1)


@app.command(epilog="Example: offersmith learn --as-of 2017-10-30")
def learn(*, as_of: AsOf = None, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Learn what offers change, from past campaigns; from stated priors where there are none."""
    opened = _open(shop)
    with _progress(opened.language) as progress:
        answer = opened.learn(as_of=_moment(as_of), progress=progress)
    _answer(answer, as_json=as_json, language=opened.language)


@app.command(epilog="Example: offersmith plan --budget 5000 --json")
def plan(
    *,
    budget: Annotated[str, typer.Option(help="What all offers together may cost, e.g. 5000 or 5000.00.")],
    margin: Annotated[float | None, typer.Option(help="Margin rate for this plan; default: the settings'.")] = None,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Decide which customer gets which offer, within the budget."""
    opened = _open(shop)
    with _progress(opened.language) as progress:
        answer = opened.plan(budget=budget, margin=margin, as_of=_moment(as_of), progress=progress)
    _answer(answer, as_json=as_json, language=opened.language)


@app.command(epilog="Example: offersmith report --out report.html")
def report(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the report: one self-contained page, in English and Chinese."""
    opened = _open(shop)
    with _progress(opened.language) as progress:
        answer = opened.report(out, progress=progress)
    _answer(answer, as_json=as_json, language=opened.language)


@app.command(epilog="Example: offersmith demo --out demo-out")
def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder for report.html, plan.parquet, cards.md, summary.json.")] = Path(
        "demo-out"
    ),
    budget: Annotated[str, typer.Option(help="What all offers together may cost, in dollars.")] = "150",
    as_json: AsJson = False,
) -> None:
    """Drive the whole road on a real retailer's year, and compare with what then happened."""
    from offersmith.demo import run  # noqa: PLC0415 - start-up path

    with _progress() as progress:
        answer = run(out, budget=budget, progress=progress)
    _answer(answer, as_json=as_json)


@app.command(epilog="Example: offersmith doctor --shop my-shop")
def doctor(*, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Check the machine, the libraries and the workspace."""
    from offersmith.doctor import examine  # noqa: PLC0415 - start-up path

    answer = examine(shop)
    _answer(answer, as_json=as_json)
    if not answer.healthy:
        raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"offersmith {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Decide which offer each customer should get, and prove what it is worth."""


def _progress(language: Language = "en") -> AbstractContextManager[Progress]:
    from offersmith.bars import bars  # noqa: PLC0415 - start-up path

    return bars(language)


def _fail(fault: OffersmithError) -> NoReturn:
    """Say what is wrong: on stderr for people, as an object on stdout as well where --json was asked for."""
    if "--json" in sys.argv:
        typer.echo(json.dumps(fault.as_dict(), ensure_ascii=False, default=str))
    typer.echo(f"offersmith: {fault.message}", err=True)
    if fault.hint:
        typer.echo(f"  hint: {fault.hint}", err=True)
    sys.exit(fault.exit_code)


def main() -> None:
    """Run the command line; the outer edge, where no traceback passes unless OFFERSMITH_DEBUG is set."""
    try:
        code = app(standalone_mode=False)
    except TyperException as fault:
        typer.echo(fault.format_message(), err=True)
        if fault.exit_code == USAGE and sys.argv[1:]:
            typer.echo(f"  hint: offersmith {' '.join(_command())}--help", err=True)
        sys.exit(fault.exit_code)
    except OffersmithError as fault:
        _fail(fault)
    except (KeyboardInterrupt, Abort):
        code = INTERRUPTED
    except (OSError, MemoryError) as fault:
        _fail(InputError(f"{type(fault).__name__}: {fault}"))
    except Exception as fault:  # the outer edge: whatever it is, a person gets a sentence
        if os.environ.get("OFFERSMITH_DEBUG"):
            raise
        typer.echo(f"offersmith: a fault of ours: {type(fault).__name__}: {fault}", err=True)
        typer.echo("  hint: run it again with OFFERSMITH_DEBUG=1 for the whole story", err=True)
        sys.exit(OURS)
    if code == INTERRUPTED:  # typer, too, turns Ctrl-C into this code, without a word
        typer.echo("offersmith: interrupted; what was finished is kept, the same command goes on from there", err=True)
    sys.exit(code)
