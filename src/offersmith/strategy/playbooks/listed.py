"""The playbooks there are, told and copied into a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offersmith.errors import InputError
from offersmith.store.files import replace
from offersmith.strategy.playbooks import PLAYBOOKS
from offersmith.strategy.playbooks.base import Playbook, plain, spoken
from offersmith.strategy.playbooks.reading import find, names, own_file, text
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Listed:
    """One playbook of the list.

    Attributes:
        name: what `--playbook` takes.
        playbook: what its file says; None where it cannot be used.
        own: it stands in the workspace.
        fault: why it cannot be used.
    """

    name: str
    playbook: Playbook | None
    own: bool
    fault: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        found: dict[str, Any] = {"name": self.name, "own": self.own, "usable": self.playbook is not None}
        if self.playbook is None:
            return {**found, "fault": self.fault}
        said = {key: getattr(self.playbook, key) for key in ("title", "about")}
        found |= {key: one if isinstance(one, str) else plain(one) for key, one in said.items()}
        return {**found, "offers": list(self.playbook.offer_ids), "valid_days": self.playbook.valid_days}


@dataclass(frozen=True, slots=True)
class PlaybooksTold:
    """All playbooks: those of the product, and those of a workspace."""

    playbooks: tuple[Listed, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"playbooks": [one.as_dict() for one in self.playbooks]}

    def text(self, language: Language = "en") -> str:
        """Return each with its title and what it is for, and how to go on."""
        lines = []
        for one in self.playbooks:
            title = "" if one.playbook is None else spoken(one.playbook.title, language)
            key = "listed_own_instead" if one.name in PLAYBOOKS else "listed_own"
            own = say("playbooks.listed_mark", language, mark=say(f"playbooks.{key}", language)) if one.own else ""
            lines.append(say("playbooks.listed", language, name=one.name, title=title, own=own).rstrip())
            if one.playbook is None:
                lines.append(f"  {say('playbooks.listed_wrong', language, fault=one.fault)}")
            else:
                lines.append(f"  {spoken(one.playbook.about, language)}")
        return "\n".join([*lines, "", say("playbooks.listed_hint", language)])

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class PlaybookShown:
    """A playbook as its file stands."""

    playbook: Playbook
    toml: str
    own: bool

    def as_dict(self) -> Mapping[str, Any]:
        """Return the playbook as plain values."""
        return {"own": self.own, **self.playbook.raw}

    def text(self, language: Language = "en") -> str:  # noqa: ARG002 - a file is what it is
        """Return the file."""
        return self.toml.rstrip("\n")

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Copied:
    """A playbook that now stands in a workspace."""

    name: str
    file: Path

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"name": self.name, "file": str(self.file)}

    def text(self, language: Language = "en") -> str:
        """Say where it is, and what that means."""
        return say("playbooks.copied", language, file=self.file, name=self.name)

    def __str__(self) -> str:
        return self.text()


def told(folder: Path | None = None) -> PlaybooksTold:
    """Return all playbooks; one whose file says what cannot be is listed with what is wrong.

    Args:
        folder: the workspace; None lists those of the product alone.
    """
    return PlaybooksTold(tuple(_listed(name, folder) for name in names(folder)))


def _listed(name: str, folder: Path | None) -> Listed:
    own = _is_own(name, folder)
    try:
        return Listed(name, find(name, folder), own)
    except InputError as fault:
        return Listed(name, None, own, fault.message)


def show(name: str, folder: Path | None = None) -> PlaybookShown:
    """Return a playbook with its file.

    Raises:
        InputError: there is none of that name, or its file says what cannot be.
    """
    return PlaybookShown(find(name, folder), text(name, folder), _is_own(name, folder))


def copy(name: str, folder: Path, *, force: bool = False) -> Copied:
    """Write a playbook that comes with the product into a workspace, where a person can change it.

    Raises:
        InputError: the product has none of that name, or the workspace has one already and `force` is not given.
        StorageError: the disk refused.
    """
    written = text(name)
    file = own_file(name, folder)
    if file is None or (file.exists() and not force):
        raise InputError(
            f"{file} exists already", hint="edit it, or replace it with --force", playbook=name, path=str(file)
        )
    replace(file, written.encode())
    return Copied(name, file)


def _is_own(name: str, folder: Path | None) -> bool:
    own = own_file(name, folder)
    return own is not None and own.is_file()
