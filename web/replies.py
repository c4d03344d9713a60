"""What the engine said, made into utterances to store: choices with hidden commands, articles as they were at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge import Knowledge
from knowledge.model import Article, Link, Step
from office.conversations import Utterance
from web.engine import Said
from web.language import LANGUAGES

KINDS = ("text", "answer", "choices", "ticket", "notice")
_OUTCOME_FIELDS = ("kind", "articles", "type", "level", "areas", "confidence")

CPR_NOTICE = {
    "da": (
        "Du skrev noget, der ligner et CPR-nummer. Det har jeg fjernet, så det hverken er gemt eller sendt videre. Her i "
        "chatten skal du aldrig oplyse CPR-nummer. Har en medarbejder brug for det, så send det med Digital Post til {post}."
    ),
    "en": (
        "You wrote something that looks like a CPR number. I have removed it, so it is neither stored nor passed on. Please "
        "never give a CPR number in this chat. If a caseworker needs it, send it by Digital Post to {post}."
    ),
}
ONLY_MARKS = {
    "da": "Skriv gerne dit spørgsmål med ord, så finder jeg svaret - eller en medarbejder, der kan hjælpe.",
    "en": "Please write your question in words, and I will find the answer - or a person who can help.",
}


def utterances(replies: Sequence[Said], knowledge: Knowledge, first_seq: int) -> list[Utterance]:
    """Return what to store for the engine's replies, the first of which will get the number `first_seq`."""
    return [_utterance(reply, knowledge, first_seq + index) for index, reply in enumerate(replies)]


def outcome_of(replies: Sequence[Said]) -> dict[str, Any]:
    """Return the one outcome of an exchange: the first that is more than small talk, with the articles of all like it."""
    found = [_known_fields(reply.outcome) for reply in replies if reply.outcome]
    chosen = next((outcome for outcome in found if outcome["kind"] != "smalltalk"), found[0])
    alike = [article for o in found if o["kind"] == chosen["kind"] for article in o.get("articles") or ()]
    return {**chosen, "articles": list(dict.fromkeys(alike))} if alike else chosen


def language_of(replies: Sequence[Said]) -> str | None:
    """Return the language the engine answered in, if it says so."""
    spoken = [reply.custom.get("language") for reply in replies]
    return next((language for language in reversed(spoken) if language in LANGUAGES), None)


def helped_of(replies: Sequence[Said]) -> bool | None:
    """Return what the visitor said of the answer before: that it helped, that it did not; None when nothing was said."""
    said = (reply.custom.get("helped") for reply in replies)
    return next((helped for helped in said if isinstance(helped, bool)), None)


def cpr_notice(knowledge: Knowledge, language: str) -> Utterance:
    """Return the kind word to somebody who wrote a CPR number."""
    text = CPR_NOTICE[language].format(post=knowledge.office.digital_post)
    return Utterance(text, kind="notice", language=language)


def snapshot(article: Article, language: str) -> dict[str, Any]:
    """Return the article as it is shown beside its answer: kept with the message, so that it stays what was said then."""
    words = article.in_language(language)
    return {
        "id": article.id,
        "version": article.version,
        "language": "en" if language == "en" and article.english else "da",
        "title": words.title,
        "reviewed": article.reviewed.isoformat(),
        "reviewer": article.reviewer,
        "sources": [{"text": s.text, "url": s.url} if s.url else {"text": s.text} for s in article.sources],
        "links": [_address(link) for link in words.links],
        **({"steps": [_step(step) for step in words.steps]} if words.steps else {}),
    }


def _step(step: Step) -> dict[str, Any]:
    shown = {"step": step.step, "authority": step.authority, "when": step.when}
    return {**shown, "link": _address(step.link)} if step.link else shown


def _address(link: Link) -> dict[str, str]:
    return {"text": link.text, "url": link.url}


def _utterance(reply: Said, knowledge: Knowledge, seq: int) -> Utterance:
    language = reply.custom.get("language")
    language = language if language in LANGUAGES else "da"
    payload: dict[str, Any] = {}
    article = knowledge.articles.get(str(reply.custom.get("article") or ""))
    if article is not None:
        payload["article"] = snapshot(article, language)
        language = payload["article"]["language"]
    if reply.custom.get("ticket"):
        payload["ticket"] = str(reply.custom["ticket"])
    if reply.buttons:
        payload["choices"] = [
            _choice(f"{seq}-{number}", button) for number, button in enumerate(reply.buttons, start=1)
        ]
    return Utterance(reply.text, _kind(reply, payload), language, payload)


def _choice(choice_id: str, button: Mapping[str, str]) -> dict[str, str]:
    """Return a choice as it is kept: shown are id and label; `means` is what it stands for in words (office/choosing.py)."""
    choice = {"id": choice_id, "label": button["title"], "command": button["payload"]}
    return {**choice, "means": button["means"]} if "means" in button else choice


def _kind(reply: Said, payload: Mapping[str, Any]) -> str:
    said = reply.custom.get("kind")
    if said in KINDS:
        return str(said)
    fitting = (
        kind for kind, key in (("answer", "article"), ("ticket", "ticket"), ("choices", "choices")) if key in payload
    )
    return next(fitting, "text")


def _known_fields(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the public contract does not name, and what has no value."""
    return {name: outcome[name] for name in _OUTCOME_FIELDS if outcome.get(name) is not None}
