"""Looking into a database from outside, whatever kind it is."""

from sqlalchemy import MetaData, select

from office.store import Database


async def everything_in(database: Database) -> str:
    """Return every value of every row as one text, to show what is stored nowhere."""
    tables = MetaData()
    async with database.engine.connect() as connection:
        await connection.run_sync(tables.reflect)
        rows = [row for table in tables.sorted_tables for row in await connection.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)
