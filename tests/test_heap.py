"""What the program frees goes back to the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Where the C library is let be, the first line makes it keep what the others free.
SOURCE = """
from pathlib import Path
from intake.apart import heap

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) >> 8  # MiB

heap.give_back()
bytearray(30 << 20)
before = held()
blocks = [bytearray(2 << 20) for _ in range(20)]
most = held()
blocks.clear()
print(most - before, held() - before)
"""


def test_what_is_freed_goes_back_to_the_machine() -> None:
    """One large block that was loaded once does not make it keep all that comes later."""
    said = subprocess.run([sys.executable, "-c", SOURCE], cwd=ROOT, capture_output=True, text=True, check=True)
    most, left = map(int, said.stdout.split())
    assert most >= 38
    assert left <= 4
