"""Feed the mail reader with what libFuzzer makes of our own letters: `make fuzz SECONDS=300`.

Fails on an exception, on a text that no database takes, and on an input that costs more than its size allows.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["intake"]):
    from intake.mail.html.sanitise import sanitised
    from intake.mail.html.text import to_text
    from intake.mail.line import line
    from intake.mail.parse import parse

LETTERS = Path(__file__).parents[1] / "corpus" / "mail"
DICTIONARY = Path(__file__).with_name("mail.dict")
FOUND = Path("build/fuzz")  # where an input that breaks a law is written
LONGEST = 64 << 10  # bytes of an input
# CPU seconds. Code that reports its branches to the fuzzer is some ten times slower than it is at work.
FREE, PER_KILOBYTE = 1.0, 0.03


def one_input(data: bytes) -> None:
    """The laws that every input is held to."""
    began = time.process_time()
    mail = parse(data)
    html = sanitised(mail.html or "") or ""
    spent = time.process_time() - began
    if failed := [defect for defect in mail.defects if defect.startswith("could not be read")]:
        raise AssertionError(failed[0])
    for text in (mail.subject, mail.text, mail.html or "", html, *(one.filename or "" for one in mail.attachments)):
        assert "\x00" not in text
        text.encode()
    assert "<script" not in html
    to_text(mail.text)
    line("x", data)
    most = FREE + PER_KILOBYTE * len(data) / 1024
    assert spent < most, f"{spent:.2f} s for {len(data)} bytes; {most:.2f} are allowed"


def main() -> None:
    """Arguments are libFuzzer's own, -max_total_time=60 for instance."""
    with tempfile.TemporaryDirectory(prefix="intake-fuzz-") as folder:
        seeds = Path(folder) / "letters"
        seeds.mkdir()
        for path in LETTERS.glob("*.eml"):
            shutil.copy(path, seeds)
        FOUND.mkdir(parents=True, exist_ok=True)
        ours = [
            f"-artifact_prefix={FOUND}/",
            f"-max_len={LONGEST}",
            f"-dict={DICTIONARY}",
            "-timeout=60",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *ours, *sys.argv[1:], str(seeds)], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
