"""Telegram's wire: what its errors mean, how texts fit into its messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.wire.budget import Budget
from bot.wire.client import Wire, make_bot
from bot.wire.errors import (
    TABLE,
    AlreadySo,
    FormRefused,
    Gone,
    Migrated,
    Misconfigured,
    SecondPoller,
    TokenRefused,
    TooLate,
    TopicClosed,
    TopicGone,
    TopicsFull,
    Unreachable,
    meaning,
)
from bot.wire.texts import clean, split_marked, split_text, units
from intake.message import Away, ChannelError, Mark, TryAgain, Undeliverable, Unknown

TEXTS = st.lists(st.sampled_from(["a", " ", "\n", "é", "中", "😀", "👩\u200d🚀", "\u202e", "<"]), max_size=300).map(
    "".join
)


def _from(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


# What the server says, as python-telegram-bot hands it on: its prefix cut off, the rest in a case of its own.
ERRORS: tuple[tuple[Exception, type[ChannelError], str], ...] = (
    (Forbidden("Forbidden: bot was blocked by the user"), Unreachable, "the customer has blocked the bot"),
    (Forbidden("Forbidden: user is deactivated"), Unreachable, "account is gone"),
    (Forbidden("Forbidden: bot can't initiate conversation with a user"), Unreachable, "never started the bot"),
    (Forbidden("Forbidden: bot can't send messages to bots"), Unreachable, "no messages from bots"),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Misconfigured, "removed from the group"),
    (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Misconfigured, "not a member"),
    (Forbidden("Forbidden: the group chat was deleted"), Misconfigured, "deleted"),
    (BadRequest("Chat not found"), Misconfigured, "does not know this chat"),
    (BadRequest("Message thread not found"), TopicGone, "gone"),
    (BadRequest("Topic_deleted"), TopicGone, "gone"),
    (BadRequest("TOPIC_ID_INVALID"), TopicGone, "gone"),
    (BadRequest("Topic_closed"), TopicClosed, "closed"),
    (BadRequest("Topics_too_much"), TopicsFull, "no more topics"),
    (BadRequest("Topic_not_modified"), AlreadySo, "so already"),
    (BadRequest("Message is not modified: specified new message content"), AlreadySo, "so already"),
    (BadRequest("Query is too old and response timeout expired or query id is invalid"), TooLate, "too late"),
    (BadRequest("Message to edit not found"), Gone, "not there"),
    (BadRequest("Message to delete not found"), Gone, "not there"),
    (BadRequest("Message to react not found"), Gone, "not there"),
    (BadRequest("Message can't be deleted for everyone"), Gone, "48 hours"),
    (BadRequest("Message can't be edited"), Gone, "changes it no more"),
    (BadRequest("Message to be replied not found"), FormRefused, "answers is gone"),
    (BadRequest("Can't parse entities: unsupported start tag"), FormRefused, "parse entities"),
    (BadRequest("Quote_text_invalid"), FormRefused, "quoted words"),
    (BadRequest("Not enough rights to manage topics"), Misconfigured, "intake-bot check"),
    (BadRequest("Have no rights to send a message"), Misconfigured, "intake-bot check"),
    (BadRequest("The chat is not a forum"), Misconfigured, "switch them on"),
    (BadRequest("Slowmode_wait_30"), Misconfigured, "slow mode"),
    (BadRequest("File is too big"), Undeliverable, "20 MiB"),
    (BadRequest("Something that nobody has seen yet"), Undeliverable, "nobody has seen yet"),
    (ChatMigrated(-1001234), Migrated, "-1001234"),
    (InvalidToken(), TokenRefused, "token"),
    (Conflict("Conflict: terminated by other getUpdates request"), SecondPoller, "Another program"),
    (_from(NetworkError("httpx.ConnectError"), httpx.ConnectError("refused")), Away, "cannot be reached"),
    (_from(TimedOut(), httpx.ConnectTimeout("slow")), Away, "cannot be reached"),
    (_from(TimedOut(), httpx.PoolTimeout("busy")), Away, "cannot be reached"),
    (_from(TimedOut(), httpx.ReadTimeout("slow")), Unknown, "lost"),
    (_from(TimedOut(), httpx.WriteTimeout("slow")), Unknown, "lost"),
    (_from(NetworkError("x"), httpx.RemoteProtocolError("gone")), Unknown, "lost"),
    (_from(NetworkError("x"), httpx.ReadError("reset")), Unknown, "lost"),
    (NetworkError("Request Entity Too Large (413)"), Undeliverable, "larger than Telegram takes"),
    (NetworkError("Bad Gateway"), Unknown, "lost"),
)


@pytest.mark.parametrize(("error", "outcome", "words"), ERRORS, ids=lambda value: str(value)[:40])
def test_every_error_has_one_meaning(error: Exception, outcome: type[ChannelError], words: str) -> None:
    """Not sent, never will be, nobody knows: only what surely did not leave may be tried again."""
    found = meaning(error)
    assert type(found) is outcome
    assert words.lower() in str(found).lower()


def test_what_was_refused_is_never_taken_for_lost() -> None:
    """A message that Telegram says it has not taken may be sent again; only one whose answer is missing may not."""
    for error, outcome, _ in ERRORS:
        assert (outcome is Unknown) is (isinstance(meaning(error), Unknown)), error
        if isinstance(error, BadRequest | Forbidden):
            assert outcome is not Unknown


def test_an_account_that_is_gone_is_gone_for_good() -> None:
    """A block ends; an account does not come back."""
    for words, permanent in (("user is deactivated", True), ("bot was blocked by the user", False)):
        found = meaning(Forbidden(f"Forbidden: {words}"))
        assert isinstance(found, Unreachable)
        assert found.permanent is permanent


def test_each_sign_of_the_table_is_reached() -> None:
    """No row hides behind an earlier one with another meaning, and all are written as they are compared."""
    for sign, outcome, reason in TABLE:
        assert sign == sign.lower()
        assert str(meaning(BadRequest(sign.capitalize()))) == reason
        assert type(meaning(BadRequest(sign.upper()))) is type(outcome(reason))


async def _raises(error: Exception) -> None:
    raise error


def _wire(now: list[float]) -> Wire:
    wire = Wire(make_bot("1:AAtoken", "http://127.0.0.1:1"), Budget(lambda: now[0]))
    wire.connected = True
    return wire


async def _refused(wire: Wire, chat: int, method: Callable[[], Awaitable[None]]) -> ChannelError | None:
    try:
        await wire.call(chat, method)
    except ChannelError as error:
        return error
    return None


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # of retry_after: both types are read
async def test_a_chat_that_was_told_to_wait_waits_alone() -> None:
    """Other chats go on; when the time is over, so does this one."""
    now = [100.0]
    wire = _wire(now)

    async def fine() -> None:
        return

    asked = await _refused(wire, 1, lambda: _raises(RetryAfter(30)))
    assert isinstance(asked, TryAgain)
    assert asked.after == 30
    assert await _refused(wire, 2, fine) is None
    now[0] += 10
    waits = await _refused(wire, 1, fine)
    assert isinstance(waits, TryAgain)
    assert waits.after == 20
    now[0] += 20
    assert await _refused(wire, 1, fine) is None


async def test_nothing_is_sent_before_the_wire_is_connected() -> None:
    """It is tried again later, and Telegram is not asked."""
    wire = _wire([0.0])
    wire.connected = False
    assert isinstance(await _refused(wire, 1, lambda: _raises(AssertionError("asked"))), TryAgain)


@given(TEXTS, st.integers(min_value=4, max_value=60))
def test_a_split_text_keeps_every_character(text: str, most: int) -> None:
    """In order, in parts that fit as Telegram counts; only the white space at a cut goes."""
    parts = split_text(text, most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(units(part) <= most and part.strip() for part in parts)


@given(st.text())
def test_units_are_telegrams(text: str) -> None:
    """UTF-16 code units."""
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_text_is_cut_where_it_hurts_least() -> None:
    """At a paragraph, else a line, else a word, else anywhere."""
    assert split_text("one two\n\nthree four", 15) == ["one two", "three four"]
    assert split_text("one two\nthree four", 15) == ["one two", "three four"]
    assert split_text("one two three four", 15) == ["one two three", "four"]
    assert split_text("x" * 20, 15) == ["x" * 15, "x" * 5]
    assert split_text("😀" * 10, 15) == ["😀" * 7, "😀" * 3]
    assert split_text("", 15) == []


def test_a_huge_text_is_split_in_one_go() -> None:
    """The work grows with the text, not with its square: ten million characters would else take hours."""
    text = "words and more words\n" * 500_000
    parts = split_text(text)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(st.characters(categories=["L", "Cs", "Cc", "So"])))
def test_a_clean_text_fits_into_every_database(text: str) -> None:
    """No NUL, no half of a pair; the rest as it was."""
    cleaned = clean(text)
    assert "\0" not in cleaned
    cleaned.encode()
    if "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert cleaned == text


@given(TEXTS, st.integers(10, 60), st.integers(0, 300), st.integers(1, 300))
def test_a_split_text_keeps_its_formatting(text: str, most: int, start: int, length: int) -> None:
    """What was bold is bold in whichever part it lands, and nothing else is."""
    marked = [place for place, letter in enumerate(text) if start <= place < start + length and not letter.isspace()]
    pieces = split_marked(text, [Mark("bold", start, length)], most)
    assert [piece.text for piece in pieces] == split_text(text, most)
    bold = "".join(piece.text[mark.start : mark.start + mark.length] for piece in pieces for mark in piece.marks)
    assert "".join(bold.split()) == "".join(text[place] for place in marked)
