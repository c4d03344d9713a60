"""Danish as spaCy reads it: words, and the names of companies, people and places that pre-fill an inquiry.

The configured pipeline is `da_core_news_sm`. Where it is not installed, a blank Danish pipeline with the rules below
takes its place, and nothing else changes. A trained model remembers which one it was made with.
"""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from pathlib import Path
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

logger = logging.getLogger(__name__)

STAND_IN = "blank da with rules"
_ONLY_NAMES = ["tok2vec", "transformer", "ner"]  # the parts of a trained pipeline that finding names needs
_LABELS = {
    "ORG": "company",
    "PER": "person",
    "LOC": "place",
    "GPE": "place",
    "company": "company",
    "person": "person",
    "place": "place",
}

_NAME = r"[A-ZÆØÅÉ][\wæøåÆØÅé'&.-]*"
_LEGAL_FORM = r"(?:ApS|APS|Aps|A/S|I/S|K/S|P/S|IVS|A\.?M\.?B\.?A\.?|F\.?M\.?B\.?A\.?|S\.?M\.?B\.?A\.?|amba|v/)"
_STREET = (
    r"(?:[A-ZÆØÅ][\wæøåÆØÅé.]* ){0,2}"
    r"[A-ZÆØÅ][\wæøåÆØÅé]*(?:vej|gade|[Aa]llé|[Aa]lle|plads|torv|stræde|vænge|parken|kaj|bakken|toften|engen|stien|boulevard|havn)(?:en|et)?"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # "Murermester Hansen ApS", "Nordlys Café I/S"; a sole trader's "Lones Hår v/ Lone Jensen"
    (
        "company",
        re.compile(
            rf"\b(?P<name>(?:{_NAME} (?:& |og )?){{1,4}}{_LEGAL_FORM}(?: ?{_NAME}(?: {_NAME})?)?)(?=$|[\s,.;:!?)])"
        ),
    ),
    # "Industrivej 12B, 2. sal, 9990 Lindhavn", "Havnegade 4", "på Søndre Ringvej"
    (
        "place",
        re.compile(
            rf"\b(?P<name>{_STREET}(?: \d+ ?[A-Za-z]?\b)?(?:,? \d\. ?(?:sal|th|tv|mf)\.?)?"
            rf"(?:,? \d{{4}} {_NAME}(?: [A-ZÆØÅ]\b)?)?)"
        ),
    ),
    ("place", re.compile(rf"\b(?P<name>[1-9]\d{{3}} {_NAME}(?: [NSØVKC]\b)?)")),
    (
        "person",
        re.compile(
            rf"(?:\b[Jj]eg hedder|\b[Mm]it navn er|\b[Nn]avn:|\b[Ii] am|\b[Mm]y name is) (?P<name>{_NAME}(?: {_NAME}){{0,3}})"
        ),
    ),
    (
        "person",
        re.compile(
            r"(?:\b[Mm]vh\.?|\b[Vv]h\.?|\b[Hh]ilsen|\b[Hh]ilsner|\bKind regards|\bRegards),?\s+"
            rf"(?P<name>{_NAME}(?: {_NAME}){{0,3}})"
        ),
    ),
)


class LanguageMismatch(RasaException):
    """The model was trained with another Danish pipeline than the one installed here."""


@Language.component("danish_names")
def danish_names(doc: Doc) -> Doc:
    """Add the names that rules find; where a rule and a trained model disagree, the longer span stays."""
    found = [span for label, pattern in _RULES for span in _spans(doc, label, pattern)]
    doc.ents = tuple(filter_spans([*found, *doc.ents]))
    return doc


def _spans(doc: Doc, label: str, pattern: re.Pattern[str]) -> list[Span]:
    matches = (match.span("name") for match in pattern.finditer(doc.text))
    spans = (doc.char_span(start, end, label=label, alignment_mode="expand") for start, end in matches)
    return [span for span in spans if span is not None]


def installed(model: str) -> bool:
    """Tell whether spaCy can load `model`, a package name or a folder."""
    return spacy.util.is_package(model) or Path(model).is_dir()


@cache
def pipeline(model: str) -> Language:
    """Return the Danish pipeline: `model` where it is installed, else the stand-in. Says once in the log which."""
    if installed(model):
        nlp = spacy.load(model)
        nlp.select_pipes(enable=[name for name in nlp.pipe_names if name in _ONLY_NAMES])
        logger.info("Danish language pipeline: %s %s", model, nlp.meta["version"])
    else:
        nlp = spacy.blank("da")
        logger.info("Danish language pipeline: %s (%s is not installed)", STAND_IN, model)
    nlp.add_pipe("danish_names", last=True)
    return nlp


def pipeline_name(model: str) -> str:
    """Return what a trained model must remember: the name of the pipeline that runs here."""
    return Path(model).name if installed(model) else STAND_IN


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class DanishLanguage(Tokenizer):
    """Tokenises with spaCy and finds companies, people and places."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"model": "da_core_news_sm", "intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DanishLanguage:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DanishLanguage:
        """Load, or raise LanguageMismatch when the model was made with another pipeline."""
        with model_storage.read_from(resource) as folder:
            made_with = json.loads((folder / "language.json").read_text(encoding="utf-8"))["pipeline"]
        here = pipeline_name(config["model"])
        if made_with != here:
            raise LanguageMismatch(
                f"This model was trained with the Danish pipeline '{made_with}', but '{here}' is what is installed. "
                f"Train again (make train), or install the pipeline it was made with."
            )
        return cls(config, model_storage, resource)

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config)
        self._storage = model_storage
        self._resource = resource
        self._nlp = pipeline(config["model"])

    def train(self, training_data: TrainingData) -> Resource:
        """Remember which pipeline the model is made with."""
        with self._storage.write_to(self._resource) as folder:
            remembered = json.dumps({"pipeline": pipeline_name(self._config["model"])})
            (folder / "language.json").write_text(remembered, encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: nothing here learns from tokens, and Rasa would hash them after every step."""
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        return _tokens(self._nlp.make_doc(message.get(attribute)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Tokenise, and add the names found as entities."""
        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith("/"):
                continue
            doc = self._nlp(text)
            message.set("text_tokens", _tokens(doc))
            found = [entity for span in doc.ents if (entity := self._entity(span))]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entity(self, span: Span) -> dict[str, Any] | None:
        label = _LABELS.get(span.label_)
        if label is None:
            return None
        return {
            "entity": label,
            "value": span.text.strip(" ,."),
            "start": span.start_char,
            "end": span.end_char,
            "extractor": type(self).__name__,
        }


def _tokens(doc: Doc) -> list[Token]:
    return [Token(token.text, token.idx, lemma=token.lemma_ or token.text) for token in doc if not token.is_space]
