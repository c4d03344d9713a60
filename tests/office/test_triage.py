"""Triage in the open: level, areas and reasons from case type and words."""

from knowledge import load
from office.triage import triage

knowledge = load()


def level_of(case_type: str, text: str) -> str:
    return triage(knowledge.cases.get(case_type), text, knowledge).level


def test_an_expansion_is_complex_and_names_its_areas():
    found = triage(
        knowledge.cases["udvidelse-produktionshal"],
        "vi vil udvide vores produktionshal på Industrivej med 800 m2",
        knowledge,
    )
    assert found.level == "complex"
    assert {"byggesag", "plan", "miljoe"} <= set(found.areas)
    assert found.reasons


def test_a_given_address_is_medium():
    assert level_of("anvendelse-af-adresse", "må vi have kontor på Torvegade 4?") == "medium"


def test_every_business_that_moves_here_and_builds_gets_a_course_of_its_own():
    """Promise S13."""
    assert level_of("tilflytning-nybyggeri", "vi flytter til kommunen og vil bygge nyt") == "complex"


def test_a_level_is_never_lowered_by_words():
    assert level_of("udvidelse-produktionshal", "det er en helt lille og simpel ting") == "complex"


def test_a_small_bed_and_breakfast_and_demolition_alone_are_medium():
    """Domain facts 2.4, T18 and T23."""
    assert level_of("hotel-bb-i-bygning", "vi vil leje tre værelser ud med seks senge i vores villa") == "medium"
    assert level_of("hotel-bb-i-bygning", "et hotel med 40 senge og tre familieværelser") == "complex"
    assert level_of("nedrivning-og-nybyggeri", "laden på 300 m² skal væk, der skal ikke bygges noget nyt") == "medium"
    assert level_of("nedrivning-og-nybyggeri", "vi river hallen ned og bygger en ny") == "complex"


def test_the_reason_for_a_lower_level_is_told():
    found = triage(knowledge.cases["hotel-bb-i-bygning"], "fire værelser med otte senge", knowledge)
    assert knowledge.signals["lille-overnatning"].reason in found.reasons


def test_a_deadline_raises_in_peoples_own_words():
    assert level_of("cafe-i-butik", "udlejer vil have underskrift på kontrakten senest fredag") == "complex"
    assert level_of("sag-gaaet-i-staa", "får vi ikke svar inden den 1., trækker banken sig") == "complex"


def test_asking_for_one_who_gathers_them_raises():
    assert level_of("tilsyn-paabud-uenighed", "tre styrelser, én dør. Kan I få dem til at tale sammen?") == "complex"


def test_what_is_denied_does_not_raise():
    assert level_of("byfest-marked-gaagade", "ingen ølvogn og ingen koncert til kl. 3") == "medium"
    assert level_of("cafe-i-butik", "kaffebar uden nyt afkast") == "medium"
    assert level_of("cafe-i-butik", "kaffebar med nyt afkast") == "complex"


def test_sentences_about_the_past_and_about_others_are_not_read():
    past = "Før i tiden lå der natklub med vilde naboklager. Nu vil jeg have et hørecenter på adressen."
    assert level_of("anvendelse-af-adresse", past) == "medium"
    assert level_of("anvendelse-af-adresse", "Naboerne klager allerede over støj fra adressen.") == "complex"


def test_what_fits_no_type_still_has_an_area_and_a_reason():
    found = triage(None, "noget helt andet", knowledge)
    assert found.areas[0] == "erhvervsservice"
    assert found.level == "medium"
    assert found.reasons


def test_alcohol_brings_in_licensing_and_police():
    found = triage(knowledge.cases["cafe-i-butik"], "café hvor vi også vil skænke vin og øl", knowledge)
    assert "bevilling" in found.areas
    assert "politi" in found.authorities


def test_every_case_type_gives_reasons_that_are_whole_sentences():
    for case in knowledge.cases.values():
        for reason in triage(case, "", knowledge).reasons:
            assert reason[0].isupper(), case.id
            assert reason.rstrip().endswith("."), case.id
