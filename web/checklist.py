"""The steps of a start package as a page of its own: to print, tick off and follow. Works without JavaScript."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from knowledge import Article
from web.errors import PublicError
from web.parts import parts_of
from web.templating import render

routes = web.RouteTableDef()

_WORDS = {
    "da": {
        "kind": "Tjekliste",
        "how": "Udskriv siden, og sæt kryds undervejs. Vi hjælper gerne, uanset hvilken myndighed trinnet hører til.",
        "steps": "Trin for trin",
        "authority": "Hvem",
        "when": "Hvornår",
        "reviewed": "Gennemgået {day} af {reviewer}. Reglerne kan ændre sig, så se efter en ny udgave, før du bruger en gammel.",
        "sources": "Kilder",
        "ask": "Spørg om et af trinnene",
    },
    "en": {
        "kind": "Checklist",
        "how": "Print the page and tick off the steps as you go. We help with every step, whichever authority it belongs to.",
        "steps": "Step by step",
        "authority": "Who",
        "when": "When",
        "reviewed": "Reviewed {day} by {reviewer}. Rules may change, so look for a new edition before you use an old one.",
        "sources": "Sources",
        "ask": "Ask about one of the steps",
    },
}


def checklist_path(article_id: str, language: str) -> str:
    """Return the page's path; `language` is "da" or "en"."""
    return f"/tjekliste/{article_id}" + ("" if language == "da" else f"?lang={language}")


@routes.get("/tjekliste/{article}")
async def checklist(request: web.Request) -> web.Response:
    """Show the steps of an article that has any."""
    article = parts_of(request).knowledge.articles.get(request.match_info["article"])
    if article is None or not article.steps:
        raise PublicError("not_found")
    return render(request, "tjekliste.html", **page_words(article, request.query.get("lang", "da")))


def page_words(article: Article, asked_for: str) -> dict[str, Any]:
    """Return what the page says, in English where that was asked for and the article has it, else in Danish."""
    language = "en" if asked_for == "en" and article.english else "da"
    return {"t": _WORDS[language], "article": article, "words": article.in_language(language), "language": language}
