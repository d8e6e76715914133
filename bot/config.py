"""The settings: every name we know, how its value must look, and one plain line when something is wrong.

Why that line is built from the name and the wanted form alone: a value is never part of it, so a secret can't be
printed, not even one that was pasted into the wrong place.
"""

import base64
import re
from collections.abc import Callable, Collection, Mapping
from datetime import time
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import Binding, parse_stream
from pydantic import AfterValidator, Field, PlainValidator, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from handlers.desk.office import NIGHT, QuietHours

Network = IPv4Network | IPv6Network
THIS_MACHINE: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
T = TypeVar("T")


class BadSetting(Exception):
    """A setting we refuse to start with; the text is one line that names it and says what is expected."""


def _shaped(pattern: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError
        return secret

    return AfterValidator(check)


def _key_bytes(text: str) -> bytes:
    bare = text.rstrip("=")
    key = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    if len(key) != 32:
        raise ValueError
    return key


def _encryption_key(secret: SecretStr) -> SecretStr:
    _key_bytes(secret.get_secret_value())
    return secret


def _database(secret: SecretStr) -> SecretStr:
    url = urlsplit(secret.get_secret_value())
    if url.scheme not in ("postgresql", "postgresql+psycopg") or (url.port is not None and not url.hostname):
        raise ValueError
    return secret


def _origin(text: str) -> str:
    """Read scheme, host and port as a browser writes them in `Origin`: small letters, no usual port."""
    found = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", text.lower())
    if not found or int(found[3] or 0) > 65535:
        raise ValueError
    usual = {"http": "80", "https": "443"}[found[1]]
    return f"{found[1]}://{found[2]}" + (f":{found[3]}" if found[3] not in (None, usual) else "")


def _on_this_machine(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", text):
        raise ValueError
    return text.lower()


def _clock(text: str) -> time:
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}", text):
        raise ValueError
    return time.fromisoformat(text)


def _quiet_hours(text: str) -> QuietHours:
    begin, end = text.split("-")
    return QuietHours(_clock(begin.strip()), _clock(end.strip()))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, OSError):
        raise ValueError from None


def _network(text: str) -> Network:
    return ip_network(text, strict=False)


