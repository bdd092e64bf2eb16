"""The playground: the real program on this machine, a short story played through it, and what came of it.

Telegram is the simulator, the smarthost a mail catcher, the database a file in a temporary folder. Nothing leaves.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import indent

from pydantic import SecretStr
from rich.console import Console

from bot.app import assembled
from bot.demo import letters, transcript
from bot.demo.groups import Group
from bot.demo.mailcatcher import CaughtMail, MailCatcher
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from bot.demo.views import Topic
from bot.settings import Settings

MAILBOX = "support@demo.example"
COMPANY = "Kettle & Co"
SMTP_PORT = 8025
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Playground:
    """The world in which the story is played, with the program running in it."""

    sim: Simulator
    catcher: MailCatcher
    desk: Group
    agents: tuple[Person, Person]
    smtp_port: int
    console: Console


async def play(port: int) -> None:
    """Play the story, show what came of it, then stay up until Ctrl-C."""
    console = Console()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    console.print("[bold]intake-bot demo[/bold]: a simulated Telegram, a mail catcher, SQLite in a temporary folder.")
    async with playground(port, console) as ground:
        story = asyncio.create_task(_story(ground))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((story, stopped), return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            story.cancel()
            return
        await story
        await transcript.show(console, ground.sim, ground.catcher, ground.desk)
        _invite(ground)
        await _watch(ground, stop)
    console.print("Stopped; the temporary folder is gone.")


@asynccontextmanager
async def playground(port: int, console: Console) -> AsyncIterator[Playground]:
    """The program with everything around it, on loopback."""
    sim, catcher = Simulator(), MailCatcher()
    with tempfile.TemporaryDirectory(prefix="intake-bot-demo-") as folder:
        await _listen(sim, port)
        await catcher.start()
        desk = sim.forum("Kettle & Co support")
        agents = (sim.person("Maria"), sim.person("Olga"))
        for agent in agents:
            desk.add(agent, "administrator")
        settings = _settings(Path(folder), sim, catcher, desk, agents)
        stop = asyncio.Event()
        try:
            async with assembled(settings) as app:
                serving = asyncio.create_task(app.serve(stop))
                try:
                    assert app.mail_server is not None
                    async with asyncio.timeout(PATIENCE_S):
                        await app.mail_server.started.wait()
                    yield Playground(sim, catcher, desk, agents, app.mail_server.port, console)
                finally:
                    stop.set()
                    await serving
        finally:
            await catcher.stop()
            await sim.stop()


def _settings(folder: Path, sim: Simulator, catcher: MailCatcher, desk: Group, agents: tuple[Person, ...]) -> Settings:
    """Every setting that could reach outside points inside; the operator's own environment does not count here."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite://{folder / 'intake.sqlite3'}",
        data_dir=folder,
        secret_key=SecretStr(""),
        telegram_token=SecretStr(sim.token),
        telegram_api_url=sim.url,
        telegram_webhook_url="",
        telegram_webhook_secret=SecretStr(""),
        http_listen="",
        desk_chat_id=desk.chat_id,
        telegram_pace=1000,  # the simulator sets no limits
        embeddings="off",  # its few minutes are not for learning
        admins=tuple(str(agent.id) for agent in agents),
        mailboxes=(MAILBOX,),
        smtp_listen=f"127.0.0.1:{_free_port(SMTP_PORT)}",
        smarthost=SecretStr(f"smtp://{catcher.host}:{catcher.port}"),
        mail_auth="assume-pass",
        trusted_forwarders=(),
        dns_servers=(),
        company=COMPANY,
        languages=("en", "zh", "es", "de", "ru"),
        default_language="en",
        templates_dir=None,
        categories_file=None,
        policy_file=None,
    )


async def _listen(sim: Simulator, port: int) -> None:
    """On the port that was asked for, or on any other when somebody sits there."""
    try:
        await sim.start(port)
    except OSError:
        await sim.start(0)


