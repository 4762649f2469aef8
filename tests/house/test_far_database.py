"""A database on another machine that is gone without a word is noticed while somebody waits for it."""

import pytest

from config import readers


def options(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    return readers.database("DATABASE_URL")["OPTIONS"]


def test_silence_is_noticed_within_half_a_minute(monkeypatch):
    told = options(monkeypatch, "postgresql://hotline@db.example/hotline")
    idle = told["keepalives_idle"] + told["keepalives_interval"] * told["keepalives_count"]
    assert told["connect_timeout"] <= idle <= 30
    assert told["tcp_user_timeout"] <= 30_000


def test_who_knows_their_network_better_says_so_in_the_address(monkeypatch):
    told = options(monkeypatch, "postgresql://hotline@db/hotline?tcp_user_timeout=60000&sslmode=require")  # fmt: skip
    assert (told["tcp_user_timeout"], told["sslmode"]) == ("60000", "require")


@pytest.mark.django_db
def test_the_connections_of_pages_and_jobs_are_made_so():
    from django.db import connection
    from procrastinate.contrib.django import app

    assert (
        connection.get_connection_params()["tcp_user_timeout"] == readers.SOON["tcp_user_timeout"]
    )
    made = app.connector.get_worker_connector()
    assert "tcp_user_timeout" in str(made._pool_args)
