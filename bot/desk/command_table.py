"""The agents' commands: a table of names, where each is used, who may, and a line of help. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.kinds import Role


class Where(StrEnum):
    """In which part of the desk a command has a meaning."""

    TOPIC = "topic"
    GENERAL = "general"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Row:
    """One command. `takes`: what is written behind it."""

    name: str
    where: Where
    role: Role
    takes: str
    help: str


RANKS = {Role.AGENT: 0, Role.LEAD: 1, Role.ADMIN: 2}

TABLE: tuple[Row, ...] = (
    Row("all", Where.TOPIC, Role.AGENT, "text", "to the customer, with copies to those whom he named in his mails"),
    Row("note", Where.TOPIC, Role.AGENT, "text", "an internal note, never sent; //text is the same"),
    Row("del", Where.TOPIC, Role.AGENT, "", "as an answer to your own message: the customer shall not have it"),
    Row("assign", Where.TOPIC, Role.AGENT, "[name|nobody]", "make yourself responsible, or (leads) a colleague"),
    Row("category", Where.TOPIC, Role.AGENT, "[name]", "say what it is about; alone: which there are"),
    Row("right", Where.TOPIC, Role.AGENT, "", "the program has sorted it rightly: say so, and it learns from it"),
    Row("priority", Where.TOPIC, Role.AGENT, "low|normal|high|urgent", "say how soon it wants somebody"),
    Row("case", Where.BOTH, Role.AGENT, "[fact value|step words]",
        "the after-sales case: shown, a fact set, a step taken; in General: the list"),
    Row("resolve", Where.TOPIC, Role.AGENT, "", "done"),
    Row("reopen", Where.TOPIC, Role.AGENT, "", "not done after all"),
    Row("spam", Where.TOPIC, Role.AGENT, "", "close it as unwanted; the sender is told nothing"),
    Row("block", Where.BOTH, Role.AGENT, "[address]", "what he writes is kept, shown nowhere and not answered"),
    Row("unblock", Where.BOTH, Role.AGENT, "[address]", "let him in again; in General alone: who is blocked"),
    Row("split", Where.TOPIC, Role.AGENT, "", "as an answer to a customer's message: it becomes a request of its own"),
    Row("customer", Where.TOPIC, Role.AGENT, "[name|phone|email|address value]",
        "who the customer is and what else he has asked; with a value: what is known of him, - forgets it"),
    Row("find", Where.BOTH, Role.AGENT, "words", "requests by number, name, address or words"),
    Row("topic", Where.BOTH, Role.AGENT, "R-1042", "make the topic of a request that has none, or has lost it"),
    Row("mine", Where.BOTH, Role.AGENT, "", "your open requests"),
    Row("queue", Where.BOTH, Role.AGENT, "", "who waits longest, and what is nobody's"),
    Row("status", Where.BOTH, Role.AGENT, "", "how the desk is doing: what waits to leave, and what is wrong"),
    Row("accuracy", Where.BOTH, Role.AGENT, "", "how often agents changed what the program had sorted"),
    Row("agents", Where.BOTH, Role.AGENT, "", "who answers customers"),
    Row("agent", Where.BOTH, Role.ADMIN, "id [agent|lead|admin|remove] [name]",
        "take a colleague on; or answer his message with it, without id"),
    Row("help", Where.BOTH, Role.AGENT, "", "this list"),
)  # fmt: skip

HELP_TOPIC = "What you write in a request's topic goes to the customer. A reply to a note is a note."
HELP_GENERAL = "What is written here reaches no customer; write in a request's topic to answer."
HELP_BUTTONS = "The buttons on the card, the topic's first message, do the same as the commands."


def row(name: str) -> Row | None:
    """The command of this name."""
    return next((one for one in TABLE if one.name == name), None)


def may(role: Role, needed: Role) -> bool:
    """Is a role as high as the one that is needed?"""
    return RANKS[role] >= RANKS[needed]


def offered(role: Role, *, in_topic: bool) -> tuple[Row, ...]:
    """The commands that somebody can use here, in the order of the table."""
    here = (Where.BOTH, Where.TOPIC if in_topic else Where.GENERAL)
    return tuple(one for one in TABLE if one.where in here and may(role, one.role))


def help_text(role: Role, *, in_topic: bool) -> str:
    """What somebody can write here, a line each."""
    lines = [HELP_TOPIC, HELP_BUTTONS] if in_topic else [HELP_GENERAL]
    here = offered(role, in_topic=in_topic)
    return "\n".join([*lines, *(f"{f'/{one.name} {one.takes}'.rstrip()}: {one.help}" for one in here)])


def offered_by_menu(role: Role) -> tuple[tuple[str, str], ...]:
    """What Telegram's apps offer to people of this role besides what lower ones can do: command and description."""
    return tuple((one.name, one.help.capitalize()) for one in TABLE if one.role is role)
