"""What the program spends while something is done to it: CPU, and memory at its highest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.process import Process


@dataclass(slots=True)
class Cost:
    """Filled when the context ends."""

    cpu_s: float = 0.0
    before_mib: float = 0.0  # memory that it held before
    peak_mib: float = 0.0  # the most that it held meanwhile

    @property
    def grew_mib(self) -> float:
        return self.peak_mib - self.before_mib


@contextmanager
def cost(program: Process) -> Iterator[Cost]:
    """CPU seconds (threads too, children not) and the peak of the memory. Linux only."""
    process = Path(f"/proc/{program.pid}")
    # Linux then counts the peak anew; where it may not be asked, the peak is that since the start, and never too low.
    with contextlib.suppress(OSError):
        (process / "clear_refs").write_text("5")
    spent = Cost(before_mib=program.rss_mib)
    begun = program.cpu_s
    try:
        yield spent
    finally:
        spent.cpu_s = program.cpu_s - begun
        spent.peak_mib = _peak_mib(process)


def _peak_mib(process: Path) -> float:
    status = (process / "status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) / 1024
