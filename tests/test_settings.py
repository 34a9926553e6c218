"""Settings: what may stand in them, and one line about each that may not."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from librechat_analytics.settings import (
    Settings,
    SettingsError,
    load_settings,
    name_users,
    require_a_key,
    required_key,
)

ROOT = Path(__file__).resolve().parent.parent
KEY = "q7Zr-2mW9_xT4bLs8dPv"


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_has_to_be_set_but_the_key() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 3001, Path("data"))
    assert settings.mongo_uri is None
    assert settings.frame_ancestors == ("'self'",)
    with pytest.raises(SettingsError, match="DASHBOARD_API_KEY is missing"):
        required_key(settings)


GOOD_KEYS = [
    KEY,
    "k&y#1%+=;:$\"'<>\\{}|~!",
    "0123456789abcdef",
    "x" * 200 + "abcdefgh",
]


@pytest.mark.parametrize("key", GOOD_KEYS)
def test_any_printable_key_that_is_long_enough_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("DASHBOARD_API_KEY", key)
    assert required_key(load_settings()) == key


def test_blanks_around_a_key_are_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_API_KEY", f"  {KEY}\n")
    assert required_key(load_settings()) == KEY


BAD = [
    ("DASHBOARD_API_KEY", "Sh0rt&secret"),
    ("DASHBOARD_API_KEY", "clé-avec-accent-très-longue"),
    ("DASHBOARD_API_KEY", "zwei W0erter mit Leerzeichen"),
    ("DASHBOARD_API_KEY", "tab\tin\tthe\tmiddle\tof\tit"),
    ("DASHBOARD_API_KEY", "abababababababababab"),
    ("DASHBOARD_API_KEY", "your-secure-key-here"),
    ("DASHBOARD_API_KEY", "Your-Secure-Key-Here-2026"),
    ("DASHBOARD_API_KEY", "changeme-changeme-1234"),
    ("MONGO_URI", "postgres://u:h1dden-pw@db/LibreChat"),
    ("MONGO_URI", "db:27017/LibreChat?h1dden"),
    ("STORE_URL", "clickhouse://u:h1dden/pw@host/database"),
    ("STORE_URL", "clickhouse://u:h1dden?pw@host/database"),
    ("STORE_URL", "clickhouse://u:h1dden%zz@host/database"),
    ("STORE_URL", "clickhouse://u:h1dden@host:9999999/database"),
    ("STORE_URL", "https://u:h1dden@host/database"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "3001/tcp"),
    ("PORT", "-3001"),
    ("SYNC_SECONDS", "0"),
    ("SYNC_SECONDS", "3601"),
    ("SYNC_SECONDS", "often-h1dden"),
    ("SYNC_SECONDS", "nan"),
    ("LABELS_SECONDS", "1"),
    ("DASHBOARD_TIMEZONE", "Mars/h1dden"),
    ("DASHBOARD_TIMEZONE", "../../etc/h1dden"),
    ("FRAME_ANCESTORS", "*"),
    ("FRAME_ANCESTORS", "https://*"),
    ("FRAME_ANCESTORS", "'self' javascript:h1dden"),
    ("FRAME_ANCESTORS", "https://h1dden.example; script-src *"),
    ("FRAME_ANCESTORS", "h1dden.example"),
    ("FRAME_ANCESTORS", "https://*:443"),
    ("FRAME_ANCESTORS", "https://*:*"),
    ("FRAME_ANCESTORS", "https://portal.*"),
    ("FRAME_ANCESTORS", "https://пример.h1dden"),
    ("TRUSTED_PROXIES", "10.0.0.0/8 0.0.0.0/0"),
    ("TRUSTED_PROXIES", "::/0"),
    ("AUTH_PROXIES", "0.0.0.0/0"),
    ("STORE_MEMORY_LIMIT", "h1dden"),
    ("STORE_MEMORY_LIMIT", "512"),
    ("STORE_MEMORY_LIMIT", "-1GB"),
    ("STORE_MEMORY_LIMIT", "0GB"),
    ("STORE_MEMORY_LIMIT", "191MB"),
    ("STORE_MEMORY_LIMIT", "183 MiB"),
    ("STORE_MEMORY_LIMIT", "1,5GB"),
    ("STORE_MEMORY_LIMIT", "80%"),
    ("STORE_MEMORY_LIMIT", "1 iB"),
    ("SYNC_SECONDS", "15 lightyears"),
    ("SYNC_SECONDS", "2h"),
    ("HOST", "127.0.0.1:3001"),
    ("HOST", "http://127.0.0.1"),
    ("HOST", "two h1dden"),
    ("HOST", "h1dden.."),
    ("HOST", "."),
    ("HOST", "x" * 300),
    ("STORE_MEMORY_LIMIT", "512KKB"),
    ("STORE_MEMORY_LIMIT", "99999999999999GB"),
    ("TRUSTED_PROXIES", "h1dden"),
    ("AUTH_PROXIES", "h1dden"),
    ("TRUSTED_PROXIES", "10.0.0.0/8 10.0.0.1/8"),
    ("AUTH_PROXY_HEADER", "h1dden: user"),
    ("THREADS", "0"),
    ("THREADS", "65"),
    ("LOG_LEVEL", "h1dden"),
    ("LOG_LEVEL", "TRACE"),
    ("ANONYMIZE_USERS", "h1dden"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}={value[:20]}" for name, value in BAD])
def test_a_bad_value_is_one_line_that_names_the_setting_and_never_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{name} ")
    if len(value) > 8:
        assert value not in line
    assert "h1dden" not in line
    assert "http" not in line.replace("https://portal.example.com", "")  # no address of pydantic's


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535"),
        ("PORT", "3001/tcp", "PORT must be a whole number from 1 to 65535"),
        ("THREADS", "0", "THREADS must be a whole number from 1 to 64"),
        ("SYNC_SECONDS", "2h", "SYNC_SECONDS must be from 1 to 3600 seconds"),
        ("LABELS_SECONDS", "1", "LABELS_SECONDS must be from 5 to 86400 seconds"),
        ("ANONYMIZE_USERS", "perhaps", "ANONYMIZE_USERS must be true or false"),
        ("LOG_LEVEL", "TRACE", "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be text or json"),
        (
            *("TRUSTED_PROXIES", "::/0"),
            "TRUSTED_PROXIES must not match every address: anyone could then set the header",
        ),
    ],
)
def test_the_line_about_a_bad_value_says_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == sentence


def test_a_header_that_names_users_needs_to_know_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_API_KEY", KEY)
    monkeypatch.setenv("AUTH_PROXY_HEADER", "X-Forwarded-User")
    with pytest.raises(SettingsError, match="AUTH_PROXY_HEADER needs AUTH_PROXIES"):
        require_a_key(load_settings())
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8")
    require_a_key(load_settings())
    assert name_users(load_settings()) == (ip_network("10.0.0.0/8"),)
    monkeypatch.setenv("AUTH_PROXIES", "10.1.2.3 fd00::/8")
    assert name_users(load_settings()) == (ip_network("10.1.2.3"), ip_network("fd00::/8"))


def test_each_bad_setting_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "none")
    monkeypatch.setenv("THREADS", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert sorted(line.split()[0] for line in str(caught.value).splitlines()) == ["PORT", "THREADS"]


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert load_settings() == load_settings(env_file=None)
    assert load_settings().port == 3001


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"DASHBOARD_API_KEY='{KEY}$x#y'\nPORT=4000\nTHREADS=3\n", "utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings()
    assert required_key(settings) == f"{KEY}$x#y"
    assert (settings.port, settings.threads) == (5000, 3)


def test_a_dotenv_file_that_is_no_utf_8_is_said_in_one_line() -> None:
    Path(".env").write_bytes("DASHBOARD_API_KEY=clé".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"^\.env is not UTF-8 text") as caught:
        load_settings()
    assert "cl" not in str(caught.value)


SPELLINGS = {
    # What each setting is set to, and the same as other people write it.
    "MONGO_URI": ("mongodb://db/LibreChat?x=%2F", ["MongoDB://db/LibreChat?x=%2F"]),
    "DASHBOARD_API_KEY": (KEY, []),
    "DASHBOARD_API_KEYS_FILE": ("/etc/keys", []),
    "AUTH_PROXY_HEADER": ("X-Forwarded-User", []),
    "AUTH_PROXIES": ("10.1.2.3/32 fd00::/8", ["10.1.2.3, FD00::/8", "10.1.2.3\nfd00::/8"]),
    "TRUSTED_PROXIES": (
        "10.0.0.0/8 fd00::/8",
        ["10.0.0.0/8,fd00::/8", "10.0.0.0/8, FD00::/8", "10.0.0.0/8\nfd00::/8"],
    ),
    "DATA_DIR": ("/var/lib/usage data", []),
    "HOST": ("::1", ["[::1]"]),
    "PORT": ("8080", []),
    "SYNC_SECONDS": ("120", ["120s", "120.0", "2m", "2 min", "2 Minutes", "1.2e2", "+120", "1_20"]),
    "LABELS_SECONDS": ("7200", ["2h", "2 hours", "120m"]),
    "DASHBOARD_TIMEZONE": ("America/Port-au-Prince", ["america/port-au-prince", "AMERICA/PORT-AU-PRINCE"]),
    "FRAME_ANCESTORS": (
        "'self' https://portal.example.com",
        ["self HTTPS://Portal.Example.com", "'SELF', https://portal.example.com/"],
    ),
    "STORE_URL": ("clickhouse://u:p@host:8443/database?secure=1", []),
    "STORE_CA_FILE": ("/etc/ca.pem", []),
    "PRICES_FILE": ("/etc/prices.csv", []),
    "FINOPS_FILE": ("/etc/finops.toml", []),
    "PUBLIC_URL": ("https://a.example.com/usage/", ["https://a.example.com/usage"]),
    "ANONYMIZE_USERS": ("true", ["True", "TRUE", "1", "yes", "On"]),
    "STORE_MEMORY_LIMIT": (
        "2GB",
        ["2gb", "2g", "2 G", "2.0 GB", "2000MB", "2000 m", "2000000000", "2000000kB", "0.002TB"],
    ),
    "THREADS": ("12", []),
    "LOG_FORMAT": ("json", ["JSON", "Json"]),
    "LOG_LEVEL": ("WARNING", ["warning", "WARN", "warn", "Warn"]),
}
AROUND = {
    "a line break": "{}\n",
    "a line break of Windows": "{}\r\n",
    "blanks": "  {}\t",
    "a no-break space": "\N{NO-BREAK SPACE}{}",
    "a byte order mark": "\N{ZERO WIDTH NO-BREAK SPACE}{}",
    "a zero-width space": "{}\N{ZERO WIDTH SPACE}",
}


def with_one_set(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> object:
    with monkeypatch.context() as patched:
        patched.setenv(name, value)
        return getattr(load_settings(), name.lower())


def test_every_setting_has_its_spellings_tested() -> None:
    assert sorted(SPELLINGS) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", SPELLINGS)
def test_what_stands_around_a_value_is_not_part_of_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    value, _ = SPELLINGS[name]
    plain = with_one_set(monkeypatch, name, value)
    assert plain != Settings.model_fields[name.lower()].default
    for around in AROUND.values():
        assert with_one_set(monkeypatch, name, around.format(value)) == plain, around


@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name, (_, others) in SPELLINGS.items() for other in others]
)
def test_a_value_may_be_written_in_another_usual_way(
    monkeypatch: pytest.MonkeyPatch, name: str, other: str
) -> None:
    value, _ = SPELLINGS[name]
    assert with_one_set(monkeypatch, name, other) == with_one_set(monkeypatch, name, value)


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("nothing", [" ", "\n", "\N{ZERO WIDTH NO-BREAK SPACE}\r\n"])
def test_a_value_of_blanks_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, name: str, nothing: str
) -> None:
    Path(".env").write_text(f'{name}="{SPELLINGS[name][0]}"\n', "utf-8")
    assert with_one_set(monkeypatch, name, nothing) == getattr(load_settings(), name.lower())


def test_a_binary_size_is_not_taken_for_a_decimal_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("2GiB", "2gib", "2 Gi", "2048MiB", "2147483648"):
        assert with_one_set(monkeypatch, "STORE_MEMORY_LIMIT", text) == 2 * 1024**3, text
    assert with_one_set(monkeypatch, "STORE_MEMORY_LIMIT", "2GB") == 2 * 1000**3


@pytest.mark.parametrize("host", ["localhost", "host.", "db-1.example.com."])
def test_a_host_may_end_in_the_dot_of_the_root(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert with_one_set(monkeypatch, "HOST", host) == host


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    assert with_one_set(monkeypatch, "DATA_DIR", "~/usage") == Path("/home/ana/usage")


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbfDASHBOARD_API_KEY=%s\nPORT=4000\n",
        b"DASHBOARD_API_KEY=%s\r\nPORT=4000\r\n",
        b"\xef\xbb\xbfDASHBOARD_API_KEY=%s\r\nPORT=4000",
        b"DASHBOARD_API_KEY = '%s'\n\nPORT = 4000  \n",
    ],
)
def test_a_dotenv_file_is_read_however_an_editor_has_saved_it(written: bytes) -> None:
    Path(".env").write_bytes(written % KEY.encode())
    settings = load_settings()
    assert (required_key(settings), settings.port) == (KEY, 4000)


def test_a_dotenv_file_of_utf_16_is_said() -> None:
    Path(".env").write_text(f"DASHBOARD_API_KEY={KEY}\n", "utf-16")
    with pytest.raises(SettingsError, match=r"^\.env is UTF-16 text. Save it as UTF-8.$"):
        load_settings()


def test_a_dotenv_that_is_a_pipe_or_another_device_is_refused_at_once() -> None:
    os.mkfifo(".env")
    with pytest.raises(SettingsError, match=r"^\.env is a named pipe, not a file.$"):
        load_settings()
    Path(".env").unlink()
    Path(".env").symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match=r"^\.env is a device, not a file.$"):
        load_settings()


def test_a_dotenv_that_is_a_folder_or_the_null_device_is_none() -> None:
    none = load_settings(env_file=None)
    Path(".env").mkdir()  # as Docker makes one where a file to be mounted is missing
    assert load_settings() == none
    Path(".env").rmdir()
    Path(".env").symlink_to(os.devnull)
    assert load_settings() == none


def test_variables_of_others_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("JWT_SECRET=x\nALLOW_REGISTRATION=true\n", "utf-8")
    monkeypatch.setenv("DEBUG_LOGGING", "true")
    load_settings()


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("'none'", ("'none'",)),
        ("'self' https://portal.example.com", ("'self'", "https://portal.example.com")),
        ("https://*.example.com:8443 http://[::1]:3000", ("https://*.example.com:8443", "http://[::1]:3000")),
    ],
)
def test_origins_that_may_frame_the_page_are_separated_by_blanks(
    monkeypatch: pytest.MonkeyPatch, value: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("FRAME_ANCESTORS", value)
    assert load_settings().frame_ancestors == origins


def test_neither_key_nor_password_shows_where_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_API_KEY", KEY)
    monkeypatch.setenv("MONGO_URI", "mongodb://reader:h1dden@db/LibreChat")
    settings = load_settings()
    for shown in (repr(settings), str(settings), str(settings.model_dump())):
        assert KEY not in shown
        assert "h1dden" not in shown


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_is_documented(name: str) -> None:
    assert f"{name}=" in ROOT.joinpath(".env.example").read_text("utf-8")


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
