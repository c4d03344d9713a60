"""Reading what visitors tell about themselves, however they write it."""

import pytest

from knowledge import load
from office.intake import (
    _AMOUNT_UNITS,
    SKIPPED,
    Facts,
    find_address,
    find_cvr,
    find_detail,
    find_email,
    find_facts,
    find_name,
    find_phone,
    find_reference,
    mistyped_cvr,
    read_answer,
    reading_of,
    refuses_contact,
)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Min telefon er 28 55 61 07, og jeg har ingen mail", "28556107"),
        ("28556107", "28556107"),
        ("tlf. +45 2855 6107", "28556107"),
        ("0045 28556107", "28556107"),
        ("Det sidste er 70, ikke 07. Altså 28 55 61 70.", "28556170"),
        ("numer: +46 70 123 45 67", "+46701234567"),
        ("CVR 10150817", None),
        ("hallen er på 800 m2", None),
        ("EAN 5798000123456", None),
    ],
)
def test_a_phone_number_is_found_however_it_is_written(text, phone):
    assert find_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("skriv til lise@cafe-sol.dk.", "lise@cafe-sol.dk"),
        ("LISE@Cafe-Sol.DK", "LISE@cafe-sol.dk"),
        ("lise@", None),
        ("a@b", None),
    ],
)
def test_an_email_address_is_found_and_checked(text, email):
    assert find_email(text) == email


def test_a_cvr_number_must_pass_the_check():
    assert find_cvr("CVR-nr. 10 15 08 17") == "10150817"
    assert find_cvr("cvr 10150818") is None
    assert mistyped_cvr("cvr 10150818") == "10150818"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Vi ligger på Industrivej 12, 0001 Lindhavn", "Industrivej 12, 0001 Lindhavn"),
        ("lokalet i Store Torvegade 4b", "Store Torvegade 4b"),
        ("på havnen", None),
    ],
)
def test_a_street_address_is_found(text, address):
    assert find_address(text) == address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hej, jeg hedder Roberto Lind og", "Roberto Lind"),
        ("mvh\nLise B. Holm", "Lise B. Holm"),
        ("det er om, hvorvidt jeg må", None),
    ],
)
def test_a_name_is_found_when_it_is_introduced(text, name):
    assert find_name(text) == name


def test_company_and_name_are_read_from_one_answer():
    facts = read_answer("company", "Pizzeria Sole Mio, Roberto.")
    assert (facts.company, facts.contact_name) == ("Pizzeria Sole Mio", "Roberto")


def test_everything_in_one_line_is_read_at_once():
    facts = read_answer("company", "Storms Blomster, Anja Storm, 20 44 58 31, anja@storms-blomster.example")
    assert facts == Facts(
        company="Storms Blomster",
        contact_name="Anja Storm",
        phone="20445831",
        email="anja@storms-blomster.example",
    )


def test_a_name_that_the_mail_address_begins_with_is_the_person_and_not_the_company():
    facts = read_answer("company", "Ida Prøve, ida@proeve.example")
    assert (facts.company, facts.contact_name, facts.email) == (None, "Ida Prøve", "ida@proeve.example")
    assert read_answer("company", "Krone Is, post@krone-is.example").company == "Krone Is"


def test_a_bare_cvr_number_is_a_company_not_a_phone_number():
    facts = read_answer("company", "10150817")
    assert facts.cvr == "10150817"
    assert facts.phone is None


def test_no_company_yet_is_an_answer_too():
    assert read_answer("company", "jeg har ikke startet firma endnu").company == SKIPPED


def test_a_later_fact_replaces_an_earlier_one_and_keeps_the_rest():
    facts = Facts(company="Sol", phone="28556107").updated(find_facts("forkert, 28 55 61 70"))
    assert facts == Facts(company="Sol", phone="28556170")


@pytest.mark.parametrize("text", ["EK-2026-000318", "ek 2026 000318", "sag EK2026000318?"])
def test_a_case_reference_is_found_however_it_is_typed(text):
    assert find_reference(text) == "EK-2026-000318"


@pytest.mark.parametrize(
    ("asked", "text", "intent", "probability", "expected"),
    [
        ("company", "Café Krone", "out_of_scope", 0.6, "value"),
        ("company", "hvorfor det?", "why", 0.9, "why"),
        ("company", "hvad koster en byggetilladelse?", "answer", 0.8, "answer"),
        ("contact_way", "20 44 58 31", "nlu_fallback", 0.2, "value"),
        ("contact_way", "jeg vil hellere tale med et menneske", "human", 0.9, "human"),
        ("company", "Anja Storm, 00 00 58 31, Storms Blomster", "correct", 0.7, "value"),
        ("company", "hov, mit nummer er 00 00 58 13", "correct", 0.7, "correct"),
        ("contact_name", "stop", "cancel", 0.9, "cancel"),
        ("contact_name", "Tak Larsen", "thanks", 0.4, "value"),
        ("address", "nej", "deny", 0.9, "skip"),
        ("address", "Industrivej 12", "answer", 0.9, "value"),
        ("details", "der kommer 180 gæster om aftenen", "case", 0.9, "value"),
        ("company", "hvad er klokken?", "out_of_scope", 0.9, "out_of_scope"),
    ],
)
def test_a_message_in_the_form_is_a_value_unless_it_plainly_is_something_else(
    asked, text, intent, probability, expected
):
    assert reading_of(asked, text, intent, probability) == expected


def test_who_will_not_say_who_they_are_is_understood():
    assert refuses_contact("Nej, jeg vil ikke sige, hvem jeg er, heller ikke mail eller telefon.")
    assert not refuses_contact("Vi vil ikke bygge i år.")


# --- what the first words say about the type's questions -----------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("areal", "vi vil udvide vores produktionshal på Industrivej med 800 m2", "800 m2"),
        ("areal", "lager paa 1.200 kvm. i to plan", "1.200 kvm."),
        ("areal", "we need 450 square metres", "450 square metres"),
        ("areal", "fra 200 m2 til 800 m2", None),
        ("areal", "hallen er 800", None),
        ("areal", "800 meter fra åen", None),
        ("ansatte", "vi er 12 ansatte og skal have plads til flere", "12 ansatte"),
        ("siddepladser", "café med 40 pladser", "40 pladser"),
        ("personer", "fest for 300 gæster", "300 gæster"),
        ("start", "vi begynder med 800 m2", None),
    ],
)
def test_an_amount_given_with_its_unit_answers_the_question_for_it(question, text, value):
    assert find_detail(question, text) == value


def test_every_amount_that_is_read_is_a_question_of_some_case_type():
    asked = {question.id for case in load().cases.values() for question in case.questions}
    assert set(_AMOUNT_UNITS) <= asked
