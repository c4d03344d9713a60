from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from bot import mixture as mixture_module
from bot.mixture import LEFT_OUT, Examples, Guess, Mixture, is_left_out, kind_of, left_out

LINES = {
    "answer/skilte": "skilt facade lysskilt butik skilte vindue logo",
    "answer/moms": "moms registrering skat afgift indberette kvartal faktura",
    "case/hal": "udvide hal bygge industri produktion kvm ansøge",
    "greet": "hej goddag hejsa davs godmorgen halløj mojn",
}


def guess(mixture: Mixture, encoder, text: str) -> Guess:
    return mixture.guesses([text], encoder.encode([text]))[0]


def lines_about(words: str) -> list[str]:
    known = words.split()
    return [f"{a} {b}" for a in known for b in known if a < b]


@pytest.fixture(scope="module")
def examples() -> Examples:
    from conftest import WordEncoder

    encoder = WordEncoder()
    texts = [line for words in LINES.values() for line in lines_about(words)]
    labels = [label for label, words in LINES.items() for _ in lines_about(words)]
    titles = encoder.encode(["skilte på facaden", "moms"])
    return Examples(texts, encoder.encode(texts), labels, ["answer/skilte", "answer/moms"], titles)


@pytest.fixture(scope="module")
def mixture(examples) -> Mixture:
    return Mixture.fit(examples)


def test_recognises_what_it_was_shown(mixture, encoder):
    for text, label in [("lysskilt på butik", "answer/skilte"), ("faktura med moms", "answer/moms"), ("davs", "greet")]:
        assert mixture.labels[guess(mixture, encoder, text).labels.argmax()] == label


def test_probabilities_add_up_and_kinds_are_the_sums_of_their_labels(mixture, encoder):
    found = guess(mixture, encoder, "udvide butik")
    assert found.labels.sum() == pytest.approx(1)
    assert found.kinds.sum() == pytest.approx(1)
    sums = np.bincount(mixture.kind_of_label, found.labels)
    np.testing.assert_allclose(sums, found.kinds, atol=1e-6)


def test_texts_guessed_together_are_guessed_as_alone(mixture, encoder):
    texts = ["lysskilt på butik", "davs", "udvide hal"]
    together = mixture.guesses(texts, encoder.encode(texts))
    for text, found in zip(texts, together, strict=True):
        np.testing.assert_allclose(found.labels, guess(mixture, encoder, text).labels, atol=1e-5)


def test_a_saved_mixture_guesses_alike(mixture, encoder, tmp_path: Path):
    mixture.save(tmp_path)
    before, after = (guess(each, encoder, "lysskilt") for each in (mixture, Mixture.load(tmp_path)))
    np.testing.assert_allclose(before.labels, after.labels, atol=1e-3)


def test_files_hold_plain_arrays(mixture, tmp_path: Path):
    mixture.save(tmp_path)
    with np.load(tmp_path / "mixture.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_learning_says_its_steps(examples):
    said: list[str] = []
    Mixture.fit(examples, said.append)
    assert said[0] == f"learning {len(LINES)} labels from {len(examples.texts)} examples"


def test_what_is_left_out_depends_on_the_text_alone():
    texts = [f"linje {number}" for number in range(500)]
    first = left_out(texts, np.zeros(500, int))
    assert left_out(texts[100:], np.zeros(400, int)).tolist() == first[100:].tolist()
    assert first.mean() == pytest.approx(1 / LEFT_OUT, abs=0.05)


def test_a_label_is_never_left_out_whole():
    texts = [text for text in (f"linje {number}" for number in range(100)) if is_left_out(text)]
    assert not left_out(texts, np.arange(len(texts))).any()


def test_kind_of_a_label_is_what_stands_before_the_stroke():
    assert (kind_of("answer/moms"), kind_of("greet")) == ("answer", "greet")


def test_among_very_many_lines_the_mixture_is_weighed_by_some_at_even_distances():
    assert mixture_module._evenly(np.arange(100, 111), 3).tolist() == [100, 105, 110]
    assert mixture_module._evenly(np.array([4, 9]), 3).tolist() == [4, 9]


def test_among_very_many_lines_a_label_is_still_told_apart_by_a_share_of_the_others(monkeypatch, encoder):
    lines = [(text, number) for number, words in enumerate(LINES.values()) for text in lines_about(words)]
    x, y = encoder.encode([text for text, _ in lines]), np.array([number for _, number in lines])
    monkeypatch.setattr(mixture_module, "_MANY_LINES", len(lines) - 1)
    monkeypatch.setattr(mixture_module, "_OTHERS", len(lines) // 2)
    weights, bias = mixture_module._linear(sparse.csr_matrix(x), y, len(LINES), cost=1.0)
    assert ((x @ weights + bias).argmax(axis=1) == y).all()
