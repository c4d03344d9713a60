"""How parts of a mail look as plain text and as HTML: paragraphs, lists, quoted words, and the link to press."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

_BLANK_LINES = re.compile(r"\n\s*\n")
_LINK = (
    '<p><a href="{url}" style="display:inline-block;padding:12px 20px;border-radius:4px;background:#0059b3;color:#ffffff;'
    'font-weight:bold">{words}</a></p>'
)


def _text_paragraphs(text: str) -> str:
    blocks = (block.strip("\n") for block in _BLANK_LINES.split(text.strip()))
    return "\n\n".join(block if block.startswith(("- ", ">")) else " ".join(block.split()) for block in blocks)


def _html_paragraphs(text: str) -> Markup:
    # Everything else in the text is escaped by now, so only our own shapes begin with "<".
    blocks = (block.strip() for block in _BLANK_LINES.split(text.strip()))
    return Markup("\n".join(block if block.startswith("<") else f"<p>{block}</p>" for block in blocks))


def _text_list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _html_list(items: Sequence[str]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _text_quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _html_quote(text: str) -> Markup:
    lines = Markup("<br>").join(escape(line) for line in text.strip().splitlines())
    style = "margin:16px 0;padding:8px 16px;border-left:4px solid #0059b3;background:#e9f1fa"
    return Markup('<blockquote style="{}">{}</blockquote>').format(style, lines)


def _text_link(url: str, words: str) -> str:
    return f"{words}: {url}"


def _html_link(url: str, words: str) -> Markup:
    return Markup(_LINK).format(url=url, words=words)


TEXT: Mapping[str, Callable[..., Any]] = {
    "paragraphs": _text_paragraphs,
    "bullets": _text_list,
    "quote": _text_quote,
    "button": _text_link,
}
HTML: Mapping[str, Callable[..., Any]] = {
    "paragraphs": _html_paragraphs,
    "bullets": _html_list,
    "quote": _html_quote,
    "button": _html_link,
}
