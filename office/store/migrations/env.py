"""Alembic's entry: runs on the connection it is handed (see office/store/migrate.py)."""

from typing import Literal

from alembic import context

from office.store.tables import Base, UtcDateTime


def _plain_type(type_: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own UTC type as the plain DateTime it is in the database, so migrations need none of our code."""
    return "sa.DateTime()" if type_ == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_plain_type,
)
with context.begin_transaction():
    context.run_migrations()
