"""Where commands print, and the largest number that they take."""

from __future__ import annotations

import sys

from rich.console import Console

LARGEST_ID = 2**63 - 1  # what a database counts to
# Rich takes what is no terminal for one of 80 columns and cuts tables to it; whoever pipes them wants them whole.
PIPED_WIDTH = 200
out = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
