"""Who sent it, end to end: real SMTP, real DNS packets, signatures made on the spot, both databases."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

import aiosmtplib
import pytest

from storage.models import Address, CommunicationRecord, CustomerRequest, Parked
from tests.nameserver import NameServer, name_server
from tests.signers import ELSEWHERE, SHOP_MX, rsa, sealed, signed
from tests.signers import letter as written
from tests.stage import MAILBOX, Stage, stage

ZONE: Mapping[tuple[str, str], str | Sequence[str]] = {
    ("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject",
    ("shop.example", "TXT"): f"v=spf1 ip4:{SHOP_MX} -all",
    ("s1._domainkey.shop.example", "TXT"): rsa().record,
    ("s1._domainkey.forwarder.example", "TXT"): rsa().record,
}
# A mail server of ours stands in front, on this machine, and tells in its Received who handed it the mail.
RELAY = ("127.0.0.0/8",)


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server(ZONE) as server:
        yield server


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


def checking(names: NameServer, **changes: object) -> dict[str, object]:
    """The settings of a stage that checks senders."""
    return {"mail_auth": "verify", "dns_servers": (names.address,), **changes}


def received(peer: str) -> str:
    """What a relay writes on top."""
    return f"Received: from mx.example (mx.example [{peer}]) by relay.us.example (Postfix) with ESMTP id 1\r\n"


async def hand_in(scene: Stage, raw: bytes, sender: str = "anna@shop.example") -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=scene.port, start_tls=False) as client:
        await client.sendmail(sender, [MAILBOX], raw)


async def requests_() -> list[CustomerRequest]:
    return await CustomerRequest.all().order_by("id")


async def newest() -> CommunicationRecord:
    found = await CommunicationRecord.filter(direction="incoming").order_by("-id").first()
    assert found is not None
    return found


async def test_a_forger_does_not_get_into_a_customers_request(scene: Stage, names: NameServer) -> None:
    """Anna is proven; who writes in her name and answers her own mail opens a flagged request and is not answered."""
    async with scene.running(**checking(names, trusted_forwarders=RELAY)):
        await hand_in(scene, signed(written("Message-ID: <one@shop.example>")))
        [acknowledged] = await scene.caught(1)
        assert acknowledged.rcpt_tos == ("anna@shop.example",)
        first = await newest()
        assert first.verified
        assert first.checked == "pass: forwarded by 127.0.0.1: DMARC (shop.example, p=reject); DKIM shop.example"

        answer = written("Message-ID: <two@shop.example>", "In-Reply-To: <one@shop.example>", body="Send it to me.")
        await hand_in(scene, received(ELSEWHERE).encode() + answer)
        topic = await scene.topic("R-1002", "Send it to me.")
        assert "the sender is forged" in topic.messages[0].text
        record = await newest()
        assert not record.verified
        assert record.checked is not None
        assert record.checked.startswith("fail: forwarded by 127.0.0.1, which had it from 203.0.113.66: DMARC")
        assert (await requests_())[0].flags == []

        await hand_in(scene, signed(answer.replace(b"two@", b"three@").replace(b"to me", b"to Anna")))
        await scene.topic("R-1001", "Send it to Anna.")
        await scene.settled()
        assert len(await requests_()) == 2
        assert len(scene.catcher.mails) == 1


async def test_who_publishes_nothing_is_answered_within_the_budget(scene: Stage, names: NameServer) -> None:
    """Flagged as not verified; one acknowledgement a day here, then silence."""
    async with scene.running(**checking(names, acks_per_sender_per_day=1)):
        for number in range(2):
            raw = written(
                f"Message-ID: <{number}@old.example>", sender="Otto <otto@old.example>", body=f"Letter {number}"
            )
            await hand_in(scene, raw, "otto@old.example")
        await scene.topic("R-1002", "Letter 1")
        await scene.settled()
        assert [mail.rcpt_tos for mail in scene.catcher.mails] == [("otto@old.example",)]
        assert [request.flags for request in await requests_()] == [["sender not verified"]] * 2
        assert not (await Address.get(value="otto@old.example")).verified


async def test_a_forged_authentication_results_is_nobodys_word(scene: Stage, names: NameServer) -> None:
    """Our server's own field stands on top; without it, and below it, anybody may have written one."""
    says = "Authentication-Results: mx.us.example; dmarc=%s header.from=shop.example\r\n"
    async with scene.running(mail_auth="trust:mx.us.example"):
        for number, (top, verified) in enumerate(
            [
                (says % "pass", True),
                (says % "fail" + received(ELSEWHERE) + says % "pass", False),
                (says.replace("mx.us", "mx.evil") % "pass", False),
                ("", False),
            ]
        ):
            await hand_in(
                scene, top.encode() + written(f"Message-ID: <{number}@shop.example>", body=f"Letter {number}")
            )
            assert (await newest()).verified is verified, top
        await scene.settled()
    assert names.asked == []


