"""the words by which a case is found

Revision ID: 0009
Revises: 0008
"""

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
_AT_A_TIME = 500
_TEXTS = ("reference", "title", "subject", "company", "cvr", "address", "contact_name", "email", "phone")
_LISTS = ("areas", "authorities")
_WORD = re.compile(r"ek-\d{4}-\d{1,6}|[^\W_]{2,}(?:[@.][\w.-]*[^\W_])?")


def upgrade() -> None:
    op.create_table(
        "search_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_search_words_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
    )
    _fill()
    op.create_index(op.f("ix_search_words_ticket_id"), "search_words", ["ticket_id"])
    op.create_index("ix_search_words_word_ticket_id", "search_words", ["word", "ticket_id"])


def downgrade() -> None:
    op.drop_table("search_words")


def _fill() -> None:
    """Write the words of the cases there are, some at a time: an old database may hold many."""
    columns: list[sa.ColumnClause[Any]] = [sa.column("id", sa.Integer()), sa.column("anonymised_at", sa.DateTime())]
    columns += [sa.column(name, sa.Text()) for name in _TEXTS]
    columns += [sa.column(name, sa.JSON()) for name in ("details", *_LISTS)]
    tickets = sa.table("tickets", *columns)
    words = sa.table("search_words", sa.column("ticket_id", sa.Integer()), sa.column("word", sa.Text()))
    last = 0
    while rows := _some(tickets, last):
        found = [{"ticket_id": row["id"], "word": word} for row in rows for word in _words(row)]
        op.bulk_insert(words, found)
        last = rows[-1]["id"]


def _some(tickets: sa.TableClause, after: int) -> list[sa.RowMapping]:
    query = sa.select(tickets).where(tickets.c.id > after).order_by(tickets.c.id).limit(_AT_A_TIME)
    return list(op.get_bind().execute(query).mappings())


def _words(row: sa.RowMapping) -> list[str]:
    number = row["reference"].rpartition("-")[2]
    told = " ".join([*(str(row[name] or "") for name in _TEXTS), *map(str, _read(row["details"], {}).values())])
    found = [number, number.lstrip("0"), row["reference"].lower()]
    if row["anonymised_at"] is None:
        for word in _WORD.findall(told.lower())[:300]:
            found.append(word[:64])
            found += [part for part in re.split(r"[@.]", word) if len(part) > 1 and part != word]
    return list(dict.fromkeys([*found, *(f"#{area}" for name in _LISTS for area in _read(row[name], []))]))


def _read(value: Any, empty: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value or empty
