"""Files a person names by hand, each read with the first mapping of the settings whose columns it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from offersmith.errors import InputError
from offersmith.events import SOURCES
from offersmith.events.base import REFUSED, Source
from offersmith.events.examples import EXAMPLES
from offersmith.events.mapping import locate
from offersmith.settings import Settings, SourceSettings


def matched(settings: Settings, folder: Path, files: Sequence[Path]) -> list[Source]:
    """Return the named files as sources.

    Args:
        settings: whose `[[events]]` say how files are read.
        folder: the workspace.
        files: what was named, seen from where the command was given.

    Raises:
        InputError: a file is not there, has the columns of no mapping, or the settings map no files at all.
    """
    parts = [part for part in settings.events if part.kind not in EXAMPLES]
    if not parts:
        raise InputError(
            "this workspace has no mapping for files, only a built-in example",
            hint="make one for them: offersmith init DIR --events FILE",
        )
    return [source for file in files for source in _first_that_fits(file.resolve(), parts, folder)]


def _first_that_fits(file: Path, parts: Sequence[SourceSettings], folder: Path) -> Sequence[Source]:
    faults = []
    for part in parts:
        kind = "ours" if part.kind == "ours" else "auto"
        found = SOURCES[kind](structs.replace(part, files=(str(file),), kind=kind), folder)
        try:
            for source in found:
                _check(source)
        except InputError as fault:
            faults.append(fault)
        else:
            return found
    raise faults[0]


def _check(source: Source) -> None:
    """Refuse a source whose columns the mapping does not find; refused lines before the first batch say nothing."""
    for batch in source.batches():
        if REFUSED not in (batch.schema.metadata or {}):
            locate(batch.schema, source.mapping)
            return
