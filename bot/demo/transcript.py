"""What came of the story: read back from the simulator, the mail catcher and the export; nothing is made up here."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import tables
from bot.demo import letters, views
from bot.demo.groups import Group
from bot.demo.mailcatcher import MailCatcher
from bot.demo.simulator import Simulator
from bot.demo.views import SimMessage, Topic
from bot.desk.cards import shown
from storage import search
from storage.exported import Line
from storage.kinds import request_id
from storage.models import CustomerRequest
from storage.reports import Kind, Wanted, lines

WIDTH = 60
# What the simulator shows is HTML that the program wrote; what people write is escaped in it.
FOLDED = re.compile(r"<blockquote expandable>(.*?)</blockquote>", re.DOTALL)
TAG = re.compile(r"<[^<>]*>")


async def show(console: Console, sim: Simulator, catcher: MailCatcher, desk: Group) -> None:
    """Print the requests as a table, each conversation from both sides, and what the export counts."""
    requests = list(reversed(await search.listed()))
    records = [line async for line in lines(Kind.RECORD, Wanted())]
    console.print("\n[bold]The requests, from the database[/bold]")
    console.print(tables.requests_table(requests))
    for request in requests:
        console.print(_conversation(request, sim, catcher, desk, records))
    counted = Counter({str(kind): len([line async for line in lines(kind, Wanted())]) for kind in Kind})
    console.print("[bold]In the export[/bold]: " + ", ".join(f"{number} {kind}" for kind, number in counted.items()))
    async for case in lines(Kind.CASE, Wanted()):
        facts = ("type", "order_number", "product_number", "model", "purchased_on", "missing")
        known = ", ".join(f"{name} {case[name]}" for name in facts if case[name])
        console.print(f"After-sales case of {case['request']}: {known}", markup=False)


def _conversation(
    request: CustomerRequest, sim: Simulator, catcher: MailCatcher, desk: Group, records: list[Line]
) -> Table:
    topic = next(topic for topic in desk.topics() if request_id(topic.name.partition(" ")[0]) == request.id)
    table = Table(title=Text(topic.name), title_justify="left", show_lines=False, expand=False)
    if request.channel == "mail":
        table.add_column("the customer's mail (export, mail catcher)", width=WIDTH, overflow="fold")
        customer = _by_mail(request, catcher, records)
    else:
        table.add_column("the customer's chat (simulator)", width=WIDTH, overflow="fold")
        customer = [said(message) for message in views.messages(sim.world, sim.world.chats[int(request.reply_to)])]
    table.add_column("the agents' topic (simulator)", width=WIDTH, overflow="fold")
    table.add_row(Text("\n".join(customer)), Text("\n".join(_topic(topic))))
    return table


def _by_mail(request: CustomerRequest, catcher: MailCatcher, records: list[Line]) -> list[str]:
    number = f"R-{request.id}"
    written = [
        f"→ {shown(str(record['subject']))}\n{str(record['text']).strip()}\n{_files(record)}"
        for record in records
        if record["request"] == number and record["direction"] == "incoming"
    ]
    got = [
        f"← {letters.subject_of(mail.raw)}\n{letters.text_of(mail.raw)}\n"
        for mail in catcher.mails
        if number in letters.subject_of(mail.raw)
    ]
    return [*written[:1], *got, *written[1:]]


def _files(record: Line) -> str:
    attachments = record["attachments"]
    assert isinstance(attachments, list)
    return "".join(f"📎 {file['filename']}, {file['size']} bytes\n" for file in attachments)


def _topic(topic: Topic) -> list[str]:
    return [said(message) for message in topic.messages]


def said(message: SimMessage) -> str:
    """A message as it looks on the screen, with what is folded away told and not shown."""
    who = "🤖" if message.from_bot else f"{message.author}:"
    what = "" if message.kind == "text" else f"[{message.filename or message.kind}] "
    words = unescape(TAG.sub("", FOLDED.sub(_folded, message.html)))
    buttons = "".join(f" [{button.text}]" for row in message.buttons for button in row)
    return f"{who} {what}{words}{buttons}\n"


def _folded(quote: re.Match[str]) -> str:
    lines = quote[1].count("\n") + 1
    return f"▸ {lines} {'line' if lines == 1 else 'lines'} folded, one tap away"
