"""Read lists of addresses as people's programs write them: RFC 5322 §3.4 and its many violations. Linear and total."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail.headers import words

MAX_PLAIN = 500  # characters of an address that is searched for comments; none that can be delivered to is longer

# Some write the angle brackets twice.
_TOKEN = re.compile(r'<{1,2}([^<>]*)>{1,2}|<([^<>,;]*)|([,;:])|([^"<,;:()]+|.)', re.DOTALL)
_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
_QUOTE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BAD = re.compile("[\x00-\x20\x7f-\xa0\ud800-\udfff\u2028\u2029<>,;]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address as a header gives them. The address keeps its case; compare it lower-cased."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class AddressList:
    """What an address header names. `refused` are entries that are no address, as they stood."""

    mailboxes: tuple[Mailbox, ...] = ()
    group: bool = False
    refused: tuple[str, ...] = ()


def read_addresses(value: str) -> AddressList:
    """The mailboxes of an unfolded header value whose encoded words are still encoded."""
    found = _Reader().read(value)
    if not found.mailboxes and "=?" in value:
        # Some programs encode the whole field, address and all (forbidden by RFC 2047 §5).
        return _Reader().read(words(value))
    return found


class _Reader:
    """Collects the words of one entry until a comma ends it."""

    def __init__(self) -> None:
        self._mailboxes: list[Mailbox] = []
        self._refused: list[str] = []
        self._group = False
        self._begin()

    def read(self, value: str) -> AddressList:
        position = 0
        closable = {"(": True, '"': True}
        while position < len(value):
            mark = value[position]
            if closable.get(mark):
                end = _comment_end(value, position) if mark == "(" else _quote_end(value, position)
                if end > 0:
                    self._enclosed(value, position, end)
                    position = end
                    continue
                # This one never closes, so no later one is looked at either: it would take the square of the time.
                closable[mark] = False
            match = _TOKEN.match(value, position)
            assert match is not None  # the last branch takes any character
            self._take(match)
            position = match.end()
        self._end()
        return AddressList(tuple(self._mailboxes), self._group, tuple(self._refused))

    def _begin(self) -> None:
        self._phrase: list[str] = []
        self._quoted = False
        self._comments: list[str] = []
        self._angle: str | None = None
        self._before_angle = 0  # how many pieces of the phrase stand before it

    def _enclosed(self, value: str, start: int, end: int) -> None:
        """A comment or a quoted string."""
        if value[start] == "(":
            self._comments.append(value[start + 1 : end - 1])
        elif value.startswith("@", end):
            # "john doe"@example.com: here the quotes belong to the address.
            self._phrase.append(value[start:end])
        else:
            self._quoted = True
            self._phrase.append(re.sub(r"\\(.)", r"\1", value[start + 1 : end - 1], flags=re.DOTALL))

    def _take(self, match: re.Match[str]) -> None:
        angle, unclosed, mark, plain = match.groups()
        if angle is not None or unclosed is not None:
            if self._angle is not None:
                self._end_without_comma()
            self._angle = angle if angle is not None else unclosed
            self._before_angle = len(self._phrase)
        elif mark == ":" and "@" not in "".join(self._phrase) and self._angle is None:
            self._group = True
            self._begin()
        elif mark in (",", ";"):
            self._end()
        else:
            self._phrase.append(plain or mark)

    def _end_without_comma(self) -> None:
        """Ann <ann@example.com> Bob <bob@example.com>: what stands behind the first address is the second's name."""
        name_of_next = self._phrase[self._before_angle :]
        del self._phrase[self._before_angle :]
        self._end()
        self._phrase = name_of_next

    def _end(self) -> None:
        phrase = "".join(self._phrase)
        address, name = self._angle, phrase
        if address is None or ("@" not in address and "@" in phrase and not self._quoted):
            address, name = _bare(phrase)
        # RFC 5322 §4.4: a route before the address (<@one,@two:user@host>) is read over.
        address = address.rpartition(":")[2] if address.startswith("@") else address
        address = _tight(_plain(address) if address is self._angle else address).removeprefix("mailto:")
        name = name if name.strip() else " ".join(self._comments)
        if is_address(address):
            self._mailboxes.append(Mailbox(_name(name), address))
        elif phrase.strip() or self._angle:
            self._refused.append(f"{phrase} {self._angle or ''}".strip()[:100])
        self._begin()


def is_address(address: str) -> bool:
    """Is there something before and behind an @, and nothing that could end a header or a command?"""
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or len(address) > 320 or '"' in domain:
        return False
    if local[0] == local[-1] == '"' and len(local) > 2:
        return not _BAD.search(re.sub(r"[ <>,;]", "", local)) and not _BAD.search(domain)
    return not _BAD.search(address) and "@" not in local


def _bare(phrase: str) -> tuple[str, str]:
    """Address and name of an entry without angle brackets."""
    if re.match(r'\s*"[^"]*"@', phrase):
        return phrase.strip(), ""
    joined = _tight(phrase)
    for word in joined.split(" "):
        candidate = word.strip("'`[]()")
        # RFC 5321 §4.1.3: the brackets of ann@[192.0.2.1] are the domain's own.
        candidate += "]" if "@[" in candidate else ""
        if is_address(candidate):
            name = joined.replace(word, " ", 1)
            return candidate, name
    return joined.strip(), phrase


def _tight(words: str) -> str:
    """Single blanks, and none around an @. Two passes: one pattern for both would take the square of the time."""
    return re.sub("[ \t]+", " ", words).replace(" @", "@").replace("@ ", "@").strip(" ")


def _plain(address: str) -> str:
    """RFC 5322 §4.4: comments, and blanks around dots, may stand within the address itself."""
    if len(address) > MAX_PLAIN:
        return address
    if "(" in address:
        address = re.sub(r"\((?:\\.|[^()\\])*\)", "", address)
    return re.sub("[ \t]*([.@])[ \t]*", r"\1", address) if " " in address and '"' not in address else address


def _comment_end(value: str, start: int) -> int:
    """The position behind the parenthesis that closes the one at `start`, or -1. Comments nest (RFC 5322 §3.2.2)."""
    depth = 0
    for match in _COMMENT.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return -1


def _quote_end(value: str, start: int) -> int:
    match = _QUOTE.match(value, start)
    return match.end() if match else -1


def _name(raw: str) -> str:
    decoded = words(" ".join(raw.split()))
    shown = " ".join(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", decoded).split())
    return shown[1:-1].strip() if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "'\"" else shown
