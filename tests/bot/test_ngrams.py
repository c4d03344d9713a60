import numpy as np
import pytest

from bot.ngrams import NGrams, fold, grams


@pytest.mark.parametrize("written", ["må jeg åbne", "maa jeg aabne", "ma jeg abne", "MÅ JEG ÅBNE"])
def test_all_spellings_of_a_danish_letter_are_one(written):
    assert fold(written) == fold("må jeg åbne")


def test_digits_are_levelled():
    assert fold("800 m2 i 2026") == "000 m0 i 0000"


def test_grams_stay_within_words():
    assert "a b" not in grams("kaffe bar")
    assert grams("bar")[" bar "] == 1


def test_rows_have_length_one_and_leave_out_what_is_unknown():
    ngrams = NGrams.learn(["skilt på facaden", "skilt på taget", "skilt"])
    columns, weights = ngrams.row("skilt over døren")
    assert np.linalg.norm(weights) == pytest.approx(1)
    assert {ngrams.vocabulary[column] for column in columns} <= set(grams("skilt over døren"))


def test_a_text_without_known_grams_is_an_empty_row():
    columns, weights = NGrams.learn(["skilt", "skilt"]).row("øxø")
    assert len(columns) == len(weights) == 0


def test_rare_grams_weigh_more():
    ngrams = NGrams.learn(["moms skilt"] * 2 + ["moms"] * 8)
    rarity = dict(zip(ngrams.vocabulary, ngrams.rarity, strict=True))
    assert rarity[" skil"] > rarity[" moms"]


def test_matrix_agrees_with_rows():
    ngrams = NGrams.learn(["skilt på facaden", "skilt på taget"])
    matrix = ngrams.matrix(["skilt", "facaden", ""])
    assert matrix.shape == (3, len(ngrams.vocabulary))
    columns, weights = ngrams.row("facaden")
    np.testing.assert_allclose(matrix[1].toarray()[0, columns], weights)
    assert matrix[2].nnz == 0
