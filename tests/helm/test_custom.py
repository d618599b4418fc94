"""NetworkPolicies, and the objects of Prometheus, Grafana and the Gateway API, which Kubernetes has no schema for."""

import json
import re
import subprocess

import pytest
import yaml

from helm.chart import CHART, DATABASE, NAMESPACE, ROOT, pick, render, server

# What the server offers at /metrics, with its labels; `up` is Prometheus' own.
METRICS = {
    "takehold_build_info": {"version"},
    "takehold_http_requests_total": {"route", "method", "status"},
    "takehold_http_request_duration_seconds_bucket": {"route", "method", "le"},
    "takehold_events_accepted_total": set(),
    "takehold_events_duplicate_total": set(),
    "takehold_events_refused_total": {"code"},
    "takehold_unfolded_events": set(),
    "takehold_job_last_success_timestamp_seconds": {"name"},
    "takehold_job_runs_total": {"name", "state"},
    "takehold_job_oldest_due_seconds": set(),
    "takehold_jobs_leader": set(),
    "takehold_backup_last_success_timestamp_seconds": set(),
    "takehold_disk_free_bytes": set(),
    "takehold_disk_total_bytes": set(),
    "takehold_database_bytes": set(),
    "takehold_database_up": set(),
    "process_resident_memory_bytes": set(),
    "process_start_time_seconds": set(),
    "up": set(),
}
TARGET = {"job", "namespace", "instance"}
RULES = yaml.safe_load((CHART / "files" / "rules.yaml").read_text())
DASHBOARD = json.loads((CHART / "files" / "dashboard.json").read_text())
PEER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}


def alerts(groups):
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def panels():
    return [each for each in DASHBOARD["panels"] if each["type"] != "row"]


def parse(expressions):
    """What the grammar of PromQL finds in expressions."""
    # Grafana puts a duration in for its variable.
    plain = [each.replace("$__rate_interval", "5m") for each in expressions]
    done = subprocess.run(["node", ROOT / "tests" / "helm" / "promql.cjs"], input=json.dumps(plain), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(zip(expressions, json.loads(done.stdout), strict=True))


def test_rules_and_dashboard_name_only_metrics_and_labels_that_exist():
    expressions = [rule["expr"] for rule in alerts(RULES["groups"])]
    expressions += [target["expr"] for panel in panels() for target in panel["targets"]]
    assert len(expressions) > 40
    used = set()
    for expression, found in parse(expressions):
        assert found["error"] is None, f"{expression}: {found['error']}"
        assert found["metrics"] and set(found["metrics"]) <= set(METRICS), expression
        allowed = TARGET.union(*(METRICS[metric] for metric in found["metrics"]))
        assert set(found["labels"]) <= allowed, expression
        used |= set(found["metrics"])
    assert used == set(METRICS), "a metric that nobody looks at"


def test_every_alert_says_what_is_wrong_and_how_bad_it_is():
    found = alerts(RULES["groups"])
    names = [rule["alert"] for rule in found]
    assert len(set(names)) == len(names) >= 15
    for rule in found:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".") and rule["annotations"]["description"].endswith(".")
        assert 'job="takehold"' in rule["expr"]
        for label in re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])):
            assert label in TARGET | {"name", "route"}


