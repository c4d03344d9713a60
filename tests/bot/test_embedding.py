import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import embedding
from bot.embedding import MEANINGS, EmbeddingCache, Meanings, SentenceEmbedding


@pytest.fixture
def component(encoder, storage, resource, context, monkeypatch, tmp_path) -> SentenceEmbedding:
    monkeypatch.setenv("INDGANG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(embedding.ENCODERS, "words", lambda: encoder)
    embedding.encoder.cache_clear()
    config = {**SentenceEmbedding.get_default_config(), "encoder": "words"}
    return SentenceEmbedding.create(config, storage, resource, context)


def test_a_text_is_encoded_once(encoder, tmp_path):
    texts = ["skilt", "moms", "skilt"]
    first = EmbeddingCache(encoder, tmp_path).encode(texts)
    assert encoder.calls == 2
    np.testing.assert_array_equal(EmbeddingCache(encoder, tmp_path).encode(texts), first)
    assert encoder.calls == 2


def test_another_encoder_does_not_read_the_cache(encoder, tmp_path):
    EmbeddingCache(encoder, tmp_path).encode(["skilt"])
    encoder.name = "other words"
    EmbeddingCache(encoder, tmp_path).encode(["skilt"])
    assert encoder.calls == 2


def test_vectors_come_in_the_order_of_the_texts(encoder, tmp_path):
    texts = ["en lang linje om skilte", "moms", "hej med dig"]
    np.testing.assert_array_equal(EmbeddingCache(encoder, tmp_path).encode(texts), encoder.encode(texts))


def test_no_texts_give_no_rows(encoder, tmp_path):
    assert EmbeddingCache(encoder, tmp_path).encode([]).shape == (0, encoder.dimension)


def test_progress_is_told(encoder, tmp_path):
    told: list[tuple[int, int]] = []
    EmbeddingCache(encoder, tmp_path).encode(["a", "b"], lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]


def test_a_message_gets_the_meaning_of_its_text_at_once_and_of_its_parts_when_asked(component, encoder):
    text = "Hvor søger jeg plads til madvogn, og hvordan får jeg et cvr-nummer?"
    [message] = component.process([Message({TEXT: text})])
    assert (encoder.calls, len(message.features)) == (1, 1)
    parts = ["Hvor søger jeg plads til madvogn", "hvordan får jeg et cvr-nummer?"]
    np.testing.assert_array_equal(message.get(MEANINGS)([*parts, text]), encoder.encode([*parts, text]))


def test_a_part_is_encoded_once(encoder):
    meanings = Meanings(encoder, "moms og skilt")
    meanings(["moms", "skilt"])
    meanings(["skilt", "moms og skilt", "moms"])
    assert encoder.calls == 3


def test_commands_of_the_gateway_have_no_meaning(component):
    [message] = component.process([Message({TEXT: '/choose{"article": "moms"}'})])
    assert message.get(MEANINGS) is None


def test_training_texts_get_their_features(component):
    data = component.process_training_data(TrainingData([Message.build("skilt på facaden", "answer/skilte")]))
    assert data.training_examples[0].features[0].features.shape == (1, 48)


def test_an_unknown_encoder_is_refused():
    with pytest.raises(ValueError, match="Unknown encoder 'gpt'"):
        SentenceEmbedding.validate_config({"encoder": "gpt"})
