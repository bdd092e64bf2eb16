"""How the desk stands, in words: the summary in General, who waits, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from bot.bars import bar, percent
from bot.desk import cards
from intake.learning.accuracy import Accuracy, Tally
from storage.kinds import DeliveryState, Status, request_number
from storage.models import Agent, CustomerRequest, Delivery, Pace
from storage.overview import Waiting

MOST_LISTED = 8
MOST_CATEGORIES, MOST_BECAME = 20, 2
LATE_S = 10  # what is due for less is on its way
Links = Mapping[int, str]  # where a request's topic is found


def topic_link(chat: int, thread: str) -> str:
    """Where Telegram's apps open a topic; only members of the group get there."""
    return f"https://t.me/c/{str(chat).removeprefix('-100')}/{thread}"


def board(
    counts: Mapping[Status, int],
    unassigned: int,
    longest: Sequence[CustomerRequest],
    unsettled: Sequence[Delivery],
    trouble: str | None,
    links: Links,
    now: datetime,
) -> str:
    """The summary in General, Telegram HTML, whatever customers call themselves."""
    numbers = " · ".join(f"{cards.STATUS_MARKS[status]} {count} {status}" for status, count in counts.items())
    lines = [f"<b>The desk</b>, {now:%d %b %H:%M} UTC", numbers, f"🙋 {unassigned} nobody's"]
    if trouble is not None:
        lines.append(f"⚠️ {escape(trouble)}")
    if longest:
        lines += ["", "<b>Waiting longest</b>", *(_waiting(request, links) for request in longest[:MOST_LISTED])]
    if unsettled:
        lines += ["", "<b>Answers that did not arrive</b>"]
        lines += [_lost(delivery, count, links) for delivery, count in _alike(unsettled)[:MOST_LISTED]]
    return "\n".join(lines)


def _waiting(request: CustomerRequest, links: Links) -> str:
    name = escape(cards.cut(cards.shown_name(request.customer.name) or "customer", 40))
    whose = f" · {escape(cards.cut(cards.shown(request.assignee.name), 30))}" if request.assignee is not None else ""
    return f"{cards.icon(request)} {_number(request.id, links)} {name} · {_since(request.waiting_since)}{whose}"


def _alike(unsettled: Sequence[Delivery]) -> list[tuple[Delivery, int]]:
    """One line for all of a request that failed alike: whoever has blocked us has lost each answer for one reason."""
    alike: dict[tuple[int | None, DeliveryState, str | None], list[Delivery]] = {}
    for delivery in unsettled:
        alike.setdefault((delivery.request_id, delivery.state, delivery.last_error), []).append(delivery)
    return [(deliveries[0], len(deliveries)) for deliveries in alike.values()]


def _lost(delivery: Delivery, count: int, links: Links) -> str:
    mark = "🤔" if delivery.state is DeliveryState.UNKNOWN else "👎"
    why = escape(cards.cut(cards.shown(delivery.last_error or ""), 80))
    many = f"{count} answers: " if count > 1 else ""
    return f"{mark} {_number(delivery.request_id or 0, links)} {many}{why}"


def _number(request: int, links: Links) -> str:
    number, link = request_number(request), links.get(request)
    return f'<a href="{escape(link)}">{number}</a>' if link else number


def _since(when: datetime | None) -> str:
    return f"since {when:%d %b %H:%M}" if when is not None else ""


def request_list(title: str, found: Sequence[CustomerRequest], links: Links) -> str:
    """Requests with the way to their topics, plain text."""
    if not found:
        return f"{title}: none."
    lines = [f"{title}:"]
    for request in found:
        since = f" · {_since(request.waiting_since)}" if request.waiting_since else ""
        link = f" {links[request.id]}" if request.id in links else ""
        lines.append(f"{cards.request_line(request)}{since}{link}")
    return "\n".join(lines)


def agent_list(agents: Sequence[Agent]) -> str:
    """Who answers customers, plain text."""
    return "\n".join(
        f"{cards.shown(agent.name) or 'without a name'} · {agent.role} · {agent.identity}" for agent in agents
    )


def accuracy(found: Accuracy, weeks: int) -> str:
    """How often agents changed the program's verdict, as a chart by week and by category. Plain text."""
    if found.total.share is None and not found.sorted_by_hand:
        return f"In {weeks} weeks no agent has said of a verdict that it is right, or changed it. 👍 on a card does."
    lines = [f"What agents said of the program's verdicts in {weeks} weeks: {_judged(found.total)}"]
    lines += ["", *(f"{week:%d %b} {_chart(tally)}" for week, tally in found.weeks)] if found.weeks else []
    if found.categories:
        lines.append("")
    for one in found.categories[:MOST_CATEGORIES]:
        became = ", ".join(f"{key} {count}" for key, count in one.became[:MOST_BECAME])
        lines.append(f"{_chart(one.tally)} {one.key}{f' → {became}' if became else ''}")
    if found.sorted_by_hand:
        lines += ["", f"Left unsorted, and sorted by agents: {found.sorted_by_hand}"]
    return "\n".join(lines)


def _chart(tally: Tally) -> str:
    return f"{bar(tally.share or 0.0)} {_judged(tally)}"


def _judged(tally: Tally) -> str:
    return f"{percent(tally.share)} ({tally.right} of {tally.right + tally.changed} right)"


def status(
    due: Sequence[Waiting],
    put_off: int,
    paused: Sequence[Pace],
    unsettled: Sequence[Delivery],
    troubles: Sequence[str],
    now: datetime,
) -> str:
    """What waits to leave, what waits for Telegram, and what is wrong. Plain text."""
    lines = [f"⚠️ {trouble}" for trouble in troubles]
    late = [waiting for waiting in due if (now - waiting.since).total_seconds() > LATE_S]
    lines += [f"{one.channel}: {one.count} wait to leave, the oldest for {_span(now, one.since)}" for one in late]
    if put_off:
        lines.append(f"{put_off} were refused for now and are tried again")
    lines += [
        f"chat {pace.chat} is paused by Telegram for another {_span(pace.paused_until, now)}"
        for pace in paused
        if pace.paused_until is not None
    ]
    for delivery, count in _alike(unsettled):
        what = f"{count} answers" if count > 1 else "an answer"
        how = "may not have arrived" if delivery.state is DeliveryState.UNKNOWN else "did not arrive"
        number, why = request_number(delivery.request_id or 0), cards.shown(delivery.last_error or "")
        lines.append(f"{number}: {what} {how}: {why}")
    return "\n".join(lines) or "All is well: nothing waits, nothing is lost."


def _span(later: datetime, earlier: datetime) -> str:
    seconds = max(0, round((later - earlier).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
