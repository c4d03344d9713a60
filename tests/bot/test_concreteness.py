import pytest

from bot.concreteness import NAMES, concreteness


def signs_in(text: str) -> set[str]:
    return {name for name, found in zip(NAMES, concreteness(text), strict=True) if found}


def test_a_project_shows_what_makes_it_concrete():
    found = signs_in("Vi vil udvide hallen på Industrivej 12 med 800 m2 inden sommer")
    assert {"street", "street_number", "area", "deadline", "we_plan"} <= found


def test_a_question_about_rules_shows_nothing():
    assert signs_in("Må man have skilt på fortovet?") == set()


@pytest.mark.parametrize("text", ["300 kvm", "2.500 kvadratmeter", "12 m²", "5 hektar"])
def test_areas_are_recognised_in_the_ways_people_write_them(text):
    assert "area" in signs_in(text)


def test_length_and_punctuation_are_no_signs():
    assert signs_in("hej " * 80) == signs_in("hej?") == set()
