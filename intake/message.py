"""The values that travel between a wire and the core. Standard library only; knows no channel and no database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable


class Proof(StrEnum):
    """How a message shows which request it belongs to, strongest first."""

    SIGNED_ADDRESS = "signed reply address"  # our HMAC in the plus-address it was sent to
    SIGNED_MESSAGE_ID = "signed message id"  # it answers a message whose id carries our HMAC
    SUBJECT = "number in the subject"  # anyone can type it


@dataclass(frozen=True, slots=True)
class Hint:
    """A request that a message points at. Only a hint: the pipeline decides who may join."""

    request: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class Mark:
    """Formatting of a stretch of text. `start` and `length` in characters of the text, not in anybody's code units."""

    kind: str  # bold, italic, underline, strikethrough, spoiler, code, pre, quote, folded quote, link
    start: int
    length: int
    url: str | None = None  # of a link
    language: str | None = None  # of a pre: what it is written in


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks, as the wire names him. `value` is his address on the channel (mail address, numeric chat id)."""

    value: str
    name: str = ""
    language: str | None = None  # what the wire says (Telegram's language_code), never a guess
    phone: str | None = None
    username: str | None = None  # what the wire calls him besides his address; may change at any time


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message: its bytes, or the wire's handle to fetch it by after the message is accepted."""

    filename: str | None
    content_type: str
    size: int
    content: bytes | None = None
    remote_id: str | None = None
    inline: bool = False
    content_id: str | None = None
    error: str | None = None  # why its bytes cannot be had, where the wire says so beforehand


DECORATION_CAP = 20_000  # bytes of a picture within a message; a logo is smaller, a pasted screenshot larger


def is_decoration(*, inline: bool, size: int) -> bool:
    """Is a file a logo in a signature, and nothing that anybody wanted to send?"""
    return inline and size < DECORATION_CAP


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a bounce or a delay report speaks of. `status` as RFC 3463 (`5.1.1`), never invented."""

    address: str
    status: str | None
    action: str | None
    diagnostic: str | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report on something that we sent: RFC 3464 or its many relatives, or an abuse report (RFC 5965)."""

    kind: str  # "bounce" or "feedback"
    failures: tuple[Failure, ...] = ()
    original_id: str | None = None  # the wire's id of what came back
    delivery: int | None = None  # the delivery that it reports on, proven by the signed address it came back to


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message from a customer as an adapter read it: what was said, by whom, how sure that is, and neutral facts."""

    channel: str  # "mail", "telegram"
    account: str  # which of our own addresses it came to: the mailbox, the bot's id
    key: str  # unique for this message on its channel: the same message again has the same key
    sender: Sender
    received_at: datetime  # our clock, UTC
    text: str  # full plain text, never truncated
    subject: str = ""
    reply_to: str | None = None  # where answers go when it is not the sender's own address; never an identity
    verified: bool = False  # is the sender proven to be who he says
    forged: bool = False  # the check says no: whoever wrote it, it was not he
    unclear: bool = False  # no one sender can be read in it, or not the one who was checked: it speaks for nobody
    checked: str = ""  # how the sender was checked and what came of it, in words for the record
    external_id: str | None = None  # the wire's own id of the message
    references: tuple[str, ...] = ()  # wire ids of earlier messages that it answers, oldest first
    hints: tuple[Hint, ...] = ()
    conversation: str | None = None  # the wire's own name of the conversation (Outlook's Thread-Index): a weak hint
    copied: tuple[Sender, ...] = ()  # the other people it was addressed to; never an identity of the sender
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None  # the sender's clock; for display only
    origin: str | None = None  # where the wire can copy the message from, whole ("chat:message"); opaque to the core
    auto_reason: str | None = None  # why it is a robot's, or None for a person's
    may_ack: bool = True  # False for every robot, list or null sender
    bounce: Bounce | None = None
    from_us: bool = False  # our own address speaks: a loop
    threadless: bool = False  # a chat: what answers nothing goes on with the newest open request
    form: str | None = None  # what the wire calls this kind of content: "text", "photo", "poll"
    place: str | None = None  # a postal address that was shared as one
    wordless: bool = False  # nobody wrote these words: they are a line that stands for what was sent
    marks: tuple[Mark, ...] = ()  # formatting of the text
    album: str | None = None  # several messages of one album have the same
    edits: str | None = None  # the wire's id of the message whose words this one replaces
    answers: str | None = None  # the wire's id of the one message that it replies to
    quote: str | None = None  # the words of that message that it quotes
    remarks: tuple[str, ...] = ()  # what the record says of it besides its words: "forwarded"
    html: str | None = None
    raw: bytes | None = None
    warnings: tuple[str, ...] = ()  # what an agent should be wary of, in words
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an accepted message."""

    record: int
    request: int | None  # None: a robot's message that belongs to no request
    opened: bool  # a new request was opened
    duplicate: bool = False  # it had been accepted before; nothing changed


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment as an outgoing message names it. `sha256` is None while its bytes are still with the wire."""

    attachment: int
    filename: str
    content_type: str
    size: int
    sha256: str | None
    remote_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the reader of a message can pick by one tap. `token` comes back when he does."""

    words: str
    token: str


