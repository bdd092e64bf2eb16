"""Laws of Authentication-Results: whose findings are believed, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.proof.forwarders import Forwarders, original_sender, rewritten
from intake.mail.proof.origin import Origin
from intake.mail.proof.results import read_arc_results
from intake.mail.proof.verdict import Outcome
from tests.signers import ELSEWHERE, SHOP_MX, Zone, letter, verdict

TRUST = "trust:mx.us.example"
OURS = "Authentication-Results: mx.us.example; "
PASS = "dmarc=pass header.from=shop.example"  # no password


async def outcome(*fields: str, method: str = TRUST) -> Outcome:
    """What these fields on top of a mail make of it. DNS must not be needed."""
    raw = "".join(f"{field}\r\n" for field in fields).encode() + letter()
    zone = Zone()
    found = (await verdict(raw, zone, Origin("127.0.0.1"), method)).outcome
    assert not zone.asked
    return found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (PASS, Outcome.PASS),
        ("dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=shop.example", Outcome.PASS),
        ("dmarc=PASS header.from=Shop.Example", Outcome.PASS),
        ("dmarc=pass", Outcome.PASS),
        ("dmarc=pass header.from=other.example", Outcome.NONE),
        ("dmarc=fail (p=none) header.from=shop.example", Outcome.FAIL),
        ("dmarc=fail header.from=shop.example; dkim=pass header.d=shop.example", Outcome.FAIL),
        ("dmarc=temperror header.from=shop.example", Outcome.TEMPORARY),
        ("dmarc=none header.from=shop.example; spf=pass smtp.mailfrom=anna@shop.example", Outcome.PASS),
        ("spf=pass smtp.mailfrom=anna@shop.example", Outcome.PASS),
        ("spf=pass smtp.mailfrom=shop.example", Outcome.PASS),
        ("spf=pass smtp.helo=mail.shop.example", Outcome.PASS),
        ("spf=pass smtp.mailfrom=eve@evil.example smtp.helo=shop.example", Outcome.NONE),
        ("spf=pass smtp.mailfrom=eve@evil.example", Outcome.NONE),
        ("spf=pass", Outcome.NONE),
        ("dkim=pass header.d=shop.example", Outcome.PASS),
        ("dkim=pass header.i=@mail.shop.example header.s=s1 header.b=abc", Outcome.PASS),
        ('dkim=pass header.i=@shop.example header.b="a/b+c="', Outcome.PASS),
        ("dkim=fail reason=\"bad; dkim=pass header.d=shop.example\" header.d=shop.example", Outcome.NONE),
        ("dkim=pass header.d=esp.example; dkim=pass header.d=shop.example", Outcome.PASS),
        ("dkim=pass header.d=shop.example.evil.example", Outcome.NONE),
        ("dkim=fail header.d=shop.example; spf=fail smtp.mailfrom=shop.example", Outcome.NONE),
        ("dkim=none; spf=fail smtp.mailfrom=shop.example", Outcome.FAIL),
        ("spf=softfail smtp.mailfrom=shop.example", Outcome.NONE),
        ("none", Outcome.NONE),
        ("spf=fail (dkim=pass header.d=shop.example) smtp.mailfrom=x.example; dkim=fail", Outcome.NONE),
        ("spf=none (dmarc=pass header.from=shop.example", Outcome.NONE),
        ("spf=none (a\\); dmarc=pass header.from=shop.example)", Outcome.NONE),
        ("dmarc/1=pass header.from=shop.example", Outcome.PASS),
        ("arc=none; dmarc=pass action=none header.from=shop.example;compauth=pass reason=100", Outcome.PASS),
    ],
)  # fmt: skip
async def test_findings_mean_what_they_say(said: str, expected: Outcome) -> None:
    """Comments, quotes, versions and properties by the grammar; nothing in a comment is a finding."""
    assert await outcome(OURS + said) is expected


@pytest.mark.parametrize(
    "name",
    ["mx.us.example 1; ", "MX.US.EXAMPLE; ", "(c) mx.us.example (our (own) server) 1 (v);\r\n\t", "mx.us.example;"],
)
async def test_our_server_is_known_by_its_name(name: str) -> None:
    """In any case, with a version and comments around."""
    assert await outcome(f"Authentication-Results: {name}{PASS}") is Outcome.PASS


@pytest.mark.parametrize(
    "name",
    [
        "mx.other.example; ", "xmx.us.example; ", "mx.us.example.evil.example; ", "us.example; ", "mx.us.example 2; ",
        "evil.example (mx.us.example); ", "evil.example; x=mx.us.example; ", "; mx.us.example; ", "",
    ],
)  # fmt: skip
async def test_nobody_else_is_believed(name: str) -> None:
    """The name is that of the settings or it is a stranger's."""
    assert await outcome(f"Authentication-Results: {name}{PASS}") is Outcome.NONE


