"""What buttons carry: signed, short enough, and on each card what can be done now."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bot.desk.buttons import Deed, Pressed, Signer, long_name, short_name
from bot.desk.case_buttons import REFUSALS
from bot.desk.keyboards import Keyboards
from intake.agents.case_steps import WHYS, next_steps
from storage.database import opened
from storage.kinds import CaseStatus, CaseType, DeliveryState, Priority, Status
from storage.models import AfterSalesCase, Agent, CustomerRequest

SIGNER = Signer(b"a secret for tests")
KEYBOARDS = Keyboards(SIGNER)
HIGHEST = 10**12 - 1
NAMES = st.text(max_size=64)


@given(st.sampled_from(Deed), st.integers(0, HIGHEST), st.integers(0, 999_999), NAMES)
def test_what_a_button_carries_comes_back_and_fits(deed: Deed, request: int, version: int, name: str) -> None:
    """64 bytes are all that Telegram takes, whatever the operator calls his categories."""
    written = SIGNER.write(deed, request, version, short_name(name))
    assert len(written.encode()) <= 64
    assert SIGNER.read(written) == Pressed(deed, request, version, short_name(name))


@given(st.text(max_size=64))
def test_what_no_button_of_ours_carries_is_read_as_nothing(made_up: str) -> None:
    """A client may send any data for a message of ours."""
    assert SIGNER.read(made_up) is None


@given(st.integers(0, 30), st.characters())
def test_a_changed_sign_is_noticed(place: int, sign: str) -> None:
    """Another request, another version, another deed: nobody makes one of the other."""
    written = SIGNER.write(Deed.RESOLVE, 1042, 7, "x")
    changed = written[:place] + sign + written[place + 1 :]
    assert (SIGNER.read(changed) is None) is (changed != written)
    assert Signer(b"another secret").read(written) is None


@given(st.lists(NAMES, unique=True, max_size=20))
def test_a_shortened_name_is_found_again(names: list[str]) -> None:
    """Among all that there are, and only the one that was meant."""
    assert [long_name(short_name(name), names) for name in names] == names
    assert long_name("no such name at all!", names) is None


@pytest.fixture
async def tables(sqlite_file: Path, tmp_path: Path) -> None:
    """A database was open: until then a row does not know which columns it has."""
    database = await opened(f"sqlite://{shutil.copy(sqlite_file, tmp_path)}")
    await database.close()


def _request(**changes: object) -> CustomerRequest:
    values: dict[str, object] = {"id": 1001, "status": Status.NEW, "priority": Priority.NORMAL, "version": 3}
    return CustomerRequest(**{**values, **changes})


def _deeds(keyboard: InlineKeyboardMarkup) -> list[Deed]:
    pressed = [SIGNER.read(str(button.callback_data)) for row in keyboard.inline_keyboard for button in row]
    assert all(one is not None and (one.request, one.version) == (1001, 3) for one in pressed)
    return [one.deed for one in pressed if one is not None]


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("status", Status)
def test_the_card_offers_what_can_be_done(status: Status) -> None:
    """An open request can be taken, sorted, resolved; a resolved one only be opened again."""
    keyboard = KEYBOARDS.card(_request(status=status))
    done = status in (Status.RESOLVED, Status.CLOSED)
    open_deeds = [Deed.TAKE, Deed.PICK, Deed.PICK, Deed.PICK, Deed.RESOLVE, Deed.SPAM]
    assert _deeds(keyboard) == ([Deed.REOPEN] if done else open_deeds)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("kind", CaseType)
@pytest.mark.parametrize("case_status", CaseStatus)
@pytest.mark.parametrize("status", Status)
def test_the_card_offers_the_steps_of_its_case(status: Status, case_status: CaseStatus, kind: CaseType) -> None:
    """Those that can follow, each with its button; also of a resolved request, never of a closed one."""
    keyboard = KEYBOARDS.card(_request(status=status), AfterSalesCase(type=kind, status=case_status))
    data = [SIGNER.read(str(button.callback_data)) for row in keyboard.inline_keyboard for button in row]
    steps = [one.argument for one in data if one is not None and one.deed is Deed.CASE]
    picks = [one for one in data if one is not None and one.argument == REFUSALS]
    wanted = [step.to for step in next_steps(kind, case_status)] if status is not Status.CLOSED else []
    assert steps == [to for to in wanted if to is not CaseStatus.REFUSED]
    assert len(picks) == (CaseStatus.REFUSED in wanted)


@pytest.mark.usefixtures("tables")
def test_a_refusal_is_picked_by_its_reason() -> None:
    """The reasons that the templates know, none, and the way back."""
    rows = KEYBOARDS.refusals(_request()).inline_keyboard
    data = [SIGNER.read(str(button.callback_data)) for row in rows for button in row]
    assert [one.argument for one in data if one is not None] == [*WHYS, "none", ""]


@pytest.mark.usefixtures("tables")
def test_a_verdict_can_be_confirmed_and_what_is_unsorted_has_its_three_likeliest() -> None:
    """One tap each, as long as no agent has spoken and the request is open; a mute or broken list offers nothing."""
    choices: list[list[object]] = [["refund", 0.4], ["my own", 0.2], ["order", 0.1], ["spam", 0.05]]
    keyboards = Keyboards(SIGNER, str.upper)

    def offered(**changes: object) -> list[tuple[Deed, str, str]]:
        found: list[tuple[Deed, str, str]] = []
        for button in (one for row in keyboards.card(_request(**changes)).inline_keyboard for one in row):
            pressed = SIGNER.read(str(button.callback_data))
            if pressed is not None and pressed.deed in (Deed.RIGHT, Deed.CATEGORY):
                found.append((pressed.deed, pressed.argument, button.text))
        return found

    assert offered(category="refund", category_choices=choices) == [(Deed.RIGHT, "", "👍 Right")]
    assert offered(category="unsorted", category_choices=choices) == [
        (Deed.CATEGORY, "refund", "🏷 REFUND"),
        (Deed.CATEGORY, "my own", "🏷 MY OWN"),
        (Deed.CATEGORY, "order", "🏷 ORDER"),
    ]
    broken: list[list[object]] = [[]]
    for nothing in (None, [], broken):
        assert offered(category="unsorted", category_choices=nothing) == []
    assert offered(category="refund", category_choices=None) == []
    assert offered(category="refund", category_choices=choices, status=Status.RESOLVED) == []


@pytest.mark.usefixtures("tables")
def test_buttons_have_the_colour_of_what_they_do() -> None:
    """Bot API 9.4: the first to press is primary, what ends well success, what ends badly danger."""
    styles = {
        button.text: button.to_dict().get("style")
        for row in KEYBOARDS.card(_request()).inline_keyboard
        for button in row
    }
    assert styles["🙋 Assign to me"] == "primary"
    assert styles["✅ Resolve"] == "success"
    assert styles["🚫 Spam"] == "danger"
    assert styles["🏷 Category"] is None


@pytest.mark.usefixtures("tables")
def test_an_assigned_request_can_be_taken_over_or_given_back() -> None:
    """By whoever looks at it."""
    keyboard = KEYBOARDS.card(_request(assignee_id=5))
    assert [button.text for button in keyboard.inline_keyboard[0]] == ["🙋 Take over", "Unassign", "👥 Assign to …"]


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("status", Status)
def test_the_card_offers_to_join_what_it_is_linked_to(status: Status) -> None:
    """One tap, for as long as the request is not closed."""
    keyboard = KEYBOARDS.card(_request(status=status, linked_to=1000))
    joins = [button.text for row in keyboard.inline_keyboard for button in row if "Join" in button.text]
    assert joins == ([] if status is Status.CLOSED else ["🔗 Join R-1000"])


@pytest.mark.usefixtures("tables")
def test_pickers_show_what_is_so_and_the_way_back() -> None:
    """All of them in the place of the card's buttons; what is chosen now is marked."""
    names = [(f"key{number}", f"Name {number}") for number in range(200)]
    categories = KEYBOARDS.categories(_request(category="key2"), names)
    texts = [button.text for row in categories.inline_keyboard for button in row]
    assert "● Name 2" in texts
    assert texts[-1] == "← Back"
    assert len(texts) <= 100  # Telegram takes no more
    priorities = KEYBOARDS.priorities(_request())
    assert [button.text for row in priorities.inline_keyboard for button in row] == [
        "🔥 Urgent", "❗️ High", "● ▫️ Normal", "🔽 Low", "← Back",
    ]  # fmt: skip
    now = datetime.now(UTC)
    agents = [Agent(id=number, identity=str(number), name="M" * 90, created_at=now) for number in range(99)]
    shown = KEYBOARDS.agents(_request(), agents)
    assert len([button for row in shown.inline_keyboard for button in row]) <= 100


def test_a_notice_offers_what_helps() -> None:
    """Failed: again, or by mail where that can be; unknown: it arrived, or again; settled: nothing."""
    for state, by_mail, wanted in (
        (DeliveryState.FAILED, False, ["🔁 Retry"]),
        (DeliveryState.FAILED, True, ["🔁 Retry", "✉️ Send by email"]),
        (DeliveryState.UNKNOWN, False, ["👍 It arrived", "🔁 Send again"]),
        (DeliveryState.UNKNOWN, True, ["👍 It arrived", "🔁 Send again", "✉️ Send by email"]),
    ):
        keyboard = KEYBOARDS.notice(1001, 17, 2, state, by_mail=by_mail)
        assert keyboard is not None
        assert [button.text for button in keyboard.inline_keyboard[0]] == wanted
    assert KEYBOARDS.notice(1001, 17, 2, DeliveryState.SENT, by_mail=True) is None
