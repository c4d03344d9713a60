"""Answers in words to what was offered last."""

import pytest

from office.choosing import chosen

TOPICS = [
    {"id": "4-1", "label": "Skilte og facader", "command": "a", "means": "topic"},
    {"id": "4-2", "label": "Varer og klapskilt på fortovet", "command": "b", "means": "topic"},
    {"id": "4-3", "label": "Byggetilladelse til erhverv", "command": "c", "means": "topic"},
    {"id": "4-4", "label": "Ingen af dem", "command": "d", "means": "no"},
]
DID_IT_HELP = [
    {"id": "6-1", "label": "Ja", "command": "yes", "means": "yes"},
    {"id": "6-2", "label": "Nej", "command": "no", "means": "no"},
    {"id": "6-3", "label": "Tal med en medarbejder", "command": "person"},
]
PERSON = [{"id": "8-1", "label": "Tal med en medarbejder", "command": "person", "means": "yes"}]


def number(text, offered):
    choice = chosen(text, offered)
    return choice["id"] if choice else None


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("2", "4-2"),
        ("nr. 2", "4-2"),
        ("Nummer to!", "4-2"),
        ("den første", "4-1"),
        ("ja den forste tak", "4-1"),
        ("jeg mener den anden", "4-2"),
        ("den sidste", "4-3"),
        ("the first one", "4-1"),
        ("third", "4-3"),
        ("option 2 please", "4-2"),
    ],
)
def test_a_number_or_place_names_a_topic(text, choice):
    assert number(text, TOPICS) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("skilte og facader", "4-1"),
        ("den med facaden", "4-1"),
        ("ja, den om fortovet", "4-2"),
        ("klapskiltet", "4-2"),
        ("det er en byggetilladelse", "4-3"),
    ],
)
def test_a_part_of_a_title_names_it(text, choice):
    assert number(text, TOPICS) == choice


def test_a_word_that_two_titles_share_names_neither():
    assert number("skilt", TOPICS) is None


@pytest.mark.parametrize(
    "text",
    ["nej", "ingen af dem", "Ingen af delene tak", "none of these", "ikke nogen af dem", "nej det er noget andet"],
)
def test_none_of_them_is_a_choice_too(text):
    assert number(text, TOPICS) == "4-4"


@pytest.mark.parametrize(
    "text", ["en anden", "4", "den femte", "ja", "hvad koster en byggetilladelse", "hej", "??", ""]
)
def test_what_names_no_topic_chooses_nothing(text):
    assert number(text, TOPICS) is None


def test_yes_to_the_only_topic_is_that_topic():
    assert number("ja tak", TOPICS[:1]) == "4-1"


@pytest.mark.parametrize("text", ["ja", "Ja, det hjalp", "ja tak", "JEP", "yes it did", "jo det gjorde det"])
def test_yes_answers_whether_it_helped(text):
    assert number(text, DID_IT_HELP) == "6-1"


@pytest.mark.parametrize("text", ["nej", "Nej, ikke rigtigt", "nej det gjorde det ikke", "no not really"])
def test_no_answers_whether_it_helped(text):
    assert number(text, DID_IT_HELP) == "6-2"


@pytest.mark.parametrize("text", ["ja men hvad koster det", "den første", "nej jeg spurgte om prisen", "tak"])
def test_what_says_more_than_yes_or_no_is_understood_as_any_other_message(text):
    assert number(text, DID_IT_HELP) is None


def test_yes_takes_up_the_offer_of_a_person():
    assert number("ja meget gerne", PERSON) == "8-1"


def test_ok_does_not_take_it_up():
    assert number("ok", PERSON) is None


def test_a_choice_that_is_no_answer_to_yes_is_not_taken_by_it():
    assert number("ja", [{"id": "2-1", "label": "Tal med en medarbejder", "command": "person"}]) is None
