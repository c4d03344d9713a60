"""The editor's tools on a small model: why an answer, what belongs together, and which line stands in the wrong place."""

from pathlib import Path

import numpy as np
import pytest

from bot import explain, gaps, misplaced
from bot.decision import Decider
from bot.mixture import Examples, Mixture
from bot.places import Lines, read_lines
from bot.trained import Trained
from knowledge.examples import Example

WORDS = {
    "answer/skilte": "skilt facade lysskilt butik neon vindue logo",
    "answer/moms": "moms registrering skat afgift indberette kvartal faktura",
    "case/hal": "udvide hal bygge industri produktion lager ansøge",
    "greet": "hej goddag hejsa davs godmorgen halløj mojn",
}


def lines_about(topic: str) -> list[str]:
    words = WORDS[topic].split()
    return [f"{a} {b}" for a in words for b in words if a < b]


@pytest.fixture(scope="module")
def small_encoder():
    from conftest import WordEncoder

    return WordEncoder()


@pytest.fixture(scope="module")
def lines(small_encoder) -> Lines:
    examples = [
        Example(text, topic, f"{topic.replace('/', '-')}.txt", number)
        for topic in WORDS
        for number, text in enumerate(lines_about(topic), start=1)
    ]
    return lines_of(examples, small_encoder)


def lines_of(examples: list[Example], encoder) -> Lines:
    vectors = encoder.encode([example.text for example in examples])
    centred = Lines(examples, vectors, vectors.mean(axis=0))
    return Lines(examples, centred.around_centre(vectors), centred.centre)


@pytest.fixture(scope="module")
def trained(lines, small_encoder) -> Trained:
    texts, labels = [e.text for e in lines.examples], [e.topic for e in lines.examples]
    titles = small_encoder.encode(["skilte på facaden", "moms"])
    mixture = Mixture.fit(
        Examples(texts, small_encoder.encode(texts), labels, ["answer/skilte", "answer/moms"], titles)
    )
    return Trained(small_encoder, mixture, Decider(mixture))


def test_an_explanation_names_the_decision_and_the_runners_up(trained, lines):
    found = explain.explain("lysskilt på butik", trained, lines)
    assert found["intent"] == "answer"
    topics = [candidate["topic"] for candidate in found["candidates"]]
    assert topics[0] == "answer/skilte"
    assert set(topics) == set(WORDS)


def test_an_explanation_says_what_spoke_for_the_best_topic(trained, lines):
    best = explain.explain("lysskilt på butik", trained, lines)["candidates"][0]
    assert best["places"]["characters"] == 1
    nearest = best["nearest"][0]
    assert (nearest["text"], nearest["file"]) == ("butik lysskilt", "answer-skilte.txt")
    assert lines.examples[nearest["line"] - 1].text == "butik lysskilt"


def test_a_topic_without_a_description_has_no_place_there(trained, lines):
    by_topic = {c["topic"]: c for c in explain.explain("davs", trained, lines)["candidates"]}
    assert by_topic["greet"]["places"]["description"] is None
    assert by_topic["answer/moms"]["places"]["description"] is not None


def test_messages_about_one_thing_are_one_group_the_largest_first(trained, lines):
    texts = ["moms kvartal", "neon logo", "kvartal moms", "moms afgift kvartal"]
    found = gaps.group(texts, trained, lines)
    assert [sorted(group["members"]) for group in found] == [[0, 2, 3], [1]]
    assert [group["article"] for group in found] == ["moms", "skilte"]


@pytest.mark.parametrize(("text", "understood"), [("moms kvartal", True), ("godmorgen hejsa", False)])
def test_a_group_says_what_the_model_would_answer_by_now(trained, lines, text, understood):
    assert gaps.group([text], trained, lines)[0]["understood"] == [understood]


def test_one_message_and_none_are_grouped_too(trained, lines):
    assert [group["members"] for group in gaps.group(["moms kvartal"], trained, lines)] == [[0]]
    assert gaps.group([], trained, lines) == []


def test_grouping_leaves_nothing_of_what_visitors_wrote(trained, lines, tmp_path, monkeypatch):
    monkeypatch.setenv("INDGANG_CACHE", str(tmp_path))
    gaps.group(["moms kvartal"], trained, lines)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Vi er Murermester Prøve ApS\nog vil bygge", "Vi er [virksomhed] og vil bygge"),
        ("Jeg hedder Lise Prøve, må jeg have skilt", "Jeg hedder [navn], må jeg have skilt"),
        ("må jeg have skilt på Havnegade 4", "må jeg have skilt på [adresse]"),
        ("må jeg have skilt på Havnegade", "må jeg have skilt på Havnegade"),
    ],
)
def test_names_and_house_addresses_are_masked(text, masked):
    assert gaps.without_names(text) == masked


def test_a_line_in_the_wrong_file_comes_first(lines, small_encoder):
    wrong = Example("moms faktura kvartal", "answer/skilte", "answer-skilte.txt", 99)
    found = misplaced.find(lines_of([*lines.examples, wrong], small_encoder), most=5)
    worst = found["worst"][0]
    assert (worst["text"], worst["line"], worst["other"]) == ("moms faktura kvartal", 99, "answer/moms")
    assert worst["nearest"]["file"] == "answer-moms.txt"
    assert found["pairs"][0][:2] == ["answer/skilte", "answer/moms"]


def test_lines_are_read_with_their_places(tmp_path: Path, small_encoder, monkeypatch):
    monkeypatch.setenv("INDGANG_CACHE", str(tmp_path / "cache"))
    (tmp_path / "knowledge" / "questions").mkdir(parents=True)
    (tmp_path / "knowledge" / "questions" / "moms.da.txt").write_text("\nhvad er moms\n", encoding="utf-8")
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    nlu = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hej\n'
    (tmp_path / "data" / "nlu" / "greet.yml").write_text(nlu, encoding="utf-8")
    read = read_lines(small_encoder, tmp_path)
    assert [(e.text, e.topic, e.file, e.line) for e in read.examples] == [
        ("hvad er moms", "answer/moms", "knowledge/questions/moms.da.txt", 2),
        ("hej", "greet", "data/nlu/greet.yml", 5),
    ]
    np.testing.assert_allclose(np.linalg.norm(read.vectors, axis=1), 1, atol=1e-5)
