"""Training data from knowledge/: an article's questions and a case type's messages become NLU examples.

Registered in config.yml on top of Rasa's own file importer, so that data/nlu/ holds only what belongs to conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rasa.shared.nlu.training_data.util as names
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge import Article, CaseType, load

ROLE = "role"
DESCRIPTION = "description"  # a text about the label (title, summary …), not an example of what people write
_SHORTEST = 40  # characters; shorter paragraphs (headings, single list items) say too little alone
_MARKUP = re.compile(r"^#+ .*$|[*_`]|^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)


def is_description(message: Message) -> bool:
    """Tell whether a training message is a text about its label instead of an example of what people write."""
    return (message.get("metadata") or {}).get("example", {}).get(ROLE) == DESCRIPTION


class KnowledgeImporter(RasaFileImporter):
    """Rasa's file importer, with the examples and responses that follow from the articles and case types."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        knowledge: str | None = None,
    ) -> None:
        """`knowledge` names the folder; the project's own by default. Raises KnowledgeError when it is in error."""
        super().__init__(config_file, domain_path, training_data_paths)
        self._knowledge = load(Path(knowledge) if knowledge else None)

    def get_nlu_data(self, language: str | None = "da") -> TrainingData:
        """Return the conversation's examples and the knowledge's."""
        return super().get_nlu_data(language).merge(self._from_knowledge())

    def _from_knowledge(self) -> TrainingData:
        messages: list[Message] = []
        responses: dict[str, list[dict[str, Any]]] = {}
        for article in self._knowledge.articles.values():
            label = f"answer/{article.id}"
            messages += [_message(text, label) for texts in article.questions.values() for text in texts]
            messages += [_message(text, label, DESCRIPTION) for text in describe_article(article)]
            responses[names.intent_response_key_to_template_key(label)] = [{"text": article.title}]
        for case in self._knowledge.cases.values():
            label = f"case/{case.id}"
            messages += [_message(text, label) for texts in case.messages.values() for text in texts]
            messages += [_message(text, label, DESCRIPTION) for text in describe_case(case)]
            responses[names.intent_response_key_to_template_key(label)] = [{"text": case.title}]
        return TrainingData(messages, responses=responses)


def _message(text: str, label: str, role: str | None = None) -> Message:
    return Message.build(text=text, intent=label, example_metadata={ROLE: role} if role else None)


def describe_article(article: Article) -> list[str]:
    """Return what the article says about itself: title, summary, and the paragraphs of its body."""
    texts = [article.title, article.summary]
    if article.english:
        texts += [article.english.title, article.english.summary]
    return [*texts, *_paragraphs(article.body)]


def describe_case(case: CaseType) -> list[str]:
    """Return what the case type says about itself."""
    return [case.title, case.title_en, f"{case.title}. {case.why}"]


def _paragraphs(body: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", body):
        text = " ".join(_MARKUP.sub("", block).split())
        if len(text) >= _SHORTEST:
            yield text