def _free_port(wanted: int) -> int:
    """The wanted port when it is free, else 0 for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


async def _story(ground: Playground) -> None:
    """Two mails with attachments and an answer, two chats, agents answering, one return."""
    maria, olga = ground.agents
    tell = ground.console.print
    tell("Anna writes a mail with a photo; Jürgen writes one with his invoice, in German.")
    await letters.hand_in(ground.smtp_port, MAILBOX, letters.broken_kettle())
    await letters.hand_in(ground.smtp_port, MAILBOX, letters.wrong_invoice())
    anna = await _topic(ground, "Anna Schmidt")
    await _topic(ground, "Jürgen Müller")
    tell("Boris writes to the bot in Russian; Li Wei wants to send a lamp back, in Chinese, with a picture.")
    boris, wei = ground.sim.person("Boris Petrov", "ru"), ground.sim.person("Li Wei", "zh-hans")
    for person in (boris, wei):
        person.start()
        await _reads(ground, person, COMPANY)
    boris.writes("Здравствуйте! Где мой заказ 77120? Прошла уже неделя.")
    wei.sends_photo(letters.picture(), "我想退货：台灯是坏的。订单号 20260815-33，型号 LX-20，2026年8月15日购买。")
    where, back = await _topic(ground, "Boris"), await _topic(ground, "Li Wei")
    await ground.sim.until(
        lambda: [said for said in ground.desk.topic(back.name).messages if said.filename or said.kind == "photo"],
        PATIENCE_S,
    )
    tell("The agents answer in the topics; Olga leaves a note that no customer sees.")
    maria.writes_in(anna, "Dear Anna, I am sorry. A new kettle is on its way to you today.")
    maria.writes_in(where, "Здравствуйте, Борис! Заказ уже в пути, курьер приедет завтра.")
    olga.writes_in(back, "// The lamp is still under warranty; send the label.")
    olga.writes_in(back, "您好！退货标签已附上，收到台灯后我们会退款。")
    olga.sends_document_in(back, letters.label(), "return-label.pdf")
    reply = await _mail_to(ground, "anna.schmidt@customer.example", answer=True)
    tell("Anna answers the mail. Maria resolves Boris's request; his thanks do not open it again.")
    await letters.hand_in(ground.smtp_port, MAILBOX, letters.answer_to(reply))
    await _shows(ground, anna, "That was quick")
    await _reads(ground, boris, "курьер")
    maria.presses(ground.desk.topic(where.name).messages[0], "✅ Resolve")
    await _shows(ground, where, "resolved")
    boris.writes("Спасибо!")
    await _shows(ground, where, "Спасибо")
    await ground.sim.until(lambda: [said for said in ground.sim.chat_of(wei) if said.filename], PATIENCE_S)


async def _topic(ground: Playground, name: str) -> Topic:
    def found() -> list[Topic]:
        return [topic for topic in ground.desk.topics() if f" · {name}" in topic.name and topic.messages]

    return (await ground.sim.until(found, PATIENCE_S))[0]


async def _shows(ground: Playground, topic: Topic, words: str) -> None:
    def shown() -> bool:
        return any(words in said.text for said in ground.desk.topic(topic.name).messages)

    await ground.sim.until(shown, PATIENCE_S)


async def _reads(ground: Playground, person: Person, words: str) -> None:
    def read() -> bool:
        return any(words in said.text for said in ground.sim.chat_of(person) if said.from_bot)

    await ground.sim.until(read, PATIENCE_S)


async def _mail_to(ground: Playground, address: str, *, answer: bool) -> bytes:
    """The mail that somebody got: an agent's answer (it has a sender) or the acknowledgement (it has none)."""

    def got(mails: list[CaughtMail]) -> list[CaughtMail]:
        return [mail for mail in mails if address in mail.rcpt_tos and bool(mail.mail_from) is answer]

    await ground.catcher.until(lambda mails: bool(got(mails)), PATIENCE_S)
    return got(ground.catcher.mails)[0].raw


def _invite(ground: Playground) -> None:
    ground.console.print(
        f"\nIt goes on running. Send it a mail from another terminal, and watch:\n\n"
        f"  swaks --server 127.0.0.1:{ground.smtp_port} --from you@example.com --to {MAILBOX} "
        f"--header 'Subject: A question' --body 'Where is my order 4711?'\n\n"
        "or, with nothing but Python:\n\n"
        f"  python3 -c \"import smtplib; smtplib.SMTP('127.0.0.1', {ground.smtp_port}).sendmail("
        f"'you@example.com', '{MAILBOX}', 'From: You <you@example.com>\\nSubject: A question\\n\\n"
        "Where is my order 4711?')\"\n\n"
        "Each mail that leaves is shown with the address for answers. What you write to that one joins its request;\n"
        "what somebody else writes to it opens one of its own.\n\n"
        "Ctrl-C stops it.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )


async def _watch(ground: Playground, stop: asyncio.Event) -> None:
    """Say what happens from now on: what agents see, what leaves by mail."""
    tell = partial(ground.console.print, markup=False, highlight=False, soft_wrap=True)
    seen = {topic.thread_id: len(topic.messages) for topic in ground.desk.topics()}
    mails = len(ground.catcher.mails)
    while not stop.is_set():
        for topic in ground.desk.topics():
            if topic.thread_id not in seen:
                tell(f"desk: a new topic, {topic.name}")
            for message in topic.messages[seen.get(topic.thread_id, 0) :]:
                tell(f"desk, in {topic.name}:\n{indent(transcript.said(message), '    ')}", end="")
            seen[topic.thread_id] = len(topic.messages)
        for mail in ground.catcher.mails[mails:]:
            answers = f" (answers go to {letters.reply_to(mail.raw)})"
            tell(f"mail to {', '.join(mail.rcpt_tos)}: {letters.subject_of(mail.raw)}{answers}")
        mails = len(ground.catcher.mails)
        try:
            async with asyncio.timeout(0.3):
                await stop.wait()
        except TimeoutError:
            continue
