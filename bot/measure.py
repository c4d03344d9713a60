"""Compare candidates for understanding: `python -m bot.measure`, from the project's folder, in the engine's environment.

Each candidate is fitted on four fifths of the training lines and asked about the fifth left out, and about the labelled
questions and cases in tests/evaluation, which nothing is ever trained on. Prints how often the right label comes first and
among the first three, and how long one message takes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bot import lean

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
lean.leave_out()

from bot.embedding import EmbeddingCache, cache_folder, encoder  # noqa: E402
from bot.importer import DESCRIPTION, ROLE, KnowledgeImporter  # noqa: E402
from bot.mixture import Examples, Mixture, left_out  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
CANDIDATES = {
    "n-grams, linear SVM": 0,
    "embeddings, logistic regression": 1,
    "nearest neighbours": 2,
    "similarity to title, summary, body": 3,
}


def main() -> None:
    """Print the comparison."""
    examples = _training_lines()
    held_out = left_out(examples.texts, np.unique(examples.labels, return_inverse=True)[1])
    mixture = Mixture.fit(_rows(examples, ~held_out), lambda step: print(f"  {step}", flush=True))
    sets = {
        "training lines left out": _lines(_rows(examples, held_out)),
        "unseen questions": _labelled("answers_da", lambda line: [f"answer/{a}" for a in line["articles"]]),
        "unseen cases": _labelled("cases_da", lambda line: [f"case/{line['type']}"]),
        "unseen, other languages": _labelled("other_languages", lambda line: [f"answer/{a}" for a in line["articles"]]),
    }
    for name, lines in sets.items():
        _print_set(name, mixture, list(lines))


Line = tuple[str, np.ndarray, list[str]]


def _training_lines() -> Examples:
    data = KnowledgeImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]).get_nlu_data()
    lines, described = [], []
    for message in data.intent_examples:
        role = (message.get("metadata") or {}).get("example", {}).get(ROLE)
        (described if role == DESCRIPTION else lines).append((message.get("text"), message.get_full_intent()))
    texts, labels = map(list, zip(*lines, strict=True))
    about, about_labels = map(list, zip(*described, strict=True))
    return Examples(texts, _meanings(texts), labels, about_labels, _meanings(about))


def _meanings(texts: list[str]) -> np.ndarray:
    return EmbeddingCache(encoder("onnx-int8"), cache_folder()).encode(texts)


def _rows(examples: Examples, chosen: np.ndarray) -> Examples:
    rows = np.flatnonzero(chosen)
    return Examples(
        [examples.texts[row] for row in rows],
        examples.vectors[rows],
        [examples.labels[row] for row in rows],
        examples.described,
        examples.descriptions,
    )


def _lines(examples: Examples) -> Iterator[Line]:
    for text, vector, label in zip(examples.texts, examples.vectors, examples.labels, strict=True):
        yield text, vector, [label]


def _labelled(name: str, labels_of: Callable[[dict[str, Any]], list[str]]) -> Iterator[Line]:
    text = (ROOT / "tests" / "evaluation" / "development" / f"{name}.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    for line, vector in zip(lines, _meanings([line["text"] for line in lines]), strict=True):
        yield line["text"], vector, labels_of(line)


def _print_set(name: str, mixture: Mixture, lines: list[Line]) -> None:
    print(f"\n{name}: {len(lines)} lines")
    print(f"{'candidate':<38}{'first':>8}{'first three':>13}")
    scores = [mixture.evidence(text, vector) for text, vector, _ in lines]
    for candidate, row in CANDIDATES.items():
        _print_row(candidate, mixture, [each[row] for each in scores], lines)
    started = time.perf_counter()
    guesses = [mixture.guesses([text], vector[np.newaxis])[0].labels for text, vector, _ in lines]
    spent = (time.perf_counter() - started) / len(lines) * 1000
    _print_row("the mixture", mixture, guesses, lines)
    print(f"{'':38}{spent:.1f} ms a message, beside the encoder")


def _print_row(candidate: str, mixture: Mixture, scores: Iterable[np.ndarray], lines: list[Line]) -> None:
    first = three = 0
    for each, (_, _, wanted) in zip(scores, lines, strict=True):
        best = [mixture.labels[i] for i in np.argsort(-each)[:3]]
        first += best[0] in wanted
        three += bool(set(best) & set(wanted))
    print(f"{candidate:<38}{first / len(lines):>8.1%}{three / len(lines):>13.1%}")


if __name__ == "__main__":
    main()
