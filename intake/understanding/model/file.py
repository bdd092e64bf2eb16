"""Keep arrays and words as bytes and read them back: npz with JSON inside, never pickle. Reading runs no code."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

LARGEST = 30_000_000  # bytes of a model as it is stored
_UNPACKED = 80_000_000
# What reading bytes raises that are no archive, no array or no JSON; found by changing every byte.
_DAMAGE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError),
    *(TypeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error),
)
_KINDS = (np.dtype(np.uint8), np.dtype(np.int8), np.dtype(np.float16), np.dtype(np.float32))

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.generic]


class DamagedModel(ValueError):
    """The bytes are no model of ours, or not whole."""


class Contents:
    """What an archive holds, each part checked when it is asked for. Every fault of it is a DamagedModel."""

    def __init__(self, content: bytes) -> None:
        """Unpack after a look at how large it would become."""
        if len(content) > LARGEST:
            raise DamagedModel("larger than any model")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED:
                    raise DamagedModel("larger than any model")
                self._parts = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
        except _DAMAGE as error:
            raise DamagedModel(f"no archive: {error}") from error

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def floats(self, name: str, *shape: int) -> Floats:
        """Numbers of this shape, none of them infinite."""
        found = self._array(name)
        if found.shape != shape or found.dtype.kind != "f":
            raise DamagedModel(f"{name} does not fit")
        values = found.astype(np.float32)
        if not np.isfinite(values).all():
            raise DamagedModel(f"{name} has what is no number")
        return values

    def small(self, name: str, *shape: int) -> npt.NDArray[np.int8]:
        """Whole numbers from -127 to 127."""
        found = self._array(name)
        if found.shape != shape or found.dtype != np.int8:
            raise DamagedModel(f"{name} does not fit")
        return found.astype(np.int8)

    def lines(self, name: str) -> tuple[str, ...]:
        """Texts without line breaks, one a line."""
        try:
            whole = self._array(name).tobytes().decode()
        except UnicodeDecodeError as error:
            raise DamagedModel(f"{name}: {error}") from error
        return tuple(whole.split("\n")) if whole else ()

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self.json(name)
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise DamagedModel(f"{name} is no list of texts")
        return tuple(str(text) for text in found)

    def json(self, name: str) -> object:
        """What was packed by `packed`."""
        try:
            found: object = json.loads(self._array(name).tobytes())
        except _DAMAGE as error:
            raise DamagedModel(f"{name}: {error}") from error
        return found

    def _array(self, name: str) -> Array:
        """As numpy reads it, but a header can neither ask for memory that the content does not fill nor for objects."""
        try:
            content = self._parts[name]
            part = io.BytesIO(content)
            np.lib.format.read_magic(part)
            shape, _, kind = np.lib.format.read_array_header_1_0(part)
            if kind not in _KINDS:
                raise DamagedModel(f"{name} is of another kind")
            return np.frombuffer(content, dtype=kind, offset=part.tell()).reshape(shape)
        except _DAMAGE as error:
            raise DamagedModel(f"{name}: {error}") from error


def packed(value: object) -> Array:
    """Anything that JSON can say, as an array."""
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), dtype=np.uint8)


def archive(arrays: Mapping[str, Array]) -> bytes:
    """As numpy.savez_compressed, which writes the time of day into it: the same arrays give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()
