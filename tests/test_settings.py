"""Settings: what .env.example says of them, where they are read from, and what is said of those that cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT, slow
from pydantic import SecretStr
from settings_fixtures import helpdesk

from bot.settings import PREFIX, Settings, load, unknown
from knowledge.errors import SettingsError
from knowledge.helpdesk import POLICIES

EXAMPLE = ROOT / ".env.example"
TOKEN = "123456789:AAE-secret_secret_secret_secret"
SECRET = "not valid but secret"
PASSWORD = "hunter2-secret"


@dataclass(frozen=True, slots=True)
class Line:
    """A setting as .env.example has it: the comment right above it, its key, and its value."""

    told: str
    key: str
    value: str
    commented_out: bool


def example() -> list[Line]:
    """The settings of .env.example in their order."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    found = []
    for above, line in pairwise(lines):
        if m := re.fullmatch(r"(#?)([A-Z][A-Z0-9_]+)=(.*)", line):
            found.append(Line(above.removeprefix("# "), m[2], m[3], bool(m[1])))
    return found


def as_written(name: str) -> str:
    """The default of a setting as one writes it into .env; "" for what ships inside the package."""
    value = getattr(Settings(_env_file=None), name)  # type: ignore[call-arg]
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value == POLICIES:
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the helpdesk is started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# .env.example


def test_the_example_lists_every_setting_in_order() -> None:
    assert [line.key for line in example()] == [PREFIX + name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("line", example(), ids=lambda line: line.key)
def test_the_example_tells_what_a_setting_does_and_its_default(line: Line) -> None:
    name = line.key.removeprefix(PREFIX).lower()
    assert line.told == Settings.model_fields[name].description
    assert line.value == as_written(name)
    assert line.commented_out, "a copy of the file must change nothing"


@pytest.mark.parametrize("uncommented", [False, True], ids=["as it is", "every line taken"])
def test_a_copy_of_the_example_changes_nothing(folder: Path, uncommented: bool) -> None:
    text = EXAMPLE.read_text("utf-8")
    if uncommented:
        text = re.sub(r"(?m)^#(?=[A-Z][A-Z0-9_]+=)", "", text)
    (folder / ".env").write_text(text, "utf-8")
    copied = load()
    assert copied == Settings(_env_file=None)  # type: ignore[call-arg]
    assert copied.policy_dir == POLICIES
    assert copied.model_fields_set == (set(Settings.model_fields) if uncommented else set())


# Where settings come from.


def test_with_nothing_set_everything_has_its_default(folder: Path) -> None:
    loaded = load()
    assert loaded.model_fields_set == set()
    assert loaded.address == "http://127.0.0.1:8080"
    assert loaded.config.database_url == f"sqlite:///{folder / 'data' / 'helpdesk.db'}"


def test_the_file_in_the_working_folder_is_read_and_the_environment_wins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("HELPDESK_HOTLINE=12345\nHELPDESK_PORT=9001\nHELPDESK_ADMIN_IDS=1, 2\n", "utf-8")
    monkeypatch.setenv("HELPDESK_PORT", "9002")
    loaded = load()
    assert (loaded.hotline, loaded.port, loaded.admin_ids) == ("12345", 9002, (1, 2))
    inside = folder / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert (load().hotline, load().admin_ids) == ("96871", ()), "the file of another folder is not read"


# key, what is written, what it comes to
READ = [
    ("DATA_DIR", "", Path("data")),
    ("DATA_DIR", "~/desk", Path.home() / "desk"),
    ("POLICY_DIR", "", POLICIES),
    ("THESAURUS", "", None),
    ("THESAURUS", "mine.txt", Path("mine.txt")),
    ("LOG_LEVEL", "warning", "warning"),
    # addresses
    ("BASE_URL", "https://policy.example.org/", "https://policy.example.org"),
    ("TELEGRAM_API_URL", "http://127.0.0.1:8081", "http://127.0.0.1:8081"),
    # several, with commas
    ("TOPICS", "融资贷款，水电气费用, 房租减免,", ("融资贷款", "水电气费用", "房租减免")),
    ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8", (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))),
    ("METRICS_FROM", "", (ip_network("127.0.0.0/8"), ip_network("::1/128"))),
    ("METRICS_FROM", "fd00::/8", (ip_network("fd00::/8"),)),
    # Telegram
    ("TELEGRAM_TOKEN", TOKEN, SecretStr(TOKEN)),
    ("STAFF_CHAT_ID", "", None),
    ("STAFF_CHAT_ID", "-1001234567890", -1001234567890),
    ("INLINE_FOR_OWNERS", "off", "off"),
]


@pytest.mark.parametrize(("key", "written", "value"), READ)
def test_values_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, written: str, value: object) -> None:
    monkeypatch.setenv(PREFIX + key, written)
    assert getattr(load(), key.lower()) == value


# host and port, the address set, the address that people use
ADDRESSES = [
    ("127.0.0.1", "8080", "", "http://127.0.0.1:8080"),
    ("0.0.0.0", "80", "", "http://127.0.0.1:80"),
    ("::", "8080", "", "http://[::1]:8080"),
    ("::1", "8080", "", "http://[::1]:8080"),
    ("0.0.0.0", "8080", "https://policy.example.org", "https://policy.example.org"),
]


@pytest.mark.parametrize(("host", "port", "base_url", "address"), ADDRESSES)
def test_the_address_that_people_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str, port: str, base_url: str, address: str
) -> None:
    for key, value in (("HOST", host), ("PORT", port), ("BASE_URL", base_url)):
        monkeypatch.setenv(PREFIX + key, value)
    assert load().address == address


