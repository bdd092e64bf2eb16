"""What Telegram's errors mean for what we send: one table, walked by `meaning`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from intake.message import Away, ChannelError, TryAgain, Undeliverable, Unknown

ASK_AGAIN_S = 60.0  # somebody has to do something before it can go well

# Only with these is it certain that nothing has left.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class AlreadySo(ChannelError):
    """Telegram has it as we want it. That is success."""


class TooLate(AlreadySo):
    """A press was answered too late: it has had its effect, there is nobody left to tell. To be ignored."""


class TopicGone(ChannelError):
    """The topic was deleted, or Telegram has forgotten it: make a new one, with card and history, and send again."""


class TopicClosed(ChannelError):
    """The topic is closed to us: open it, or report the right that is missing."""


class TopicsFull(ChannelError):
    """The forum takes no more topics: the oldest one of a resolved request has to go."""


class Gone(Undeliverable):
    """The message to edit, delete, copy or react to is not there, or is too old for it: say it anew, or leave it."""


class FormRefused(Undeliverable):
    """Not the words but their form is wrong (formatting, a quote): send once more, as plain text. Ours to mend."""


class Unreachable(Undeliverable):
    """The customer is not reached on Telegram, until he writes again or never: `permanent`."""

    def __init__(self, reason: str, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Misconfigured(Undeliverable):
    """A group is not as it must be: a right is missing, the bot was removed. Somebody will mend that; keep all."""


class DeskAway(TryAgain):
    """The same, of the agents' group: nothing of the desk is dropped meanwhile, and its trouble is told."""

    nobodys_fault = True


class Migrated(TryAgain):
    """The group has become a supergroup with another id: follow it, and send again."""

    def __init__(self, new_chat: int) -> None:
        super().__init__(f"The group has become the supergroup {new_chat}.", after=0)
        self.new_chat = new_chat


class TokenRefused(TryAgain):
    """The bot's token was revoked or is wrong: an alarm, no restart loop, everything is kept."""

    nobodys_fault = True

    def __init__(self) -> None:
        super().__init__("Telegram does not accept the bot's token; get a new one from @BotFather.", after=ASK_AGAIN_S)


class SecondPoller(TryAgain):
    """Another program polls this bot, or a webhook is set: back off, tell the operator, go on trying."""

    def __init__(self) -> None:
        super().__init__("Another program uses this bot, or a webhook is set; only one may.", after=ASK_AGAIN_S)


Outcome = Callable[[str], ChannelError]


def _permanently(reason: str) -> Unreachable:
    return Unreachable(reason, permanent=True)


_NOT_THERE = "the message is not there any more"
_NO_RIGHT = "the bot lacks a right in the desk's group; intake-bot check says which"

