"""The steps of a start package: written in the article's head, checked in Danish, the same in both languages."""

import pytest

from knowledge import load
from knowledge.model import Link
from tests.knowledge.conftest import edit, problems_of

PACKAGES = ["startpakke-cafe-restaurant", "startpakke-frisoer", "startpakke-autovaerksted"]


@pytest.fixture
def article(folder):
    return folder / "articles" / "frisoer-i-egen-bolig.md"


@pytest.fixture
def english(folder):
    return folder / "articles" / "en" / "frisoer-i-egen-bolig.md"


def test_a_step_says_what_who_when_and_where(folder):
    step = load(folder).articles["frisoer-i-egen-bolig"].steps[0]
    assert (step.step, step.authority, step.when) == ("Tjek lokalplanen", "Kommunen (plan)", "Før du begynder")
    assert step.link == Link("Slå lokalplanen op", "https://www.plandata.dk")


def test_the_english_steps_lead_to_the_same_addresses(folder):
    step = load(folder).articles["frisoer-i-egen-bolig"].in_language("en").steps[0]
    assert (step.step, step.link) == ("Check the local plan", Link("Look up the local plan", "https://www.plandata.dk"))


def test_an_article_without_steps_has_none(folder):
    assert load(folder).articles["haek-i-skel"].steps == ()


@pytest.mark.parametrize("key", ["step", "authority", "when"])
def test_a_step_that_lacks_something_is_named_by_its_number(folder, article, key):
    edit(article, f"    {key}: " if key != "step" else "  - step: ", "    andet: " if key != "step" else "  - andet: ")
    assert any(f"Trin 1 mangler '{key}'" in p and article.name in p for p in problems_of(folder))


def test_a_link_without_an_address_is_named(folder, article):
    edit(article, "link: {text: Slå lokalplanen op, url: https://www.plandata.dk}", "link: {text: Slå op}")
    assert any("Trin 1 har et link uden tekst eller adresse" in p for p in problems_of(folder))


def test_an_unknown_local_address_in_a_step_is_named(folder, article):
    edit(article, "url: https://www.plandata.dk}", 'url: "{{ findes_ikke.url }}"}')
    assert any("'findes_ikke.url' findes ikke i office.yml" in p for p in problems_of(folder))


def test_a_step_missing_in_english_is_named(folder, english):
    edit(english, "  - step: Get the owner's yes\n    authority: The landlord\n    when: Before you rebuild\n", "")
    assert any("Der er 1 trin, men 2 i den danske artikel" in p for p in problems_of(folder))


def test_an_english_link_without_words_is_named(folder, english):
    edit(english, "    link_text: Look up the local plan\n", "")
    assert any("Trin 1 mangler 'link_text'" in p and "/en/" in p for p in problems_of(folder))


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_start_package_is_a_course_across_authorities(package, language):
    steps = load().articles[package].in_language(language).steps
    assert len(steps) >= 7
    assert len({step.authority for step in steps}) >= 4
    assert sum(step.link is not None for step in steps) >= len(steps) - 1
