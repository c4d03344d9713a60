"""Which training lines pipelines are compared on: those held back, and a sample for what is slow to learn.

The sample is small enough for Rasa's default pipeline to learn in an hour instead of two days. Every label has its share, so that
it asks of a pipeline what all lines ask: to tell all articles, case types and kinds of message apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.importer import KnowledgeImporter, is_description
from bot.mixture import is_left_out

_LINES_OF_A_TOPIC = 20  # an article or a case type, or one of the follow-up questions
_LINES_OF_A_KIND = 40  # a kind of message that has no topics ("out_of_scope")
_WORDS = 40  # of a line; what a network pads all lines of a batch to costs more than it teaches
_FLAT, _DEEP = ":", "/"  # Rasa keeps what follows a slash from the intent classifier


def sample(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Return the places of the lines in the sample, ascending: chosen by the text alone, so the same whatever the order."""
    of_label: dict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if len(text.split()) <= _WORDS:
            of_label[label].append((hashlib.sha256(text.encode()).digest(), place))
    size = {label: _LINES_OF_A_TOPIC if _DEEP in label else _LINES_OF_A_KIND for label in of_label}
    return sorted(place for label, lines in of_label.items() for _, place in sorted(lines)[: size[label]])


def is_held_back(text: str) -> bool:
    """Tell whether a training line is asked about instead of learned from.

    Half of those that the encoder has not learned from either; the other half is what the mixture weighs its evidence by.
    """
    return is_left_out(text) and hashlib.sha256(text.encode()).digest()[1] < 128


def flat(label: str) -> str:
    """Return the intent that stands for a label, so that one classifier tells all labels apart: "answer:moms"."""
    return label.replace(_DEEP, _FLAT)


def deep(intent: str) -> str:
    """Return the label that an intent stands for."""
    return intent.replace(_FLAT, _DEEP)


class SampleImporter(KnowledgeImporter):
    """The importer of the sample, with every label an intent of its own."""

    def get_nlu_data(self, language: str | None = "da") -> TrainingData:
        """Return the sample; descriptions of labels are left out, since this pipeline cannot tell them from questions."""
        lines = [
            (message.get("text"), message.get_full_intent())
            for message in super().get_nlu_data(language).intent_examples
            if not is_description(message)
        ]
        texts, labels = map(list, zip(*lines, strict=True))
        return TrainingData(
            [Message.build(text=texts[place], intent=flat(labels[place])) for place in sample(texts, labels)]
        )
