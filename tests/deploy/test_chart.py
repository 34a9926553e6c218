"""The Helm chart: every variant is what an API server takes, and does what docs/scale.md says."""

from __future__ import annotations

import base64
import json
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from librechat_analytics.settings import Settings
from tests.support.manifests import CHART, Manifest, RefusedError, at, lint, manifests
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "librechat-analytics"
KEY = "k3y-0f-the-chart-9c1e"
MONGO_URI = "mongodb://analytics:m0ng0-pw@mongo:27017/LibreChat"
WRITER = "clickhouse://writer:wr1ter-pw@db:8443/librechat_analytics?secure=1"
READER = "clickhouse://reader:r3ader-pw@db:8443/librechat_analytics?secure=1"
FURTHER_KEYS = "finance:an0ther-long-key  may=manage"
CLAIM = ("persistentVolumeClaim", "claimName")
SECRETS = (KEY, MONGO_URI, WRITER, READER, FURTHER_KEYS)

ALONE = {"secret": {"dashboardApiKey": KEY, "mongoUri": MONGO_URI}}
SCALED = {
    "clickhouse": {"enabled": True},
    "secret": {
        "dashboardApiKey": KEY,
        "mongoUri": MONGO_URI,
        "storeUrl": WRITER,
        "storeUrlOfReaders": READER,
    },
}
FILES = {"finops.toml": 'currency = "EUR"\n', "people.csv": "user,group\n", "prices.csv": "model,prompt\n"}
ADDED: dict[str, dict[str, object]] = {
    "nothing": {},
    "own secrets": {"secret": {"existing": "ours"}, "keys": {"existing": "our-keys"}},
    "files and keys": {"files": {"texts": FILES}, "keys": {"lines": FURTHER_KEYS}},
    "own files": {"files": {"existing": "our-files", "hasPrices": True}, "receiverSecrets": ["smtp"]},
    "settings": {"settings": {"SYNC_SECONDS": 30, "DASHBOARD_TIMEZONE": "Europe/Berlin"}},
    "autoscaling": {"web": {"autoscaling": {"enabled": True}}},
    "network policy": {
        "networkPolicy": {
            "enabled": True,
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}],
            "mongodb": {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [27017, 27018]},
        }
    },
    "service monitor": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}},
    "ingress": {"ingress": {"enabled": True, "host": "analytics.example.com", "tlsSecret": "tls"}},
    "volumes": {"persistence": {"existingClaim": "ours"}, "follower": {"persistent": False}},
    "certificate": {"clickhouse": {"certificate": {"secret": "our-authority"}}},
    "placement": {
        "image": {"digest": f"sha256:{'0' * 64}", "pullSecrets": ["registry"]},
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "dashboards", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "priorityClassName": "low",
        "podAnnotations": {"a": "b"},
        "podLabels": {"team": "platform"},
    },
}  # fmt: skip
BASES: dict[str, Mapping[str, object]] = {"alone": ALONE, "scaled": SCALED}
VARIANTS = [(base, added) for base in BASES for added in ADDED]


@cache
def variant(base: str, added: str) -> list[Manifest]:
    """The objects of one variant, each rendered and checked once."""
    return manifests(merged(BASES[base], ADDED[added]))


