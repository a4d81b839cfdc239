"""Interests of planted customers, of odd ones, and of nobody; nothing from after the moment counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.interests.planted import AS_OF, EVERYDAY, GROUPS, baskets, event, evidence, planted

from offersmith.errors import InputError
from offersmith.profiles.interests.evidence import Evidence
from offersmith.profiles.interests.interests import (
    INTERESTS,
    InterestModel,
    fit_interests,
    interest_name,
    list_interests,
)


def read(path: Path, rows: list[dict[str, Any]]) -> tuple[Evidence, InterestModel]:
    found = evidence(path, rows)
    return found, fit_interests(found, baskets(path), 3)


def listed(path: Path, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found, model = read(path, rows)
    names = dict(zip(model.keys, model.names, strict=True))
    answer: dict[str, list[dict[str, Any]]] = {}
    for row in list_interests(model, found).to_pylist():
        answer.setdefault(row["customer_id"], []).append({**row, "name": names[row["interest"]]})
    return answer


def of_group(name: object, group: str) -> bool:
    """Whether an interest is of a planted group: its words are of that group's products and of no others."""
    texts = {key: " ".join(names).lower() for key, names in {**GROUPS, "": EVERYDAY}.items()}
    parts = str(name).lower().replace("·", " ").split()
    inside = [key for key, text in texts.items() if any(part in text for part in parts)]
    return inside == [group]


def test_the_top_interest_of_planted_customers_is_what_was_planted(tmp_path: Path) -> None:
    rows, truth = planted()
    answer = listed(tmp_path / "e.parquet", rows)
    right = [of_group(answer[customer][0]["name"], group) for customer, group in truth.items()]
    assert np.mean(right) >= 0.95


def test_weights_ranks_evidence_and_days(tmp_path: Path) -> None:
    rows, _ = planted(30, 60)
    found, model = read(tmp_path / "e.parquet", rows)
    table = list_interests(model, found)
    assert table.schema == INTERESTS
    for name, many in listed(tmp_path / "e.parquet", rows).items():
        weights = [one["weight"] for one in many]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)
        assert sum(weights) <= 1
        assert [one["rank"] for one in many] == list(range(1, len(many) + 1))
        assert len({one["name"] for one in many}) == len(many), name
        latest = max(row["time"] for row in rows if row["customer_id"] == name)
        assert all(one["evidence"] >= 1 and one["last"] <= latest for one in many)


def test_bananas_are_nobodys_interest(tmp_path: Path) -> None:
    rows, truth = planted(60, 120)
    customers = sorted({row["customer_id"] for row in rows})
    rows += [event(len(rows) + i, name, "Bananas 1 kg", 3 + day) for i, name in enumerate(customers) for day in (0, 9)]
    answer = listed(tmp_path / "e.parquet", rows)
    first = {customer: "banana" in str(many[0]["interest"]) for customer, many in answer.items()}
    assert not any(first[customer] for customer in truth)
    assert np.mean(list(first.values())) < 0.05


def test_what_happens_later_changes_nothing(tmp_path: Path) -> None:
    rows, _ = planted(20, 40)
    later = [event(90_000 + i, "c0001", "Garden Spade", -i / 10) for i in range(30)]
    assert later[0]["time"] == AS_OF
    (one, model), (two, again) = read(tmp_path / "a.parquet", rows), read(tmp_path / "b.parquet", rows + later)
    assert list_interests(model, one).equals(list_interests(again, two))
    assert "c0001" in one.customers.to_pylist()


def test_the_order_of_lines_and_repeating_change_nothing(tmp_path: Path) -> None:
    rows, _ = planted(20, 40)
    (one, model), (two, again) = read(tmp_path / "a.parquet", rows), read(tmp_path / "b.parquet", rows[::-1])
    first = list_interests(model, one)
    assert first.equals(list_interests(again, two))
    assert first.equals(list_interests(read(tmp_path / "a.parquet", rows)[1], one))


