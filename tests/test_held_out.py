"""Letters that were written by another hand than the rules: how they are read must never become worse."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.mail.parse import Mail, parse
from intake.understanding.quotes import splitting

HELD_OUT = Path(__file__).parent / "held_out"


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back, and what it says."""

    name: str
    mail: str
    recipients: list[str]
    status: str
    action: str
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Any other mail. `automatic` is None where a person may think either."""

    name: str
    mail: str
    may_ack: bool
    automatic: bool | None = None


REPLIES = tomllib.loads((HELD_OUT / "replies.toml").read_text())["letter"]
_MACHINES = tomllib.loads((HELD_OUT / "machines.toml").read_text())
BOUNCES = [Returned(**entry) for entry in _MACHINES["bounce"]]
OTHERS = [Other(**entry) for entry in _MACHINES["other"]]


def _read(mail: str) -> Mail:
    return parse(mail.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("letter", REPLIES, ids=lambda letter: letter["name"])
def test_the_new_words_are_what_a_person_would_say(letter: dict[str, str]) -> None:
    """White space aside."""
    assert splitting.split(letter["text"]).reply.split() == letter["reply"].split()


@pytest.mark.parametrize("case", BOUNCES, ids=lambda case: case.name)
def test_a_bounce_says_who_why_and_of_what(case: Returned) -> None:
    """And is never acknowledged."""
    mail = _read(case.mail)
    assert mail.bounce is not None
    assert [failure.address for failure in mail.bounce.failures] == case.recipients
    assert (mail.bounce.failures[0].status, mail.bounce.failures[0].action) == (case.status, case.action)
    assert case.original in (None, mail.bounce.original_id)
    assert not mail.may_ack


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_robots_are_not_answered_and_people_are(case: Other) -> None:
    """Whoever merely speaks of absence and failed deliveries is a person, and none of these is a bounce."""
    mail = _read(case.mail)
    assert mail.bounce is None
    assert case.automatic in (None, mail.auto_reason is not None)
    assert mail.may_ack is case.may_ack
