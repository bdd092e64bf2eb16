"""The buttons under a card and under a notice: what can be done now, and the pickers in their place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.desk.buttons import Deed, Signer, short_name
from bot.desk.cards import cut, shown_name
from bot.desk.case_buttons import case_buttons, refusals
from intake.agents.blocking import FLAG
from intake.agents.case_asking import why_not
from intake.agents.resolving import SPAM
from intake.understanding.categories import UNSORTED
from storage.kinds import DeliveryState, Priority, Status, request_number
from storage.models import AfterSalesCase, Agent, CustomerRequest

DONE = (Status.RESOLVED, Status.CLOSED)
BUTTON_WORDS = 24  # UTF-16 units; a telephone shows no more of two buttons side by side
PRIORITY_MARKS = {Priority.LOW: "🔽", Priority.NORMAL: "▫️", Priority.HIGH: "❗️", Priority.URGENT: "🔥"}
MOST_GUESSES, GUESS_WORDS = 3, 16  # of an unsorted request, side by side
MOST_AGENTS = 40  # nobody reads more
MOST_CATEGORIES = 98  # Telegram shows a hundred buttons at most
CATEGORIES, PRIORITIES, AGENTS = "categories", "priorities", "agents"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick: what the button carries, what it says, and whether it is so now."""

    argument: str
    words: str
    chosen: bool = False