def merged(base: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    result = dict(base)
    for name, value in more.items():
        below = result.get(name)
        result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def named(objects: list[Manifest], kind: str, name: str = NAME) -> dict[str, object]:
    (found,) = [each.content for each in objects if (each.kind, each.name) == (kind, name)]
    return found


def kinds(objects: list[Manifest]) -> list[tuple[str, str]]:
    return sorted((each.kind, each.name) for each in objects)


def pods(objects: list[Manifest]) -> dict[str, object]:
    """What each Deployment starts, by its name."""
    return {each.name: at(each.content, "spec", "template") for each in objects if each.kind == "Deployment"}


def environment(pod: object) -> dict[str, object]:
    """The variables of a pod: their values, or where they come from."""
    listed = at(pod, "spec", "containers", 0, "env")
    assert isinstance(listed, list)
    return {
        str(at(each, "name")): at(each, "value") or at(each, "valueFrom", "secretKeyRef") for each in listed
    }


def test_helm_finds_nothing_to_complain_of() -> None:
    assert "1 chart(s) linted, 0 chart(s) failed" in lint("--set", f"secret.dashboardApiKey={KEY}")


@pytest.mark.parametrize(("base", "added"), VARIANTS)
def test_an_api_server_takes_every_variant(base: str, added: str) -> None:
    assert len(variant(base, added)) >= 3


@pytest.mark.parametrize(("base", "added"), VARIANTS)
def test_no_secret_is_outside_of_secrets(base: str, added: str) -> None:
    passwords = {*SECRETS, *re.findall(r":([^/@]+)@", " ".join(SECRETS)), "an0ther-long-key"}
    forms = passwords | {base64.b64encode(each.encode()).decode() for each in passwords}
    for each in variant(base, added):
        if each.kind != "Secret":
            assert not [form for form in forms if form in json.dumps(each.content)], each.name


@pytest.mark.parametrize(("base", "added"), VARIANTS)
def test_what_one_object_names_another_is(base: str, added: str) -> None:
    objects = variant(base, added)
    own = {(each.kind, each.name) for each in objects}
    brought = {"ours", "our-keys", "our-files", "our-authority", "smtp"}
    for pod in pods(objects).values():
        claims = {str(at(each, *CLAIM)) for each in volumes(pod)} - {"None"}
        maps = {str(at(each, "configMap", "name")) for each in volumes(pod)} - {"None"}
        secrets = {str(at(each, "secret", "secretName")) for each in volumes(pod)} - {"None"}
        secrets |= {str(at(each, "name")) for each in environment(pod).values() if isinstance(each, dict)}
        assert {("PersistentVolumeClaim", each) for each in claims - brought} <= own
        assert {("ConfigMap", each) for each in maps - brought} <= own
        assert {("Secret", each) for each in secrets - brought} <= own
        assert ("ServiceAccount", at(pod, "spec", "serviceAccountName")) in own
    assert selected(objects, named(objects, "Service")) == [NAME + ("-web" if base == "scaled" else "")]


def volumes(pod: object) -> list[object]:
    found = at(pod, "spec", "volumes")
    assert isinstance(found, list)
    return found


def selected(objects: list[Manifest], service: dict[str, object]) -> list[str]:
    """The Deployments whose pods a Service sends requests to."""
    wanted = at(service, "spec", "selector")
    assert isinstance(wanted, dict)
    return [
        name
        for name, pod in pods(objects).items()
        if isinstance(labels := at(pod, "metadata", "labels"), dict) and wanted.items() <= labels.items()
    ]


class TestMistakes:
    """A chart that is wrong does not pass: each kind of mistake is noticed."""

    @pytest.mark.parametrize(
        ("right", "wrong", "said"),
        [
            ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "unknown field"),
            ("replicas: 1", 'replicas: "one"', "cannot unmarshal|unrecognized type"),
            ("type: Recreate", "type: Recreated", "Unsupported value"),
            ("{name: temporary, mountPath: /tmp}", "{name: temporal, mountPath: /tmp}", "Not found"),
            ("matchLabels:", "matchLabels:\n      a: b", "does not match template"),
            ("{path: /health, port: http}", "{path: /health, port: h_t}", "Invalid value"),
        ],
    )
    def test_of_the_templates(self, tmp_path: Path, right: str, wrong: str, said: str) -> None:
        chart = shutil.copytree(CHART, tmp_path / "chart")
        for file in (chart / "templates" / "standalone.yaml", chart / "templates" / "_pod.tpl"):
            file.write_text(file.read_text("utf-8").replace(right, wrong))

        with pytest.raises(RefusedError, match=said):
            manifests(ALONE, chart)

    def test_of_an_operators_own_type(self, tmp_path: Path) -> None:
        chart = shutil.copytree(CHART, tmp_path / "chart")
        file = chart / "templates" / "service.yaml"
        file.write_text(file.read_text("utf-8").replace("scrapeTimeout:", "scrapeTimeOut:"))

        with pytest.raises(RefusedError, match="unknown field"):
            manifests(merged(ALONE, ADDED["service monitor"]), chart)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"web": {"replica": 3}}, "replica"),
            ({"web": {"replicas": "3"}}, "web/replicas|web.replicas"),
            ({"settings": {"SYNC_SECOND": 30}}, "SYNC_SECOND"),
            ({"settings": {"MONGO_URI": MONGO_URI}}, "MONGO_URI"),
            ({"image": {"digest": "latest"}}, "digest"),
            ({"secret": {"dashboardApiKey": ""}}, "secret.dashboardApiKey .openssl"),
            ({"secret": {"dashboardApiKey": "short"}}, "dashboardApiKey"),
            ({"clickhouse": {"enabled": True}}, "needs secret.storeUrl"),
            (merged(SCALED, {"secret": {"storeUrlOfReaders": ""}}), "needs secret.storeUrlOfReaders"),
            ({"ingress": {"enabled": True}}, "needs ingress.host"),
        ],
    )  # fmt: skip
    def test_of_the_values(self, values: dict[str, object], said: str) -> None:
        with pytest.raises(RefusedError, match=said):
            manifests(merged(ALONE, values))


