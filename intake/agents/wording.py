"""What a customer reads of an agent's words: the template around them, the formatting in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from intake.agents.quoted import NOTHING, Quoted, last_words, may_stand
from intake.agents.spoken import AgentWords
from intake.message import Mark
from intake.replies import Replies
from intake.words.marks import as_rows, from_rows, moved
from intake.words.occasions import Event, Rendered, ReplyFacts
from storage import answers, requests
from storage.kinds import request_number
from storage.models import CommunicationRecord, CustomerRequest, Delivery


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one message, or of an album's messages together."""

    text: str  # empty where nobody wrote any
    line: str  # what to read in their place
    marks: tuple[Mark, ...] = ()

    def same_as(self, other: Words) -> bool:
        """Does anybody who reads it read the same?"""
        return (self.text, self.marks) == (other.text, other.marks)


def of_record(record: CommunicationRecord) -> Words:
    """A record's own words."""
    return Words(record.reply_text, record.text, from_rows(record.marks))


def of_words(words: AgentWords) -> Words:
    """What an agent has just written."""
    return Words(words.text, words.line, words.marks)


def together(parts: Sequence[Words]) -> Words:
    """The words of several messages as one text, a paragraph each."""
    text = ""
    marks: list[Mark] = []
    for part in parts:
        if part.text:
            text = f"{text}\n\n" if text else ""
            marks += [replace(mark, start=mark.start + len(text)) for mark in part.marks]
            text += part.text
    return Words(text, "\n".join(part.line for part in parts), tuple(marks))


async def leaving_with(record: CommunicationRecord, but: Collection[int] = ()) -> Words | None:
    """The newest words of all that leaves in one job with a record, but what was taken back or is named in `but`.

    None: nothing of it is left.
    """
    parts = await answers.leaving_with(record)
    gone = {*but, *await answers.taken_back([part.id for part in parts])}
    kept = [part for part in parts if part.id not in gone]
    if not kept:
        return None
    versions = await answers.versions([part.id for part in kept])
    return together([of_record(answers.newest(part, versions)) for part in kept])


async def rendered(
    replies: Replies,
    request: CustomerRequest,
    agent: str,
    words: Words,
    asked: CommunicationRecord | None,
) -> Rendered:
    """The message in every form. `asked`: the customer's message to quote below it, or None for no quotation."""
    return replies.render(
        Event.ANSWERED,
        request.language,
        ReplyFacts(
            number=request_number(request.id),
            customer_name=request.customer.name,
            words=words.text or words.line,
            marks=words.marks,
            agent_name=agent,
            subject=request.subject,
            quoted=await _quoted(request, asked),
        ),
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a delivery depends on its words."""

    subject: str
    text: str
    html: str | None
    marks: list[dict[str, object]] | None

    def put(self, delivery: Delivery) -> None:
        """Give a delivery these words; the caller saves it."""
        delivery.subject, delivery.text, delivery.html = self.subject, self.text, self.html
        delivery.marks = self.marks


def shape(words: Words, made: Rendered, *, mail: bool) -> Shape:
    """A message as a mail has it, or as a chat has it: there a file without words stays without."""
    if mail:
        return Shape(made.subject, made.text, made.html, None)
    text = made.chat if words.text else ""
    return Shape(made.subject, text, None, as_rows(moved(words.marks, words.text, text)))


async def _quoted(request: CustomerRequest, asked: CommunicationRecord | None) -> Quoted:
    first = await requests.first_incoming(request.id) if asked is not None else None
    if asked is None or first is None:
        return NOTHING
    own = [address.value for address in request.customer.addresses if address.channel == request.channel]
    if not may_stand(asked.author, own, request.reply_to, opened=asked.id == first.id):
        return NOTHING
    return last_words(asked.author, asked.at, asked.reply_text)
