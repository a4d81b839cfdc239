"""Replaying a document of scenarios, and what is told of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from offersmith import words
from offersmith.errors import InputError, OffersmithError
from offersmith.offers.replay.judge import difference
from offersmith.offers.replay.scenario import Scenario
from offersmith.words import Language

Result = Literal["pass", "fail", "unsupported"]
VERSION: Final = 1
"""The version of the format that is read."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one scenario.

    Attributes:
        id: the scenario's.
        result: as expected, not as expected, or not understood.
        difference: what was expected and what came, or what is not understood; None of a pass.
        core: whether the document recommends it first.
        portable: whether it is more than a quirk of the engine it was taken from.
    """

    id: str
    result: Result
    difference: str | None
    core: bool
    portable: bool


@dataclass(frozen=True)
class Replay:
    """What came of a document of scenarios.

    Attributes:
        scenarios: in the document's order.
    """

    scenarios: tuple[Replayed, ...]

    @property
    def failed(self) -> bool:
        """Whether a scenario that counts came out otherwise or was not understood; quirks do not count."""
        return any(one.result != "pass" and one.portable for one in self.scenarios)

    def as_dict(self) -> list[dict[str, Any]]:
        """Return a list of {id, result, difference}."""
        return [{"id": one.id, "result": one.result, "difference": one.difference} for one in self.scenarios]

    def text(self, language: Language = "en") -> str:
        """Return a line for each scenario and one for all of them."""
        widest = max((len(one.id) for one in self.scenarios), default=0)
        lines = [
            f"{words.say(f'replay.{one.result}', language)}  {one.id:{widest}}  {one.difference or ''}".rstrip()
            for one in self.scenarios
        ]
        lines.append(_summary(self.scenarios, language))
        portable = [one for one in self.scenarios if one.portable]
        if len(portable) < len(self.scenarios):
            passed = sum(one.result == "pass" for one in portable)
            lines.append(words.say("replay.portable", language, passed=passed, count=len(portable)))
        return "\n".join(lines)


def replay(document: Mapping[str, Any] | Sequence[Any]) -> tuple[Replayed, ...]:
    """Price every scenario of a document and compare.

    Args:
        document: an object with `scenarios`, or that list itself.

    Raises:
        InputError: it is no such document.
    """
    first: dict[str, int] = {}
    return tuple(
        _one(raw, place, twice=first.setdefault(raw["id"], place) != place)
        for place, raw in enumerate(_scenarios(document))
    )


def replay_file(path: Path) -> Replay:
    """Replay a file.

    Raises:
        InputError: the file cannot be read, or is no such document; says what is wrong.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise InputError(f"{path}: cannot be read: {fault.strerror}") from fault
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{path}: is no JSON document: {fault}") from fault
    try:
        return Replay(replay(document))
    except InputError as fault:
        raise InputError(f"{path}: {fault.message}") from fault


def own_scenarios() -> dict[str, Any]:
    """Return the documents of our own scenarios, by the names of their files."""
    folder = resources.files("offersmith.offers.replay").joinpath("scenarios")
    return {
        entry.name: json.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".json")
    }


def _scenarios(document: Any) -> Sequence[Mapping[str, Any]]:
    found = document
    if isinstance(document, Mapping):
        version = document.get("schema_version", VERSION)
        if version != VERSION:
            raise InputError(f"schema_version = {version!r:.40} is not known; allowed: {VERSION}")
        found = document.get("scenarios")
    if not isinstance(found, (list, tuple)):
        raise InputError("scenarios is missing; allowed: an object with a list of scenarios, or that list")
    for place, raw in enumerate(found):
        if not isinstance(raw, Mapping):
            raise InputError(f"scenarios[{place}] = {raw!r:.80} must be an object")
        for name, kind, said in (
            ("id", str, "a text"), ("cart", Mapping, "an object"), ("promotions", list, "a list"),
            ("expected", Mapping, "an object"),
        ):  # fmt: skip
            if not isinstance(raw.get(name), kind):
                raise InputError(f"scenarios[{place}]: {name} = {raw.get(name)!r:.80} must be {said}")
    return found


def _one(raw: Mapping[str, Any], place: int, *, twice: bool) -> Replayed:
    core, portable = raw.get("core") is True, raw.get("portable") is not False
    try:
        if twice:
            raise InputError(f"scenarios[{place}]: id = {raw['id']!r:.80} is there twice")
        found = difference(Scenario.read(raw))
    except OffersmithError as fault:
        return Replayed(raw["id"], "unsupported", fault.message, core, portable)
    return Replayed(raw["id"], "fail" if found else "pass", found, core, portable)


def _summary(scenarios: Sequence[Replayed], language: Language) -> str:
    counts = Counter(one.result for one in scenarios)
    return words.say(
        "replay.summary_one" if len(scenarios) == 1 else "replay.summary",
        language,
        count=len(scenarios),
        passed=counts["pass"],
        failed=counts["fail"],
        unsupported=counts["unsupported"],
    )
