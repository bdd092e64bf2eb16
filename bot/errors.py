"""How a command ends when it cannot do what was asked. Light, so that saying so costs no time."""

from __future__ import annotations


class Stopped(Exception):
    """The command ends here. Carries one clear line for stderr and the exit code."""

    def __init__(self, line: str, code: int = 1) -> None:
        super().__init__(line)
        self.code = code


class StartError(Exception):
    """The program cannot start as it is set. The message tells the operator what to do."""
