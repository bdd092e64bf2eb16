"""The occasions on which we write to customers, and what the words may be about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from intake.agents.quoted import NOTHING, Quoted
from intake.message import Mark

FORMS = ("txt", "html", "chat")
# What the lines of FORM say: the name of each fact, its question, two buttons, and what is said to a press of each.
FACTS = ("order_number", "product", "purchased_on")
FORM_LINES = (*FACTS, *(f"{fact}?" for fact in FACTS), "skip", "later", "skipped", "put off")


class Event(StrEnum):
    """The occasions on which we write to a customer. Each has a template for each language and form."""

    GREETED = "greeted"  # he started the bot and said nothing yet
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    # How far an after-sales case has come.
    CASE_APPROVED = "case_approved"
    CASE_REFUSED = "case_refused"
    CASE_RECEIVED = "case_received"  # the goods are here
    CASE_SENT_BACK = "case_sent_back"
    CASE_REFUNDED = "case_refunded"
    # What an after-sales case needs of him.
    ASKED = "asked"  # acknowledged, and asked for what is missing
    UNDERSTOOD = "understood"  # what we have understood of it, said back to him
    FORM = "form"  # the questions, the names of what he is asked for, the buttons
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
        """The forms in which it goes out: commands and buttons are a chat's; HTML not named follows the text."""
        if self in (Event.ASKED, Event.UNDERSTOOD, *CASE_STEPS):
            return ("txt", "chat")
        return FORMS if self in (Event.GREETED, Event.ACKNOWLEDGED, Event.ANSWERED) else ("chat",)


CASE_STEPS = (
    Event.CASE_APPROVED,
    Event.CASE_REFUSED,
    Event.CASE_RECEIVED,
    Event.CASE_SENT_BACK,
    Event.CASE_REFUNDED,
)


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What a step of an after-sales case is about. All of it is ours: nothing that the sender chose."""

    type: str = "return"  # return, exchange, repair, refund
    why: str = ""  # of a refusal: warranty, late, not_covered
    send_to: str = ""  # where goods go


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in a list for its customer. `chosen`: his next message is for it."""

    number: str
    status: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What a template may be about. `subject` and `quoted` are the customer's, for answers.

    `words` are the agent's; of a case the questions, or what we have understood.
    """

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
    step: CaseStep = CaseStep()
    opened: bool = False  # it is the answer to the first message
    complete: bool = False  # nothing is missing any more


def form_lines(text: str) -> dict[str, str]:
    """What the lines of a rendered FORM say."""
    named = (line.partition(":") for line in text.splitlines())
    return {name.strip(): words.strip() for name, colon, words in named if colon and words.strip()}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in every form: mail with subject, plain text and HTML, and the text for a chat."""

    subject: str
    text: str
    html: str
    chat: str
