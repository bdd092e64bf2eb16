"""What an agent sends without words arrives without words."""

from __future__ import annotations

import pytest

from tests.stage import Stage


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
async def test_an_agents_file_without_words_stays_without_words(scene: Stage, kind: str) -> None:
    """An empty caption is said to Telegram as an empty one; as "[]" the customer would read it below each picture."""
    anna = scene.sim.person("Anna")
    async with scene.running():
        anna.start()
        anna.writes("My kettle is broken.")
        topic = await scene.topic("R-1001", "My kettle is broken.")
        match kind:
            case "photo":
                scene.maria.sends_photo_in(topic, b"a picture")
            case "voice":
                scene.maria.sends_voice_in(topic, b"a voice")
            case _:
                scene.maria.sends_document_in(topic, b"a paper", "paper.pdf")
        seen = await scene.sim.until(lambda: [said for said in scene.sim.chat_of(anna) if said.kind == kind], 20)
        assert [said.text for said in seen] == [""]
