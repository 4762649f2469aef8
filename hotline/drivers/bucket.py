"""A bucket that speaks S3: AWS, MinIO, Ceph, Aliyun OSS, Tencent COS.

An object takes its name only when the last byte has arrived, so that nothing need be renamed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

from hotline.drivers.stores import Missing, Pieces, Stored, StoreDown

SECONDS = 20  # to connect, and between two bytes
DROPPED_AT_ONCE = 1000  # the most that one call may name
GONE = {"404", "NoSuchKey", "NotFound"}


class BadAddress(Exception):
    """An address of a bucket that cannot be used; the message says why, and nothing of the secret."""


@dataclass(frozen=True)
class Address:
    """``s3+https://KEY:SECRET@HOST/BUCKET/PREFIX?region=R&style=virtual``, taken apart."""

    endpoint: str
    bucket: str
    prefix: str
    key: str
    secret: str
    region: str
    style: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Raises BadAddress."""
        parts = urlsplit(url)
        folders = [unquote(part) for part in parts.path.split("/") if part]
        more = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        style = more.pop("style", "path")
        region = more.pop("region", "us-east-1")
        if parts.scheme not in {"s3+https", "s3+http"} or not parts.hostname or not folders:
            raise BadAddress("must be s3+https://KEY:SECRET@HOST/BUCKET")
        if not parts.username or not parts.password:
            raise BadAddress("must name a key and its secret: s3+https://KEY:SECRET@HOST/BUCKET")
        if style not in {"path", "virtual"} or more:
            raise BadAddress("takes ?region=… and ?style=path or virtual, and nothing else")
        port = f":{parts.port}" if parts.port else ""
        return cls(
            endpoint=f"{parts.scheme.removeprefix('s3+')}://{parts.hostname}{port}",
            bucket=folders[0], prefix="".join(f"{part}/" for part in folders[1:]),
            key=unquote(parts.username), secret=unquote(parts.password), region=region, style=style,
        )  # fmt: skip


class Bucket:
    """The store behind such an address."""

    def __init__(self, address: Address) -> None:
        import boto3  # noqa: PLC0415 - a quarter of a second, for those who keep files here
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        self.address = address
        self.transfer = TransferConfig(use_threads=False)  # no thread of ours outlives its request
        self.client: Any = boto3.session.Session().client(
            "s3", endpoint_url=address.endpoint, region_name=address.region,
            aws_access_key_id=address.key, aws_secret_access_key=address.secret,
            config=Config(
                connect_timeout=SECONDS, read_timeout=SECONDS, retries={"max_attempts": 3},
                s3={"addressing_style": address.style},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",  # not every house has the new ones
            ),
        )  # fmt: skip

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self.address.bucket, "Key": self.address.prefix + name}

    def keep(self, name: str, source: IO[bytes]) -> None:
        where = self._where(name)
        with _told():
            self.client.upload_fileobj(
                _Kept(source), where["Bucket"], where["Key"], Config=self.transfer
            )

    def read(self, name: str) -> Pieces:
        with _told():
            return Pieces(_Body(self.client.get_object(**self._where(name))["Body"]))

    def has(self, name: str) -> bool:
        try:
            with _told():
                self.client.head_object(**self._where(name))
        except Missing:
            return False
        return True

    def drop(self, names: Iterable[str]) -> None:
        rest = iter(names)
        while some := list(islice(rest, DROPPED_AT_ONCE)):
            keys = [{"Key": self.address.prefix + name} for name in some]
            with _told():
                answer = self.client.delete_objects(
                    Bucket=self.address.bucket, Delete={"Objects": keys, "Quiet": True}
                )
            if answer.get("Errors"):
                raise StoreDown(str(answer["Errors"][0].get("Code", "")))

    def names(self, part: str) -> Iterator[Stored]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.address.bucket, Prefix=self.address.prefix + part
        )
        with _told():
            for page in pages:
                for row in page.get("Contents", ()):
                    name = row["Key"].removeprefix(self.address.prefix)
                    yield Stored(name, row["Size"], row["LastModified"])


class _Kept:
    """A file that boto may read and thinks that it closes: it is the caller's."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        """It stays open."""


class _Body:
    """What boto hands out, with our errors."""

    def __init__(self, body: Any) -> None:
        self.body, self.close = body, body.close

    def read(self, size: int, /) -> bytes:
        with _told():
            piece: bytes = self.body.read(size)
            return piece


@contextmanager
def _told() -> Iterator[None]:
    """boto's errors as ours: Missing or StoreDown, with its code and nothing of the address."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise Missing if code in GONE else StoreDown(code) from None
    except (BotoCoreError, Boto3Error, HTTPError) as error:
        raise StoreDown(type(error).__name__) from None
