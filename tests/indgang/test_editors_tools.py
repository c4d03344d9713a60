"""What editors read: in Danish, with the file to open and the line to write."""

from pathlib import Path

import pytest

from indgang import ask, check, gaps, model
from indgang.model import NoModel
from knowledge import load
from office.gaps import CLARIFY, NOT_HELPED, UNSURE, Gap

KNOWLEDGE = load(Path(__file__).parents[1] / "knowledge_sample")
SALON, HEDGE = "frisoer-i-egen-bolig", "haek-i-skel"


def explained(intent: str, **understanding) -> dict:
    """What the engine says of a message that is nearest to the salon."""
    nearest = {"text": "må jeg klippe folk", "file": f"knowledge/questions/{SALON}.da.txt", "line": 3, "cosine": 0.594}
    places = {"characters": 1, "meaning": 2, "neighbours": 1, "description": None}
    return {
        "intent": intent,
        "confidence": 0.9,
        "understanding": {
            "language": "da",
            "intents": [["answer", 0.9], ["case", 0.1]],
            "questions": [],
            **understanding,
        },
        "parts": [],
        "candidates": [{"topic": f"answer/{SALON}", "chance": 0.9, "places": places, "nearest": [nearest]}],
    }


def question(decision: str) -> dict:
    return {"text": "…", "decision": decision, "articles": [[SALON, 0.8], [HEDGE, 0.1]]}


def asked(found: dict) -> list[str]:
    return list(ask.in_words(found, KNOWLEDGE))


def test_an_answer_is_named_with_its_file_and_its_words():
    lines = asked(explained("answer", questions=[question("answer")]))
    assert lines[0] == f"Svarer med: Frisørsalon i egen bolig (articles/{SALON}.md), 80 % blandt artiklerne"
    assert lines[1].strip() == KNOWLEDGE.articles[SALON].summary


def test_a_question_back_lists_its_choices():
    lines = asked(explained("answer", questions=[question("clarify")]))
    assert lines[0] == "Spørger tilbage: er det et af disse emner?"
    assert lines[2] == f"  - Hæk og hegn mellem erhvervsgrunde (articles/{HEDGE}.md), 10 %"


def test_a_case_is_named():
    lines = asked(explained("case", cases=[["udvidelse-produktionshal", 0.9]]))
    assert lines[0].startswith("Opretter en sag: ")
    assert "cases/udvidelse-produktionshal.yml" in lines[0]


@pytest.mark.parametrize(
    ("intent", "name"), [("out_of_scope", "uden for kontorets område"), ("nlu_fallback", "ikke forstået")]
)
def test_what_is_neither_is_named_with_what_is_said(intent, name):
    lines = asked(explained(intent))
    assert lines[0] == f"Hverken artikel eller sag: {name}"
    assert len(lines[1].split()) > 3


def test_the_reasons_are_places_kinds_and_the_nearest_line():
    lines = asked(explained("answer", questions=[question("answer")]))
    assert "Slags besked: spørgsmål, en artikel kan svare på 90 % · konkret sag 10 %" in lines
    assert any(line.split() == [f"answer/{SALON}", "90", "%", "1.", "2.", "1.", "-"] for line in lines)
    assert f"    0,59  knowledge/questions/{SALON}.da.txt:3: må jeg klippe folk" in lines


def group(*members: int, understood: bool = False) -> dict:
    return {
        "members": list(members),
        "texts": [f"spørgsmål {member}" for member in members],
        "understood": [understood] * len(members),
        "language": "da",
        "article": HEDGE,
        "share": 0.6,
    }


def listed(found: list[Gap], *groups: dict) -> str:
    return "\n".join(gaps.in_words(found, groups, KNOWLEDGE, 30))


def test_gaps_are_counted_with_their_reasons_and_the_line_to_copy():
    text = listed([Gap("a", UNSURE), Gap("b", UNSURE), Gap("c", CLARIFY)], group(0, 1, 2))
    assert "1. 3 gange (2 ikke forstået og 1 spurgt tilbage uden valg)" in text
    assert f"kopiér linjen til knowledge/questions/{HEDGE}.da.txt:\nspørgsmål 0" in text


def test_what_is_understood_by_now_is_left_out_and_counted():
    text = listed([Gap("a", UNSURE), Gap("b", UNSURE)], group(0, understood=True), group(1))
    assert "1 af dem forstår assistenten nu" in text
    assert "spørgsmål 0" not in text


def test_an_answer_that_did_not_help_points_at_the_article_and_stays():
    text = listed([Gap("a", NOT_HELPED)], group(0, understood=True))
    assert f"Se på knowledge/articles/{HEDGE}.md" in text
    assert "kopiér" not in text


def test_misplaced_lines_are_shown_with_both_places():
    place = {
        "text": "må jeg klippe hækken",
        "topic": f"answer/{SALON}",
        "file": f"knowledge/questions/{SALON}.da.txt",
        "line": 7,
    }
    nearest = {**place, "text": "klippe hæk", "file": f"knowledge/questions/{HEDGE}.da.txt", "line": 2}
    worst = [{**place, "other": f"answer/{HEDGE}", "nearest": nearest}]
    found = {"lines": 9, "count": 1, "worst": worst, "pairs": [[f"answer/{SALON}", f"answer/{HEDGE}", 1]]}
    text = "\n".join(check.misplaced_in_words(found, KNOWLEDGE))
    assert f"knowledge/questions/{SALON}.da.txt:7: se efter: 'må jeg klippe hækken'" in text
    assert f"Hæk og hegn mellem erhvervsgrunde, for eksempel knowledge/questions/{HEDGE}.da.txt:2" in text


def test_without_a_model_it_is_said_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "MODELS", tmp_path)
    with pytest.raises(NoModel, match="indgang train"):
        model.newest()


def test_the_model_made_from_the_present_files_is_told_from_an_older_one(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "MODELS", tmp_path)
    older = tmp_path / "indgang-0000.tar.gz"
    older.touch()
    assert model.newest() == (older, False)
    present = model.current()
    present.touch()
    assert model.newest() == (present, True)
