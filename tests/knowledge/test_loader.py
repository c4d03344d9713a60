"""What editors write is read whole, and every mistake is named with file, line and cure."""

from datetime import date
from pathlib import Path

import pytest

from knowledge import KnowledgeError, load, read
from knowledge.check import words_of
from knowledge.readability import lix
from tests.knowledge.conftest import edit, problems_of

REAL = Path(__file__).parents[2] / "knowledge"


def first_article(folder: Path) -> Path:
    return sorted((folder / "articles").glob("*.md"))[0]


def line_starting(path: Path, key: str) -> str:
    return next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(key))


def test_the_projects_own_knowledge_has_no_errors():
    assert [p for p in problems_of(REAL) if ": fejl:" in p] == []


def test_local_facts_are_filled_in_from_the_office():
    for article in load().articles.values():
        assert "{{" not in " ".join(words_of(article)), article.id
        assert all(link.url.startswith("https://") for link in article.links), article.id


def test_every_article_has_an_english_version_and_questions():
    for article in load().articles.values():
        assert article.english is not None, article.id
        assert len(article.questions["da"]) >= 12, article.id


def test_a_missing_field_is_named(folder):
    path = first_article(folder)
    edit(path, line_starting(path, "title:"), "")
    assert any("Feltet 'title' mangler" in p and path.name in p for p in problems_of(folder))


def test_an_unknown_area_is_named(folder):
    path = first_article(folder)
    edit(path, line_starting(path, "areas:"), "areas: [byggesagg]")
    assert any("'byggesagg'" in p and "areas.yml" in p for p in problems_of(folder))


def test_a_broken_line_is_pointed_at(folder):
    path = first_article(folder)
    edit(path, line_starting(path, "title:"), 'title: "uden slut')
    assert any(path.name in p and "kan ikke læses" in p for p in problems_of(folder))
    with pytest.raises(KnowledgeError):
        load(folder)


def test_a_file_without_its_head_is_named(folder):
    path = first_article(folder)
    path.write_text("Bare tekst", encoding="utf-8")
    assert any("mangler sit hoved" in p for p in problems_of(folder))


def test_a_file_in_another_character_set_is_named(folder):
    path = first_article(folder)
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", errors="replace"))
    assert any("UTF-8" in p for p in problems_of(folder))


def test_a_late_review_is_a_warning_not_an_error(folder):
    late = [p for p in problems_of(folder, date(2030, 1, 1)) if "skulle være gennemgået" in p]
    assert late
    assert all("advarsel" in p for p in late)


def test_a_forbidden_old_fact_is_an_error(folder):
    path = first_article(folder)
    knowledge, _ = read(folder)
    article = knowledge.articles[path.stem]
    phrase = article.summary.split()[0].lower()
    edit(path, "\n---\n", f"\nnever_say: [{phrase}]\n---\n") if "never_say:" not in path.read_text() else edit(
        path, line_starting(path, "never_say:"), f"never_say: [{phrase}]\nx-rest:"
    )
    assert any("never_say" in p and ": fejl:" in p for p in problems_of(folder))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Gebyret er TODO kr.", "ikke færdig"),
        ("Se [reglerne](byggetilladelse).", "'byggetilladelse' fører ingen steder hen"),
        ("Se [reglerne](http://usikker.example).", "'http://usikker.example' fører ingen steder hen"),
        ("Gebyret er {{ gebyr_der_ikke_findes }}.", "'gebyr_der_ikke_findes' findes ikke i office.yml"),
    ],
)
def test_what_is_wrong_in_a_text_is_named_with_its_line(folder, body, complaint):
    path = first_article(folder)
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{body}\n", encoding="utf-8")
    last = len(path.read_text(encoding="utf-8").splitlines())
    assert [p for p in problems_of(folder) if f"{path.name}:{last}: fejl:" in p and complaint in p]


def test_a_related_article_that_does_not_exist_is_named_with_its_line(folder):
    path = first_article(folder)
    old = line_starting(path, "related:")
    edit(path, old, "related: [nedlagt-artikel]")
    number = path.read_text(encoding="utf-8").splitlines().index("related: [nedlagt-artikel]") + 1
    assert any(f"{path.name}:{number}: fejl: 'nedlagt-artikel'" in p for p in problems_of(folder))


def test_an_article_is_not_related_to_itself(folder):
    path = first_article(folder)
    edit(path, line_starting(path, "related:"), f"related: [{path.stem}]")
    assert any(f"'{path.stem}' i 'related' findes ikke" in p for p in problems_of(folder))


