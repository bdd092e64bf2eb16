"""Print what hostile mails of 25 MiB cost to read: `python -m bench.hostile [WORD]`, only shapes with that word."""

from __future__ import annotations

import sys
import time

from intake.mail.inbound import Envelope, read
from intake.mail.proof.verdict import Verdict
from intake.mail.tokens import Tokens
from tests.builders import NOW
from tests.test_mail_cost import SHAPES

SIZE = 25 << 20


def main() -> None:
    """One line a shape: bytes, CPU seconds of the whole adapter (parse, HTML, sanitised HTML), defects."""
    envelope, tokens = Envelope("anna@customer.example", ("support@shop.example",), "203.0.113.5"), Tokens(b"bench")
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for shape in (name for name in SHAPES if wanted in name):
        raw = SHAPES[shape](SIZE)
        began = time.process_time()
        message = read(raw, envelope, tokens, ("support@shop.example",), Verdict(), NOW)
        spent = time.process_time() - began
        print(f"| {shape} | {len(raw) / (1 << 20):.1f} | {spent:.2f} | {'; '.join(message.defects)} |", flush=True)


if __name__ == "__main__":
    main()
