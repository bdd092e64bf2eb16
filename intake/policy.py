"""The company's own rules: warranties by product line, its numbers, returns, important customers, deadlines.

Read from POLICY_FILE (docs/policy.md). A file that contradicts itself is refused: nobody can say what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from intake import own_file, own_tables
from intake.own_file import OwnFile
from intake.own_tables import Patterns
from storage.kinds import Priority

LONGEST_VALUE = 200  # characters of a model or a number that a pattern is held against


@dataclass(frozen=True, slots=True)
class Warranty:
    """How long a product line is covered. Without any pattern: whatever no other line fits."""

    line: str
    months: int
    models: Patterns = ()
    products: Patterns = ()
    serials: Patterns = ()

    @property
    def fits_the_rest(self) -> bool:
        return not (self.models or self.products or self.serials)

    def fits(self, model: str | None, product: str | None, serial: str | None) -> bool:
        """Does one of the patterns fit what is known of a product?"""
        known = ((self.serials, serial), (self.products, product), (self.models, model))
        return any(pattern.search(value[:LONGEST_VALUE]) for patterns, value in known if value for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the company's own numbers look like. Linear on any text."""

    order: Patterns = ()
    product: Patterns = ()
    serial: Patterns = ()

    @property
    def patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Each pattern with the kind of fact that it finds, serial numbers first: they are the most particular."""
        kinds = (("serial_number", self.serial), ("order_number", self.order), ("product_number", self.product))
        return tuple((kind, pattern) for kind, patterns in kinds for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Vip:
    """Whose messages are never unimportant. All addresses and domains in small letters."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    customers: frozenset[int] = frozenset()

    def includes(self, address: str, customer: int | None = None) -> bool:
        """Is this somebody on the list? A domain includes those below it."""
        if customer in self.customers or address.lower() in self.addresses:
            return True
        name = address.lower().rpartition("@")[2]
        while name:
            if name in self.domains:
                return True
            name = name.partition(".")[2]
        return False


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a customer may wait for a first answer, by priority. None: as long as it takes."""

    urgent: timedelta | None = None
    high: timedelta | None = None
    normal: timedelta | None = None
    low: timedelta | None = None

    def of(self, priority: Priority) -> timedelta | None:
        """The time within which somebody must have answered."""
        match priority:
            case Priority.URGENT:
                return self.urgent
            case Priority.HIGH:
                return self.high
            case Priority.NORMAL:
                return self.normal
            case Priority.LOW:
                return self.low


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. Without a file: no warranties, no patterns, nobody important, no deadlines."""

    warranties: tuple[Warranty, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    returns_days: int | None = None  # from the day of purchase
    send_to: str = ""  # the address for goods that come back, as customers read it
    vip: Vip = field(default_factory=Vip)
    deadlines: Deadlines = field(default_factory=Deadlines)

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read the operator's file. Raises ValueError: one line with file, line and reason."""
        file = own_file.read(path)
        own_tables.only(file, file.document, _SECTIONS)
        return cls(
            warranties=tuple(_warranties(file)),
            numbers=_numbers(file),
            returns_days=_returns_days(file),
            send_to=_send_to(file),
            vip=_vip(file),
            deadlines=_deadlines(file),
        )

    def warranty(self, model: str | None, product: str | None, serial: str | None) -> Warranty | None:
        """The product line that a product belongs to: the first that fits, else the one for the rest.

        None when nothing is known of the product, or no line covers it.
        """
        if not (model or product or serial):
            return None
        fitting = (warranty for warranty in self.warranties if warranty.fits(model, product, serial))
        rest = (warranty for warranty in self.warranties if warranty.fits_the_rest)
        return next(fitting, None) or next(rest, None)


class PolicyInUse:
    """The policy that holds now. A file that was changed while the program runs is taken into use here, at once."""

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy or Policy()

    @property
    def policy(self) -> Policy:
        return self._policy

    def use(self, policy: Policy) -> None:
        """From now on this one holds."""
        self._policy = policy


_SECTIONS = ("warranty", "numbers", "returns", "vip", "deadlines")
_NUMBERS = ("order", "product", "serial")
_PRODUCTS = ("models", "products", "serials")
_RETURNS = ("days", "send_to")
_VIP = ("addresses", "domains", "customers")
_LONGEST_WARRANTY = 1200  # months
_LONGEST_ADDRESS = 500  # characters
_LONGEST_DAYS = 3650
_LONGEST_HOURS = 8760.0
_MOST_NUMBERS = 20
_DOMAIN = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,10}[a-z0-9-]{2,63}")


