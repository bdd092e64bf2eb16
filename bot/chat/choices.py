"""Choices as the buttons of a message. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from intake.message import Choice


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """The buttons, one below the other; None without any."""
    if not choices:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(one.words, callback_data=one.token)] for one in choices])
