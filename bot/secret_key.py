"""The key that signs reply addresses and buttons: as it is set, or made in the data directory at the first start."""

from __future__ import annotations

import os
import secrets

from bot.settings import Settings
from storage.unsaid import keep_unsaid


def secret(settings: Settings) -> bytes:
    """The key; nothing that is written will have it in it. Raises OSError."""
    key = _secret(settings)
    keep_unsaid([key.decode(errors="replace")])
    return key


def _secret(settings: Settings) -> bytes:
    given = settings.secret_key.get_secret_value()
    if given:
        return given.encode()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.data_dir / "secret.key"
    if not path.exists():
        unfinished = path.with_name(f"secret.key.{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # whoever comes second keeps the first one's key
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    return path.read_text().strip().encode()
