"""Laws of who sent a mail: what DNS says of a domain, and what that makes of a mail in its name."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.limits import Limits
from intake.mail.proof.check import Check, Method
from intake.mail.proof.letter import read_letter
from intake.mail.proof.origin import Origin
from intake.mail.proof.resolver import Answer, Kind, NoAnswerError
from intake.mail.proof.spf import check_spf
from intake.mail.proof.verdict import Outcome
from tests.signers import AWAY, ELSEWHERE, NOW, SHOP_MX, Records, Zone, letter, rsa, signed, verdict

SPF: dict[tuple[str, str], str | Sequence[str]] = {("shop.example", "TXT"): f"v=spf1 ip4:{SHOP_MX} -all"}
KEY: dict[tuple[str, str], str | Sequence[str]] = {("s1._domainkey.shop.example", "TXT"): rsa().record}
REJECT = {("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject"}
MONITOR = {("_dmarc.shop.example", "TXT"): "v=DMARC1; p=none; rua=mailto:d@shop.example"}
STRICT = {("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject; adkim=s; aspf=s"}
PLAIN, SIGNED = letter(), signed(letter())
BROKEN = SIGNED.replace(b"leaks", b"burns")
FROM_SHOP = Origin(SHOP_MX, "mx.shop.example", "anna@shop.example")
FROM_ELSEWHERE = Origin(ELSEWHERE, "mx.evil.example", "anna@shop.example")
BY_ANOTHER = Origin(ELSEWHERE, "mx.evil.example", "eve@evil.example")
BY_RELAY = Origin("127.0.0.1", "localhost", "anna@shop.example")
NULL = Origin(SHOP_MX, "shop.example", None)

# zone, mail, who handed it over → outcome
CASES: dict[str, tuple[Records, bytes, Origin, Outcome]] = {
    "SPF of the From's domain": (SPF, PLAIN, FROM_SHOP, Outcome.PASS),
    "SPF with DMARC": (SPF | REJECT, PLAIN, FROM_SHOP, Outcome.PASS),
    "DKIM from anywhere": (SPF | KEY | REJECT, SIGNED, FROM_ELSEWHERE, Outcome.PASS),
    "DKIM without DMARC": (KEY, SIGNED, FROM_ELSEWHERE, Outcome.PASS),
    "DKIM by another envelope": (SPF | KEY | REJECT, SIGNED, BY_ANOTHER, Outcome.PASS),
    "nothing published": ({}, PLAIN, FROM_ELSEWHERE, Outcome.NONE),
    "nothing published, signature without a key": ({}, SIGNED, FROM_ELSEWHERE, Outcome.NONE),
    "forged, p=reject": (SPF | REJECT, PLAIN, FROM_ELSEWHERE, Outcome.FAIL),
    "forged, p=none": (SPF | MONITOR, PLAIN, FROM_ELSEWHERE, Outcome.FAIL),
    "forged by one's own envelope": (SPF | REJECT, PLAIN, BY_ANOTHER, Outcome.FAIL),
    "forged, no SPF published": (REJECT, PLAIN, FROM_ELSEWHERE, Outcome.FAIL),
    "changed on the way, DMARC": (SPF | KEY | REJECT, BROKEN, FROM_ELSEWHERE, Outcome.FAIL),
    "hard fail without DMARC": (SPF, PLAIN, FROM_ELSEWHERE, Outcome.FAIL),
    "hard fail, signature broken by a list": (SPF | KEY, BROKEN, FROM_ELSEWHERE, Outcome.NONE),
    "soft fail": ({("shop.example", "TXT"): "v=spf1 ~all"}, PLAIN, FROM_ELSEWHERE, Outcome.NONE),
    "soft fail with DMARC": ({("shop.example", "TXT"): "v=spf1 ~all"} | REJECT, PLAIN, FROM_ELSEWHERE, Outcome.FAIL),
    "by our own relay, unsigned": (SPF | REJECT, PLAIN, BY_RELAY, Outcome.NONE),
    "by our own relay, signed": (SPF | KEY | REJECT, SIGNED, BY_RELAY, Outcome.PASS),
    "null sender, SPF of HELO": (SPF | REJECT, PLAIN, NULL, Outcome.PASS),
    "DMARC does not answer": (SPF | {("_dmarc.shop.example", "TXT"): AWAY}, PLAIN, FROM_SHOP, Outcome.TEMPORARY),
    "SPF does not answer": (REJECT | {("shop.example", "TXT"): AWAY}, PLAIN, FROM_SHOP, Outcome.TEMPORARY),
    "key does not answer": (
        SPF | REJECT | {("s1._domainkey.shop.example", "TXT"): AWAY}, SIGNED, FROM_ELSEWHERE, Outcome.TEMPORARY,
    ),
    "key does not answer, SPF passes": (
        SPF | REJECT | {("s1._domainkey.shop.example", "TXT"): AWAY}, SIGNED, FROM_SHOP, Outcome.PASS,
    ),
    "SPF record that is none": (REJECT | {("shop.example", "TXT"): "v=spf1 nonsense"}, PLAIN, FROM_SHOP, Outcome.FAIL),
    "two DMARC records": (
        {("_dmarc.shop.example", "TXT"): ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}, PLAIN, BY_ANOTHER, Outcome.NONE,
    ),
    "other words at _dmarc": ({("_dmarc.shop.example", "TXT"): "p=reject"}, PLAIN, BY_ANOTHER, Outcome.NONE),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_what_a_domain_publishes_decides_over_mail_in_its_name(case: str) -> None:
    """SPF, DKIM and DMARC, together."""
    records, raw, origin, outcome = CASES[case]
    found = await verdict(raw, Zone(dict(records)), origin)
    assert found.outcome is outcome, found.words
    assert found.sender == "anna@shop.example"


SUBDOMAIN = letter(sender="anna@mail.shop.example")


@pytest.mark.parametrize(
    ("records", "raw", "origin", "outcome"),
    [
        (SPF | KEY | REJECT, signed(SUBDOMAIN), FROM_ELSEWHERE, Outcome.PASS),
        (SPF | REJECT, SUBDOMAIN, FROM_SHOP, Outcome.PASS),
        (SPF | KEY | STRICT, signed(SUBDOMAIN), FROM_ELSEWHERE, Outcome.FAIL),
        (SPF | STRICT, SUBDOMAIN, FROM_SHOP, Outcome.FAIL),
        (SPF | REJECT, SUBDOMAIN, FROM_ELSEWHERE, Outcome.FAIL),
        ({("_dmarc.shop.example", "TXT"): "v=DMARC1; p=bogus; sp=none"}, SUBDOMAIN, BY_ANOTHER, Outcome.FAIL),
        ({("_dmarc.co.uk", "TXT"): "v=DMARC1; p=reject"}, letter(sender="a@shop.co.uk"), BY_ANOTHER, Outcome.NONE),
    ],
)
async def test_an_organisation_speaks_for_its_subdomains_unless_it_says_otherwise(
    records: dict[tuple[str, str], str], raw: bytes, origin: Origin, outcome: Outcome
) -> None:
    """RFC 7489 §3.1; a public suffix speaks for nobody."""
    found = await verdict(raw, Zone(dict(records)), origin)
    assert found.outcome is outcome, found.words


async def test_a_neighbour_under_a_public_suffix_does_not_speak_for_one() -> None:
    """Two shops of co.uk are two shops."""
    zone = Zone({("evil.co.uk", "TXT"): "v=spf1 +all", ("s1._domainkey.evil.co.uk", "TXT"): rsa().record})
    raw = signed(letter(sender="anna@shop.co.uk"), "evil.co.uk")
    assert (await verdict(raw, zone, Origin(ELSEWHERE, "x", "e@evil.co.uk"))).outcome is Outcome.NONE


@pytest.mark.parametrize(
    "raw",
    [
        letter("From: eve@evil.example"),
        letter("from: anna@shop.example"),
        letter(sender="Anna <anna@shop.example>, Eve <eve@evil.example>"),
        letter(sender="Friends: anna@shop.example;"),
        b"Subject: nobody\r\n\r\nHi\r\n",
        b"",
        b"\r\n\r\nFrom: anna@shop.example\r\n",
    ],
)
@pytest.mark.parametrize("method", ["verify", "assume-pass", "trust:mx.us.example"])
async def test_without_exactly_one_from_nobody_is_proven(raw: bytes, method: str) -> None:
    """Two readers would see two senders."""
    found = await verdict(raw, Zone(dict(SPF)), method=method)
    assert not found.proves("anna@shop.example")
    assert not found.proves("")


async def test_a_sender_in_another_alphabet_is_checked_in_ascii() -> None:
    """And ß is not ss: that would be another's domain."""
    zone = Zone(
        {("xn--bcher-kva.example", "TXT"): f"v=spf1 ip4:{SHOP_MX} -all", ("strasse.example", "TXT"): "v=spf1 +all"}
    )
    books = letter(sender="a@bücher.example")
    assert (await verdict(books, zone, Origin(SHOP_MX, "x", "a@bücher.example"))).outcome is Outcome.PASS
    assert (await verdict(books, zone, Origin(SHOP_MX, "x", "a@XN--BCHER-KVA.example"))).outcome is Outcome.PASS
    street = letter(sender="a@straße.example")
    assert (await verdict(street, zone, Origin(ELSEWHERE, "x", "a@strasse.example"))).outcome is Outcome.NONE


