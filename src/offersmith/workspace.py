"""One workspace of a shop, opened: its settings, its engine with all events, its desk, and what may be given there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from offersmith import bootstrap
from offersmith.errors import InputError, StateError
from offersmith.kept import Kept, sent, stood_for
from offersmith.offers.catalogue import catalogue
from offersmith.office import Office
from offersmith.response.base import Economics
from offersmith.settings import Settings, load
from offersmith.store import read_back
from offersmith.vocabulary import Offer
from offersmith.words import Language


class Workspace:
    """A folder with `offersmith.toml`, and everything learned there.

    Args:
        folder: the workspace.
        settings: what is written in it, read once.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.place = bootstrap.Place(folder)

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open a workspace.

        Raises:
            SettingsError: `folder` is no workspace, or its settings are wrong.
        """
        path = Path(folder)
        return cls(path, load(path))

    def offers(self) -> list[Offer]:
        """Return what may be given: `none` first, then the settings' offers, each checked by its kind."""
        return catalogue(self.settings.offers, self.settings.shop.currency)

    def economics(self, margin: float | None = None) -> Economics:
        """Return what the data cannot say, with another margin rate where one is given."""
        rate = self.settings.economics.margin_rate if margin is None else margin
        if not 0 <= rate <= 1:
            raise InputError(f"margin {rate} is not between 0 and 1", hint="0.3 means 30 % of revenue")
        return Economics(rate, self.settings.shop.currency, self.settings.economics.cost_share)

    @property
    def language(self) -> Language:
        """The language the shop's people read."""
        return self.settings.shop.language

    @contextmanager
    def engine(self) -> Iterator[Kept]:
        """Open the engine over all events of the workspace, with what is kept of them.

        Raises:
            StateError: nothing was ingested yet.
        """
        files = self.event_files()
        if not files:
            raise self._nothing_read()
        with bootstrap.open_analytics(self.place, self.settings, files) as analytics:
            with bootstrap.open_ledger(self.place, self.settings) as ledger:
                bound = read_back.bind(analytics, ledger, self.place.decided, stood_for(self.settings))
            offers = sent(bound.plans, self.settings)
            yield Kept(self.place, self.settings, tuple(files), analytics, bound.digest, offers)

    def event_files(self) -> list[Path]:
        """Return the files that hold the events, as the ledger names them; none of a new workspace."""
        if not self.settings.ledger.url and not self.place.ledger.exists():
            return []
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            return ledger.event_files()

    def _nothing_read(self) -> StateError:
        said, hint = f"no events yet in {self.folder}", f"read some: offersmith ingest --shop {self.folder}"
        return StateError(said, hint=hint, key="no_events", folder=str(self.folder))

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Open the desk where campaigns, codes and redemptions are run."""
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            yield Office(self.place, self.settings, ledger)
