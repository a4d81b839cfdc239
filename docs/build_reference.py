"""Write the reference pages that follow from the code: settings, tables, features, a campaign's states.

    python docs/build_reference.py

A test compares the pages with what this would write, so that they cannot drift.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from offersmith import settings, vocabulary
from offersmith.campaigns.states import as_table
from offersmith.profiles import FEATURES

FOLDER = Path(__file__).parent / "reference"
TABLES = {
    "EVENTS": "Events: one line per thing a customer did",
    "ESTIMATES": "Estimates: what each offer would change for each customer",
    "DECISIONS": "Decisions: the plan",
}


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _type_name(kind: Any) -> str:
    if get_origin(kind) is None:
        return getattr(kind, "__name__", str(kind))
    return re.sub(r"\w+\.", "", str(kind)).replace("|", "or")


def settings_page() -> str:
    """Return the page of every key of `offersmith.toml`."""
    lines = [
        "# Settings\n",
        "One file per workspace: `offersmith.toml`. Unknown keys are refused. `OFFERSMITH_TABLE__KEY=value` in the",
        "environment overrides `key` in `[table]`, e.g. `OFFERSMITH_SHOP__CURRENCY=EUR`.\n",
    ]
    for field in msgspec.structs.fields(settings.Settings):
        hints = get_type_hints(settings.Settings)[field.name]
        repeated = get_origin(hints) is tuple
        kind = get_args(hints)[0] if repeated else hints
        title = f"[[{field.name}]]" if repeated else f"[{field.name}]"
        rest = re.sub(r"\s+", " ", (kind.__doc__ or "").strip())
        lines += [f"## `{title}`\n", rest + "\n", "| key | type | default |", "|---|---|---|"]
        types = get_type_hints(kind)
        for key in msgspec.structs.fields(kind):
            required = key.default is msgspec.NODEFAULT and key.default_factory is msgspec.NODEFAULT
            default = "required" if required else f"`{_default(key)!r}`"
            lines.append(f"| `{key.name}` | {_type_name(types[key.name])} | {default} |")
        lines.append("")
    return "\n".join(lines)


def _default(key: Any) -> Any:
    return key.default if key.default is not msgspec.NODEFAULT else key.default_factory()


def tables_page() -> str:
    """Return the page of the table of each noun."""
    lines = [
        "# Tables\n",
        "The nouns as tables. Times are UTC without a zone. Money that changed hands is whole minor units (cents);",
        "expectations are in major units.\n",
    ]
    for name, title in TABLES.items():
        schema = getattr(vocabulary, name)
        lines += [f"## {title}\n", "| column | type | may be null | unit or meaning |", "|---|---|---|---|"]
        for field in schema:
            unit = (field.metadata or {}).get(b"unit", b"").decode()
            lines.append(f"| `{field.name}` | {field.type} | {'yes' if field.nullable else 'no'} | {unit} |")
        lines.append("")
    names = ", ".join(f"`{name}`" for name in vocabulary.EVENT_NAMES)
    return "\n".join([*lines, f"Event names: {names}.\n"])


def features_page() -> str:
    """Return the page of every declared feature."""
    lines = [
        "# Features\n",
        f"{len(FEATURES)} features, each declared once in `profiles` and computed as of a moment: nothing at or after",
        "it is read.\n",
        "| feature | unit | says |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {feature.unit} | {feature.says} |" for name, feature in FEATURES.items()]
    return "\n".join(lines) + "\n"


def states_page() -> str:
    """Return the page of a campaign's states: which action leads where."""
    lines = [
        "# States of a campaign\n",
        "A row for each state, a column for each action, the state it leads to inside; an empty field is refused.",
        "*Go live* and *end* are what the clock does (`offersmith campaign tick`).\n",
        as_table(),
    ]
    return "\n".join(lines) + "\n"


PAGES = {
    "settings.md": settings_page,
    "tables.md": tables_page,
    "features.md": features_page,
    "campaign-states.md": states_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
