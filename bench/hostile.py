"""Print what hostile mails of 25 MiB cost to read: `python -m bench.hostile [WORD]`, only shapes with that word.

Each is read in a child, as the running program reads it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from intake.mail.apart.setting import Setting
from intake.mail.inbound import Envelope
from intake.mail.proof.check import Policy
from intake.mail.reading import Reading
from intake.mail.tokens import Tokens
from intake.message import CannotRead
from tests.builders import NOW
from tests.kin import children, until
from tests.test_mail_cost import SHAPES

SIZE = 25 << 20
OURS = ("support@shop.example",)


async def main() -> None:
    """One line a shape: MiB, CPU seconds of the child, CPU and wall seconds of the program's side, what came of it."""
    reading = Reading(Setting(Tokens(b"bench"), OURS, Policy()))
    envelope = Envelope("anna@customer.example", OURS, "203.0.113.5")
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        await reading.start()
        for shape in (name for name in SHAPES if wanted in name):
            raw = SHAPES[shape](SIZE)
            begun, own, childs = time.perf_counter(), time.process_time(), _children_s(reading)
            try:
                message = await reading.apart(raw, {**envelope.packed(), "received_at": NOW.isoformat()})
                came = "; ".join(message.defects)
            except CannotRead as error:
                came = f"parked: {error}"
            wall, own = time.perf_counter() - begun, time.process_time() - own
            await until(lambda: not children(reading.process or 0))  # it is counted once its mother has seen its end
            spent = _children_s(reading) - childs
            print(
                f"| {shape} | {len(raw) / (1 << 20):.1f} | {spent:.2f} | {own:.2f} | {wall:.2f} | {came} |", flush=True
            )
    finally:
        await reading.close()


def _children_s(reading: Reading) -> float:
    fields = Path(f"/proc/{reading.process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asyncio.run(main())
