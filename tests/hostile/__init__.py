"""Hostile mails and conversations against the real program, and a good client that must be served all the while."""
