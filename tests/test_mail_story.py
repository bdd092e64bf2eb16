"""Mail out and back, end to end, over real sockets and on both databases: copies, late bounces, LMTP, DKIM."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest

from bot.demo.mailcatcher import CaughtMail
from intake.mail.signing import read_signer
from intake.understanding.quotes.splitting import split
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Participant
from tests.signing_keys import make_key
from tests.stage import MAILBOX, Stage, letter, stage

ANNA, BOB = "anna@customer.example", "bob@customer.example"
OTHER_BOX = "returns@shop.example"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


def _text(mail: CaughtMail) -> str:
    part = next(part for part in mail.parsed.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


async def _take_part(address: str) -> None:
    await Participant.create(request_id=1001, channel="mail", value=address, added_at=datetime.now(UTC))


async def test_an_answer_quotes_what_it_answers_and_folds_again(scene: Stage) -> None:
    """In text and HTML below the agent's words; what our own reading finds new are those alone."""
    async with scene.running():
        await scene.mail(letter("Does it heat milk?\n\n-- \nAnna"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        scene.maria.writes_in(topic, "Dear Anna, it does.")
        answer = (await scene.caught(2))[1]
        text = _text(answer)
        assert text.startswith("Dear Anna, it does.\n\n— ")
        assert "Anna Schmidt wrote:\n> Does it heat milk?" in text
        assert "milk" not in split(text).reply
        assert b'<blockquote type=3D"cite"' in answer.raw or b'<blockquote type="cite"' in answer.raw
        assert "milk" not in _text((await scene.caught(1))[0])


async def test_words_for_all_reach_each_under_one_id(scene: Stage) -> None:
    """/all: three envelopes, one letter; a file with a caption too; nothing is quoted; the topic says who got it."""
    async with scene.running(mailboxes=(MAILBOX, OTHER_BOX)):
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        await _take_part(BOB)
        await _take_part(OTHER_BOX)
        scene.maria.writes_in(topic, "/all Dear both,\nit does.")
        mails = (await scene.caught(3))[1:]
        assert sorted(mail.rcpt_tos for mail in mails) == [(ANNA,), (BOB,)]
        assert len({mail.mail_from for mail in mails}) == 2
        for name in ("Message-ID", "To", "Cc", "Reply-To", "In-Reply-To", "Subject"):
            assert len({mail.parsed[name] for mail in mails}) == 1, name
        assert (mails[0].parsed["To"], mails[0].parsed["Cc"]) == (ANNA, BOB)
        for mail in mails:
            assert _text(mail).startswith("Dear both,\nit does.\n\n— ")
            assert b"milk" not in mail.raw
        await scene.topic("R-1001", f"with copies to {BOB}")
        scene.maria.sends_document_in(topic, b"%PDF", "manual.pdf", "/all Here it is")
        more = (await scene.caught(5))[3:]
        assert sorted(mail.rcpt_tos for mail in more) == [(ANNA,), (BOB,)]
        for mail in more:
            assert _text(mail).startswith("Here it is")
            assert [part.get_filename() for part in mail.parsed.walk() if part.get_filename()] == ["manual.pdf"]
        await scene.settled()


async def test_words_for_all_where_nobody_else_is_are_sent_to_nobody(scene: Stage) -> None:
    """By mail without others, in a chat, without words, in General: the agent reads why."""
    boris = scene.sim.person("Boris")
    async with scene.running(mailboxes=(MAILBOX, OTHER_BOX)):
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        await _take_part(OTHER_BOX)
        scene.maria.writes_in(topic, "/all Dear both")
        await scene.topic("R-1001", "Nobody else takes part in this request. Nothing was sent")
        scene.maria.writes_in(topic, "/all")
        await scene.topic("R-1001", "Write the words behind it")
        scene.maria.writes_in_general("/all Dear all")
        await scene.general("in a request's topic")
        boris.start()
        boris.writes("Hello")
        scene.maria.writes_in(await scene.topic("R-1002", "Hello"), "/all Dear Boris")
        await scene.topic("R-1002", "This is a chat with one person. Nothing was sent")
        await scene.settled()
        assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 0


async def test_a_late_bounce_without_any_id_finds_its_delivery(scene: Stage) -> None:
    """Days later, in words that nobody can read: the address that it came back to is enough."""
    async with scene.running():
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        scene.maria.writes_in(topic, "Dear Anna, it does.")
        answer = (await scene.caught(2))[1]
        await scene.settled()
        bounce = EmailMessage()
        bounce["From"], bounce["To"], bounce["Subject"] = "Posten <system@relay.example>", answer.mail_from, "Fel"
        bounce.set_content("Det gick inte att leverera.")
        await scene.mail(bounce, "", answer.mail_from)
        await scene.topic("R-1001", "came back")
        reply = await Delivery.get(kind=DeliveryKind.REPLY)
        assert reply.state is DeliveryState.FAILED
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN
        await scene.settled()
        assert len(scene.catcher.mails) == 2  # no robot is answered
        assert len(scene.desk.topics()) == 1


async def test_the_bounce_of_a_copy_is_told_with_its_address(scene: Stage) -> None:
    """The customer has his."""
    async with scene.running():
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        await _take_part(BOB)
        scene.maria.writes_in(topic, "/all Dear both, it does.")
        mails = await scene.caught(3)
        await scene.settled()
        back = next(mail.mail_from for mail in mails if mail.rcpt_tos == (BOB,))
        await scene.mail(EmailMessage(), "", back)
        await scene.topic("R-1001", f"{BOB} came back")
        assert (await Delivery.get(kind=DeliveryKind.REPLY, recipient=ANNA)).state is DeliveryState.SENT


async def test_one_mail_by_lmtp_to_two_mailboxes_is_one_record(scene: Stage) -> None:
    """In one session or in two, as mail servers split it; each recipient is answered."""
    place = scene.folder / "lmtp"
    async with scene.running(mailboxes=(MAILBOX, OTHER_BOX), smtp_listen="", lmtp_listen=f"unix:{place}"):
        mail = letter("Does it heat milk?", to=f"{MAILBOX}, {OTHER_BOX}").as_bytes().replace(b"\n", b"\r\n")
        both = await _lmtp(place, mail, MAILBOX, OTHER_BOX)
        assert [answer[:9] for answer in both] == ["250 2.0.0"] * 2
        # The second copy comes with the first one's trace above it.
        for box in (MAILBOX, OTHER_BOX):
            assert len(await _lmtp(place, f"Delivered-To: {box}\r\n".encode() + mail, box)) == 1
        await scene.topic("R-1001", "heat milk")
        await scene.settled()
        assert await CommunicationRecord.all().count() == 1
        assert len(scene.catcher.mails) == 1


async def _lmtp(place: Path, mail: bytes, *recipients: str) -> list[str]:
    """Hand a mail over as Postfix does; the answers after the final dot."""
    reader, writer = await asyncio.open_unix_connection(place)

    async def hear() -> str:
        while (line := (await reader.readline()).decode())[3:4] == "-":
            pass
        return line.strip()

    async def say(words: str) -> str:
        writer.write(f"{words}\r\n".encode())
        return await hear()

    async with asyncio.timeout(20):
        said = [await hear(), await say("LHLO mx.shop.example"), await say(f"MAIL FROM:<{ANNA}>")]
        said += [await say(f"RCPT TO:<{recipient}>") for recipient in recipients]
        assert {answer[:3] for answer in said} <= {"220", "250"}, said
        assert (await say("DATA")).startswith("354")
        writer.write(mail + b".\r\n")
        answers = [await hear() for _ in recipients]
        assert (await say("QUIT")).startswith("221")
    writer.close()
    return answers


async def test_what_leaves_is_signed_when_a_key_is_set(scene: Stage) -> None:
    """Acknowledgement and answer, as the relay has them."""
    key = scene.folder / "dkim.pem"
    await asyncio.to_thread(make_key, key, "-algorithm", "ed25519")
    record = read_signer("shop.example", "s1", key).record.encode()
    async with scene.running(dkim_domain="shop.example", dkim_selector="s1", dkim_key_file=key):
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        scene.maria.writes_in(topic, "Dear Anna, .\n.\nit does. 🫖")
        for mail in await scene.caught(2):
            assert dkim.verify(mail.raw, dnsfunc=lambda name, timeout=5: record)
        await scene.settled()


async def test_an_answer_too_big_for_the_relay_is_told_to_the_agent(scene: Stage) -> None:
    """Before a byte of it leaves, and with both sizes."""
    scene.catcher.size = 200_000
    async with scene.running():
        await scene.mail(letter("Does it heat milk?"), ANNA)
        topic = await scene.topic("R-1001", "heat milk")
        scene.maria.sends_document_in(topic, b"\xff" * 200_000, "manual.pdf", "Here it is")
        await scene.topic("R-1001", "the mail relay takes at most 195 KiB. Nothing was sent")
        assert len(scene.catcher.mails) == 1
        assert (await Delivery.get(kind=DeliveryKind.REPLY)).state is DeliveryState.FAILED
