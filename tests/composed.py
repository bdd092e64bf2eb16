"""Mails whose new words are known, because we put them together: answers, places, programs, line ends, wraps."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

ADDRESS = "support@kettles.shop.example"
LINE_ENDS = ("\n", "\r\n", "\r", "\u2028", "\x85")
WIDTHS = (0, 76, 60)  # columns at which the announcement is wrapped; 0: not at all
_FOOTERS = (
    "",
    "-- \n{name}\n+44 20 7946 0000\nwww.customer.example",
    "--\n{name}",
    "This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it\n"
    "in error, please notify the sender and delete it.",
    "Virus-free. www.avast.com",
    "_______________________________________________\nkettles mailing list\nkettles@lists.example\nhttps://lists.example/kettles",
)


@dataclass(frozen=True, slots=True)
class Client:
    """What programs and people write in one language."""

    language: str
    name: str
    replies: tuple[str, ...]
    asked: str
    announced: tuple[str, ...]
    header: tuple[str, ...]
    device: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail, and the new words in it."""

    label: str
    text: str
    reply: str


def clients() -> list[Client]:
    """One for each language of `quotes/clients.toml`."""
    document = tomllib.loads(Path(__file__).parent.joinpath("quotes", "clients.toml").read_text("utf-8"))
    return [
        Client(
            language,
            table["name"],
            tuple(table["replies"]),
            table["asked"],
            tuple(table["announced"]),
            tuple(table["header"]),
            tuple(table["device"]),
        )
        for language, table in document.items()
    ]


def composed(client: Client) -> Iterator[Composed]:
    """Every announcement and header of a language in every place, with the line ends and footers taking turns."""
    ends, footers, devices = cycle(LINE_ENDS), cycle(_FOOTERS), cycle(("", *client.device))
    for reply in client.replies:
        for opening, header in (*((one, False) for one in client.announced), *((one, True) for one in client.header)):
            for width in WIDTHS[:1] if header else WIDTHS:
                above = _wrapped(opening.format(name=client.name, address=ADDRESS), width)
                for label, text, words in _placed(client, reply, above, header, next(devices), next(footers)):
                    end = next(ends)
                    yield Composed(f"{label} {above!r} {end!r}", text.replace("\n", end), words)


def _placed(
    client: Client, reply: str, above: str, header: bool, device: str, footer: str
) -> Iterator[tuple[str, str, str]]:
    below = "\n\n".join(filter(None, (device, footer.format(name="Customer"))))
    written = f"{reply}\n\n{below}" if below else reply
    yield "above, unmarked", f"{written}\n\n{above}\n\n{client.asked}\n", reply
    if header:
        return
    marked = _marked(client.asked)
    yield "above", f"{written}\n\n{above}\n{marked}\n", reply
    yield "above, blank between", f"{written}\n\n\n{above}\n\n{marked}\n\n", reply
    yield "quotation above the signature", f"{reply}\n\n{above}\n{marked}\n\n{below}\n", reply
    yield "below", f"{above}\n{marked}\n\n{written}\n", reply
    first, *rest = marked.split("\n\n") if "\n\n" in marked else marked.split("\n")
    yield (
        "between",
        f"{above}\n{first}\n\n{reply}\n\n" + "\n".join(rest) + f"\n\n{client.replies[1]}\n",
        (f"{reply} {client.replies[1]}"),
    )
    nested = _marked(f"{above}\n{_marked(client.asked)}")
    yield "nested", f"{written}\n\n{above}\n{marked}\n{nested}\n", reply
    yield "all marked", f"{written}\n\n{_marked(above)}\n>\n{marked}\n", reply


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    """At a blank or behind a "<", as Gmail does it."""
    if not width or len(line) <= width:
        return line
    cut = max(line.rfind(" ", 0, width), line.rfind("<", 0, width))
    if cut <= 0:
        return line
    return line[: cut + 1].rstrip(" ") + "\n" + line[cut + 1 :].lstrip(" ")
