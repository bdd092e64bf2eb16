"""Laws of the language in which a customer is written to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.message import Sender
from storage.models import Address, Customer
from tests.builders import Core, chat

pytestmark = pytest.mark.usefixtures("database")

CLIENT = Sender("4471", "Nadia", language="es")
QUESTION = "Hola, mi pedido no llega y ya he pagado"


@pytest.mark.parametrize(("reads", "text", "language"), [("tlh", "👍", "es"), ("de", "👍", "de")])
async def test_a_language_that_nobody_knows_takes_away_none_that_was_known(
    tmp_path: Path, reads: str, text: str, language: str
) -> None:
    """Who sets his app to a language that we do not speak is still written to in the one that we know of him."""
    core = Core(tmp_path)
    await core.accept(chat(QUESTION, sender=CLIENT))
    assert (await Customer.get()).language == "es"
    core.later(hours=2)
    await core.accept(chat(text, sender=replace(CLIENT, language=reads)))
    assert ((await Address.get()).language, (await Customer.get()).language) == (reads, language)
