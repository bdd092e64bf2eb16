"""Files of the simulated Telegram: what was uploaded, by which id it is known, and whether it may be downloaded."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pydantic import JsonValue

from bot.demo import parts
from bot.demo.refusal import Refused, bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
FIRST_ENDING = "AAE"
IMAGE_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
FOLDERS = {
    "photo": "photos", "document": "documents", "voice": "voice", "audio": "music", "video": "videos",
    "video_note": "video_notes", "sticker": "stickers", "animation": "animations", "live_photo": "photos",
}  # fmt: skip
DEFAULT_SUFFIX = {"photo": ".jpg", "voice": ".oga", "video_note": ".mp4", "sticker": ".webp"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in a request."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that Telegram holds. `size` may be more than the bytes we really keep."""

    kind: str
    file_id: str
    unique_id: str
    filename: str | None
    content_type: str
    content: bytes
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What a request says of a file beside its bytes."""

    duration: int = 1
    width: int = 640
    height: int = 480
    performer: str | None = None
    title: str | None = None


@dataclass(slots=True, eq=False)
class FileStore:
    """Every file by its id and by its path, as one bot has them: each bot knows a file by another id."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)
    by_path: dict[str, StoredFile] = field(default_factory=dict)
    ending: str = FIRST_ENDING

    @property
    def is_first(self) -> bool:
        return self.ending == FIRST_ENDING

    def of_another_bot(self, number: int) -> FileStore:
        """The same files by other ids."""
        return FileStore(self.by_id, self.by_path, f"A{number:02}E")

    def translated(self, value: JsonValue) -> JsonValue:
        """An answer for this bot, in which the files have the first bot's ids."""
        if isinstance(value, list):
            return [self.translated(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: item.removesuffix(FIRST_ENDING) + self.ending
            if name == "file_id" and isinstance(item, str) and item in self.by_id
            else self.translated(item)
            for name, item in value.items()
        }

    def known(self, file_id: str) -> StoredFile | None:
        """The file that this bot knows by an id."""
        if not file_id.endswith(self.ending):
            return None
        return self.by_id.get(file_id.removesuffix(self.ending) + FIRST_ENDING)

    def keep(
        self, kind: str, content: bytes, filename: str | None, content_type: str | None = None, size: int | None = None
    ) -> StoredFile:
        """Take a file. `size` claims more bytes than are given, to have large files without their weight."""
        number = len(self.by_id) + 1
        unique = hashlib.sha256(f"{number}".encode() + content).hexdigest()
        suffix = DEFAULT_SUFFIX.get(kind) or PurePosixPath(filename or "").suffix
        guessed = content_type or mimetypes.guess_type(f"x{suffix}")[0] or "application/octet-stream"
        stored = StoredFile(
            kind=kind,
            file_id=f"BQAC{unique[:40]}{FIRST_ENDING}",
            unique_id=f"AgAD{unique[40:52]}",
            filename=filename,
            content_type=guessed,
            content=content,
            size=len(content) if size is None else size,
            path=f"{FOLDERS[kind]}/file_{number}{suffix}",
        )
        self.by_id[stored.file_id] = stored
        self.by_path[stored.path] = stored
        return stored

    def for_sending(self, kind: str, value: str, uploads: dict[str, Upload]) -> StoredFile:
        """What a request means by `attach://name` or by a file_id. Raises Refused."""
        if value.startswith("attach://"):
            upload = uploads.get(value.removeprefix("attach://"))
            if upload is None:
                raise bad_request(f'can\'t find attached file "{value}"')
            return self._uploaded(kind, upload)
        if value.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        known = self.known(value)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if known.kind != kind:
            raise bad_request(f"can't use file of type {known.kind.title()} as {kind.title()}")
        return known

    def _uploaded(self, kind: str, upload: Upload) -> StoredFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > UPLOAD_LIMIT:
            raise Refused(413, "Request Entity Too Large")
        if kind == "photo" and not upload.content.startswith(IMAGE_SIGNATURES):
            raise bad_request("IMAGE_PROCESS_FAILED")
        return self.keep(kind, upload.content, upload.filename, upload.content_type)

    def for_download(self, file_id: str) -> parts.File:
        """What getFile answers. Raises Refused."""
        stored = self.known(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if stored.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return parts.File(
            file_id=stored.file_id, file_unique_id=stored.unique_id, file_size=stored.size, file_path=stored.path
        )


def content_of(stored: StoredFile, shape: Shape) -> parts.Content:
    """The part of a message that shows this file."""
    named = {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": stored.size}
    typed = {**named, "mime_type": stored.content_type}
    filed = {**typed, "file_name": stored.filename}
    match stored.kind:
        case "photo":
            size = {**named, "width": shape.width, "height": shape.height}
            return parts.Content.model_validate({"photo": (size,)})
        case "document":
            return parts.Content.model_validate({"document": filed})
        case "voice":
            return parts.Content.model_validate({"voice": {**typed, "duration": shape.duration}})
        case "audio":
            spoken = {"duration": shape.duration, "performer": shape.performer, "title": shape.title}
            return parts.Content.model_validate({"audio": {**filed, **spoken}})
        case "video":
            seen = {"duration": shape.duration, "width": shape.width, "height": shape.height}
            return parts.Content.model_validate({"video": {**filed, **seen}})
        case "animation":
            seen = {"duration": shape.duration, "width": shape.width, "height": shape.height}
            return parts.Content.model_validate({"animation": {**filed, **seen}, "document": filed})
        case "live_photo":
            seen = {"duration": shape.duration, "width": shape.width, "height": shape.height}
            return parts.Content.model_validate({"live_photo": {**typed, **seen}})
        case "video_note":
            return parts.Content.model_validate({"video_note": {**named, "length": 240, "duration": shape.duration}})
        case kind:
            return parts.Content.model_validate({kind: {**named, "type": "regular", "emoji": "👋"}})


def file_of(content: parts.Content) -> str | None:
    """The id of the file that a message shows, if any."""
    shown = (content.animation or content.live_photo or content.document) or (
        content.voice or content.audio or content.video or content.video_note
    )
    if shown is not None:
        return shown.file_id
    if content.photo:
        return content.photo[-1].file_id
    return content.sticker.file_id if content.sticker else None
