"""The words of a short text that carry its meaning, cut to their stems, so that "skiltet" finds "Skilte og facader"."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+")
_SHORTEST_PART = 4  # letters; a shorter stem counts as a word of its own only, not as part of a compound
_EMPTY = {
    "da": "jeg du vi i man mig os det den de dem der en et er var bliver har have skal må kan vil ville kunne gør gøre og "
    "eller men at som om med for til fra på af i hos ved så også hvis når hvad hvem hvor hvordan hvornår hvilken hvilke "
    "hvorfor hvad ja nej tak gerne bare lige jo ikke noget nogen min mit mine vores dit din sin her nu da ok okay altså "
    "mener tænker handler gælder drejer spørger spørgsmål sige siger få får denne dette disse sådan nok tror meget andet sker "
    "hver hvert år to tre fire fem seks syv otte ni ti mange flere",
    "en": "i you we it its the a an is are was be have has do does did can could should may must will would and or but that "
    "this with for to from on of in at by if when what who where how which why yes no thanks please just not my our your "
    "about mean one ones ok okay so also any some me us there here then think question",
}
_EMPTY_WORDS = {language: frozenset(words.split()) for language, words in _EMPTY.items()}
_STEMMERS = {"da": snowballstemmer.stemmer("danish"), "en": snowballstemmer.stemmer("english")}


def words_of(text: str) -> list[str]:
    """Return the words of `text` in small letters, without marks and smileys."""
    return _WORD.findall(text.lower())


def stems(text: str, language: str = "da") -> list[str]:
    """Return the stems of the words in `text` that are more than grammar. `language` is "da" or "en"."""
    words = [word for word in words_of(text) if word not in _EMPTY_WORDS[language] and not word.isdigit()]
    return list(dict.fromkeys(_STEMMERS[language].stemWords(words)))


def speaks_of(text: str, stem: str, language: str = "da") -> bool:
    """Tell whether `text` has a word with this stem, also as the first or last part of a compound ("erhvervsparkering")."""
    words = _stems_in(text, language)
    if len(stem) < _SHORTEST_PART:
        return stem in words
    return any(word.startswith(stem) or word.endswith(stem) for word in words)


@lru_cache(maxsize=4096)
def _stems_in(text: str, language: str) -> frozenset[str]:
    words = words_of(text)
    return frozenset([*words, *_STEMMERS[language].stemWords(words)])
