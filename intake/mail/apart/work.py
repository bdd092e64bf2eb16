"""What a child does: check who sent a mail, and read it. Loaded by the mother, run in a child."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime

from intake.apart.end import End
from intake.apart.mother import Work
from intake.mail.apart.pieces import pieces
from intake.mail.apart.setting import Setting
from intake.mail.inbound import Envelope, read
from intake.mail.proof.check import Check, How
from intake.mail.proof.verdict import Verdict

# What reading or checking loads when it is first needed; a child would load it for one mail.
_LOADED_LATE = ("icalendar", "intake.mail.proof.judgement", "intake.mail.proof.questions")
_HELLO = b"From: a@b.example\r\nContent-Type: text/html; charset=gb18030\r\n\r\n<p>Hello</p>\r\n"


def prepared(packed: bytes) -> Work:
    """Load everything, and give what a child runs."""
    setting = Setting.unpacked(packed)
    check = setting.check()
    for name in _LOADED_LATE[: 1 if check.how in (How.OFF, How.ASSUME_PASS) else None]:
        importlib.import_module(name)
    envelope = Envelope("a@b.example", setting.mailboxes, "192.0.2.1")
    read(_HELLO, envelope, setting.tokens, setting.mailboxes, Verdict(), datetime.now(UTC))
    return lambda end: _read(end, setting, check)


def _read(end: End, setting: Setting, check: Check) -> None:
    """Hears the envelope and the mail, tells the verdict as soon as it is known, then the mail as it reads."""
    facts, raw = json.loads(end.receive()), end.receive()
    envelope, came = Envelope.unpacked(facts), datetime.fromisoformat(facts["received_at"])
    # A mail that was parked has been checked on the day it came; keys are rotated.
    verdict = Verdict.unpacked(facts) if "outcome" in facts else check.at_once(raw, envelope.origin, came)
    end.send(json.dumps(verdict.packed()).encode())
    for piece in pieces(read(raw, envelope, setting.tokens, setting.mailboxes, verdict, came)):
        end.send(piece)