# How a mail of Anna's arrives that her host has sent to a mailbox elsewhere, which forwards it to us; and in her name.
FORWARDED = {
    "network": (
        RELAY,
        received(SHOP_MX).encode() + written(),
        received(ELSEWHERE).encode() + written(),
    ),
    "Authentication-Results": (
        ("127.0.0.0/8=mx.host.example",),
        b"Authentication-Results: mx.host.example; dmarc=pass header.from=shop.example\r\n" + written(),
        b"Authentication-Results: mx.host.example; dmarc=fail header.from=shop.example\r\n" + written(),
    ),
    "ARC": (
        (*RELAY, "forwarder.example"),
        received(ELSEWHERE).encode() + sealed(written(), "dmarc=pass header.from=shop.example"),
        received(ELSEWHERE).encode()
        + sealed(written(), "dmarc=fail header.from=shop.example").replace(b"dmarc=fail", b"dmarc=pass"),
    ),
}


@pytest.mark.parametrize("way", FORWARDED)
async def test_a_hosted_mailbox_forwards_and_forgers_stay_outside(scene: Stage, names: NameServer, way: str) -> None:
    """With the envelope sender as each kind of host rewrites it."""
    forwarders, honest, forged = FORWARDED[way]
    async with scene.running(**checking(names, trusted_forwarders=forwarders)):
        await hand_in(scene, honest, "SRS0=HhH1=TT=shop.example=anna@host.example")
        [acknowledged] = await scene.caught(1)
        assert acknowledged.rcpt_tos == ("anna@shop.example",)
        record = await newest()
        assert record.verified, record.checked
        await hand_in(
            scene, forged.replace(b"leaks", b"burns") if way != "ARC" else forged, "support+caf_=x@shop.example"
        )
        await scene.settled()
        assert await CommunicationRecord.filter(verified=True).count() == 1
        assert len(scene.catcher.mails) == 1
        assert "the sender is forged" in (await requests_())[1].flags


async def test_two_senders_are_none(scene: Stage, names: NameServer) -> None:
    """Whichever comes first, and whoever has signed."""
    async with scene.running(**checking(names)):
        await hand_in(scene, b"From: ceo@shop.example\r\n" + signed(written()))
        await scene.topic("R-1001", "My kettle leaks.")
        await scene.settled()
        assert not (await newest()).verified
        assert scene.catcher.mails == []


@pytest.mark.parametrize("trick", [b"\r\n", b"\xef\xbb\xbf"])
async def test_a_forger_cannot_hide_from_the_check(scene: Stage, names: NameServer, trick: bytes) -> None:
    """What stands before the From hides it from those who check: even with Anna's reply address he stays outside."""
    async with scene.running(**checking(names, trusted_forwarders=RELAY)):
        await hand_in(scene, signed(written()))
        [acknowledged] = await scene.caught(1)
        reply_to = str(acknowledged.parsed["Reply-To"])
        await hand_in(scene, trick + written(f"Cc: {reply_to}", body="Send it to me."))
        topic = await scene.topic("R-1002", "Send it to me.")
        assert "points at R-1001, but it does not say clearly who its sender is" in topic.messages[0].text
        await scene.settled()
        assert len(scene.catcher.mails) == 1


async def test_a_deceiving_name_is_shown_for_what_it_is(scene: Stage, names: NameServer) -> None:
    """The address stands beside it, and a warning below."""
    async with scene.running(**checking(names)):
        await hand_in(scene, written(sender='"support@bank.example" <x@evil.example>'), "x@evil.example")
        topic = await scene.topic("R-1001", "My kettle leaks.")
        assert "@bank" not in topic.name
        card = topic.messages[0].text
        assert "support(at)bank.example · x@evil.example" in card
        assert "the name looks like another address" in card


async def test_without_any_name_server_mail_is_taken_at_once(scene: Stage, names: NameServer) -> None:
    """The first waits a second, the others not at all; nobody is proven, nobody accused, everybody answered."""
    names.deaf = True
    async with scene.running(**checking(names)):
        begun = time.monotonic()
        for number in range(10):
            sender = f"c{number}@d{number}.example"
            await hand_in(scene, written(f"Message-ID: <{number}@d.example>", sender=sender), sender)
        assert time.monotonic() - begun < 5
        await scene.caught(10)
        assert {record.checked for record in await CommunicationRecord.filter(direction="incoming")} == {
            f"temporary: DNS says nothing of d{number}.example (no name server answers)" for number in range(10)
        }
        assert not await CommunicationRecord.filter(verified=True).exists()


async def test_a_parked_mail_keeps_the_verdict_of_the_day_it_came(scene: Stage, names: NameServer) -> None:
    """Its key may be gone when it is tried again."""
    async with scene.running(**checking(names)) as app:
        whole = app.intake._classifier  # the fault is planted where our own code works
        app.intake._classifier = None  # type: ignore[assignment]
        await hand_in(scene, signed(written()))
        app.intake._classifier = whole
        assert await CommunicationRecord.all().count() == 0
        [row] = await Parked.all()
        names.records = {}
        await app.replay(row.channel, row.raw_content or b"", row.envelope)
        assert (await newest()).verified
