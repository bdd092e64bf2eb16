"""The occasions on which we write to customers, and what the words may be about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from intake.agents.quoted import NOTHING, Quoted
from intake.message import Mark

FORMS = ("txt", "html", "chat")


class Event(StrEnum):
    """The occasions on which we write to a customer. Each has a template for each language and form."""

    GREETED = "greeted"  # he started the bot and said nothing yet
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    # Answers to what he asks with a command or a button.
    HELPED = "helped"
    BEGUN = "begun"  # his next message opens a request
    LISTED = "listed"  # his requests
    CHOSEN = "chosen"  # his next message is for this request
    CLOSED = "closed"  # he says that a request is done
    LANGUAGE_ASKED = "language_asked"
    LANGUAGE_CHOSEN = "language_chosen"
    OUTDATED = "outdated"  # a button that does nothing any more
    MENU = "menu"  # the commands as his app lists them

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which it goes out: commands and buttons are a chat's."""
        return FORMS if self in (Event.GREETED, Event.ACKNOWLEDGED, Event.ANSWERED) else ("chat",)


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in a list for its customer. `chosen`: his next message is for it."""

    number: str
    status: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What a template may be about. `words` are the agent's; `subject` and `quoted` are the customer's, for answers."""

    number: str
    customer_name: str = ""
    words: str = ""
    agent_name: str = ""
    subject: str = ""
    quoted: Quoted = NOTHING
    marks: tuple[Mark, ...] = ()  # formatting of the words
    requests: tuple[Listed, ...] = ()  # of a list, one page
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in every form: mail with subject, plain text and HTML, and the text for a chat."""

    subject: str
    text: str
    html: str
    chat: str