class TestAlone:
    """Without ClickHouse: what the compose file has, one pod with its store."""

    def test_it_is_one_pod_with_a_volume_that_outlives_the_chart(self) -> None:
        objects = variant("alone", "nothing")

        assert kinds(objects) == [
            ("Deployment", NAME),
            ("PersistentVolumeClaim", f"{NAME}-data"),
            ("Secret", NAME),
            ("Service", NAME),
            ("ServiceAccount", NAME),
        ]
        assert at(named(objects, "Deployment"), "spec", "replicas") == 1
        assert at(named(objects, "Deployment"), "spec", "strategy") == {"type": "Recreate"}
        claim = named(objects, "PersistentVolumeClaim", f"{NAME}-data")
        assert at(claim, "metadata", "annotations", "helm.sh/resource-policy") == "keep"

    def test_it_serves_and_syncs(self) -> None:
        (pod,) = pods(variant("alone", "nothing")).values()

        assert at(pod, "spec", "containers", 0, "args") == ["serve"]
        assert environment(pod).keys() == {"DASHBOARD_API_KEY", "MONGO_URI"}


class TestScaled:
    """With ClickHouse: one follower, and web processes that keep nothing."""

    def test_the_follower_writes_alone_and_web_processes_are_replaced_one_by_one(self) -> None:
        objects = variant("scaled", "nothing")
        follower = at(named(objects, "Deployment", f"{NAME}-follower"), "spec")
        web = at(named(objects, "Deployment", f"{NAME}-web"), "spec")

        assert (at(follower, "replicas"), at(follower, "strategy")) == (1, {"type": "Recreate"})
        assert at(follower, "template", "spec", "containers", 0, "args") == ["sync", "--follow"]
        assert (at(web, "replicas"), at(web, "strategy", "type")) == (2, "RollingUpdate")
        assert at(web, "template", "spec", "containers", 0, "args") == ["serve"]
        budget = named(objects, "PodDisruptionBudget", f"{NAME}-web")
        assert at(budget, "spec", "selector") == at(web, "selector")

    def test_each_process_has_the_secrets_that_it_needs(self) -> None:
        started = pods(variant("scaled", "own secrets"))
        follower, web = (environment(started[f"{NAME}-{kind}"]) for kind in ("follower", "web"))

        assert at(follower["STORE_URL"], "key") == "STORE_URL"
        assert at(web["STORE_URL"], "key") == "STORE_URL_OF_READERS"
        assert "MONGO_URI" in follower
        assert "MONGO_URI" not in web
        assert "DASHBOARD_API_KEY" in web
        assert "DASHBOARD_API_KEY" not in follower

    def test_the_follower_alone_has_a_volume_which_is_the_one_of_the_single_pod(self) -> None:
        started = pods(variant("scaled", "nothing"))
        claims = {
            name: [
                claim for each in volumes(pod) if (claim := at(each, "persistentVolumeClaim", "claimName"))
            ]
            for name, pod in started.items()
        }

        assert claims == {f"{NAME}-follower": [f"{NAME}-data"], f"{NAME}-web": []}

    def test_the_working_copy_may_lie_in_the_pods_own_space(self) -> None:
        objects = manifests(merged(SCALED, {"follower": {"persistent": False}}))

        assert "PersistentVolumeClaim" not in [each.kind for each in objects]

    def test_an_autoscaler_decides_the_number_of_replicas(self) -> None:
        objects = variant("scaled", "autoscaling")
        scaler = named(objects, "HorizontalPodAutoscaler", f"{NAME}-web")

        assert at(scaler, "spec", "scaleTargetRef", "name") == f"{NAME}-web"
        assert at(named(objects, "Deployment", f"{NAME}-web"), "spec", "replicas") is None


@pytest.mark.parametrize(("base", "added"), VARIANTS)
def test_every_pod_runs_with_no_more_rights_than_it_needs(base: str, added: str) -> None:
    for pod in pods(variant(base, added)).values():
        spec = at(pod, "spec")
        assert at(spec, "automountServiceAccountToken") is False
        assert at(spec, "securityContext", "runAsNonRoot") is True
        assert at(spec, "securityContext", "seccompProfile", "type") == "RuntimeDefault"
        assert at(spec, "containers", 0, "securityContext") == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert at(spec, "containers", 0, "resources", "limits", "memory")


