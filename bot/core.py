"""The channel-free middle of the program: the pipeline, the agents' verbs, the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import one_key
from bot.alarms import Alarms
from bot.duties import Duties, Duty
from bot.errors import StartError
from bot.learning import Learning, embeddings, learning
from bot.own_files import Followed, OwnFiles
from bot.secret_key import secret
from bot.settings import PREFIX, Settings, access_in_env_file, secrets_in
from intake.actions import Actions
from intake.agents.answering import Answers
from intake.agents.blocking import Blocking
from intake.agents.case_asking import CaseAsking
from intake.agents.casework import Casework
from intake.agents.customer_data import CustomerData
from intake.agents.settling import Settling
from intake.agents.sorting import Sorting
from intake.agents.staff import Staff
from intake.house import House
from intake.incoming.accepting import Parking
from intake.mail.inbound import mailbox_of
from intake.mail.providers import is_provider, organisation
from intake.mail.tokens import Tokens
from intake.message import Channel
from intake.outbox import Outbox
from intake.outgoing.attempts import Fetch
from intake.pipeline import Intake
from intake.policy import Policy, PolicyInUse
from intake.redating import Redating
from intake.replies import Replies
from intake.understanding.categories import Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.model import builtin
from storage.buckets import Bucket, MissingLibrary
from storage.database import Database
from storage.files import Files
from storage.journal import Journal
from storage.owners import own_name
from storage.signals import Signals
from storage.unsaid import keep_unsaid


@dataclass(frozen=True, slots=True)
class Words:
    """What the operator's folder and files say. Read before the database is opened: they may be wrong."""

    tokens: Tokens
    replies: Replies
    classifier: Classifier
    files: Files
    policies: PolicyInUse = field(default_factory=PolicyInUse)


@dataclass(frozen=True, slots=True)
class Core:
    """The parts that no channel knows of each other by."""

    house: House
    words: Words
    intake: Intake
    actions: Actions
    answers: Answers
    sorting: Sorting
    settling: Settling
    staff: Staff
    blocking: Blocking
    casework: Casework
    case_asking: CaseAsking
    customer_data: CustomerData
    parking: Parking
    own_files: OwnFiles
    redating: Redating
    redates: Duty
    outbox: Outbox
    owner: str  # this process's name on leases
    duties: Duties  # what only one process does at a time
    learning: Learning
    # What leaves by which channel, and who fetches a channel's files. The channels are added once they are made.
    outgoing: dict[str, Channel] = field(default_factory=dict)
    fetchers: dict[str, Fetch] = field(default_factory=dict)

    async def redate(self) -> None:
        """Date the cases anew when the policy changes, while it is our duty, until cancelled."""
        await self.redates.during(self.redating.run)

    def troubles(self) -> list[str]:
        """What is wrong with this process while messages come in and go out as they should."""
        left_out = self.intake.patience.trouble
        found = [*self.own_files.troubles(), *self.learning.troubles]
        return [*found, *([left_out] if left_out is not None else [])]


def words(settings: Settings) -> Words:
    """Read the operator's files. Raises StartError."""
    keep_unsaid(secrets_in(settings))
    try:
        tokens = Tokens(secret(settings))
        replies = Replies(settings.templates_dir, settings.languages, settings.default_language, settings.company)
        kept = files(settings)
    except (OSError, ValueError) as error:
        raise StartError(str(error)) from error
    try:
        classifier = Classifier(Categories(settings.categories_file), builtin())
    except (OSError, ValueError) as error:
        raise StartError(f"INTAKE_CATEGORIES_FILE: {error}") from error
    try:
        policy = Policy.read(settings.policy_file) if settings.policy_file is not None else Policy()
    except ValueError as error:
        raise StartError(f"INTAKE_POLICY_FILE: {error}") from error
    return Words(tokens, replies, classifier, kept, PolicyInUse(policy))


