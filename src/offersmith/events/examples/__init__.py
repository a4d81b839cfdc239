"""Ready-made sources: real shops and a synthetic one. A new example is one file here and one line in `EXAMPLES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from offersmith.events.base import Source
from offersmith.events.examples import complete_journey, online_retail, synthetic_shop
from offersmith.settings import SourceSettings

EXAMPLES: Mapping[str, Callable[[SourceSettings, Path], Sequence[Source]]] = {
    "complete-journey": complete_journey.sources,
    "online-retail": online_retail.sources,
    "synthetic": synthetic_shop.sources,
}
"""Name in `[[events]] kind = ...` -> what makes its sources from the settings and the workspace's folder."""
