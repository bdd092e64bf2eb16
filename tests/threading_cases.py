"""Labelled cases of threading: what happened before, what comes in, and where it must go. Data; run by test_threading.

Anna is the customer, Ben and Bea are people she copies, Carl is another customer, Eve is up to no good. Messages are
named m1, m2, …; what we sent is named a1, a2, …, and "ack m1" is the acknowledgement of m1. `to="m1"` is the signed
reply address of the request that m1 was in.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.incoming.threading import NEW, Bond
from storage.kinds import Status

ANNA, BEN, BEA, CARL, EVE = "anna", "ben", "bea", "carl", "eve"
UNPROVEN, UNCLEAR, FORGED = "unproven", "unclear", "forged"
QUESTION = "And what about the lid of it?"


@dataclass(frozen=True, slots=True)
class Says:
    """A mail comes in."""

    who: str
    id: str  # its own name in the story
    text: str = QUESTION
    to: str | None = None  # the signed reply address of the request that this message was in
    answers: tuple[str, ...] = ()  # References, oldest first
    number: str | None = None  # the subject names the number of the request that this message is in
    check: str = ""  # "" verified, UNPROVEN, UNCLEAR, FORGED
    cc: tuple[str, ...] = ()
    conversation: str | None = None
    message_id: str | None = None  # its Message-ID when that is another message's
    subject: str = ""
    robot: bool = False


@dataclass(frozen=True, slots=True)
class Replies:
    """An agent answers in the request of a message."""

    of: str
    id: str


@dataclass(frozen=True, slots=True)
class Resolves:
    of: str


@dataclass(frozen=True, slots=True)
class Joins:
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Splits:
    of: str


@dataclass(frozen=True, slots=True)
class Waits:
    hours: float


Step = Says | Replies | Resolves | Joins | Splits | Waits


@dataclass(frozen=True, slots=True)
class Case:
    """`into` is a message whose request the last one must join, or None for a request of its own."""

    name: str
    story: tuple[Step, ...]
    into: str | None
    why: str = ""
    linked: str | None = None
    flag: str = ""
    status: Status | None = None


OPENED = Says(ANNA, "m1")
COPYING = Says(ANNA, "m1", cc=(BEN, BEA))
DONE = (OPENED, Resolves("m1"))
STRANGER = "which is another customer's"
THANKS = "Thank you so much!"

CASES: tuple[Case, ...] = (
    # Nothing points anywhere.
    Case("a first mail", (OPENED,), None, NEW),
    Case("a second matter of the same customer", (OPENED, Says(ANNA, "m2")), None, NEW),
    Case(
        "the same subject, nothing else", (Says(ANNA, "m1", subject="Kettle"), Says(ANNA, "m2", subject="Kettle")), None
    ),
    Case("references that nobody knows", (OPENED, Says(ANNA, "m2", answers=("x1", "x2"))), None, NEW),
    # Our signature: enough for the customer, and for participants who are proven.
    Case("the reply address", (OPENED, Says(ANNA, "m2", to="m1")), "m1", Bond.ADDRESS),
    Case(
        "the reply address, customer not checked",
        (OPENED, Says(ANNA, "m2", to="m1", check=UNPROVEN)),
        "m1",
        Bond.ADDRESS,
    ),
    Case(
        "the reply address, sender unclear",
        (OPENED, Says(ANNA, "m2", to="m1", check=UNCLEAR)),
        None,
        linked="m1",
        flag="does not say clearly who its sender is",
    ),
    Case(
        "the reply address, sender forged",
        (OPENED, Says(ANNA, "m2", to="m1", check=FORGED)),
        None,
        linked="m1",
        flag="not who he says he is",
    ),
    Case(
        "the reply address in a stranger's hands", (OPENED, Says(EVE, "m2", to="m1")), None, linked="m1", flag=STRANGER
    ),
    Case(
        "the reply address in another customer's hands",
        (OPENED, Says(CARL, "m2"), Says(CARL, "m3", to="m1")),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case("the reply address, participant proven", (COPYING, Says(BEN, "m2", to="m1")), "m1", Bond.ADDRESS),
    Case(
        "the reply address, participant not checked",
        (COPYING, Says(BEN, "m2", to="m1", check=UNPROVEN)),
        None,
        linked="m1",
        flag="its participant wrote this is not verified",
    ),
    Case(
        "the reply address, participant forged",
        (COPYING, Says(BEN, "m2", to="m1", check=FORGED)),
        None,
        linked="m1",
        flag="not who he says he is",
    ),
    Case("our Message-ID", (OPENED, Replies("m1", "a1"), Says(ANNA, "m2", answers=("a1",))), "m1", Bond.MESSAGE_ID),
    Case(
        "our Message-ID, customer not checked",
        (OPENED, Replies("m1", "a1"), Says(ANNA, "m2", answers=("a1",), check=UNPROVEN)),
        "m1",
        Bond.MESSAGE_ID,
    ),
    Case(
        "our Message-ID, sender forged",
        (OPENED, Replies("m1", "a1"), Says(ANNA, "m2", answers=("a1",), check=FORGED)),
        None,
        linked="m1",
    ),
    Case(
        "our Message-ID from a stranger",
        (OPENED, Replies("m1", "a1"), Says(EVE, "m2", answers=("a1",))),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case("the acknowledgement's Message-ID", (OPENED, Says(ANNA, "m2", answers=("ack m1",))), "m1", Bond.MESSAGE_ID),
    Case(
        "a copied colleague answers our answer",
        (COPYING, Replies("m1", "a1"), Says(BEN, "m2", answers=("m1", "a1"))),
        "m1",
        Bond.MESSAGE_ID,
    ),
    Case(
        "the address wins over the references",
        (OPENED, Says(ANNA, "m2"), Says(ANNA, "m3", to="m1", answers=("m2",))),
        "m1",
        Bond.ADDRESS,
    ),
    Case(
        "a stranger's address does not keep the customer from his own",
        (OPENED, Says(CARL, "m2"), Replies("m1", "a1"), Says(ANNA, "m3", to="m2", answers=("a1",))),
        "m1",
        Bond.MESSAGE_ID,
        flag=STRANGER,
    ),
    Case(
        "of two of our messages the newest counts",
        (OPENED, Replies("m1", "a1"), Says(ANNA, "m2"), Replies("m2", "a2"), Says(ANNA, "m3", answers=("a1", "a2"))),
        "m2",
        Bond.MESSAGE_ID,
    ),
    # Foreign references: for the proven alone.
    Case("the customer answers himself", (OPENED, Says(ANNA, "m2", answers=("m1",))), "m1", Bond.REFERENCE),
    Case(
        "the customer answers himself, not checked",
        (OPENED, Says(ANNA, "m2", answers=("m1",), check=UNPROVEN)),
        None,
        linked="m1",
        flag="its customer wrote this is not verified",
    ),
    Case(
        "the customer answers himself, forged",
        (OPENED, Says(ANNA, "m2", answers=("m1",), check=FORGED)),
        None,
        linked="m1",
    ),
    Case(
        "a stranger answers the customer's mail",
        (OPENED, Says(EVE, "m2", answers=("m1",))),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case(
        "a copied colleague answers the customer's mail",
        (COPYING, Says(BEN, "m2", answers=("m1",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "a copied colleague, not checked",
        (COPYING, Says(BEN, "m2", answers=("m1",), check=UNPROVEN)),
        None,
        linked="m1",
        flag="its participant wrote this is not verified",
    ),
    Case("a copied colleague with a matter of his own", (COPYING, Says(BEN, "m2")), None, NEW),
    Case(
        "somebody whom the colleague has copied",
        (COPYING, Says(BEN, "m2", answers=("m1",), cc=(EVE,)), Says(EVE, "m3", answers=("m2",))),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case(
        "somebody whom a later mail of the customer has copied",
        (OPENED, Says(ANNA, "m2", to="m1", cc=(BEN,)), Says(BEN, "m3", answers=("m2",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "somebody whom an unproven answer has copied",
        (OPENED, Says(ANNA, "m2", to="m1", check=UNPROVEN, cc=(EVE,)), Says(EVE, "m3", to="m1")),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case(
        "somebody whom the first mail has copied, unproven as it was",
        (Says(ANNA, "m1", check=UNPROVEN, cc=(BEN,)), Says(BEN, "m2", to="m1")),
        "m1",
        Bond.ADDRESS,
    ),
    Case(
        "somebody whom a forged mail has copied",
        (OPENED, Says(ANNA, "m2", to="m1", check=FORGED, cc=(EVE,)), Says(EVE, "m3", to="m2")),
        None,
        linked="m2",
        flag=STRANGER,
    ),
    Case(
        "the newest reference counts",
        (OPENED, Says(ANNA, "m2"), Says(ANNA, "m3", answers=("m1", "m2"))),
        "m2",
        Bond.REFERENCE,
    ),
    Case(
        "a stranger has reused the id of the customer's mail",
        (OPENED, Says(EVE, "m2", message_id="m1"), Says(ANNA, "m3", answers=("m1",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "a stranger uses the id before the customer",
        (Says(EVE, "m1", message_id="x"), Says(ANNA, "m2", message_id="x"), Says(ANNA, "m3", answers=("x",))),
        "m2",
        Bond.REFERENCE,
    ),
    Case(
        "a stranger reuses the id and copies the customer",
        (OPENED, Says(EVE, "m2", message_id="m1", cc=(ANNA,)), Says(ANNA, "m3", answers=("m1",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "a forger reuses the id under the customer's name",
        (OPENED, Says(ANNA, "m2", message_id="m1", check=UNPROVEN), Says(ANNA, "m3", answers=("m1",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "only a forger's mail has the id",
        (OPENED, Says(ANNA, "m2", message_id="x", check=FORGED), Says(ANNA, "m3", answers=("x",))),
        None,
        linked="m2",
        flag="a message whose sender was not verified",
    ),
    Case(
        "a stranger answers the customer, copies him, and he answers both",
        (OPENED, Says(EVE, "m2", answers=("m1",), cc=(ANNA,)), Says(ANNA, "m3", answers=("m1", "m2"))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "somebody copies the customer in a request of his own, and he answers that",
        (OPENED, Says(CARL, "m2", cc=(ANNA,)), Says(ANNA, "m3", answers=("m2",))),
        "m2",
        Bond.REFERENCE,
    ),
    # The number in the subject.
    Case("the number in the subject", (OPENED, Says(ANNA, "m2", number="m1")), "m1", Bond.NUMBER),
    Case(
        "the number, customer not checked",
        (OPENED, Says(ANNA, "m2", number="m1", check=UNPROVEN)),
        None,
        linked="m1",
        flag="its customer wrote this is not verified",
    ),
    Case("the number from a stranger", (OPENED, Says(EVE, "m2", number="m1")), None, linked="m1", flag=STRANGER),
    Case("the number from a participant", (COPYING, Says(BEA, "m2", number="m1")), "m1", Bond.NUMBER),
    Case("the number, forged", (OPENED, Says(ANNA, "m2", number="m1", check=FORGED)), None, linked="m1"),
    Case(
        "references win over the number",
        (OPENED, Says(ANNA, "m2"), Says(ANNA, "m3", answers=("m1",), number="m2")),
        "m1",
        Bond.REFERENCE,
    ),
    # A reply that came before what it answers.
    Case(
        "a reply before its parent",
        (Says(ANNA, "m2", answers=("m1",)), Says(ANNA, "m1")),
        "m2",
        Bond.AWAITED,
    ),
    Case(
        "a reply before its parent, the parent not checked",
        (Says(ANNA, "m2", answers=("m1",)), Says(ANNA, "m1", check=UNPROVEN)),
        None,
        linked="m2",
    ),
    Case(
        "a reply before its parent, the reply not checked",
        (Says(ANNA, "m2", answers=("m1",), check=UNPROVEN), Says(ANNA, "m1")),
        None,
        NEW,
    ),
    Case("a stranger waits for the customer's mail", (Says(EVE, "m2", answers=("m1",)), Says(ANNA, "m1")), None, NEW),
    Case(
        "a stranger waits for the customer's mail and copies him",
        (Says(EVE, "m2", answers=("m1",), cc=(ANNA,)), Says(ANNA, "m1")),
        None,
        linked="m2",
        flag=STRANGER,
    ),
    Case(
        "the parent comes when the reply's request is long done",
        (Says(ANNA, "m2", answers=("m1",)), Resolves("m2"), Waits(80), Says(ANNA, "m1")),
        None,
        linked="m2",
    ),
    Case(
        "the parent comes twice, the second time with another body",
        (Says(ANNA, "m2", answers=("m1",)), Says(ANNA, "m1"), Says(ANNA, "m3", message_id="m1")),
        None,
        NEW,
    ),
    # Outlook's conversation, where the references are gone.
    Case(
        "the conversation",
        (Says(ANNA, "m1", conversation="c"), Says(ANNA, "m2", conversation="c")),
        "m1",
        Bond.CONVERSATION,
    ),
    Case(
        "the conversation, not checked",
        (Says(ANNA, "m1", conversation="c"), Says(ANNA, "m2", conversation="c", check=UNPROVEN)),
        None,
        linked="m1",
    ),
    Case(
        "the conversation of a stranger",
        (Says(ANNA, "m1", conversation="c"), Says(EVE, "m2", conversation="c")),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case(
        "the conversation from a participant",
        (Says(ANNA, "m1", conversation="c", cc=(BEN,)), Says(BEN, "m2", conversation="c")),
        "m1",
        Bond.CONVERSATION,
    ),
    Case(
        "a conversation beside references that lead nowhere",
        (Says(ANNA, "m1", conversation="c"), Says(ANNA, "m2", conversation="c", answers=("x",))),
        None,
        NEW,
    ),
    Case(
        "a stranger copies the customer into the same conversation",
        (
            Says(ANNA, "m1", conversation="c"),
            Says(EVE, "m2", conversation="c", cc=(ANNA,)),
            Says(ANNA, "m3", conversation="c"),
        ),
        "m1",
        Bond.CONVERSATION,
    ),
    # The same Message-ID, another body; a forward.
    Case("the same Message-ID with another body", (OPENED, Says(ANNA, "m2", message_id="m1")), None, NEW),
    Case(
        "the same Message-ID with another body, by its own merits",
        (OPENED, Says(ANNA, "m2", message_id="m1", to="m1")),
        "m1",
        Bond.ADDRESS,
    ),
    Case("a forward of a foreign conversation", (Says(ANNA, "m1", answers=("x1", "x2", "x3")),), None, NEW),
    Case(
        "our mail, forwarded to somebody who writes to its reply address",
        (OPENED, Replies("m1", "a1"), Says(EVE, "m2", to="m1", answers=("m1", "a1"))),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    # Reopening.
    Case("an answer reopens", (*DONE, Waits(71), Says(ANNA, "m2", to="m1")), "m1", status=Status.OPEN),
    Case(
        "an answer after the window",
        (*DONE, Waits(73), Says(ANNA, "m2", to="m1")),
        None,
        "closed too long ago",
        linked="m1",
        flag="goes on with",
    ),
    Case("a robot does not reopen", (*DONE, Says(ANNA, "m2", to="m1", robot=True)), "m1", status=Status.RESOLVED),
    Case(
        "a stranger's robot with the reply address",
        (*DONE, Says(EVE, "m2", to="m1", robot=True)),
        None,
        linked="m1",
        flag=STRANGER,
    ),
    Case("thanks do not reopen", (*DONE, Says(ANNA, "m2", THANKS, to="m1")), "m1", status=Status.RESOLVED),
    Case(
        "late thanks open nothing", (*DONE, Waits(500), Says(ANNA, "m2", THANKS, to="m1")), "m1", status=Status.RESOLVED
    ),
    Case(
        "thanks and a question reopen",
        (*DONE, Says(ANNA, "m2", "Thanks! And the lid?", to="m1")),
        "m1",
        status=Status.OPEN,
    ),
    Case(
        "thanks under a subject of their own reopen",
        (*DONE, Says(ANNA, "m2", THANKS, to="m1", subject="It broke again")),
        "m1",
        status=Status.OPEN,
    ),
    Case("thanks from a stranger", (*DONE, Says(EVE, "m2", THANKS, to="m1")), None, linked="m1", flag=STRANGER),
    Case(
        "thanks leave a pending request pending",
        (OPENED, Replies("m1", "a1"), Says(ANNA, "m2", "Thank you.", to="m1")),
        "m1",
        status=Status.PENDING,
    ),
    Case(
        "an ok may be the answer that a pending request waits for",
        (OPENED, Replies("m1", "a1"), Says(ANNA, "m2", "Ok, thank you.", to="m1")),
        "m1",
        status=Status.OPEN,
    ),
    Case(
        "the fourth reopening of a day is withheld",
        (
            *DONE,
            *(step for n in "234" for step in (Says(ANNA, f"m{n}", to="m1"), Resolves("m1"))),
            Says(ANNA, "m5", to="m1"),
        ),
        "m1",
        status=Status.RESOLVED,
    ),
    Case(
        "the next day reopens again",
        (
            *DONE,
            *(step for n in "234" for step in (Says(ANNA, f"m{n}", to="m1"), Resolves("m1"))),
            Waits(25),
            Says(ANNA, "m5", to="m1"),
        ),
        "m1",
        status=Status.OPEN,
    ),
    # After an agent's correction.
    Case(
        "whom an agent let in joins by himself",
        (OPENED, Says(EVE, "m2", to="m1"), Joins("m2", "m1"), Says(EVE, "m3", answers=("m2",))),
        "m1",
        Bond.REFERENCE,
    ),
    Case(
        "whom an agent let in, by the acknowledgement of the request that was joined",
        (OPENED, Says(EVE, "m2", to="m1"), Joins("m2", "m1"), Says(EVE, "m3", answers=("ack m2",))),
        "m1",
        Bond.MESSAGE_ID,
    ),
    Case(
        "whom an agent let in, not checked",
        (OPENED, Says(EVE, "m2", to="m1"), Joins("m2", "m1"), Says(EVE, "m3", answers=("m2",), check=UNPROVEN)),
        None,
        linked="m1",
    ),
    Case(
        "an answer follows the message that was split off",
        (OPENED, Says(ANNA, "m2", to="m1"), Splits("m2"), Says(ANNA, "m3", answers=("m2",))),
        "m2",
        Bond.REFERENCE,
    ),
    Case(
        "the old reply address still leads to the old request",
        (OPENED, Says(ANNA, "m2", to="m1"), Splits("m2"), Says(ANNA, "m3", to="m1", answers=("m2",))),
        "m1",
        Bond.ADDRESS,
    ),
    Case(
        "a colleague's message that was split off is his own request",
        (COPYING, Says(BEN, "m2", answers=("m1",)), Splits("m2"), Says(BEN, "m3", answers=("m2",))),
        "m2",
        Bond.REFERENCE,
    ),
    Case(
        "the customer is a stranger to his colleague's request",
        (COPYING, Says(BEN, "m2", answers=("m1",)), Splits("m2"), Says(ANNA, "m3", answers=("m2",))),
        None,
        linked="m2",
        flag=STRANGER,
    ),
)
