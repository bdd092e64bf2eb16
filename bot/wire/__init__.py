"""Telegram's wire: client, errors, texts and what a message holds. Knows no requests and no agents."""
