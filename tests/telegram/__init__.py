"""Telegram as customers and agents meet it: the numbered edge cases, over the real wire."""
