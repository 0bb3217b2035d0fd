"""Secrets in settings: whatever is wrong with them, nothing that is said or logged shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import slow
from settings_fixtures import helpdesk

from bot.settings import PREFIX, load
from knowledge.errors import SettingsError

TOKEN = "123456789:AAE-secret_secret_secret_secret"
SECRET = "not valid but secret"
PASSWORD = "hunter2-secret"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the helpdesk is started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# key, a value that cannot be used, the sentence
SECRETS = [
    ("TELEGRAM_TOKEN", SECRET, "it must look like 123456789:AA… as @BotFather gives it"),
    ("WEBHOOK_SECRET", SECRET, "it must have 1 to 256 letters, digits, _ and -"),
    ("WEBHOOK_SECRET", "x" * 257, "it must have 1 to 256 letters, digits, _ and -"),
]


@pytest.mark.parametrize(("key", "written", "told"), SECRETS)
def test_a_faulty_secret_is_named_but_not_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, written: str, told: str
) -> None:
    monkeypatch.setenv(PREFIX + key, written)
    with pytest.raises(SettingsError) as caught:
        load()
    assert caught.value.user.startswith(f"{PREFIX}{key} cannot be used: {told}.")
    assert written not in caught.value.user + caught.value.log
    # Neither would a traceback show it.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_secrets_are_not_shown_with_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HELPDESK_WEBHOOK_SECRET", "A-secret_word")
    loaded = load()
    for text in (repr(loaded), str(loaded), loaded.model_dump_json()):
        assert TOKEN not in text
        assert "A-secret_word" not in text


# a database address with a password in it, what is said
DATABASES = [
    (f"postgresql://desk:{PASSWORD}@127.0.0.1:1/helpdesk", "The database postgresql://127.0.0.1:1/helpdesk "),
    (f"postgresql://desk:{PASSWORD}#@127.0.0.1:1/helpdesk", "The PostgreSQL address in HELPDESK_DATABASE_URL "),
    (f"mysql://desk:{PASSWORD}@127.0.0.1/helpdesk", "HELPDESK_DATABASE_URL is not a database address: "),
]


@slow
@pytest.mark.parametrize(("url", "told"), DATABASES)
def test_the_password_of_the_database_is_not_shown(folder: Path, url: str, told: str) -> None:
    ended = helpdesk(folder, "releases", DATABASE_URL=url, LOG_LEVEL="debug")
    assert ended.returncode == 1
    assert f"helpdesk: {told}" in ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr
