"""What a check has found: a sentence for the operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fails`: something will not work as it is."""

    text: str
    fails: bool = False
    warns: bool = False
