"""Mistakes in the lines that teach the bot: too few, in a file nobody reads, in two places, or copied from each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.copies import bare, near_copies
from knowledge.examples import LANGUAGES, Example, example_files, read_examples
from knowledge.model import Knowledge
from knowledge.yamlfile import Problem

FEWEST_QUESTIONS = 12
FEWEST_MESSAGES = 10


def find_in_examples(knowledge: Knowledge, root: Path) -> Iterator[Problem]:
    """Yield what is wrong with the examples under `root`."""
    yield from _too_few(knowledge, root)
    yield from _read_by_nobody(knowledge, root)
    examples = read_examples(root)
    yield from _under_two_topics(examples)
    yield from _copied(examples)


def _too_few(knowledge: Knowledge, root: Path) -> Iterator[Problem]:
    for article in knowledge.articles.values():
        if len(article.questions.get("da", ())) < FEWEST_QUESTIONS:
            what = f"Der er færre end {FEWEST_QUESTIONS} eksempler på spørgsmål."
            how = "Skriv flere, som folk stiller dem, ét på hver linje."
            yield Problem(f"{root.name}/questions/{article.id}.da.txt", 1, what, how)
    for case in knowledge.cases.values():
        if len(case.messages.get("da", ())) < FEWEST_MESSAGES:
            what = f"Der er færre end {FEWEST_MESSAGES} eksempler på henvendelser."
            how = "Skriv flere, én på hver linje."
            yield Problem(f"{root.name}/inquiries/{case.id}.da.txt", 1, what, how)


def _read_by_nobody(knowledge: Knowledge, root: Path) -> Iterator[Problem]:
    known = {"questions": set(knowledge.articles), "inquiries": set(knowledge.cases)}
    for path in example_files(root):
        topic, *language = path.name.removesuffix(".txt").split(".")
        if topic not in known[path.parent.name] or language not in [[code] for code in LANGUAGES]:
            folder = "articles" if path.parent.name == "questions" else "cases"
            how = f"Kald den <id>.<sprog>.txt med et id fra {folder}/ og et sprog blandt {', '.join(LANGUAGES)}."
            yield Problem(f"{root.name}/{path.parent.name}/{path.name}", 1, "Ingen læser denne fil.", how)
    for path in sorted((root / "articles" / "en").glob("*.md")):
        if path.stem not in knowledge.articles:
            what = "Den engelske udgave hører ikke til nogen artikel."
            yield Problem(f"{root.name}/articles/en/{path.name}", 1, what, "Giv den samme navn som den danske.")


def _under_two_topics(examples: Sequence[Example]) -> Iterator[Problem]:
    """An example that stands under two topics teaches the bot to be wrong."""
    seen: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        seen[bare(example.text)].append(example)
    for places in seen.values():
        first = places[0]
        other = next((place for place in places if place.topic != first.topic), None)
        if other:
            what = f"Eksemplet står også i {other.file}:{other.line}."
            yield Problem(first.file, first.line, what, "Lad det kun stå ét sted.")


def _copied(examples: Sequence[Example]) -> Iterator[Problem]:
    for copy, original in near_copies(examples):
        if copy.topic != original.topic and bare(copy.text) == bare(original.text):
            continue  # said above, as an error
        what = f"Linjen er næsten den samme som {original.file}:{original.line}: '{_shortened(original.text)}'."
        yield Problem(copy.file, copy.line, what, _cure(copy, original), "advarsel")


def _cure(copy: Example, original: Example) -> str:
    if copy.topic == original.topic:
        return "Slet den ene, eller skriv den om med andre ord: næsten-kopier lærer assistenten intet."
    return "Lad den kun stå under det emne, den hører til, eller gør det tydeligt, hvad der er forskellen."


def _shortened(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
