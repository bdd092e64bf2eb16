"""What does not run because it was never set, in words for the operator, who reads what to set and where to get it."""

from __future__ import annotations

import os

from bot.settings import Settings, unknown_names


def nothing_configured() -> str:
    """What to set before anything can run, and where to get it."""
    return (
        "Neither Telegram nor mail is configured, so there is nothing to run.\n"
        "  Telegram: write to @BotFather, send /newbot, and set INTAKE_TELEGRAM_TOKEN to the token it gives you;\n"
        "            make a group with topics for your agents, add the bot as an admin that manages topics,\n"
        "            and set INTAKE_DESK_CHAT_ID (-100…) and INTAKE_ADMINS (your numeric id).\n"
        "  Mail:     set INTAKE_MAILBOXES=support@your-domain to take mail on INTAKE_SMTP_LISTEN,\n"
        "            and INTAKE_SMARTHOST=smtp+starttls://user:password@host:587 to send answers.\n"
        "  To look around first, without any account: intake-bot demo\n"
        "  All settings with their defaults: .env.example; copy it to .env and fill it in."
    )


def switched_off(settings: Settings) -> list[str]:
    """What will not run, and what to set so that it does."""
    sentences = []
    if not settings.telegram_on:
        sentences.append("Telegram is off: set INTAKE_TELEGRAM_TOKEN (@BotFather gives you one)")
    if settings.telegram_on and settings.desk_chat_id is None:
        sentences.append("there is no desk, so nobody sees the requests: set INTAKE_DESK_CHAT_ID")
    if not settings.telegram_on and settings.mail_on:
        sentences.append("requests are stored, but agents see them only on a Telegram desk")
    if not settings.mail_on:
        sentences.append("mail is off: set INTAKE_MAILBOXES")
    elif not settings.smarthost.get_secret_value():
        sentences.append("answers by mail wait in the outbox: set INTAKE_SMARTHOST")
    sentences += [f"{name} is no setting of this version" for name in unknown_names(os.environ)]
    return sentences