def test_the_dashboard_is_whole():
    numbers = [each["id"] for each in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken = set()
    for each in DASHBOARD["panels"]:
        place = each["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken and max(x for x, _ in cells) < 24, each["title"]
        taken |= cells
    for each in panels():
        assert each["description"].endswith(".") and each["targets"]
        assert each["datasource"]["uid"] == "${datasource}"


def test_rules_speak_of_this_release():
    objects = render({"metrics": {"prometheusRule": {"enabled": True, "alertLabels": {"team": "a"}, "disabled": ["TakeholdSlow"]}}})
    rule = pick(objects, "PrometheusRule")
    assert rule["apiVersion"] == "monitoring.coreos.com/v1"
    found = alerts(rule["spec"]["groups"])
    assert {each["alert"] for each in found} == {each["alert"] for each in alerts(RULES["groups"])} - {"TakeholdSlow"}
    service = pick(objects, "Service")["metadata"]["name"]
    for each in found:
        assert f'job="{service}",namespace="{NAMESPACE}"' in each["expr"]
        assert 'job="takehold"' not in each["expr"]
        assert each["labels"]["team"] == "a" and each["labels"]["severity"]


@pytest.mark.parametrize("port", [0, 9090])
def test_prometheus_scrapes_where_the_metrics_are(port):
    objects = render({"metrics": {"port": port, "serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}}})
    monitor = pick(objects, "ServiceMonitor")["spec"]
    endpoint = monitor["endpoints"][0]
    assert monitor["namespaceSelector"] == {"matchNames": [NAMESPACE]} and endpoint["path"] == "/metrics"
    services = [each for each in objects if each["kind"] == "Service"]
    chosen = [each for each in services if monitor["selector"]["matchLabels"].items() <= each["metadata"]["labels"].items()]
    assert len(chosen) == 1
    assert endpoint["port"] in {each["name"] for each in chosen[0]["spec"]["ports"]}
    # Its name is the job that the rules look for.
    assert f'job="{chosen[0]["metadata"]["name"]}"' in alerts(pick(objects, "PrometheusRule")["spec"]["groups"])[0]["expr"]
    container = server(objects)
    listen = {each["name"]: each.get("value") for each in container["env"]}.get("TAKEHOLD_TELEMETRY__METRICS_LISTEN")
    assert listen == ("0.0.0.0:9090" if port else None)
    assert {each["name"] for each in container["ports"]} == ({"http", "metrics"} if port else {"http"})
    console = next(each for each in services if not each["metadata"]["name"].endswith("-metrics"))
    assert [each["name"] for each in console["spec"]["ports"]] == ["http"]


def test_the_dashboard_is_delivered_unchanged():
    config = pick(render({"metrics": {"dashboard": {"enabled": True, "namespace": "grafana"}}}), "ConfigMap")
    assert json.loads(config["data"]["takehold.json"]) == DASHBOARD
    assert config["metadata"]["namespace"] == "grafana" and config["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_a_route_leads_to_the_service():
    objects = render({"httpRoute": {"enabled": True, "parentRefs": [{"name": "g"}], "hostnames": ["a.example"]}, "service": {"port": 81}})
    route = pick(objects, "HTTPRoute")
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert set(route["spec"]) == {"parentRefs", "hostnames", "rules"}
    assert route["spec"]["rules"] == [
        {"backendRefs": [{"name": pick(objects, "Service")["metadata"]["name"], "port": 81}], "matches": [{"path": {"type": "PathPrefix", "value": "/"}}]}
    ]


def policy(values, ending="takehold"):
    objects = render({**values, "networkPolicy": {"enabled": True, **values.get("networkPolicy", {})}})
    return pick(objects, "NetworkPolicy", ending)["spec"]


def ports(rules):
    return sorted({(each["protocol"], each["port"]) for rule in rules for each in rule["ports"]}, key=str)


DNS = [("TCP", 53), ("UDP", 53)]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, []),
        (DATABASE, [5432]),
        ({"database": {"url": "postgres://u:p:w@h:6432/d"}}, [6432]),
        ({"database": {"url": "postgres://u@a:1111,[::1]:2222,c/d?x=y:3"}}, [1111, 2222, 5432]),
        ({"outbound": {"proxy": "http://p:3128"}}, [3128]),
        ({"outbound": {"proxy": "https://p"}}, [443]),
        ({"telemetry": {"otlpEndpoint": "http://c:4318"}}, [4318]),
        ({"config": {"auth": {"oidc": {"issuer": "https://id/realm:8/x"}, "ldap": {"url": "ldap://l"}}}}, [389, 443]),
        ({"config": {"smtp": {"url": "smtps://m"}}}, [465]),
    ],
)
def test_what_values_name_can_be_reached_and_nothing_else(values, wanted):
    spec = policy(values)
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert ports(spec["egress"]) == sorted([*DNS, *(("TCP", port) for port in wanted)], key=str)


def test_peers_narrow_who_may_reach_the_server():
    everybody = policy({})
    assert everybody["ingress"] == [{"ports": [{"port": "http", "protocol": "TCP"}]}]
    shared = policy({"networkPolicy": {"ingress": {"from": [{"podSelector": {}}], "metricsFrom": [PEER]}}})
    assert shared["ingress"][0]["from"][:2] == [{"podSelector": {}}, PEER]
    apart = policy({"metrics": {"port": 9090}, "networkPolicy": {"ingress": {"from": [{"podSelector": {}}], "metricsFrom": [PEER]}}})
    assert PEER not in apart["ingress"][0]["from"]
    assert apart["ingress"][1] == {"ports": [{"port": "metrics", "protocol": "TCP"}], "from": [PEER]}


def test_the_test_pod_is_let_in_and_out():
    objects = render({"networkPolicy": {"enabled": True, "ingress": {"from": [PEER]}}})
    labels = pick(objects, "Pod")["metadata"]["labels"].items()
    peers = pick(objects, "NetworkPolicy", "takehold")["spec"]["ingress"][0]["from"]
    assert any(each.get("podSelector", {}).get("matchLabels", {"none": ""}).items() <= labels for each in peers)
    out = pick(objects, "NetworkPolicy", "-test")["spec"]["egress"]
    server_labels = pick(objects, "Deployment")["spec"]["template"]["metadata"]["labels"].items()
    assert out[1]["to"][0]["podSelector"]["matchLabels"].items() <= server_labels


def test_the_migration_reaches_the_database_only():
    spec = policy(DATABASE, "-migrate")
    assert ports(spec["egress"]) == sorted([*DNS, ("TCP", 5432)], key=str)
    assert "ingress" not in spec and spec["policyTypes"] == ["Ingress", "Egress"]


def test_egress_can_be_left_open():
    spec = policy({"networkPolicy": {"egress": {"enabled": False}}})
    assert spec["policyTypes"] == ["Ingress"] and "egress" not in spec
