"""Print what checking a sender costs, DNS answered from memory: `python -m bench.senders`."""

from __future__ import annotations

import asyncio
import time

from intake.mail.proof.check import Check, Method
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.origin import Origin
from tests.signers import ELSEWHERE, NOW, SHOP_MX, Zone, letter, rsa, sealed, signed

ROUNDS = 300
KEY = rsa(2048)
SMALL, BIG = "A line of an ordinary letter.\r\n" * 40, "A line  of an endless letter.\r\n" * 800_000


async def main() -> None:
    """One line a kind of mail: its size, CPU milliseconds of the whole check, what came of it."""
    zone = Zone(
        {
            ("shop.example", "TXT"): f"v=spf1 ip4:{SHOP_MX} -all",
            ("_dmarc.shop.example", "TXT"): "v=DMARC1; p=reject",
            ("s1._domainkey.shop.example", "TXT"): KEY.record,
            ("s1._domainkey.forwarder.example", "TXT"): KEY.record,
        }
    )
    short = signed(letter(body="short"), key=KEY)
    one = short[: short.index(b"From:")]
    for name, raw, peer, rounds in (
        ("SPF", letter(body=SMALL), SHOP_MX, ROUNDS),
        ("DKIM, 2048 bits", signed(letter(body=SMALL), key=KEY), ELSEWHERE, ROUNDS),
        ("ARC, one set", sealed(letter(body=SMALL), "dmarc=pass", key=KEY), ELSEWHERE, ROUNDS),
        ("nothing that fits", letter(body=SMALL), ELSEWHERE, ROUNDS),
        ("DKIM", signed(letter(body=BIG), key=KEY), ELSEWHERE, 1),
        ("twenty signatures that do not fit", one * 20 + letter(body=BIG), ELSEWHERE, 1),
    ):
        check = Check(Method.of("verify"), zone, Forwarders.of(["forwarder.example"]))
        found = await check(raw, Origin(peer, "mx.shop.example", "anna@shop.example"), NOW)
        began = time.process_time()
        for _ in range(rounds):
            await check(raw, Origin(peer, "mx.shop.example", "anna@shop.example"), NOW)
        spent = (time.process_time() - began) / rounds * 1000
        check.close()
        print(f"| {name} | {len(raw) / 1024:.0f} KiB | {spent:.2f} | {found.outcome} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
