"""Bars of characters, for charts where only text can be shown. Pure."""

from __future__ import annotations

WIDTH = 10


def bar(share: float, width: int = WIDTH) -> str:
    """A share between 0 and 1 as a bar that is always as long."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{share:.0%}"