def files(settings: Settings) -> Files:
    """Where attachments and large mails are kept. Raises StartError or ValueError."""
    if not settings.files_url:
        return Files(settings.data_dir)
    access = access_in_env_file()
    keep_unsaid(
        value for name, value in access.items() if name.lower() in ("aws_secret_access_key", "aws_session_token")
    )
    try:
        return Bucket(settings.files_url, access)
    except MissingLibrary as error:
        raise StartError("INTAKE_FILES_URL needs the extra s3. Run: pip install 'intake-bot[s3]'") from error


def core(settings: Settings, words: Words, database: Database) -> Core:
    """Connect the parts."""
    about = house(settings, words)
    outgoing: dict[str, Channel] = {}
    fetchers: dict[str, Fetch] = {}
    owner = own_name()
    duties = Duties(owner, alone=database.is_sqlite)
    if not database.is_sqlite:
        duties.add(one_key.LEASE, owner=one_key.mark(words.tokens.secret))
    signals = None if database.is_sqlite else Signals(settings.database)
    outbox = Outbox(about, outgoing, fetchers, words.files, owner, alone=database.is_sqlite, signals=signals)
    intake = Intake(about, words.replies, words.classifier, words.files, outbox.wake)
    return Core(
        house=about,
        words=words,
        intake=intake,
        actions=Actions(about, outbox.wake),
        answers=Answers(about, words.replies, outbox.wake),
        sorting=Sorting(about, words.classifier, outbox.wake),
        settling=Settling(about, words.replies, outbox.wake),
        staff=Staff(about, outbox.wake),
        blocking=Blocking(about, outbox.wake),
        casework=Casework(about, words.replies, outbox.wake),
        case_asking=CaseAsking(about, intake.form, outbox.wake),
        customer_data=CustomerData(about, outbox.wake),
        parking=Parking(about, outbox.wake, journal=Journal(settings.data_dir)),
        own_files=OwnFiles(followed(settings, words), Alarms(about, outbox.wake)),
        redating=Redating(about, lambda: datetime.now(UTC), outbox.wake),
        redates=duties.add("policy"),
        outbox=outbox,
        owner=owner,
        duties=duties,
        learning=learning(words.classifier, Alarms(about, outbox.wake), duties, embeddings(settings)),
        outgoing=outgoing,
        fetchers=fetchers,
    )


def followed(settings: Settings, words: Words) -> list[Followed]:
    """The operator's files that are taken into use anew when he changes them."""

    def categories(path: Path) -> Callable[[], None]:
        return partial(words.classifier.use_categories, Categories(path))

    def policy(path: Path) -> Callable[[], None]:
        return partial(words.policies.use, Policy.read(path))

    found = (
        (f"{PREFIX}CATEGORIES_FILE", settings.categories_file, categories),
        (f"{PREFIX}POLICY_FILE", settings.policy_file, policy),
    )
    return [Followed(setting, path, read) for setting, path, read in found if path is not None]


def house(settings: Settings, words: Words) -> House:
    """What the core must know of the company."""

    def stamp(request: int, nonce: str, account: str) -> str:
        return words.tokens.message_id(request, nonce, account.rpartition("@")[2])

    return House(
        company=settings.company,
        languages=settings.languages,
        default_language=settings.default_language,
        reopen=settings.reopen,
        acks_per_sender_per_day=settings.acks_per_sender_per_day,
        acks_per_hour=settings.acks_per_hour,
        requests_per_sender_per_hour=settings.requests_per_sender_per_hour,
        topics_per_hour=settings.topics_per_hour,
        desk=settings.telegram_on and settings.desk_chat_id is not None,
        stamps={"mail": stamp},
        organisation=organisation,
        is_provider=is_provider,
        is_ours=lambda address: mailbox_of(address, settings.mailboxes) is not None,
        policies=words.policies,
        mailbox=settings.mailboxes[0] if settings.mail_on and settings.smarthost.get_secret_value() else None,
    )
