"""Events: where they come from, how they are checked, what is wrong with them.

`SOURCES` is the table of sources: `[[events]] kind = KEY` in the settings -> what makes the sources. A new member is
one file and one line here (files) or in `examples` (ready-made data).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from offersmith.events.base import Source
from offersmith.events.examples import EXAMPLES
from offersmith.events.sources.files import as_csv, as_parquet, by_ending
from offersmith.settings import SourceSettings

SourceFactory = Callable[[SourceSettings, Path], Sequence[Source]]

SOURCES: Mapping[str, SourceFactory] = {
    "auto": by_ending,
    "folder": by_ending,
    "ours": by_ending,
    "csv": as_csv,
    "parquet": as_parquet,
    **EXAMPLES,
}
