import pytest

from bot.text import MAX_SEGMENTS, language_of, parts_of, segments


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hvordan søger jeg om alkoholbevilling til min café?", "da"),
        ("hva koster det", "da"),
        ("skilt paa fortov", "da"),
        ("moms", "da"),
        ("", "da"),
        ("How do I apply for an alcohol licence?", "en"),
        ("where can I put my food truck", "en"),
        ("Hur ansöker jag om tillstånd för uteservering?", "sv"),
        ("Hvordan søker jeg om tillatelse til å åpne kafé? Hva må jeg gjøre før åpning?", "nb"),
        ("Wie beantrage ich eine Genehmigung für mein Geschäft?", "de"),
        ("Czy muszę mieć pozwolenie na budowę dla mojej firmy?", "pl"),
        ("Як отримати дозвіл на продаж алкоголю?", "uk"),
        ("كيف أحصل على رخصة لمقهى؟", "ar"),
    ],
)
def test_recognises_the_language(text, language):
    assert language_of(text) == language


def test_one_question_has_no_parts():
    assert segments("Hvad koster en byggetilladelse til en lagerhal?") == []


def test_two_sentences_are_two_parts():
    text = "Skal jeg have bevilling? Og hvor mange borde må jeg stille på fortovet?"
    assert segments(text) == ["Skal jeg have bevilling?", "Og hvor mange borde må jeg stille på fortovet?"]


def test_a_second_question_after_og_is_a_part_of_its_own():
    text = "Hvor søger jeg plads til min madvogn, og hvordan laver jeg firma med cvr?"
    assert segments(text) == ["Hvor søger jeg plads til min madvogn", "hvordan laver jeg firma med cvr?"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1) lærling på værkstedet 2) hvornår lukker I fredag", ["lærling på værkstedet", "hvornår lukker I fredag"]),
        (
            "det ene er hvor højt vi må spille det andet er hvor mange borde der må stå ude",
            ["hvor højt vi må spille", "hvor mange borde der må stå ude"],
        ),
    ],
)
def test_questions_that_are_counted_up_are_parts(text, parts):
    assert segments(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "hvor tit skal brønden tømmes hvem giver lov til vin på glas",
            ["hvor tit skal brønden tømmes", "hvem giver lov til vin på glas"],
        ),
        (
            "maa skyllevandet løbe i kloakken kan jeg få en ekstra vej ind",
            ["maa skyllevandet løbe i kloakken", "kan jeg få en ekstra vej ind"],
        ),
        (
            "må jeg sælge blomster hjemmefra kan varevognen holde i gaden",
            ["må jeg sælge blomster hjemmefra", "kan varevognen holde i gaden"],
        ),
        (
            "pkt 1 fast plads til vognen på strøget pkt 2 skal der et bevis til",
            ["fast plads til vognen på strøget", "skal der et bevis til"],
        ),
    ],
)
def test_questions_that_follow_each_other_without_punctuation_are_parts(text, parts):
    assert segments(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "hvor længe må vi holde åbent",
        "vi ved ikke hvem der bestemmer over hækken",
        "når hallen er færdig så skal vi have syn",
        "vi skal bruge 4 Store skilte på muren",
        "hvor mange gæster skal toiletterne slå til for",
    ],
)
def test_a_question_word_inside_a_sentence_begins_no_part(text):
    assert segments(text) == []


def test_a_sentence_that_asks_as_a_whole_is_a_part_beside_its_clauses():
    text = "Må vi grave, når vi lægger rør? Koster det noget?"
    assert parts_of(text) == [
        "Må vi grave",
        "når vi lægger rør?",
        "Koster det noget?",
        "Må vi grave, når vi lægger rør?",
    ]
    assert parts_of("Hvad koster en byggetilladelse?") == []


def test_og_between_two_things_does_not_split():
    assert segments("Må jeg sætte borde og stole ud?") == []


def test_abbreviations_do_not_end_a_sentence():
    assert segments("Må skiltet hænge ca. 2 m over fortovet?") == []


def test_a_greeting_stays_with_nothing_before_it_but_a_short_end_joins():
    assert segments("Må jeg bygge et skur bag butikken? Tak på forhånd.") == [
        "Må jeg bygge et skur bag butikken?",
        "Tak på forhånd.",
    ]
    assert segments("Må jeg bygge et skur bag butikken? Mvh Lone") == []


def test_a_long_story_has_a_bounded_number_of_parts():
    assert len(segments("Det er en lang historie om mit firma. " * 40)) == MAX_SEGMENTS


def test_a_long_word_after_og_is_a_topic_of_its_own_and_a_short_one_is_not():
    assert segments("hvor søger man om overkørsel og gravetilladelse") == [
        "hvor søger man om overkørsel",
        "gravetilladelse",
    ]
    assert segments("hvor søger man om borde og stole") == []