# What Telegram says in a 400 or 403, in lower case (python-telegram-bot changes the case), what it means, and that in
# words for an agent. The first row that fits counts.
TABLE: tuple[tuple[str, Outcome, str], ...] = (
    # Already so: nothing to do.
    ("message is not modified", AlreadySo, "it is so already"),
    ("topic_not_modified", AlreadySo, "it is so already"),
    ("chat_not_modified", AlreadySo, "it is so already"),
    ("query is too old", TooLate, "the press was answered too late"),
    # The customer.
    ("bot was blocked by the user", Unreachable, "the customer has blocked the bot"),
    ("user_is_blocked", Unreachable, "the customer has blocked the bot"),
    ("user is deactivated", _permanently, "the customer's Telegram account is gone"),
    ("input_user_deactivated", _permanently, "the customer's Telegram account is gone"),
    ("can't initiate conversation", Unreachable, "the customer has never started the bot"),
    ("can't send messages to bots", _permanently, "a bot takes no messages from bots"),
    ("voice_messages_forbidden", Undeliverable, "the customer takes no voice or video messages"),
    # A topic.
    ("message thread not found", TopicGone, "the topic is gone"),
    ("topic_deleted", TopicGone, "the topic is gone"),
    ("topic_id_invalid", TopicGone, "the topic is gone"),
    ("topic_closed", TopicClosed, "the topic is closed"),
    ("topics_too_much", TopicsFull, "the forum takes no more topics"),
    # A message.
    ("message to edit not found", Gone, _NOT_THERE),
    ("message to delete not found", Gone, _NOT_THERE),
    ("message to copy not found", Gone, _NOT_THERE),
    ("message to forward not found", Gone, _NOT_THERE),
    ("message to react not found", Gone, _NOT_THERE),
    ("message to pin not found", Gone, _NOT_THERE),
    ("message to unpin not found", Gone, _NOT_THERE),
    ("message_id_invalid", Gone, _NOT_THERE),
    ("message can't be deleted", Gone, "Telegram deletes it no more: it is older than 48 hours"),
    ("message can't be edited", Gone, "Telegram changes it no more"),
    ("message to be replied not found", FormRefused, "the message that it answers is gone"),
    ("message to reply not found", FormRefused, "the message that it answers is gone"),
    ("quote_text_invalid", FormRefused, "the quoted words are not in the message that it answers"),
    ("can't parse entities", FormRefused, "Telegram cannot read its formatting (can't parse entities)"),
    ("can't parse messageentity", FormRefused, "Telegram cannot read its formatting"),
    ("entity_bounds_invalid", FormRefused, "Telegram cannot read its formatting"),
    ("file is too big", Undeliverable, "the file is larger than the 20 MiB that Telegram lets a bot fetch"),
    # A group.
    ("chat not found", Misconfigured, "Telegram does not know this chat"),
    ("bot was kicked", Misconfigured, "the bot was removed from the group"),
    ("bot is not a member", Misconfigured, "the bot is not a member of the group"),
    ("group chat was deleted", Misconfigured, "the group was deleted"),
    ("group chat was deactivated", Misconfigured, "the group was deleted"),
    ("the chat is not a forum", Misconfigured, "the desk's group has no topics; switch them on in its settings"),
    ("channel_forum_missing", Misconfigured, "the desk's group has no topics; switch them on in its settings"),
    ("slowmode_wait", Misconfigured, "the desk's group is in slow mode; make the bot an administrator"),
    ("not enough rights", Misconfigured, _NO_RIGHT),
    ("have no rights", Misconfigured, _NO_RIGHT),
    ("need administrator rights", Misconfigured, _NO_RIGHT),
    ("chat_admin_required", Misconfigured, _NO_RIGHT),
    ("chat_write_forbidden", Misconfigured, _NO_RIGHT),
    ("chat_restricted", Misconfigured, "Telegram has restricted the group"),
)


def meaning(error: Exception) -> ChannelError:
    """What an error of python-telegram-bot means for the message that met it."""
    match error:
        case BadRequest() | Forbidden():
            words = str(error).lower()
            for sign, outcome, reason in TABLE:
                if sign in words:
                    return outcome(reason)
            return Undeliverable(f"Telegram refuses it: {error}")
        case RetryAfter():
            after = _seconds(error.retry_after)
            return TryAgain(f"Telegram asks to wait {after:.0f} s.", after=after)
        case ChatMigrated():
            return Migrated(error.new_chat_id)
        case InvalidToken():
            return TokenRefused()
        case Conflict():
            return SecondPoller()
        case NetworkError() if isinstance(error.__cause__, NOT_SENT):
            return Away("Telegram cannot be reached.")
        case NetworkError() if "too large" in str(error).lower():  # 413: refused, not lost
            return Undeliverable("the file is larger than Telegram takes")
    return Unknown("Telegram's answer was lost")


def _seconds(wait: int | timedelta) -> float:
    """python-telegram-bot is on its way from int to timedelta."""
    return wait if isinstance(wait, int) else wait.total_seconds()
