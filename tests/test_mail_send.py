"""Laws of sending, against a real relay that fails on demand: what it says decides what the outbox is told."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.demo.mailcatcher import Fault, MailCatcher
from intake.mail.compose import compose
from intake.mail.send import Patience, Smarthost
from intake.mail.tokens import Tokens
from intake.message import Away, Outbound, TryAgain, Undeliverable, Unknown

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TOKENS = Tokens(b"a secret of the tests")
ANSWER = Outbound(
    delivery=7,
    kind="reply",
    channel="mail",
    account="support@example.com",
    to="anna@customer.example",
    attempt=1,
    request=1042,
    subject="Re: My kettle",
    text="Dear Anna,\n.\n..\nsend it to us.\n",
    message_id=TOKENS.message_id(1042, "d7", "example.com"),
)


@contextlib.asynccontextmanager
async def catching(**how: object) -> AsyncIterator[MailCatcher]:
    catcher = MailCatcher(**how)  # type: ignore[arg-type]  # a test says which fault it wants
    await catcher.start()
    try:
        yield catcher
    finally:
        await catcher.stop()


def letter(outbound: Outbound = ANSWER) -> EmailMessage:
    return compose(outbound, files=(), reply_address="support@example.com", from_name="Example Ltd", now=NOW)


def relay(catcher: MailCatcher, patience: Patience | None = None) -> Smarthost:
    return Smarthost(f"smtp://127.0.0.1:{catcher.port}", patience=patience)


async def send(catcher: MailCatcher, patience: Patience | None = None) -> None:
    await relay(catcher, patience).send(letter(), "support@example.com", "anna@customer.example")


async def test_a_mail_arrives_as_it_was_written() -> None:
    """Dots at the start of lines, line ends and all."""
    async with catching() as catcher:
        await send(catcher)
    (mail,) = catcher.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("support@example.com", ("anna@customer.example",))
    assert mail.raw == letter().as_bytes()
    assert mail.parsed["Message-ID"] == f"<{ANSWER.message_id}>"


async def test_a_refused_connection_is_tried_again() -> None:
    """Nothing left the house."""
    async with catching() as catcher:
        await catcher.stop()
        with pytest.raises(TryAgain, match="cannot be reached"):
            await send(catcher)


@pytest.mark.parametrize("where", ["mail_answer", "rcpt_answer", "data_answer"])
@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("451 4.7.1 Greylisted, come back later", TryAgain),
        ("421 4.3.2 Closing", TryAgain),
        ("550 5.1.1 No such person", Undeliverable),
        ("552 5.2.2 Mailbox full", Undeliverable),
        ("530 5.7.0 Authentication required", TryAgain),
    ],
)
async def test_what_the_relay_says_decides(where: str, words: str, outcome: type[Exception]) -> None:
    """4xx is tried again, 5xx never; the agent reads the relay's own words."""
    async with catching(**{where: words}) as catcher:
        with pytest.raises(outcome) as error:
            await send(catcher)
        assert words in str(error.value)
    assert catcher.mails == []


async def test_a_talkative_relay_is_cut_short() -> None:
    """A reason is a sentence, not a page, and has no control characters."""
    async with catching(data_answer="550 5.7.1 \x07" + "no " * 500) as catcher:
        with pytest.raises(Undeliverable) as error:
            await send(catcher)
    assert len(str(error.value)) <= 240
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("fault", "outcome", "caught"),
    [
        (Fault.HANG_AT_MAIL, TryAgain, 0),
        (Fault.CUT_AT_DATA, TryAgain, 0),
        (Fault.HANG_AT_DOT, Unknown, 1),
        (Fault.CUT_AT_DOT, Unknown, 1),
    ],
)
async def test_the_final_dot_divides_not_sent_from_unknown(fault: Fault, outcome: type[Exception], caught: int) -> None:
    """Before it the relay cannot have the mail; after it silence says nothing."""
    async with catching(fault=fault) as catcher:
        with pytest.raises(outcome):
            await send(catcher, Patience(command=0.2))
        assert len(catcher.mails) == caught


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Smarthost]:
    """A relay that follows a script, for what no library's server would do."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError):
                await script(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Smarthost(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with asyncio.timeout(10):
            await ended.wait()
    finally:
        server.close()
        await server.wait_closed()


async def ask_for_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Play a polite relay up to its 354."""
    for answer in (b"220 hello", b"250 relay", b"250 ok", b"250 ok"):
        writer.write(answer + b"\r\n")
        await reader.readline()
    writer.write(b"354 go on\r\n")


BIG = replace(ANSWER, text="All work and no play.\n" * 500_000)


