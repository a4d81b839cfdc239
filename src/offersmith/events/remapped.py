"""What becomes of events read earlier when the mapping of their source changes.

Ids are made from what a row means, and another mapping makes it mean something else: the same order would stand in
the store twice. So whatever a source gave under another mapping goes in the moment it is read again, every state of a
file that grew included. What cannot be read again (its file is gone, or its rows are) is never dropped in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import structs

from offersmith.errors import InputError, SettingsError
from offersmith.events.base import Source
from offersmith.settings import ShopSettings
from offersmith.store.ledger import Batch


def digest(source: Source, shop: ShopSettings) -> str:
    """Return the SHA-256 of everything but the content that decides how a source is read."""
    mapping = structs.replace(source.mapping, files=(), customers="")
    parts = [msgspec.json.encode(mapping, order="deterministic").decode(), shop.currency, shop.timezone]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def mappings(sources: Sequence[Source], shop: ShopSettings) -> dict[str, str]:
    """Return source name -> digest of its mapping.

    Raises:
        SettingsError: one source is named twice, with different mappings.
    """
    found: dict[str, str] = {}
    for source in sources:
        mapping = digest(source, shop)
        if found.setdefault(source.name, mapping) != mapping:
            raise SettingsError(
                f"two [[events]] read {source.name} in different ways: each would replace what the other gave",
                hint="name it in one of them, or put the rows for the other into a file of their own",
                source=source.name,
            )
    return found


def yielding(batches: Sequence[Batch], fingerprint: str, source: str, mapping: str) -> list[Batch]:
    """Return the batches that go when this content is read from `source` with `mapping`."""
    names = {source, *(batch.source for batch in batches if batch.fingerprint == fingerprint)}
    return [batch for batch in batches if batch.source in names and batch.mapping != mapping]


def outdated(batches: Sequence[Batch], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Return, sorted, the sources nobody reads any more whose events stay as a mapping nobody uses gave them."""
    used = set(wanted.values())
    return tuple(sorted({b.source for b in batches if b.source not in wanted and b.mapping not in used}))


def refuse_loss(source: str, rows: int, going: Sequence[Batch], elsewhere: Collection[str]) -> None:
    """Refuse to replace more events than the source has rows: some of them could not come back.

    Args:
        source: what was read again.
        rows: how many rows it has now.
        going: the batches that would go.
        elsewhere: fingerprints of the other sources of this ingest; what they hold comes back by them.

    Raises:
        InputError: events would be lost.
    """
    events = sum(kept(batch) for batch in going if batch.fingerprint not in elsewhere)
    if events > rows:
        raise InputError(
            f"{source} has {rows:,} rows now, and {events:,} events were read from it before with another mapping: "
            f"at least {events - rows:,} of them could not be read again and would be lost",
            hint="name files that hold the earlier rows in [[events]] as well; "
            "or give this file another name, and the events read before stay as they are",
            source=source,
            rows=rows,
            events=events,
        )


def kept(batch: Batch) -> int:
    """Return how many events a batch holds."""
    return int(batch.counts.get("kept", 0))
