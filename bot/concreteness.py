"""Signs that tell a concrete matter (a case for people) from a general question (an answer from an article).

"Må man have skilt på fortovet?" asks about rules; "Vi vil udvide hallen på Industrivej 12 med 800 m2 næste år"
describes a project. Each sign is 0 or 1 and the classifier weighs it; none decides alone. Only signs of content: how
long a message is or whether it ends in a question mark tells of its author, and misled on messages of other authors.
"""

from __future__ import annotations

import re

import numpy as np

_STREET = r"[A-ZÆØÅ][\wæøåÆØÅ]*(?:vej|gade|allé|alle|plads|torv|stræde|vænge|parken|kaj|havn|gård|bakken|toften|engen)(?:en|et)?"
_SIGNS = {
    "street": re.compile(rf"\b{_STREET}\b"),
    "street_number": re.compile(rf"\b{_STREET}\s+\d+", re.IGNORECASE),
    "area": re.compile(
        r"\d[\d.]*\s*(?:m2|m²|kvm|kvadratmeter|hektar|ha\b|tønder land|square met\w+|sqm)", re.IGNORECASE
    ),
    "amount": re.compile(
        r"\b\d[\d.]*\s*(?:gæster|personer|ansatte|mand|siddepladser|pladser|biler|lastbiler|kr|mio|mw|meter|tons?)\b",
        re.I,
    ),
    "deadline": re.compile(
        r"\b(?:til (?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december|foråret|sommer\w*|"
        r"efteråret|vinter\w*|næste)|næste (?:år|måned|uge|forår|sommer)|inden (?:jul|sommer|påske|den|\d)|"
        r"den \d{1,2}\.|deadline)\b",
        re.I,
    ),
    "we_plan": re.compile(
        r"\b(?:vi|jeg|we|i)\b[^.?!]{0,25}\b(?:vil|ønsker|planlægger|overvejer|drømmer|har planer|skal til|står (?:og|for|over)|"
        r"er ved|har (?:fundet|købt|lejet|overtaget|arvet|kig)|påtænker|kunne tænke|regner med|want|plan|are planning|"
        r"would like|consider)",
        re.I,
    ),
    "case_number": re.compile(r"\b(?:EK[- ]?\d{4}|sagsn\w+|journalnr|sag(?:en)? )", re.I),
}
NAMES = tuple(_SIGNS)


def concreteness(text: str) -> np.ndarray:
    """Return the signs in `text`, in the order of `NAMES`."""
    return np.array([bool(pattern.search(text)) for pattern in _SIGNS.values()], dtype=np.float32)