async def test_the_record_tells_how_the_sender_was_checked() -> None:
    """In words that an operator can follow."""
    zone = Zone({**SPF, **KEY, **REJECT})
    assert (await verdict(SIGNED, zone)).words == "pass: DMARC (shop.example, p=reject); DKIM shop.example"
    forged = await verdict(PLAIN, zone, FROM_ELSEWHERE)
    assert forged.words == "fail: DMARC (shop.example, p=reject); no DKIM signature; SPF fail for shop.example"


async def test_only_the_mails_own_domains_are_asked_for() -> None:
    """DKIM of others is not looked at, and what is proven is not proven twice."""
    zone = Zone({**SPF, **KEY, **REJECT})
    await verdict(signed(SIGNED, "esp.example"), zone)
    assert zone.asked == ["_dmarc.shop.example TXT", "s1._domainkey.shop.example TXT"]


async def test_a_mail_cannot_make_us_ask_for_ever() -> None:
    """Ten MX with ten names each would be a hundred questions for one mail."""
    many = [f"{number} m{number}.shop.example" for number in range(10)]
    terms = " ".join(f"mx:d{number}.shop.example" for number in range(10))
    zone = Zone({("shop.example", "TXT"): f"v=spf1 {terms} -all"})
    zone.records.update({(f"d{number}.shop.example", "MX"): many for number in range(10)})
    zone.records.update({(f"m{number}.shop.example", "A"): "192.0.2.1" for number in range(10)})
    await verdict(PLAIN, zone, FROM_ELSEWHERE)
    assert len(zone.asked) <= 60


