"""Compare candidates for understanding: `python -m bot.measure`, from the project's folder, in the engine's environment.

Each candidate is fitted on nine tenths of the training lines and asked about the tenth held back, and about the labelled lines
in tests/evaluation, which nothing is ever trained on. One table says how often the right label comes first and among the
first three. `--default-model` adds a model of Rasa's default pipeline (bot/rasa_default.py), which has learned from a sample of
the lines, and the mixture fitted on the same sample; all are then asked about the labelled lines alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot import lean

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
lean.leave_out()

from bot.embedding import EmbeddingCache, cache_folder, encoder  # noqa: E402
from bot.explain import EVIDENCE  # noqa: E402
from bot.importer import KnowledgeImporter, is_description  # noqa: E402
from bot.mixture import Examples, Mixture, kind_of  # noqa: E402
from bot.sample import is_held_back, sample  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
_EVALUATION = ROOT / "tests" / "evaluation"
_OUTSIDE = ["out_of_scope", "private_matter"]
_BEST = 3


@dataclass(frozen=True)
class Line:
    """A text, its meaning, and the labels (or kinds of message) that are right for it."""

    text: str
    vector: np.ndarray
    right: list[str]


Candidate = Callable[[Sequence[Line]], list[list[str]]]  # the likeliest labels of each line, best first


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--default-model", type=Path, help="what `python -m bot.rasa_default train` wrote")
    parser.add_argument(
        "--sets", type=Path, nargs="+", default=[_EVALUATION / "development"], help="folders with labelled lines"
    )
    options = parser.parse_args()
    examples, about = _training_lines()
    held_back = np.array([is_held_back(text) for text in examples.texts])
    mixture = Mixture.fit(_rows(examples, ~held_back), lambda step: print(f"  {step}", flush=True))
    sets = _labelled_sets(options.sets)
    if not options.default_model:
        sets = {"held back": list(_lines(_rows(examples, held_back))), **sets}
    candidates: dict[str, Candidate] = {"keyword search (BM25)": _keyword_search(about, examples.described)}
    candidates |= {name: _one_evidence(mixture, row) for row, name in enumerate(EVIDENCE)}
    candidates["the mixture"] = _mixture(mixture)
    if options.default_model:
        sampled = np.isin(np.arange(len(examples.texts)), sample(examples.texts, examples.labels))
        print(f"  the sample: {sampled.sum()} lines", flush=True)
        candidates["the mixture, on the sample"] = _mixture(Mixture.fit(_rows(examples, sampled)))
        candidates["Rasa's default, on the sample"] = lambda lines: _rasa_default(
            options.default_model, [line.text for line in lines]
        )
    _print_table(candidates, sets)


def _training_lines() -> tuple[Examples, list[str]]:
    """Return the training lines, and the texts about their labels in the order of `described`."""
    data = KnowledgeImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]).get_nlu_data()
    lines, described = [], []
    for message in data.intent_examples:
        (described if is_description(message) else lines).append((message.get("text"), message.get_full_intent()))
    texts, labels = map(list, zip(*lines, strict=True))
    about, about_labels = map(list, zip(*described, strict=True))
    return Examples(texts, _meanings(texts), labels, about_labels, _meanings(about)), about


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
        yield Line(text, vector, [label])


# --- the labelled sets ------------------------------------------------------------------------------------


def _labelled_sets(folders: Sequence[Path]) -> dict[str, list[Line]]:
    """Return the lines of the folders' sets that have one right label or kind, by what they are."""
    lines: dict[str, list[Any]] = {}
    for file in (file for folder in folders for file in sorted(folder.glob("*.jsonl"))):
        for text in file.read_text(encoding="utf-8").splitlines():
            line = json.loads(text) if text.strip() else {}
            right = _right(line)
            if right:
                lines.setdefault(_set_name(line), []).append((line["text"], right))
    return {name: [Line(*each) for each in zip(*_with_meanings(pairs), strict=True)] for name, pairs in lines.items()}