def _warranties(file: OwnFile) -> Iterator[Warranty]:
    tables = file.document.get("warranty", [])
    if not isinstance(tables, list):
        raise file.wrong("a product line begins with [[warranty]], in two brackets.", "warranty")
    lines: set[str] = set()
    owners: dict[str, str] = {}  # a pattern, and the line that has it
    rest: str | None = None
    for number, table in enumerate(tables):
        place = ("warranty", number)
        if not isinstance(table, dict):
            raise file.wrong("a product line begins with [[warranty]], in two brackets.", *place)
        own_tables.only(file, table, ("line", "months", *_PRODUCTS), *place)
        warranty = _warranty(file, table, *place)
        if warranty.line.lower() in lines:
            raise file.wrong(f"the line “{warranty.line}” is there twice.", *place)
        lines.add(warranty.line.lower())
        if warranty.fits_the_rest and rest is not None:
            raise file.wrong(f"“{rest}” and “{warranty.line}” have no pattern; only one line can be the rest.", *place)
        rest = warranty.line if warranty.fits_the_rest else rest
        for name in _PRODUCTS:
            for at, pattern in enumerate(table.get(name, ())):
                if (owner := owners.setdefault(f"{name} {pattern}".lower(), warranty.line)) != warranty.line:
                    raise file.wrong(f"{name} “{pattern}” belongs to “{owner}” already.", *place, name, at)
        yield warranty


def _warranty(file: OwnFile, table: Mapping[str, object], *place: str | int) -> Warranty:
    line = table.get("line")
    if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_VALUE or own_tables.unseen(line):
        raise file.wrong('a product line has a name, in one line: line = "Kettles".', *place, "line")
    months = own_tables.number(file, table.get("months"), _LONGEST_WARRANTY, "months", *place, "months")
    models, products, serials = (own_tables.patterns(file, *place, name) for name in _PRODUCTS)
    return Warranty(line.strip(), months, models, products, serials)


def _numbers(file: OwnFile) -> Numbers:
    owners: dict[str, str] = {}
    found = {}
    for name in own_tables.table(file, "numbers", _NUMBERS):
        texts = own_tables.texts(file, "numbers", name)
        if len(texts) > _MOST_NUMBERS:
            raise file.wrong(f"{name} has {_MOST_NUMBERS} patterns at most; each costs time.", "numbers", name)
        for at, text in enumerate(texts):
            if (owner := owners.setdefault(text.lower(), name)) != name:
                raise file.wrong(f"“{text}” is one of {owner} already.", "numbers", name, at)
        found[name] = own_tables.patterns(file, "numbers", name)
    return Numbers(**found)


def _returns_days(file: OwnFile) -> int | None:
    table = own_tables.table(file, "returns", _RETURNS)
    return own_tables.number(file, table["days"], _LONGEST_DAYS, "days", "returns", "days") if "days" in table else None


def _send_to(file: OwnFile) -> str:
    text = own_tables.table(file, "returns", _RETURNS).get("send_to", "")
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS or own_tables.unseen(text, lines=True):
        reason = f"send_to is a text of at most {_LONGEST_ADDRESS} characters, none of them a control character."
        raise file.wrong(reason, "returns", "send_to")
    return text.strip()


def _vip(file: OwnFile) -> Vip:
    table = own_tables.table(file, "vip", _VIP)
    addresses = [text.lower() for text in own_tables.texts(file, "vip", "addresses")]
    domains = [text.lower().lstrip("@") for text in own_tables.texts(file, "vip", "domains")]
    for at, name in enumerate(addresses):
        if _DOMAIN.fullmatch(name):
            raise file.wrong(f"“{name}” is no address; whole domains stand in domains.", "vip", "addresses", at)
    for at, name in enumerate(domains):
        if not _DOMAIN.fullmatch(name):
            raise file.wrong(f"“{name}” is no domain, such as example.com.", "vip", "domains", at)
    customers = table.get("customers", [])
    if not isinstance(customers, list):
        raise file.wrong("customers is a list of customers' numbers, such as [12, 15].", "vip", "customers")
    numbers = {
        own_tables.number(file, value, 2**53, "a customer's number", "vip", "customers", at)
        for at, value in enumerate(customers)
    }
    return Vip(frozenset(addresses), frozenset(domains), frozenset(numbers))


def _deadlines(file: OwnFile) -> Deadlines:
    table = own_tables.table(file, "deadlines", tuple(Priority))
    hours: dict[str, float] = {}
    for name in reversed(Priority):  # the most urgent first
        if name not in table:
            continue
        value = table[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _LONGEST_HOURS:
            raise file.wrong(
                f"{name} is a number of hours, more than 0, {_LONGEST_HOURS:.0f} at most.", "deadlines", name
            )
        hours[name] = float(value)
    for sooner, later in pairwise(hours):
        if hours[sooner] > hours[later]:
            raise file.wrong(f"{sooner} has more time than {later}; the more urgent has less.", "deadlines", sooner)
    return Deadlines(**{name: timedelta(hours=value) for name, value in hours.items()})
