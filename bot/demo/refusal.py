"""How the simulated Bot API says no, in Telegram's words."""

from __future__ import annotations


class Refused(Exception):
    """An answer with `"ok": false`. `retry_after` in seconds, for 429; `migrate_to_chat_id` for what moved."""

    def __init__(
        self,
        error_code: int,
        description: str,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id


def bad_request(words: str) -> Refused:
    return Refused(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refused:
    return Refused(403, f"Forbidden: {words}")


def strict(words: str) -> Refused:
    """A refusal that Telegram would not give: it would have overlooked what is most likely a mistake of ours."""
    return bad_request(f"strict simulator: {words}")


def migrated(chat_id: int) -> Refused:
    return Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)


def too_many_requests(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)
