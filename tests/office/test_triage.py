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
