"""Several fitted models kept as one: their files under numbers, their plain values in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offersmith.response.bases import Base, FittedBase

Saved = tuple[dict[str, bytes], dict[str, Any]]


def pack(parts: Sequence[FittedBase | None]) -> tuple[dict[str, bytes], list[dict[str, Any] | None]]:
    """Return the files of all models, named `NUMBER-FILE`, and their plain values; None stays None."""
    files: dict[str, bytes] = {}
    plain: list[dict[str, Any] | None] = []
    for number, part in enumerate(parts):
        if part is None:
            plain.append(None)
            continue
        own, values = part.save()
        files |= {f"{number}-{name}": content for name, content in own.items()}
        plain.append(values)
    return files, plain


def unpack(
    base: Base, files: Mapping[str, bytes], plain: Sequence[Mapping[str, Any] | None]
) -> tuple[FittedBase | None, ...]:
    """Make the models again that `pack` kept."""
    parts: list[FittedBase | None] = []
    for number, values in enumerate(plain):
        mark = f"{number}-"
        own = {name.removeprefix(mark): content for name, content in files.items() if name.startswith(mark)}
        parts.append(None if values is None else base.load(own, values))
    return tuple(parts)
