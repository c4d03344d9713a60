"""Find the weights of bot/second_question.py: `python -m bot.fit_second_question MODEL`, in the engine's environment.

Learns from the labelled messages with one and with two questions in the sets that thresholds are chosen by, as the model ranks
them, and prints what to put in bot/second_question.py. Needed when much has changed in how messages are taken apart or ranked.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bot import lean

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
lean.leave_out()

from bot.embedding import Meanings  # noqa: E402
from bot.second_question import Second  # noqa: E402
from bot.trained import Trained, open_model  # noqa: E402

_SETS = Path(__file__).resolve().parent.parent / "tests" / "evaluation"
_CHOSEN_BY = ("development", "tuning")
_PENALTY = 0.5  # inverse strength, as scikit-learn has it


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="the trained model (.tar.gz)")
    found = list(_labelled(open_model(parser.parse_args().model)))
    names = list(found[0][0].signs)
    signs = np.array([[second.signs[name] for name in names] for second, _ in found])
    bias, weights = fit(signs, np.array([is_asked for _, is_asked in found]))
    print(f"# {len(found)} parts, {sum(is_asked for _, is_asked in found)} of them a second question")
    print(f"BIAS = {bias:.3f}")
    print(
        "WEIGHTS = {",
        *(f'    "{name}": {weight:.3f},' for name, weight in zip(names, weights, strict=True)),
        "}",
        sep="\n",
    )


def fit(signs: np.ndarray, asked: np.ndarray) -> tuple[float, np.ndarray]:
    """Return bias and weights of a logistic regression of `asked` (bool, one a row) on `signs` (rows x signs)."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    model = LogisticRegression(C=_PENALTY, max_iter=3000).fit((signs - middle) / spread, asked)
    weights = model.coef_[0] / spread
    return float(model.intercept_[0] - weights @ middle), weights


def _labelled(trained: Trained) -> Iterator[tuple[Second, bool]]:
    """Yield what may be a second question in the labelled messages, and whether it is one."""
    for file in sorted(path for name in _CHOSEN_BY for path in (_SETS / name).glob("*.jsonl")):
        for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            if line["kind"] not in ("answer", "multi"):
                continue
            for second in trained.decider.seconds(line["text"], Meanings(trained.encoder, line["text"])):
                is_named = second.article in line["articles"]
                # Of a message with one question, an article that is as right as the first is neither.
                if line["kind"] == "multi" or not is_named:
                    yield second, is_named


if __name__ == "__main__":
    main()
