"""A robot is never acknowledged, and a person is never taken for one."""

from __future__ import annotations

import pytest

from intake.mail.parse import parse


def _letter(header: str = "", subject: str = "Kettle", sender: str = "Anna <anna@customer.example>") -> bytes:
    return f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n{header}\nHello\n".encode()


ROBOTS = {
    "rfc 3834": _letter("Auto-Submitted: auto-replied\n"),
    "rfc 3834 with comment": _letter("Auto-Submitted: auto-generated (vacation); owner-email=x\n"),
    "x-autoreply": _letter("X-Autoreply: yes\n"),
    "x-autorespond": _letter("X-Autorespond: Kettle\n"),
    "bulk": _letter("Precedence: bulk\n"),
    "junk": _letter("Precedence: junk\n"),
    "auto_reply": _letter("Precedence: auto_reply\n"),
    "null sender": b"Return-Path: <>\n" + _letter(),
    "loop": _letter("X-Loop: intake-bot\n"),
    "report": _letter("Content-Type: multipart/report; boundary=x\n"),
    "receipt": _letter('Content-Type: multipart/report; report-type="disposition-notification"; boundary=x\n'),
    "noreply": _letter(sender="Shop <noreply@other.example>"),
    "do-not-reply": _letter(sender="do-not-reply@other.example"),
    "suffix": _letter(sender="billing-no-reply+x@other.example"),
    "daemon": _letter(sender="MAILER-DAEMON (Mail)"),
    "postmaster": _letter(sender="postmaster@other.example"),
    "en": _letter(subject="Out of Office: Re: Kettle"),
    "en automatic": _letter(subject="Automatic reply: Kettle"),
    "de": _letter(subject="Abwesenheitsnotiz: Kettle"),
    "es": _letter(subject="Respuesta automática: Kettle"),
    "fr": _letter(subject="Réponse automatique : Kettle"),
    "it": _letter(subject="Risposta automatica: Kettle"),
    "pt": _letter(subject="Resposta automática: Kettle"),
    "nl": _letter(subject="Automatisch antwoord: Kettle"),
    "pl": _letter(subject="Odpowiedź automatyczna: Kettle"),
    "ru": _letter(subject="Автоматический ответ: Kettle"),
    "zh": _letter(subject="自动回复: Kettle"),
    "ja": _letter(subject="自動返信: Kettle"),
}
PEOPLE = {
    "plain": _letter(),
    "auto-submitted no": _letter("Auto-Submitted: no\n"),
    "speaks of the office": _letter(subject="Kettle for our out of office party"),
    "office hours": _letter(subject="Out of office hours delivery?"),
    "reply in the name": _letter(sender="Nora Eply <noraeply@customer.example>"),
    "normal precedence": _letter("Precedence: normal\n"),
    "someone else's loop": _letter("X-Loop: other-desk\n"),
    "suppression of receipts": _letter("X-Auto-Response-Suppress: DR, RN, NRN\n"),
    "return path": b"Return-Path: <anna@customer.example>\n" + _letter(),
}
MANY = {
    "list": _letter("Precedence: list\n"),
    "list id": _letter("List-Id: Kettles <kettles.lists.example>\n"),
    "bulk list": _letter("List-Id: <k.lists.example>\nPrecedence: bulk\n"),
    "newsletter": _letter("List-Unsubscribe: <mailto:out@lists.example>\n"),
    "suppress all": _letter("X-Auto-Response-Suppress: All\n"),
    "suppress oof": _letter("X-Auto-Response-Suppress: DR, OOF\n"),
}


@pytest.mark.parametrize("name", ROBOTS)
def test_robot_is_recognised_and_never_acknowledged(name: str) -> None:
    """RFC 3834 §2: never answer an automatic message."""
    mail = parse(ROBOTS[name])
    assert mail.auto_reason
    assert not mail.may_ack


@pytest.mark.parametrize("name", PEOPLE)
def test_person_is_acknowledged(name: str) -> None:
    """A customer who hears nothing writes again, or leaves."""
    mail = parse(PEOPLE[name])
    assert mail.auto_reason is None
    assert mail.may_ack


@pytest.mark.parametrize("name", MANY)
def test_mail_of_a_list_is_a_persons_but_not_acknowledged(name: str) -> None:
    """People write to lists too; an answer would reach people who did not write to us."""
    mail = parse(MANY[name])
    assert mail.auto_reason is None
    assert not mail.may_ack


def test_only_our_own_mark_is_a_loop() -> None:
    """Another desk's X-Loop is no business of ours."""
    assert parse(ROBOTS["loop"]).loop
    assert not parse(PEOPLE["someone else's loop"]).loop