async def test_a_relay_that_vanishes_in_the_middle_of_a_mail_does_not_have_it() -> None:
    """The connection ends after 354 and before the final dot: not sent, so it may be sent again."""
    seen = 0

    async def vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        await ask_for_data(reader, writer)
        seen = len(await reader.readexactly(100_000))
        writer.transport.abort()

    async with scripted(vanish) as host:
        with pytest.raises(TryAgain):
            await host.send(letter(BIG), "support@example.com", "anna@customer.example")
    assert seen == 100_000


async def test_a_relay_that_refuses_in_the_middle_is_heard() -> None:
    """Its 552 is the answer, though the mail was not yet all said; the rest is spared."""
    seen = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        await ask_for_data(reader, writer)
        await reader.readexactly(100_000)
        writer.write(b"552 5.3.4 Too big\r\n")
        while piece := await reader.read(1 << 16):
            seen += len(piece)

    async with scripted(refuse) as host:
        with pytest.raises(Undeliverable, match="Too big"):
            await host.send(letter(BIG), "support@example.com", "anna@customer.example")
    assert seen < len(BIG.text)


async def test_a_yes_in_the_middle_of_a_mail_is_no_yes() -> None:
    """The relay cannot have taken what was not yet said."""

    async def hurry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ask_for_data(reader, writer)
        await reader.readexactly(100_000)
        writer.write(b"250 2.0.0 Taken\r\n")
        while await reader.read(1 << 16):
            pass

    async with scripted(hurry) as host:
        with pytest.raises(TryAgain):
            await host.send(letter(BIG), "support@example.com", "anna@customer.example")


@pytest.mark.parametrize("greeting", [b"", b"554 5.7.1 go away\r\n", b"what?\r\n", b"\xff\xfe\r\n"])
async def test_a_relay_that_greets_strangely_is_tried_again(greeting: bytes) -> None:
    """It said nothing about the mail."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)

    async with scripted(greet) as host:
        with pytest.raises(TryAgain):
            await host.send(letter(), "", "anna@customer.example")


async def test_a_wrong_answer_after_the_final_dot_is_unknown() -> None:
    """What cannot be read may have been a yes."""
    async with catching(data_answer="yes, thank you") as catcher:
        with pytest.raises(Unknown):
            await send(catcher)


async def test_a_foreign_address_needs_a_relay_that_can() -> None:
    """With SMTPUTF8 it arrives; without, the agent is told why it cannot."""
    message = letter(replace(ANSWER, to="дима@customer.example"))
    async with catching() as catcher:
        await relay(catcher).send(message, "support@example.com", "дима@customer.example")
        assert catcher.mails[0].rcpt_tos == ("дима@customer.example",)
    async with catching(smtputf8=False) as catcher:
        with pytest.raises(Undeliverable, match="SMTPUTF8"):
            await relay(catcher).send(message, "support@example.com", "дима@customer.example")


async def test_an_address_never_becomes_a_second_command() -> None:
    """Line ends in an address stop it here."""
    async with catching() as catcher:
        with pytest.raises(Undeliverable):
            await relay(catcher).send(letter(), "", "a@b.example>\r\nRCPT TO:<victim@evil.example")
    assert catcher.mails == []


async def test_a_relay_that_cannot_be_spoken_to_is_the_operators_fault_not_the_mails() -> None:
    """Whatever its name or the login is: no mail is given up because of it."""
    smarthost = Smarthost("smtp://127.0.0.1:25")
    smarthost.host = "mail..example.com"
    with pytest.raises(Away, match="INTAKE_SMARTHOST"):
        await smarthost.send(letter(), "", "a@b.example")


async def test_a_wrong_password_is_the_operators_fault_not_the_mails() -> None:
    """It waits until the login is mended; with the right one it goes."""
    async with catching(login=("me", "p/w")) as catcher:
        with pytest.raises(TryAgain) as error:
            await Smarthost(f"smtp://me:wrong@127.0.0.1:{catcher.port}").send(letter(), "", "a@b.example")
        assert "wrong" not in str(error.value)
        with pytest.raises(TryAgain, match="535"):
            await Smarthost(f"smtp://me:wrong@127.0.0.1:{catcher.port}").greet()
        await Smarthost(f"smtp://me:p%2Fw@127.0.0.1:{catcher.port}").greet()
        assert catcher.mails == []
        await Smarthost(f"smtp://me:p%2Fw@127.0.0.1:{catcher.port}").send(letter(), "", "a@b.example")
        assert catcher.mails[0].mail_from == ""


async def test_starttls_is_demanded_and_its_certificate_checked(certificate: tuple[Path, Path]) -> None:
    """Without TLS, or with a stranger's certificate, nothing is sent."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    async with catching() as plain:
        with pytest.raises(TryAgain, match="STARTTLS"):
            await Smarthost(f"smtp+starttls://localhost:{plain.port}").send(letter(), "", "a@b.example")
    async with catching(tls=context) as catcher:
        url = f"smtp+starttls://localhost:{catcher.port}"
        with pytest.raises(TryAgain, match="certificate"):
            await Smarthost(url).send(letter(), "", "a@b.example")
        await Smarthost(url, tls=trusting).send(letter(), "", "a@b.example")
    assert plain.mails == []
    assert len(catcher.mails) == 1


