"""Settings: what may stand in them, and one line about each that may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from librechat_analytics.settings import Settings, SettingsError, load_settings, required_key

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
    ("FRAME_ANCESTORS", "https://h1dden.пример"),
    ("STORE_MEMORY_LIMIT", "h1dden"),
    ("STORE_MEMORY_LIMIT", "512"),
    ("STORE_MEMORY_LIMIT", "-1GB"),
    ("STORE_MEMORY_LIMIT", "0GB"),
    ("STORE_MEMORY_LIMIT", "63MB"),
    ("STORE_MEMORY_LIMIT", "512KKB"),
    ("STORE_MEMORY_LIMIT", "99999999999999GB"),
    ("TRUSTED_PROXIES", "h1dden"),
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


def test_each_bad_setting_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "none")
    monkeypatch.setenv("THREADS", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert sorted(line.split()[0] for line in str(caught.value).splitlines()) == ["PORT", "THREADS"]


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert load_settings() == load_settings(_env_file=None)
    assert load_settings().port == 3001


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"DASHBOARD_API_KEY='{KEY}$x#y'\nPORT=4000\nTHREADS=3\n", "utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings()
    assert required_key(settings) == f"{KEY}$x#y"
    assert (settings.port, settings.threads) == (5000, 3)


def test_a_dotenv_file_that_is_no_utf_8_is_said_in_one_line() -> None:
    Path(".env").write_bytes("DASHBOARD_API_KEY=clé".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"^\.env is no UTF-8 text") as caught:
        load_settings()
    assert "cl" not in str(caught.value)


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
