"""Meetings as calendar files (iCalendar, RFC 5545), for the business' and the contact person's own calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText


@dataclass(frozen=True)
class Meeting:
    """A meeting. `uid` stays the same when it is moved or cancelled, and `sequence` counts that (RFC 5545 § 3.8.7.4)."""

    uid: str
    title: str
    start: datetime
    end: datetime
    place: str
    organizer_name: str
    organizer_email: str
    sequence: int = 0
    cancelled: bool = False


def method_of(meeting: Meeting) -> str:
    """Return what the file asks the calendar to do (RFC 5546)."""
    return "CANCEL" if meeting.cancelled else "PUBLISH"


def calendar_file(meeting: Meeting, made_at: datetime) -> bytes:
    """Return the .ics file, times in UTC, which every calendar shows in its reader's own. All moments carry a zone.

    It is published or cancelled, not a request (RFC 5546 § 3.2): the business accepts on its page, so none need answer.
    """
    organizer = vCalAddress(f"mailto:{meeting.organizer_email}")
    organizer.params["CN"] = vText(meeting.organizer_name)
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", meeting.start.astimezone(UTC))
    event.add("dtend", meeting.end.astimezone(UTC))
    event.add("summary", meeting.title)
    event.add("location", meeting.place)
    event.add("organizer", organizer)
    if meeting.cancelled:
        event.add("status", "CANCELLED")
    calendar = Calendar()
    calendar.add("prodid", "-//En Indgang//DA")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(meeting))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
