"""From `[[events]] files = [...]` to one source per file: paths, patterns and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offersmith.errors import InputError
from offersmith.events.base import Source
from offersmith.events.sources.csv import EVENTS, CsvSource
from offersmith.events.sources.lines import PARQUET_ENDINGS
from offersmith.events.sources.parquet import ParquetSource
from offersmith.settings import SourceSettings

CSV_ENDINGS = (".csv", ".tsv", ".txt")


def by_ending(settings: SourceSettings, folder: Path, section: str = EVENTS) -> Sequence[Source]:
    """Return one source per file, its format told by its ending; `section` of the settings names them.

    Raises:
        InputError: nothing matches, or an ending is neither CSV's nor Parquet's.
    """
    return [_source(path, folder, settings, section) for path in find(settings.files, folder, section)]


def as_csv(settings: SourceSettings, folder: Path) -> Sequence[Source]:
    """Return one CSV source per file, whatever its ending."""
    return [CsvSource(path, _name(path, folder), settings) for path in find(settings.files, folder)]


def as_parquet(settings: SourceSettings, folder: Path) -> Sequence[Source]:
    """Return one Parquet source per file, whatever its ending."""
    return [ParquetSource(path, _name(path, folder), settings) for path in find(settings.files, folder)]


def find(patterns: Sequence[str], folder: Path, section: str = EVENTS) -> list[Path]:
    """Return the files of paths, patterns (`sales/*.csv`) and folders, relative to `folder`, sorted, each file once.

    `section` of the settings names them, and is what a complaint speaks of.

    A file named in two ways (by its relative and its absolute path, or through a link) is one file.

    Raises:
        InputError: no pattern was given, one finds nothing, or a folder has no files of events.
    """
    if not patterns:
        example = ", or kind of an example" if section == EVENTS else ""
        raise InputError(f"{section} names no files", hint=f'say files = ["FILE.csv"]{example}')
    found: dict[Path, Path] = {}
    for pattern in patterns:
        paths = _matches(pattern, folder)
        if not paths:
            raise InputError(f"{section} files: nothing is at {pattern!r}, seen from {folder}", path=pattern)
        for path in paths:
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _matches(pattern: str, folder: Path) -> list[Path]:
    path = (folder / pattern).expanduser() if not pattern.startswith("~") else Path(pattern).expanduser()
    if path.is_dir():
        _must_hold_files(path)
        endings = (*CSV_ENDINGS, *PARQUET_ENDINGS)
        return sorted(file for file in path.rglob("*") if file.suffix.lower() in endings and file.is_file())
    if path.exists():
        return [path]
    anchor = Path(path.anchor) if path.is_absolute() else Path()
    return sorted(file for file in anchor.glob(str(path.relative_to(anchor))) if file.is_file())


def _must_hold_files(path: Path) -> None:
    if not path.is_dir():
        return
    endings = (*CSV_ENDINGS, *PARQUET_ENDINGS)
    inside = sorted(file for file in path.rglob("*") if file.is_file())
    names = ", ".join(file.name for file in inside[:5])
    if not inside:
        raise InputError(f"the folder {path} is empty", hint="put the shop's files into it", path=str(path))
    if not any(file.suffix.lower() in endings for file in inside):
        raise InputError(
            f"the folder {path} has no file ending in {', '.join(endings)}, only {names}",
            hint="export them as CSV or Parquet",
            path=str(path),
        )


def _source(path: Path, folder: Path, settings: SourceSettings, section: str) -> Source:
    ending = path.suffix.lower()
    if ending in PARQUET_ENDINGS:
        return ParquetSource(path, _name(path, folder), settings)
    if ending in CSV_ENDINGS:
        return CsvSource(path, _name(path, folder), settings, section)
    allowed = ", ".join((*CSV_ENDINGS, *PARQUET_ENDINGS))
    hint = 'or say kind = "csv" or "parquet"' if section == EVENTS else "rename it, or export it as CSV or Parquet"
    raise InputError(f"{path} ends in {ending!r}; known are {allowed}", hint=hint)


def _name(path: Path, folder: Path) -> str:
    """Return the name a file has however it was named: seen from the workspace, or absolute when it lies elsewhere."""
    whole, home = path.resolve(), folder.resolve()
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)
