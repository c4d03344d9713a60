"""The mixture that recognises messages: several kinds of evidence, pooled into calibrated probabilities.

Two stages. Which *kind* of message is it (answer, case, human …), and which *label* within the kind ("answer/<article>",
"case/<type>")? Each stage pools the evidence of characters (n-grams, linear SVM), of meaning (logistic regression on
embeddings) and of near training examples; labels also that of their own description (title, summary, body), kinds also
that of their labels and of signs of concreteness. A label pools with one weight for each sort of evidence, kinds by
boosted trees (bot/kind_trees.py). All are fitted to predictions on examples left out of training, also of the encoder's,
so that the probabilities mean what they say. docs/understanding.md compares this with other candidates.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.concreteness import concreteness
from bot.kind_trees import KindTrees
from bot.nearest import NearestTable
from bot.ngrams import NGrams

LEFT_OUT = 5  # about every fifth example is left out of a first training, to weigh the evidence by
_NEIGHBOURS = 3
_AT_ONCE = 64  # texts whose neighbours are looked up together
# There are fifty times as many examples of questions as of goodbyes, which says how the editors work and not how often
# people write either. 0 would keep that ratio, 1 would level it.
_LEVELLING = 0.5
# From so many lines on a label is learned from its own and some of the others, the mixture is weighed by some of what was
# left out, and fewer steps are taken over all lines: or fitting would grow with the square of the articles.
_MANY_LINES = 80_000
_OTHERS = 30_000
_LABEL_EVIDENCE = 4  # characters, meaning, neighbours, description


def kind_of(label: str) -> str:
    """Return the kind of message a label belongs to: "answer/moms" -> "answer"."""
    return label.split("/", 1)[0]


@dataclass
class Examples:
    """Training texts with their vectors and labels, and the descriptions of labels that have any."""

    texts: list[str]
    vectors: np.ndarray
    labels: list[str]
    described: list[str] = field(default_factory=list)
    descriptions: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass
class Guess:
    """Probabilities of every label and kind for one text."""

    labels: np.ndarray
    kinds: np.ndarray


@dataclass
class _Evidence:
    """What the experts say about one text: (kinds of evidence x labels) and (kinds of evidence x kinds of message)."""

    labels: np.ndarray
    kinds: np.ndarray
    signs: np.ndarray


class _Experts:
    """The kinds of evidence, fitted on one set of examples. All that is learned lies in `arrays`."""

    def __init__(self, arrays: dict[str, np.ndarray], vocabulary: Sequence[str], kind_of_label: np.ndarray) -> None:
        self.arrays = arrays
        self.ngrams = NGrams(vocabulary, arrays["rarity"])
        self._neighbours = NearestTable(arrays["neighbours"])
        self._kind_of_label = kind_of_label
        # Neighbours lie in the order of their labels, and the labels of a kind follow each other (they are sorted).
        self._starts = np.searchsorted(arrays["neighbour_labels"], np.arange(len(kind_of_label)))
        self._kind_starts = self._starts[np.searchsorted(kind_of_label, np.arange(kind_of_label.max() + 1))]

    @classmethod
    def fit(cls, examples: Examples, y: np.ndarray, kind_of_label: np.ndarray) -> _Experts:
        ngrams = NGrams.learn(examples.texts)
        matrix = ngrams.matrix(examples.texts)
        centre = examples.vectors.mean(axis=0)
        centred = _centred(examples.vectors, centre)
        kinds = kind_of_label[y]
        order = np.argsort(y, kind="stable")
        arrays = {
            "rarity": ngrams.rarity,
            "centre": centre.astype(np.float32),
            "neighbours": NearestTable.of(centred[order]).network,
            "neighbour_labels": y[order],
            "descriptions": _centred(examples.descriptions, centre).astype(np.float32)
            if len(examples.described)
            else np.zeros((0, len(centre)), np.float32),
        }
        arrays["ngram_weights"], arrays["ngram_bias"] = _linear(matrix, y, len(kind_of_label), cost=0.3)
        arrays["meaning_weights"], arrays["meaning_bias"] = _logistic(centred, y, len(kind_of_label))
        count = kind_of_label.max() + 1
        arrays["kind_ngram_weights"], arrays["kind_ngram_bias"] = _linear(matrix, kinds, count, cost=0.5, balanced=True)
        arrays["kind_meaning_weights"], arrays["kind_meaning_bias"] = _logistic(centred, kinds, count, balanced=True)
        return cls(arrays, ngrams.vocabulary, kind_of_label)

    def evidence(self, texts: Sequence[str], vectors: np.ndarray, described: np.ndarray) -> list[_Evidence]:
        """Return what each expert says about each of `texts`, whose meanings are `vectors`."""
        centred = _centred(vectors, self.arrays["centre"])
        cosines = self._neighbours.cosines(centred)
        return [self._one(*each, described) for each in zip(texts, centred, cosines, strict=True)]

    def _one(self, text: str, centred: np.ndarray, cosines: np.ndarray, described: np.ndarray) -> _Evidence:
        arrays = self.arrays
        columns, weights = self.ngrams.row(text)
        labels = [
            weights @ arrays["ngram_weights"][columns] + arrays["ngram_bias"],
            centred @ arrays["meaning_weights"] + arrays["meaning_bias"],
            _nearest(cosines, self._starts),
            self._description(centred, described),
        ]
        kinds = [
            weights @ arrays["kind_ngram_weights"][columns] + arrays["kind_ngram_bias"],
            centred @ arrays["kind_meaning_weights"] + arrays["kind_meaning_bias"],
            _nearest(cosines, self._kind_starts),
        ]
        return _Evidence(np.stack(labels), np.stack(kinds), concreteness(text))

    def _description(self, centred: np.ndarray, described: np.ndarray) -> np.ndarray:
        """Return the cosine to the nearest description of each label, over the mean; 0 where a label has none."""
        scores = np.zeros(len(self._kind_of_label), np.float32)
        if len(described):
            best = np.full(len(scores), -np.inf)
            np.maximum.at(best, described, self.arrays["descriptions"] @ centred)
            known = np.isfinite(best)
            scores[known] = best[known] - best[known].mean()
        return scores


class Mixture:
    """The fitted mixture. Build with `fit`, ask with `guess`, keep with `save` and `load`."""

    def __init__(
        self, labels: list[str], experts: _Experts, described: np.ndarray, weights: np.ndarray, trees: KindTrees
    ) -> None:
        self.labels = labels
        self.kinds, self.kind_of_label = _kinds(labels)
        self._experts = experts
        self._described = described
        self._weights = weights
        self._trees = trees

    @classmethod
    def fit(cls, examples: Examples, say: Callable[[str], None] = lambda _: None) -> Mixture:
        """Learn from `examples`; `say` is told each step. Needs at least LEFT_OUT examples of every label."""
        labels = sorted(set(examples.labels))
        index = {label: i for i, label in enumerate(labels)}
        y = np.array([index[label] for label in examples.labels])
        described = np.array([index[label] for label in examples.described], dtype=int)
        _, kind_of_label = _kinds(labels)
        say(f"learning {len(labels)} labels from {len(y)} examples")
        apart = left_out(examples.texts, y)
        jobs = [np.flatnonzero(~apart), np.arange(len(y))]
        part, full = _in_parallel(_fit_part, [(examples, y, kind_of_label, rows) for rows in jobs])
        say("weighing the evidence on examples left out")
        rows = _evenly(np.flatnonzero(apart), _MANY_LINES // LEFT_OUT)
        texts = [examples.texts[row] for row in rows]
        evidence = [
            each
            for some in np.array_split(np.arange(len(rows)), max(1, len(rows) // _AT_ONCE))
            for each in part.evidence([texts[i] for i in some], examples.vectors[rows[some]], described)
        ]
        weights = _fit_labels(np.stack([each.labels for each in evidence]), y[rows], kind_of_label)
        for_kinds = np.stack(
            [_of_kinds(each, _of_labels(each, weights, kind_of_label), kind_of_label) for each in evidence]
        )
        kind = kind_of_label[y[rows]]
        trees = KindTrees.grow(for_kinds, kind, _weights_of(kind, kind_of_label.max() + 1, _LEVELLING))
        return cls(labels, full, described, weights, trees)

    def guesses(self, texts: Sequence[str], vectors: np.ndarray) -> list[Guess]:
        """Return the probabilities for each of `texts`, whose meanings are `vectors`."""
        evidence = self._experts.evidence(texts, vectors, self._described)
        of_labels = [_of_labels(each, self._weights, self.kind_of_label) for each in evidence]
        for_kinds = [_of_kinds(*each, self.kind_of_label) for each in zip(evidence, of_labels, strict=True)]
        kinds = self._trees.probabilities(np.stack(for_kinds), len(self.kinds))
        return [
            Guess(self._within_kinds(logits) * chances[self.kind_of_label], chances)
            for logits, chances in zip(of_labels, kinds, strict=True)
        ]

    def _within_kinds(self, of_labels: np.ndarray) -> np.ndarray:
        """Return each label's share of its kind, also of a kind that the labels by themselves hold impossible."""
        best = np.full(len(self.kinds), -np.inf)
        np.maximum.at(best, self.kind_of_label, of_labels)
        raised = np.exp(of_labels - best[self.kind_of_label])
        return raised / np.bincount(self.kind_of_label, raised)[self.kind_of_label]

    def evidence(self, text: str, vector: np.ndarray) -> np.ndarray:
        """Return what each kind of evidence says by itself (characters, meaning, neighbours, description) x labels."""
        return self._experts.evidence([text], vector[np.newaxis], self._described)[0].labels

    def save(self, folder: Path) -> None:
        """Write the mixture to `folder` as plain arrays (no pickle)."""
        arrays = {f"experts.{name}": value for name, value in self._experts.arrays.items()}
        for name in ("ngram_weights", "kind_ngram_weights"):
            arrays[f"experts.{name}"] = arrays[f"experts.{name}"].astype(np.float16)
        arrays |= {"pool.weights": self._weights, "pool.trees": self._trees.network, "pool.known": self._trees.known}
        buffer = io.BytesIO()
        np.savez(buffer, described=self._described, **arrays)
        (folder / "mixture.npz").write_bytes(buffer.getvalue())
        names = {"labels": self.labels, "vocabulary": self._experts.ngrams.vocabulary}
        (folder / "mixture.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Mixture:
        """Read what `save` wrote."""
        names: dict[str, list[str]] = json.loads((folder / "mixture.json").read_text(encoding="utf-8"))
        parts: dict[str, dict[str, np.ndarray]] = {"experts": {}, "pool": {}}
        with np.load(folder / "mixture.npz", allow_pickle=False) as arrays:
            described = arrays["described"]
            for name in arrays.files:
                group, _, rest = name.partition(".")
                if rest:
                    array = arrays[name]
                    parts[group][rest] = array.astype(np.float32) if array.dtype == np.float16 else array
        experts = _Experts(parts["experts"], names["vocabulary"], _kinds(names["labels"])[1])
        pool = parts["pool"]
        return cls(names["labels"], experts, described, pool["weights"], KindTrees(pool["trees"], pool["known"]))


def _kinds(labels: list[str]) -> tuple[list[str], np.ndarray]:
    kinds = sorted({kind_of(label) for label in labels})
    return kinds, np.array([kinds.index(kind_of(label)) for label in labels])


def _of_labels(evidence: _Evidence, weights: np.ndarray, kind_of_label: np.ndarray) -> np.ndarray:
    """Return how much speaks for each label (logits)."""
    return weights[:_LABEL_EVIDENCE] @ evidence.labels + weights[_LABEL_EVIDENCE:][kind_of_label]


def _of_kinds(evidence: _Evidence, of_labels: np.ndarray, kind_of_label: np.ndarray) -> np.ndarray:
    """Return all that speaks for one kind or another, in one row."""
    by_label = np.bincount(kind_of_label, _softmax(of_labels), minlength=kind_of_label.max() + 1)
    return np.concatenate([*evidence.kinds, np.log(by_label + 1e-6), evidence.signs])


def _fit_part(examples: Examples, y: np.ndarray, kind_of_label: np.ndarray, rows: np.ndarray) -> _Experts:
    texts = [examples.texts[row] for row in rows]
    part = Examples(texts, examples.vectors[rows], [], examples.described, examples.descriptions)
    return _Experts.fit(part, y[rows], kind_of_label)


def _in_parallel(function: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    from joblib import Parallel, delayed

    return list(Parallel(n_jobs=-1)(delayed(function)(*each) for each in arguments))


def left_out(texts: Sequence[str], y: np.ndarray) -> np.ndarray:
    """Mark (bool, one an example) those left out of a first training: about one in LEFT_OUT, chosen by the text alone.

    bot/finetune.py leaves out the same texts, whatever has been added since. A label keeps at least one example.
    """
    chosen = np.array([is_left_out(text) for text in texts])
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        if chosen[rows].all():
            chosen[rows[0]] = False
    return chosen


def is_left_out(text: str) -> bool:
    """Tell whether `text` is one of those left out."""
    return hashlib.sha256(text.encode()).digest()[0] < 256 // LEFT_OUT


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many of `rows`, at even distances."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)]


def _centred(vectors: np.ndarray, centre: np.ndarray) -> np.ndarray:
    moved = vectors - centre
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)


def _nearest(cosines: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the mean cosine of the nearest few examples of each group; group i begins at `starts[i]`."""
    left = cosines.copy()
    found = []
    for _ in range(_NEIGHBOURS):
        best = np.maximum.reduceat(left, starts)
        found.append(best)
        left[left >= np.repeat(best, np.diff([*starts, len(left)]))] = -1
    return np.mean(found, axis=0)


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _linear(x: Any, y: np.ndarray, count: int, cost: float, balanced: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Fit one-against-the-rest linear SVMs; returns weights (features x classes) and bias."""
    from sklearn.svm import LinearSVC

    svm = LinearSVC(C=cost, tol=0.1, max_iter=50, class_weight="balanced" if balanced else None, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the last iterations are not worth their time
        if count > 2 and x.shape[0] > _MANY_LINES and not balanced:
            return _from_a_share(svm, x, y, count)
        svm.fit(x, y)
    weights, bias = svm.coef_.T, svm.intercept_
    if count == 2:  # scikit-learn gives one column for two classes
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32)


def _from_a_share(svm: Any, x: Any, y: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit `svm` for each class in turn to its own rows and a share of the others by chance, which count for as much more."""
    weights, bias = np.zeros((x.shape[1], count), np.float32), np.zeros(count, np.float32)
    share, chance = _OTHERS / len(y), np.random.default_rng(0)
    x = x.astype(np.float64)  # as the SVM wants it: or every one of them would convert and sort its rows for itself
    x.sort_indices()
    for label in range(count):
        own = y == label
        rows = np.flatnonzero(own | (chance.random(len(y)) < share))
        svm.fit(x[rows], own[rows], sample_weight=np.where(own[rows], 1, 1 / share))
        weights[:, label], bias[label] = svm.coef_[0], svm.intercept_[0]
    return weights, bias


def _minimise(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, steps: int) -> np.ndarray:
    from scipy.optimize import minimize

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x)


def _weights_of(y: np.ndarray, count: int, power: float) -> np.ndarray:
    weights = (1 / np.maximum(np.bincount(y, minlength=count), 1)) ** power
    return weights[y] / weights[y].mean()


def _logistic(
    x: np.ndarray, y: np.ndarray, count: int, penalty: float = 40.0, balanced: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Fit multinomial logistic regression of `y` on unit vectors `x`; returns weights and bias."""
    scale = np.sqrt(x.shape[1])
    scaled = (x * scale).astype(np.float32)
    target = np.eye(count, dtype=np.float32)[y]
    importance = _weights_of(y, count, 1.0 if balanced else 0.0).astype(np.float32)[:, np.newaxis]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(x.shape[1] + 1, count).astype(np.float32)
        p = _softmax(scaled @ weights[:-1] + weights[-1])
        error = (p - target) * importance
        slope = np.vstack([scaled.T @ error + penalty * weights[:-1], error.sum(axis=0)])
        value = (
            -(importance[:, 0] * np.log(p[np.arange(len(y)), y] + 1e-9)).sum() + penalty / 2 * (weights[:-1] ** 2).sum()
        )
        return float(value), slope.ravel().astype(np.float64)

    steps = 80 * _MANY_LINES // max(len(y), _MANY_LINES)
    flat = _minimise(loss, np.zeros((x.shape[1] + 1) * count), steps).reshape(-1, count)
    return (flat[:-1] * scale).astype(np.float32), flat[-1].astype(np.float32)


def _fit_labels(evidence: np.ndarray, y: np.ndarray, kind_of_label: np.ndarray) -> np.ndarray:
    """Fit one weight per kind of evidence and one bias per kind of message; returns them in one row."""
    n, parts, _ = evidence.shape
    count = kind_of_label.max() + 1
    rows = np.arange(n)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        p = _softmax(np.einsum("e,nel->nl", flat[:parts], evidence) + flat[parts:][kind_of_label])
        error = p.copy()
        error[rows, y] -= 1
        by_kind = np.bincount(kind_of_label, error.sum(axis=0), minlength=count)
        slope = np.concatenate([np.einsum("nel,nl->e", evidence, error), by_kind + 0.5 * flat[parts:]])
        return float(-np.log(p[rows, y] + 1e-12).sum() + 0.25 * (flat[parts:] ** 2).sum()), slope

    return _minimise(loss, np.concatenate([np.ones(parts), np.zeros(count)]), 60)
