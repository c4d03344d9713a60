"""The training lines as an editor knows them: words, topic, file and line number, with their meaning as vectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.embedding import EmbeddingCache, Encoder, cache_folder
from knowledge.examples import Example, read_examples

ROOT = Path(__file__).resolve().parent.parent
_INTENT = re.compile(r"\s*- intent:\s*(\S+)")
_LINE = re.compile(r"\s+- (.+)")


@dataclass(frozen=True)
class Lines:
    """All training lines and one vector each: (lines, width), of length one around their common `centre` (width,)."""

    examples: list[Example]
    vectors: np.ndarray
    centre: np.ndarray

    def around_centre(self, vectors: np.ndarray) -> np.ndarray:
        """Return other meanings seen from the same centre, of length one."""
        return _around(vectors, self.centre)

    def nearest(self, vector: np.ndarray, topic: str, most: int) -> list[tuple[Example, float]]:
        """Return the lines of `topic` nearest to a meaning, nearest first, with the cosine of the angle between them."""
        cosines = self.vectors @ self.around_centre(vector[np.newaxis])[0]
        own = [row for row in np.argsort(-cosines) if self.examples[row].topic == topic]
        return [(self.examples[row], float(cosines[row])) for row in own[:most]]


def read_lines(encoder: Encoder, root: Path = ROOT) -> Lines:
    """Return the lines of the project in `root`, from knowledge/ and data/nlu/. Known meanings come from the cache."""
    examples = [*read_examples(root / "knowledge"), *_conversation(root / "data" / "nlu")]
    vectors = EmbeddingCache(encoder, cache_folder()).encode([example.text for example in examples])
    centre = vectors.mean(axis=0)
    return Lines(examples, _around(vectors, centre), centre)


def _around(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    moved = vectors - centre
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)


def _conversation(folder: Path) -> Iterator[Example]:
    """Yield the examples in Rasa's files, read line by line since Rasa's own reader forgets where they stood."""
    for path in sorted(folder.glob("*.yml")):
        intent = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if found := _INTENT.match(line):
                intent = found[1]
            elif found := _LINE.match(line):
                yield Example(found[1].strip(), intent, f"data/nlu/{path.name}", number)
