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

from intake import own_file, patterns
from intake.own_file import OwnFile
from storage.kinds import Priority

Patterns = tuple[re.Pattern[str], ...]
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
        _only(file, file.document, _SECTIONS)
        return cls(
            warranties=tuple(_warranties(file)),
            numbers=Numbers(**{name: _patterns(file, "numbers", name) for name in _table(file, "numbers", _NUMBERS)}),
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
_MOST_PATTERNS = 200
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
        _only(file, table, ("line", "months", *_PRODUCTS), *place)
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
    if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_VALUE:
        raise file.wrong('a product line has a name: line = "Kettles".', *place, "line")
    months = _number(file, table.get("months"), _LONGEST_WARRANTY, "months", *place, "months")
    models, products, serials = (_patterns(file, *place, name) for name in _PRODUCTS)
    return Warranty(line.strip(), months, models, products, serials)


def _returns_days(file: OwnFile) -> int | None:
    table = _table(file, "returns", _RETURNS)
    return _number(file, table["days"], _LONGEST_DAYS, "days", "returns", "days") if "days" in table else None


def _send_to(file: OwnFile) -> str:
    text = _table(file, "returns", _RETURNS).get("send_to", "")
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS:
        raise file.wrong(f"send_to is a text of at most {_LONGEST_ADDRESS} characters.", "returns", "send_to")
    return text.strip()


def _vip(file: OwnFile) -> Vip:
    table = _table(file, "vip", _VIP)
    addresses = {text.lower() for text in _texts(file, "vip", "addresses")}
    domains = {text.lower().lstrip("@") for text in _texts(file, "vip", "domains")}
    if odd := next((name for name in sorted(domains) if not _DOMAIN.fullmatch(name)), None):
        raise file.wrong(f"“{odd}” is no domain, such as example.com.", "vip", "domains")
    customers = table.get("customers", [])
    if not isinstance(customers, list):
        raise file.wrong("customers is a list of customers' numbers, such as [12, 15].", "vip", "customers")
    numbers = {
        _number(file, value, 2**53, "a customer's number", "vip", "customers", at) for at, value in enumerate(customers)
    }
    return Vip(frozenset(addresses), frozenset(domains), frozenset(numbers))


def _deadlines(file: OwnFile) -> Deadlines:
    table = _table(file, "deadlines", tuple(Priority))
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


def _table(file: OwnFile, name: str, known: tuple[str, ...]) -> Mapping[str, object]:
    """A section; empty when it is not there."""
    table = file.document.get(name, {})
    if not isinstance(table, dict):
        raise file.wrong(f"[{name}] is a section with {', '.join(known)}.", name)
    _only(file, table, known, name)
    return table


def _only(file: OwnFile, table: Mapping[str, object], known: tuple[str, ...], *place: str | int) -> None:
    if unknown := next((name for name in table if name not in known), None):
        raise file.wrong(f"“{unknown}” is unknown; here stand {', '.join(known)}.", *place, unknown)


def _patterns(file: OwnFile, *place: str | int) -> Patterns:
    """The patterns of a list, each one measured."""
    found = []
    for number, text in enumerate(_texts(file, *place)):
        try:
            found.append(patterns.compiled(text))
        except patterns.Refused as error:
            raise file.wrong(f"“{text}”: {error}.", *place, number) from error
    return tuple(found)


def _texts(file: OwnFile, *place: str | int) -> list[str]:
    """A list of texts; empty when it is not there. None of them stands there twice."""
    value: object = file.document
    for step in place:
        if isinstance(value, dict):
            value = value.get(str(step), [])
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    name = place[-1]
    if not isinstance(value, list) or len(value) > _MOST_PATTERNS:
        raise file.wrong(f"{name} is a list of at most {_MOST_PATTERNS} texts.", *place)
    texts = []
    for number, text in enumerate(value):
        if not isinstance(text, str) or not text.strip():
            raise file.wrong(f"{name} is a list of texts.", *place, number)
        if text in texts:
            raise file.wrong(f"“{text}” is there twice.", *place, number)
        texts.append(text)
    return texts


def _number(file: OwnFile, value: object, most: int, what: str, *place: str | int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise file.wrong(f"{what} is a whole number from 1 to {most}.", *place)
    return value
