"""What a visitor is told around a live talk, in Danish and English."""

from __future__ import annotations

from office.live import Wait

ASK_LABEL = {"da": "Tal med en medarbejder nu", "en": "Talk to a caseworker now"}
BACK_LABEL = {"da": "Tilbage til assistenten", "en": "Back to the assistant"}
CASE_LABEL = {"da": "Opret en sag", "en": "Open a case"}
WORDS = {
    "offer": {
        "da": "Du kan også skrive med en medarbejder her i chatten med det samme. {wait}",
        "en": "You can also write with a caseworker here in the chat right now. {wait}",
    },
    "queued": {
        "da": (
            "Du står nu i kø til en medarbejder. {wait} Skriv gerne imens, hvad det drejer sig om; medarbejderen kan læse det "
            "hele. Svarer ingen senest kl. {until}, tager jeg imod din henvendelse, så den ikke går tabt."
        ),
        "en": (
            "You are now in the queue for a caseworker. {wait} Please write meanwhile what it is about; the caseworker can read "
            "it all. If nobody answers by {until}, I take your inquiry down, so that it is not lost."
        ),
    },
    "joined": {
        "da": "{name} fra {office} er kommet ind i samtalen. Assistenten er stille imens.",
        "en": "{name} from {office} has joined the conversation. The assistant is silent meanwhile.",
    },
    "passed": {
        "da": (
            "Du taler nu med {name} fra {office}. {before} har givet samtalen videre, og {name} kan læse, hvad I har skrevet."
        ),
        "en": "You are now talking to {name} from {office}. {before} has passed the conversation on, and {name} can read it all.",
    },
    "handed_back": {
        "da": "{name} har givet ordet tilbage til assistenten. Skriv dit næste spørgsmål, eller bed om en medarbejder igen.",
        "en": "{name} has handed over to the assistant again. Write your next question, or ask for a person again.",
    },
    "left_queue": {
        "da": "Du er ude af køen. Skriv dit spørgsmål til mig, eller få oprettet en sag, så vender en medarbejder tilbage.",
        "en": "You have left the queue. Write your question to me, or have a case opened, and a caseworker gets back to you.",
    },
    "left_talk": {
        "da": "Du har afsluttet samtalen med {name}. Nu svarer assistenten igen.",
        "en": "You have ended the conversation with {name}. The assistant answers again now.",
    },
    "back": {
        "da": "Du skriver med assistenten. Stil dit spørgsmål, så finder jeg svaret.",
        "en": "You are writing with the assistant. Ask your question, and I will find the answer.",
    },
    "case": {
        "da": "{name} har gjort jeres samtale til sag {reference}. {person} er din kontaktperson.",
        "en": "{name} has made your conversation into case {reference}. {person} is your contact person.",
    },
    "on_case": {
        "da": "{name} har lagt jeres samtale på sag {reference}. {person} er din kontaktperson.",
        "en": "{name} has put your conversation on case {reference}. {person} is your contact person.",
    },
}
# Why the talk ended by itself, and what comes of it; said one after the other.
_WHY = {
    "unanswered": {
        "da": "Beklager, der var ingen, der nåede at svare dig.",
        "en": "Sorry, nobody managed to answer you in time.",
    },
    "closed": {
        "da": "Beklager, kontoret har lukket nu, og ingen nåede at hjælpe dig færdig.",
        "en": "Sorry, the office has closed now, and nobody managed to help you in time.",
    },
    "visitor_away": {
        "da": "Vi kunne ikke se dig i chatten længere.",
        "en": "We could no longer see you in the chat.",
    },
}
_THEN = {
    "case": {
        "da": "Din henvendelse er nu sag {reference} med alt, hvad du har skrevet. {person} vender tilbage til dig.",
        "en": "Your inquiry is now case {reference} with everything you have written. {person} will get back to you.",
    },
    "on_case": {
        "da": "Det, du har skrevet, ligger på sag {reference}. {person} ser det og vender tilbage til dig.",
        "en": "What you have written is on case {reference}. {person} will see it and get back to you.",
    },
    "asks": {
        "da": (
            "Alt, hvad du har skrevet, er gemt. Skriv dit navn og et telefonnummer eller en e-mail, så opretter jeg en sag, og "
            "du får et sagsnummer. Du kan også ringe på {phone}."
        ),
        "en": (
            "Everything you have written is kept. Write your name and a phone number or an e-mail, and I open a case and give "
            "you its number. You can also call {phone}."
        ),
    },
}
_LINK_BY_MAIL = {
    "da": "Du får en mail med et link til sagen.",
    "en": "You get an e-mail with a link to the case.",
}
OPENED = {
    "da": "Tak. Jeres samtale og alt, hvad du har skrevet, er nu sag {reference}. {person} vender tilbage til dig.",
    "en": "Thank you. The conversation and everything you wrote is now case {reference}. {person} will get back to you.",
}


def after(ending: str, then: str, language: str, by_mail: bool = False, **values: str) -> str:
    """Return what is said when a talk ends by itself: why, and what came of it ("case", "on_case" or "asks")."""
    mail = f" {_LINK_BY_MAIL[language]}" if by_mail else ""
    return f"{_WHY[ending][language]} {_THEN[then][language].format(**values)}{mail}"


def wait_in_words(wait: Wait, language: str) -> str:
    """Return place in the queue and honest waiting time, "Du er nummer 2 i køen. …"; said plainly when it is unknown."""
    return f"{_position(wait.position, language)} {_time(wait, language)}"


def _position(position: int, language: str) -> str:
    return f"You are number {position} in the queue." if language == "en" else f"Du er nummer {position} i køen."


def _time(wait: Wait, language: str) -> str:
    if wait.minutes is not None:
        return _minutes(wait.minutes, language)
    if wait.ready >= wait.position:
        return _ready(wait.ready, language)
    if language == "en":
        return "We do not know how long you will have to wait."
    return "Vi ved ikke, hvor længe du kommer til at vente."


def _minutes(minutes: int, language: str) -> str:
    if language == "en":
        return f"Lately the wait has been about {minutes} {'minute' if minutes == 1 else 'minutes'}."
    return f"Ventetiden har den seneste tid været omkring {minutes} {'minut' if minutes == 1 else 'minutter'}."


def _ready(people: int, language: str) -> str:
    if language == "en":
        return f"{people} caseworkers are ready." if people > 1 else "One caseworker is ready."
    return f"Der sidder {people} medarbejdere klar." if people > 1 else "Der sidder en medarbejder klar."
