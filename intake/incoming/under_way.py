"""Guess, before the database is asked, whether a message will open a request: then it is sorted at once.

A wrong guess costs time and nothing else: a message is sorted in vain, or the transaction that finds out begins again.
"""

from __future__ import annotations

from collections import OrderedDict

from intake.message import Inbound, Receipt

MOST_CHATS = 10_000  # two megabytes; of those that fell silent longest ago the next message is sorted in vain

_Chat = tuple[str, str, str]


class UnderWay:
    """The chats whose last message went into a request, as far as this process has seen."""

    def __init__(self, most: int = MOST_CHATS) -> None:
        self._chats: OrderedDict[_Chat, None] = OrderedDict()
        self._most = most

    def begins(self, message: Inbound) -> bool:
        """Does it look like a message that opens a request?"""
        if message.hints or message.references or message.conversation or message.answers or message.edits:
            return False
        return not message.threadless or _chat(message) not in self._chats

    def went(self, message: Inbound, receipt: Receipt) -> None:
        """A message is stored. What a picture has opened is sorted by the words that follow: as if those opened it."""
        if not message.threadless or message.wordless or receipt.request is None:
            return
        chat = _chat(message)
        self._chats[chat] = None
        self._chats.move_to_end(chat)
        if len(self._chats) > self._most:
            self._chats.popitem(last=False)


def _chat(message: Inbound) -> _Chat:
    return message.channel, message.account, message.sender.value
