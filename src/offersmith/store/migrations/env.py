"""Run by Alembic for every command: it gets its connection from `migrations.upgrade` and reads no ini file."""

from __future__ import annotations

from alembic import context

from offersmith.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
