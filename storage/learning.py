"""What agents say that requests are about, and the versions of the model that came of it.

A label holds no words, only the record that has them: whoever erases a record's words erases what it teaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.asking import asked, listed
from storage.kinds import Direction
from storage.models import CommunicationRecord, CustomerRequest, Label, ModelVersion

BUILT_IN = 0  # the version that comes with the program; a row of it only says when it was chosen
MOST_WORDS = 2_000  # characters of a message that teach
LOOKED_THROUGH = 10  # messages of a request, for one that has words
PAGE = 1_000  # labels asked for at a time
SET_BACK = timedelta(days=1)  # by so much a clock may be
APART = timedelta(milliseconds=1)  # two choices
TAKEN_BACK = ""  # the category of a label that takes back the ones before it
_OURS = "["  # begins the line that stands for a picture, a place, a sticker

# The last label of a request counts. Of each category the newest first, so that none crowds out another.
_LESSONS = """
SELECT "id" FROM (
    SELECT l."id", ROW_NUMBER() OVER (PARTITION BY l."after" ORDER BY l."id" DESC) AS "rank"
    FROM "label" l JOIN "communication_record" r ON r."id" = l."record_id"
    WHERE l."id" IN (SELECT MAX("id") FROM "label" GROUP BY "request_id") AND l."after" <> ''
        AND (r."reply_text" <> '' OR r."subject" <> '')
) taught ORDER BY "rank", "id" DESC LIMIT $1
"""
_WORDS = """
SELECT l."id", l."after", substr(r."subject", 1, $1) AS "subject", substr(r."reply_text", 1, $1) AS "words",
    q."language"
FROM "label" l
JOIN "communication_record" r ON r."id" = l."record_id"
JOIN "customer_request" q ON q."id" = l."request_id"
WHERE l."id" IN ({ids}) ORDER BY l."id"
"""
# As it was then: what has been taken back since is no erased word.
_STILL_THERE = """
SELECT COUNT(*) AS "count" FROM "label" l
JOIN "communication_record" r ON r."id" = l."record_id"
WHERE l."id" IN (SELECT MAX("id") FROM "label" WHERE "id" <= $1 GROUP BY "request_id") AND l."after" <> ''
    AND (r."reply_text" <> '' OR r."subject" <> '')
"""
_CHOOSING = 'SELECT "id" FROM "model_version" WHERE "id" = $1 {lock}'


@dataclass(frozen=True, slots=True)
class Lesson:
    """The words of a message, and what an agent says that it is about."""

    label: int
    category: str
    subject: str
    words: str
    language: str | None


@dataclass(frozen=True, slots=True)
class News:
    """Labels that no model knows yet: how many, and which is the last."""

    count: int
    last: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one verdict: what the program said of a request, and what agents say."""

    created_at: datetime
    said: str
    is_so: str


@dataclass(frozen=True, slots=True)
class InUse:
    """A version that was taken into use, and the fingerprint of its content."""

    id: int
    sha256: str


async def label(request: CustomerRequest, category: str, agent_id: int | None, now: datetime) -> None:
    """An agent says what a request is about. Call it before the request is changed: its verdict is what he saw."""
    record = await _with_words(request.id)
    await Label.create(
        request_id=request.id,
        record_id=record.id if record is not None else None,
        before=request.category,
        after=category,
        model=request.category_model,
        agent_id=agent_id,
        at=now,
    )


async def withdraw(request: CustomerRequest, agent_id: int | None, now: datetime) -> None:
    """What agents have said of a request teaches nothing any more: it is taken back.

    The labels before stay: the versions that were made from them are counted by them, and can be gone back to.
    """
    await Label.create(request_id=request.id, before=request.category, after=TAKEN_BACK, agent_id=agent_id, at=now)


async def _with_words(request_id: int) -> CommunicationRecord | None:
    """The first message of a request in which somebody has written words; those of a picture are ours."""
    rows = CommunicationRecord.filter(request_id=request_id, direction=Direction.INCOMING, revises=None)
    found = await rows.only("id", "form", "reply_text", "subject").order_by("id").limit(LOOKED_THROUGH)
    return next((row for row in found if not _is_ours(row)), None)


def _is_ours(row: CommunicationRecord) -> bool:
    return row.form not in (None, "text") and row.reply_text.startswith(_OURS)


async def taught(most: int) -> list[int]:
    """The labels that count and whose words are there still, at most so many: of each category the newest. Sorted."""
    return sorted(int(str(row["id"])) for row in await asked(_LESSONS, most))


async def lessons(labels: Sequence[int]) -> list[Lesson]:
    """The words and the categories of some of these. What was erased meanwhile is not there any more."""
    if not labels:
        return []
    rows = await asked(_WORDS.replace("{ids}", listed(len(labels), 2)), MOST_WORDS, *labels)
    return [
        Lesson(
            int(str(row["id"])),
            str(row["after"]),
            str(row["subject"]),
            str(row["words"]),
            None if row["language"] is None else str(row["language"]),
        )
        for row in rows
        if row["words"] or row["subject"]
    ]


