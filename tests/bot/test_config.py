"""Every bad setting is told in one line that names it and shows no value; every good one is understood."""

import base64
import re
from datetime import time
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config import NAMES, BadSetting, Settings, load
from handlers.desk.office import QuietHours
from tests.kit.cases import for_each

STRONG = "Zq" + "7Kfm3TtRw9" * 4
TOKEN = "123456789:" + "AbCdEfGhIj0123456789" * 2
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
TELEGRAM = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": STRONG}
OA = {
    "ZALO_OA_ID": "4318657068771012646",
    "ZALO_OA_APP_ID": "1234567890123456789",
    "ZALO_OA_APP_SECRET": STRONG,
    "ZALO_OA_SECRET_KEY": STRONG,
}
BOT = {"ZALO_BOT_TOKEN": STRONG, "ZALO_BOT_MODE": "webhook", "ZALO_BOT_WEBHOOK_SECRET": STRONG}
SECRET_NAMES = sorted(str(field.alias) for field in Settings.model_fields.values() if "SecretStr" in str(field))


def without(settings: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key != name}


BAD = {
    "letter missing in a name": ({"TELEGRAM_WEBHOOK_SECRT": STRONG}, "nearest name is TELEGRAM_WEBHOOK_SECRET"),
    "last letter missing": ({"TELEGRAM_MOD": "webhook"}, "nearest name is TELEGRAM_MODE"),
    "letter added": ({"DATA_DIRR": "x"}, "nearest name is DATA_DIR"),
    "letter changed": ({"DATABASE_URI": STRONG}, "nearest name is DATABASE_URL"),
    "letters swapped": ({"PULBIC_URL": "x"}, "nearest name is PUBLIC_URL"),
    "first letter missing": ({"IMEZONE": "x"}, "nearest name is TIMEZONE"),
    "webhook without secret": (without(TELEGRAM, "TELEGRAM_WEBHOOK_SECRET"), "TELEGRAM_WEBHOOK_SECRET is needed"),
    "empty secret": (TELEGRAM | {"TELEGRAM_WEBHOOK_SECRET": ""}, "TELEGRAM_WEBHOOK_SECRET is needed"),
    "blank secret": (TELEGRAM | {"TELEGRAM_WEBHOOK_SECRET": "  "}, "TELEGRAM_WEBHOOK_SECRET is needed"),
    "short secret": (TELEGRAM | {"TELEGRAM_WEBHOOK_SECRET": "short77"}, "TELEGRAM_WEBHOOK_SECRET must be 32"),
    "secret of 31": ({"TELEGRAM_WEBHOOK_SECRET": "x" * 31}, "TELEGRAM_WEBHOOK_SECRET must be 32"),
    "secret Telegram refuses": ({"TELEGRAM_WEBHOOK_SECRET": STRONG + "/"}, "TELEGRAM_WEBHOOK_SECRET must be 32"),
    "short previous secret": (
        TELEGRAM | {"TELEGRAM_WEBHOOK_SECRET_PREVIOUS": "short78"},
        "TELEGRAM_WEBHOOK_SECRET_PREVIOUS must be 32",
    ),
    "unknown mode": ({"TELEGRAM_MODE": "both"}, "TELEGRAM_MODE must be polling or webhook"),
    "no token": ({"TELEGRAM_BOT_TOKEN": "not-a-token-" + STRONG}, "TELEGRAM_BOT_TOKEN must be"),
    "token and more": ({"TELEGRAM_BOT_TOKEN": TOKEN + " x"}, "TELEGRAM_BOT_TOKEN must be"),
    "rate of none": ({"TELEGRAM_RATE": "0"}, "TELEGRAM_RATE must be"),
    "API with a path": ({"TELEGRAM_API_BASE": "https://api.telegram.org/bot"}, "TELEGRAM_API_BASE must be"),
    "API with a slash": ({"TELEGRAM_FILE_BASE": "https://api.telegram.org/"}, "TELEGRAM_FILE_BASE must be"),
    "port not a number": ({"PORT": "eighty"}, "PORT must be a whole number from 0 to 65535"),
    "port too high": ({"PORT": "65536"}, "PORT must be"),
    "port below none": ({"PORT": "-1"}, "PORT must be"),
    "host with a path": ({"HOST": "localhost/x"}, "HOST must be"),
    "another database": ({"DATABASE_URL": f"oracle://u:{STRONG}@h/d"}, "DATABASE_URL must be postgresql://"),
    "another driver": ({"DATABASE_URL": f"postgresql+asyncpg://u:{STRONG}@h/d"}, "DATABASE_URL must be"),
    "database port": ({"DATABASE_URL": f"postgresql://u:{STRONG}@h:port/d", "ENCRYPTION_KEY": KEY}, "DATABASE_URL"),
    "database without key": ({"DATABASE_URL": f"postgresql://u:{STRONG}@h/d"}, "ENCRYPTION_KEY is needed"),
    "short key": ({"ENCRYPTION_KEY": "abc123"}, "ENCRYPTION_KEY must be 32 bytes"),
    "key in other letters": ({"ENCRYPTION_KEY": KEY.replace("A", "!", 1)}, "ENCRYPTION_KEY must be 32 bytes"),
    "key not in ASCII": ({"ENCRYPTION_KEY": "đ" * 43}, "ENCRYPTION_KEY must be 32 bytes"),
    "long key": ({"ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(33)).decode()}, "ENCRYPTION_KEY must be 32 bytes"),
    "public URL with a path": ({"PUBLIC_URL": "https://chungtay.test/chat"}, "PUBLIC_URL must be"),
    "public URL with a slash": ({"PUBLIC_URL": "https://chungtay.test/"}, "PUBLIC_URL must be"),
    "public URL with a user": ({"PUBLIC_URL": f"https://u:{STRONG}@chungtay.test"}, "PUBLIC_URL must be"),
    "public URL of files": ({"PUBLIC_URL": "file:///etc"}, "PUBLIC_URL must be"),
    "unknown zone": ({"TIMEZONE": "Asia/Da_Nang"}, "TIMEZONE must be"),
    "zone out of its folder": ({"TIMEZONE": "../../etc/passwd"}, "TIMEZONE must be"),
    "zone that is a folder": ({"TIMEZONE": "Asia"}, "TIMEZONE must be"),
    "one quiet hour": ({"QUIET_HOURS": "21:00"}, "QUIET_HOURS must be"),
    "quiet hour 25": ({"QUIET_HOURS": "25:00-07:00"}, "QUIET_HOURS must be"),
    "digest at seven": ({"DIGEST_AT": "7:00"}, "DIGEST_AT must be"),
    "proxy by name": ({"TRUSTED_PROXY": "proxy.local"}, "TRUSTED_PROXY must be"),
    "chat origin with a path": ({"CHAT_ORIGINS": "https://a.test,https://b.test/x"}, "CHAT_ORIGINS must be"),
    "any chat origin": ({"CHAT_ORIGINS": "*"}, "CHAT_ORIGINS must be"),
    "media host as URL": ({"MEDIA_HOSTS": "https://a.test"}, "MEDIA_HOSTS must be"),
    "unknown level": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be DEBUG"),
    "OA without id": (without(OA, "ZALO_OA_ID"), "ZALO_OA_ID is needed when ZALO_OA_APP_ID is set"),
    "OA without app secret": (without(OA, "ZALO_OA_APP_SECRET"), "ZALO_OA_APP_SECRET is needed"),
    "OA with empty key": (OA | {"ZALO_OA_SECRET_KEY": ""}, "ZALO_OA_SECRET_KEY is needed"),
    "OA with another proof": ({"ZALO_OA_PROOF": "yes"}, "ZALO_OA_PROOF must be on or off"),
    "OA rate": ({"ZALO_OA_RATE": "many"}, "ZALO_OA_RATE must be"),
    "paid below none": ({"ZALO_PAID_CS": "-1"}, "ZALO_PAID_CS must be"),
    "Zalo bot webhook": (without(BOT, "ZALO_BOT_WEBHOOK_SECRET"), "ZALO_BOT_WEBHOOK_SECRET is needed"),
    "Zalo bot short secret": ({"ZALO_BOT_WEBHOOK_SECRET": "short79"}, "ZALO_BOT_WEBHOOK_SECRET must be 32"),
}


def told_of(environ: dict[str, str], env_file: Path | None = None) -> str:
    """What is wrong with these settings, nothing if they are good."""
    try:
        load(environ, env_file)
    except BadSetting as bad:
        return str(bad)
    return ""


@for_each(("settings", "told"), [pytest.param(*row, id=name) for name, row in BAD.items()])
def test_a_bad_setting_is_told_in_one_line_without_its_value(settings: dict[str, str], told: str) -> None:
    line = told_of(settings)

    assert told in line
    assert len(line.splitlines()) == 1
    assert not [value for name, value in settings.items() if "MODE" not in name and len(value) > 6 and value in line]
    assert STRONG not in line


def test_with_nothing_given_everything_has_its_default() -> None:
    settings = load({}, None)

    assert (settings.host, settings.port, settings.telegram_mode) == ("127.0.0.1", 8080, "polling")
    assert settings.timezone.key == "Asia/Ho_Chi_Minh"
    assert (settings.quiet_hours, settings.digest_at) == (QuietHours(time(21), time(7)), time(7))
    assert (settings.telegram_rate, settings.zalo_oa_rate, settings.zalo_paid_cs) == (25, 10, 0)
    assert settings.database_url == "sqlite:///data/chungtay.db"
    assert not settings.secure


def test_every_setting_can_be_given() -> None:
    settings = load(
        TELEGRAM
        | OA
        | BOT
        | {
            "DATABASE_URL": "postgresql+psycopg://u:p@h:5432/d",
            "ENCRYPTION_KEY": KEY.rstrip("="),
            "PUBLIC_URL": "https://Chungtay.test:443",
            "TRUSTED_PROXY": "127.0.0.1, 10.0.0.0/8",
            "CHAT_ORIGINS": "https://a.test, http://b.test:8000",
            "MEDIA_HOSTS": "api.telegram.org,f.example",
            "QUIET_HOURS": "22:30-06:00",
            "TELEGRAM_WEBHOOK_SECRET_PREVIOUS": STRONG,
        },
        None,
    )

    assert settings.database_url == "postgresql+psycopg://u:p@h:5432/d"
    assert settings.key == bytes(range(32))
    assert settings.trusted_proxy == (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
    assert settings.media_hosts == ("api.telegram.org", "f.example")
    assert settings.quiet_hours == QuietHours(time(22, 30), time(6))
    assert settings.secure


def test_our_origins_are_written_as_a_browser_writes_them() -> None:
    settings = load(
        {"HOST": "::1", "PORT": "80", "PUBLIC_URL": "https://Chungtay.test:443", "CHAT_ORIGINS": "http://b.test:8000"},
        None,
    )

    assert settings.own_origins == {
        "http://[::1]",
        "http://localhost",
        "http://127.0.0.1",
        "https://chungtay.test",
        "http://b.test:8000",
    }


def test_a_printed_settings_object_shows_no_secret() -> None:
    settings = load(TELEGRAM | {"DATABASE_URL": f"postgresql://u:{STRONG}@h/d", "ENCRYPTION_KEY": KEY}, None)

    assert not [secret for secret in (TOKEN, STRONG, KEY) if secret in f"{settings} {settings!r}"]


def test_names_of_others_in_the_environment_are_none_of_our_business() -> None:
    assert load({"PATH": "/bin", "POST": "x", "HOSTS": "x", "DATABASE": "x", "TELEGRAM": "x"}, None).port == 8080


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1000\nHOST='0.0.0.0'  # everywhere\n\nLOG_LEVEL=\n")

    settings = load({"PORT": "2000"}, file)

    assert (settings.port, settings.host, settings.log_level) == (2000, "0.0.0.0", "INFO")  # noqa: S104 - only read


def test_an_empty_value_of_the_environment_takes_the_files_back(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=1000\n")

    assert load({"PORT": " "}, file).port == 8080


def test_values_that_look_like_json_are_only_words(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("CHAT_ORIGINS=https://a.test\nZALO_BOT_TOKEN='[1, 2]'\n")

    settings = load({"ZALO_OA_SECRET_KEY": "{}"}, file)

    assert settings.chat_origins == ("https://a.test",)
    assert [str(one and one.get_secret_value()) for one in (settings.zalo_bot_token, settings.zalo_oa_secret_key)] == [
        "[1, 2]", "{}"
    ]  # fmt: skip


def test_settings_made_by_themselves_read_no_environment() -> None:
    assert Settings() == load({}, None)


def test_a_file_that_is_not_there_is_fine(tmp_path: Path) -> None:
    assert load({}, tmp_path / ".env").port == 8080


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(f"TELEGRAM_MOD={STRONG}", "line 1 is no setting; the nearest name is TELEGRAM_MODE", id="typo"),
        pytest.param(f"# ours\nCOLOUR={STRONG}", "line 2 is no setting; the nearest name is", id="unknown name"),
        pytest.param("port=80", "line 1 is no setting; the nearest name is", id="small letters"),
        pytest.param(STRONG, "line 1 can't be read: NAME=value is expected", id="a secret that lost its name"),
        pytest.param(f"{STRONG}=", "line 1 is no setting", id="a secret as name"),
        pytest.param(f"PORT='80\n{STRONG}", "can't be read: NAME=value is expected", id="an open quotation"),
        pytest.param("PORT=eighty", "PORT must be a whole number", id="bad value"),
        pytest.param("\xff\xfe", "can't be read: a text file in UTF-8 is expected", id="not UTF-8"),
    ],
)
def test_a_bad_line_of_the_file_is_told_by_its_number(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content.encode("latin-1"))

    line = told_of({}, file)

    assert told in line
    assert len(line.splitlines()) == 1
    assert STRONG not in line


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "can't be read" in told_of({}, tmp_path)


@given(st.sampled_from(SECRET_NAMES), st.text())
def test_no_value_of_a_secret_is_ever_in_the_line(name: str, value: str) -> None:
    given_value = f"Zq7{value}Kfm"

    assert given_value not in told_of({name: given_value})


@given(st.sampled_from(sorted(NAMES)), st.text())
def test_any_value_is_understood_or_refused_in_one_line(name: str, value: str) -> None:
    assert len(told_of({name: value}).splitlines()) <= 1


def test_every_password_and_token_is_kept_as_a_secret() -> None:
    named = [name for name in NAMES if re.search("SECRET|TOKEN|KEY", name)]

    assert set(SECRET_NAMES) == {*named, "DATABASE_URL"}
    assert isinstance(load(TELEGRAM, None).telegram_bot_token, SecretStr)


def test_the_example_names_every_setting_once_and_is_a_good_start() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    lines = re.findall(r"^#([A-Z_]+)=(.*)$", example.read_text(), re.MULTILINE)

    assert sorted(name for name, _ in lines) == sorted(NAMES)
    assert load(dict(lines), None) == load({"PUBLIC_URL": "https://chungtay.example"}, None)
