"""What the articles are used for: which version answered lately, whether it helped, and which articles are due for review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import aliased

from knowledge.model import Article
from office.store import UnitOfWork
from office.store.tables import Message

_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Review:
    """An article and its review: overdue, soon (within 30 days) or later. `days` are left, or over if negative."""

    article: Article
    state: Literal["overdue", "soon", "later"]
    days: int


@dataclass
class Use:
    """How often one version of an article was the answer, when last, and what people said of it.

    `version` is "" where the words are gone already (anonymised) and only the article is known.
    """

    article: str
    version: str
    last: datetime
    count: int = 0
    helped: int = 0
    not_helped: int = 0


def reviews(articles: Iterable[Article], today: date) -> list[Review]:
    """Return the articles by their next review, the most overdue first. `today` is the local date. Pure."""
    found = [_review(article, today) for article in articles]
    return sorted(found, key=lambda review: (review.days, review.article.id))


async def used_since(uow: UnitOfWork, first: datetime) -> list[Use]:
    """Return which articles in which version were given as answers from `first` on, the most recently used first.

    What the visitor said of the answer is kept with the question; an answer of several articles is counted for each.
    """
    reply = aliased(Message)
    rows = await uow.session.execute(
        select(Message.id, Message.at, Message.outcome, reply.payload)
        .outerjoin(reply, reply.answers == Message.id)
        .where(Message.state == "answered", Message.at >= first, Message.outcome["kind"].as_string() == "answer")
        .order_by(Message.at, Message.id, reply.seq)
    )
    versions: dict[tuple[int, str], str] = {}
    asked = {}
    for number, at, outcome, payload in rows:
        shown = (payload or {}).get("article")
        if shown:
            versions[number, shown["id"]] = shown["version"]
        for article in outcome.get("articles", ()):
            asked[number, article] = (at, outcome.get("helped"))
    uses: dict[tuple[str, str], Use] = {}
    for (number, article), (at, helped) in asked.items():
        version = versions.get((number, article), "")
        use = uses.setdefault((article, version), Use(article, version, at))
        use.last, use.count = max(use.last, at), use.count + 1
        use.helped += helped is True
        use.not_helped += helped is False
    return sorted(uses.values(), key=lambda use: (use.last, use.count), reverse=True)


def _review(article: Article, today: date) -> Review:
    left = article.review_by - today
    return Review(article, "overdue" if left.days < 0 else "soon" if left <= _SOON else "later", left.days)