def _with_meanings(pairs: list[tuple[str, list[str]]]) -> tuple[list[str], np.ndarray, list[list[str]]]:
    texts = [text for text, _ in pairs]
    return texts, _meanings(texts), [right for _, right in pairs]


def _right(line: dict[str, Any]) -> list[str]:
    kind = line.get("kind")
    if kind == "answer":
        return [f"answer/{article}" for article in line["articles"]]
    if kind == "case":
        return [f"case/{line['type']}"] if line.get("type") else []
    return {"out_of_scope": _OUTSIDE, "human": ["human"], "status": ["status"]}.get(str(kind), [])


def _set_name(line: dict[str, Any]) -> str:
    if line.get("lang", "da") != "da":
        return "English" if line["lang"] == "en" else "6 languages"
    return {"answer": "questions", "case": "cases", "out_of_scope": "outside"}.get(line["kind"], line["kind"])


# --- the candidates ---------------------------------------------------------------------------------------


def _one_evidence(mixture: Mixture, row: int) -> Candidate:
    return lambda lines: [_best(mixture, mixture.evidence(line.text, line.vector)[row]) for line in lines]


def _mixture(mixture: Mixture) -> Candidate:
    return lambda lines: [
        _best(mixture, mixture.guesses([line.text], line.vector[np.newaxis])[0].labels) for line in lines
    ]


def _best(mixture: Mixture, scores: np.ndarray) -> list[str]:
    return [mixture.labels[i] for i in np.argsort(-scores)[:_BEST]]


def _keyword_search(about: list[str], described: list[str]) -> Candidate:
    """Plain keyword search: BM25 over what articles and case types say of themselves, words cut to their Danish stems."""
    import bm25s
    import snowballstemmer

    labels = sorted(set(described))
    stem = snowballstemmer.stemmer("danish").stemWords
    documents = [" ".join(text for text, of in zip(about, described, strict=True) if of == label) for label in labels]
    index = bm25s.BM25()
    index.index([stem(_words(document)) for document in documents], show_progress=False)

    def search(lines: Sequence[Line]) -> list[list[str]]:
        scores = [index.get_scores(stem(_words(line.text))) for line in lines]
        return [[labels[i] for i in np.argsort(-each)[:_BEST]] for each in scores]

    return search


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _rasa_default(model: Path, texts: list[str]) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder, "texts.json"), Path(folder, "labels.json")
        given.write_text(json.dumps(texts), encoding="utf-8")
        command = [sys.executable, "-m", "bot.rasa_default", "ask", str(model), str(given), str(found)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # where Rasa logs every message
        labels: list[list[str]] = json.loads(found.read_text(encoding="utf-8"))
        return labels


# --- the table --------------------------------------------------------------------------------------------


def _print_table(candidates: dict[str, Candidate], sets: dict[str, list[Line]]) -> None:
    """Print right at first place / among the first three, a row a candidate and a column a set."""
    print(f"\n{'right first / among three, %':<32}" + "".join(f"{name:>14}" for name in sets) + f"{'ms a line':>11}")
    print(f"{'lines':<32}" + "".join(f"{len(lines):>14}" for lines in sets.values()))
    everything = [line for lines in sets.values() for line in lines]
    for name, candidate in candidates.items():
        started = time.perf_counter()
        best = iter(candidate(everything))
        spent = (time.perf_counter() - started) / len(everything) * 1000
        cells = [shares([next(best) for _ in lines], lines) for lines in sets.values()]
        print(
            f"{name:<32}" + "".join(f"{f'{first:.1f} / {three:.1f}':>14}" for first, three in cells) + f"{spent:>11.1f}"
        )


def shares(best: list[list[str]], lines: Sequence[Line]) -> tuple[float, float]:
    """Return in how many of a hundred lines a right label, or one of a right kind, comes first, and is among those given."""
    right = [
        [not {label, kind_of(label)}.isdisjoint(line.right) for label in labels]
        for labels, line in zip(best, lines, strict=True)
    ]
    return 100 * sum(each[0] for each in right) / len(lines), 100 * sum(map(any, right)) / len(lines)


if __name__ == "__main__":
    main()