# Values that cannot be used.

# key, what is written, what of it is at fault, what the sentence says of it
FAULTY = [
    ("PORT", "99999", "99999", "less than or equal to 65535"),
    ("PORT", "http", "http", "valid integer"),
    ("MAX_FILE_MB", "0", "0", "greater than or equal to 1"),
    ("REGION", "月球", "月球", "湖南 or 长沙"),
    ("LOG_LEVEL", "loud", "loud", "'debug', 'info', 'warning' or 'error'"),
    ("SESSION_HOURS", "9000", "9000", "less than or equal to 8760"),
    ("ASK_RATE", "0", "0", "greater than or equal to 1"),
    ("API_RATE", "-1", "-1", "greater than or equal to 1"),
    ("KEEP_DAYS", "3651", "3651", "less than or equal to 3650"),
    # addresses
    ("BASE_URL", "policy.example.org", "policy.example.org", "https://"),
    ("WEBHOOK_URL", "ftp://policy.example.org", "ftp://policy.example.org", "https://"),
    ("TELEGRAM_API_URL", "localhost:8081", "localhost:8081", "https://"),
    ("TRUSTED_PROXIES", "127.0.0.1, proxy", "proxy", "network"),
    ("METRICS_FROM", "10.0.0.1/8", "10.0.0.1/8", "network"),
    # Telegram
    ("ADMIN_IDS", "17, 李四", "李四", "valid integer"),
    ("STAFF_CHAT_ID", "@staff", "@staff", "valid integer"),
    ("INLINE_FOR_OWNERS", "yes", "yes", "'off' or 'answers'"),
]


@pytest.mark.parametrize(("key", "written", "fault", "told"), FAULTY)
def test_a_faulty_value_is_one_sentence_with_key_value_and_remedy(
    folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, written: str, fault: str, told: str
) -> None:
    monkeypatch.setenv(PREFIX + key, written)
    with pytest.raises(SettingsError) as caught:
        load()
    sentence = caught.value.user
    assert sentence.startswith(f"{PREFIX}{key}={fault!r} cannot be used: ")
    assert told in sentence
    assert sentence.endswith("Correct it in the environment or in .env (see .env.example).")
    assert "\n" not in sentence


def test_of_several_faulty_values_one_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_PORT", "http")
    monkeypatch.setenv("HELPDESK_KEEP_DAYS", "never")
    with pytest.raises(SettingsError) as caught:
        load()
    assert re.findall(r"HELPDESK_[A-Z_]+", caught.value.user) == ["HELPDESK_PORT"]


def test_a_file_that_is_not_utf_8_is_told_of(folder: Path) -> None:
    (folder / ".env").write_bytes("HELPDESK_HOTLINE_HOURS=工作日".encode("gb18030"))
    with pytest.raises(SettingsError, match=r"The file \.env is not UTF-8; save it anew"):
        load()


def test_the_command_line_says_it_in_a_line(folder: Path) -> None:
    (folder / ".env").write_text("HELPDESK_PORT=99999\n", "utf-8")
    ended = helpdesk(folder, "releases")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("helpdesk: HELPDESK_PORT='99999' cannot be used: ")
    assert ended.stderr.count("\n") == 1


# Keys that are no settings.

# key, the setting most like it
MISSPELT = [
    ("HELPDESK_TELEGRAM_TOKN", "HELPDESK_TELEGRAM_TOKEN"),
    ("HELPDESK_POLICYDIR", "HELPDESK_POLICY_DIR"),
    ("HELPDESK_DATABASE", "HELPDESK_DATABASE_URL"),
    ("HELPDESK_TOKEN", "HELPDESK_TELEGRAM_TOKEN"),
    ("HELPDESK_ADMINS_ID", "HELPDESK_ADMIN_IDS"),
    ("HELPDESK_HOTLINE_HOUR", "HELPDESK_HOTLINE_HOURS"),
    ("HELPDESK_XYZ", ""),
]


@pytest.mark.parametrize(("key", "meant"), MISSPELT)
def test_a_misspelt_key_is_found_with_the_setting_meant(
    folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, meant: str
) -> None:
    assert unknown() == {}
    monkeypatch.setenv(key, "anything")
    assert unknown() == {key: meant}
    monkeypatch.delenv(key)
    (folder / ".env").write_text(f"{key}=anything\n{key.lower()}=again\n", "utf-8")
    assert unknown() == {key: meant}


def test_what_is_a_setting_or_the_tests_own_or_another_programs_is_not_misspelt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("HELPDESK_PORT", "helpdesk_hotline", "HELPDESK_TEST_SLOW", "OTHER_HELPDESK_TOKN"):
        monkeypatch.setenv(key, "1")
    (folder / ".env").write_text("HELPDESK_HOST=127.0.0.1\nHELPDESK_TEST_ELSE=1\nANOTHER=1\n", "utf-8")
    assert unknown() == {}


@slow
def test_a_misspelt_key_is_told_in_a_line_and_its_value_is_not(folder: Path) -> None:
    (folder / ".env").write_text(f"HELPDESK_TELEGRAM_TOKN={TOKEN}\n", "utf-8")
    ended = helpdesk(folder, "thesaurus")
    assert ended.returncode == 0
    (line,) = ended.stderr.splitlines()
    assert "this is no setting and is ignored" in line
    assert "HELPDESK_TELEGRAM_TOKN" in line
    assert "HELPDESK_TELEGRAM_TOKEN" in line
    assert TOKEN not in line
