from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.importer import DESCRIPTION, ROLE
from knowledge import KnowledgeError

SAMPLE = Path(__file__).resolve().parents[1] / "knowledge_sample"


def load(tmp_path: Path, knowledge: Path = SAMPLE):
    """Load through Rasa, the way training does: a config, a domain and one intent of conversation."""
    config = tmp_path / "config.yml"
    importer = f"{{name: bot.importer.KnowledgeImporter, knowledge: {knowledge}}}"
    config.write_text(f"recipe: default.v1\nlanguage: da\nimporters: [{importer}]\n")
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet, answer, case]\n')
    (tmp_path / "greet.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hej\n    - goddag\n'
    )
    return TrainingDataImporter.load_from_config(
        str(config), str(tmp_path / "domain.yml"), [str(tmp_path / "greet.yml")]
    )


def role_of(message) -> str | None:
    return (message.get("metadata") or {}).get("example", {}).get(ROLE)


def test_the_questions_of_an_article_are_examples_of_its_label(tmp_path):
    data = load(tmp_path).get_nlu_data()
    questions = (SAMPLE / "questions" / "haek-i-skel.da.txt").read_text().splitlines()
    examples = {m.get("text") for m in data.intent_examples if m.get_full_intent() == "answer/haek-i-skel"}
    assert {line for line in questions if line and not line.startswith("#")} <= examples


def test_the_messages_of_a_case_type_are_examples_of_its_label(tmp_path):
    labels = {m.get_full_intent() for m in load(tmp_path).get_nlu_data().intent_examples}
    assert {"case/andet", "case/udvidelse-produktionshal", "greet"} <= labels


def test_an_article_describes_itself(tmp_path):
    data = load(tmp_path).get_nlu_data()
    described = [m for m in data.intent_examples if role_of(m) == DESCRIPTION]
    texts = [m.get("text") for m in described if m.get_full_intent() == "answer/frisoer-i-egen-bolig"]
    assert len(texts) > 3  # title, summary, their English versions, paragraphs
    assert not any(text.startswith("#") or "**" in text for text in texts)


def test_every_label_has_a_response_so_that_rasa_trains_without_complaint(tmp_path):
    data = load(tmp_path).get_nlu_data()
    labels = {m.get_full_intent() for m in data.intent_examples if "/" in m.get_full_intent()}
    assert {f"utter_{label}" for label in labels} <= set(data.responses)


def test_broken_knowledge_stops_training_with_its_problems(tmp_path):
    with pytest.raises(KnowledgeError):
        load(tmp_path, tmp_path / "nothing-here")
