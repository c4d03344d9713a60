"""What a text looks like to the mixture, in order: the likeliest articles, case types and kinds of message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.mixture import Guess, Mixture

OUTSIDE = ("out_of_scope", "private_matter")


@dataclass(frozen=True)
class Ranking:
    """What one text looks like: best articles and cases (shares within their kind) and kinds, best first."""

    articles: list[tuple[str, float]]
    cases: list[tuple[str, float]]
    kinds: list[tuple[str, float]]
    labels: list[tuple[str, float]]

    @property
    def kind(self) -> str:
        return self.kinds[0][0]

    def chance(self, kind: str) -> float:
        return dict(self.kinds).get(kind, 0.0)

    def share(self, article: str) -> float:
        """Return the article's share among the articles; 0 when it is not one of the likeliest."""
        return dict(self.articles).get(article, 0.0)

    @property
    def outside(self) -> float:
        """Return the probability that the text is not for a business office."""
        return sum(self.chance(kind) for kind in OUTSIDE)


def ranking(mixture: Mixture, guess: Guess) -> Ranking:
    """Sort a guess."""
    order = np.argsort(-guess.labels)
    kinds = [(mixture.kinds[i], float(guess.kinds[i])) for i in np.argsort(-guess.kinds)]
    labels = [(mixture.labels[i], float(guess.labels[i])) for i in order[:10]]
    return Ranking(
        _within(mixture, guess, order, "answer", 5), _within(mixture, guess, order, "case", 3), kinds, labels
    )


def _within(mixture: Mixture, guess: Guess, order: np.ndarray, kind: str, top: int) -> list[tuple[str, float]]:
    prefix = f"{kind}/"
    chosen = [i for i in order if mixture.labels[i].startswith(prefix)]
    total = float(guess.labels[chosen].sum()) or 1.0
    return [(mixture.labels[i][len(prefix) :], float(guess.labels[i]) / total) for i in chosen[:top]]