def _each(read: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    return lambda text: tuple(read(part.strip()) for part in text.split(","))


AN_ORIGIN = "http:// or https:// with a host and perhaps a port, no path and no trailing slash"
A_FILLED = "not empty"
A_TELEGRAM_SECRET = "32 to 256 letters, digits, _ or -"  # noqa: S105 - it says how a secret looks
A_RATE = "a whole number of messages a second, 1 or more"
Origin = Annotated[str, PlainValidator(_origin)]
Filled = Annotated[SecretStr, _shaped(r".+")]
# core.telegram.org/bots/api#setwebhook: 1 to 256 of these; 32 of them can't be guessed.
TelegramSecret = Annotated[SecretStr, _shaped(r"[A-Za-z0-9_-]{32,256}")]


class Settings(BaseSettings):
    """What the operator decided, checked. A description is how the error says what is expected.

    Made by itself it reads nothing but what it is given: only `load` names the sources.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", alias_generator=str.upper, hide_input_in_errors=True, case_sensitive=True,
        enable_decoding=False, validate_default=False,
    )  # fmt: skip

    data_dir: Path = Field(Path("data"), description="a folder")
    database: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        None, alias="DATABASE_URL", description="postgresql:// or postgresql+psycopg:// and where the database is"
    )
    host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]+$", description="a host name or an address")
    port: int = Field(8080, ge=0, le=65535, description="a whole number from 0 to 65535")
    public_url: Origin | None = Field(None, description=AN_ORIGIN)
    trusted_proxy: Annotated[tuple[Network, ...], PlainValidator(_each(_network))] = Field(
        THIS_MACHINE, description="addresses or networks like 10.0.0.0/8, with commas between"
    )
    timezone: Annotated[ZoneInfo, PlainValidator(_zone)] = Field(
        ZoneInfo("Asia/Ho_Chi_Minh"), description="the name of a time zone, like Asia/Ho_Chi_Minh"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL"
    )
    encryption_key: Annotated[SecretStr, AfterValidator(_encryption_key)] | None = Field(
        None, description="32 bytes in URL-safe base64; `chungtay key new` makes one"
    )
    metrics_token: Filled | None = Field(None, description=A_FILLED)
    media_hosts: Annotated[tuple[str, ...], PlainValidator(_each(_host))] = Field(
        (), description="host names with commas between"
    )
    chat_origins: Annotated[tuple[str, ...], PlainValidator(_each(_origin))] = Field(
        (), description=f"origins with commas between, each {AN_ORIGIN}"
    )
    quiet_hours: Annotated[QuietHours, PlainValidator(_quiet_hours)] = Field(
        NIGHT, description="two times of day like 21:00-07:00"
    )
    digest_at: Annotated[time, PlainValidator(_clock)] = Field(time(7), description="a time of day like 07:00")

    telegram_bot_token: Annotated[SecretStr, _shaped(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}")] | None = Field(
        None, description="a bot's token as BotFather gives it: digits, a colon, 30 letters or more"
    )
    telegram_mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    telegram_webhook_secret: TelegramSecret | None = Field(None, description=A_TELEGRAM_SECRET)
    telegram_webhook_secret_previous: TelegramSecret | None = Field(None, description=A_TELEGRAM_SECRET)
    telegram_api_base: Origin = Field("https://api.telegram.org", description=AN_ORIGIN)
    telegram_file_base: Origin = Field("https://api.telegram.org", description=AN_ORIGIN)
    telegram_rate: int = Field(25, ge=1, description=A_RATE)

    zalo_oa_id: str | None = Field(None, pattern=r"^[0-9]+$", description="the digits of the Official Account's id")
    zalo_oa_app_id: str | None = Field(None, pattern=r"^[0-9]+$", description="the digits of the app's id")
    zalo_oa_app_secret: Filled | None = Field(None, description=A_FILLED)
    zalo_oa_secret_key: Filled | None = Field(None, description=A_FILLED)
    zalo_oa_proof: Literal["on", "off"] = Field("off", description="on or off")
    zalo_oa_rate: int = Field(10, ge=1, description=A_RATE)
    zalo_oa_templates: Path | None = Field(None, description="a TOML file")
    zalo_paid_cs: int = Field(0, ge=0, description="a whole number of paid messages a month, 0 for none")
    zalo_openapi_base: Origin = Field("https://openapi.zalo.me", description=AN_ORIGIN)
    zalo_oauth_base: Origin = Field("https://oauth.zaloapp.com", description=AN_ORIGIN)
    zalo_business_base: Origin = Field("https://business.openapi.zalo.me", description=AN_ORIGIN)

    zalo_bot_token: Filled | None = Field(None, description=A_FILLED)
    zalo_bot_mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    zalo_bot_webhook_secret: Annotated[SecretStr, _shaped(r".{32,256}")] | None = Field(
        None, description="32 to 256 letters"
    )
    zalo_bot_api_base: Origin = Field("https://bot-api.zaloplatforms.com", description=AN_ORIGIN)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Read what is given and nothing else."""
        return (init_settings,)

    @property
    def database_url(self) -> str:
        """Where the data is: the given PostgreSQL, or the SQLite file in the data folder. May hold a password."""
        if self.database:
            return self.database.get_secret_value()
        return f"sqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """Where the database lies if it is a file."""
        return self.data_dir / "chungtay.db"

    @property
    def key(self) -> bytes | None:
        """The 32 bytes of ENCRYPTION_KEY, None when it isn't given."""
        return _key_bytes(self.encryption_key.get_secret_value()) if self.encryption_key else None

    @property
    def own_origins(self) -> frozenset[str]:
        """The origins whose browsers may post to us, as `Origin` writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        here = (_origin(f"http://{name}:{self.port}") for name in (host, "localhost", "127.0.0.1"))
        return frozenset((*here, *self.chat_origins, *([self.public_url] if self.public_url else [])))

    @property
    def real_channels(self) -> tuple[str, ...]:
        """The settings that open a channel to real people: one whose platform is not on this machine."""
        channels = {
            "TELEGRAM_BOT_TOKEN": (self.telegram_bot_token, self.telegram_api_base),
            "ZALO_OA_APP_ID": (self.zalo_oa_app_id, self.zalo_openapi_base),
            "ZALO_BOT_TOKEN": (self.zalo_bot_token, self.zalo_bot_api_base),
        }
        return tuple(
            name for name, (token, base) in channels.items() if token is not None and not _on_this_machine(base)
        )

    @property
    def is_public(self) -> bool:
        """Whether people reach us from other machines under an address of their own."""
        return self.public_url is not None and not _on_this_machine(self.public_url)

    @property
    def secure(self) -> bool:
        """Whether people reach us by https, so that cookies can ask for it."""
        return self.public_url is not None and self.public_url.startswith("https://")


FIELDS = {str(field.alias): field for field in Settings.model_fields.values()}
NAMES = frozenset(FIELDS)


class Environment(EnvSettingsSource):
    """The settings of the environment. A name one letter away from ours is refused, others are none of our business."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        for name in self._environ:
            if name not in NAMES and (meant := _near_miss(name)):
                raise BadSetting(f"{name} in the environment is no setting; the nearest name is {meant}")
        return _filled({name: self._environ[name] for name in NAMES if name in self._environ})


class EnvFile(DotEnvSettingsSource):
    """The settings of a file of NAME=value lines. An unknown name is told by its line: it may be a secret that lost
    its name. A missing file is an empty one. hidden: the names that are left to the environment.
    """

    def __init__(self, path: Path, hidden: Collection[str]) -> None:
        self._path, self._hidden = path, hidden
        super().__init__(Settings, env_file=path)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        found: dict[str, str] = {}
        for binding in self._bindings():
            where = f"{self._path.name} line {binding.original.line}"
            if binding.error or (binding.key is not None and binding.value is None):
                raise BadSetting(f"{where} can't be read: NAME=value is expected")
            if binding.key is not None and binding.key not in NAMES:
                nearest = get_close_matches(binding.key, sorted(NAMES), n=1, cutoff=0)[0]
                raise BadSetting(f"{where} is no setting; the nearest name is {nearest}")
            if binding.key is not None and binding.key not in self._hidden:
                found[binding.key] = binding.value or ""
        return _filled(found)

    def _bindings(self) -> list[Binding]:
        try:
            with self._path.open(encoding="utf-8-sig") as lines:
                return list(parse_stream(lines))
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError):
            raise BadSetting(f"{self._path.name} can't be read: a text file in UTF-8 is expected") from None