class Keyboards:
    """Draws the buttons of a desk, signed."""

    def __init__(self, signer: Signer, name: Callable[[str], str] = str) -> None:
        """`name`: what people call a category."""
        self._signer = signer
        self._name = name

    def card(self, request: CustomerRequest, case: AfterSalesCase | None = None) -> InlineKeyboardMarkup:
        """What an agent can do from the card; the desk checks who presses.

        The steps of an after-sales case go on when its request is resolved: a parcel takes a week.
        """
        rows = self._done(request) if request.status in DONE else self._open(request)
        steps = case_buttons(case) if request.status is not Status.CLOSED else ()
        if steps:
            rows.append([self._button(request, one.deed, one.words, one.argument, one.style) for one in steps])
        if why_not(request, case) is None:
            rows.append([self._button(request, Deed.ASK, "💬 Ask the customer")])
        if request.linked_to is not None and request.status is not Status.CLOSED:
            words = f"🔗 Join {request_number(request.linked_to)}"
            rows.append([self._button(request, Deed.JOIN, words, str(request.linked_to))])
        return InlineKeyboardMarkup(rows)

    def _done(self, request: CustomerRequest) -> list[list[InlineKeyboardButton]]:
        row = [self._button(request, Deed.REOPEN, "↩️ Reopen", style=KeyboardButtonStyle.PRIMARY)]
        if FLAG in request.flags:
            row.append(self._button(request, Deed.UNBLOCK, "🔓 Unblock sender"))
        elif request.category == SPAM:
            row.append(self._button(request, Deed.BLOCK, "⛔ Block sender", style=KeyboardButtonStyle.DANGER))
        return [row]

    def _open(self, request: CustomerRequest) -> list[list[InlineKeyboardButton]]:
        if request.assignee_id is None:
            whose = [self._button(request, Deed.TAKE, "🙋 Assign to me", style=KeyboardButtonStyle.PRIMARY)]
        else:
            whose = [self._button(request, Deed.TAKE, "🙋 Take over"), self._button(request, Deed.DROP, "Unassign")]
        whose.append(self._button(request, Deed.PICK, "👥 Assign to …", AGENTS))
        guesses, confirm = self._guesses(request), self._confirm(request)
        return [
            whose,
            *([guesses] if guesses else []),
            [
                *confirm,
                self._button(request, Deed.PICK, "🏷 Category", CATEGORIES),
                self._button(request, Deed.PICK, "❗️ Priority", PRIORITIES),
            ],
            [
                self._button(request, Deed.RESOLVE, "✅ Resolve", style=KeyboardButtonStyle.SUCCESS),
                self._button(request, Deed.SPAM, "🚫 Spam", style=KeyboardButtonStyle.DANGER),
            ],
        ]

    def _guesses(self, request: CustomerRequest) -> list[InlineKeyboardButton]:
        """The likeliest categories of what the program would not sort by itself."""
        if request.category != UNSORTED:
            return []
        keys = [str(choice[0]) for choice in request.category_choices or () if choice]
        return [
            self._button(request, Deed.CATEGORY, cut(f"🏷 {self._name(key)}", GUESS_WORDS), short_name(key))
            for key in keys[:MOST_GUESSES]
        ]

    def _confirm(self, request: CustomerRequest) -> list[InlineKeyboardButton]:
        """For a verdict of the program's that no agent has spoken of."""
        asked = request.category != UNSORTED and request.category_choices is not None
        return [self._button(request, Deed.RIGHT, "👍 Right")] if asked else []

    def categories(self, request: CustomerRequest, names: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
        """All categories, (key, name), in the place of the card's buttons."""
        choices = [Choice(short_name(key), name, key == request.category) for key, name in names[:MOST_CATEGORIES]]
        return self._picker(request, Deed.CATEGORY, choices)

    def priorities(self, request: CustomerRequest) -> InlineKeyboardMarkup:
        """All priorities, the most urgent first."""
        choices = [
            Choice(priority, f"{PRIORITY_MARKS[priority]} {priority.capitalize()}", priority is request.priority)
            for priority in reversed(Priority)
        ]
        return self._picker(request, Deed.PRIORITY, choices)

    def refusals(self, request: CustomerRequest) -> InlineKeyboardMarkup:
        """Why an after-sales case is refused; its customer reads it in his language."""
        return self._picker(request, Deed.REFUSE, [Choice(why, words) for why, words in refusals()])

    def agents(self, request: CustomerRequest, agents: Sequence[Agent]) -> InlineKeyboardMarkup:
        """The colleagues whom a request can be given to."""
        choices = [
            Choice(str(agent.id), shown_name(agent.name) or agent.identity, agent.id == request.assignee_id)
            for agent in agents[:MOST_AGENTS]
        ]
        return self._picker(request, Deed.GIVE, choices)

    def notice(
        self, request: int, delivery: int, attempts: int, state: DeliveryState, *, by_mail: bool
    ) -> InlineKeyboardMarkup | None:
        """What can be done about a delivery that failed, or of which nobody knows. None: nothing any more."""
        rows = [(Deed.RETRY, "🔁 Retry")]
        if state is DeliveryState.UNKNOWN:
            rows = [(Deed.ARRIVED, "👍 It arrived"), (Deed.RETRY, "🔁 Send again")]
        elif state is not DeliveryState.FAILED:
            return None
        rows += [(Deed.BY_MAIL, "✉️ Send by email")] if by_mail else []
        buttons = [
            InlineKeyboardButton(words, callback_data=self._signer.write(deed, request, attempts, str(delivery)))
            for deed, words in rows
        ]
        return InlineKeyboardMarkup([buttons])

    def correction(self, request: int, record: int) -> InlineKeyboardMarkup:
        """What can be done about a mail whose words were edited after it had left."""
        data = self._signer.write(Deed.CORRECT, request, 0, str(record))
        return InlineKeyboardMarkup([[InlineKeyboardButton("✉️ Send correction", callback_data=data)]])

    def proposal(self, request: int, record: int) -> InlineKeyboardMarkup:
        """What can be done about a fact that a customer names otherwise than the case has it."""
        data = self._signer.write(Deed.TAKE_OVER, request, 0, str(record))
        return InlineKeyboardMarkup([[InlineKeyboardButton("✅ Take it over", callback_data=data)]])

    def _picker(self, request: CustomerRequest, deed: Deed, choices: Sequence[Choice]) -> InlineKeyboardMarkup:
        buttons = [
            self._button(
                request,
                deed,
                cut(f"{'● ' if choice.chosen else ''}{choice.words}", BUTTON_WORDS),
                choice.argument,
                KeyboardButtonStyle.PRIMARY if choice.chosen else None,
            )
            for choice in choices
        ]
        rows = [buttons[begin : begin + 2] for begin in range(0, len(buttons), 2)]
        return InlineKeyboardMarkup([*rows, [self._button(request, Deed.BACK, "← Back")]])

    def _button(
        self, request: CustomerRequest, deed: Deed, words: str, argument: str = "", style: str | None = None
    ) -> InlineKeyboardButton:
        data = self._signer.write(deed, request.id, request.version or 0, argument)
        return InlineKeyboardButton(words, callback_data=data, style=style)
