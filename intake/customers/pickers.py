"""What a customer can pick from in a chat: his requests, a language. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.house import House
from intake.incoming.threading import chosen_request, may_go_on
from intake.message import Choice, Sender
from intake.replies import Replies
from intake.words.occasions import Event, Listed, ReplyFacts
from storage import customers
from storage.kinds import request_number
from storage.models import CustomerRequest

ON_A_PAGE = 5
LABEL_CAP = 40  # characters
# Languages by the name that those who speak them know.
NAMES = {
    "ar": "العربية",
    "bg": "Български",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks for something, and where the answer goes."""

    channel: str
    account: str
    sender: Sender
    to: str
    message: str | None = None  # the wire's id of the command: the same again is not answered again
    answers: str | None = None  # the wire's id of the message that it replies to


@dataclass(frozen=True, slots=True)
class Picker:
    """Words with something to pick from."""

    words: str
    choices: tuple[Choice, ...] = ()


class Lists:
    """Says things to a customer in his language, and makes the lists that he picks from."""

    def __init__(self, house: House, replies: Replies) -> None:
        self._house = house
        self._replies = replies

    async def words(self, event: Event, asking: Asking, facts: ReplyFacts | None = None) -> str:
        """Our words in the language that he has chosen, else in that of his app."""
        known = await customers.found(asking.channel, asking.sender.value)
        chosen = known.customer.chosen_language if known is not None else None
        return self._replies.words(event, chosen or asking.sender.language, facts or ReplyFacts("")).strip()

    async def requests(self, asking: Asking, page: int, now: datetime) -> Picker:
        """A page of his requests, newest first, with a choice for each that may go on."""
        known = await customers.found(asking.channel, asking.sender.value)
        if known is None:
            return Picker(await self.words(Event.LISTED, asking))
        place = (known.customer.id, asking.channel, asking.account)
        many = await customers.count_in(*place)
        pages = max(1, -(-many // ON_A_PAGE))
        page = min(max(page, 1), pages)
        shown = await customers.requests_in(*place, ON_A_PAGE, (page - 1) * ON_A_PAGE)
        chosen = chosen_request(known, now)
        listed = tuple(Listed(request_number(one.id), one.status, chosen=one.id == chosen) for one in shown)
        words = await self.words(Event.LISTED, asking, ReplyFacts("", requests=listed, page=page, pages=pages))
        return Picker(words, (*await self._choices(shown, now), *_turns(page, pages)))

    async def _choices(self, shown: list[CustomerRequest], now: datetime) -> list[Choice]:
        going = [request for request in shown if may_go_on(request, now, self._house.reopen)]
        began = await customers.first_words([request.id for request in going])
        return [Choice(_label(request, began[request.id]), f"request:{request.id}") for request in going]

    async def languages(self, asking: Asking) -> Picker:
        """The languages of the company."""
        choices = tuple(Choice(NAMES.get(code, code), f"language:{code}") for code in self._house.languages)
        return Picker(await self.words(Event.LANGUAGE_ASKED, asking), choices)


def _label(request: CustomerRequest, began: str) -> str:
    words = " ".join(began.split())
    words = words if len(words) <= LABEL_CAP else f"{words[:LABEL_CAP]}…"
    return f"{request_number(request.id)} · {words}" if words else request_number(request.id)


def _turns(page: int, pages: int) -> list[Choice]:
    """Buttons to the pages before and behind."""
    before = [Choice("◀️", f"page:{page - 1}")] if page > 1 else []
    return [*before, *([Choice("▶️", f"page:{page + 1}")] if page < pages else [])]
