"""The SQLAlchemy side: tables, the database with its units of work, and the migrations."""

from office.store import derived, follow_up_tables, live_tables, tables
from office.store.database import Database, UnitOfWork

__all__ = ["Database", "UnitOfWork", "derived", "follow_up_tables", "live_tables", "tables"]
