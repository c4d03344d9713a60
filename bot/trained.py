"""A trained model opened without a server: what it understands with, for the editor's tools."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.classifier import Understanding
from bot.decision import Decider, Decision, Thresholds
from bot.embedding import Encoder, Meanings, SentenceEmbedding, encoder
from bot.mixture import Mixture


@dataclass(frozen=True)
class Trained:
    """The encoder, the mixture and the decider of one model."""

    encoder: Encoder
    mixture: Mixture
    decider: Decider

    def understand(self, text: str) -> tuple[np.ndarray, Decision]:
        """Return the meaning of `text` as a vector, and what the assistant would do with it."""
        meanings = Meanings(self.encoder, text)
        return meanings([text])[0], self.decider.decide(text, meanings)


def open_model(path: Path) -> Trained:
    """Open the model (.tar.gz) that `python -m bot.train` wrote, with the settings it was trained with."""
    with tempfile.TemporaryDirectory() as folder:
        storage, metadata = LocalModelStorage.from_model_archive(Path(folder), path)
        nodes = metadata.predict_schema.nodes.values()
        understanding = next(node for node in nodes if node.uses is Understanding)
        meaning = next(node for node in nodes if node.uses is SentenceEmbedding)
        with storage.read_from(understanding.resource) as files:
            mixture = Mixture.load(files)
    decider = Decider(mixture, Thresholds(**_configuration(understanding)["thresholds"]))
    return Trained(encoder(_configuration(meaning)["encoder"]), mixture, decider)


def _configuration(node: SchemaNode) -> dict[str, Any]:
    return {**node.uses.get_default_config(), **node.config}
