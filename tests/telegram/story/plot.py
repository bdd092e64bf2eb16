"""The plan of a story: which steps, in which order. It follows from the seed alone, to be played again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from tests.telegram.story import agents, customers, faults
from tests.telegram.story.scenery import Scenery

Act = Callable[[Scenery, Random], Awaitable[str | None]]  # says what was done, or None when it could not be

STEPS: tuple[tuple[Act, float], ...] = (
    (customers.writes, 12),
    (customers.writes_formatted, 2),
    (customers.writes_long, 1),
    (customers.replies, 2),
    (customers.sends_photo, 2),
    (customers.sends_document, 1),
    (customers.sends_voice, 1),
    (customers.sends_album, 2),
    (customers.sends_something_else, 1),
    (customers.edits, 4),
    (customers.blocks, 0.7),
    (customers.unblocks, 3),
    (customers.commands, 1),
    (customers.asks_anew, 1),
    (agents.writes, 10),
    (agents.writes_formatted, 2),
    (agents.replies, 2),
    (agents.sends_photo, 2),
    (agents.sends_document, 1),
    (agents.sends_voice, 1),
    (agents.sends_album, 1.5),
    (agents.edits, 3),
    (agents.notes, 3),
    (agents.notes_with_a_file, 1),
    (agents.notes_with_an_album, 0.7),
    (agents.continues_a_note, 2),
    (agents.edits_a_note, 1.5),
    (agents.talks_elsewhere, 1),
    (agents.stranger_talks, 1),
    (agents.commands, 1),
    (agents.presses, 6),
    (agents.closes_by_hand, 1),
    (agents.renames, 0.5),
    (agents.deletes_a_topic, 0.8),
    (faults.says_wait, 3),
    (faults.fails, 1.5),
    (faults.cuts, 4),
    (faults.loses_the_answer_to_an_answer, 2),
    (faults.loses_the_answer_to_a_new_topic, 1),
    (faults.cuts_the_poll, 1),
    (faults.is_slow, 1),
    (faults.repeats_an_update, 2),
    (faults.kill, 1.5),
    (faults.kill_while_handling, 2),
    (faults.kill_while_sending, 1.5),
    (faults.terminate, 0.5),
    (faults.terminate_and_switch, 0.7),
)
LONGEST_PAUSE_S = 0.15


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, with which dice, after which pause (seconds)."""

    act: Act
    seed: int
    pause: float

    @property
    def name(self) -> str:
        return f"{self.act.__module__.rpartition('.')[2]}.{self.act.__name__}"


def plot(seed: int, steps: int) -> list[Step]:
    """The steps of this seed. It begins with people who have something to say."""
    dice = Random(seed)
    acts: list[Act] = [customers.writes] * 3
    acts += dice.choices([act for act, _ in STEPS], [weight for _, weight in STEPS], k=max(0, steps - len(acts)))
    # Half of the steps follow at once: what comes together is what goes wrong.
    return [Step(act, dice.randrange(1 << 32), max(0.0, dice.uniform(-1, 1)) * LONGEST_PAUSE_S) for act in acts]
