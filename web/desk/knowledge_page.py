"""/desk/viden: which articles must be reviewed, which answered lately and whether they helped, and what nobody could answer.

From a question without an answer an editor gets an article's file to go on with; articles are files, so nothing is saved here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from aiohttp import web

from knowledge.draft import article_draft, id_from, is_id, questions_draft
from office import article_use, gaps
from office.article_use import Review, Use
from office.clock import local
from office.gaps import GapGroup
from office.words import listed
from web.desk.case_page import user_of
from web.desk.sections import may_enter
from web.desk.session import FIELDS, render_desk
from web.parts import Parts, parts_of

routes = web.RouteTableDef()
_DRAFT, _FILE = "/desk/viden/artikel", "/desk/viden/artikel/fil"
PERIODS = {"7": "7 dage", "30": "30 dage", "90": "90 dage"}
_REASONS = {
    gaps.UNSURE: "ikke forstået",
    gaps.OUT_OF_SCOPE: "afvist som uden for området",
    gaps.CLARIFY: "spurgt tilbage uden valg",
    gaps.NOT_HELPED: "svaret hjalp ikke",
}
_MOST_GROUPS = 50
_MOST_TEXTS = 6
_LONGEST_TITLE = 90


@routes.get("/desk/viden")
async def show_knowledge(request: web.Request) -> web.Response:
    """Show reviews, answers and gaps of the last days."""
    parts = parts_of(request)
    days = request.query.get("dage", "30")
    days = days if days in PERIODS else "30"
    first = parts.now() - timedelta(days=int(days))
    async with parts.database.reading() as uow:
        used = await article_use.used_since(uow, first)
        found = gaps.alike(await gaps.since(uow, first))
    today = local(parts.now()).date()
    reviews = article_use.reviews(parts.knowledge.articles.values(), today)
    return render_desk(
        request,
        "desk/knowledge.html",
        days=days,
        periods=PERIODS,
        reviews=[_review_view(review) for review in reviews],
        overdue=sum(review.state == "overdue" for review in reviews),
        soon=sum(review.state == "soon" for review in reviews),
        used=[_use_view(parts, use) for use in used],
        gaps=[_gap_view(group) for group in found[:_MOST_GROUPS]],
        gap_count=sum(len(group.gaps) for group in found),
        hidden=max(0, len(found) - _MOST_GROUPS),
        edits=may_enter(user_of(request).role, _DRAFT),
    )


@routes.post(_DRAFT)
async def begin_article(request: web.Request) -> web.Response:
    """Show the form of a new article, filled in from the question. Posted, so that what a visitor wrote is in no address."""
    question = request[FIELDS].get("question", "").strip()
    title = " ".join(question.split())[:_LONGEST_TITLE].rstrip(" ?.!,")
    return _draft_page(request, title=title, id=id_from(title), questions=question, area="")


@routes.post(_FILE)
async def download_draft(request: web.Request) -> web.Response:
    """Give the article's file, or the file of its questions."""
    fields, knowledge = request[FIELDS], parts_of(request).knowledge
    typed = {name: fields.get(name, "").strip() for name in ("title", "id", "questions", "area")}
    errors = {}
    if not typed["title"]:
        errors["title"] = "Skriv, hvad artiklen skal hedde."
    if not is_id(typed["id"]):
        errors["id"] = "Brug små bogstaver uden æøå, tal og bindestreg."
    elif typed["id"] in knowledge.articles:
        errors["id"] = "Der er allerede en artikel med det navn. Vælg et andet, eller ret den, der er."
    if typed["area"] not in knowledge.areas:
        errors["area"] = "Vælg et fagområde."
    if errors:
        return _draft_page(request, errors, **typed)
    if fields.get("file") == "questions":
        return _attachment(f"{typed['id']}.da.txt", questions_draft(typed["questions"].splitlines()), "text/plain")
    today = local(parts_of(request).now()).date()
    text = article_draft(typed["title"], typed["area"], knowledge.office.url, today)
    return _attachment(f"{typed['id']}.md", text, "text/markdown")


def _draft_page(request: web.Request, errors: dict[str, str] | None = None, **typed: str) -> web.Response:
    areas = parts_of(request).knowledge.areas.values()
    return render_desk(
        request,
        "desk/draft.html",
        422 if errors else 200,
        typed=typed,
        errors=errors or {},
        areas=[area for area in areas if not area.state],
    )


def _attachment(name: str, text: str, content_type: str) -> web.Response:
    disposition = f'attachment; filename="{name}"'
    return web.Response(
        text=text, content_type=content_type, charset="utf-8", headers={"Content-Disposition": disposition}
    )


def _review_view(review: Review) -> dict[str, Any]:
    words = {
        "overdue": f"⚠ Overskredet med {_days(-review.days)}",
        "soon": f"Om {_days(review.days)}" if review.days else "I dag",
        "later": "",
    }
    article = review.article
    return {
        "title": article.title,
        "file": f"knowledge/articles/{article.id}.md",
        "reviewed": article.reviewed,
        "review_by": article.review_by,
        "reviewer": article.reviewer,
        "urgency": words[review.state],
        "late": review.state == "overdue",
        "soon": review.state == "soon",
    }


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dage"


def _use_view(parts: Parts, use: Use) -> dict[str, Any]:
    article = parts.knowledge.articles.get(use.article)
    present = article is not None and article.version == use.version
    return {
        "title": article.title if article else use.article,
        "version": use.version or "ikke gemt længere",
        "present": present,
        "count": use.count,
        "helped": use.helped,
        "not_helped": use.not_helped,
        "last": use.last,
    }


def _gap_view(group: GapGroup) -> dict[str, Any]:
    return {
        "texts": group.texts[:_MOST_TEXTS],
        "count": len(group.gaps),
        "reasons": listed(_reasons(group.reasons.items())),
        "article_lacks": set(group.reasons) == {gaps.NOT_HELPED},
    }


def _reasons(counted: Iterable[tuple[str, int]]) -> list[str]:
    """Return why in words; how many of each is said only when there are several kinds."""
    found = list(counted)
    return [f"{count} {_REASONS[why]}" if len(found) > 1 else _REASONS[why] for why, count in found]
