"""``/metrics``: what Prometheus reads about usage, the sync and the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def samples(client: FlaskClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.get_data(as_text=True))
        for sample in family.samples
    }


def test_the_counters_add_up_to_the_totals_of_the_api(client: FlaskClient) -> None:
    found = samples(client)
    whole = client.get("/api/summary?period=custom&start=2000-01-01&end=2100-01-01").get_json()

    def sum_of(name: str, **wanted: str) -> float:
        return sum(
            value
            for (sample, labels), value in found.items()
            if sample == name and set(wanted.items()) <= set(labels)
        )

    assert abs(sum_of("librechat_usage_cost_dollars_total") - whole["cost"]) < 1e-9
    assert sum_of("librechat_usage_tokens_total") == whole["totalTokens"]
    assert sum_of("librechat_usage_transactions_total", token_type="prompt") == whole["calls"]
    assert whole["calls"] > 0
    assert sum_of("librechat_usage_transactions_total", model="(none)") == 1
    assert sum_of("librechat_usage_transactions_total", model="(other)") == 0


def test_the_state_of_the_source_is_one_of_four(client: FlaskClient) -> None:
    found = samples(client)
    states = {
        dict(labels)["status"]: value
        for (name, labels), value in found.items()
        if name.endswith("source_status")
    }
    assert states == {"ok": 0, "importing": 0, "unreachable": 0, "offline": 1}


def test_requests_are_timed_by_endpoint_and_status(client: FlaskClient) -> None:
    client.get("/api/summary?period=nonsense")
    found = samples(client)
    labels = (("endpoint", "api.summary"), ("status", "400"))
    assert found["librechat_analytics_request_seconds_count", labels] >= 1


def test_requests_without_a_key_are_refused_and_not_timed(client: FlaskClient, stranger: FlaskClient) -> None:
    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/api/summary").status_code == 401
    assert [labels for _, labels in samples(client) if ("status", "401") in labels] == []
