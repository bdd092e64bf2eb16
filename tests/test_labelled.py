"""Our own labelled messages: whole, in the agreed forms, and nothing said about a text that does not stand in it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import phonenumbers
import pytest

from bench.labelled import CHANNELS, FIELDS, HELD, HELD_LATER, LABELS, LANGUAGES, PRIORITIES, SEEDS, TRAIN, Row, read

# Of all that a message can be; those named here are about something of their own.
OWN = {"numbers", "chinese", "services", "wishes"}
PARTS = [HELD, HELD_LATER, *TRAIN]
WHOLE = [path for path in PARTS if path.stem not in OWN]
AS_WRITTEN = ("order_number", "product_number", "serial_number", "model", "name")
# Brought into a normal form, so full-width digits are read as others.
COUNTED = ("phone", "purchase_date", "amount")
# How each currency is written in the texts.
SIGNS = {
    "EUR": ("€", "eur"),
    "USD": ("$", "usd", "dollar"),
    "GBP": ("£", "gbp", "pound", "quid"),
    "CNY": ("¥", "￥", "元", "块", "cny", "rmb"),
    "RUB": ("₽", "руб", "rub", "0р", "9р", "6р", " р."),
    "CHF": ("chf", "franken"),
    "MXN": ("mxn",),
    "PLN": ("pln", "zł"),
}
# The beginnings of the months' names; a text that writes the month as a number needs none.
MONTHS = {
    "en": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "de": ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"),
    "ru": ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "zh": tuple(f"{month}月" for month in range(1, 13)),
}


@pytest.fixture(params=PARTS, ids=lambda path: path.stem)
def rows(request: pytest.FixtureRequest) -> tuple[Row, ...]:
    path = request.param
    assert isinstance(path, Path)
    return read(path)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_a_whole_part_is_large_and_even(path: Path) -> None:
    """240 messages, 48 a language, all categories, 25 facts of each field, and many messages without any."""
    rows = read(path)
    assert len(rows) >= 240
    languages = Counter(row.language for row in rows)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 48
    assert {row.label for row in rows} == set(LABELS)
    assert {row.priority for row in rows} == set(PRIORITIES)
    fields = Counter(field for row in rows for field, values in row.facts.items() for _ in values)
    assert set(fields) == set(FIELDS)
    assert min(fields.values()) >= 25, fields
    assert 0.3 <= sum(not row.facts for row in rows) / len(rows) <= 0.6


def test_a_part_of_its_own_is_even() -> None:
    """Numbers and addresses are taken for something else in every language and channel."""
    parts = Counter((row.language, row.channel) for row in read(SEEDS / "numbers.jsonl"))
    assert parts == {(language, channel): 30 for language in LANGUAGES for channel in CHANNELS}


def test_the_part_about_services_is_even() -> None:
    """A tenth of it each language and channel; every category at least twice in each language."""
    rows = read(SEEDS / "services.jsonl")
    parts = Counter((row.language, row.channel) for row in rows)
    assert parts == {(language, channel): 25 for language in LANGUAGES for channel in CHANNELS}
    labels = Counter((row.language, row.label) for row in rows)
    assert min(labels[language, label] for language in LANGUAGES for label in LABELS) >= 2


def test_the_part_about_wishes_knows_every_category() -> None:
    """Where categories are easily confused each must be there: four messages a language, five in German and Chinese."""
    labels = Counter((row.language, row.label) for row in read(SEEDS / "wishes.jsonl"))
    assert min(labels[language, label] for language in LANGUAGES for label in LABELS) >= 4
    assert min(labels[language, label] for language in ("de", "zh") for label in LABELS) >= 5


def test_the_chinese_part_knows_all_categories() -> None:
    """As people write on a shop's chat: in each category at least two messages."""
    rows = read(SEEDS / "chinese.jsonl")
    assert {row.language for row in rows} == {"zh"}
    labels = Counter(row.label for row in rows)
    assert set(labels) == set(LABELS)
    assert min(labels.values()) >= 2


def test_a_row_uses_only_the_agreed_words(rows: tuple[Row, ...]) -> None:
    """Language, channel, label, priority and fields are from the closed sets; a chat has no subject."""
    for row in rows:
        assert row.language in LANGUAGES, row
        assert row.channel in CHANNELS, row
        assert row.label in LABELS, row
        assert row.priority in PRIORITIES, row
        assert set(row.facts) <= set(FIELDS), row
        assert all(row.facts.values()), row
        assert row.text.strip(), row
        assert (row.channel == "mail") == bool(row.subject), row


def test_no_message_stands_in_two_parts() -> None:
    """What is measured was not seen before: no text of one part is, but for case and spaces, in another, or twice."""
    texts = Counter("".join(row.text.casefold().split()) for part in PARTS for row in read(part))
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_fact_stands_in_its_text(rows: tuple[Row, ...]) -> None:
    """Each value can be read from subject and text alone, in its normal form."""
    wrong = [
        (field, value, row.text)
        for row in rows
        for field, values in row.facts.items()
        for value in values
        if not _stands_in(row, field, value)
    ]
    assert wrong == []


def _stands_in(row: Row, field: str, value: str) -> bool:
    text = f"{row.subject}\n{row.text}"
    if field in AS_WRITTEN:
        return value in text
    text = unicodedata.normalize("NFKC", text) if field in COUNTED else text
    match field:
        case "phone":
            return _is_phone_of(value, text)
        case "email":
            return value in text.lower() and value == value.lower() and "@" in value
        case "purchase_date":
            return _is_date_of(date.fromisoformat(value), text.lower(), row.language)
        case "amount":
            return _is_amount_of(value, text.lower())
        case "postal_address":
            return value in re.sub(r",? *\n", ", ", text)
        case _:
            raise AssertionError(field)


def _is_phone_of(value: str, text: str) -> bool:
    number = phonenumbers.parse(value)
    digits = re.sub(r"[^\d\n]", "", text)
    return (
        phonenumbers.is_valid_number(number)
        and phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == value
        and str(number.national_number) in digits
    )


def _is_date_of(day: date, text: str, language: str) -> bool:
    numbers = {int(number) for number in re.findall(r"\d+", text)}
    year = day.year in numbers or day.year % 100 in numbers
    named = any(MONTHS[spoken][day.month - 1] in text for spoken in {language, "en"})
    return year and day.day in numbers and (named or day.month in numbers)


def _is_amount_of(value: str, text: str) -> bool:
    number, currency = value.split()
    assert re.fullmatch(r"\d+(\.\d+)?", number)
    plain = re.sub(r"(?<=\d)[.,'\s\u00a0](?=\d)", "", text)
    whole = number.replace(".", "")
    written = whole in plain or (number.endswith("0000") and f"{number[:-4]}万" in plain)
    return written and any(sign in text for sign in SIGNS[currency])
