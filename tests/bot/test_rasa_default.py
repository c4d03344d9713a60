"""What Rasa's default pipeline makes of a message is read as fairly as it can be."""

from bot.rasa_default import best_labels


def parsed(*intents: str) -> dict:
    """What Rasa returns for a message, as far as it is read."""
    return {"intent_ranking": [{"name": intent, "confidence": 0.5} for intent in intents]}


def test_the_likeliest_intents_are_its_labels_in_their_order():
    found = best_labels(parsed("answer:moms", "out_of_scope", "case:hal", "answer:skilte"))
    assert found == ["answer/moms", "out_of_scope", "case/hal"]


def test_falling_back_is_not_held_against_the_default():
    assert best_labels(parsed("nlu_fallback", "greet")) == ["greet"]
