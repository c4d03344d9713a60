"""No article says what was true once (the list is knowledge/old_facts.yml), and the list finds what it is meant to find."""

import pytest

from knowledge import load
from knowledge.loader import ROOT
from knowledge.old_facts import find_old_facts, read_old_facts
from tests.knowledge.conftest import edit, problems_of

KNOWLEDGE = load()
FACTS = read_old_facts(ROOT)
PROBLEMS = list(find_old_facts(KNOWLEDGE, ROOT))
SAID_ONCE = [
    ("naeringsbrev", "Først skal du ansøge om næringsbrev hos politiet."),
    ("naeringsbrev", "You need a trade licence to open."),
    ("lukketid", "Alle steder skal holde lukket kl. 24-05."),
    ("lukketid", "Closed between midnight and 5."),
    ("aldersgraense", "Du skal være fyldt 25 år."),
    ("aldersgraense", "You must be over 25."),
    ("momsgraense", "Du skal have moms, når du sælger for over 50.000 kr. på 12 måneder."),
    ("momsgraense", "Sales of 50,000 kr. within 12 months."),
    ("jobcenter", "Kontakt dit lokale jobcenter."),
    ("jobcenter", "Contact the job centre."),
    ("jobrotation", "Du kan søge om jobrotation."),
    ("grundskyld", "Kommunen opkræver din grundskyld to gange om året."),
    ("selektiv-nedrivning", "Selektiv nedrivning er frivillig."),
    ("klimakrav", "Klimakravene gælder kun for byggeri over 1.000 m²."),
    ("vinterlov", "Det står i lov om vintervedligeholdelse."),
    ("aps-kapital", "Et ApS kræver 40.000 kr."),
    ("klagegebyr", "Det koster 900 kr. at klage."),
    ("teknisk-kontrol", "Kommunen godkender bygningens statik."),
    ("nemid", "Log ind med NemID."),
    ("skat", "Spørg SKAT."),
    ("store-bededag", "Vi holder lukket store bededag."),
    ("ivs", "Du kan oprette et IVS."),
]
TRUE_NOW = [
    "Næringsbrev findes ikke mere, så det skal du ikke søge.",
    "You do not need a næringsbrev.",
    "Steder med servering holder normalt lukket kl. 02-05.",
    "Du er fyldt 21 år.",
    "En lokalplan tager typisk 9-12 måneder eller mere.",
    "A/S kræver 400.000 kr.",
    "Se skat.dk/erhverv, og log ind med MitID Erhverv.",
    "Leder du efter jobcenter? Loven kræver ikke længere et.",
]


@pytest.mark.parametrize("item", [*KNOWLEDGE.articles, *KNOWLEDGE.cases])
def test_nothing_old_is_said(item):
    said = [str(p) for p in PROBLEMS if f"/{item}." in p.file]
    assert said == []


@pytest.mark.parametrize(("fact", "text"), SAID_ONCE)
def test_an_old_fact_is_found(fact, text):
    assert fact in {f.id for f in FACTS if f.found_in(text)}


def test_every_old_fact_has_an_example_here():
    assert {fact for fact, _ in SAID_ONCE} == {f.id for f in FACTS}


@pytest.mark.parametrize("text", TRUE_NOW)
def test_what_holds_today_is_let_through(text):
    assert [f.id for f in FACTS if f.found_in(text)] == []


@pytest.mark.parametrize("path", ["articles/haek-i-skel.md", "articles/en/frisoer-i-egen-bolig.md"])
def test_an_old_fact_in_an_article_is_an_error_that_says_what_holds(folder, path):
    edit(folder / path, "\n---\n", "\n---\nSpørg SKAT.\n")
    (problem,) = [p for p in problems_of(folder) if "SKAT" in p]
    assert path in problem
    assert ": fejl:" in problem
    assert "Skatteforvaltningen" in problem


def test_a_pattern_that_cannot_be_read_is_a_problem(folder):
    edit(folder / "old_facts.yml", "'SKAT", "'(SKAT")
    assert any("old_facts.yml" in p and "kan ikke læses" in p for p in problems_of(folder))
