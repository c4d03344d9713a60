"""A trained model opened without a server: what it understands with, for the editor's tools."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.classifier import Understanding
from bot.decision import Decider, Decision, Thresholds
from bot.embedding import MAX_CHARACTERS, Encoder, SentenceEmbedding, encoder
from bot.mixture import Mixture
from bot.text import segments


@dataclass(frozen=True)
class Trained:
    """The encoder, the mixture and the decider of one model."""

    encoder: Encoder
    mixture: Mixture
    decider: Decider

    def meanings(self, texts: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the vector of each text and of each part of it that may be a question of its own."""
        parts = list(dict.fromkeys(part for text in texts for part in (text, *segments(text))))
        if not parts:
            return {}
        return dict(zip(parts, self.encoder.encode([part[:MAX_CHARACTERS] for part in parts]), strict=True))

    def decide(self, text: str, meanings: dict[str, np.ndarray]) -> Decision:
        """Return what the assistant would do with `text`."""
        return self.decider.decide(text, meanings.__getitem__)


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
