"""Connection strings: those of real providers work, and none that fails shows a piece of its password."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pymongo.common import URI_OPTIONS_VALIDATOR_MAP

from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.librechat.mongo_uri import connect, names_user
from librechat_analytics.librechat.source import SourceError

if TYPE_CHECKING:
    from pymongo import MongoClient

ENCODE_IT = "must be percent-encoded"
COSMOS = (
    "mongodb://acct-x:Qm9ja3k4/Kw==@acct-x.mongo.cosmos.azure.com:10255/?ssl=true&replicaSet=globaldb"
    "&retrywrites=false&maxIdleTimeMS=120000&appName=@acct-x@"
)
COSMOS_ENCODED = COSMOS.replace("4/K", "4%2FK")


class Taken:
    """What a client has taken from its connection string."""

    def __init__(self, client: MongoClient[Any]) -> None:
        options = client.options
        credentials = options.pool_options._credentials
        self.user = credentials and credentials.username
        self.password = credentials and credentials.password
        self.hosts = sorted(client._topology_settings.seeds)
        self.database = client.get_default_database("test").name
        self.app_name = options.pool_options.appname


def taken(uri: str) -> Taken:
    with connect(uri) as client:
        return Taken(client)


class TestProviders:
    def test_the_string_of_azure_cosmos_db_is_taken_as_it_is(self, recwarn: pytest.WarningsRecorder) -> None:
        found = taken(COSMOS_ENCODED)
        assert (found.user, found.password) == ("acct-x", "Qm9ja3k4/Kw==")
        assert found.hosts == [("acct-x.mongo.cosmos.azure.com", 10255)]
        assert found.app_name == "@acct-x@"
        assert not recwarn.list

    def test_a_slash_in_the_key_of_azure_cosmos_db_has_to_be_encoded(self) -> None:
        with pytest.raises(SourceError, match=ENCODE_IT) as caught:
            connect(COSMOS)
        assert "Qm9" not in str(caught.value)

    def test_an_option_that_is_wrong_is_named_in_the_string_of_azure_cosmos_db(self) -> None:
        with pytest.raises(SourceError, match=r"tsl: Unknown option\."):
            connect(COSMOS_ENCODED.replace("?ssl=", "?tsl="))

    @pytest.mark.parametrize(
        ("uri", "password"),
        [
            (
                "mongodb+srv://u:pw@librechat.abcde.mongodb.net/?retryWrites=true&w=majority&appName=Main",
                "pw",
            ),
            (
                "mongodb+srv://u:pw@x.mongocluster.cosmos.azure.com/?tls=true&retrywrites=false",
                "pw",
            ),
            ("mongodb://u:pw@docdb.x.eu-west-1.docdb.amazonaws.com:27017/?tls=true&replicaSet=rs0", "pw"),
            ("mongodb://u:a+b=c~d@db/LibreChat?authSource=admin", "a+b=c~d"),
            ("mongodb://u:pw@[::1]:27017,db2:27018/LibreChat?replicaSet=rs", "pw"),
            ("mongodb://u:pw@%2Ftmp%2Fmongodb-27017.sock/LibreChat", "pw"),
            ("mongodb://u:pw@db/LibreChat?appName=ops@example.com", "pw"),
            ("mongodb://u:pw@db/?appName=ops@example.com&tls=true", "pw"),
            ("mongodb://u:pw@db/LibreChat?appName=@&tls=true", "pw"),
            ("mongodb://db:27017/LibreChat?appName=ops@example.com", None),
            ("mongodb://db?appName=@acct@", None),
        ],
    )
    def test_other_strings_are_taken_too(self, uri: str, password: str | None) -> None:
        assert taken(uri).password == password

    def test_a_plus_sign_is_a_plus_sign_as_for_librechat(self) -> None:
        found = taken("mongodb://a+b:c+d%2Be%20f@db/Libre+Chat")
        assert (found.user, found.password, found.database) == ("a+b", "c+d+e f", "Libre+Chat")

    def test_what_looks_like_an_option_in_a_password_is_none(self) -> None:
        assert taken("mongodb://u:p&appName=x@db/LibreChat").app_name == "librechat-analytics"


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("mongodb://db/LibreChat", False),
        ("mongodb://db/LibreChat?appName=@x@", False),
        ("mongodb://reader@db/LibreChat", True),
        ("mongodb://reader:pw@db/LibreChat", True),
        ("mongodb+srv://reader:pw@db.example.com", True),
        ("mongodb://db/?authMechanism=MONGODB-X509&tls=true", True),
    ],
)
def test_whether_somebody_is_named_who_connects(uri: str, named: bool) -> None:
    assert names_user(uri) is named


@pytest.mark.parametrize("option", sorted(URI_OPTIONS_VALIDATOR_MAP))
@pytest.mark.parametrize("value", ["ЖЩЮ89", "ЖЩЮ89:x,y", "9", ""])
def test_no_value_of_an_option_is_shown_for_it_may_be_a_secret(option: str, value: str) -> None:
    said, source = what_is_said(f"mongodb://u:pw@db/LibreChat?{option}={value}")
    assert "ЖЩЮ" not in said
    if source is not None:
        source.close()


# No letter or digit of these is in a sentence of ours, and none of the escapes is one that we show.
LETTERS = "ЖЩЮΩΨ語鍵89"
SPECIAL = "/?#:@%[]&;=,+. ~$!'()*\"<>\\^`{|}\t\n\u00a0\u3000"
PASSWORDS = st.text(LETTERS + SPECIAL, min_size=1, max_size=14)
HOSTS = ("db", "db:27017", "h1:27017,h2:27018", "[::1]:27017", "db.example.com")
TAILS = (
    "",
    "/",
    "/LibreChat",
    "/LibreChat?replicaSet=rs",
    "/?appName=@acct@",
    "/x?tls=true&appName=a@b.example",
)


def pieces(text: str) -> set[str]:
    """Give all that is three characters long and would give away something."""
    windows = {text[start : start + 3] for start in range(len(text) - 2)}
    return {window for window in windows if set(window) & set(LETTERS)}


def half_encoded(password: str) -> str:
    return password.replace("@", "%40")


@st.composite
def uris(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw a connection string, the password as it is written there, and what follows it."""
    password = draw(PASSWORDS)
    written = draw(st.sampled_from((str, half_encoded, quote, lambda text: quote(text, safe=""))))(password)
    scheme = draw(st.sampled_from(("mongodb://", "mongodb+srv://")))
    host = draw(st.sampled_from(HOSTS)) if scheme == "mongodb://" else "db.example.com"
    user = draw(st.sampled_from(("analyst", "an%40alyst", "", "an@alyst")))
    tail = draw(st.sampled_from(TAILS))
    return f"{scheme}{user}:{written}@{host}{tail}", written, f"{host}{tail}"


