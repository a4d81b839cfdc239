"""How the ledger's tables came about, step by step; `ledger.Ledger.open` takes every step that is missing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

HEAD = "0003"
"""The newest step; a contract test compares it with the files in `versions/`."""


def upgrade(connection: Connection) -> None:
    """Bring the database of `connection` to `HEAD`, inside the caller's transaction."""
    # Start-up path: only an old ledger needs the steps.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
