"""What a visitor means who answers a choice in words instead of pressing: "ja", "nr. 2", "den med skiltet".

Plain rules on what was offered last. A message that says more than a choice chooses nothing, and is understood as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from office.content_words import speaks_of, stems, words_of

# What a choice stands for (`means`): a plain yes, a plain no or "none of them", or one topic among several.
YES, NO, TOPIC = "yes", "no", "topic"

Choice = Mapping[str, str]  # {id, label, command}, perhaps with `means`

# "ok" is no yes: it may just as well be "ok, I will try again".
_YES_WORDS = "ja jaa jo jep jeps jow jada jaja javel gerne yes yep yeah yup sure absolut selvfølgelig absolutely"
_NO_WORDS = "nej næ næh nææ niks nix nope no none neither ingen hverken"
_NO_PHRASES = ("ikke nogen af", "noget andet", "noget helt andet", "something else", "en anden ting", "not any of")
# Words that a yes, a no or a number may be wrapped in without becoming a question.
_WRAPPING_WORDS = (
    "ja nej tak da det den de dem der gerne meget lige så vil jeg du i please thanks thank you i would like the it that "
    "this is er om af til for tror nok må være mener tager vælger tænker på nr nummer valg mulighed svar option number "
    "choice pick take mean think hjalp gjorde did helped help ikke rigtigt helt not really delene nogen dele eller of any "
    "these them those handler drejer sig about passer fits bare ellers him one ones sure gør kom skulle"
)
_YES, _NO, _WRAPPING = (frozenset(words.split()) for words in (_YES_WORDS, _NO_WORDS, _WRAPPING_WORDS))
_ORDINALS = (
    ("1", "første", "foerste", "forste", "øverste", "first", "etteren", "1eren"),
    ("2", "anden", "to", "toeren", "2eren", "andre", "second", "two", "mellemste"),
    ("3", "tredje", "tredie", "tre", "treeren", "3eren", "third", "three"),
)
_LAST = ("sidste", "nederste", "last")
_LONGEST = 8  # words; more than this is a message of its own


def chosen(text: str, offered: Sequence[Choice]) -> Choice | None:
    """Return the choice that `text` names, or None when it names none, or more than one."""
    words = words_of(text)
    if not words or len(words) > _LONGEST:
        return None
    topics = [choice for choice in offered if choice.get("means") == TOPIC]
    return (
        _by_label(words, offered)
        or _by_number(words, topics)
        or _by_yes_or_no(text.lower(), words, offered, topics)
        or _by_topic(text, topics)
    )


def _by_label(words: list[str], offered: Sequence[Choice]) -> Choice | None:
    return next((choice for choice in offered if words_of(choice["label"]) == words), None)


def _by_number(words: list[str], topics: Sequence[Choice]) -> Choice | None:
    """ "nr. 2", "den første", "the last one"; "en anden" means none of them, not the second."""
    said = [word for word in words if word not in _WRAPPING]
    if len(said) != 1 or not topics or words[:2] == ["en", "anden"]:
        return None
    if said[0] in _LAST:
        return topics[-1]
    place = next((place for place, names in enumerate(_ORDINALS) if said[0] in names), len(topics))
    return topics[place] if place < len(topics) else None


def _by_yes_or_no(text: str, words: list[str], offered: Sequence[Choice], topics: Sequence[Choice]) -> Choice | None:
    refused = any(phrase in text for phrase in _NO_PHRASES)
    if not refused and not set(words[1:]) <= _WRAPPING | _YES | _NO:
        return None
    if refused or words[0] in _NO:
        return _meaning(NO, offered)
    if words[0] in _YES:
        return _meaning(YES, offered) or (topics[0] if len(topics) == 1 else None)
    return None


def _meaning(means: str, offered: Sequence[Choice]) -> Choice | None:
    return next((choice for choice in offered if choice.get("means") == means), None)


def _by_topic(text: str, topics: Sequence[Choice]) -> Choice | None:
    """Words of one title only: everything meant must be found in it, so that a new question is never taken for a choice."""
    for language in ("da", "en"):
        meant = stems(text, language)
        fitting = [c for c in topics if meant and all(speaks_of(c["label"], stem, language) for stem in meant)]
        if len(fitting) == 1:
            return fitting[0]
    return None
