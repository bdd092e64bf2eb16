"""Find postal addresses that a field announces: "Address: …", in whatever form they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.places import shapes
from intake.understanding.facts.places.chinese import one_line

_MOST_FOUND = 10
_FIELD_ENDS = re.compile(
    r"\n\s*\n|\n(?=[^\n:：]{2,30}[:：])|[;；。]|\.\s+(?=[A-ZА-ЯÄÖÜ])|\.\s*(?:\n|$)"
    # Where the old address is told as well.
    r"|[,.]?\s(?=(?:old one|the old|not|instead|la de antes|antes|no la|no en|nicht|statt|früher|die alte|не|вместо"
    r"|старый|раньше|прежний)\b)"
)


def announced_addresses(text: str) -> Iterator[Fact]:
    """What "Address:" announces is one in whatever form, if it has a number and words."""
    for count, match in enumerate(shapes.SAID.finditer(text)):
        if count == _MOST_FOUND:
            return
        end_of_it = _FIELD_ENDS.search(text, match.end(), match.end() + 200)
        end = end_of_it.start() if end_of_it is not None else min(len(text), match.end() + 200)
        written = text[match.end() : end].rstrip(" \n\t,.")
        if 10 <= len(written) <= 180 and re.search(r"\d", written) and len(re.findall(r"[^\W\d_]{2,}", written)) >= 2:
            yield Fact("postal_address", one_line(written), match.end(), match.end() + len(written), 0.6)
