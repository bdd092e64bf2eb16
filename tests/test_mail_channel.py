"""Laws of mail as a channel, over real sockets: what it makes of an outgoing message, what of one that comes in."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import aiosmtplib
import pytest

from intake.incoming.accepting import Raw
from intake.mail.apart.setting import Setting
from intake.mail.channel import MAX_MAIL, MailChannel
from intake.mail.compose import encoded_size
from intake.mail.proof.check import Policy
from intake.mail.send import Smarthost
from intake.mail.server import Listen, MailServer
from intake.message import Inbound, Proof, Receipt, StoredFile, TryAgain, Undeliverable
from tests.test_mail_send import ANSWER, NOW, TOKENS, catching, letter, relay


@dataclass
class Lot:
    """Where messages are set aside."""

    parked: list[Raw] = field(default_factory=list)

    def suspects(self, channel: str, key: str) -> bool:
        return False

    async def handle(self, raw: Raw, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except ZeroDivisionError:
            self.parked.append(raw)


def channel(
    smarthost: Smarthost | None,
    server: MailServer | None = None,
    files: dict[str, bytes] | None = None,
    lot: Lot | None = None,
) -> MailChannel:
    async def read_file(sha256: str) -> bytes:
        try:
            return (files or {})[sha256]
        except KeyError:
            raise FileNotFoundError(sha256) from None

    return MailChannel(
        server=server,
        smarthost=smarthost,
        setting=Setting(TOKENS, server.mailboxes if server else (), Policy("assume-pass")),
        company="Example Ltd",
        read_file=read_file,
        parking=lot or Lot(),
        clock=lambda: NOW,
    )


async def test_the_channel_sends_an_answer_with_its_files() -> None:
    """From our mailbox, to be answered to the signed address; the outbox gets the id that was fixed before."""
    name = hashlib.sha256(b"%PDF").hexdigest()
    files = (StoredFile(1, "label.pdf", "application/pdf", 4, name),)
    async with catching() as catcher:
        sent = await channel(relay(catcher), files={name: b"%PDF"}).send(replace(ANSWER, files=files))
    (mail,) = catcher.mails
    assert sent.ids == (ANSWER.message_id,)
    assert TOKENS.read_bounce_address(mail.mail_from) == ANSWER.delivery
    assert mail.mail_from.startswith("support+b7.")
    assert TOKENS.read_address(str(mail.parsed["Reply-To"])) == 1042
    assert [part.get_filename() for part in mail.parsed.walk() if part.get_filename()] == ["label.pdf"]


async def test_e29_an_answer_without_its_file_is_refused_visibly() -> None:
    """ "See attached" with nothing attached would be worse than no mail; the agent reads which file and why."""
    files = (StoredFile(2, "film.mp4", "video/mp4", 4, None, error="too big to store"),)
    async with catching() as catcher:
        with pytest.raises(Undeliverable, match=r"film\.mp4 cannot go by mail: too big to store"):
            await channel(relay(catcher)).send(replace(ANSWER, files=files))
    assert catcher.mails == []


async def test_an_automatic_mail_has_the_null_sender() -> None:
    """Nothing can bounce into a circle."""
    async with catching() as catcher:
        await channel(relay(catcher)).send(replace(ANSWER, automatic=True))
    assert catcher.mails[0].mail_from == ""


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("mail_answer", "550 5.7.1 you may not send as this user"),
        ("mail_answer", "553 5.1.7 no"),
        ("rcpt_answer", "553 5.7.1 <%s>: Sender address rejected: not owned by user support"),
        ("data_answer", "554 5.2.252 SendAsDenied; support@example.com not allowed to send as %s"),
        ("data_answer", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    ],
)
async def test_a_relay_that_refuses_the_bounce_address_gets_the_mailboxs_own(where: str, words: str) -> None:
    """Many a login may speak only as itself. It has not taken the mail, so it comes once."""
    own = TOKENS.bounce_address("support@example.com", ANSWER.delivery)
    async with catching(**{where: words.replace("%s", own), "only_from": "support@example.com"}) as catcher:
        sent = await channel(relay(catcher)).send(ANSWER)
    (mail,) = catcher.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("support@example.com", ("anna@customer.example",))
    assert sent.ids == (ANSWER.message_id,)


@pytest.mark.parametrize("words", ["550 5.1.1 No such person", "552 5.2.2 Mailbox full", "550 5.7.1 Spam"])
async def test_a_relay_that_refuses_the_mail_is_asked_once(words: str) -> None:
    """A refusal of the recipient or of the words is no matter of the sender."""
    async with catching(data_answer=words) as catcher:
        with pytest.raises(Undeliverable, match=words[10:]):
            await channel(relay(catcher)).send(ANSWER)
        assert catcher.refusals == 1


async def test_a_mailbox_with_a_long_name_speaks_as_itself() -> None:
    """RFC 5321 §4.5.3.1.1: with a token behind it the name would be too long for some server on the way."""
    account = "x" * 50 + "@example.com"
    async with catching() as catcher:
        await channel(relay(catcher)).send(replace(ANSWER, account=account))
    (mail,) = catcher.mails
    assert (mail.mail_from, mail.parsed["Reply-To"]) == (account, account)


async def test_every_attempt_carries_the_same_message_id() -> None:
    """Even when none was fixed: the receiver can tell a copy by it."""
    async with catching() as catcher:
        for attempt in (1, 2):
            await channel(relay(catcher)).send(replace(ANSWER, message_id=None, attempt=attempt))
    first, second = (str(mail.parsed["Message-ID"]) for mail in catcher.mails)
    assert first == second
    assert TOKENS.read_message_id(first) == 1042


async def test_without_a_relay_the_mail_waits() -> None:
    """It is kept until the operator names one."""
    with pytest.raises(TryAgain, match="No SMARTHOST is set") as error:
        await channel(None).send(ANSWER)
    assert error.value.after == 60


async def test_a_file_that_is_still_fetched_is_waited_for() -> None:
    """A mail without its attachment would be worse than a later one."""
    async with catching() as catcher:
        with pytest.raises(TryAgain, match="still being fetched") as error:
            await channel(relay(catcher)).send(replace(ANSWER, files=(StoredFile(1, "a", "a/b", 4, None),)))
        assert error.value.after == 2
        with pytest.raises(TryAgain, match="cannot be read"):
            await channel(relay(catcher)).send(replace(ANSWER, files=(StoredFile(1, "a", "a/b", 4, "0" * 64),)))
    assert catcher.mails == []


async def test_files_too_big_for_mail_are_told_to_the_agent() -> None:
    """Better a sentence now than a bounce tomorrow. What counts is the size on the way, in base64."""
    half = StoredFile(1, "film.mp4", "video/mp4", MAX_MAIL * 2 // 5, "0" * 64)
    async with catching() as catcher:
        with pytest.raises(Undeliverable, match=r"have 27\.4 MiB; a mail carries 25\.0 MiB, which is about 18 MiB"):
            await channel(relay(catcher)).send(replace(ANSWER, files=(half, half)))
    assert catcher.mails == []


async def test_the_estimate_of_a_files_size_is_never_too_small() -> None:
    """It is made before the files are read; what it lets through fits."""
    content = b"\xff" * (1 << 20)
    name = hashlib.sha256(content).hexdigest()
    file = StoredFile(1, "плёнка.mp4", "video/mp4", len(content), name)
    async with catching() as catcher:
        await channel(relay(catcher), files={name: content}).send(replace(ANSWER, files=(file,)))
    (mail,) = catcher.mails
    assert 0 <= encoded_size(len(content)) - (len(mail.raw) - len(letter().as_bytes())) < 1000


async def test_a_bad_address_is_told_before_anything_is_sent() -> None:
    """The relay never hears of it."""
    async with catching() as catcher:
        with pytest.raises(Undeliverable):
            await channel(relay(catcher)).send(replace(ANSWER, to="anna@customer.example\r\nRSET"))
    assert catcher.mails == []


async def test_an_answer_to_our_answer_comes_home() -> None:
    """Sent out, answered to its Reply-To, taken by our server: it names its request with the strongest proof."""
    taken: list[Inbound] = []

    async def accept(inbound: Inbound) -> Receipt:
        taken.append(inbound)
        return Receipt(record=1, request=1042, opened=False)

    server = MailServer(["support@example.com"], Listen(port=0))
    async with catching() as catcher:
        ours = channel(relay(catcher), server)
        listening = asyncio.create_task(ours.listen(accept))
        await ours.send(ANSWER)
        (out,) = catcher.mails
        fields = f"From: Anna <anna@customer.example>\r\nIn-Reply-To: {out.parsed['Message-ID']}\r\n"
        back = fields + "\r\n" + "Thanks a lot.\r\n" * 30_000
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=False) as client:
            await client.sendmail("anna@customer.example", [str(out.parsed["Reply-To"])], back)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
    (inbound,) = taken
    assert [(hint.request, hint.proof) for hint in inbound.hints] == [
        (1042, Proof.SIGNED_ADDRESS),
        (1042, Proof.SIGNED_MESSAGE_ID),
    ]
    assert (inbound.account, inbound.sender.value, inbound.verified) == (
        "support@example.com",
        "anna@customer.example",
        True,
    )


async def test_a_mail_that_our_code_cannot_handle_is_parked_and_read_again() -> None:
    """It is kept with its bytes and its envelope, its sender gets his 250, and later it reads as it would have then."""
    taken: list[Inbound] = []

    async def fail(inbound: Inbound) -> Receipt:
        taken.append(inbound)
        raise ZeroDivisionError

    server, lot = MailServer(["support@example.com"], Listen(port=0)), Lot()
    ours = channel(None, server, lot=lot)
    listening = asyncio.create_task(ours.listen(fail))
    await asyncio.sleep(0.05)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=False) as client:
        await client.sendmail(
            "", ["support@example.com", "support+x@example.com"], "From: a@b.example\r\n\r\nHello\r\n"
        )
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    (parked,) = lot.parked
    assert (parked.channel, parked.key) == ("mail", taken[0].key)
    try:
        assert await ours.read(parked.content, parked.envelope) == taken[0]
    finally:
        await ours.close()


async def test_a_channel_without_a_server_listens_to_nobody() -> None:
    """It waits until it is cancelled, as every channel does."""

    async def accept(inbound: Inbound) -> Receipt:
        raise AssertionError("nothing can come")

    listening = asyncio.create_task(channel(None).listen(accept))
    await asyncio.sleep(0.01)
    assert not listening.done()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
