"""What becomes of events read earlier when the mapping of their source changes.

Ids are made from what a row means, and another mapping makes it mean something else: the same order would stand in
the store twice. So whatever a source gave under another mapping goes in the moment it is read again, every state of a
file that grew included. What cannot be read again (its file is gone, or its rows are) is never dropped in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import structs

from offersmith.errors import InputError, SettingsError
from offersmith.events.base import IGNORED_EVENT, Growing, Source
from offersmith.settings import RepairSettings, ShopSettings
from offersmith.store.ledger import Batch


def digest(source: Source, shop: ShopSettings, repair: RepairSettings) -> str:
    """Return the SHA-256 of everything but the content that decides how a source is read."""
    mapping = structs.replace(source.mapping, files=(), customers="")
    parts = [msgspec.json.encode(mapping, order="deterministic").decode(), shop.currency, shop.timezone]
    # Left out where nothing is asked for: what was read before there was anything to ask for stays known.
    parts += [msgspec.json.encode(repair).decode()] if repair != RepairSettings() else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def mappings(sources: Sequence[Source], shop: ShopSettings, repair: RepairSettings) -> dict[str, str]:
    """Return source name -> digest of its mapping.

    Raises:
        SettingsError: one source is named twice, with different mappings.
    """
    found: dict[str, str] = {}
    for source in sources:
        mapping = digest(source, shop, repair)
        if found.setdefault(source.name, mapping) != mapping:
            raise SettingsError(
                f"two [[events]] read {source.name} in different ways: each would replace what the other gave",
                hint="name it in one of them, or put the rows for the other into a file of their own",
                source=source.name,
            )
    return found


def yielding(
    batches: Sequence[Batch], source: Source, fingerprint: str, mapping: str, others: Sequence[Source]
) -> list[Batch]:
    """Return the batches that go when `source` is read with `mapping`: those whose rows it holds, and can be seen to.

    Args:
        batches: what is in the store.
        source: what is read.
        fingerprint: its content.
        mapping: digest of its mapping.
        others: the other sources of this ingest; what one of them holds goes when it is read, not now.

    Raises:
        InputError: events came from the source whose rows it is not known to hold any more.
    """
    names = {source.name, *(batch.source for batch in batches if batch.fingerprint == fingerprint)}
    old = [batch for batch in batches if batch.source in names and batch.mapping != mapping]
    held = {fingerprint}
    earlier = {batch.fingerprint for batch in old} - held
    if earlier and isinstance(source, Growing):
        held |= source.beginnings(earlier)
    lost = [batch for batch in old if batch.source == source.name and batch.fingerprint not in held]
    if lost:
        elsewhere = {other.fingerprint() for other in others}
        lost = [batch for batch in lost if batch.fingerprint not in elsewhere]
    if events := sum(map(kept, lost)):
        raise InputError(
            f"{source.name} is not what it was, and its mapping, currency or time zone is another too: "
            f"{events:,} events read from it before could not be read again and would be lost; nothing was changed",
            hint="name a copy of the earlier file in [[events]] as well; or give the new file another name, "
            "and the events read before stay as they are; or, to let them go, move .offersmith away and ingest anew",
            source=source.name,
            events=events,
        )
    return [batch for batch in old if batch.fingerprint in held or batch in lost]


def outdated(batches: Sequence[Batch], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Return, sorted, the sources nobody reads any more whose events stay as a mapping nobody uses gave them."""
    used = set(wanted.values())
    return tuple(sorted({b.source for b in batches if b.source not in wanted and b.mapping not in used}))


def refuse_loss(source: str, accepted: int, going: Sequence[Batch], by_reason: Mapping[str, int]) -> None:
    """Refuse to replace more events than the new mapping accepts: a slip in it would empty the store.

    Args:
        source: what was read again.
        accepted: how many of its rows are events now.
        going: the batches that would go.
        by_reason: its refused rows by reason code.

    Raises:
        InputError: events would be lost.
    """
    # Sales that a repair let in go when it is taken back.
    events = sum(map(kept, going)) - sum(map(let_in, going))
    ignored = max((batch.counts.get("by_reason", {}).get(IGNORED_EVENT, 0) for batch in going), default=0)
    put_aside = max(0, by_reason.get(IGNORED_EVENT, 0) - ignored)  # on purpose, and they may have been events before
    if events <= accepted + put_aside:
        return
    refused = {code: rows for code, rows in by_reason.items() if code != IGNORED_EVENT}
    code, rows = max(refused.items(), key=lambda item: (item[1], item[0]), default=("none", 0))
    raise InputError(
        f"{source}: with the mapping as it is now only {accepted:,} rows are accepted, and they would replace "
        f"{events:,} events; most are refused as {code} ({rows:,} rows); nothing was changed",
        hint="correct [[events]] columns (or the shop's currency or time zone) and ingest again",
        source=source,
        accepted=accepted,
        events=events,
        reason=code,
    )


def let_in(batch: Batch) -> int:
    """Return how many events of a batch have their amount from a repair, and would be refused without."""
    return sum(int(one["rows"]) for one in batch.counts.get("repaired", ()) if one["column"] == "amount")


def kept(batch: Batch) -> int:
    """Return how many events a batch holds."""
    return int(batch.counts.get("kept", 0))
