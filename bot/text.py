"""Reading a message as text: its language, its parts that may be questions of their own, its signs of a concrete matter."""

from __future__ import annotations

import re

MAX_SEGMENTS = 10
MAX_SENTENCES = 6

# Words that one language has and its neighbours have not, most frequent first. Danish comes first: it wins a tie.
_WORDS = {
    "da": "jeg ikke er og at hvad hvordan mig af til har kan skal må vi hvor vores min en et det der den på med for som "
    "man hvis nogen være lave gør få noget eller når også efter bliver blevet hvilke hvilken kunne ville dig jeres tak "
    "hej og så vil fra kun søge koster hvem hvornår ik ikk hva ska ka osse virksomhed tilladelse kommunen ved os siger",
    "en": "the is i to a of and my do we you how what can need have for in it with are if does should where who when on "
    "get want there this that would our will your any help please hi hello thanks not or at be from business company yes "
    "but an am me case permit open rules allowed cost much long here",
    "sv": "jag inte är och att vad hur mig av till har kan ska får vi var vår min en ett det där den på med för som man "
    "om någon vara göra något eller när också efter blir vilka vilken kunde dig er tack hej så vill från bara söka kostar "
    "vem mitt måste behöver gäller finns mina öppna tillstånd företag",
    "nb": "jeg ikke er og at hva hvordan meg av til har kan skal må vi hvor vår min en et det der den på med for som man "
    "hvis noen være gjøre noe eller når også etter blir hvilke hvilken kunne deg deres takk hei så vil fra bare søke koster "
    "hvem mitt trenger gjelder finnes mine åpne tillatelse bedrift før nå hvilket våre dere",
    "de": "ich nicht ist und dass was wie mich von zu habe kann muss darf wir wo unser mein ein eine das der die auf mit "
    "für als man wenn jemand sein machen etwas oder auch nach wird welche könnte dich danke hallo so will aus nur kostet "
    "wer meine brauche gilt gibt den dem im zum einen einer bei firma genehmigung für",
    "pl": "nie jest i że co jak mnie z do mam mogę czy musi my gdzie nasz mój się to na dla który jeśli ktoś być coś lub "
    "kiedy też po jaki jakie proszę dziękuję cześć chcę tylko ile kto moja potrzebuję są w o za firma firmę pozwolenie "
    "muszę trzeba można przez od",
}
_VOCABULARY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_LETTERS = {"sv": "äö", "de": "äöüß", "pl": "ąćęłńóśźż", "da": "æø", "nb": "æø"}
_WORD = re.compile(r"[^\W\d_]+")
_UKRAINIAN = re.compile(r"[\u0400-\u04ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def language_of(text: str) -> str:
    """Return the language of `text`: da, en, sv, nb, de, pl, uk or ar. Danish when nothing speaks against it."""
    letters = sum(map(str.isalpha, text)) or 1
    if len(_ARABIC.findall(text)) / letters > 0.5:
        return "ar"
    if len(_UKRAINIAN.findall(text)) / letters > 0.5:
        return "uk"
    lowered = text.lower()
    words = _WORD.findall(lowered)
    scores = {language: _score(language, words, lowered) for language in _VOCABULARY}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores["da"] else "da"


def _score(language: str, words: list[str], lowered: str) -> float:
    own = _VOCABULARY[language]
    # A word that several languages share says less about each.
    score = sum(1 / sum(word in other for other in _VOCABULARY.values()) for word in words if word in own)
    return score + 0.7 * min(3, sum(lowered.count(letter) for letter in _LETTERS.get(language, "")))


_SENTENCE_END = re.compile(
    r"(?<=[.!?…])\s+|\n+|(?<=[?!])(?=[^\s?!.])|\s+[-–+/]\s+|;|(?:^|\s)[1-9a-d]\)\s*|"
    r",?\s*\b(?:og\s+)?(?:det|den)\s+(?:ene|anden|andet)\s+(?:er\s+)?(?=hv\w+|om\b|at\b)|"
    r"(?:^|\s+)(?:pkt\.?|punkt|nummer)\s+(?:[1-4]|et|en|to|tre)\b[.:]?\s+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",\s*(?:og|samt|dels|men|eller|and|but|or)\s+|"
    r"\s+(?:og|samt|dels|and)\s+(?:(?:så|også|desuden|samtidig|derudover|also|then)\s+)?|\s*,\s+",
    re.IGNORECASE,
)
# Where a question may begin in the middle of what somebody wrote without punctuation: "… hvor tit tømmes den hvem betaler".
_QUESTION_WORD = r"(?:hvad|hvem|hvornår|hvordan|hvor|hvilke[nt]?|what|who|where|when|how)"
_NEXT_QUESTION = re.compile(
    rf"\s+(?={_QUESTION_WORD}\s)|"
    r"\s+(?=(?:må|maa|skal|ska|kan|ka|har|får|giver|kræver|er|bliver|can|must|may|should|do|does|is|are)\s+"
    r"(?:jeg|vi|man|i|du|der|det|den|de|dem|en|et|min|mit|mine|vores|nogen|we|you|the|my|our|there|it)\s)|"
    # … or before a thing that both know of, or several: "kan kassevognen …", "kræver solpaneler …"
    r"\s+(?=(?:må|maa|skal|ska|kan|ka|bør|kræver|behøver)\s+\w{2,}(?:en|et|ne|er)\s)",
    re.IGNORECASE,
)
# What stands before it where it begins none: "hvor længe må vi", "vi ved ikke hvem", "så skal jeg", "jeg ser hvad".
_GOES_ON = re.compile(
    rf"\b(?:{_QUESTION_WORD}(?:\s+\w+){{0,2}}|så|når|hvis|at|om|med|på|af|ved|vide|ikke|der|det|den|som|til|og|eller|men|"
    r"jeg|vi|i|man|se|spørge|forstå|sige|høre|know|if|that|and|we|you|see|ask|to|of|about)$",
    re.IGNORECASE,
)
_LAST_WORDS = 80  # characters, in which the three words that it looks at have room
_ABBREVIATION = re.compile(
    r"\b(?:pga|ca|f\.eks|fx|bl\.a|nr|kl|osv|mv|m\.v|evt|inkl|ekskl|tlf|kr|jf|pr|dvs|m\.m|stk|str|max|min|vedr|hhv)\.$",
    re.I,
)
# A question word, a verb before its subject, or "vil gerne vide om …".
_ASKS = re.compile(
    r"\?|^(?:(?:og|samt|men|så|også|desuden|and|but)\s+)*(?:hvad|hvem|hvor\w*|hvilke\w*|hvordan|hva|må|skal|kan|vil|har|er|"
    r"gælder|kræver|findes|koster|behøver|bør|får|ka|ska|ma|kunne|tager|om|how|what|who|where|when|which|do|does|can|"
    r"should|is|are|may|must)\b|\b(?:vide|spørge\w*|oplyst|oplysning|høre)\s+(?:om|hv\w+)",
    re.IGNORECASE,
)


_NAMES_A_TOPIC = 9  # letters: Danish writes "gravetilladelse" in one word


def segments(text: str) -> list[str]:
    """Return the parts of `text` that may be questions of their own, in order; empty when it is all one.

    Sentences first, then what "og", "samt", "dels" or a comma joins. Fragments of fewer than three words stay with what
    stands before them, unless a word is long enough to name a topic ("… og gravetilladelse"); a single word at the
    beginning stays with what follows.
    """
    parts: list[str] = []
    for sentence in _sentences(text):
        for clause in _clauses(sentence):
            clause = clause.strip(" ,;")
            if parts and clause and _is_fragment(clause):
                parts[-1] = f"{parts[-1]} {clause}"
            elif clause:
                parts.append(clause)
    if len(parts) > 1 and len(_WORD.findall(parts[0])) < 2:
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    return parts[:MAX_SEGMENTS] if len(parts) > 1 else []


def _clauses(sentence: str) -> list[str]:
    """Return what "og" and commas join in a sentence, and within that the questions that follow each other without them."""
    clauses: list[str] = []
    for joined in _CLAUSE.split(sentence):
        begin = 0
        for found in _NEXT_QUESTION.finditer(joined):
            here = found.start()
            if not _GOES_ON.search(joined, max(0, here - _LAST_WORDS), here):
                clauses.append(joined[begin:here])
                begin = found.end()
        clauses.append(joined[begin:])
    return clauses


def parts_of(text: str) -> list[str]:
    """Return the segments of `text` and, where it is several sentences, those that are longer than one segment.

    Some questions are asked by a clause, others only by the whole sentence. Empty when the text is all one.
    """
    found = segments(text)
    sentences = [sentence for sentence in _sentences(text) if len(_WORD.findall(sentence)) > 2]
    longer = [sentence for sentence in sentences if sentence not in found]
    return [*found, *longer[:MAX_SENTENCES]] if found and len(sentences) > 1 else found


def _is_fragment(clause: str) -> bool:
    words = _WORD.findall(clause)
    return len(words) < 3 and not any(len(word) >= _NAMES_A_TOPIC for word in words)


def asks(part: str) -> bool:
    """Tell whether a part of a message has the form of a question."""
    return _ASKS.search(part) is not None


def _sentences(text: str) -> list[str]:
    joined: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if joined and _ABBREVIATION.search(joined[-1]):
            joined[-1] = f"{joined[-1]} {piece}"
        elif piece.strip():
            joined.append(piece.strip())
    return joined
