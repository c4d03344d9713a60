"""Boosted trees that tell the kinds of message apart by all that speaks for each, packed as a small ONNX network.

Evidence for a kind means more or less beside other evidence ("private", unless the message is all but an article's own words),
which weights alone cannot say. scikit-learn grows the trees, skl2onnx packs them: a model holds no pickle.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import onnxruntime

from bot.network import opened

_ROUNDS, _PACE, _LEAVES = 40, 0.08, 8
_CAUTION, _FEWEST_IN_LEAF = (
    5.0,
    20,
)  # for _MANY rows; an office that begins has few, and must not be held back by caution
_MANY = 1000


class KindTrees:
    """Trees that have grown; `network` is their bytes (uint8), `known` the numbers of the kinds they have seen."""

    def __init__(self, network: np.ndarray, known: np.ndarray) -> None:
        self.network = network
        self.known = known

    @classmethod
    def grow(cls, evidence: np.ndarray, y: np.ndarray, importance: np.ndarray) -> KindTrees:
        """Learn to tell `y` (a kind's number for each row) from rows of evidence, each of some importance."""
        from skl2onnx import to_onnx
        from sklearn.ensemble import HistGradientBoostingClassifier

        share = min(1.0, len(y) / _MANY)
        trees = HistGradientBoostingClassifier(
            max_iter=_ROUNDS,
            learning_rate=_PACE,
            max_leaf_nodes=_LEAVES,
            l2_regularization=_CAUTION * share,
            min_samples_leaf=max(1, round(_FEWEST_IN_LEAF * share)),
            early_stopping=False,
            random_state=0,
        )
        rows = evidence.astype(np.float32)
        trees.fit(rows, y, sample_weight=importance)
        network = to_onnx(trees, rows[:1], options={"zipmap": False})
        return cls(np.frombuffer(network.SerializeToString(), np.uint8), trees.classes_)

    def probabilities(self, evidence: np.ndarray, kinds: int) -> np.ndarray:
        """Return the probabilities (rows x kinds) for rows of evidence; 0 for a kind that has not been seen."""
        found = np.zeros((len(evidence), kinds), np.float32)
        found[:, self.known] = self._session.run(["probabilities"], {"X": evidence.astype(np.float32)})[0]
        return found

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return opened(self.network)
