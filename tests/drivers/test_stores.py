"""A folder and a bucket, which nobody above can tell apart."""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import boto3
import pytest
from moto.server import ThreadedMotoServer

from config import readers
from hotline.drivers.bucket import Address, BadAddress, Bucket
from hotline.drivers.stores import PARTS, Folder, Missing, StoreDown

NAME = "Ab" + "c" * 41


@pytest.fixture(scope="session")
def s3():
    """The address of an S3 server on this host, with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def address(s3, request):
    bucket = f"files-{os.getpid()}-{abs(hash(request.node.name)) % 10**8}"
    client = boto3.client(
        "s3", endpoint_url=f"http://{s3}", region_name="us-east-1",
        aws_access_key_id="key", aws_secret_access_key="secret",
    )  # fmt: skip
    client.create_bucket(Bucket=bucket)
    return f"s3+http://key:secret@{s3}/{bucket}/house"


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        return Folder(tmp_path / "files")
    return Bucket(Address.of(request.getfixturevalue("address")))


def listed(store):
    return [row.name for part in PARTS for row in store.names(part)]


def test_what_is_kept_is_there_as_it_was(store):
    content = os.urandom(600_000)
    store.keep(NAME, BytesIO(content))
    assert b"".join(store.read(NAME)) == content
    assert store.has(NAME) and not store.has(NAME + ".small")


def test_a_name_that_is_kept_again_has_the_new_bytes(store):
    for content in (b"first", b"second"):
        store.keep(NAME, BytesIO(content))
    assert b"".join(store.read(NAME)) == b"second"
    assert listed(store) == [NAME]


def test_what_is_not_there_is_missing_and_may_be_dropped(store):
    with pytest.raises(Missing):
        store.read(NAME)
    store.drop([NAME, NAME + ".raw"])
    store.keep(NAME, BytesIO(b"x"))
    store.drop([NAME])
    assert listed(store) == []


def test_every_name_is_in_exactly_one_part_with_its_size_and_time(store):
    names = [first + "x" * 42 for first in PARTS] + [NAME, NAME + ".small"]
    for name in names:
        store.keep(name, BytesIO(b"four"))
    assert sorted(listed(store)) == sorted(names)
    row = next(store.names("A"))
    assert row.size == 4
    assert abs(datetime.now(UTC) - row.at) < timedelta(minutes=5)


class Failing(BytesIO):
    """A sender whose bytes stop coming."""

    def read(self, size=-1):
        if self.tell() >= 100:
            raise ConnectionResetError
        return super().read(100)


def test_bytes_that_stop_half_way_are_never_seen(store):
    store.keep(NAME, BytesIO(b"whole"))
    with pytest.raises((StoreDown, OSError)):
        store.keep(NAME, Failing(bytes(1000)))
    assert b"".join(store.read(NAME)) == b"whole"
    assert listed(store) == [NAME]


def test_a_folder_is_its_owners_alone(tmp_path):
    Folder(tmp_path / "files").keep(NAME, BytesIO(b"x"))
    folder = tmp_path / "files" / NAME[:2]
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / NAME).stat().st_mode & 0o077 == 0


def test_a_bucket_that_is_not_there_refuses_us_or_is_away_is_down(s3):
    for url in (
        f"s3+http://key:secret@{s3}/no-such-bucket",
        "s3+http://key:secret@127.0.0.1:9/files",
    ):
        store = Bucket(Address.of(url))
        for act in (
            lambda store=store: store.keep(NAME, BytesIO(b"x")),
            lambda store=store: list(store.names("A")),
        ):
            with pytest.raises(StoreDown) as down:
                act()
            assert "secret" not in str(down.value)


def test_an_address_is_taken_apart():
    address = Address.of(
        "s3+https://k%2Fy:s%40crt@s3.example.cn/files/hot/line?region=cn-1&style=virtual"
    )
    assert address == Address(
        "https://s3.example.cn", "files", "hot/line/", "k/y", "s@crt", "cn-1", "virtual"
    )


def test_nonsense_in_the_settings_is_refused_at_start_by_name_and_without_the_secret(monkeypatch):
    monkeypatch.setenv("HOTLINE_FILES_URL", "s3://key:secret@host/bucket")
    with pytest.raises(readers.BadSetting, match="HOTLINE_FILES_URL must be") as refused:
        readers.checked("HOTLINE_FILES_URL", Address.of, BadAddress)
    assert "secret@host" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["files", "s3://key:secret@host/bucket", "s3+https://host/bucket", "s3+https://k:secret@host",
     "s3+https://k:secret@host/b?style=odd", "s3+https://k:secret@host/b?acl=public"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_its_secret(url):
    with pytest.raises(BadAddress) as refused:
        Address.of(url)
    assert ":secret@host" not in str(refused.value)
