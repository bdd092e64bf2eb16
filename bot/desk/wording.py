"""How a communication record reads in its topic: who, the words with their formatting, what it quotes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from telegram.constants import MessageLimit

from bot.desk import cards
from bot.wire.texts import Piece, fitting, split_marked, units
from intake.message import Mark
from intake.words.marks import from_rows, within
from storage.models import CommunicationRecord

TEXT_CAP = 3500  # UTF-16 units of text in one message; leaves room for what stands around it
MOST_TEXTS = 4  # messages; a longer text is shown as a file
CAPTIONED = ("photo", "video", "animation", "document", "audio", "voice")  # the forms of a record with words below
EDITED = "✏️"
# tdlib/telegram-bot-api#334: a longer caption is not copied into a topic.
CAPTION_CAP = MessageLimit.CAPTION_LENGTH - 1
QUOTES = ("quote", "folded quote")  # Telegram takes no quote within a quote


@dataclass(slots=True)
class _Text:
    """A text that grows, with its formatting."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def add(self, words: str, marks: Iterable[Mark] = (), around: str | None = None) -> None:
        place = len(self.text)
        if around is not None and words:
            self.marks.append(Mark(around, place, len(words)))
        self.marks += [replace(mark, start=mark.start + place) for mark in marks]
        self.text += words

    def piece(self) -> Piece:
        return Piece(self.text, tuple(self.marks))


def pieces(record: CommunicationRecord, *, edited: bool = False, remark: str = "") -> list[Piece]:
    """A record as messages, however many it takes. `edited`: these words replace others. `remark`: ours on it."""
    text, rest = cards.record_text(record)
    said = _Text()
    said.add(f"{EDITED} " if edited else "")
    said.add(text, _shifted(_marks(record), len(text) - len(record.reply_text)) if record.reply_text else ())
    said.add(f"\n⚠️ {remark}" if remark else "")
    found = split_marked(said.text, said.marks, TEXT_CAP)
    if not rest:
        return found
    if units(found[-1].text) + units(rest) < TEXT_CAP:
        last = _Text(f"{found[-1].text}\n", list(found[-1].marks))
        last.add(rest, around="folded quote")
        return [*found[:-1], last.piece()]
    return [*found, Piece(rest, (Mark("folded quote", 0, len(rest)),))]


def caption(record: CommunicationRecord, *, edited: bool, remark: str = "") -> Piece:
    """The words under a copy that cannot be the copied ones: cut to what a topic takes, with a remark of ours."""
    line, said = f"\n⚠️ {remark}" if remark else "", _Text()
    said.add(f"{EDITED} " if edited else "")
    room = CAPTION_CAP - units(line) - units(said.text) - 1
    words = record.reply_text
    cut = fitting(words, room) if units(words) > room else len(words)
    said.add(words[:cut], within(_marks(record), 0, cut))
    said.add("…" if cut < len(words) else "")
    said.add(line if said.text else line.strip())
    return said.piece()


def merged(records: Sequence[CommunicationRecord], edited: Sequence[bool]) -> Piece:
    """Several messages of one topic as one: who, then each with its time and in quotes."""
    said, author = _Text(), ""
    for record, changed in zip(records, edited, strict=True):
        text, _ = cards.record_text(record)
        head = text.partition("\n")[0]
        if head != author:
            said.add(f"{head} · {len(records)} messages, UTC" if not author else f"\n{head}")
            author = head
        said.add(f"\n{record.at:%H:%M}{f' {EDITED}' if changed else ''}\n")
        marks = [mark for mark in _marks(record) if mark.kind not in QUOTES]
        said.add(record.reply_text or "(no text)", marks, around="quote")
    return said.piece()


def fit_together(records: Sequence[CommunicationRecord]) -> int:
    """How many of these messages fit into one."""
    used = 0
    for number, record in enumerate(records):
        used += units(record.reply_text) + units(cards.record_text(record)[0].partition("\n")[0]) + 40
        if used > TEXT_CAP:
            return max(1, number)
    return len(records)


def _marks(record: CommunicationRecord) -> tuple[Mark, ...]:
    """The formatting of the new words."""
    place = record.text.find(record.reply_text)
    return within(from_rows(record.marks), place, place + len(record.reply_text)) if place >= 0 else ()


def _shifted(marks: Iterable[Mark], by: int) -> tuple[Mark, ...]:
    return tuple(replace(mark, start=mark.start + by) for mark in marks)