def test_a_process_lives_by_health_and_is_ready_by_health_ready() -> None:
    for base in BASES:
        for name, pod in pods(variant(base, "nothing")).items():
            container = at(pod, "spec", "containers", 0)
            if name.endswith("-follower"):
                command = ["librechat-analytics", "check", "--follower"]
                assert at(container, "readinessProbe", "exec", "command") == command
                assert at(container, "livenessProbe") is None
            else:
                assert at(container, "livenessProbe", "httpGet", "path") == "/health"
                assert at(container, "readinessProbe", "httpGet", "path") == "/health/ready"


class TestFiles:
    def test_every_pod_reads_the_definitions_and_prices(self) -> None:
        for base in BASES:
            objects = variant(base, "files and keys")
            assert at(named(objects, "ConfigMap", f"{NAME}-files"), "data") == FILES
            for pod in pods(objects).values():
                assert environment(pod)["FINOPS_FILE"] == "/files/finops.toml"
                assert environment(pod)["PRICES_FILE"] == "/files/prices.csv"

    def test_the_file_of_keys_ends_with_a_line_break_so_its_last_key_works_at_once(self) -> None:
        secret = named(variant("alone", "files and keys"), "Secret", f"{NAME}-keys")

        assert at(secret, "stringData", "keys") == FURTHER_KEYS + "\n"

    def test_a_file_is_told_of_only_where_it_is(self) -> None:
        pod = pods(variant("alone", "own files"))[NAME]
        assert {"FINOPS_FILE", "PRICES_FILE"} <= environment(pod).keys()

        (without,) = pods(manifests(merged(ALONE, {"files": {"texts": {"people.csv": "a"}}}))).values()
        assert not {"FINOPS_FILE", "PRICES_FILE"} & environment(without).keys()


class TestNetworkPolicy:
    def test_each_process_reaches_what_it_needs_and_no_more(self) -> None:
        ports = {kind: self.egress(variant("scaled", "network policy"), kind) for kind in ("follower", "web")}
        alone = self.egress(variant("alone", "network policy"), "standalone")

        assert ports == {"web": {53, 8443}, "follower": {53, 443, 465, 587, 8443, 27017, 27018}}
        assert alone == {53, 443, 465, 587, 27017, 27018}

    def test_nobody_connects_to_the_follower(self) -> None:
        objects = variant("scaled", "network policy")
        follower = named(objects, "NetworkPolicy", f"{NAME}-follower")
        web = named(objects, "NetworkPolicy", f"{NAME}-web")

        assert at(follower, "spec", "policyTypes") == ["Ingress", "Egress"]
        assert at(follower, "spec", "ingress") is None
        assert at(web, "spec", "ingress", 0, "from") == at(ADDED["network policy"], "networkPolicy", "from")

    @staticmethod
    def egress(objects: list[Manifest], kind: str) -> set[object]:
        rules = at(named(objects, "NetworkPolicy", f"{NAME}-{kind}"), "spec", "egress")
        assert isinstance(rules, list)
        listed = [at(rule, "ports") for rule in rules]
        return {at(port, "port") for ports in listed if isinstance(ports, list) for port in ports}


def test_prometheus_reads_the_metrics_with_the_key_from_its_secret() -> None:
    objects = variant("scaled", "service monitor")
    endpoint = at(named(objects, "ServiceMonitor"), "spec", "endpoints", 0)

    assert at(endpoint, "path") == "/metrics"
    assert at(endpoint, "authorization", "credentials") == {"name": NAME, "key": "DASHBOARD_API_KEY"}


def test_the_ingress_serves_the_path_of_the_page() -> None:
    rule = at(named(variant("scaled", "ingress"), "Ingress"), "spec", "rules", 0)

    assert at(rule, "host") == "analytics.example.com"
    assert at(rule, "http", "paths", 0, "path") == "/librechat-analytics"


SET_BY_THE_CHART = {
    "mongo_uri", "dashboard_api_key", "dashboard_api_keys_file", "data_dir", "host", "port", "prices_file",
    "finops_file", "store_url", "store_ca_file",
}  # fmt: skip


def test_the_values_take_every_setting_of_the_program_but_those_that_the_chart_sets() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    settings = at(schema, "properties", "settings", "properties")

    assert isinstance(settings, dict)
    assert sorted(settings) == sorted(name.upper() for name in set(Settings.model_fields) - SET_BY_THE_CHART)


def test_the_charts_version_is_that_of_the_package() -> None:
    chart = (CHART / "Chart.yaml").read_text("utf-8")
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)

    assert f"\nversion: {version}\n" in chart
    assert f'\nappVersion: "{version}"\n' in chart