class _Slow:
    """A resolver that takes its time, whatever it was told."""

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        time.sleep(0.3)
        return Answer()


async def test_the_whole_check_has_an_end() -> None:
    """The mail is taken, its sender is not proven."""
    check = Check(Method.of("verify"), _Slow(), limit=0.1)
    begun = time.monotonic()
    found = await check(PLAIN, FROM_SHOP, NOW)
    check.close()
    assert found.outcome is Outcome.TEMPORARY
    assert time.monotonic() - begun < 0.25


class _Broken:
    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        raise RuntimeError("a defect of ours")


async def test_a_defect_of_the_check_loses_no_mail() -> None:
    """Nobody is proven, nobody is accused."""
    check = Check(Method.of("verify"), _Broken())
    found = await check(PLAIN, FROM_SHOP, NOW)
    check.close()
    assert found.outcome is Outcome.NONE


async def test_off_says_nothing_and_looks_at_nothing() -> None:
    """As if there were no check."""
    found = await verdict(SIGNED, Zone(), method="off")
    assert (found.outcome, found.sender, found.words) == (Outcome.UNCHECKED, "", "not checked")


@pytest.mark.parametrize("wrong", ["", "maybe", "trust", "trust:", "trust: ", "verify:x", "Trust:mx.us.example"])
def test_a_method_that_is_none_is_refused_in_words(wrong: str) -> None:
    """The operator reads what there is."""
    with pytest.raises(ValueError, match=r"none of verify, off, assume-pass, or trust:"):
        Method.of(wrong)