def test_an_unsure_article_says_what_must_be_checked(folder):
    path = first_article(folder)
    edit(path, line_starting(path, "confidence:"), "confidence: C")
    assert any("siger ikke, hvad der skal tjekkes" in p for p in problems_of(folder))


def test_missing_answers_to_follow_up_questions_are_named(folder):
    assert any("opfølgende spørgsmål mangler: price" in p for p in problems_of(folder))


def test_the_version_changes_with_the_content(folder):
    path = first_article(folder)
    before = load(folder).articles[path.stem].version
    edit(path, line_starting(path, "title:"), "title: En ny titel")
    assert load(folder).articles[path.stem].version != before


def test_lix_counts_sentence_length_and_long_words():
    assert lix("Det er en kat. Den er sort.") == 4
    assert lix("Byggetilladelse kræver ansøgning.") == 3 + 67
    assert lix("") == 0


def test_the_first_answer_can_never_be_put_on_pause(folder):
    edit(folder / "office.yml", "pauses: [screening, answer]", "pauses: [first_answer]")
    (problem,) = [p for p in problems_of(folder) if "first_answer" in p]
    assert "'first_answer' kan ikke stå under 'pauses'" in problem
    assert ": fejl:" in problem


def test_an_offer_to_new_businesses_that_is_missing_is_named(folder):
    edit(folder / "office.yml", "  network:", "  netvaerk:")
    assert any("Tilbuddet 'network' mangler" in p and "office.yml" in p for p in problems_of(folder))


def test_an_offer_without_english_is_named(folder):
    path = folder / "office.yml"
    edit(path, line_starting(path, '    text_en: "Network'), "")
    assert any("mangler 'text_en'" in p for p in problems_of(folder))


@pytest.mark.parametrize("article", load().articles.values(), ids=lambda article: article.id)
def test_every_article_says_who_decides_what_to_do_now_and_what_to_have_ready(article):
    assert "## Hvem bestemmer" in article.body
    assert "## Who decides" in article.english.body
    assert article.links
    assert {"who", "apply", "documents"} <= set(article.follow_up)
    assert set(article.english.follow_up) == set(article.follow_up)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("types: [pdf,", "types: [exe,", "'types'"),
        ("max_megabytes: 1", "max_megabytes: nul", "'max_megabytes'"),
        ("    time:\n", "    speed:\n", "service og time"),
        ("response: 50", "svar: 50", "'response' mangler"),
        ("response: 50", "response: 50\n    weather: 50", "'weather'"),
        ("response: 50", "response: 100", "0 til 99"),
        ("text_en: Our service as a whole", "", "'text_en'"),
        ("answer_within_minutes: 3", "answer_within_minutes: 0", "'answer_within_minutes'"),
        ("answer_within_minutes: 3", "answer_within_minutes: 31", "højst 30"),
        ("visitor_away_minutes: 5", "", "'visitor_away_minutes'"),
    ],
)
def test_what_may_be_sent_and_what_is_asked_is_checked(folder, old, new, said):
    edit(folder / "office.yml", old, new)
    assert any("office.yml" in p and said in p for p in problems_of(folder))


def test_more_than_five_scales_are_too_many(folder):
    scales = "".join(f"    s{n}: {{text: T, text_en: T}}\n" for n in range(4))
    edit(folder / "office.yml", "  scales:\n", f"  scales:\n{scales}")
    assert any("højst være 5" in p for p in problems_of(folder))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("day: tuesday", "day: tirsdag", "'tirsdag' er ikke en ugedag"),
        ("day: tuesday", "day: sunday", "hvor kontoret har lukket"),
        ('time: "09:00"', 'time: "kl. 9"', "klokkeslæt kan ikke læses"),
        ("mail_hours_before: 18", "mail_hours_before: 0", "'mail_hours_before' under 'board_meeting'"),
    ],
)
def test_what_is_wrong_with_the_weekly_meeting_is_named(folder, old, new, complaint):
    edit(folder / "office.yml", old, new)
    assert [p for p in problems_of(folder) if complaint in p and "office.yml" in p and ": fejl:" in p]


def test_an_office_may_do_without_a_weekly_meeting(folder):
    path = folder / "office.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("board_meeting:", "x-board_meeting:"), encoding="utf-8")
    assert load(folder).office.board_meeting is None