async def test_without_the_field_nobody_is_proven() -> None:
    """A mail that came past our server, or a server that does not check."""
    assert await outcome() is Outcome.NONE
    assert await outcome("X-Authentication-Results: mx.us.example; " + PASS) is Outcome.NONE


@pytest.mark.parametrize(
    "top",
    [OURS + "dmarc=fail header.from=shop.example", OURS + "dkim=none", OURS + "none", OURS + "?", OURS, OURS + "("],
)
async def test_what_stands_below_the_topmost_is_not_believed(top: str) -> None:
    """A sender may have put it into his mail; also when the topmost cannot be read."""
    assert await outcome(top, OURS + PASS) is not Outcome.PASS
    assert await outcome(top, "Received: by x", OURS + PASS) is not Outcome.PASS


async def test_fields_of_others_above_ours_do_not_matter() -> None:
    """A scanner behind our server writes its own."""
    assert await outcome("Authentication-Results: scanner.us.example; dmarc=fail", OURS + PASS) is Outcome.PASS


@given(said=st.text(max_size=200))
def test_any_field_can_be_read(said: str) -> None:
    """It never raises."""
    read_arc_results(f"i=1; mx.us.example; {said}".encode("utf-8", "surrogatepass"))


def test_an_arc_field_has_its_instance_before_the_name() -> None:
    """RFC 8617 §4.1.1, as Microsoft and Google write it."""
    written = (
        b" i=1; mx.microsoft.com 1; spf=pass (sender ip is 203.0.113.7)\r\n smtp.rcpttodomain=us.example"
        b" smtp.mailfrom=shop.example; dmarc=pass (p=reject sp=none\r\n pct=100) action=none"
        b" header.from=shop.example; dkim=pass (signature was verified) header.d=shop.example; arc=none (0)\r\n"
    )
    assert [str(found) for found in read_arc_results(written)][:2] == [
        "spf=pass (shop.example)",
        "dmarc=pass (shop.example)",
    ]
    assert read_arc_results(b" mx.google.com; dmarc=pass header.from=shop.example") == ()