def _filled(values: Mapping[str, str]) -> dict[str, str | None]:
    return {name: value.strip() for name, value in values.items() if value.strip()}


def load(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """Read and check the settings; the environment wins over the file, an empty value counts as not given.

    env_file: a missing one is fine. Raises BadSetting.
    """
    files = [] if env_file is None else [EnvFile(env_file, environ.keys())]
    try:
        settings = Settings(_build_sources=((Environment(environ), *files), {}))
    except ValidationError as error:
        name = str(error.errors(include_input=False, include_context=False)[0]["loc"][0])
        raise BadSetting(f"{name} must be {FIELDS[name].description}") from None
    _check_together(settings)
    return settings


def _near_miss(name: str) -> str | None:
    return next((ours for ours in sorted(NAMES) if len(ours) >= 6 and _one_letter_apart(name, ours)), None)


def _one_letter_apart(given: str, ours: str) -> bool:
    """Whether one letter was added, missing, changed, or swapped with the next."""
    if given == ours or abs(len(given) - len(ours)) > 1:
        return False
    at = next((i for i, pair in enumerate(zip(given, ours, strict=False)) if pair[0] != pair[1]), len(ours))
    added, missing = given[at + 1 :] == ours[at:], given[at:] == ours[at + 1 :]
    changed = given[at + 1 :] == ours[at + 1 :]
    swapped = given[at : at + 2] == ours[at : at + 2][::-1] and given[at + 2 :] == ours[at + 2 :]
    return added or missing or changed or swapped


def _check_together(settings: Settings) -> None:
    """Check what one setting asks of another. Raises BadSetting."""
    needs = {
        "TELEGRAM_WEBHOOK_SECRET": settings.telegram_mode == "webhook" and "TELEGRAM_MODE is webhook",
        "ZALO_BOT_WEBHOOK_SECRET": settings.zalo_bot_mode == "webhook" and "ZALO_BOT_MODE is webhook",
        "ENCRYPTION_KEY": settings.database and "DATABASE_URL is set",
        **dict.fromkeys(
            ("ZALO_OA_ID", "ZALO_OA_APP_SECRET", "ZALO_OA_SECRET_KEY"),
            settings.zalo_oa_app_id and "ZALO_OA_APP_ID is set",
        ),
    }
    for name, because in needs.items():
        if because and getattr(settings, name.lower()) is None:
            raise BadSetting(f"{name} is needed when {because}; it must be {FIELDS[name].description}")
