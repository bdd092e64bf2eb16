"""Where a signature ends, and what was put below a mail without any mark: disclaimers, scanners, lists."""

from __future__ import annotations

from collections.abc import Callable

from intake.understanding.quotes import signature_marks as marks
from intake.understanding.quotes.lines import Lines

MAX_PROPER = 60  # lines below "-- "
MAX_LOOSE = 12  # lines below a "--" that lacks the blank of a proper signature mark
MAX_LOOSE_LINE = 90  # characters of such a line, unless it is a disclaimer's
MAX_OTHER = 8  # lines below marks that divide letters as often as they end them: "__", "---", "—"
MAX_FOOTERS = 6  # paragraphs that are looked at, from the last upwards
MAX_FOOTER_LINES = 60


def signature_end(lines: Lines, at: int, begins_quotation: Callable[[int], bool]) -> int:
    """Where the signature that starts here ends; 0 if none does."""
    line = lines.bare[at]
    if marks.may_be_device(line) or line[:1] in "[(<*_":
        alone = lines.starts_paragraph(at) or lines.ends_paragraph(at) or begins_quotation(at + 1)
        if alone and marks.is_device(line):
            return at + 1
    raw = lines.raw[at][:MAX_LOOSE].rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    if at == 0 or not marks.LOOSE_MARK.fullmatch(line):
        return 0
    end = at + 1
    filled: list[str] = []
    strict = not marks.MARK.fullmatch(raw)
    # RFC 3676 §4.3 wants "-- " with its blank; anything may stand below that, but hardly half a book.
    most = MAX_PROPER if raw == "-- " else MAX_OTHER if strict else MAX_LOOSE
    while end < lines.end and not begins_quotation(end):
        if lines.bare[end]:
            filled.append(lines.bare[end])
        if len(filled) > most:
            return 0
        end += 1
    # Who divides his points so divides more than two.
    if raw != "-- " and filled.count(line) + lines.bare[max(0, at - MAX_PROPER) : at].count(line) >= 2:
        return 0
    if not filled or raw == "-- ":
        return end
    return end if _is_signature(filled, strict=strict) else 0


def _is_signature(filled: list[str], *, strict: bool) -> bool:
    """Below a mark that is none for sure: is it more likely a signature than text below a divider?"""
    rest = "\n".join(filled)
    if marks.is_disclaimer(rest) or marks.is_footer(rest):
        return True
    if any(len(line) > MAX_LOOSE_LINE for line in filled):
        return False
    return not strict or marks.CONTACT.search(rest) is not None


def footer_start(lines: Lines, start: int, end: int) -> int:
    """Where what no person wrote begins, at the bottom of these lines; `end` if there is none."""
    found = end
    for begin, stop in _last_paragraphs(lines, start, end):
        if (at := _footer_in(lines, begin, stop)) is not None:
            found = at
        elif found == end and stop - begin > MAX_OTHER:
            break
    if found < end:
        # The line across the page above it belongs to it.
        while found > start and (not lines.bare[found - 1] or is_rule(lines.bare[found - 1])):
            found -= 1
    return found


def is_rule(line: str, least: int = 3) -> bool:
    """A line across the page."""
    return len(line) >= least and not line.strip("-_=*—–~# ‐‑‒―─━")


def _last_paragraphs(lines: Lines, start: int, end: int) -> list[tuple[int, int]]:
    """The last paragraphs, the last first, as where they begin and end."""
    paragraphs: list[tuple[int, int]] = []
    stop = end
    while len(paragraphs) < MAX_FOOTERS:
        while stop > start and not lines.bare[stop - 1]:
            stop -= 1
        begin = stop
        while begin > start and lines.bare[begin - 1] and stop - begin < MAX_FOOTER_LINES:
            begin -= 1
        if begin == stop:
            break
        paragraphs.append((begin, stop))
        stop = begin
    return paragraphs


def _footer_in(lines: Lines, begin: int, stop: int) -> int | None:
    """The first line of a paragraph from which on it is a footer."""
    paragraph = " ".join(lines.bare[begin:stop])
    if marks.is_disclaimer(paragraph):
        return begin
    listed = marks.names_a_list(paragraph)
    for at in range(begin, stop):
        if (listed or marks.may_be_footer(lines.bare[at])) and marks.is_footer(" ".join(lines.bare[at:stop])):
            return at
    return None
