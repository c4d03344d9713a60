"""Training lines that mean something nearer to another topic than to their own: put in the wrong file, or topics that overlap.

Each line is held against all the others (leave-one-out): the mean cosine to the three nearest lines of its own topic, and to
the three nearest of every other. Planted mistakes (200 of 14,000 lines moved to a random topic) came out best this way: 43 % of
the 200 worst lines were planted ones; with character n-grams added 38 %, by ridge regression with leave-one-out residuals 32 %.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from bot.places import Lines

_NEIGHBOURS = 3
_AT_ONCE = 1000  # lines compared with all others at a time, for memory's sake


def find(lines: Lines, most: int) -> dict[str, Any]:
    """Return the `most` misplaced lines, worst first, with the other topic and its nearest line; and what is mixed up most.

    `count` says how many lines are nearer to another topic, of `lines`; `pairs` are (own topic, other topic, lines).
    """
    topics = sorted({example.topic for example in lines.examples})
    own = np.array([topics.index(example.topic) for example in lines.examples])
    order = np.argsort(own, kind="stable")
    margins, others, nearest = (
        np.concatenate(part) for part in zip(*_compared(lines.vectors, own, order), strict=True)
    )
    misplaced = np.flatnonzero(margins > 0)
    worst = misplaced[np.argsort(-margins[misplaced])][:most]
    pairs = Counter((topics[own[row]], topics[others[row]]) for row in misplaced)
    return {
        "lines": len(own),
        "count": len(misplaced),
        "worst": [
            {
                **_place(lines, row),
                "other": topics[others[row]],
                "nearest": _place(lines, nearest[row]),
            }
            for row in worst
        ],
        "pairs": [[*pair, count] for pair, count in pairs.most_common(10)],
    }


def _compared(vectors: np.ndarray, own: np.ndarray, order: np.ndarray) -> Any:
    """Yield, a slice of lines at a time: how much nearer another topic is than the own one, which, and its nearest line."""
    starts = np.searchsorted(own[order], np.arange(own.max() + 1))
    ends = np.append(starts[1:], len(own))
    for first in range(0, len(own), _AT_ONCE):
        rows = np.arange(first, min(first + _AT_ONCE, len(own)))
        here = np.arange(len(rows))
        cosines = vectors[rows] @ vectors.T
        cosines[here, rows] = -1  # a line is no neighbour of itself
        cosines = cosines[:, order]
        scores = np.stack([_nearest_few(cosines[:, a:b]) for a, b in zip(starts, ends, strict=True)], axis=1)
        mine = scores[here, own[rows]].copy()
        scores[here, own[rows]] = -1
        others = scores.argmax(axis=1)
        found = [starts[o] + cosines[i, starts[o] : ends[o]].argmax() for i, o in zip(here, others, strict=True)]
        yield scores[here, others] - mine, others, order[found]


def _nearest_few(cosines: np.ndarray) -> np.ndarray:
    few = min(_NEIGHBOURS, cosines.shape[1])
    return np.partition(cosines, -few, axis=1)[:, -few:].mean(axis=1)


def _place(lines: Lines, row: int) -> dict[str, Any]:
    example = lines.examples[row]
    return {"text": example.text, "topic": example.topic, "file": example.file, "line": example.line}
