"""How training and answering grow with the articles: `python -m bot.scale [65 500 2000]`, in the engine's environment.

Makes that many artificial articles beside the real case types and conversation: each owns a handful of compound words, put
together from words of the real questions, and its 60 questions are real questions with two words replaced by its own. So
lines are as long and as mixed as real ones, and every article can be learned. Each size runs in a process of its own.
Encoding costs the same for every line: it is timed on a sample, and the meaning of an artificial line is put together from
those of its question and its words, which saves half an hour at 2,000 articles.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from bot import lean

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
lean.leave_out()

from bot.decision import Decider  # noqa: E402
from bot.embedding import encoder  # noqa: E402
from bot.mixture import Examples, Mixture  # noqa: E402
from bot.places import Lines, read_lines  # noqa: E402

QUESTIONS = 60
_OWN_WORDS = 8
_ASKED = 200  # new questions that are timed and judged, or one an article


@dataclass
class Made:
    """Artificial lines: their texts, meanings (one row each) and labels."""

    texts: list[str] = field(default_factory=list)
    vectors: list[np.ndarray] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def main() -> None:
    """Measure each size and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="*", type=int, default=[65, 500, 2000])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)  # measure one size, in this process
    options = parser.parse_args()
    if options.one:
        json.dump(measure(options.articles[0]), sys.stdout)
        return
    print(
        f"{'articles':>9}{'lines':>9}{'encoding':>11}{'fitting':>10}{'memory':>11}{'model':>10}{'a message':>12}{'right':>8}"
    )
    for articles in options.articles:
        command = [sys.executable, "-m", "bot.scale", "--one", str(articles)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(
            f"{articles:>9}{found['lines']:>9}{found['encoding']:>9.0f} s{found['fitting']:>8.0f} s{found['memory']:>8.0f} MB"
            f"{found['model']:>7.0f} MB{found['message']:>9.1f} ms{found['right']:>8.1%}",
            flush=True,
        )


def measure(articles: int) -> dict[str, float]:
    """Fit a mixture on so many articles.

    Returns seconds, MB (`memory` at the peak, of this process and the largest of its helpers; `model` on disk), ms a message
    beside the encoder, and the share of new questions, made as the others, that find their article first.
    """
    real = read_lines(encoder("onnx-int8"))
    others = [row for row, example in enumerate(real.examples) if not example.topic.startswith("answer/")]
    known, asked = artificial(real, articles)
    texts = [*(real.examples[row].text for row in others), *known.texts]
    labels = [*(real.examples[row].topic for row in others), *known.labels]
    vectors = np.stack([*real.vectors[others], *known.vectors])
    started = time.perf_counter()
    mixture = Mixture.fit(Examples(texts, vectors, labels))
    fitting = time.perf_counter() - started
    message, right = _ask(mixture, asked)
    return {
        "lines": len(texts),
        "encoding": _seconds_to_encode(texts),
        "fitting": fitting,
        "memory": sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024,
        "model": _megabytes(mixture),
        "message": message,
        "right": right,
    }


def artificial(real: Lines, articles: int) -> tuple[Made, Made]:
    """Return the lines of so many artificial articles, made from the real questions: those to learn, and new ones to ask."""
    chance = random.Random(1)
    questions = [row for row, example in enumerate(real.examples) if example.topic.startswith("answer/")]
    spoken = {word for row in questions for word in real.examples[row].text.lower().split()}
    parts = sorted(word for word in spoken if word.isalpha() and 4 <= len(word) <= 9)
    words = [[chance.choice(parts) + chance.choice(parts) for _ in range(_OWN_WORDS)] for _ in range(articles)]
    meanings = iter(real.around_centre(encoder("onnx-int8").encode([word for own in words for word in own])))
    known, asked = Made(), Made()
    for number, own in enumerate(words):
        meaning = {word: next(meanings) for word in own}
        for made, count in ((known, QUESTIONS), (asked, max(1, _ASKED // articles))):
            for row in chance.choices(questions, k=count):
                pair = chance.sample(own, 2)
                made.texts.append(_about(real.examples[row].text, pair))
                made.vectors.append(_together(real.vectors[row], *(meaning[word] for word in pair)))
                made.labels.append(f"answer/made-{number}")
    return known, asked


def _about(question: str, pair: list[str]) -> str:
    """Replace the two longest words of a question, which mostly say what it is about."""
    words = question.split()
    longest = sorted(range(len(words)), key=lambda i: -len(words[i]))[:2]
    for place, word in zip(longest, pair, strict=False):
        words[place] = word
    return " ".join(words)


def _together(*vectors: np.ndarray) -> np.ndarray:
    total = np.sum(vectors, axis=0)
    return total / np.linalg.norm(total)


def _ask(mixture: Mixture, asked: Made) -> tuple[float, float]:
    decider, right = Decider(mixture), 0
    started = time.perf_counter()
    for text, vector, label in zip(asked.texts, asked.vectors, asked.labels, strict=True):
        found = decider.decide(text, partial(_alike, vector)).understanding["articles"]
        right += f"answer/{found[0][0]}" == label
    return (time.perf_counter() - started) / len(asked.texts) * 1000, right / len(asked.texts)


def _alike(vector: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """Give every part of a message the meaning of the whole: as much work to decide about, without the encoder."""
    return np.repeat(vector[np.newaxis], len(texts), axis=0)


def _seconds_to_encode(texts: list[str]) -> float:
    sample = random.Random(1).sample(texts, min(_ASKED, len(texts)))
    started = time.perf_counter()
    encoder("onnx-int8").encode(sample)
    return (time.perf_counter() - started) / len(sample) * len(texts)


def _megabytes(mixture: Mixture) -> float:
    with tempfile.TemporaryDirectory() as folder:
        mixture.save(Path(folder))
        return sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6


if __name__ == "__main__":
    main()
