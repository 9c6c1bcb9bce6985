"""Alembic's entry: the connection comes from `store`, nothing is configured here.

A migration is one file in `versions/`.
"""

from alembic import context

from padanan.distribution.state.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