async def still_there(last: int) -> int:
    """Of how many requests that were labelled up to this label the words are there still."""
    [row] = await asked(_STILL_THERE, last)
    return int(str(row["count"]))


async def news(since: int) -> News:
    """The labels after this one."""
    fresh = Label.filter(id__gt=since)
    last = await fresh.order_by("-id").first()
    return News(0, since, None) if last is None else News(await fresh.count(), last.id, last.at)


async def judged(since: datetime) -> list[Judged]:
    """The requests since then of which agents have said what they are about, oldest first."""
    # By pages, for the event loop's sake; and none of the labels is older than its request, but for a clock set back.
    rows = Label.filter(at__gte=since - SET_BACK, request__created_at__gte=since).order_by("id").limit(PAGE)
    found: dict[int, Judged] = {}
    last, full = 0, True
    while full:
        page = await rows.filter(id__gt=last).values_list("id", "request_id", "before", "after", "request__created_at")
        for _, request_id, before, after, created_at in page:
            first = found.get(request_id)
            found[request_id] = Judged(created_at, first.said if first is not None else before, after)
        last, full = (page[-1][0] if page else last), len(page) == PAGE
    return [one for _, one in sorted(found.items(), key=lambda of: of[0]) if one.is_so != TAKEN_BACK]


async def keep(version: ModelVersion, most: int) -> None:
    """Store a new version, and of the older ones only the newest and the one in use: so many in all."""
    await version.save(force_create=True)
    await ModelVersion.filter(id=BUILT_IN).update(basis="")
    using = [one.id for one in await taken_into_use(1)]
    kept = await ModelVersion.exclude(id=BUILT_IN).only("id").order_by("-id").limit(most)
    await ModelVersion.exclude(id__in=[*(row.id for row in kept), *using, BUILT_IN]).delete()


async def forget_before(version_id: int) -> int:
    """Remove all older versions: they hold words that were erased. Returns how many there were."""
    return await ModelVersion.filter(id__lt=version_id).exclude(id=BUILT_IN).delete()


async def choose(now: datetime) -> None:
    """From here to the end of the transaction nobody else takes a version into use: they choose one after the other."""
    row = ModelVersion(
        id=BUILT_IN, created_at=now, labels=0, rows=0, backend="built-in", basis="", sha256="", content=b""
    )
    await ModelVersion.bulk_create([row], ignore_conflicts=True)
    await asked(_CHOOSING, BUILT_IN, lock="FOR UPDATE")


async def nothing_to_make(last_label: int, basis: str) -> None:
    """The version that comes with the program does for this basis, and the labels up to this one teach nothing."""
    await ModelVersion.filter(id=BUILT_IN).update(last_label=last_label, basis=basis)


async def last_basis() -> str | None:
    """What the last version was made for, or that which comes with the program was found to do for; None: neither."""
    found = dict(await ModelVersion.exclude(basis="").values_list("id", "basis"))
    # That of the one that comes with the program is cleared when another is made: where it has one, it is the last.
    return str(found[BUILT_IN if BUILT_IN in found else max(found)]) if found else None


async def use(version_id: int, now: datetime) -> bool:
    """Take a version into use from now on, in the transaction around us. False: there is none of this number."""
    await choose(now)
    last = await ModelVersion.filter(in_use_since__not_isnull=True).only("id", "in_use_since").order_by("-in_use_since")
    # Whoever chooses last is heard, even if his machine's clock is behind.
    after = [row.in_use_since + APART for row in last[:1] if row.in_use_since is not None]
    return bool(await ModelVersion.filter(id=version_id).update(in_use_since=max([now, *after])))


async def taken_into_use(most: int) -> list[InUse]:
    """The versions that were taken into use, the one in use first, then those before it."""
    rows = ModelVersion.filter(in_use_since__not_isnull=True).order_by("-in_use_since", "-id").limit(most)
    return [InUse(int(number), str(sha256)) for number, sha256 in await rows.values_list("id", "sha256")]


async def content(version_id: int) -> bytes | None:
    """The model of a version as bytes; None: there is no such version any more."""
    row = await ModelVersion.filter(id=version_id).only("id", "content").first()
    return None if row is None else bytes(row.content)


async def version(version_id: int) -> ModelVersion | None:
    """A version without its content."""
    return await ModelVersion.filter(id=version_id).only(*_facts()).first()


async def versions() -> Sequence[ModelVersion]:
    """All that were made and are kept, newest first, without their content."""
    return await ModelVersion.exclude(id=BUILT_IN).only(*_facts()).order_by("-id")


async def last_tried() -> int:
    """The newest label that any version was made from, taken into use or not."""
    row = await ModelVersion.all().only("id", "last_label").order_by("-last_label").first()
    return 0 if row is None else row.last_label


def _facts() -> tuple[str, ...]:
    return tuple(name for name in ModelVersion._meta.fields_db_projection if name != "content")
