"""The longer answer of an article as safe HTML: Markdown without raw HTML, headings below those of the card around it."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt

_HIGHEST_HEADING = 3
_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


@lru_cache(maxsize=512)
def as_html(text: str) -> str:
    """Return Markdown `text` as HTML. Raw HTML in it is shown as text; addresses other than ordinary links are dropped."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            token.tag = f"h{min(6, max(_HIGHEST_HEADING, int(token.tag[1]) + 1))}"
    rendered: str = _markdown.renderer.render(tokens, _markdown.options, {})
    return rendered
