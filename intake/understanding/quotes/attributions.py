"""The lines that announce a quotation, wrapped or not: "On 3 May 2024, Ann <ann@example.com> wrote:"."""

from __future__ import annotations

import re

from intake.understanding.quotes import marks as marks
from intake.understanding.quotes.lines import MAX_LINE, Lines

MAX_WRAPPED = 4  # lines that an announcement may be wrapped over
MAX_BLANK = 2  # blank lines that may stand within one
MAX_TAIL = 250  # characters at its end that may hold its verb
MAX_VERB = 40  # the same, where the verb must be the last word
MAX_NAMED = 10  # words of one that has neither date nor address
_WORD = re.compile(r"[\w']+(?:\.\w+)*")
_ADDRESSED = re.compile(r"[<\[(]|mailto:|\S{1,80}@")


def attribution(lines: Lines, at: int) -> int:
    """How many lines announce a quotation here; 0 for none."""
    first = lines.bare[at].lstrip("*-_ ")
    if not first or first.startswith(">"):
        return 0
    for length in (1, 2):
        cited = " ".join(lines.bare[at : at + length]).lstrip("*-_ ")
        if marks.cites(cited) and (lines.is_marked(at + length) or marks.ADDRESS.search(cited)):
            return length
    opened = marks.opens(first)
    if opened and _continues(first):
        return 1
    joined, filled = "", 0
    for number in range(at, min(at + MAX_WRAPPED + MAX_BLANK, lines.end)):
        line = lines.bare[number]
        if not line or line[0] == ">":
            # An address may end in a line of its own, and stand apart.
            open_address = line and joined.count("<") > joined.count(">")
            if not open_address and (line or not _goes_on(lines, number, joined, opened)):
                return 0
        if not line:
            continue
        joined = f"{joined} {line}".strip()[: 2 * MAX_LINE]
        filled += 1
        if announces(joined, opened=opened, marked=lines.is_marked(number + 1)):
            if filled > 1 and _is_whole(lines, at, number + 1):
                return 0
            return number + 1 - at + _has_tail(lines, number + 1, joined, opened)
        if filled >= MAX_WRAPPED or (filled == 1 and not _begins(lines, at, first, opened)):
            return 0
    return 0


def announces(joined: str, *, opened: bool, marked: bool) -> bool:
    """Is this the whole of an announcement? `opened`: its first word says so; `marked`: ">" stands below."""
    line = joined.rstrip("*-_ ")
    if not line.endswith((":", "：")):
        return bool(marks.DATE_FIRST.match(line)) or (opened and _ends_with_verb(line))
    if len(line) > MAX_LINE or line.count("(") > line.count(")"):
        return False
    line = line.rstrip(":： ")
    dated, timed = marks.DATE.search(line) is not None, marks.TIME.search(line) is not None
    address = next(reversed(list(marks.ADDRESS.finditer(line))), None)
    verbs = list(marks.WROTE.finditer(line, max(0, len(line) - MAX_TAIL)))
    if not verbs:
        # "ср, 30 апр. 2025 г. в 15:19, Ann <ann@example.com>:"
        if address is not None and len(line) - address.end() <= 3 and dated and timed:
            return opened or marks.BEGINNING.match(line) is not None
        return marked and dated and (opened or timed) and len(line) <= MAX_TAIL // 2
    before, tail = line[: verbs[-1].start()], line[verbs[-1].end() :].strip(" (*>")
    if not marked and _is_person(before, tail):
        return False
    # The verb is the last word, or only a name, an address or a date follow it.
    if tail and not (opened or marks.DATE.search(tail) or address is not None):
        return False
    if dated and (timed or address is not None):
        return True
    words = len(_WORD.findall(line))
    if marked:
        return dated or timed or address is not None or words <= MAX_NAMED
    return (address is not None or (dated and opened and not tail)) and words <= MAX_NAMED + 4


def _ends_with_verb(line: str) -> bool:
    """Some write no colon; then time and address must be there, and the verb last."""
    if "@" not in line or not marks.TIME.search(line):
        return False
    verbs = list(marks.WROTE.finditer(line, max(0, len(line) - MAX_VERB)))
    return bool(verbs) and not line[verbs[-1].end() :].strip(" >*")


def _is_person(before: str, tail: str) -> bool:
    """ "you wrote", "schrieb ich": a person tells it."""
    beside = (*_WORD.findall(before)[-1:], *_WORD.findall(tail)[:1])
    return any(word in (marks.PERSONS if word.islower() else marks.POLITE) for word in beside)


def _begins(lines: Lines, at: int, first: str, opened: bool) -> bool:
    """May the announcement that begins here go on in the next line?"""
    if opened and re.search(r"\d", first):
        return True
    if marks.BEGINNING.match(first) and (marks.DATE.search(first) or "<" in first or "@" in first):
        return True
    # "A Very Long Name" above "<ann@example.com> wrote:"
    below = at + 1 < lines.end and lines.bare[at + 1].startswith("<")
    return below and lines.starts_paragraph(at) and not first.endswith((".", "!", "?", ",", ":"))


def _goes_on(lines: Lines, blank: int, joined: str, opened: bool) -> bool:
    """HTML turned to text may put blank lines between a date, an address and the verb."""
    below = lines.filled[blank]
    if not opened or below >= lines.end:
        return False
    line = lines.bare[below]
    verb = marks.WROTE.match(line) is not None and len(line) <= MAX_VERB and line.endswith((":", "："))
    if not verb and not _ADDRESSED.match(line):
        return False
    return marks.DATE.search(joined) is not None and marks.TIME.search(joined) is not None


def _has_tail(lines: Lines, at: int, joined: str, opened: bool) -> bool:
    """Does the colon of an announcement that could do without stand in the next line?"""
    if joined.endswith((":", "：")) or at >= lines.end:
        return False
    tail = lines.bare[at]
    return tail.endswith((":", "：")) and announces(f"{joined} {tail}", opened=opened, marked=True)


def _is_whole(lines: Lines, start: int, end: int) -> bool:
    """Do fewer of these lines make an announcement with its own beginning? Then the first is a person's."""
    named = marks.ADDRESS.search(lines.bare[start]) is not None
    for at in range(start + 1, end):
        rest = " ".join(filled for filled in lines.bare[at:end] if filled)
        first = rest.lstrip("*-_ ")
        opened = marks.opens(first)
        addressed = marks.ADDRESS.search(rest) is not None
        # "Ann <ann@example.com>" may stand in a line of its own above the date.
        if named and not addressed:
            continue
        if not (marks.WROTE.search(rest) if opened else addressed and marks.DATE.search(rest)):
            continue
        if not opened and (first.startswith("<") or not marks.BEGINNING.match(first)):
            continue
        if announces(rest, opened=opened, marked=lines.is_marked(end)):
            return True
    return False


def _continues(line: str) -> bool:
    """Does the quotation begin in the line that announces it? "On 3 May 2024 at 10:12, Ann <a@x.org> wrote: Dear"."""
    for found in re.finditer(r"[:：](?=\s)", line[:MAX_TAIL]):
        start = line[: found.start()]
        verb = marks.WROTE.search(start)
        if verb is None or not all(pattern.search(start) for pattern in (marks.DATE, marks.TIME, marks.ADDRESS)):
            continue
        return len(line) > found.end() + 1 and announces(line[: found.end()], opened=True, marked=False)
    return False
