"""What Telegram's errors mean for what we send: one table, walked by `meaning`. Pure."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError

from intake.message import ChannelError, TryAgain, Undeliverable, Unknown

# Only with these is it certain that nothing has left.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TopicGone(ChannelError):
    """The topic was deleted, or the wire has forgotten it."""


class Misconfigured(Undeliverable):
    """A group is not as it must be: a right is missing, the bot was removed. Somebody will mend that."""


# What Telegram says (lower-cased; python-telegram-bot changes the case) and what it means for what we send.
GONE = ("message thread not found", "topic_deleted", "topic_id_invalid")
REASONS: tuple[tuple[str, str], ...] = (
    ("bot was blocked by the user", "the customer has blocked the bot"),
    ("user is deactivated", "the customer's Telegram account is gone"),
    ("bot can't initiate conversation", "the customer has never started the bot"),
    ("file is too big", "the file is larger than the 20 MiB that Telegram lets a bot fetch"),
)
MENDABLE: tuple[tuple[str, str], ...] = (
    ("chat not found", "Telegram does not know this chat"),
    ("bot was kicked", "the bot was removed from the group"),
    ("bot is not a member", "the bot is not a member of the group"),
    ("the chat is not a forum", "the desk's group has no topics; switch them on in its settings"),
    ("not enough rights", "the bot lacks a right in the desk's group; intake-bot check says which"),
)


def meaning(error: Exception) -> ChannelError:
    """What an error of python-telegram-bot means for the message that met it."""
    words = str(error).lower()
    match error:
        case BadRequest() | Forbidden():
            if any(sign in words for sign in GONE):
                return TopicGone(str(error))
            for sign, reason in REASONS:
                if sign in words:
                    return Undeliverable(reason)
            for sign, reason in MENDABLE:
                if sign in words:
                    return Misconfigured(reason)
            return Undeliverable(f"Telegram refuses it: {error}")
        case ChatMigrated():
            return TryAgain(
                f"The group has become the supergroup {error.new_chat_id}; set DESK_CHAT_ID to it.", after=60
            )
        case InvalidToken():
            return TryAgain("Telegram does not accept the bot's token.", after=60)
        case Conflict():
            return TryAgain("Another program uses this bot.", after=60)
        case NetworkError() if isinstance(error.__cause__, NOT_SENT):
            return TryAgain("Telegram cannot be reached.")
    return Unknown(f"Telegram's answer was lost ({error}).")
