"""What live profiles refuse: declarations that do not merge, events that are none, files of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.live.shops import END, shop, table

from offersmith.errors import InputError, StorageError
from offersmith.profiles import FEATURES
from offersmith.profiles.live import LIVE, LiveProfiles, compile_live, load, merge, save
from offersmith.profiles.live.fingerprints import fingerprint, fingerprints
from offersmith.profiles.live.seen import Seen
from offersmith.vocabulary import Feature, Where

SALE = {"event_id": "e", "event": "purchase", "time": END, "utc_offset": 0, "customer_id": "c", "amount": 1}


@pytest.mark.parametrize(
    "name", ["unit_price_median", "basket_value_median", "products", "category_entropy", "brand_top_share",
             "campaign_redemption_rate"],
)  # fmt: skip
def test_what_does_not_merge_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name!r}.*cannot be live"):
        compile_live([FEATURES[name]])


@pytest.mark.parametrize(
    ("feature", "field"),
    [
        (Feature("f", "sum", value="weight"), "value"),
        (Feature("f", "sum", value="rating", grain="order"), "value"),
        (Feature("f", "count", where=(Where("colour", "known"),)), "where"),
        (Feature("f", "count", grain="order", where=(Where("brand", "known"),)), "where"),
        (Feature("f", "count", events=("nap",)), "events"),
        (Feature("f", "recency", window_days=9), "window_days"),
        (Feature("f", "count", window_days=9, where=(Where("brand", "known"),)), "window_days"),
        (Feature("f", "sum"), "value"),
        (Feature("f", "decayed_count"), "half_life_days"),
    ],
)
def test_declarations_that_ask_for_what_is_not_there(feature: Feature, field: str) -> None:
    with pytest.raises(InputError) as refused:
        compile_live([feature])
    assert refused.value.facts["field"] == field


def test_two_features_of_one_name() -> None:
    with pytest.raises(InputError, match="names must differ"):
        compile_live([LIVE[0], LIVE[0]])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event_id": None}, "event_id"),
        ({"time": "2024-01-01"}, "time"),
        ({"time": END.replace(tzinfo=UTC)}, "time"),
        ({"event": None}, "event"),
        ({"colour": "red"}, "event"),
    ],
)
def test_events_that_are_none(change: dict[str, Any], field: str) -> None:
    state = LiveProfiles(compile_live(LIVE))
    with pytest.raises(InputError) as refused:
        state.update(SALE | change)
    assert refused.value.facts["field"] == field
    assert state.position == 0


def test_tables_that_are_no_events() -> None:
    state = LiveProfiles(compile_live(LIVE))
    with pytest.raises(InputError, match="event_id"):
        state.feed(pa.table({"customer_id": ["a"]}))
    with pytest.raises(InputError, match="no events"):
        state.feed(table([SALE]).set_column(2, "time", pa.array(["noon"])))
    nameless = table([SALE]).set_column(0, "event_id", pa.array([None], pa.string()))
    with pytest.raises(InputError, match="without event_id"):
        state.feed(nameless)
    assert state.position == 0


def test_nobody_known_counts_for_nobody() -> None:
    state = LiveProfiles(compile_live(LIVE))
    state.update(SALE | {"customer_id": None})
    state.feed(table([SALE | {"customer_id": None}]))
    assert (state.position, state.duplicates, state.read(END).num_rows) == (2, 0, 0)


def test_a_moment_that_is_over() -> None:
    state = LiveProfiles(compile_live(LIVE))
    state.update(SALE)
    with pytest.raises(InputError, match="earlier moment"):
        state.read(END)  # an event at the moment is not before it
    assert state.read(END + timedelta(microseconds=1)).num_rows == 1
    with pytest.raises(InputError, match="naive UTC"):
        state.read(END.replace(tzinfo=UTC))


def saved(path: Path) -> LiveProfiles:
    state = LiveProfiles(compile_live(LIVE))
    state.feed(table(shop(1)))
    save(state, path)
    return state


def test_a_file_of_other_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    saved(path)
    with pytest.raises(InputError, match=f"only in it: {LIVE[-1].name}"):
        load(path, compile_live(LIVE[:-1]))
    longer = next(f for f in LIVE if f.half_life_days)
    changed = [replace(f, half_life_days=77) if f is longer else f for f in LIVE]
    with pytest.raises(InputError, match="have changed"):
        load(path, compile_live(changed))
    reworded = [replace(f, says="Other words.") for f in LIVE]
    assert load(path, compile_live(reworded)).position == 300


def test_a_file_cut_short_or_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    saved(path)
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(StorageError, match="no live profiles"):
            load(path, compile_live(LIVE))
    for at in np.random.default_rng(0).integers(200, len(whole) - 4000, 20):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        path.write_bytes(damaged)
        try:
            found = load(path, compile_live(LIVE))
        except (StorageError, InputError):
            continue
        assert found.read(END).equals(
            saved(tmp_path / "other").read(END)
        )  # it was only a name or a date of the archive
    with pytest.raises(StorageError):
        load(tmp_path / "nowhere", compile_live(LIVE))
    np.savez(tmp_path / "alien.npz", a=np.zeros(3))
    with pytest.raises(StorageError):
        load(tmp_path / "alien.npz", compile_live(LIVE))


def test_a_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    state = saved(path)
    before = path.read_bytes()
    monkeypatch.setattr(np, "savez", lambda file, **_: file.write(b"half") and (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(StorageError, match="cannot be written"):
        save(state, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["state"]


def test_states_that_cannot_be_merged() -> None:
    rows = shop(2)
    one, other = LiveProfiles(compile_live(LIVE)), LiveProfiles(compile_live(LIVE))
    one.feed(table(rows[:200]))
    other.feed(table(rows[150:]))
    with pytest.raises(InputError, match="in common"):
        merge(one, other)
    with pytest.raises(InputError, match="same features"):
        merge(one, LiveProfiles(compile_live(LIVE[:3])))


def test_fingerprints_are_murmur_hashes_and_alike_in_columns_and_alone() -> None:
    high, low = fingerprint("The quick brown fox jumps over the lazy dog")[:, 0]
    assert (int(high), int(low)) == (0xE34BBC7BBC071B6C, 0x7A433CA9C49A9347)
    texts = ["", "a", "é", "顾客", "x" * 15, "x" * 16, "x" * 17, "y" * 31, "y" * 33, "a\0", None]
    column = fingerprints(pa.array(["skipped", *texts])[1:])
    for at, text in enumerate(texts):
        assert (column[:, at] == fingerprint(text or "")[:, 0]).all()
    assert len(set(map(tuple, column.T.tolist()))) == len(texts) - 1  # a null is the empty text


def test_a_set_of_ids_knows_them_all_however_it_grew() -> None:
    rng = np.random.default_rng(3)
    ids = rng.integers(0, 2**63, (2, 5000)).astype(np.uint64)
    ids[:, 0] = 0  # what an empty place looks like
    ids[0, 1:600] = 7  # one bucket
    seen, counts = Seen(), np.ones(5000, np.bool_)
    for start in range(0, 5000, 333):
        part = np.ascontiguousarray(ids[:, start : start + 333])
        assert seen.add(part, counts[: part.shape[1]]).all()
        assert not seen.add(part, counts[: part.shape[1]]).any()
    assert seen.size == 5000
    assert seen.holds_any(np.ascontiguousarray(ids[:, 4321:4322]))
    assert not seen.holds_any(np.ascontiguousarray(ids[:, 4321:4322] + np.uint64(1)))


def test_the_moment_of_a_profile_is_told() -> None:
    state = LiveProfiles(compile_live(LIVE))
    assert state.read(datetime(2024, 1, 2)).schema.metadata == {b"as_of": b"2024-01-02T00:00:00"}
