"""A crowd of idle and slow connections from everywhere fills no memory and keeps no good client out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crowd import allow_files, measure

CONNECTIONS, SECONDS = 1500, 6.0  # `make crowd` takes 3,000
MOST_MIB = 64.0
# Of the program's own time, so that other programs on the machine make no difference: on a free core it is the wall's.
SERVED_WITHIN_CPU_S = 1.0


async def test_fifteen_hundred_idle_and_slow_connections_keep_no_good_client_out(tmp_path: Path) -> None:
    """They come within a second, say nothing or a byte now and then, and come again as often as they are sent away."""
    if not allow_files(CONNECTIONS):
        pytest.skip("it needs 2,000 open files: ulimit -Hn")
    found = await measure(tmp_path, CONNECTIONS, SECONDS)
    assert found.heard["220"] > 200, "they did not come in"
    assert found.heard["421"] > CONNECTIONS / 2, "they were not sent away"
    assert found.peak_mib - found.before_mib < MOST_MIB
    for served in (found.opening, found.standing):
        assert served.mails, "the good client was not served at all"
        assert max(served.worked) < SERVED_WITHIN_CPU_S
