"""Finding the passage of an article that speaks of something."""

import pytest

from office.passages import passage_about

BODY = """## Vær ekstra opmærksom, hvis
- huset er **fredet**. Så skal Slots- og Kulturstyrelsen med.
- der er [toiletter](https://example.org) til gæster.

## Godt at vide
Bliver anmeldelsen ikke brugt inden 1 år, bortfalder den.
"""


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        (
            "og hvis bygningen er fredet?",
            "Vær ekstra opmærksom, hvis: huset er fredet. Så skal Slots- og Kulturstyrelsen med.",
        ),
        ("hvad med toilettet", "Vær ekstra opmærksom, hvis: der er toiletter til gæster."),
        ("gælder anmeldelsen for evigt", "Godt at vide: Bliver anmeldelsen ikke brugt inden 1 år, bortfalder den."),
    ],
)
def test_the_passage_with_the_asked_word_is_quoted_without_marks_after_its_heading(question, passage):
    assert passage_about(BODY, question, "da") == passage


@pytest.mark.parametrize("question", ["gælder det også om vinteren?", "hvad så?", "opmærksom"])
def test_nothing_is_quoted_when_no_passage_speaks_of_it(question):
    assert passage_about(BODY, question, "da") is None


def test_a_word_found_all_over_the_article_points_nowhere():
    body = "\n".join(f"- Tilladelse nummer {n} til noget" for n in range(12))
    assert passage_about(body, "tilladelse?", "da") is None


def test_a_word_that_many_articles_have_points_nowhere():
    others = ["Spørg ejeren først.", "Ejeren skal sige ja."]
    assert passage_about("Få ejeren med.\n\nMål op.", "og ejeren?", "da", others) is None
