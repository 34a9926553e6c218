"""The two compose files: one process with its store, and a follower and web processes with ClickHouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from librechat_analytics.store.clickhouse.connection import Connection
from tests.support.manifests import RefusedError, at, composed, texts_in
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress

TODAY = ROOT / "docker-compose.yml"
SCALED = ROOT / "docker-compose.clickhouse.yml"
SERVER = ROOT / "deploy" / "clickhouse" / "server.xml"
USERS = ROOT / "deploy" / "clickhouse" / "users.xml"

DATABASE = "librechat_analytics"
SECRETS = {
    "DASHBOARD_API_KEY": "k3y-of-the-test",
    "CLICKHOUSE_WRITER_PASSWORD": "of-the-writer",
    "CLICKHOUSE_READER_PASSWORD": "of-the-reader",
}
ALL = SECRETS | {"COMPOSE_PROFILES": "clickhouse"}


def environment_of(service: str, **variables: str) -> dict[str, object]:
    environment = at(composed(SCALED, **variables), "services", service, "environment")
    assert isinstance(environment, dict)
    return environment


def test_docker_reads_both_files() -> None:
    assert at(composed(TODAY, DASHBOARD_API_KEY="k"), "services", "librechat-analytics", "image")
    assert at(composed(SCALED, **ALL), "services", "clickhouse", "image")


def test_docker_refuses_a_key_that_it_does_not_know(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(SCALED.read_text("utf-8").replace("mem_limit: 1g", "memory_limit: 1g"))

    with pytest.raises(RefusedError, match="memory_limit"):
        composed(broken, **ALL)


def test_todays_installation_has_one_service_and_knows_nothing_of_clickhouse() -> None:
    project = composed(TODAY, **ALL)

    services = at(project, "services")
    assert isinstance(services, dict)
    assert list(services) == ["librechat-analytics"]
    assert not [text for text in texts_in(project) if "clickhouse" in text.lower()]


@pytest.mark.parametrize("name", SECRETS)
def test_it_does_not_start_without_a_secret_and_says_how_to_make_one(name: str) -> None:
    variables = {each: value for each, value in ALL.items() if each != name}

    with pytest.raises(RefusedError, match=rf"{name} is missing.*openssl rand"):
        composed(SCALED, **variables)


def test_no_secret_is_written_in_the_files() -> None:
    for file in (SCALED, SERVER, USERS):
        assert not re.search(r"(?i)<password>|password: +[^\" ]|://\w+:[^$@]+@", file.read_text("utf-8")), (
            file
        )


def test_web_processes_have_the_readers_password_alone_and_the_follower_the_writers() -> None:
    web, follower = environment_of("web", **ALL), environment_of("follower", **ALL)

    assert web["STORE_URL"] == f"clickhouse://reader:of-the-reader@clickhouse:8123/{DATABASE}"
    assert follower["STORE_URL"] == f"clickhouse://writer:of-the-writer@clickhouse:8123/{DATABASE}"
    # .env has both, so what a service must not know is made empty.
    assert "of-the-writer" not in set(texts_in(web))
    assert (web["CLICKHOUSE_WRITER_PASSWORD"], follower["CLICKHOUSE_READER_PASSWORD"]) == ("", "")
    assert web["MONGO_URI"] == ""


def test_a_clickhouse_of_ones_own_takes_the_place_of_the_profile() -> None:
    own = {
        "DASHBOARD_API_KEY": "k",
        "STORE_URL": "clickhouse://a:b@db:8443/x?secure=1",
        "STORE_URL_OF_READERS": "clickhouse://c:d@db:8443/x?secure=1",
    }

    services = at(composed(SCALED, **own), "services")

    assert isinstance(services, dict)
    assert set(services) == {"follower", "web"}
    assert environment_of("follower", **own)["STORE_URL"] == own["STORE_URL"]
    assert environment_of("web", **own)["STORE_URL"] == own["STORE_URL_OF_READERS"]


def test_one_follower_writes_and_web_processes_can_be_scaled() -> None:
    services = at(composed(SCALED, **ALL), "services")

    assert at(services, "follower", "command") == ["sync", "--follow"]
    assert at(services, "follower", "deploy", "replicas") is None
    assert at(services, "web", "deploy", "replicas") == 2
    assert at(services, "web", "container_name") is None
    assert at(services, "web", "ports", 0, "published") == "3001-3008"
    assert at(services, "web", "networks", "librechat", "aliases") == ["librechat-analytics"]


@pytest.mark.parametrize("name", ["follower", "web"])
def test_the_programs_containers_can_write_nowhere_else(name: str) -> None:
    service = at(composed(SCALED, **ALL), "services", name)

    assert at(service, "read_only") is True
    assert at(service, "cap_drop") == ["ALL"]
    assert at(service, "security_opt") == ["no-new-privileges:true"]


def test_clickhouse_is_pinned_and_reached_from_the_program_alone() -> None:
    project = composed(SCALED, **ALL)
    clickhouse = at(project, "services", "clickhouse")

    image = str(at(clickhouse, "image"))
    (major, minor) = re.findall(r"^clickhouse/clickhouse-server:(\d+)\.(\d+)(?:[.@]|$)", image)[0]
    assert (int(major), int(minor)) >= (26, 8)
    assert at(clickhouse, "ports") is None
    assert at(clickhouse, "networks") == {"store": None}
    assert at(project, "networks", "store", "internal") is True
    assert at(clickhouse, "ulimits", "nofile") == {"soft": 262144, "hard": 262144}


def test_the_follower_waits_for_clickhouse_only_where_it_is_in_the_file() -> None:
    waits = at(composed(SCALED, **ALL), "services", "follower", "depends_on", "clickhouse")

    assert at(waits, "condition") == "service_healthy"
    assert at(waits, "required") in (False, None)


def grants(user: str) -> list[str | None]:
    return [each.text for each in ElementTree.parse(USERS).getroot().iterfind(f"users/{user}/grants/query")]


class TestUsers:
    def test_the_writer_changes_its_own_database_alone(self) -> None:
        own, *rest = grants("writer")

        assert re.fullmatch(rf"GRANT [A-Z, ]+ ON {DATABASE}\.\*", str(own))
        assert [each for each in rest if not str(each).startswith("GRANT SELECT ON system.")] == []

    def test_the_reader_reads_and_inserts_requests_alone(self) -> None:
        assert grants("reader") == [
            f"GRANT SELECT ON {DATABASE}.*",
            f"GRANT INSERT ON {DATABASE}.requests",
        ]

    @pytest.mark.clickhouse
    @pytest.mark.parametrize("user", ["writer", "reader"])
    def test_clickhouse_knows_every_right(self, clickhouse: StoreAddress, user: str) -> None:
        connection = Connection(clickhouse)
        for grant in grants(user):
            (row,) = connection.rows(
                "SELECT formatQuery({grant:String}) AS grant", {"grant": f"{grant} TO {user}"}
            )
            assert str(row["grant"]).endswith(f" TO {user}")
        connection.close()

    def test_the_user_without_a_password_comes_from_inside_the_container_alone(self) -> None:
        networks = ElementTree.parse(USERS).getroot().find("users/default/networks")

        assert networks is not None
        assert networks.get("replace") == "replace"
        assert [each.text for each in networks] == ["127.0.0.1", "::1"]

    def test_passwords_come_from_the_environment(self) -> None:
        users = ElementTree.parse(USERS).getroot()
        named = [password.attrib for password in users.iterfind("users/*/password")]

        assert named == [{"from_env": f"CLICKHOUSE_{user}_PASSWORD"} for user in ("WRITER", "READER")]


def test_system_logs_that_are_kept_end_by_themselves() -> None:
    logs = [each for each in ElementTree.parse(SERVER).getroot() if each.tag.endswith("_log")]

    assert "query_log" in {each.tag for each in logs}
    assert [each.tag for each in logs if each.get("remove") is None and each.find("ttl") is None] == []


def test_the_workflow_gives_the_tests_of_the_official_server_all_that_they_read() -> None:
    job = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8").partition("\n  clickhouse:\n")[2]
    tests = (ROOT / "tests" / "system" / "test_clickhouse_server.py").read_text("utf-8")
    read = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', tests))
    passwords = {f"CLICKHOUSE_{user}_PASSWORD" for user in ("WRITER", "READER")}

    assert read == {"CLICKHOUSE_TEST_URL", "CLICKHOUSE_TEST_CA_FILE"}
    assert read | passwords <= set(re.findall(r'echo "(\w+)=', job))
