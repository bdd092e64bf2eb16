"""The smaller objects of the Bot API: users, chats, files, and what a message can say.

Only fields that the simulator fills. Unknown fields are an error, so that a slip of the simulator shows at once.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class User(Object):
    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    can_join_groups: bool | None = None
    can_read_all_group_messages: bool | None = None
    supports_inline_queries: bool | None = None
    can_connect_to_business: bool | None = None
    has_main_web_app: bool | None = None


class Chat(Object):
    id: int
    type: Literal["private", "group", "supergroup", "channel"]
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: Literal[True] | None = None


class MessageEntity(Object):
    type: str
    offset: int
    length: int
    url: str | None = None
    user: User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


class File(Object):
    file_id: str
    file_unique_id: str
    file_size: int
    file_path: str | None = None


class PhotoSize(Object):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int


class Document(Object):
    file_id: str
    file_unique_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int


class Voice(Object):
    file_id: str
    file_unique_id: str
    duration: int
    mime_type: str | None = None
    file_size: int


class Audio(Document):
    duration: int
    performer: str | None = None
    title: str | None = None


class Video(Document):
    width: int
    height: int
    duration: int


class Animation(Video):
    """A silent clip. Its message carries it as a document too, for programs older than animations."""


class LivePhoto(Object):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    duration: int
    mime_type: str | None = None
    file_size: int


class VideoNote(Object):
    file_id: str
    file_unique_id: str
    length: int
    duration: int
    file_size: int


class Sticker(Object):
    file_id: str
    file_unique_id: str
    type: Literal["regular", "custom_emoji"]
    width: int = 512
    height: int = 512
    is_animated: bool = False
    is_video: bool = False
    emoji: str | None = None
    set_name: str | None = None
    custom_emoji_id: str | None = None
    file_size: int


class Location(Object):
    latitude: float
    longitude: float
    horizontal_accuracy: float | None = None
    live_period: int | None = None
    heading: int | None = None
    proximity_alert_radius: int | None = None


class Contact(Object):
    phone_number: str
    first_name: str
    last_name: str | None = None
    user_id: int | None = None


class Venue(Object):
    location: Location
    title: str
    address: str


class PollOption(Object):
    persistent_id: str
    text: str
    voter_count: int = 0


class Poll(Object):
    id: str
    question: str
    options: tuple[PollOption, ...]
    total_voter_count: int = 0
    is_closed: bool = False
    is_anonymous: bool = True
    type: Literal["regular", "quiz"] = "regular"
    allows_multiple_answers: bool = False
    allows_revoting: bool = True
    members_only: bool = False


class Dice(Object):
    emoji: str
    value: int


class Story(Object):
    chat: Chat
    id: int


class PaidMediaPreview(Object):
    type: Literal["preview"] = "preview"
    width: int = 640
    height: int = 480
    duration: int | None = None


class PaidMediaInfo(Object):
    star_count: int
    paid_media: tuple[PaidMediaPreview, ...]


class ChecklistTask(Object):
    id: int
    text: str


class Checklist(Object):
    title: str
    tasks: tuple[ChecklistTask, ...]


class Giveaway(Object):
    chats: tuple[Chat, ...]
    winners_selection_date: int
    winner_count: int


class Invoice(Object):
    title: str
    description: str
    start_parameter: str
    currency: str
    total_amount: int


class Hologram(Object):
    """What no library knows yet: the Bot API has no such thing, as far as we know."""

    file_id: str
    rays: int = 7


class InlineKeyboardButton(Object):
    text: str
    style: Literal["danger", "success", "primary"] | None = None
    icon_custom_emoji_id: str | None = None
    url: str | None = None
    callback_data: str | None = None


class InlineKeyboardMarkup(Object):
    inline_keyboard: tuple[tuple[InlineKeyboardButton, ...], ...]


class ForumTopicCreated(Object):
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None


class ForumTopicEdited(Object):
    name: str | None = None
    icon_custom_emoji_id: str | None = None


class ForumTopicClosed(Object):
    """Holds no information."""


class ForumTopicReopened(Object):
    """Holds no information."""


class GeneralForumTopicHidden(Object):
    """Holds no information."""


class GeneralForumTopicUnhidden(Object):
    """Holds no information."""


class TextQuote(Object):
    text: str
    position: int
    entities: tuple[MessageEntity, ...] | None = None
    is_manual: Literal[True] | None = None


class Content(Object):
    """What a message says: the fields of a Message that a copy of it takes over."""

    text: str | None = None
    entities: tuple[MessageEntity, ...] | None = None
    caption: str | None = None
    caption_entities: tuple[MessageEntity, ...] | None = None
    photo: tuple[PhotoSize, ...] | None = None
    animation: Animation | None = None
    live_photo: LivePhoto | None = None
    document: Document | None = None
    voice: Voice | None = None
    audio: Audio | None = None
    video: Video | None = None
    video_note: VideoNote | None = None
    sticker: Sticker | None = None
    location: Location | None = None
    contact: Contact | None = None
    venue: Venue | None = None
    poll: Poll | None = None
    dice: Dice | None = None
    story: Story | None = None
    paid_media: PaidMediaInfo | None = None
    checklist: Checklist | None = None
    giveaway: Giveaway | None = None
    invoice: Invoice | None = None
    hologram: Hologram | None = None
