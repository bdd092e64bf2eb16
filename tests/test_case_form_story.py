"""A return in Chinese by chat, over the real program that is killed in the middle of the form. On both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from bot.demo.views import SimMessage
from storage.models import AfterSalesCase
from tests.process import Process

WAIT_S = 30
NUMBER, PRODUCT, DAY, DONE = "订单号是多少？", "是哪一款产品？", "您是哪一天购买的？", "所需的信息已齐全"


async def test_a_form_that_was_interrupted_goes_on_days_later(database_url: str, tmp_path: Path) -> None:
    """Killed with a question before him, five days pass: his answer leads to the next one, and nothing comes twice."""
    async with Simulator() as sim:
        desk, li = sim.forum("Support desk"), sim.person("李明", language_code="zh")
        await _tell(sim, li, desk, Process(tmp_path, _settings(database_url, sim, desk)))


async def _tell(sim: Simulator, li: Person, desk: Group, process: Process) -> None:
    async with process as program:
        await program.start()
        li.start()
        li.writes("你好，我想退货。")
        asked = await _reads(sim, li, NUMBER)
        assert [[button.text for button in row] for row in asked.buttons] == [["不知道"], ["以后再说"]]
        await program.kill()
        await program.leases_end()
        li.writes("我的订单号是A-48213")
        await _days_pass(program, 5)
        await program.start()
        question = await _reads(sim, li, PRODUCT)
        press = li.presses(question, "不知道")
        await _reads(sim, li, DAY)
        await sim.until(lambda: press.answered, WAIT_S)
        li.writes("3月3日")
        await sim.until(lambda: [said for said in _said(sim, li) if "A-48213" in said.text], WAIT_S)
        await program.settled()
        texts = [said.text for said in _said(sim, li)]
        for words in (NUMBER, PRODUCT, DAY):
            assert sum(words in text for text in texts) == 1
        assert not any(DONE in text for text in texts)  # he does not know the product: an agent asks or decides
        shown = [said.text for topic in desk.topics() for said in topic.messages]
        assert any("↪️" in text and DAY in text for text in shown)
        [case] = (await program.export("case"))["case"]
        assert (case["status"], case["order_number"], case["missing"]) == ("asked", "A-48213", ["product"])
        assert case["purchased_on"].endswith("-03-03")


def _settings(url: str, sim: Simulator, desk: Group) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "MAILBOXES": "support@shop.example",  # its greeting tells that the program is up
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "DESK_CHAT_ID": str(desk.chat_id),
        "TELEGRAM_PACE": "1000",
    }


def _said(sim: Simulator, person: Person) -> list[SimMessage]:
    return [said for said in sim.chat_of(person) if said.from_bot]


async def _reads(sim: Simulator, person: Person, words: str) -> SimMessage:
    return (await sim.until(lambda: [said for said in _said(sim, person) if words in said.text], WAIT_S))[-1]


async def _days_pass(program: Process, days: int) -> None:
    """Everything about the case is so much older."""
    async with program.database():
        case = await AfterSalesCase.get()
        assert case.asked_at is not None
        earlier = case.asked_at - timedelta(days=days)
        await AfterSalesCase.all().update(created_at=earlier, asked_at=earlier, updated_at=earlier)
