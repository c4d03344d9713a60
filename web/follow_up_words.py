"""The words of the follow-up page, in Danish and English."""

from __future__ import annotations

# The calendar explains its dates in Danish; in English the rule is said in short.
RULES_IN_ENGLISH = (
    "First answer: {hours} hours after {received}, counted on working days only.",
    "Answer with content: {days} working days after {received}, at closing time.",
)

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "title": "Sag",
        "where": "Her står sagen",
        "status_received": "Vi har modtaget din henvendelse. {person} er din kontaktperson og svarer første gang senest {due}.",
        "status_abandoned_intake": (
            "Vi har modtaget det, du nåede at fortælle. {person} er din kontaktperson og kontakter dig senest {due}."
        ),
        "status_with_contact_person": "{person} arbejder på din sag. Du får svar med indhold senest {due}.",
        "status_screening": "{person} ser din henvendelse igennem. Du hører fra os senest {due}.",
        "status_waiting_for_business": (
            "Vi venter på svar fra dig. Under Beskeder kan du se, hvad {person} mangler for at komme videre."
        ),
        "status_reopened": "Sagen er åbnet igen. {person} er din kontaktperson, og du hører fra os senest {due}.",
        "status_withdrawn": "Henvendelsen er trukket tilbage. Skriv her på siden, hvis vi skal tage den op igen.",
        "status_answered": "{person} har svaret på din sag. Er der mere, så skriv her på siden.",
        "status_closed": "Sagen er afsluttet. Skriv her på siden, hvis der er kommet noget nyt.",
        "status_reply": "{person} har fået din besked og svarer senest {due}.",
        "status_late": (
            "Vi lovede at svare senest {due}, og det nåede vi ikke. Det beklager vi. {person} har stadig sagen; du er velkommen "
            "til at ringe eller skrive."
        ),
        "contact": "Din kontaktperson",
        "promises": "Det kan du regne med",
        "first": "Første svar senest",
        "first_done": "Første svar gav vi",
        "answer": "Svar med indhold senest",
        "answer_done": "Svar med indhold gav vi",
        "how_counted": "Sådan er datoerne regnet ud",
        "level": "Sådan ser vi sagen",
        "areas": "Det vil vi inddrage",
        "checklist": "Hav dette klar",
        "about": "Det skrev du",
        "messages": "Beskeder",
        "no_messages": "Der er ingen beskeder endnu.",
        "you": "Du",
        "employee": "medarbejder",
        "write": "Skriv til din kontaktperson",
        "write_hint": "Skriv ikke CPR-nummer. Din besked bliver lagt på sagen.",
        "send": "Send beskeden",
        "sent_prefix": "Sendt",
        "sent": "Beskeden er sendt og ligger nu på sagen.",
        "keep": "Adressen til denne side er din nøgle til sagen. Gem den, og giv den kun til dem, der må se med.",
        "error_title": "Beskeden blev ikke sendt",
        "error_empty": "Skriv en besked, før du sender.",
        "error_old": "Siden har stået åben længe. Se beskeden igennem, og tryk Send igen.",
        "error_prefix": "Fejl",
    },
    "en": {
        "title": "Case",
        "where": "Where your case stands",
        "status_received": "We have received your inquiry. {person} is your contact person and will first answer by {due}.",
        "status_abandoned_intake": (
            "We have received what you had time to tell us. {person} is your contact person and will contact you by {due}."
        ),
        "status_with_contact_person": "{person} is working on your case. You will have an answer with content by {due}.",
        "status_screening": "{person} is looking through your inquiry. You will hear from us by {due}.",
        "status_waiting_for_business": ("We are waiting for you. Under Messages you see what {person} needs to go on."),
        "status_reopened": "The case is open again. {person} is your contact person, and you will hear from us by {due}.",
        "status_withdrawn": "The inquiry is withdrawn. Please write on this page if we should take it up again.",
        "status_answered": "{person} has answered your case. If there is more, please write on this page.",
        "status_closed": "The case is closed. Please write on this page if there is anything new.",
        "status_reply": "{person} has your message and will answer by {due}.",
        "status_late": (
            "We promised to answer by {due} and did not. We are sorry. {person} still has the case; you are welcome to call or "
            "write."
        ),
        "contact": "Your contact person",
        "promises": "What you can count on",
        "first": "First answer no later than",
        "first_done": "We first answered",
        "answer": "Answer with content no later than",
        "answer_done": "We answered with content",
        "how_counted": "How the dates are counted",
        "level": "How we see the case",
        "areas": "Whom we will involve",
        "checklist": "Please have this ready",
        "about": "What you wrote",
        "messages": "Messages",
        "no_messages": "There are no messages yet.",
        "you": "You",
        "employee": "caseworker",
        "write": "Write to your contact person",
        "write_hint": "Please do not write CPR numbers. Your message is added to the case.",
        "send": "Send the message",
        "sent_prefix": "Sent",
        "sent": "Your message is sent and is now part of the case.",
        "keep": "The address of this page is your key to the case. Keep it, and give it only to those who may see it.",
        "error_title": "The message was not sent",
        "error_empty": "Please write a message before you send.",
        "error_old": "The page has been open for a long time. Please look it through and send again.",
        "error_prefix": "Error",
    },
}
