"""Private keys for tests, made by openssl as an operator makes them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def make_key(path: Path, *how: str) -> Path:
    """Write a new key; `how` are arguments of `openssl genpkey`."""
    try:
        subprocess.run(["openssl", "genpkey", *how, "-out", path], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return path
