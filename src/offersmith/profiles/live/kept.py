"""Live profiles in a file, for a restart: written whole or not at all, read only by those who mean the same.

One uncompressed NumPy archive: the state's arrays, each with a checksum, and a text that says which features they are
of and how far in the log of events they are. After a restart, what came after `position` is fed again; what is fed
twice counts once.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError, StorageError
from offersmith.profiles.live.schema import VERSION, Layout
from offersmith.profiles.live.state import LiveProfiles
from offersmith.store.files import replacing
from offersmith.vocabulary import EVENTS

_KIND = "offersmith live profiles"


def save(state: LiveProfiles, path: Path) -> None:
    """Write a state to a file, replacing what was there in one step.

    Raises:
        StorageError: the disk refused; what was there before is untouched.
    """
    n = len(state.customers)
    told = {
        "kind": _KIND, "version": VERSION, "digest": state.layout.digest, "position": state.position,
        "duplicates": state.duplicates, "features": [feature.name for feature in state.layout.features],
    }  # fmt: skip
    arrays: dict[str, NDArray[Any]] = {
        "told": np.frombuffer(json.dumps(told).encode(), np.uint8),
        "customers": _stream(pa.table({"customer_id": pa.array(state.customers, pa.large_string())})),
        "waiting": _stream(pa.concat_tables([EVENTS.empty_table().cast(_loose()), *state.waiting])),
        "numbers": state.numbers[:n],
        "sums": state.sums[:n],
        "blocks": state.blocks[:n],
        "last": state.last[:n],
        "seen": state.seen.ids(),
    }
    for number, orders in enumerate(state.orders):
        arrays |= {f"orders_{number}_{name}": column for name, column in orders.columns().items()}
    with replacing(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs mistake names for its own flag


def load(path: Path, layout: Layout) -> LiveProfiles:
    """Read a state from a file.

    Args:
        path: what `save` wrote.
        layout: of the features it is expected to keep.

    Raises:
        InputError: it keeps other features, or was written by another version.
        StorageError: the file is missing, cut short, damaged, or no file of live profiles.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        told = json.loads(arrays.pop("told").tobytes())
        _recognise(told)
    except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, zipfile.BadZipFile) as fault:
        raise StorageError(
            f"{path} holds no live profiles that can be read: {fault}",
            hint="remove it and feed the events again from the first",
            path=str(path),
        ) from fault
    if (told["version"], told["digest"]) != (VERSION, layout.digest):
        raise InputError(
            f"{path} keeps other features than are declared now; {_difference(told['features'], layout)}",
            hint="remove it and feed the events again from the first",
            field="features",
            path=str(path),
        )
    return _restored(arrays, told, layout)


def _recognise(told: dict[str, Any]) -> None:
    if told["kind"] != _KIND:
        raise ValueError(told["kind"])


def _restored(arrays: dict[str, NDArray[Any]], told: dict[str, Any], layout: Layout) -> LiveProfiles:
    state = LiveProfiles(layout)
    slots = state.slots_of(_table(arrays["customers"])["customer_id"].to_pylist())
    for name in ("numbers", "sums", "blocks", "last"):
        getattr(state, name)[: slots.size] = arrays[name]
    state.seen.add(arrays["seen"], np.ones(arrays["seen"].shape[1], np.bool_))
    for number, orders in enumerate(state.orders):
        columns = {name: arrays[f"orders_{number}_{name}"] for name in orders.columns()}
        orders.meet(columns, slots, slots.size)
    waiting = _table(arrays["waiting"])
    state.waiting = [waiting] if waiting.num_rows else []
    state.position, state.duplicates = told["position"], told["duplicates"]
    return state


def _difference(kept: list[str], layout: Layout) -> str:
    now = [feature.name for feature in layout.features]
    lost, new = sorted(set(kept) - set(now)), sorted(set(now) - set(kept))
    said = [f"{word}: {', '.join(names)}" for word, names in (("only in it", lost), ("not in it", new)) if names]
    return "; ".join(said) or "their declarations, or how they are kept, have changed"


def _loose() -> pa.Schema:
    """Return the schema of checked events, which promises nothing about nulls."""
    return pa.schema([pa.field(field.name, field.type) for field in EVENTS])


def _stream(table: pa.Table) -> NDArray[np.uint8]:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), np.uint8)


def _table(data: NDArray[np.uint8]) -> pa.Table:
    return pa.ipc.open_stream(pa.py_buffer(data.tobytes())).read_all()
