"""What /metrics says: this process's counts, and how the database stands. Named as Prometheus wants it.

A scrape must never hurt: what the database knows is asked at most every few seconds, by one at a time, and left out
when it does not answer; the rest is shown all the same.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import structlog
from prometheus_client import PROCESS_COLLECTOR
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.room import free_bytes
from intake.mail.server import MailServer
from intake.tally import BOUNDS, Tally, What, tally
from intake.understanding.reading import Part
from storage.figures import Figures, figures

log = structlog.get_logger()

DUTIES = ("poll:", "send:")  # leases that make somebody wait when nobody has them
FRESH_S = 5.0  # figures of the database are no older than this
ANSWERS_WITHIN_S = 2.0  # Prometheus itself gives up after ten
WIRES, LANES = ("mail", "telegram"), ("desk", "fetch", "mail", "telegram")
PARTS = tuple(Part)
BUDGETS = ("recipient", "domain", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is counted: under which name, by what it is told apart, and which of these there are surely."""

    what: What
    name: str
    label: str
    help: str
    known: tuple[str, ...] = ()


# The library adds _total. To add one: a row here, a member of What, a line in docs/operating.md.
COUNTED: tuple[Row, ...] = (
    Row(What.ACCEPTED, "intake_messages_accepted", "channel", "Messages stored, each once.", WIRES),
    Row(What.DUPLICATE, "intake_messages_duplicate", "channel", "Copies of messages that were stored before.", WIRES),
    Row(What.PARKED, "intake_messages_parked", "channel", "Messages set aside because our code failed at them.", WIRES),
    Row(What.NOT_UNDERSTOOD, "intake_not_understood", "part", "Messages that went on without this part.", PARTS),
    Row(What.BLOCKED, "intake_messages_blocked", "channel", "Messages of blocked senders, kept unseen.", WIRES),
    Row(What.RETURNED, "intake_bounces", "channel", "Messages of ours that came back.", ("mail",)),
    Row(What.WITHHELD, "intake_acknowledgements_withheld", "budget", "Acknowledgements not sent: budget.", BUDGETS),
    Row(What.SENT, "intake_deliveries_sent", "channel", "Outgoing jobs done.", LANES),
    Row(What.RETRIED, "intake_delivery_retries", "channel", "Attempts that will be repeated.", LANES),
    Row(What.FAILED, "intake_deliveries_failed", "channel", "Outgoing jobs given up.", LANES),
    Row(What.UNKNOWN, "intake_deliveries_unknown", "channel", "Outgoing jobs whose answer was lost.", LANES),
    Row(What.THROTTLED, "intake_telegram_throttled", "family", "Refusals of Telegram to go on so fast (429)."),
    Row(What.REFUSED, "intake_smtp_refusals", "code", "SMTP and LMTP answers of 4xx and 5xx."),
    Row(What.SENT_AWAY, "intake_smtp_sent_away", "reason", "SMTP connections refused, or ended by us, by reason."),
)


class Metrics:
    """The page of this process. Other processes have their own; what the database knows, all of them show."""

    def __init__(
        self,
        data_dir: Path,
        owner: str,
        database: str,
        mail: MailServer | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`owner`: this process's name on leases. `database`: which kind there is."""
        self._data_dir = data_dir
        self._owner = owner
        self._database = database
        self._mail = mail
        self._clock = clock
        self._asking: asyncio.Task[Figures | None] | None = None
        self._asked_at = float("-inf")

    async def page(self, accept: str) -> tuple[bytes, str]:
        """The page and its content type, in the form that the scraper accepts."""
        known = await self._figures()
        free = await asyncio.to_thread(free_bytes, self._data_dir)
        encode, content_type = choose_encoder(accept)
        return encode(_Page(tuple(self._families(known, free)))), content_type

    async def _figures(self) -> Figures | None:
        """What the database knows; None when it does not answer. One question at a time, however many scrape us."""
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now - self._asked_at > FRESH_S):
            self._asking, self._asked_at = asyncio.create_task(self._ask()), now
        done, _ = await asyncio.wait([self._asking], timeout=ANSWERS_WITHIN_S)
        return self._asking.result() if done else None

    async def _ask(self) -> Figures | None:
        try:
            return await figures(self._clock())
        except Exception as error:  # noqa: BLE001 - a mouth: whatever ails the database, the page comes
            log.warning("the database was not measured", error=type(error).__name__)
            return None

    def _families(self, known: Figures | None, free: float | None) -> Iterator[Metric]:
        build = {"version": version("intake-bot"), "python": platform.python_version(), "database": self._database}
        yield _gauge("intake_build_info", "What runs here; always 1.", tuple(build), [(tuple(build.values()), 1)])
        yield from _counted(tally)
        yield _took(tally)
        if self._mail is not None:
            yield _gauge("intake_smtp_sessions", "SMTP and LMTP sessions now.", (), [((), self._mail.sessions)])
        if free is not None:
            yield _gauge("intake_disk_free_bytes", "Room for attachments and large mails.", (), [((), free)])
        yield _gauge("intake_database_up", "Does the database answer?", (), [((), float(known is not None))])
        if known is not None:
            yield from self._stored(known)
        yield from PROCESS_COLLECTOR.collect()

    def _stored(self, known: Figures) -> Iterator[Metric]:
        """What the database knows."""
        yield _gauge(
            "intake_outbox_depth",
            "Outgoing jobs that wait, or are under way.",
            ("channel", "state"),
            [((one.channel, str(one.state)), one.count) for one in known.depths],
        )
        yield _gauge(
            "intake_outbox_oldest_age_seconds",
            "How long the oldest job waits that should have left.",
            ("channel",),
            [((channel,), max(0.0, (known.at - since).total_seconds())) for channel, since in known.oldest.items()],
        )
        yield _gauge("intake_parked", "Messages that are set aside at present.", (), [((), known.parked)])
        requests = [((str(status),), count) for status, count in known.requests.items()]
        yield _gauge("intake_open_requests", "Requests that are not done, by state.", ("status",), requests)
        yield _gauge(
            "intake_lease_held",
            "Does this process poll, and send by Telegram? (1: this one, 0: another)",
            ("lease",),
            [((one.name,), float(one.owner == self._owner)) for one in known.leases if one.name.startswith(DUTIES)],
        )


@dataclass(frozen=True, slots=True)
class _Page(Collector):
    """Families that were gathered beforehand: the library asks for them without awaiting."""

    families: tuple[Metric, ...] = field(default=())

    def collect(self) -> Iterator[Metric]:
        return iter(self.families)


def _counted(counted: Tally) -> Iterator[Metric]:
    for row in COUNTED:
        family = CounterMetricFamily(row.name, row.help, labels=(row.label,))
        seen = {of for what, of in counted.counts if what is row.what}
        for of in sorted({*seen, *row.known}):
            family.add_metric((of,), counted.counts[row.what, of])
        yield family


def _took(counted: Tally) -> Metric:
    family = HistogramMetricFamily("intake_accept_seconds", "How long accepting took.", labels=("channel",))
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    for channel, times in sorted(counted.times.items()):
        buckets = list(zip(bounds, map(float, accumulate(times)), strict=True))
        family.add_metric((channel,), buckets, counted.seconds[channel])
    return family


def _gauge(
    name: str, documentation: str, labels: Sequence[str], samples: Sequence[tuple[tuple[str, ...], float]]
) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family
