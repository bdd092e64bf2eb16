"""What the Bot API simulator costs, so that a measurement of the product is not one of its test world."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import time
from contextlib import suppress
from queue import Empty

from rich.console import Console
from rich.table import Table

from bot.demo.people import Person
from bot.demo.queue.webhook import Target, Webhook
from bot.demo.simulator import Simulator

PEOPLE = 20
WITHIN_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=2000, help="how many of each")
    number: int = parser.parse_args().number
    table = Table("what", "CPU ms each", "a second", title=f"the simulator, {number} of each")
    for name, figures in asyncio.run(_measured(number)):
        table.add_row(name, f"{figures[0]:.3f}", f"{figures[1]:.0f}")
    Console().print(table)


async def _measured(number: int) -> list[tuple[str, tuple[float, float]]]:
    """The three ways in which the product meets it; the other side is a process of its own."""
    rows = []
    async with Simulator() as sim:
        people = [sim.person(f"Person {one}") for one in range(PEOPLE)]
        for person in people:
            person.start()
        rows.append(("a call of sendMessage", await _calls(sim, people[0], number)))
        began = _clocks()
        _write(people, number)
        rows.append(("a message that waits for getUpdates", _since(began, number)))
        sim.world.queue.drop_all()
        rows.append(("a message posted to a webhook", await _posts(sim, people, number)))
    return rows


async def _calls(sim: Simulator, person: Person, number: int) -> tuple[float, float]:
    done: multiprocessing.Queue[int] = multiprocessing.Queue()
    child = multiprocessing.Process(target=_ask, args=(sim.url, sim.token, person.id, number, done), daemon=True)
    child.start()
    began = _clocks()
    await _told(done)
    figures = _since(began, number)
    child.join()
    return figures


async def _posts(sim: Simulator, people: list[Person], number: int) -> tuple[float, float]:
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    child = multiprocessing.Process(target=_listen, args=(port,), daemon=True)
    child.start()
    world = sim.world
    target = Target(f"http://127.0.0.1:{await _told(port)}/", "secret", 40)
    world.queue.hook(Webhook(world.queue, world.clock, target, world.attempted, world.network.defects.append))
    began = _clocks()
    _write(people, number)
    await sim.until(lambda: not world.queue.waiting, WITHIN_S)
    figures = _since(began, number)
    await world.queue.unhook()
    child.terminate()
    child.join()
    return figures


def _write(people: list[Person], number: int) -> None:
    for one in range(number):
        people[one % len(people)].writes(f"Where is my parcel {one}? https://shop.example/{one}")


def _ask(url: str, token: str, chat_id: int, number: int, done: multiprocessing.Queue[int]) -> None:
    """Another process: call after call on one connection."""
    body = json.dumps({"chat_id": chat_id, "text": "On its <b>way</b>", "parse_mode": "HTML"}).encode()
    head = f"POST /bot{token}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body

    async def run() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        for _ in range(number):
            writer.write(request)
            await reader.readexactly(_length(await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    asyncio.run(run())
    done.put(number)


def _listen(port: multiprocessing.Queue[int]) -> None:
    """Another process: a webhook that takes everything."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # until the other side has had enough
            while True:
                await reader.readexactly(_length(await reader.readuntil(b"\r\n\r\n")))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def run() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])


async def _told(by: multiprocessing.Queue[int]) -> int:
    """What the other process says, while this one goes on serving."""
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        try:
            return by.get_nowait()
        except Empty:
            await asyncio.sleep(0.005)
    raise TimeoutError("the other process says nothing")


def _clocks() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def _since(began: tuple[float, float], number: int) -> tuple[float, float]:
    """CPU milliseconds each, and how many a second."""
    return (time.process_time() - began[0]) / number * 1e3, number / (time.perf_counter() - began[1])


if __name__ == "__main__":
    main()
