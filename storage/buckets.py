"""Files in an S3-compatible bucket, for several machines: by their sha256, as in the folder, and durable once saved."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from storage.files import Files, place_of

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Store

CONNECT_WITHIN, ANSWER_WITHIN = timedelta(seconds=5), timedelta(seconds=30)
TRIES, AGAIN_WITHIN = 3, timedelta(seconds=10)  # whoever waits for us has patience, but not without end
PARAMETERS = ("endpoint", "region")


class MissingLibrary(Exception):
    """The library that speaks to buckets is not installed: it is an extra."""


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is."""

    bucket: str
    prefix: str
    endpoint: str | None = None  # None: Amazon's
    region: str | None = None

    @classmethod
    def of(cls, url: str) -> BucketAddress:
        """Read `s3://bucket/prefix?endpoint=https://…&region=…`. Raises ValueError in words for the operator."""
        parts = urlsplit(url)
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc:
            raise ValueError("it must look like s3://bucket/prefix; keys belong into AWS_ACCESS_KEY_ID and its like")
        if unknown := sorted(given.keys() - set(PARAMETERS)):
            raise ValueError(f"{unknown[0]} is no parameter of a bucket: {' and '.join(PARAMETERS)} are")
        if not given.get("endpoint", "https://").startswith(("https://", "http://")):
            raise ValueError("the endpoint must begin with https:// or http://")
        return cls(parts.netloc, unquote(parts.path).strip("/"), given.get("endpoint"), given.get("region"))


class Bucket(Files):
    """A bucket of content-addressed objects: `prefix/ab/cdef…`. What is written twice is the same."""

    def __init__(self, url: str, access: Mapping[str, str]) -> None:
        """`access`: the variables AWS_… that are not in the environment. Raises ValueError, MissingLibrary."""
        self._address = BucketAddress.of(url)
        self._store = _store(self._address, access)

    async def save(self, content: bytes) -> str:
        """Store bytes durably and return their sha256 (hex). Raises OSError when the bucket refuses or is away."""
        from obstore import put_async

        sha256 = (await asyncio.to_thread(hashlib.sha256, content)).hexdigest()
        try:
            # In one piece: an object is there whole, or not at all.
            await put_async(self._store, place_of(sha256), content, use_multipart=False)
        except Exception as error:
            raise self._away(error) from error
        return sha256

    async def read(self, sha256: str) -> bytes:
        """The bytes behind a sha256. Raises FileNotFoundError, or OSError when the bucket refuses or is away."""
        from obstore import get_async

        place = place_of(sha256)
        try:
            found = await get_async(self._store, place)
            return bytes(await found.bytes_async())
        except Exception as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> OSError:
        """A failure of the bucket, as one of a disk. The library's own words may hold addresses: only their sense."""
        from obstore import exceptions

        bucket = f"the bucket {self._address.bucket}"
        match error:
            case FileNotFoundError() if "NoSuchBucket" in str(error):
                return OSError(errno.ENXIO, f"{bucket} does not exist")
            case FileNotFoundError():
                return FileNotFoundError(errno.ENOENT, f"it is not in {bucket}")
            case exceptions.PermissionDeniedError() | exceptions.UnauthenticatedError():
                return OSError(errno.EACCES, f"{bucket} refuses these keys")
        return OSError(errno.EIO, f"{bucket} cannot be reached ({type(error).__name__})")


def _store(address: BucketAddress, access: Mapping[str, str]) -> S3Store:
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise MissingLibrary from error
    config = _config(address, {name.lower(): value for name, value in access.items()})
    options: ClientConfig = {
        "connect_timeout": CONNECT_WITHIN,
        "timeout": ANSWER_WITHIN,
        "allow_http": config.get("endpoint", "").startswith("http://"),
    }
    retry: RetryConfig = {"max_retries": TRIES - 1, "retry_timeout": AGAIN_WITHIN}
    return S3Store(
        address.bucket, prefix=address.prefix or None, config=config, client_options=options, retry_config=retry
    )


def _config(address: BucketAddress, access: Mapping[str, str]) -> S3Config:
    """What is given. What is not, the library looks for in the environment, and on Amazon's machines."""
    config: S3Config = {}
    if key := access.get("aws_access_key_id"):
        config["access_key_id"] = key
    if secret := access.get("aws_secret_access_key"):
        config["secret_access_key"] = secret
    if token := access.get("aws_session_token"):
        config["session_token"] = token
    if region := address.region or access.get("aws_region"):
        config["region"] = region
    if endpoint := address.endpoint or access.get("aws_endpoint_url"):
        config["endpoint"] = endpoint
    return config
