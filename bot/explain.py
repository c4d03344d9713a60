"""Why a message is understood as it is: the decision, and the evidence for each of its likeliest topics.

Each kind of evidence ranks the topics by itself; the place it gives a topic says how strongly it spoke for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.places import Lines
from bot.text import parts_of
from bot.trained import Trained

EVIDENCE = ("characters", "meaning", "neighbours", "description")  # the rows of Mixture.evidence
_CANDIDATES = 4
_NEAREST = 2


def explain(text: str, trained: Trained, lines: Lines) -> dict[str, Any]:
    """Return the decision about `text`, its parts, and the likeliest topics with chance, places and nearest lines.

    `places` gives, for each kind of evidence, the candidate's place among all topics (1 = spoke for it most), if it has one.
    """
    vector, decision = trained.understand(text)
    chances = trained.mixture.guesses([text], vector[np.newaxis])[0].labels
    evidence = trained.mixture.evidence(text, vector)
    best = [int(row) for row in np.argsort(-chances)[:_CANDIDATES]]
    return {
        "intent": decision.intent,
        "confidence": decision.confidence,
        "understanding": decision.understanding,
        "parts": parts_of(text),
        "candidates": [
            {
                "topic": trained.mixture.labels[row],
                "chance": float(chances[row]),
                "places": dict(zip(EVIDENCE, _places(evidence, row), strict=True)),
                "nearest": [
                    {"text": line.text, "file": line.file, "line": line.line, "cosine": cosine}
                    for line, cosine in lines.nearest(vector, trained.mixture.labels[row], _NEAREST)
                ],
            }
            for row in best
        ],
    }


def _places(evidence: np.ndarray, row: int) -> list[int | None]:
    """Return a label's place in each kind of evidence; None where it has nothing to go by (a label without description)."""
    return [1 + int((scores > scores[row]).sum()) if scores[row] else None for scores in evidence]
