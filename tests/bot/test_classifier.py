import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from test_mixture import LINES, lines_about

from bot.classifier import Understanding, examples_of
from bot.embedding import MEANINGS, Meanings
from bot.importer import DESCRIPTION, ROLE


def example(encoder, text: str, label: str, role: str | None = None) -> Message:
    message = Message.build(text, label, example_metadata={ROLE: role} if role else None)
    vector = encoder.encode([text])
    message.add_features(Features(vector, "sentence", TEXT, "test"))
    return message


@pytest.fixture
def data(encoder) -> TrainingData:
    messages = [example(encoder, line, label) for label, words in LINES.items() for line in lines_about(words)]
    return TrainingData([*messages, example(encoder, "Moms", "answer/moms", DESCRIPTION)])


@pytest.fixture
def component(data, storage, resource, context) -> Understanding:
    config = Understanding.get_default_config()
    Understanding.create(config, storage, resource, context).train(data)
    return Understanding.load(config, storage, resource, context)


def understand(component: Understanding, encoder, text: str) -> Message:
    message = Message({TEXT: text})
    message.set(MEANINGS, Meanings(encoder, text))
    return component.process([message])[0]


def test_a_message_gets_its_intent_and_understanding(component, encoder):
    message = understand(component, encoder, "lysskilt facade")
    assert message.get(INTENT)["name"] == "answer"
    understanding = message.get("understanding")
    assert understanding["questions"][0]["articles"][0][0] == "skilte"
    assert understanding["language"] == "da"


def test_understanding_reaches_the_actions(component, encoder):
    message = understand(component, encoder, "lysskilt facade")
    assert {"understanding", INTENT, "intent_ranking"} <= message.as_dict(only_output_properties=True).keys()


def test_what_reaches_the_actions_is_plain_json(component, encoder):
    import json

    message = understand(component, encoder, "hej")
    json.dumps(message.as_dict(only_output_properties=True))


def test_commands_of_the_gateway_are_left_to_rasa(component):
    [message] = component.process([Message({TEXT: '/choose{"article": "moms"}'})])
    assert message.get("understanding") is None


def test_descriptions_are_no_examples(data):
    examples = examples_of(data)
    assert "Moms" not in examples.texts
    assert examples.described == ["answer/moms"]
    assert examples.vectors.shape == (len(examples.texts), 48)


def test_a_description_of_an_unknown_label_is_left_out(data, encoder):
    data.training_examples.append(example(encoder, "Solceller", "answer/solceller", DESCRIPTION))
    assert examples_of(TrainingData(data.training_examples)).described == ["answer/moms"]


def test_a_changed_source_file_means_training_anew():
    assert np.size(Understanding.fingerprint_addon({})) == 1
