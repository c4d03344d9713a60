"""Messages grouped by what they mean, with the article each group is nearest to.

Nothing that visitors wrote is kept: it is encoded in memory, past the cache of training lines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from bot.decision import Decision
from bot.language import pipeline
from bot.mixture import Mixture
from bot.places import Lines
from bot.text import language_of
from bot.trained import Trained

ARTICLE = "answer/"
# Mean distance (1 - cosine) below which two groups are one. On 520 labelled questions over 65 articles this made 96 groups, 93 %
# of whose members shared the article of their majority; meaning alone made groups of which 39-67 % did.
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

    Each has its `members` (indices into `texts`) and their `texts`, the most typical first; whether the model would now answer
    or take up each as a case (`understood`, one per member); the `language` of the most typical; and the `article` they are
    nearest to with its mean `share` among the articles.
    """
    if not texts:
        return []
    meanings, decisions = zip(*map(trained.understand, texts), strict=True)
    vectors = np.stack(meanings)
    shares = _shares(texts, vectors, trained.mixture)
    # Vectors of length one each: what a text means, and which articles it is near to.
    features = np.hstack([lines.around_centre(vectors), np.sqrt(shares)])
    found = []
    for rows in _clusters(features):
        typical = rows[np.argsort(-(features[rows] @ features[rows].mean(axis=0)))]
        mean = shares[rows].mean(axis=0)
        found.append(
            {
                "members": typical.tolist(),
                "texts": [texts[row] for row in typical],
                "understood": [_is_understood(decisions[row]) for row in typical],
                "language": language_of(texts[typical[0]]),
                "article": trained.mixture.labels[mean.argmax()].removeprefix(ARTICLE),
                "share": float(mean.max()),
            }
        )
    return sorted(found, key=lambda each: -len(each["members"]))


def _shares(texts: list[str], vectors: np.ndarray, mixture: Mixture) -> np.ndarray:
    """Return the share of each article among the articles: (texts, labels), 0 for labels that are no article."""
    is_article = np.array([label.startswith(ARTICLE) for label in mixture.labels])
    chances = np.stack([guess.labels for guess in mixture.guesses(texts, vectors)])
    return chances * is_article / (chances * is_article).sum(axis=1, keepdims=True)


def _clusters(features: np.ndarray) -> list[np.ndarray]:
    if len(features) == 1:
        return [np.zeros(1, dtype=int)]
    cluster_of = fcluster(linkage(features, "average", metric="cosine"), ALIKE, criterion="distance")
    return [np.flatnonzero(cluster_of == cluster) for cluster in np.unique(cluster_of)]


def _is_understood(decision: Decision) -> bool:
    questions = decision.understanding["questions"]
    return decision.intent == "case" or any(question["decision"] == "answer" for question in questions)
