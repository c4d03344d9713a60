"""Characters as evidence: n-grams within words, weighted by rarity (tf-idf with sublinear counts).

They carry what an encoder blurs: compound words, misspellings, trade names. Built without scikit-learn so that
answering needs neither its import time nor its memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

SIZES = (2, 3, 4, 5)
_WORD = re.compile(r"\S+")
_DIGIT = re.compile(r"\d")
# People without a Danish keyboard write "aa", "oe", "ae" or just the bare letter: all become one.
_FOLD = str.maketrans({"å": "a", "ä": "e", "æ": "e", "ø": "o", "ö": "o", "é": "e", "ü": "u"})
_DIGRAPHS = (("aa", "a"), ("oe", "o"), ("ae", "e"))


def fold(text: str) -> str:
    """Return `text` in lower case with digits levelled and the spellings of æ, ø and å made one."""
    text = _DIGIT.sub("0", text.lower()).translate(_FOLD)
    for pair, letter in _DIGRAPHS:
        text = text.replace(pair, letter)
    return text


def grams(text: str) -> Counter[str]:
    """Return how often each n-gram occurs; words are padded by a space so that starts and ends count."""
    found: Counter[str] = Counter()
    for word in _WORD.findall(fold(text)):
        padded = f" {word} "
        for size in SIZES:
            found.update(padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))
    return found


class NGrams:
    """Vectorises texts over the n-grams that occurred in at least `minimum` training texts."""

    def __init__(self, vocabulary: Sequence[str], rarity: np.ndarray) -> None:
        self.vocabulary = list(vocabulary)
        self.rarity = rarity.astype(np.float32)
        self._index = {gram: i for i, gram in enumerate(self.vocabulary)}

    @classmethod
    def learn(cls, texts: Iterable[str], minimum: int = 2) -> NGrams:
        """Return a vectoriser whose vocabulary and rarities come from `texts`."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update(grams(text).keys())
            total += 1
        kept = sorted(gram for gram, count in counts.items() if count >= minimum)
        rarity = np.log((1 + total) / (1 + np.array([counts[gram] for gram in kept]))) + 1
        return cls(kept, rarity)

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns that `text` fills and their weights (length one together)."""
        known = [(self._index[gram], count) for gram, count in grams(text).items() if gram in self._index]
        columns = np.array([column for column, _ in known], dtype=np.int32)
        counts = np.array([count for _, count in known], dtype=np.float32)
        weights = (1 + np.log(counts)) * self.rarity[columns] if len(known) else counts
        length = float(np.linalg.norm(weights))
        return columns, weights / length if length else weights

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row per text."""
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.int32)
        weights = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, np.float32)
        return sparse.csr_matrix((weights, columns, ends), shape=(len(rows), len(self.vocabulary)), dtype=np.float32)
