"""The lines that teach: each has a home, stands in one place, and says something of its own."""

from pathlib import Path

import pytest

from knowledge.copies import near_copies
from knowledge.examples import Example, read_examples
from tests.knowledge.conftest import problems_of

SKILTE, HEGN = "answer/skilte", "answer/hegn"


def copies(*lines: tuple[str, str]) -> list[tuple[str, str]]:
    """The near copies among lines given as (topic, text): (the copy, what it is a copy of)."""
    examples = [Example(text, topic, "fil.txt", number) for number, (topic, text) in enumerate(lines, start=1)]
    return [(copy.text, original.text) for copy, original in near_copies(examples)]


def add(path: Path, text: str) -> int:
    """Add a line, after an empty one, and return its number."""
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{text}\n", encoding="utf-8")
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "må jeg sætte et lysskilt op over døren til min frisørsalon",
            "må jeg sætte et lysskilt op over døren til min café",
        ),
        ("hvad koster det at få et skilt godkendt hos jer", "hvad koster det at faa et skilt godkendt hos jer??"),
        (
            "Skal jeg have tilladelse til at opføre en carport ved min butik?",
            "Skal jeg have tilladelse til at opføre et skur ved mit værksted?",
        ),
    ],
    ids=["a swapped noun", "a few characters", "several swapped words"],
)
def test_lines_that_differ_in_nouns_or_characters_are_near_copies(one, other):
    assert copies((SKILTE, one), (SKILTE, other)) == [(other, one)]


def test_the_same_matter_in_other_words_is_no_copy():
    assert not copies(
        (SKILTE, "må jeg sætte et lysskilt op over døren til min frisørsalon"),
        (SKILTE, "vi vil have navnet til at stå med neon på muren, er det i orden"),
    )


def test_in_a_fragment_every_word_counts():
    assert not copies((SKILTE, "nattilladelse pris"), (SKILTE, "nattilladelse zone"))
    assert copies((SKILTE, "kontor til klinik nu"), (SKILTE, "kontor til klinik"))


def test_two_topics_may_share_a_frame_since_the_noun_tells_them_apart():
    assert not copies((SKILTE, "må jeg sætte et skilt op ved vejen"), (HEGN, "må jeg sætte et hegn op ved vejen"))


def test_two_topics_may_not_share_a_line_but_for_its_spelling():
    one, other = "hvor højt må hegnet ved min butik egentlig være", "hvor højt må hegnet ved min butik egentligt være"
    assert copies((SKILTE, one), (HEGN, other)) == [(other, one)]


def test_every_copy_made_by_a_template_is_found():
    trades = ["bager", "slagter", "frisør", "maler", "tømrer", "murer", "smed", "optiker", "urmager", "gartner"]
    lines = [f"hvad skal jeg betale for at få et skilt op, når jeg er {trade}" for trade in trades]
    assert [copy for copy, _ in copies(*((SKILTE, line) for line in lines))] == lines[1:]


def test_a_near_copy_is_a_warning_with_both_places(folder):
    path = sorted((folder / "questions").glob("*.da.txt"))[0]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    number = add(path, f"{first} mon")
    found = [p for p in problems_of(folder) if "næsten den samme" in p]
    assert len(found) == 1
    assert found[0].startswith(f"knowledge/questions/{path.name}:{number}: advarsel:")
    assert f"knowledge/questions/{path.name}:1:" in found[0]


def test_an_example_under_two_topics_is_an_error(folder):
    one, other = sorted((folder / "questions").glob("*.da.txt"))[:2]
    number = add(other, one.read_text(encoding="utf-8").splitlines()[0].upper())
    place = f"Eksemplet står også i knowledge/questions/{other.name}:{number}."
    assert any(f"{one.name}:1: fejl: {place}" in p for p in problems_of(folder))


@pytest.mark.parametrize("name", ["haek-i-skjel.da.txt", "haek-i-skel.dk.txt", "haek-i-skel.txt"])
def test_a_file_of_questions_that_nobody_reads_is_an_error(folder, name):
    (folder / "questions" / name).write_text("må hækken være så høj\n", encoding="utf-8")
    assert any(f"questions/{name}:1: fejl: Ingen læser denne fil." in p for p in problems_of(folder))


def test_an_english_version_without_a_danish_one_is_an_error(folder):
    (folder / "articles" / "en" / "ukendt.md").write_text("---\ntitle: Unknown\n---\n", encoding="utf-8")
    assert any("en/ukendt.md:1: fejl: Den engelske udgave hører ikke til" in p for p in problems_of(folder))


def test_line_numbers_count_empty_lines(folder):
    path = sorted((folder / "questions").glob("*.da.txt"))[0]
    number = add(path, "et spørgsmål efter en tom linje")
    example = next(e for e in read_examples(folder) if e.text == "et spørgsmål efter en tom linje")
    assert (example.line, example.topic) == (number, f"answer/{path.name.split('.')[0]}")
