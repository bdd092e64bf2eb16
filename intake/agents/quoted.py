"""What of the conversation stands below an answer by mail: the customer's last words, no more than a reader needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from intake.incoming.rows import name_and_address
from intake.words.lookalikes import DIRECTIONS

MOST_LINES = 40
MOST_CHARACTERS = 2_000
LONGEST_NAME = 80

# Control characters, and marks that turn the direction of writing: they would reach beyond the quotation.
_CONTROLS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{DIRECTIONS}]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Who said it, when, and the lines as they are shown. Without lines nothing is quoted."""

    by: str = ""
    on: str = ""  # the day, ISO 8601
    at: str = ""  # the hour and its zone
    lines: tuple[str, ...] = ()


NOTHING = Quoted()
EXAMPLE = Quoted("Maria Example", "2026-11-24", "09:00 UTC", ("Hello", "", "Does it heat?"))


def last_words(author: str, at: datetime, text: str) -> Quoted:
    """The new words of a message as they stand below the answer to it. `author` is as records have him."""
    name, address = name_and_address(author)
    return Quoted(
        by=" ".join(_CONTROLS.sub(" ", name or address).split())[:LONGEST_NAME],
        on=f"{at:%Y-%m-%d}",
        at=f"{at:%H:%M} UTC",
        lines=tuple(_shortened(_CONTROLS.sub(" ", line).rstrip() for line in text.strip().splitlines())),
    )


def may_stand(author: str, customer: Collection[str], reply_to: str, *, opened: bool) -> bool:
    """May a message be quoted below an answer to `reply_to`? `customer`: his addresses; `opened`: it began the request.

    Words of others who take part are shown to nobody. When answers go to another address than the customer's, only the
    message that asked for that address is quoted there.
    """
    own = {address.lower() for address in customer}
    return name_and_address(author)[1].lower() in own and (opened or reply_to.lower() in own)


def _shortened(lines: Iterable[str]) -> list[str]:
    kept: list[str] = []
    room = MOST_CHARACTERS
    for line in lines:
        if len(kept) == MOST_LINES or len(line) > room:
            # The beginning of a paragraph says more than nothing of it.
            beginning = line[:room].rpartition(" ")[0] if len(kept) < MOST_LINES else ""
            return [*kept, f"{beginning} …".strip()]
        kept.append(line)
        room -= len(line)
    return kept
