"""Reading what a visitor tells about themselves and the matter: pure functions, shared by the bot's form and the gateway.

A message is searched for everything it may hold (e-mail, phone, CVR, address, company, name), whatever was asked for, so
that what has been given is never asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.dk import cvr as danish_cvr

SKIPPED = "-"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_EIGHT_DIGITS = re.compile(r"(?<![\d+])(?:(?:\+|00)45[\s-]?)?(\d(?:[\s.-]?\d){7})(?![\s.-]?\d)")
_CVR_WORD = re.compile(
    r"\b(?:cvr|se)[\s\-.:]*(?:nr|nummer|no)?[\s.:#]*(?:er|is)?[\s:]*(?:DK)?[\s-]*(\d(?:[\s.-]?\d){7})(?!\d)", re.I
)
_REFERENCE = re.compile(r"\bEK[\s-]?(\d{4})[\s-]?(\d{6})\b", re.IGNORECASE)
_STREET_ENDING = (
    "vej|gade|all[eé]|plads|stræde|torv|vænget?|parken|boulevard|kaj|kajen|havn|havnen|bakken?|gyde|skov|strand|park"
)
_FLOOR = r"(?:,?\s*(?:st|kl|\d{1,2})\.?\s?(?:th|tv|mf)\.?)?"
_TOWN = r"(?:,?\s*\d{4}\s+[A-ZÆØÅ][\wæøå]+(?:\s[A-ZÆØÅ]\b)?)?"
_STREET = re.compile(
    r"\b(?:[A-ZÆØÅ][\wæøåÆØÅ.'-]*\s){0,3}[A-ZÆØÅa-zæøå][\wæøåÆØÅ'-]*?"
    rf"(?:{_STREET_ENDING})\s+\d{{1,3}}(?:\s?[A-Za-z])?\b{_FLOOR}{_TOWN}"
)
_LEGAL_FORM = r"(?:ApS|A/S|I/S|K/S|P/S|IVS|IVS|A\.M\.B\.A\.|AMBA|F\.?M\.?B\.?A\.?)"
_COMPANY = re.compile(rf"(?P<name>(?:[A-ZÆØÅ0-9][\w&.'-]*\s+(?:og\s+|&\s+)?){{1,5}}{_LEGAL_FORM})(?=[\s,.;:!?]|$)")
_NAME = r"[A-ZÆØÅ][\wæøåéü'-]+"
_NAME_WORDS = rf"{_NAME}(?:[ ]+(?:[A-ZÆØÅ]\.?|van|von|de|af|bin|el)(?!\w))*(?:[ ]+{_NAME}){{0,3}}"
_INTRODUCED_BY = (
    r"jeg hedder|mit navn er|my name is|i am called|det er|kontaktperson(?:en)? er|"
    r"(?:med )?venlig hilsen|mvh\.?|vh|hilsen"
)
_INTRODUCTION = re.compile(rf"\b(?i:{_INTRODUCED_BY})(?![\w])[\s,:]*(?P<name>{_NAME_WORDS})")
_BARE_NAME = re.compile(rf"^{_NAME_WORDS}$")
_LEADING_WORDS = re.compile(
    r"^(?:(?:det|firmaet|virksomheden|vi|jeg|the|we|i|our|it|my|company|name)\s+)*"
    r"(?:hedder|er fra|er|kommer fra|is called|are|am|is|from)\s+",
    re.IGNORECASE,
)
_NO_COMPANY = re.compile(
    r"\b(?:ikke|ingen|intet|endnu ikke|uden)\b.{0,25}\b(?:virksomhed|firma|cvr|startet|oprettet|navn)"
    r"|^(?:nej|ingen|har ikke|no company|none)\b",
    re.IGNORECASE,
)


# Questions of case types (their ids in knowledge/cases) that a number with its unit answers by itself.
_AMOUNT_UNITS = {
    "areal": r"m2|m²|kvm\.?|kvadratmeter|kvadrat|sqm|square met(?:er|re)s?",
    "ansatte": r"ansatte|medarbejdere|mand|employees|staff",
    "personer": r"personer|gæster|mennesker|deltagere|people|guests",
    "siddepladser": r"(?:sidde)?pladser|stole|seats",
    "sengepladser": r"værelser|senge(?:pladser)?|rooms|beds",
    "effekt": r"MW|megawatt|kW",
}


@dataclass(frozen=True)
class Facts:
    """What is known so far. None = not known; SKIPPED = the visitor would rather not say."""

    company: str | None = None
    cvr: str | None = None
    contact_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None

    @property
    def reachable(self) -> bool:
        """Tell whether there is a way to answer back."""
        return bool(self.email or self.phone)

    def updated(self, other: Facts) -> Facts:
        """Return these facts with what `other` knows put in place of what stood before."""
        return replace(self, **other.known())

    def completed(self, other: Facts) -> Facts:
        """Return these facts with the gaps filled from `other`; what is known stays."""
        return other.updated(self)

    def known(self) -> dict[str, str]:
        """Return the facts that are known (skipped ones too) by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Facts:
        """Return facts from a mapping with any other keys in it."""
        return cls(**{f.name: str(values[f.name]) for f in fields(cls) if values.get(f.name)})


