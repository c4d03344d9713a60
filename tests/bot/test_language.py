import random

import pytest
import spacy
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.training import Example

from bot.language import STAND_IN, DanishLanguage, LanguageMismatch, pipeline, pipeline_name

MISSING = "da_core_news_sm_that_is_not_installed"


@pytest.fixture
def component(storage, resource, context):
    def make(model: str = MISSING) -> DanishLanguage:
        config = {**DanishLanguage.get_default_config(), "model": model}
        return DanishLanguage.create(config, storage, resource, context)

    return make


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> str:
    """A tiny trained Danish pipeline in a folder: it has learned that Snehvide is a person."""
    nlp = spacy.blank("da")
    ner = nlp.add_pipe("ner")
    ner.add_label("PER")
    texts = ["Snehvide ringer i dag", "spørg Snehvide om det", "det siger Snehvide"]
    spans = [(text.index("Snehvide"), text.index("Snehvide") + 8, "PER") for text in texts]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"entities": [span]}) for text, span in zip(texts, spans, strict=True)
    ]
    random.seed(0)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples, sgd=optimizer)
    folder = tmp_path_factory.mktemp("models") / "da_tiny"
    nlp.to_disk(folder)
    return str(folder)


def names_in(component: DanishLanguage, text: str) -> list[tuple[str, str]]:
    [message] = component.process([Message({TEXT: text})])
    return [(entity["entity"], entity["value"]) for entity in message.get(ENTITIES)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Murermester Hansen ApS vil bygge", [("company", "Murermester Hansen ApS")]),
        ("vi er Nordlys Café I/S", [("company", "Nordlys Café I/S")]),
        ("Lones Hår v/ Lone Jensen skriver her", [("company", "Lones Hår v/ Lone Jensen")]),
        ("vi vil udvide på Industrivej 12", [("place", "Industrivej 12")]),
        ("lokalet ligger Havnegade 4B, 9990 Lindhavn", [("place", "Havnegade 4B, 9990 Lindhavn")]),
        ("butik i 9990 Lindhavn", [("place", "9990 Lindhavn")]),
        ("jeg hedder Karla Muldvarp og har en café", [("person", "Karla Muldvarp")]),
        ("hvad koster det? Mvh Anders And", [("person", "Anders And")]),
        ("må man have skilt på fortovet?", []),
    ],
)
def test_the_stand_in_finds_names(component, text, names):
    assert names_in(component(), text) == names


def test_positions_of_names_point_into_the_text(component):
    text = "Hej, vi vil udvide på Industrivej 12 til næste år"
    [message] = component().process([Message({TEXT: text})])
    [place] = message.get(ENTITIES)
    assert text[place["start"] : place["end"]] == "Industrivej 12"


def test_a_trained_pipeline_finds_what_it_learned_and_what_the_rules_know(component, trained):
    assert names_in(component(trained), "spørg Snehvide om Industrivej 12") == [
        ("person", "Snehvide"),
        ("place", "Industrivej 12"),
    ]


def test_words_are_tokens_with_their_places(component):
    message = Message({TEXT: "Må jeg  åbne?"})
    tokens = component().tokenize(message, TEXT)
    assert [(token.text, token.start) for token in tokens] == [("Må", 0), ("jeg", 3), ("åbne", 8), ("?", 12)]


def test_commands_of_the_gateway_are_left_alone(component):
    [message] = component().process([Message({TEXT: '/choose{"article": "moms"}'})])
    assert message.get(ENTITIES) is None


def test_the_model_remembers_its_pipeline(component, storage, resource, context):
    made = component()
    made.train(TrainingData())
    config = {**DanishLanguage.get_default_config(), "model": MISSING}
    assert names_in(DanishLanguage.load(config, storage, resource, context), "butik i 9990 Lindhavn")


def test_a_model_made_with_another_pipeline_is_refused_with_words_that_help(
    component, storage, resource, context, trained
):
    component().train(TrainingData())
    config = {**DanishLanguage.get_default_config(), "model": trained}
    with pytest.raises(LanguageMismatch, match=f"{STAND_IN}.*da_tiny.*[Tt]rain again"):
        DanishLanguage.load(config, storage, resource, context)


def test_the_log_says_once_which_pipeline_runs(caplog):
    pipeline.cache_clear()
    with caplog.at_level("INFO", logger="bot.language"):
        pipeline(MISSING)
        pipeline(MISSING)
    assert [record.getMessage() for record in caplog.records] == [
        f"Danish language pipeline: {STAND_IN} ({MISSING} is not installed)"
    ]


def test_the_name_of_a_pipeline_is_the_package_or_the_stand_in(trained):
    assert pipeline_name(trained) == "da_tiny"
    assert pipeline_name(MISSING) == STAND_IN
