"""The key of the history: made once, readable by nobody else, or given; nonsense is refused."""

import stat

import pytest

from config import readers, secretkey


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path):
    key = secretkey.of_history(tmp_path)
    assert len(bytes.fromhex(key)) == 32
    assert secretkey.of_history(tmp_path) == key
    path = tmp_path / "keys" / "history.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [other.name for other in path.parent.iterdir()] == ["history.key"]


@pytest.mark.parametrize("value", ["short", "g" * 64, "a" * 63])
def test_a_key_that_is_none_is_refused_by_name(value, monkeypatch):
    monkeypatch.setenv("HOTLINE_HISTORY_KEY", value)
    with pytest.raises(readers.BadSetting, match="HOTLINE_HISTORY_KEY"):
        readers.hexadecimal("HOTLINE_HISTORY_KEY", 64)


def test_it_may_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    monkeypatch.setenv("HOTLINE_HISTORY_KEY_FILE", str(tmp_path / "key"))
    assert readers.hexadecimal("HOTLINE_HISTORY_KEY", 64) == "ab" * 32