@given(raw=st.binary(max_size=300), peer=st.text(max_size=20), helo=st.text(max_size=20), who=st.none() | st.text())
async def test_any_bytes_from_anybody_have_a_verdict(raw: bytes, peer: str, helo: str, who: str | None) -> None:
    """The check never raises."""
    for start in (b"", b"From: anna@shop.example\r\n"):
        found = await verdict(start + raw, Zone(dict(SPF)), Origin(peer, helo, who))
        assert found.outcome is not Outcome.UNCHECKED


@pytest.mark.parametrize(
    "raw",
    [
        b"DKIM-Signature: v=1; d=shop.example;" + b" " * 60_000 + b"x",
        b"DKIM-Signature: v=1; d=shop.example; s=s1; a=rsa-sha256; h=from; bh=AAAA; b=A" + b" " * 60_000 + b"!",
        b"\r\n".join([b"DKIM-Signature: v=1; d=shop.example; b=" + b"\r\n " * 2000] * 100),
        b"Received: from " + b"(" * 60_000,
        b"ARC-Seal: i=1" + b"; i=1" * 20_000,
        b"Authentication-Results: mx.us.example; " + b"(" * 60_000,
        b"X: " + b"\r\n a" * 60_000,
    ],
)  # fmt: skip
async def test_no_header_takes_long(raw: bytes) -> None:
    """A second of CPU at most, for the whole check."""
    hostile = raw + b"\r\nFrom: anna@shop.example\r\n\r\nHi\r\n"
    for method in ("verify", "trust:mx.us.example"):
        begun = time.process_time()
        await verdict(hostile, Zone({**SPF, **KEY}), FROM_ELSEWHERE, method, ["192.0.2.0/24", "arc.example"])
        assert time.process_time() - begun < 1


async def test_no_body_takes_long() -> None:
    """A row of blanks costs the library the square of its length."""
    body = " " * 200_000 + "x\r\n" + " \t" * 100_000 + "\r\n"
    raw = signed(letter(body="short")).replace(b"short", body.encode())
    begun = time.process_time()
    assert (await verdict(raw, Zone({**KEY}), FROM_ELSEWHERE)).outcome is Outcome.NONE
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "hidden", [b"X: a\rFrom: ceo@shop.example\r\n", b"X\0: a\r\n", b"no field at all\r\n", b" x\r\n"]
)
async def test_a_signature_under_a_header_of_two_readings_counts_for_nothing(hidden: bytes) -> None:
    """An old mail, sent again with a From that only one of two readers sees."""
    zone = Zone({**KEY, **REJECT})
    assert not read_letter(hidden + SIGNED).sound
    assert (await verdict(hidden + SIGNED, zone, FROM_ELSEWHERE)).outcome is Outcome.FAIL


def test_a_letter_is_split_as_it_was_signed() -> None:
    """Folds and line ends are kept; the body has CRLF."""
    found = read_letter(b"From a@b Mon\nFrom: a@b.example\nSubject: x\n\ty\nX:z\n\none\ntwo\r\n")
    assert found.fields == ((b"From", b" a@b.example\r\n"), (b"Subject", b" x\r\n\ty\r\n"), (b"X", b"z\r\n"))
    assert (found.body, found.sound, found.author) == (b"one\r\ntwo\r\n", True, "a@b.example")


