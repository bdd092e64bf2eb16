"""Laws of signatures: which DKIM signatures and ARC seals prove something."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from dkim import canonicalization
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.proof.dkim import check_dkim
from intake.mail.proof.letter import read_letter
from intake.mail.proof.origin import Origin
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import SystemResolver
from intake.mail.proof.signing import counts, relaxed, simple
from intake.mail.proof.verdict import Outcome
from tests.nameserver import name_server
from tests.signers import AWAY, ELSEWHERE, NOW, Zone, ed25519, letter, rsa, sealed, signed, verdict

PLAIN = letter("Date: Tue, 24 Nov 2026 09:00:00 +0000")
SHOP_KEY = ("s1._domainkey.shop.example", "TXT")


def proves(
    raw: bytes, record: str = rsa().record, author: str = "shop.example", *, strict: bool = False, now: datetime = NOW
) -> str:
    """The domain whose signature proves the author, or an empty text."""
    zone = Zone({SHOP_KEY: record, ("s1._domainkey.esp.example", "TXT"): record})
    return check_dkim(read_letter(raw), author, zone.questions(), now, strict=strict).domain


@pytest.mark.parametrize("canonical", [(a, b) for a in (b"simple", b"relaxed") for b in (b"simple", b"relaxed")])
@pytest.mark.parametrize("body", ["Hello", "", "a  b \t\r\n\r\n  c\t \r\n\r\n\r\n", "ends in a blank "])
def test_a_signature_that_fits_proves_the_domain(canonical: tuple[bytes, bytes], body: str) -> None:
    """In each canonical form, for each kind of body."""
    raw = signed(letter(body=body), canonical=canonical)
    assert proves(raw) == "shop.example"
    assert proves(raw.replace(b"Kettle", b"Teapot")) == ""
    assert proves(raw + b"more\r\n") == ""


def test_an_ed25519_signature_proves_as_much() -> None:
    """RFC 8463."""
    raw = signed(PLAIN, key=ed25519(), algorithm=b"ed25519-sha256")
    assert proves(raw, ed25519().record) == "shop.example"
    assert proves(raw.replace(b"Kettle", b"Teapot"), ed25519().record) == ""


def test_a_mail_may_change_its_line_ends_and_blanks_on_the_way() -> None:
    """Relaxed is meant for that; the signature is made over CRLF."""
    raw = signed(letter(body="a  b"))
    assert proves(raw.replace(b"\r\n", b"\n")) == "shop.example"
    assert proves(raw.replace(b"a  b", b"a \t b   ")) == "shop.example"


SHORT = rsa(768)


@pytest.mark.parametrize(
    ("raw", "record"),
    [
        (signed(PLAIN, key=SHORT), SHORT.record),
        (signed(PLAIN, algorithm=b"rsa-sha1"), rsa().record),
        (signed(PLAIN, l=10), rsa().record),
        (b"Reply-To: eve@evil.example\r\n" + signed(PLAIN), rsa().record),
        (b"Reply-To: e@evil.example\r\n" + signed(letter("Reply-To: anna@shop.example")), rsa().record),
        (b"Subject: R-1042\r\n" + signed(PLAIN), rsa().record),
        (b"To: eve@evil.example\r\n" + signed(PLAIN), rsa().record),
        (signed(PLAIN), ""),
        (signed(PLAIN), rsa(1040).record),
        (signed(PLAIN), "v=DKIM1; k=rsa; p="),
        (signed(PLAIN), rsa().record.replace("DKIM1", "DKIM2")),
        (signed(PLAIN), rsa().record + "; s=other"),
        (signed(PLAIN), rsa().record + "; h=sha1"),
        (signed(PLAIN), rsa().record + "; n=" + "x" * 3000),
        (signed(PLAIN), AWAY),
        (PLAIN, rsa().record),
    ],
    ids=[
        "768 bits", "SHA-1", "l=", "unsigned Reply-To", "second Reply-To", "second Subject", "second To", "no key",
        "another's key", "revoked", "key of another version", "key for something else", "key for SHA-1", "endless key",
        "key that cannot be had", "unsigned",
    ],
)  # fmt: skip
def test_what_proves_nothing(raw: bytes, record: str) -> None:
    """Weak, partial, old or open to others."""
    assert proves(raw, record) == ""


@pytest.mark.parametrize("selector", [b"\xff", b"a..b", b"x" * 64, b"a b", b"a\\", b""])
def test_a_selector_that_cannot_be_is_no_silence_of_dns(selector: bytes) -> None:
    """A forger writes what he likes into s=; it must not turn a forgery into "DNS did not answer"."""
    raw = signed(PLAIN).replace(b"s=s1;", b"s=" + selector + b";")
    with name_server({}) as server:
        questions = Questions(SystemResolver([server.address]), until=time.monotonic() + 2)
        found = check_dkim(read_letter(raw), "shop.example", questions, NOW, strict=False)
    assert (found.domain, found.present, found.away) == ("", True, False)


def test_a_reply_to_that_is_signed_is_no_weakness() -> None:
    """Customers have one."""
    assert proves(signed(letter("Reply-To: orders@shop.example"))) == "shop.example"


def test_a_field_that_stands_twice_is_no_weakness_when_both_are_signed() -> None:
    """Then it was the signer who wrote both."""
    assert proves(signed(letter("Date: Tue, 24 Nov 2026 09:00:00 +0000", "Subject: Teapot"))) == "shop.example"


def test_a_signature_proves_until_it_expires() -> None:
    """x=, by the time at which the mail came."""
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    raw = signed(PLAIN, x=int(expires.timestamp()))
    assert proves(raw, now=expires - timedelta(seconds=1)) == "shop.example"
    assert proves(raw, now=expires + timedelta(seconds=1)) == ""


def test_a_senders_service_proves_only_itself() -> None:
    """Its signature is not the shop's; the shop's own beside it is, in whatever order they stand."""
    assert proves(signed(PLAIN, "esp.example")) == ""
    assert proves(signed(signed(PLAIN), "esp.example")) == "shop.example"
    assert proves(signed(signed(PLAIN, "esp.example"))) == "shop.example"


def test_strict_alignment_wants_the_very_domain() -> None:
    """adkim=s."""
    raw = signed(letter(sender="anna@mail.shop.example"))
    assert proves(raw, author="mail.shop.example") == "shop.example"
    assert proves(raw, author="mail.shop.example", strict=True) == ""


def test_many_signatures_are_not_all_verified() -> None:
    """Each costs a question and a second look at the body."""
    raw = PLAIN
    for _ in range(30):
        raw = signed(raw).replace(b"bh=", b"bh=AAAA", 1)
    zone = Zone({SHOP_KEY: rsa().record})
    assert not check_dkim(read_letter(raw), "shop.example", zone.questions(), NOW, strict=False).domain
    assert len(zone.asked) <= 5


@pytest.mark.parametrize(
    "record", [rsa(1024, 3).record, rsa(2048).record, rsa().record + " ; s=email:*; h=sha1:sha256"]
)
def test_ordinary_keys_count(record: str) -> None:
    """Small exponents, big moduli, services that are mail."""
    assert counts(record.encode())


def test_a_key_that_takes_long_to_reckon_with_does_not_count() -> None:
    """An exponent as long as the modulus costs thousands of times as much."""
    assert not counts(rsa(1024, (1 << 40) + 15).record.encode())


@given(body=st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\r", b"\n", b"a", b"bc"])).map(b"".join))
def test_our_forms_of_a_body_are_the_librarys(body: bytes) -> None:
    """Ours are only faster."""
    assert relaxed(body) == canonicalization.Relaxed.canonicalize_body(body)
    assert simple(body) == canonicalization.Simple.canonicalize_body(body)


def test_a_big_mail_costs_little_more_with_many_signatures() -> None:
    """Its body is hashed once in each form."""
    big = letter(body="A line of  words\r\n" * 200_000)
    one = signed(letter(body="short"))
    raw = one[: one.index(b"From:")] * 5 + big
    begun = time.process_time()
    assert proves(raw) == ""
    assert proves(signed(big)) == "shop.example"
    assert time.process_time() - begun < 2


SEALER_KEY = {("s1._domainkey.forwarder.example", "TXT"): rsa().record}
FORWARDED_BY = Origin(ELSEWHERE, "mx.forwarder.example", "anna@shop.example")
PUBLISHED = {
    ("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject",
    ("shop.example", "TXT"): "v=spf1 ip4:203.0.113.7 -all",
}
PASSED = "spf=pass smtp.mailfrom=anna@shop.example; dmarc=pass (p=REJECT) header.from=shop.example"
FAILED = "spf=fail smtp.mailfrom=anna@shop.example; dmarc=fail header.from=shop.example"


SECOND_READING = (
    b"ARC-Seal: bi=0; i=2; a=rsa-sha256; cv=pass; d=forwarder.example; s=s1; b=AAAA\r\n"
    b"ARC-Message-Signature: bi=0; i=2; a=rsa-sha256; d=forwarder.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
    b"ARC-Authentication-Results: bi=0; i=2; mx.forwarder.example; dmarc=pass\r\n"
)


async def arc(raw: bytes, sealers: tuple[str, ...] = ("forwarder.example",), **away: str) -> Outcome:
    """What the whole check makes of a mail that somebody has sealed."""
    key = {("s1._domainkey.forwarder.example", "TXT"): AWAY} if away else SEALER_KEY
    return (await verdict(raw, Zone({**PUBLISHED, **key}), FORWARDED_BY, forwarders=sealers)).outcome


async def test_what_a_trusted_forwarder_found_before_it_forwarded_counts() -> None:
    """Its seal says that it has written it."""
    assert await arc(sealed(PLAIN, PASSED)) is Outcome.PASS
    assert await arc(sealed(PLAIN, FAILED)) is Outcome.FAIL
    assert await arc(sealed(PLAIN, "spf=none; dkim=none; dmarc=none header.from=shop.example")) is Outcome.NONE


async def test_the_record_names_the_sealer() -> None:
    """So that an operator sees by whom it was believed."""
    found = await verdict(
        sealed(PLAIN, PASSED), Zone({**PUBLISHED, **SEALER_KEY}), FORWARDED_BY, forwarders=["forwarder.example"]
    )
    assert found.how == "forwarded and sealed by forwarder.example, which says dmarc=pass (shop.example)"


@pytest.mark.parametrize(
    ("raw", "sealers"),
    [
        (sealed(PLAIN, PASSED), ()),
        (sealed(PLAIN, PASSED), ("other.example", "example.com")),
        (sealed(PLAIN, PASSED, "evil.example"), ("forwarder.example",)),
        (sealed(PLAIN, FAILED).replace(b"=fail", b"=pass"), ("forwarder.example",)),
        (sealed(PLAIN, PASSED).replace(b"leaks", b"burns"), ("forwarder.example",)),
        (sealed(PLAIN, PASSED).replace(b"anna@shop.example>", b"ceo@shop.example>"), ("forwarder.example",)),
        (sealed(PLAIN, PASSED, key=rsa(1040)), ("forwarder.example",)),
        (sealed(PLAIN, PASSED).replace(b"cv=none", b"cv=pass"), ("forwarder.example",)),
        (sealed(sealed(PLAIN, PASSED), "arc=pass; " + PASSED, "evil.example"), ("forwarder.example",)),
        (sealed(PLAIN, PASSED) + b"more\r\n", ("forwarder.example",)),
        (b"ARC-Seal: i=1; d=forwarder.example\r\n" + sealed(PLAIN, PASSED), ("forwarder.example",)),
        (b"X: a\rFrom: ceo@shop.example\r\n" + sealed(PLAIN, PASSED), ("forwarder.example",)),
        (SECOND_READING + sealed(PLAIN, FAILED), ("forwarder.example",)),
    ],
    ids=[
        "nobody is trusted", "others are trusted", "another sealed", "results changed", "body changed", "From changed",
        "another's key", "chain broken", "sealed again by another", "added to", "two seals", "hidden From",
        "instance of two readings",
    ],
)  # fmt: skip
async def test_what_is_not_sealed_by_whom_we_trust_is_not_believed(raw: bytes, sealers: tuple[str, ...]) -> None:
    """Then our own check stands, and it fails."""
    assert await arc(raw, sealers) is Outcome.FAIL


async def test_a_forwarder_behind_another_is_believed_when_it_sealed_last() -> None:
    """What the first one says is not ours to weigh."""
    twice = sealed(sealed(PLAIN, FAILED, "first.example"), "arc=pass; " + PASSED)
    zone = Zone({**PUBLISHED, **SEALER_KEY, ("s1._domainkey.first.example", "TXT"): rsa().record})
    found = await verdict(twice, zone, FORWARDED_BY, forwarders=["forwarder.example"])
    assert found.outcome is Outcome.PASS


async def test_a_seal_whose_key_cannot_be_had_accuses_nobody() -> None:
    """DNS may answer later."""
    assert await arc(sealed(PLAIN, PASSED), away="yes") is Outcome.TEMPORARY


async def test_a_seal_is_believed_also_behind_our_own_mail_server() -> None:
    """It says that DMARC failed, because the mail was forwarded."""
    ours = b"Authentication-Results: mx.us.example; dmarc=fail header.from=shop.example; arc=pass\r\n"
    raw = ours + sealed(PLAIN, PASSED)
    for sealers, outcome in ((("forwarder.example",), Outcome.PASS), ((), Outcome.FAIL)):
        found = await verdict(raw, Zone({**SEALER_KEY}), FORWARDED_BY, "trust:mx.us.example", sealers)
        assert found.outcome is outcome