def test_one_event_gives_a_modest_list_and_none_gives_none(tmp_path: Path) -> None:
    rows, _ = planted(30, 60)
    rows.append(event(90_000, "once", "Garden Hose 20 m", 10))
    rows.append(event(90_001, None, "Garden Hose 20 m", 10))
    rows.append(event(90_002, "clicked", None, 10, event="login"))
    answer = listed(tmp_path / "e.parquet", rows)
    assert 0 < sum(one["weight"] for one in answer["once"]) < 0.4
    assert of_group(answer["once"][0]["name"], "garden")
    assert set(answer) <= {row["customer_id"] for row in rows} - {None, "clicked"}


def test_what_was_given_back_is_no_interest(tmp_path: Path) -> None:
    rows, _ = planted(30, 60)
    rows += [
        event(90_000, "back", "Garden Hose 20 m", 10),
        event(90_001, "back", "Garden Hose 20 m", 9, event="refund"),
    ]
    rows += [event(90_002, "only", "Garden Hose 20 m", 9, event="refund")]
    answer = listed(tmp_path / "e.parquet", rows)
    assert not {"back", "only"} & set(answer)


def test_a_bot_changes_nobody_elses_list(tmp_path: Path) -> None:
    rows, truth = planted(60, 120)
    bot = [event(100_000 + i, "bot", "绿茶", 1 + i % 300) for i in range(100_000)]
    answer = listed(tmp_path / "e.parquet", rows + bot)
    assert np.mean([of_group(answer[customer][0]["name"], group) for customer, group in truth.items()]) >= 0.95
    assert of_group(answer["bot"][0]["name"], "茶")
    assert sum(one["weight"] for one in answer["bot"]) <= 1


@pytest.mark.parametrize("kind", ["same", "no text", "empty", "nothing"])
def test_shops_with_nothing_to_tell(kind: str, tmp_path: Path) -> None:
    rows = [event(i, f"c{i}", "White Bread", 5) for i in range(30)]
    if kind == "no text":
        rows = [{**row, "product_name": None} for row in rows]
    if kind == "empty":
        rows = [{**row, "product_name": "  ", "category": ""} for row in rows]
    found, model = read(tmp_path / "e.parquet", [] if kind == "nothing" else rows)
    assert list_interests(model, found).num_rows == 0


def test_categories_are_interests_and_searches_count(tmp_path: Path) -> None:
    rows, _ = planted(60, 120)
    rows = [{**row, "category": "园艺 Garden" if row["product_name"] in GROUPS["garden"] else "其他"} for row in rows]
    rows += [event(90_000 + i, "seeker", None, 3, event="search", search_term="绿茶") for i in range(20)]
    rows += [event(91_000 + i, f"n{i:04}", None, 3, event="search", search_term="绿茶") for i in range(3)]
    _, model = read(tmp_path / "e.parquet", rows)
    assert "category:园艺 Garden" in model.keys
    assert interest_name(model, "category:园艺 Garden", "zh") == "品类：园艺 Garden"
    assert interest_name(model, "category:园艺 Garden") == "category: 园艺 Garden"
    assert "茶" in str(listed(tmp_path / "e.parquet", rows)["seeker"][0]["name"])


def test_bad_moments_and_half_lives_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="half_life_days must be above 0, got 0"):
        evidence(tmp_path / "e.parquet", [], half_life_days=0)
    with pytest.raises(InputError, match="naive UTC"):
        evidence(tmp_path / "e.parquet", [], as_of=AS_OF.astimezone())


def test_older_events_weigh_less(tmp_path: Path) -> None:
    rows = [event(0, "c", "绿茶", 10), event(1, "c", "红茶", 30), event(2, "c", "苹果", 10, event="view_item")]
    found = evidence(tmp_path / "e.parquet", rows, half_life_days=20.0)
    names = found.texts.take(pa.array(found.item)).to_pylist()
    weights = dict(zip(names, found.weight.tolist(), strict=True))
    assert weights["绿茶"] == pytest.approx(2**-0.5)
    assert weights["红茶"] == pytest.approx(2**-1.5)
    assert weights["苹果"] == pytest.approx(0.2 * 2**-0.5)
    assert found.last.max() == (AS_OF - timedelta(days=10) - datetime(1970, 1, 1)) // timedelta(microseconds=1)