@pytest.mark.parametrize(
    ("record", "peer", "result"),
    [
        ("v=spf1 a -all", SHOP_MX, "pass"),
        ("v=spf1 mx -all", SHOP_MX, "pass"),
        ("v=spf1 mx -all", ELSEWHERE, "fail"),
        ("v=spf1 include:esp.example -all", "198.51.100.9", "pass"),
        ("v=spf1 redirect=esp.example", "198.51.100.9", "pass"),
        ("v=spf1 exists:%{ir}.%{l}.list.example -all", SHOP_MX, "pass"),
        ("v=spf1 ptr:shop.example -all", SHOP_MX, "pass"),
        ("v=spf1 a:six.example -all", "2001:db8::7", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::7", "pass"),
        ("v=spf1 ip4:203.0.113.0/24 -all", f"::ffff:{SHOP_MX}", "pass"),
        ("v=spf1 ?all", ELSEWHERE, "neutral"),
        ("v=spf1 a:no1.example a:no2.example a:no3.example +all", ELSEWHERE, "permerror"),
        ("v=spf1 include:shop.example -all", ELSEWHERE, "permerror"),
        ("v=spf1 " + " ".join(f"include:i{number}.example" for number in range(11)) + " +all", ELSEWHERE, "permerror"),
        ("v=spf1 ip4:203.0.113.0/99 -all", SHOP_MX, "permerror"),
        ("v=spf1 +all " + "x" * 5000, ELSEWHERE, "none"),
        ("v=spf1 a:away.example -all", SHOP_MX, "temperror"),
        ("v=spf2 +all", ELSEWHERE, "none"),
        ("v=spf1 exp=why.example -all", ELSEWHERE, "fail"),
    ],
)
def test_spf_is_read_as_it_is_meant(record: str, peer: str, result: str) -> None:
    """RFC 7208, by a library; what it asks comes to our resolver and stays within the limits."""
    zone = Zone(
        {
            ("shop.example", "TXT"): ["some other words", record],
            ("shop.example", "A"): SHOP_MX,
            ("shop.example", "MX"): ["10 away.example", "5 mail.shop.example"],
            ("mail.shop.example", "A"): SHOP_MX,
            ("7.113.0.203.in-addr.arpa", "PTR"): "mail.shop.example",
            ("7.113.0.203.anna.list.example", "A"): "127.0.0.2",
            ("six.example", "AAAA"): "2001:db8::7",
            ("esp.example", "TXT"): "v=spf1 ip4:198.51.100.0/24 -all",
            ("away.example", "A"): AWAY if "away" in record else "192.0.2.1",
            **{(f"i{number}.example", "TXT"): "v=spf1 ?all" for number in range(11)},
        }
    )
    origin = Origin(peer, "mx.shop.example", "anna@shop.example")
    assert check_spf(origin, zone.questions()).result == result


def test_checks_in_several_threads_do_not_mix() -> None:
    """The library keeps nothing between them: each has its own zone."""

    def one(number: int) -> str:
        peer = SHOP_MX if number % 2 else ELSEWHERE
        zone = Zone({("shop.example", "TXT"): f"v=spf1 ip4:{peer} -all"})
        return check_spf(Origin(SHOP_MX, "x", "anna@shop.example"), zone.questions()).result

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(400))) == ["fail", "pass"] * 200


async def test_name_servers_that_never_answer_keep_nobody_elses_check_waiting() -> None:
    """Strangers at four addresses, all of whose mails wait for such servers: whoever else writes is checked at once."""
    freed, zone = threading.Event(), Zone(SPF)

    class _Tarpit:
        def look_up(self, name: str, kind: Kind, within: float) -> Answer:
            if name.endswith("evil.example"):
                freed.wait(within)
                raise NoAnswerError("timeout")
            return zone.look_up(name, kind, within)

    check = Check(Method.of("verify"), _Tarpit())
    evil = PLAIN.replace(b"shop.example", b"evil.example")
    origin = Origin(ELSEWHERE, "mx.evil.example", "eve@evil.example")
    stalled = [asyncio.create_task(check(evil, origin, NOW)) for _ in range(4 * Limits().sessions_per_peer)]
    try:
        await asyncio.sleep(0)
        async with asyncio.timeout(2):
            assert (await check(PLAIN, FROM_SHOP, NOW)).outcome is Outcome.PASS
        assert not any(task.done() for task in stalled)
    finally:
        freed.set()
        await asyncio.gather(*stalled)
        check.close()