def find_email(text: str) -> str | None:
    """Return the first valid e-mail address in `text`; the mailbox itself is not asked."""
    for candidate in _EMAIL.findall(text):
        try:
            return validate_email(candidate.rstrip(".-"), check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError:
            continue
    return None


def find_cvr(text: str) -> str | None:
    """Return the CVR number in `text`: eight digits that pass the check, said to be one or standing alone as one."""
    labelled = _CVR_WORD.search(text)
    if labelled:
        digits = re.sub(r"\D", "", labelled.group(1))
        return digits if danish_cvr.is_valid(digits) else None
    return None


def mistyped_cvr(text: str) -> str | None:
    """Return the digits said to be a CVR number that fail the check (modulus 11), so that the visitor can be told."""
    labelled = _CVR_WORD.search(text)
    digits = re.sub(r"\D", "", labelled.group(1)) if labelled else ""
    return digits if digits and not danish_cvr.is_valid(digits) else None


def find_phone(text: str) -> str | None:
    """Return a Danish phone number as eight digits, or a foreign one in international form; the last one given wins."""
    without_cvr = _CVR_WORD.sub(" ", text)
    found = [re.sub(r"\D", "", m.group(1)) for m in _EIGHT_DIGITS.finditer(without_cvr)]
    if found:
        return found[-1]
    for match in phonenumbers.PhoneNumberMatcher(without_cvr, None):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def find_address(text: str) -> str | None:
    """Return a Danish street address (street and number, with postcode and town where given)."""
    match = _STREET.search(text)
    return " ".join(match.group(0).split()).strip(" ,") if match else None


def find_company(text: str) -> str | None:
    """Return a company name that carries its legal form (ApS, A/S …)."""
    match = _COMPANY.search(text)
    return " ".join(match["name"].split()) if match else None


def find_name(text: str) -> str | None:
    """Return a person's name that is introduced as one ("jeg hedder …", "mvh …")."""
    match = _INTRODUCTION.search(text)
    return " ".join(match["name"].split()) if match else None


def find_reference(text: str) -> str | None:
    """Return a case reference in the form EK-2026-000123, however it was typed."""
    match = _REFERENCE.search(text)
    return f"EK-{match.group(1)}-{match.group(2)}" if match else None


def find_detail(question_id: str, text: str) -> str | None:
    """Return what `text` says already about a case type's question ("800 m²" for "areal"), in the visitor's own words.

    Only amounts whose unit says what they are, and only when there is one: "fra 200 til 800 m2" is asked about.
    """
    unit = _AMOUNT_UNITS.get(question_id)
    found = re.findall(rf"(?<![\w.,])\d[\d.]*(?:,\d+)?\s*(?:{unit})(?!\w)", text, re.IGNORECASE) if unit else []
    return " ".join(found[0].split()) if len({" ".join(each.split()) for each in found}) == 1 else None


def find_facts(text: str) -> Facts:
    """Return everything `text` says by itself, without a question having been asked."""
    return Facts(
        company=find_company(text),
        cvr=find_cvr(text),
        contact_name=find_name(text),
        email=find_email(text),
        phone=find_phone(text),
        address=find_address(text),
    )


def read_answer(asked: str, text: str) -> Facts:
    """Return what `text` says as the answer to the question for `asked`, a field of Facts or "contact_way".

    Free words count only as what was asked for: a bare "Roberto" is a name when a name was asked for.
    """
    found = find_facts(text)
    reader = _READERS.get(asked)
    return reader(text, found) if reader else found


def _read_company(text: str, found: Facts) -> Facts:
    bare = text.strip()
    digits = re.sub(r"\D", "", bare)
    if found.cvr is None and len(digits) == 8 and danish_cvr.is_valid(digits) and not re.search(r"[^\W\d]{3}", bare):
        return replace(found, cvr=digits, company=found.company or f"CVR {digits}", phone=None)
    if _NO_COMPANY.search(bare):
        return replace(found, company=found.company or SKIPPED)
    parts = [
        _LEADING_WORDS.sub("", p).strip(" .!")
        for p in re.split(r"[,;\n]| og jeg hedder | v/| ved ", _without_found(bare, found))
    ]
    parts = [p for p in parts if p]
    if not found.company and len(parts) == 1 and _owns_the_address(parts[0], found.email):
        return replace(found, contact_name=found.contact_name or parts[0])
    company = found.company or (parts[0] if parts else None)
    others = [p for p in parts if p != company and _BARE_NAME.match(p)]
    return replace(found, company=company, contact_name=found.contact_name or (others[0] if others else None))


def _owns_the_address(words: str, email: str | None) -> bool:
    """Tell whether `words` are a person's name with whose first name the address begins: "Ida Prøve, ida@…" names no company."""
    local = email.split("@")[0].lower() if email else ""
    return bool(_BARE_NAME.match(words)) and bool(local) and local.startswith(words.split()[0].lower())


def _read_name(text: str, found: Facts) -> Facts:
    parts = re.split(r"[,;\n]", _without_found(text.strip(), found))
    words = _LEADING_WORDS.sub(
        "", re.sub(r"^(?:jeg hedder|mit navn er|my name is)\s+", "", parts[0].strip(), flags=re.I)
    ).strip(" .!")
    return replace(found, contact_name=found.contact_name or words or None)


def _read_address(text: str, found: Facts) -> Facts:
    words = re.sub(
        r"^(?:det er|den ligger|vi ligger|adressen er|på|i|it is|at)\s+", "", text.strip(), flags=re.I
    ).strip(" .!")
    return replace(found, address=found.address or words or None)


def _without_found(text: str, found: Facts) -> str:
    text = _CVR_WORD.sub(" ", _EMAIL.sub(" ", text))
    text = _EIGHT_DIGITS.sub(" ", text)
    return re.sub(r"\b(?:tlf|telefon|mobil|mail|e-mail|cvr)\b\.?:?", " ", text, flags=re.I).strip(" ,;")


_READERS: dict[str, Callable[[str, Facts], Facts]] = {
    "company": _read_company,
    "contact_name": _read_name,
    "address": _read_address,
}


# --- what a message in the form is ------------------------------------------------------------------------

# Commands may interrupt at a lower probability than small talk: ignoring "tal med et menneske" is worse than asking twice.
_COMMANDS = {"human": 0.5, "cancel": 0.5, "why": 0.5, "skip": 0.5, "start_over": 0.6, "correct": 0.5, "status": 0.6}
_CARE = {"crisis": 0.6, "abuse": 0.7, "injection": 0.7}
_SMALL_TALK = {
    "greet": 0.8,
    "goodbye": 0.7,
    "thanks": 0.8,
    "who_are_you": 0.7,
    "praise": 0.8,
    "helped": 0.9,
    "not_helped": 0.9,
}
_SHORT = 12
_QUESTION = re.compile(
    r"\?\s*$|^(?:og\s+|men\s+|hov\s+|lige\s+)?(?:hva|hvad|hvor|hvordan|hvornår|hvem|hvilke[nt]?|hvorfor|må|kan|skal|er der|"
    r"gælder|koster|what|how|when|where|who|which|may|can|do|does|is there)\b",
    re.IGNORECASE,
)
# Words of a correction. Without one, a name and a number are what the form asks for, however much they look like others' slips.
_CORRECTS = re.compile(
    r"\b(?:nej|ikke|forkert\w*|fejl\w*|\w+fejl|undskyld|ups|hov|ret|rett\w*|ændr\w*|byt|mente|mener|i stedet|skal være|"
    r"skulle være|lave om|brug|tag mit|glemte?|fjern|no|not|wrong|sorry|meant|instead|change|actually|correct\w*|mistake)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:vil|ønsker|have|skal)\b.{0,12}\b(?:ikke|helst ikke|være anonym)\b.{0,60}"
    r"\b(?:hvem jeg er|mit navn|navn|telefon|mail|nummer|kontaktoplysninger|oplyse)\b"
    r"|\banonymt?\b|\brather not (?:say|tell|give)\b",
    re.IGNORECASE,
)


def reading_of(asked: str, text: str, intent: str, probability: float) -> str:
    """Return what `text` is when the form has asked for `asked`: "value", or the intent that interrupts the form.

    `intent` and its `probability` are what understanding made of the text by itself. Whatever plainly is what was asked for
    (a phone number, an address) is the value; short commands and questions interrupt; everything else is the value, because
    names of people and firms look like nothing that understanding knows.
    """
    short = len(text.split()) <= _SHORT
    if intent == "correct" and find_facts(text).reachable and not _CORRECTS.search(text):
        return "value"
    if _plainly_given(asked, text) and intent not in ("cancel", "human", "correct"):
        return "value"
    if intent in _COMMANDS and probability >= _COMMANDS[intent] and (short or intent in ("human", "correct")):
        return intent
    if intent in _CARE and probability >= _CARE[intent]:
        return intent
    if intent in _SMALL_TALK and probability >= _SMALL_TALK[intent] and short:
        return intent
    if intent in ("answer", "follow_up") and (
        _QUESTION.search(text)
        or (asked in ("company", "contact_name", "contact_way", "address") and probability >= 0.9)
    ):
        return intent
    if intent in ("out_of_scope", "private_matter", "status") and _QUESTION.search(text):
        return intent
    if intent == "affirm" and short and asked in ("company", "contact_name", "contact_way", "address"):
        return "affirm" if probability >= 0.6 else "value"
    if intent == "deny" and asked in ("company", "address", "contact_name"):
        return "skip"
    return "value"


def refuses_contact(text: str) -> bool:
    """Tell whether the visitor says that they will not say who they are."""
    return _REFUSAL.search(text) is not None


def _plainly_given(asked: str, text: str) -> bool:
    found = find_facts(text)
    return {
        "contact_way": found.reachable,
        "address": found.address is not None,
        "company": found.cvr is not None or found.company is not None,
    }.get(asked, False)
