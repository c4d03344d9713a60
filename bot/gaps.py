"""Messages grouped by what they mean, with the article each group is nearest to.

Nothing that visitors wrote is kept: it is encoded in memory, past the cache of training lines.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from bot.decision import Decision
from bot.language import pipeline
from bot.places import Lines
from bot.text import language_of
from bot.trained import Trained

# Mean distance (1 - cosine around the centre of the training lines) below which two groups are one.
ALIKE = 0.6
_MASKS = {"person": "[navn]", "company": "[virksomhed]", "place": "[adresse]"}


def without_names(text: str, language_model: str = "da_core_news_sm") -> str:
    """Return `text` on one line with names of people, companies and house addresses masked."""
    document = pipeline(language_model)(" ".join(text.split()))
    masked = document.text
    for name in reversed(document.ents):
        # A place without a number ("på torvet", "i Odense") is part of the question and points at nobody.
        if name.label_ in _MASKS and (name.label_ != "place" or any(map(str.isdigit, name.text))):
            masked = masked[: name.start_char] + _MASKS[name.label_] + masked[name.end_char :]
    return masked


def group(texts: list[str], trained: Trained, lines: Lines) -> list[dict[str, Any]]:
    """Return groups of texts that mean the same, largest first.

    Each has its `members` (indices into `texts`), its `texts` from the most typical on, their `language`, whether the
    present model would answer or take up each as a case (`understood`, one per member), and the `article` most of them
    are nearest to, with the mean `share` it gets among the articles.
    """
    if not texts:
        return []
    meanings = trained.meanings(texts)
    vectors = lines.around_centre(np.stack([meanings[text] for text in texts]))
    decisions = [trained.decide(text, meanings) for text in texts]
    groups = [_described(rows, texts, vectors, decisions) for rows in _clusters(vectors)]
    return sorted(groups, key=lambda found: -len(found["members"]))


def _clusters(vectors: np.ndarray) -> list[np.ndarray]:
    if len(vectors) == 1:
        return [np.zeros(1, dtype=int)]
    cluster_of = fcluster(linkage(vectors, "average", metric="cosine"), ALIKE, criterion="distance")
    return [np.flatnonzero(cluster_of == cluster) for cluster in np.unique(cluster_of)]


def _described(rows: np.ndarray, texts: list[str], vectors: np.ndarray, decisions: list[Decision]) -> dict[str, Any]:
    typical = rows[np.argsort(-(vectors[rows] @ vectors[rows].mean(axis=0)))]
    shares: Counter[str] = Counter()
    for row in rows:
        shares.update(dict(decisions[row].understanding["articles"]))
    article, total = shares.most_common(1)[0]
    return {
        "members": typical.tolist(),
        "texts": [texts[row] for row in typical],
        "understood": [_is_understood(decisions[row]) for row in typical],
        "language": language_of(texts[typical[0]]),
        "article": article,
        "share": total / len(rows),
    }


def _is_understood(decision: Decision) -> bool:
    questions = decision.understanding["questions"]
    return decision.intent == "case" or any(question["decision"] == "answer" for question in questions)
