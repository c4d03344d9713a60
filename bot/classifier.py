"""Rasa's view of the understanding: trains the mixture, and gives every message its intent and `understanding`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.decision import Decider, Decision, Thresholds
from bot.embedding import MEANINGS, SentenceEmbedding
from bot.importer import is_description
from bot.mixture import Examples, Mixture


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(IntentClassifier, GraphComponent):
    """Recognises the kind of message, the article or the case type, and decides what may be done with it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"thresholds": {}}

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEmbedding]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train anew when the code of the mixture changes, not only when this class does."""
        sources = sorted(Path(__file__).parent.glob("*.py"))
        return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Understanding:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Understanding:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Mixture.load(folder))

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, mixture: Mixture | None = None
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._decider = Decider(mixture, Thresholds(**config["thresholds"])) if mixture else None

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the mixture and keep it in the model."""
        mixture = Mixture.fit(examples_of(training_data), say=lambda step: print(f"  {step}", flush=True))
        with self._storage.write_to(self._resource) as folder:
            mixture.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and `understanding` on messages that the encoder has read."""
        for message in messages:
            meanings = message.get(MEANINGS)
            if meanings is not None and self._decider:
                _attach(message, self._decider.decide(message.get(TEXT), meanings))
        return messages


def examples_of(training_data: TrainingData) -> Examples:
    """Sort Rasa's training data into examples and descriptions of labels."""
    texts, labels, vectors, described, descriptions = [], [], [], [], []
    for message in training_data.intent_examples:
        label = message.get_full_intent()
        vector = message.features[0].features[0]
        if is_description(message):
            described.append(label)
            descriptions.append(vector)
        else:
            texts.append(message.get(TEXT))
            labels.append(label)
            vectors.append(vector)
    known = set(labels)
    kept = [i for i, label in enumerate(described) if label in known]
    width = vectors[0].shape[0]
    return Examples(
        texts,
        np.stack(vectors),
        labels,
        [described[i] for i in kept],
        np.stack([descriptions[i] for i in kept]) if kept else np.zeros((0, width), np.float32),
    )


def _attach(message: Message, decision: Decision) -> None:
    message.set(
        INTENT,
        {INTENT_NAME_KEY: decision.intent, PREDICTED_CONFIDENCE_KEY: decision.confidence},
        add_to_output=True,
    )
    kinds = decision.understanding["intents"]
    message.set(
        INTENT_RANKING_KEY,
        [{INTENT_NAME_KEY: kind, PREDICTED_CONFIDENCE_KEY: chance} for kind, chance in kinds],
        add_to_output=True,
    )
    message.set("understanding", decision.understanding, add_to_output=True)
