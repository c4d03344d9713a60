"""The SQLAlchemy side: tables, the database with its units of work, and the migrations."""

from office.store.database import Database, UnitOfWork

__all__ = ["Database", "UnitOfWork"]
