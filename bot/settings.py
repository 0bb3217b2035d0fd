"""Settings from the environment or ``.env``, all with the prefix ``HELPDESK_``; ``.env.example`` lists every one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict
from rapidfuzz import process

from bot.logs import log
from knowledge.errors import SettingsError
from knowledge.helpdesk import POLICIES, Config
from knowledge.regions import places

PREFIX = "HELPDESK_"
# The test suite's own.
_NOT_OURS = f"{PREFIX}TEST_"
_RESEMBLANCE = 75
Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """Every setting, with its default. A field's description is its line in ``.env.example``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Where the database and the search index are kept.")
    database_url: str = Field(
        "",
        description="The database: sqlite:///path or postgresql://user:password@host/name; empty: helpdesk.db in the data folder.",
    )
    policy_dir: Path = Field(
        POLICIES, description="The folder of policy files; by default the notice that ships with the helpdesk."
    )
    thesaurus: Path | None = Field(
        None, description="The file that says what people's words stand for in notices; empty: the one that ships."
    )
    region: str = Field(
        "",
        description="The place that people ask from (湖南): its notices come first where a question names no place; empty: none.",
    )
    max_file_mb: int = Field(20, ge=1, le=1000, description="The largest policy file that is read, in megabytes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged, and above.")

    host: str = Field("127.0.0.1", description="The address to listen on; 0.0.0.0 for every one of this machine.")
    port: int = Field(8080, ge=1, le=65535, description="The port to listen on.")
    worker: bool | None = Field(
        None,
        description="Whether a second process works out answers meanwhile (true, false); empty: with more than one processor.",
    )

    base_url: str = Field(
        "",
        description="The address that people use (https://policy.example.org), for links; empty: the one just above.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks of the proxies whose X-Forwarded-For and -Proto are believed (127.0.0.1); with commas.",
    )
    metrics_from: Annotated[tuple[Network, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128"),
        validate_default=True,
        description="Networks that may read /metrics; with commas between.",
    )
    session_hours: int = Field(
        12, ge=1, le=8760, description="After how many hours without use a member has to sign in at the desk again."
    )
    ask_rate: int = Field(60, ge=1, description="How many questions a minute one address may ask on the web page.")
    api_rate: int = Field(
        600, ge=1, description="How many calls a minute one key (without keys: one address) may make."
    )

    keep_days: int = Field(
        180, ge=1, le=3650, description="How many days questions are kept, for statistics and each person's history."
    )

    telegram_token: SecretStr = Field(SecretStr(""), description="The bot's token from @BotFather; empty: no Telegram.")
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        description="The Bot API server; another one's address (http://127.0.0.1:8081, say) where you run your own.",
    )
    webhook_url: str = Field(
        "",
        description="The public https address that leads here, for Telegram to send to /telegram/webhook; empty: long polling.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="A secret of 1 to 256 letters, digits, _ and -, which Telegram sends along with every update.",
    )
    admin_ids: Annotated[tuple[PositiveInt, ...], NoDecode] = Field(
        (), description="Telegram ids of the first administrators, with commas between (ask the bot /start for yours)."
    )
    staff_chat_id: int | None = Field(
        None, description="The Telegram chat where staff get the questions that owners want a person to answer."
    )
    inline_for_owners: Literal["off", "answers"] = Field(
        "answers", description="What people who are not staff get in inline mode: nothing, or answers only."
    )
    hotline: str = Field("96871", description="The telephone number that people are given where no clause answers.")
    hotline_hours: str = Field("工作日 8:30—17:30", description="When the hotline is answered, in words.")
    topics: Annotated[tuple[str, ...], NoDecode] = Field(
        ("融资贷款", "税费减免", "用工社保", "水电气费用", "房租减免", "复工复产"),
        description="What can be asked about, named where no clause answers; with commas between.",
    )

    @field_validator("data_dir", "policy_dir", "thesaurus", mode="after")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value and value.expanduser()

    @field_validator("admin_ids", "topics", "trusted_proxies", "metrics_from", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _or_default(cls, value: object, info: ValidationInfo) -> object:
        # A line of .env.example that is taken over without a value says nothing. An empty path would be the folder that the
        # helpdesk happens to be started in, an empty host every address of the machine.
        return cls.model_fields[str(info.field_name)].default if value == "" else value

    @field_validator("base_url", "telegram_api_url", "webhook_url", mode="after")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with https:// or http://")
        return value.rstrip("/")

    @field_validator("region", mode="after")
    @classmethod
    def _region(cls, value: str) -> str:
        if value and not places(value):
            raise ValueError("it must name a province, a city or a prefecture of China, such as 湖南 or 长沙")
        return value

    @field_validator("telegram_token", mode="after")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"\d+:[A-Za-z0-9_-]{20,}", value.get_secret_value()):
            raise ValueError("it must look like 123456789:AA… as @BotFather gives it")
        return value

    @field_validator("webhook_secret", mode="after")
    @classmethod
    def _secret(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("it must have 1 to 256 letters, digits, _ and -")
        return value

    @property
    def address(self) -> str:
        """The address that people use; where none is set, the one listened on."""
        if self.base_url:
            return self.base_url
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    @property
    def with_worker(self) -> bool:
        """Whether a second process works out answers."""
        return _processors() > 1 if self.worker is None else self.worker

    @property
    def config(self) -> Config:
        """What the library needs of this."""
        url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'helpdesk.db'}"
        return Config(url, self.data_dir, self.policy_dir, self.max_file_mb * 1_000_000, self.thesaurus, self.region)


def _processors() -> int:
    # Those that this process may run on, where the system tells. A limit of their time alone is not seen here.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> Settings:
    """The settings in force. Raises SettingsError, which names the key, the value and the remedy."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    except UnicodeDecodeError as error:
        raise SettingsError("The file .env is not UTF-8; save it anew in that encoding.", log=str(error)) from error
    except OSError as error:
        raise SettingsError(f"The file .env cannot be read: {error.strerror}. Give read permission on it.") from error


def unknown() -> Mapping[str, str]:
    """The keys in the environment and in ``.env`` that look like settings and are none, with the setting most like each.

    "" where none is like it. To be called when ``load`` has read the file.
    """
    written = [*os.environ, *DotEnvSettingsSource(Settings).env_vars]
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    keys = sorted({key.upper() for key in written if key.upper().startswith(PREFIX)} - known)
    return {key: _nearest(key, known) for key in keys if not key.startswith(_NOT_OURS)}


def warn_of_unknown() -> None:
    """Log a line for each key of ``unknown``; never its value, which may be a secret."""
    for key, nearest in unknown().items():
        log.warning("this is no setting and is ignored", key=key, **({"meant": nearest} if nearest else {}))


def _nearest(key: str, known: set[str]) -> str:
    # Without the prefix, which would make all of them alike.
    names = {one: one.removeprefix(PREFIX) for one in sorted(known)}
    found = process.extractOne(key.removeprefix(PREFIX), names, score_cutoff=_RESEMBLANCE)
    return str(found[2]) if found else ""


def _sentence(error: ValidationError) -> str:
    """What is wrong with the first setting at fault; the value is told unless it is a secret."""
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ")
    name = str(first["loc"][0])
    secret = Settings.model_fields[name].annotation is SecretStr
    value = "" if secret else f"={first['input']!r}"
    return (
        f"{PREFIX}{name.upper()}{value} cannot be used: {message}. Correct it in the environment or in .env "
        "(see .env.example)."
    )
