"""Reading office.yml: hours, closing days, promises, local facts, and the hours in words."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from knowledge.fields import Fields
from knowledge.model import (
    ALWAYS_ASKED,
    FILE_TYPES,
    MOST_LIVE_MINUTES,
    MOST_SCALES,
    NEW_BUSINESS_OFFERS,
    PROMISES_THAT_MAY_PAUSE,
    WEEKDAYS,
    BoardMeeting,
    ClosingDay,
    LiveRules,
    LocalFact,
    Offer,
    Office,
    Promises,
    Scale,
    SurveyRules,
    Uploads,
)

_MONTH_DAY = re.compile(r"\d\d-\d\d")
_DANISH_DAYS = dict(
    zip(WEEKDAYS, ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"), strict=True)
)


def read_office(fields: Fields) -> Office:
    """Return the office as office.yml describes it; what is missing or wrong becomes a problem of the file."""
    municipality = fields.mapping("municipality", required=True)
    contact = fields.mapping("contact", required=True)
    promises = fields.mapping("promises", required=True)
    return Office(
        municipality=fields.sub("municipality", municipality, "name"),
        name=fields.sub("municipality", municipality, "office"),
        url=fields.sub("municipality", municipality, "url"),
        phone=fields.sub("contact", contact, "phone"),
        email=fields.sub("contact", contact, "email"),
        address=fields.sub("contact", contact, "address"),
        digital_post=fields.sub("contact", contact, "digital_post"),
        coordinator=fields.sub("contact", contact, "coordinator"),
        hours=_hours(fields),
        closing_days=tuple(_closing_day(fields, d) for d in fields.records("closing_days")),
        promises=_promises(fields, promises),
        new_business_offers=_offers(fields),
        uploads=_uploads(fields),
        survey=_survey(fields),
        live=_live(fields),
        board_meeting=_board_meeting(fields),
        retention={
            name: fields.number("retention", fields.mapping("retention"), name)
            for name in ("conversation_days", "ticket_days_after_close", "abandoned_intake_days", "access_log_days")
        },
        local=_local(fields),
    )


def _promises(fields: Fields, record: dict[str, Any]) -> Promises:
    pauses = tuple(map(str, record.get("pauses") or ()))
    for name in pauses:
        if name not in PROMISES_THAT_MAY_PAUSE:
            fields.complain(
                "promises",
                f"'{name}' kan ikke stå under 'pauses': det løfte gælder, også mens vi venter på virksomheden.",
                f"Brug kun {', '.join(PROMISES_THAT_MAY_PAUSE)}.",
            )
    numbers = {name: fields.number("promises", record, name) for name in Promises.__annotations__ if name != "pauses"}
    return Promises(**numbers, pauses=pauses)


def _offers(fields: Fields) -> dict[str, Offer]:
    offers = fields.mapping("new_business_offers", required=True)
    found = {}
    for name in NEW_BUSINESS_OFFERS:
        record = offers.get(name)
        if not isinstance(record, dict):
            fields.complain(
                "new_business_offers", f"Tilbuddet '{name}' mangler.", f"Skriv {name}: med text: og text_en: under."
            )
            continue
        texts = (fields.sub("new_business_offers", record, key) for key in ("text", "text_en"))
        found[name] = Offer(*texts)
    return found


def _uploads(fields: Fields) -> Uploads:
    record = fields.mapping("uploads", required=True)
    types = tuple(map(str, record.get("types") or ()))
    if not types or not set(types) <= set(FILE_TYPES):
        fields.complain(
            "uploads", "'types' skal nævne filtyper, som vi kan kende på indholdet.", f"Brug {', '.join(FILE_TYPES)}."
        )
    megabytes, files = (fields.number("uploads", record, name) for name in ("max_megabytes", "max_files"))
    return Uploads(types, megabytes, files)


def _survey(fields: Fields) -> SurveyRules:
    record = fields.mapping("survey", required=True)
    scales, goals = (value if isinstance(value := record.get(name), dict) else {} for name in ("scales", "goals"))
    if not set(ALWAYS_ASKED) <= set(scales) or len(scales) > MOST_SCALES:
        fields.complain(
            "survey",
            f"'scales' skal have {' og '.join(ALWAYS_ASKED)}, og der må højst være {MOST_SCALES} i alt.",
            "Skriv service: og time: med text: og text_en: under.",
        )
    for name in ("response", *ALWAYS_ASKED):
        if name not in goals:
            fields.complain("survey", f"Målet '{name}' mangler.", f"Skriv {name}: 80 under goals.")
    for name, goal in goals.items():
        if name not in ("response", *scales):
            fields.complain(
                "survey", f"Målet '{name}' hører ikke til noget, vi spørger om.", "Ret navnet, eller slet målet."
            )
        if not isinstance(goal, int) or not 0 <= goal < 100:
            fields.complain("survey", f"Målet '{name}' er ikke et tal fra 0 til 99.", f"Skriv {name}: 80.")
    return SurveyRules({name: _scale(fields, scale) for name, scale in scales.items()}, goals)


def _live(fields: Fields) -> LiveRules:
    record = fields.mapping("live", required=True)
    rules = LiveRules(**{name: fields.number("live", record, name) for name in LiveRules.__annotations__})
    if rules.answer_within_minutes > MOST_LIVE_MINUTES:
        fields.complain(
            "live",
            f"'answer_within_minutes' er {rules.answer_within_minutes}: så længe sidder ingen og venter i en chat.",
            f"Skriv højst {MOST_LIVE_MINUTES} minutter.",
        )
    return rules


def _board_meeting(fields: Fields) -> BoardMeeting | None:
    """Return the weekly meeting; without one in the file there is none, and no mail about it."""
    record = fields.mapping("board_meeting")
    if not record:
        return None
    day = str(record.get("day") or "")
    if day not in WEEKDAYS:
        fields.complain(
            "board_meeting", f"'{day}' er ikke en ugedag.", f"Skriv day: efterfulgt af en af {', '.join(WEEKDAYS)}."
        )
    try:
        begins = time.fromisoformat(str(record.get("time")))
    except ValueError:
        fields.complain("board_meeting", "Mødets klokkeslæt kan ikke læses.", 'Skriv time: "09:00".')
        begins = time(9)
    return BoardMeeting(day, begins, fields.number("board_meeting", record, "mail_hours_before"))


def _scale(fields: Fields, record: Any) -> Scale:
    texts = record if isinstance(record, dict) else {}
    return Scale(*(fields.sub("survey", texts, name) for name in ("text", "text_en")))


def _hours(fields: Fields) -> dict[str, tuple[tuple[time, time], ...]]:
    found = {}
    for day, periods in fields.mapping("hours", required=True).items():
        try:
            parsed = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in periods)
            flat = [moment for period in parsed for moment in period]
            if day not in WEEKDAYS or flat != sorted(flat):
                raise ValueError(day)
        except (TypeError, ValueError):
            fields.complain("hours", f"Åbningstiden for '{day}' kan ikke læses.", 'Skriv monday: [["09:00", "15:30"]].')
            continue
        found[day] = parsed
    return found


def _closing_day(fields: Fields, record: dict[str, Any]) -> ClosingDay:
    day, month_day = record.get("date"), record.get("month_day")
    if not isinstance(day, date) and not (isinstance(month_day, str) and _MONTH_DAY.fullmatch(month_day)):
        fields.complain("closing_days", "En lukkedag mangler dato.", 'Skriv date: 2026-05-15 eller month_day: "12-24".')
    return ClosingDay(str(record.get("name") or ""), day, month_day)


def _local(fields: Fields) -> dict[str, LocalFact]:
    found = {}
    for name, record in fields.mapping("local").items():
        checked = (record or {}).get("checked")
        if not isinstance(checked, date):
            fields.complain("local", f"'{name}' mangler datoen, den sidst blev tjekket.", "Skriv checked: 2026-11-20.")
            checked = date.min
        found[name] = LocalFact(fields.sub("local", record or {}, "text"), (record or {}).get("url"), checked)
    return found


def local_values(office: Office) -> dict[str, str]:
    """Return what articles may put between {{ and }}: local facts, their addresses, and the office's own particulars."""
    values = {name: fact.text for name, fact in office.local.items()}
    values |= {f"{name}.url": fact.url for name, fact in office.local.items() if fact.url}
    return values | {
        "contact.phone": office.phone,
        "contact.email": office.email,
        "contact.address": office.address,
        "municipality.name": office.municipality,
        "hours": hours_in_words(office.hours),
    }


def hours_in_words(hours: dict[str, tuple[tuple[time, time], ...]]) -> str:
    """Return opening hours as a Danish phrase: "mandag kl. 9-12 og 12.30-15.30, …"."""
    days = [f"{_DANISH_DAYS[day]} kl. {periods_in_words(hours[day])}" for day in WEEKDAYS if hours.get(day)]
    return ", ".join(days[:-1]) + (" og " if len(days) > 1 else "") + days[-1] if days else "efter aftale"


def periods_in_words(periods: tuple[tuple[time, time], ...]) -> str:
    """Return one day's periods as Danes write them: "9-12 og 12.30-15.30"."""

    def clock(moment: time) -> str:
        return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)

    return " og ".join(f"{clock(start)}-{clock(end)}" for start, end in periods)
