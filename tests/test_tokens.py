"""Laws of the signed marks: ours are read back, anything else is nobody's."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.tokens import Tokens

TOKENS = Tokens(b"a secret of the tests")


@given(st.integers(min_value=1, max_value=10**12))
def test_a_signed_address_leads_back_to_its_request(request_number: int) -> None:
    """What we signed we read, in whatever case it comes back."""
    address = TOKENS.reply_address("support@example.com", request_number)
    assert TOKENS.read_address(address) == request_number
    assert TOKENS.read_address(address.upper()) == request_number


@given(st.integers(min_value=1, max_value=10**12))
def test_a_signed_message_id_leads_back_to_its_request(request_number: int) -> None:
    """With and without the angle brackets that headers put around it."""
    name = TOKENS.message_id(request_number, "d17", "example.com")
    assert TOKENS.read_message_id(name) == request_number
    assert TOKENS.read_message_id(f"<{name}>".upper()) == request_number


@given(st.integers(min_value=1, max_value=10**12))
def test_a_bounce_address_leads_back_to_its_delivery(delivery: int) -> None:
    """In whatever case the last relay writes it."""
    address = TOKENS.bounce_address("support@example.com", delivery)
    assert address.startswith(f"support+b{delivery}.")
    assert TOKENS.read_bounce_address(address) == delivery
    assert TOKENS.read_bounce_address(address.upper()) == delivery


def test_a_bounce_address_is_no_reply_address() -> None:
    """Neither by itself nor with the letter changed: each purpose is signed apart."""
    bounce, answer = TOKENS.bounce_address("a@b.example", 7), TOKENS.reply_address("a@b.example", 7)
    assert TOKENS.read_address(bounce) is None
    assert TOKENS.read_bounce_address(answer) is None
    assert TOKENS.read_address(bounce.replace("+b7.", "+r7.")) is None
    assert TOKENS.read_bounce_address(answer.replace("+r7.", "+b7.")) is None
    assert TOKENS.read_bounce_address(bounce.replace("+b7.", "+b8.")) is None


def test_a_reply_address_looks_as_the_documents_say() -> None:
    """Mailbox, plus, request, dot, key letter and sixteen letters of code: 80 bits, small letters."""
    address = TOKENS.reply_address("support@example.com", 1042)
    local, _, domain = address.partition("@")
    assert domain == "example.com"
    assert local.startswith("support+r1042.")
    mac = local.rpartition(".")[2][1:]
    assert len(base64.b32decode(mac.upper())) * 8 >= 80
    assert address == address.lower()
    assert len(local) <= 64


def test_every_changed_letter_breaks_a_token() -> None:
    """No letter of a token is decoration."""
    token = TOKENS.reply_address("a@b.example", 7).partition("+")[2].partition("@")[0]
    for position, letter in enumerate(token):
        for other in "a2r.9":
            if other != letter:
                assert TOKENS.read_plus(token[:position] + other + token[position + 1 :]) is None


def test_a_code_of_one_request_opens_no_other() -> None:
    """Changing the number and keeping the code gives nothing."""
    assert TOKENS.read_address(TOKENS.reply_address("a@b.example", 7).replace("r7.", "r8.")) is None


def test_a_code_of_one_purpose_serves_no_other() -> None:
    """The code of a reply address in a Message-ID is worthless."""
    key_and_mac = TOKENS.reply_address("a@b.example", 7).partition("r7.")[2].partition("@")[0]
    assert TOKENS.read_message_id(f"r7.n.{key_and_mac}@b.example") is None


def test_a_replaced_secret_still_reads_what_it_signed() -> None:
    """Customers answer old mails; after the secret changed they still find their request."""
    renewed = Tokens(b"a newer one", earlier=(b"a secret of the tests",))
    assert renewed.read_address(TOKENS.reply_address("a@b.example", 7)) == 7
    assert renewed.read_message_id(TOKENS.message_id(7, "n", "b.example")) == 7
    assert TOKENS.read_address(renewed.reply_address("a@b.example", 7)) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Tokens come from strangers."""
    assert TOKENS.read_address(text) is None
    assert TOKENS.read_plus(text) is None
    assert TOKENS.read_bounce_address(text) is None
    assert TOKENS.read_message_id(text) is None


def test_digits_of_other_scripts_and_endless_numbers_are_no_request() -> None:
    """`int` would take both."""
    assert TOKENS.read_plus("r١٢." + "a" * 17) is None
    assert TOKENS.read_plus("r" + "9" * 5000 + "." + "a" * 17) is None


def test_an_empty_secret_is_refused() -> None:
    """Everybody could sign with it."""
    with pytest.raises(ValueError, match="empty"):
        Tokens(b"")


def test_a_secret_is_never_printed() -> None:
    """Objects end up in logs."""
    assert "secret" not in repr(Tokens(b"secret", earlier=(b"secret",)))


def test_a_nonce_that_would_break_the_id_is_refused() -> None:
    """A Message-ID is built from what we choose, and checked all the same."""
    with pytest.raises(ValueError, match="nonce"):
        TOKENS.message_id(7, "a b>", "example.com")
