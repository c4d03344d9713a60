"""`indgang ask`: what the assistant would answer, what else it could have been, and why. Needs a trained model, no server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from indgang import model
from indgang.engine import in_engine
from knowledge import Knowledge, load
from office.settings import ROOT

KINDS = {
    "answer": "spørgsmål, en artikel kan svare på",
    "case": "konkret sag",
    "human": "vil tale med en medarbejder",
    "status": "spørger til sin sag",
    "follow_up": "opfølgende spørgsmål",
    "out_of_scope": "uden for kontorets område",
    "private_matter": "privat, ikke erhverv",
    "abuse": "grov tone",
    "injection": "forsøg på at styre assistenten",
    "crisis": "fortvivlelse",
    "greet": "hilsen",
    "goodbye": "farvel",
    "thanks": "tak",
    "praise": "ros",
    "helped": "det hjalp",
    "not_helped": "det hjalp ikke",
    "who_are_you": "hvem er du?",
    "affirm": "ja",
    "deny": "nej",
    "cancel": "stop",
    "start_over": "begynd forfra",
    "correct": "rettelse",
    "skip": "spring over",
    "why": "hvorfor spørger du?",
    "nlu_fallback": "ikke forstået",
}
LANGUAGES = {
    "da": "dansk",
    "en": "engelsk",
    "sv": "svensk",
    "nb": "norsk",
    "de": "tysk",
    "pl": "polsk",
    "uk": "ukrainsk",
    "ar": "arabisk",
}
_EVIDENCE = {"characters": "tegn", "meaning": "mening", "neighbours": "naboer", "description": "omtale"}


def ask(text: str, data_dir: Path) -> int:
    """Print what would be said to `text` and why. Returns 0. Raises NoModel when nothing has been trained yet."""
    path, is_current = model.newest()
    explained = in_engine(data_dir, "bot.tools", "explain", "--model", str(path), given=json.dumps({"text": text}))
    if not is_current:
        print("(Viden eller bot er ændret siden træningen; kør indgang train for at få det nye med.)\n")
    print("\n".join(in_words(explained, load())))
    return 0


def in_words(explained: dict[str, Any], knowledge: Knowledge) -> Iterator[str]:
    """Yield the lines an editor reads. `explained` is what bot/explain.py returns."""
    understanding = explained["understanding"]
    yield from _reply(explained, knowledge)
    yield ""
    yield f"Sprog: {LANGUAGES[understanding['language']]}"
    kinds = [f"{KINDS[kind]} {percent(chance)}" for kind, chance in understanding["intents"] if chance >= 0.005]
    yield f"Slags besked: {' · '.join(kinds)}"
    if explained["parts"]:
        yield "Delene i beskeden, der kan være hver sit spørgsmål:"
        yield from (f"  - {part}" for part in explained["parts"])
    yield ""
    yield from _candidates(explained["candidates"], knowledge)


def _reply(explained: dict[str, Any], knowledge: Knowledge) -> Iterator[str]:
    """Say what the visitor would hear first."""
    intent, understanding = explained["intent"], explained["understanding"]
    if intent == "answer":
        for question in understanding["questions"]:
            yield from _answer(question, knowledge, several=len(understanding["questions"]) > 1)
    elif intent == "case":
        case = knowledge.cases[understanding["cases"][0][0]]
        yield f"Opretter en sag: {case.title} (cases/{case.id}.yml)"
    else:
        yield f"Hverken artikel eller sag: {KINDS[intent]}"
        yield from _response({"nlu_fallback": "unsure"}.get(intent, intent))


def _answer(question: dict[str, Any], knowledge: Knowledge, several: bool) -> Iterator[str]:
    if several:
        yield f"Om »{question['text']}«:"
    articles = [(knowledge.articles[article], share) for article, share in question["articles"]]
    best, share = articles[0]
    if question["decision"] == "answer":
        yield f"Svarer med: {best.title} (articles/{best.id}.md), {percent(share)} blandt artiklerne"
        yield f"  {best.summary}"
    else:
        yield "Spørger tilbage: er det et af disse emner?"
        yield from (f"  - {article.title} (articles/{article.id}.md), {percent(share)}" for article, share in articles)


def _response(intent: str) -> Iterator[str]:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    for said in responses.get(f"utter_{intent}", [])[:1]:
        yield f"  {' '.join(said['text'].split())}"


def _candidates(candidates: list[dict[str, Any]], knowledge: Knowledge) -> Iterator[str]:
    yield "De mest sandsynlige emner, og hvad der talte for dem (1. = det emne, sporet pegede mest på):"
    yield f"  {'':<44}{'chance':>8}" + "".join(f"{name:>9}" for name in _EVIDENCE.values())
    for candidate in candidates:
        places = "".join(f"{_place(candidate['places'][name]):>9}" for name in _EVIDENCE)
        yield f"  {candidate['topic'][:43]:<44}{percent(candidate['chance']):>8}{places}"
    yield "  tegn: bogstaver og orddele · mening: hele sætningen · naboer: de nærmeste linjer · omtale: artiklens egne ord"
    yield ""
    yield "De linjer, der ligner mest (1,00 = samme mening):"
    for candidate in candidates:
        yield f"  {title_of(candidate['topic'], knowledge)}"
        for line in candidate["nearest"]:
            nearness = f"{line['cosine']:.2f}".replace(".", ",")
            yield f"    {nearness}  {line['file']}:{line['line']}: {line['text'][:100]}"


def percent(share: float) -> str:
    """Return a share as Danes write it: "96 %"."""
    return f"{share * 100:.0f} %"


def _place(place: int | None) -> str:
    return f"{place}." if place else "-"


def title_of(topic: str, knowledge: Knowledge) -> str:
    """Return what people call a topic ("answer/<article>", "case/<type>", or a kind of conversation)."""
    kind, _, name = topic.partition("/")
    if kind == "answer" and name in knowledge.articles:
        return knowledge.articles[name].title
    if kind == "case" and name in knowledge.cases:
        return f"Sag: {knowledge.cases[name].title}"
    return KINDS.get(kind, kind)