async def test_what_a_relay_says_in_no_charset_can_be_stored() -> None:
    """Its bytes come into a text column and before an agent's eyes."""

    async def mumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"220 hello", b"250 relay", b"550 5.1.0 \xff\xfe\x00 nein"):
            writer.write(answer + b"\r\n")
            await reader.readline()

    async with scripted(mumble) as host:
        with pytest.raises(Undeliverable) as error:
            await host.send(letter(), "support@example.com", "anna@customer.example")
    assert str(error.value) == "The mail relay refused it: 550 5.1.0 nein"


async def test_waiting_for_a_free_connection_has_an_end() -> None:
    """The outbox lends a delivery for a while only; who waits longer would send what another has taken over."""
    async with catching(fault=Fault.HANG_AT_MAIL) as catcher:
        host = Smarthost(f"smtp://127.0.0.1:{catcher.port}", connections=1, patience=Patience(whole=0.3))
        sends = [host.send(letter(), "", "a@b.example") for _ in range(3)]
        async with asyncio.timeout(2):
            outcomes = await asyncio.gather(*sends, return_exceptions=True)
    assert all(isinstance(outcome, TryAgain) for outcome in outcomes)


async def test_only_so_many_connections_are_open_at_once() -> None:
    """A relay that hangs is not stormed."""
    async with catching(fault=Fault.HANG_AT_MAIL) as catcher:
        host = Smarthost(f"smtp://127.0.0.1:{catcher.port}", connections=2, patience=Patience(command=0.3))
        sends = [asyncio.create_task(host.send(letter(), "", "a@b.example")) for _ in range(5)]
        most = 0
        while not all(task.done() for task in sends):
            most = max(most, catcher.connections)
            await asyncio.sleep(0.02)
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
    assert most == 2
    assert all(isinstance(outcome, TryAgain) for outcome in outcomes)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com:25",
        "http://mail.example.com",
        "smtp://",
        "smtp://:25",
        "smtp://mail.example.com:port",
        "smtp://mail.example.com:99999",
        "smtp://mail.example.com:0",
        "smtp://me:topsecret@",
        "smtp://me:top/secret@mail.example.com",
        "smtp://me@mail.example.com",
        "smtp://:topsecret@mail.example.com",
        "smtp://me:topsecret@mail.example.com/path",
        "smtp://me:topsecret@mail.example.com?x=1",
        "smtp://me:topsecret@[::1",
        "smtp://me:topsecret@mail..example.com",
        f"smtp://me:topsecret@{'a' * 64}.example.com",
    ],
)
def test_a_bad_url_is_told_in_a_sentence_without_the_password(url: str) -> None:
    """The operator reads it on his terminal, perhaps with others watching."""
    with pytest.raises(ValueError, match=r"^it (has|names|must)") as error:
        Smarthost(url)
    assert str(error.value).endswith(".")
    assert "secret" not in str(error.value)


def test_good_urls_have_the_usual_ports_and_hide_the_password() -> None:
    """25, 465 and 587 unless another is named."""
    assert Smarthost("smtp://mail.example.com").port == 25
    assert Smarthost("smtps://mail.example.com").port == 465
    host = Smarthost("smtp+starttls://me%40example.com:p%3Aw%2F@mail.example.com")
    assert (host.port, host.user, host.host) == (587, "me@example.com", "mail.example.com")
    assert "p:w" not in repr(host)
    assert "p%3Aw" not in repr(host)


async def test_a_mail_that_the_relay_calls_too_big_is_not_sent() -> None:
    """It has said so in its greeting (RFC 1870), and the agent reads both sizes."""
    async with catching(size=100_000) as catcher:
        big = letter(replace(ANSWER, text="All work and no play.\n" * 5_000))
        with pytest.raises(Undeliverable, match=r"it has 1\d\d KiB; the mail relay takes at most 98 KiB\. Nothing"):
            await relay(catcher).send(big, "", "a@b.example")
        await relay(catcher).send(letter(), "", "a@b.example")
    assert len(catcher.mails) == 1
