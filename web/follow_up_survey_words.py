"""The words of the page with questions after closing, in Danish and English."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Hvordan gik det? Sag",
        "lead": "Det tager et minut, og vi bruger dine svar til at blive bedre.",
        "how_used": (
            "Vi offentliggør tal for alle sager sammen, så ingen kan se, hvad netop du har svaret. Din bemærkning læser kun "
            "kontoret. Du kan svare én gang."
        ),
        "question": "Hvor tilfreds er du med:",
        "optional": "frivilligt",
        "ratings": {5: "Meget tilfreds", 4: "Tilfreds", 3: "Hverken eller", 2: "Utilfreds", 1: "Meget utilfreds"},
        "comment": "Hvad gjorde vi godt, og hvad kan vi gøre bedre?",
        "comment_hint": "Skriv ikke CPR-nummer.",
        "send": "Send dine svar",
        "answered_title": "Tak for dit svar",
        "answered": "Vi har modtaget det. Svarene for alle sager samlet bliver offentliggjort måned for måned.",
        "unasked_title": "Sagen er ikke afsluttet endnu",
        "unasked": "Vi spørger, når den er. Har du noget på hjerte nu, så skriv det på siden om sagen.",
        "back": "Til siden om sagen",
        "error_title": "Svarene blev ikke sendt",
        "error_prefix": "Fejl",
        "error_unrated": "Vælg et svar både ved service og ved tid.",
        "error_old": "Siden har stået åben længe. Se svarene igennem, og tryk Send igen.",
        "error_changed": "Svarene kunne ikke læses. Vælg dem igen.",
        "error_meanwhile": "Sagen blev ændret, mens du svarede. Tryk Send igen.",
    },
    "en": {
        "title": "How did it go? Case",
        "lead": "It takes a minute, and we use your answers to do better.",
        "how_used": (
            "We publish figures for all cases together, so nobody can see what you answered. Only the office reads your "
            "comment. You can answer once."
        ),
        "question": "How satisfied are you with:",
        "optional": "optional",
        "ratings": {5: "Very satisfied", 4: "Satisfied", 3: "Neither", 2: "Dissatisfied", 1: "Very dissatisfied"},
        "comment": "What did we do well, and what can we do better?",
        "comment_hint": "Please do not write CPR numbers.",
        "send": "Send your answers",
        "answered_title": "Thank you for your answer",
        "answered": "We have received it. The answers of all cases together are published month by month.",
        "unasked_title": "The case is not closed yet",
        "unasked": "We ask when it is. If there is something on your mind now, please write it on the page of the case.",
        "back": "To the page of the case",
        "error_title": "The answers were not sent",
        "error_prefix": "Error",
        "error_unrated": "Please choose an answer for both service and time.",
        "error_old": "The page has been open for a long time. Please look the answers through and send again.",
        "error_changed": "The answers could not be read. Please choose again.",
        "error_meanwhile": "The case changed while you were answering. Please send again.",
    },
}
