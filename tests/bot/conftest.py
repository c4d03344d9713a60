"""Small stand-ins for tests of the understanding: an encoder that needs no weights, and Rasa's storage in a folder."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource


class WordEncoder:
    """Texts that share words get similar vectors. `calls` counts the texts encoded."""

    name = "words"
    dimension = 48

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> np.ndarray:
        words = text.lower().replace("?", " ").split() or [""]
        total = sum(np.random.default_rng(zlib.crc32(word.encode())).normal(size=self.dimension) for word in words)
        return (total / np.linalg.norm(total)).astype(np.float32)


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def storage(tmp_path):
    return LocalModelStorage(tmp_path)


@pytest.fixture
def resource() -> Resource:
    return Resource("component")


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name="component")
