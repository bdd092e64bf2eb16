"""Say in one line what a calendar invitation says (RFC 5545, RFC 6047). Bounded and total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from intake.mail import charsets

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

MAX_CALENDAR = 64 << 10  # bytes that are looked at; an invitation has two or three thousand
MAX_ZONES = 5
MAX_WORDS = 200  # characters of a field

# RFC 5546 §1.4: what the sender wants with it.
_METHODS = {
    "REQUEST": "Invitation",
    "PUBLISH": "Event",
    "CANCEL": "Cancelled",
    "COUNTER": "Other time proposed",
    "DECLINECOUNTER": "Proposal declined",
    "ADD": "Invitation",
    "REFRESH": "Asks for the invitation again",
}
_ANSWERS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentatively accepted"}
_BEGIN = {
    name: re.compile(rb"^BEGIN:%s[ \t]*\r?$" % name, re.MULTILINE | re.IGNORECASE) for name in (b"VEVENT", b"VTIMEZONE")
}
_END = {
    name: re.compile(rb"^END:%s[ \t]*\r?$" % name, re.MULTILINE | re.IGNORECASE) for name in (b"VEVENT", b"VTIMEZONE")
}
_METHOD = re.compile(rb"^METHOD[^:\r\n]{0,200}:[ \t]*(\w{1,20})", re.MULTILINE | re.IGNORECASE)


def invitation_line(content: bytes) -> str | None:
    """ "[Invitation] Demo · 2025-03-04 10:00 Europe/Berlin · Room 5 · organiser: Ann <ann@example.com>", or None."""
    looked_at = content[:MAX_CALENDAR]
    # Only the first event is read: the others are its repetitions, or a calendar of thousands.
    events = list(_components(looked_at, b"VEVENT", 1))
    if not events:
        return None
    method = _METHOD.search(looked_at)
    zones = _components(looked_at, b"VTIMEZONE", MAX_ZONES)
    small = b"\r\n".join((b"BEGIN:VCALENDAR", b"VERSION:2.0", *zones, *events, b"END:VCALENDAR"))
    try:
        return _line(_parsed(charsets.decode(small)), method[1].decode("ascii").upper() if method else "PUBLISH")
    except Exception:  # noqa: BLE001  # the library raises what its own code meets; the file stays an attachment
        return None


def hour_of(line: str) -> str:
    """The hour in a line of ours, empty when it names none: a text that names it too needs no such line."""
    found = re.search(r" (\d\d:\d\d)(?: |$)", line)
    return found[1] if found else ""


def _components(data: bytes, name: bytes, most: int) -> Iterator[bytes]:
    position = 0
    for _ in range(most):
        begin = _BEGIN[name].search(data, position)
        end = _END[name].search(data, begin.end()) if begin else None
        if begin is None or end is None:
            return
        yield data[begin.start() : end.end()].rstrip()
        position = end.end()


def _parsed(text: str) -> Event:
    import icalendar  # slow to import, rarely needed

    return icalendar.Calendar.from_ical(text).events[0]


def _line(event: Event, method: str) -> str | None:
    verb = _METHODS.get(method, "Event")
    attendees = _several(event.get("ATTENDEE"))
    if method == "REPLY" and attendees:
        verb = _ANSWERS.get(_parameter(attendees[0], "PARTSTAT").upper(), "Answer")
    elif str(event.get("STATUS", "")).upper() == "CANCELLED":
        verb = "Cancelled"
    organiser = event.get("ORGANIZER")
    facts = (
        _words(event.get("SUMMARY")),
        _time(event),
        _words(event.get("LOCATION")),
        f"by {_person(attendees[0])}" if method in ("REPLY", "COUNTER") and attendees else "",
        f"organiser: {_person(organiser)}" if organiser is not None else "",
    )
    said = " · ".join(filter(None, facts))
    return f"[{verb}] {said}" if said else None


def _time(event: Event) -> str:
    start = event.get("DTSTART")
    moment = start.dt if start is not None else None
    if isinstance(moment, datetime):
        zone = str(start.params.get("TZID", "")) or ("UTC" if moment.utcoffset() is not None else "")
        return f"{moment:%Y-%m-%d %H:%M} {_words(zone)}".strip()
    return moment.isoformat() if isinstance(moment, date) else ""


def _person(address: vCalAddress) -> str:
    name = _words(_parameter(address, "CN")).strip('"')
    written = _words(re.sub("^mailto:", "", str(address), flags=re.IGNORECASE))
    return f"{name} <{written}>" if name and name.lower() != written.lower() else written


def _parameter(address: vCalAddress, name: str) -> str:
    return str(address.params.get(name, ""))


def _several(value: vCalAddress | list[vCalAddress] | None) -> list[vCalAddress]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _words(value: object) -> str:
    """One line of a field, at most 200 characters."""
    return " ".join(charsets.clean(str(value or ""))[: 4 * MAX_WORDS].split())[:MAX_WORDS]