@dataclass(frozen=True, slots=True)
class Part:
    """One message of several that leave as one: a part of an album."""

    record: int
    form: str | None
    origin: str | None
    text: str  # empty where nobody has written any words
    marks: tuple[Mark, ...]
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Outbound:
    """One outgoing message as the outbox hands it to a channel."""

    delivery: int
    kind: str  # storage.kinds.DeliveryKind
    channel: str
    account: str  # which of our own addresses speaks
    to: str
    attempt: int
    request: int | None = None
    record: int | None = None
    subject: str = ""
    text: str = ""
    html: str | None = None
    message_id: str | None = None  # fixed when the delivery was queued; every attempt carries the same
    in_reply_to: str | None = None  # the wire's id of the message it answers
    references: tuple[str, ...] = ()
    addressed_to: str | None = None  # whom the message names as its addressee, where `to` only gets a copy
    cc: tuple[str, ...] = ()  # whom it names as getting copies
    automatic: bool = False  # written by us, not by an agent: must never be answered by a robot
    origin: str | None = None  # where the wire can copy the message from, whole
    files: tuple[StoredFile, ...] = ()
    sent_parts: tuple[str, ...] = ()  # wire ids of parts that an earlier attempt already delivered
    marks: tuple[Mark, ...] = ()  # formatting of the text
    quote: str | None = None  # the words of `in_reply_to` that it quotes
    concerns: int | None = None  # the delivery that a notice is about, or that an edit brings up to date
    form: str | None = None  # what the wire calls this kind of content
    album: tuple[Part, ...] = ()  # its parts, in their order; `files` are all of theirs
    choices: tuple[Choice, ...] = ()  # what its reader can pick


@dataclass(frozen=True, slots=True)
class Sent:
    """The wire took it. A long text or an album has several ids; mail has its Message-ID."""

    ids: tuple[str, ...] = field(default=())


class PutOff(Exception):
    """A message is not taken now: its wire shall bring it again later. Raised while accepting; nothing is stored."""


class ChannelError(Exception):
    """Something that a channel reports to the outbox."""


class TryAgain(ChannelError):
    """It was not sent: the wire is busy or away. `after` in seconds, None for the usual back-off."""

    nobodys_fault: ClassVar[bool] = False  # the time until it is mended does not count against the job

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Away(TryAgain):
    """It was not sent, and nothing else can be at present: the wire itself is not there, or does not let us in."""

    nobodys_fault = True


class Undeliverable(ChannelError):
    """The wire will never take it. The reason is a sentence for an agent."""


class Unknown(ChannelError):
    """Bytes left and the answer was lost: it may have arrived."""


class CannotRead(Exception):
    """Reading a message came to a bad end, and would again. The words are ours, for an agent: never the message's."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a channel takes at present, so that the outbox claims no more than can leave."""

    jobs: int  # how many
    upto: int  # of which priority at most; the less urgent wait for quieter times
    after: float | None = None  # seconds until there is more, if anybody knows
    free: frozenset[str] = frozenset()  # kinds of jobs that need no room
    rests: Mapping[str, float] = field(default_factory=dict)  # seconds by kind: a picture is drawn again after so long


Accept = Callable[[Inbound], Awaitable[Receipt]]


class Channel(Protocol):
    """A way to reach people. Owns its wire; knows nothing of requests."""

    name: str
    repeatable: bool  # may a send whose answer was lost be repeated without anybody seeing it twice
    listens: bool  # do messages come in by it; then `listen` never ends by itself

    async def listen(self, accept: Accept) -> None:
        """Take messages until cancelled. The wire is acknowledged only after `accept` returned."""

    async def send(self, outbound: Outbound) -> Sent:
        """Send one message. Raises TryAgain, Undeliverable or Unknown."""


@runtime_checkable
class Elected(Protocol):
    """A channel by which only one process sends at a time."""

    def is_ours(self) -> bool:
        """Is it this process, now?"""


@runtime_checkable
class Paced(Protocol):
    """A channel that takes only so much at a time: what waits for it takes turns, conversation by conversation."""

    def room(self) -> Room:
        """What it takes now."""
