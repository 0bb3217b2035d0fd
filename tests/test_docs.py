"""What the documents say is so: commands, keys, settings, metrics, links. Each drifts by itself unless a test fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main
from conftest import ROOT
from pydantic import SecretStr

from bot.main import app
from bot.settings import PREFIX, Settings
from bot.telegram import WEBHOOK_PATH
from handlers import telegram_texts as texts
from handlers.commands import COMMANDS
from handlers.lookup import _NAMES as FILTER_NAMES
from handlers.web.metrics import Metrics
from knowledge.helpdesk import POLICIES

README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guide-zh.md"
OPERATIONS = ROOT / "docs" / "operations.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
WEB = ROOT / "handlers" / "web"

# For tests only, so in no table of settings.
NOT_SETTINGS = {"HELPDESK_TEST_POSTGRES_URL", "HELPDESK_TEST_SLOW"}

in_each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def read(path: Path) -> str:
    return path.read_text("utf-8")


def commands_in(text: str) -> set[str]:
    """What looks like a command of the bot: a slash and letters, with nothing before that would make it a path."""
    return set(re.findall(r"(?<![\w/.:…<])/([a-z_]+)(?![\w/])", text))


def command_line() -> set[str]:
    """The commands of the command line."""
    group = typer.main.get_command(app)
    return set(group.commands)  # type: ignore[attr-defined]


# The bot's commands, buttons and filters.


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_stands_in_the_guide(name: str) -> None:
    assert re.search(rf"`/{name}[ `]", read(GUIDE))


def test_every_command_in_the_guide_exists() -> None:
    assert commands_in(read(GUIDE)) - {command.name for command in COMMANDS} == set()


@pytest.mark.parametrize("name", sorted(FILTER_NAMES))
def test_every_filter_of_find_stands_in_the_guide(name: str) -> None:
    assert f"`{name}`" in read(GUIDE)


BUTTONS = [
    *(texts.HELPFUL, texts.UNHELPFUL, texts.RELATED, texts.NOTICE, texts.COPY, texts.PERSON, texts.CALL),
    *(texts.PUBLISH, texts.CANCEL, texts.DISMISS, texts.BACK, texts.ALL_NOTICES),
    *(texts.READ_ALOUD, texts.EXACT, texts.FORWARD),
]


@pytest.mark.parametrize("words", BUTTONS)
def test_every_button_stands_in_the_guide(words: str) -> None:
    assert words in read(GUIDE)


# The desk's keys.


def keys_of_the_desk() -> list[str]:
    """The keys that the desk's own help names."""
    (table,) = re.findall(r'<dl class="keys">(.*?)</dl>', read(WEB / "templates" / "desk.html"), re.DOTALL)
    return sorted(set(re.findall(r"<kbd>(.+?)</kbd>", table)))


@pytest.mark.parametrize("key", keys_of_the_desk())
def test_every_key_of_the_desk_stands_in_the_guide(key: str) -> None:
    assert f"<kbd>{key}</kbd>" in read(GUIDE)


def test_the_guide_names_no_other_keys() -> None:
    assert set(re.findall(r"<kbd>(.+?)</kbd>", read(GUIDE))) == set(keys_of_the_desk())


def test_the_desk_s_help_names_the_keys_that_its_script_knows() -> None:
    (table,) = re.findall(r"const KEYS = \{(.*?)\n\};", read(WEB / "static" / "desk.js"), re.DOTALL)
    known = set(re.findall(r'^  "?(\S)"?: ', table, re.MULTILINE)) | set(re.findall(r"^  (\w),$", table, re.MULTILINE))
    assert known == {key for key in keys_of_the_desk() if len(key) == 1} - {"↓", "↑"}


# What the guide says of faults in files and thesauri.


def faults_in_the_guide() -> list[str]:
    """The English words of messages that the guide explains: the first column of that table."""
    (table,) = re.findall(r"\| 提示里的英文.*\n\| -.*\n((?:\|.*\n)+)", read(GUIDE))
    return re.findall(r"^\| `(.+?)`", table, re.MULTILINE)


@pytest.mark.parametrize("words", faults_in_the_guide())
def test_every_message_that_the_guide_explains_is_one(words: str) -> None:
    assert any(words in read(path) for path in (ROOT / "knowledge").rglob("*.py"))


# The command line.


@pytest.mark.parametrize("name", sorted(command_line()))
def test_every_command_of_the_command_line_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"`\./helpdesk {name}[ `]", read(README))


@in_each_document
def test_every_command_line_in_a_document_exists(document: Path) -> None:
    named = set(re.findall(r"(?:\./|^|`)helpdesk ([a-z][a-z-]*)", read(document), re.MULTILINE))
    assert named - command_line() - {"test"} == set()


# Settings.


def settings_in_the_readme() -> dict[str, str]:
    """The table of settings: each key with its default as it is shown."""
    rows = re.findall(r"^\| `(HELPDESK_[A-Z_]+)` \|(.*?)\|(.*)\|$", read(README), re.MULTILINE)
    return {key: default.strip().strip("`") for key, default, _ in rows}


def shown(name: str) -> set[str]:
    """The ways in which the default of a setting may be shown."""
    value = getattr(Settings(_env_file=None), name)  # type: ignore[call-arg]
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    nothing = {"", "empty", "none", "—", "-"}
    if value == POLICIES:
        return nothing | {"knowledge/policies", "knowledge/policies/"}
    if value in (None, "", ()):
        return nothing
    return {",".join(map(str, value)), ", ".join(map(str, value))} if isinstance(value, tuple) else {str(value)}


def test_the_readme_lists_every_setting() -> None:
    assert set(settings_in_the_readme()) == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_readme_tells_the_default_of_a_setting(name: str) -> None:
    assert settings_in_the_readme()[PREFIX + name.upper()] in shown(name)


@in_each_document
def test_every_setting_in_a_document_exists(document: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    assert set(re.findall(r"HELPDESK_[A-Z_]*[A-Z]", read(document))) - known == set()


# What is measured and asked for by machines.


def metrics() -> set[str]:
    """The names under which Prometheus reads the metrics; those of when each was made left out."""
    families = re.findall(r"^# TYPE (\w+)", Metrics().text().decode(), re.MULTILINE)
    return {name for name in families if not name.endswith("_created")}


def test_the_metrics_are_those_of_the_operations_guide() -> None:
    assert set(re.findall(r"`(helpdesk_[a-z_]+)[`{]", read(OPERATIONS))) == metrics()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", WEBHOOK_PATH])
def test_the_addresses_for_machines_stand_in_the_operations_guide(path: str) -> None:
    assert path in read(OPERATIONS)


# All documents.


@in_each_document
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)", read(document))
    missing = [t for t in targets if "://" not in t and not t.startswith("mailto:")]
    missing = [t for t in missing if not (document.parent / t).exists()]
    assert missing == []


@in_each_document
def test_every_link_within_a_document_leads_to_a_heading(document: Path) -> None:
    text = read(document)
    # GitHub's rule: lower case, no punctuation, a hyphen for each space.
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)\s]+)\)", text)) - anchors == set()


@in_each_document
def test_no_placeholder_is_left(document: Path) -> None:
    assert re.findall(r"@[A-Z]+@", read(document)) == []
