"""Segments of a shop's own, found among its customers by what they did and by what is expected of them.

Beside the columns of the profiles, rules may speak of `FORETOLD`: lifetime value and the like, which models of repeat
buying say (`profiles.lifetime`). These are learned only where a rule asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.profiles.clusters.matching import match
from offersmith.profiles.clusters.refused import refused
from offersmith.profiles.clusters.rules import Rule, read
from offersmith.profiles.lifetime.learning import about

FORETOLD = {
    "lifetime_value": "value",
    "expected_orders": "orders",
    "chance_alive": "alive",
    "churn_risk": "churn",
}
"""Columns of what is expected of a customer, and where it stands in `lifetime.value.VALUES`."""


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The segments of a shop's own.

    Attributes:
        rules: as stated.
        matched: `customer_id` and a column of truths per rule, named by its id.
        horizon_days: how far ahead columns of `FORETOLD` look; None where no rule asked for one.
        unlearned: whether a rule asked for one, and too few customers came back to learn it from.
    """

    rules: tuple[Rule, ...]
    matched: pa.Table
    horizon_days: int | None = None
    unlearned: bool = False


def find(profiles: pa.Table, file: Path, lifetimes: Callable[[], pa.Table]) -> Own:
    """Find the segments that a file states.

    Args:
        profiles: a profile table.
        file: of rules, TOML.
        lifetimes: says what is expected of customers, as `lifetime.learning.learn` does; called only where it is asked.

    Raises:
        InputError: the file cannot be read, or says what cannot be.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise refused("unreadable", field="rules", file=str(file), said=fault.strerror or str(fault)) from fault
    except UnicodeDecodeError as fault:
        raise refused("unreadable", field="rules", file=str(file), said="UTF-8") from fault
    rules = read(text, [*profiles.column_names[1:], *FORETOLD])
    asked = [name for name in _spoken_of(rules) if name in FORETOLD and name not in profiles.column_names]
    if not asked:
        return Own(rules, match(profiles, rules))
    table = lifetimes()
    said = about(table)
    matched = match(_beside(profiles, table, asked), rules)
    return Own(rules, matched, round(said["horizon_days"]) if said["model"] else None, not said["model"])


def _spoken_of(rules: Sequence[Rule]) -> list[str]:
    return sorted({condition.column for rule in rules for condition in rule.where})


def _beside(profiles: pa.Table, table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return profiles with columns of what is expected; null for whom nothing is said."""
    place = pc.index_in(
        profiles["customer_id"].cast(pa.string()).combine_chunks(), value_set=table["customer_id"].combine_chunks()
    )
    for name in names:
        profiles = profiles.append_column(name, table[FORETOLD[name]].take(place))
    return profiles
