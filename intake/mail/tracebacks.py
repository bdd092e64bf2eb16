"""Where an error came up, without a word of the mail that it came up at."""

from __future__ import annotations

import traceback


def place(error: BaseException) -> str:
    """File and line. A whole traceback would carry customers' words and addresses into the log."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
