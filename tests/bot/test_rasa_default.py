"""What Rasa's default pipeline makes of a message is read as fairly as it can be."""

from bot.rasa_default import best_labels


def parsed(intents: list[str], labels: list[str]) -> dict:
    """What Rasa returns for a message, as far as it is read."""
    ranking = [{"intent_response_key": label, "confidence": 0.5} for label in labels]
    return {
        "intent_ranking": [{"name": intent, "confidence": 0.5} for intent in intents],
        "response_selector": {"default": {"ranking": ranking}},
    }


def test_an_article_is_the_selectors_best_of_the_likeliest_intent():
    found = best_labels(parsed(["answer", "case"], ["case/hal", "answer/moms", "answer/skilte"]))
    assert found == ["answer/moms", "answer/skilte", "case/hal"]


def test_an_intent_without_labels_stands_for_itself():
    assert best_labels(parsed(["out_of_scope", "answer"], ["answer/moms"])) == ["out_of_scope", "answer/moms"]


def test_falling_back_is_not_held_against_the_default():
    assert best_labels(parsed(["nlu_fallback", "greet"], ["answer/moms"])) == ["greet"]