PUBLISHED = {
    ("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject",
    ("shop.example", "TXT"): f"v=spf1 ip4:{SHOP_MX} -all",
}
HOST = "198.51.100.25"
NETWORKS = ("198.51.100.0/24", "2001:db8:25::/48")
EXIM = f"Received: from mail.shop.example ([{SHOP_MX}]:4711) by host.example with esmtps (TLS1.3) (Exim 4.98) id 1"


async def by_received(*fields: str, mail_from: str | None = "anna@shop.example", peer: str = HOST) -> Outcome:
    raw = "".join(f"{field}\r\n" for field in fields).encode() + letter()
    origin = Origin(peer, "host.example", mail_from)
    return (await verdict(raw, Zone(dict(PUBLISHED)), origin, forwarders=NETWORKS)).outcome


@pytest.mark.parametrize(
    "client",
    [
        f"mail.shop.example ([{SHOP_MX}])",
        f"mail.shop.example ([{SHOP_MX}]:4711 helo=mail.shop.example)",
        f"[{SHOP_MX}] (port=4711 helo=mail.shop.example)",
        f"[{SHOP_MX}] (helo=[{ELSEWHERE}])",
        f"mail.shop.example (mail.shop.example [{SHOP_MX}])",
        f"[{ELSEWHERE}] (unknown [{SHOP_MX}])",
        f"helo=[{ELSEWHERE}] (unknown [{SHOP_MX}])",
        f"mail.shop.example (unknown [{SHOP_MX}] (may be forged))",
        f"mail.shop.example (mail.shop.example. [{SHOP_MX}]) (using TLSv1.3 with cipher X (256/256 bits))",
    ],
)
async def test_spf_is_asked_of_the_hop_before_a_trusted_forwarder(client: str) -> None:
    """As Exim, Postfix, sendmail and Google write it; never of what the client said of himself."""
    rest = "\r\n\tby host.example with esmtps id 1\r\n\tfor support@host.example; Tue, 24 Nov 2026 09:00:00 +0000"
    assert await by_received(f"Received: from {client}{rest}") is Outcome.PASS
    swapped = client.replace(SHOP_MX, "?").replace(ELSEWHERE, SHOP_MX).replace("?", ELSEWHERE)
    assert await by_received(f"Received: from {swapped}{rest}") is Outcome.FAIL


async def test_a_forwarders_inner_hops_are_walked_through() -> None:
    """A filter and a mailbox server of the same host; what stands below the first stranger is his invention."""
    inner = "Received: from filter.host.example ([198.51.100.30]) by mailbox.host.example with esmtp"
    local = "Received: from localhost (localhost [127.0.0.1]) by filter.host.example (Postfix)"
    assert await by_received(inner, local, EXIM) is Outcome.PASS
    stranger = f"Received: from x (x [{ELSEWHERE}]) by filter.host.example (Postfix)"
    assert await by_received(inner, stranger, EXIM) is Outcome.FAIL
    six = "Received: from filter.host.example ([IPv6:2001:db8:25::1]) by mailbox.host.example"
    assert await by_received(six, EXIM) is Outcome.PASS


@pytest.mark.parametrize(
    "top", ["Received: by host.example (Postfix, from userid 33)", "Received: from mailnull by host.example", "X: y"]
)
async def test_a_hop_that_is_not_told_proves_and_accuses_nobody(top: str) -> None:
    """A script of another customer of that host may have written what stands below."""
    assert await by_received(top, EXIM if top != "X: y" else "X: z") is Outcome.NONE


async def test_received_of_others_is_not_believed() -> None:
    """Anybody can write one."""
    assert await by_received(EXIM, peer=ELSEWHERE) is Outcome.FAIL


@pytest.mark.parametrize(
    "mail_from",
    [
        "SRS0=HhH1=TT=shop.example=anna@host.example",
        "SRS0+HhH1=TT=shop.example=anna@host.example",
        "srs1=XyZ=first.example==HhH1=TT=shop.example=anna@host.example",
        "support+SRS=44ldt=IX=shop.example=anna@us.example",
    ],
)
async def test_a_rewritten_envelope_sender_is_read_as_it_was(mail_from: str) -> None:
    """SRS in each of its forms."""
    assert original_sender(mail_from) == "anna@shop.example"
    assert rewritten(mail_from)
    assert await by_received(EXIM, mail_from=mail_from) is Outcome.PASS
    assert await by_received(EXIM, mail_from=mail_from, peer=ELSEWHERE) is Outcome.FAIL


@pytest.mark.parametrize("mail_from", ["anna@shop.example", "support+r1042.x@us.example", "srs0@us.example", "", None])
def test_an_ordinary_envelope_sender_is_left_alone(mail_from: str | None) -> None:
    """Plus-addresses are no SRS."""
    assert original_sender(mail_from) == mail_from
    assert not rewritten(mail_from or "")


async def test_a_forwarder_that_checks_is_believed_by_its_own_name() -> None:
    """network=name; its Received does not count then."""
    forwarders = ["198.51.100.0/24=mx.host.example"]
    for said, peer, outcome in (
        ("mx.host.example; dmarc=pass header.from=shop.example", HOST, Outcome.PASS),
        ("mx.host.example; dmarc=fail header.from=shop.example", HOST, Outcome.FAIL),
        ("mx.other.example; dmarc=pass header.from=shop.example", HOST, Outcome.NONE),
        ("mx.host.example; dmarc=pass header.from=shop.example", ELSEWHERE, Outcome.FAIL),
    ):
        raw = f"Authentication-Results: {said}\r\n".encode() + letter()
        origin = Origin(peer, "host.example", "anna@shop.example")
        found = await verdict(raw, Zone(dict(PUBLISHED)), origin, forwarders=forwarders)
        assert found.outcome is outcome, found.words


def test_forwarders_are_networks_names_and_sealers() -> None:
    """As the operator writes them."""
    found = Forwarders.of(["192.0.2.1", "2001:db8::/32=MX.host.example", "Google.com"])
    assert [(str(network), name) for network, name in found.networks] == [
        ("192.0.2.1/32", ""),
        ("2001:db8::/32", "mx.host.example"),
    ]
    assert found.sealers == {"google.com"}


@pytest.mark.parametrize(
    "wrong", ["google", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/24=", "google.com=mx", "a b.c", "1.2"]
)
def test_what_is_no_forwarder_is_refused_in_words(wrong: str) -> None:
    """With the entry, so that it is found."""
    with pytest.raises(ValueError, match=r"'.+' (is|names)"):
        Forwarders.of([wrong])