class Said(logging.Handler):
    """Keeps all that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def what_is_said(uri: str) -> tuple[str, MongoSource | None]:
    """Make the source; gives all that anybody can read of it, and the source where it can be made."""
    said, source, failure = Said(), None, ""
    logging.root.addHandler(said)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                source = MongoSource.at(uri)
            except SourceError as error:
                failure = str(error)
    finally:
        logging.root.removeHandler(said)
    return "\n".join([failure, *said.lines, *(str(warning.message) for warning in caught)]), source


@given(uris())
@example(("mongodb://analytics:Ж@Щ/Ю語鍵@db/LibreChat", "Ж@Щ/Ю語鍵", "db/LibreChat"))
@example(("mongodb://analytics:Ж@ЩЮЩ/Ю語鍵@db", "Ж@ЩЮЩ/Ю語鍵", "db"))
@example(("mongodb://analytics:Ж%40ЩЮЩ/Ю語鍵@db/LibreChat", "Ж%40ЩЮЩ/Ю語鍵", "db/LibreChat"))
@example(("mongodb://analytics:8998/ЩЮЩ@db", "8998/ЩЮЩ", "db"))
@example(("mongodb://analytics:8998?ЩЮЩ=Ю@db/LibreChat", "8998?ЩЮЩ=Ю", "db/LibreChat"))
@example(("mongodb://analytics:Ж@ЩЮЩ/?ЮЮЮ=Ю@db", "Ж@ЩЮЩ/?ЮЮЮ=Ю", "db"))
@example(("mongodb://analytics:Ж@ЩЮЩ?ЮЮЮ=Ю@db/?appName=@acct@", "Ж@ЩЮЩ?ЮЮЮ=Ю", "db/?appName=@acct@"))
@example(("mongodb://analytics:Ж?ЩЮЩ=Ю@Ж@db:port/x", "Ж?ЩЮЩ=Ю@Ж", "db:port/x"))
def test_no_piece_of_a_password_is_ever_said_however_it_is_written(drawn: tuple[str, str, str]) -> None:
    uri, written, rest = drawn
    said, source = what_is_said(uri)
    for piece in pieces(written) | pieces(unquote(written)):
        assert piece not in said
    if source is None:
        assert "MONGO_URI cannot be used: " in said
        return
    # What is not refused is understood, so that nothing of the password is taken for a host or a name.
    found = Taken(source._database.client)
    assert found.password == unquote(written)
    assert {host for host, _ in found.hosts} <= {"db", "h1", "h2", "::1", "db.example.com"}
    assert source.database_name == (urlsplit(f"//{rest}").path.strip("/") or "test")
    source.close()


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() or text.isspace()))
def test_a_password_that_is_encoded_always_arrives_as_it_is(password: str) -> None:
    for encoded in (quote(password, safe=""), quote(password, safe="!$&'()*+,;=~")):
        found = taken(f"mongodb://an%40alyst:{encoded}@h1:27017,h2:27018/LibreChat?replicaSet=rs")
        assert (found.user, found.password) == ("an@alyst", password)
        assert found.hosts == [("h1", 27017), ("h2", 27018)]
        assert found.database == "LibreChat"


@pytest.mark.parametrize("escape", ["%", "%4", "%zz", "%u0041", "%FC", "%C3%28"])
def test_an_escape_that_means_no_character_is_refused(escape: str) -> None:
    with pytest.raises(SourceError, match=ENCODE_IT) as caught:
        connect(f"mongodb://reader:w0rd{escape}@db/LibreChat")
    assert "w0rd" not in str(caught.value)
