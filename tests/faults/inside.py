"""Run a module of Python inside another process's namespaces: `python -m tests.faults.inside PID bot run`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The process stays the same one, so that it can be watched and killed."""
    pid, module, *words = sys.argv[1:]
    enter = ["nsenter", "-t", pid, "-U", "-m", "--preserve-credentials"]
    os.execvp(enter[0], [*enter, sys.executable, "-m", module, *words])


if __name__ == "__main__":
    main()
