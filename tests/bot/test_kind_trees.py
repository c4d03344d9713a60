"""Trees over all the evidence for kinds: they learn what no sum of weights can say, and keep it as plain bytes."""

import numpy as np
import pytest

from bot.kind_trees import KindTrees

SAID = np.random.default_rng(1).choice([-1.0, 1.0], size=(600, 2)).astype(np.float32)
DIFFER = (SAID[:, 0] != SAID[:, 1]).astype(int)  # of two kinds, the second when just one of two signs is there


@pytest.fixture(scope="module")
def trees() -> KindTrees:
    return KindTrees.grow(SAID, DIFFER, np.ones(len(SAID)))


def test_evidence_may_mean_the_opposite_beside_other_evidence(trees):
    found = trees.probabilities(SAID, 2)
    assert (found.argmax(axis=1) == DIFFER).all()


def test_probabilities_add_up(trees):
    np.testing.assert_allclose(trees.probabilities(SAID[:9], 2).sum(axis=1), 1, atol=1e-5)


def test_a_kind_without_examples_left_out_has_no_chance_and_moves_no_other():
    trees = KindTrees.grow(SAID, DIFFER * 2, np.ones(len(SAID)))
    found = trees.probabilities(SAID, 3)
    assert (found[:, 1] == 0).all()
    assert (found.argmax(axis=1) == DIFFER * 2).all()


def test_trees_are_the_same_after_being_kept_as_bytes(trees):
    again = KindTrees(np.frombuffer(trees.network.tobytes(), np.uint8), trees.known)
    np.testing.assert_array_equal(again.probabilities(SAID, 2), trees.probabilities(SAID, 2))
