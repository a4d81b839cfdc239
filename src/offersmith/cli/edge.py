"""The outer edge: whatever goes wrong, a person gets a sentence and a script an exit code."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn

import typer
from typer.exceptions import Abort, TyperException
from typer.main import get_command

from offersmith.cli.root import app
from offersmith.cli.told import reader, told
from offersmith.errors import InputError, OffersmithError
from offersmith.words import say

USAGE, OURS, INTERRUPTED = 2, 70, 130


def main() -> None:
    """Run the command line; no traceback passes unless OFFERSMITH_DEBUG is set."""
    try:
        code = app(standalone_mode=False)
    except TyperException as fault:
        typer.echo(fault.format_message(), err=True)
        if fault.exit_code == USAGE and sys.argv[1:]:
            typer.echo(f"  hint: offersmith {' '.join([*_command(), '--help'])}", err=True)
        sys.exit(fault.exit_code)
    except OffersmithError as fault:
        _fail(fault)
    except (KeyboardInterrupt, Abort):
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read our answer has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
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


def _fail(fault: OffersmithError) -> NoReturn:
    """Say what is wrong: on stderr for people, as an object on stdout as well where --json was asked for."""
    if "--json" in sys.argv:
        typer.echo(json.dumps(fault.as_dict(), ensure_ascii=False, default=str))
    language = reader()
    message, hint = told(fault, language)
    typer.echo(f"offersmith: {message}", err=True)
    if hint:
        typer.echo(f"  {say('errors.hint', language, hint=hint)}", err=True)
    sys.exit(fault.exit_code)


def _command() -> list[str]:
    """Return the command of this call, for a hint: as many of its words as there are commands of that name."""
    found: list[str] = []
    here: Any = get_command(app)
    for word in sys.argv[1:3]:
        here = getattr(here, "commands", {}).get(word)
        if here is None:
            break
        found.append(word)
    return found
