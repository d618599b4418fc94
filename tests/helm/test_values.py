"""values.yaml, its schema and the README tell the same story; what cannot work is refused in a sentence."""

import json

import pytest
import yaml

from helm.chart import CHART, DATABASE, RELEASE, helm, refusal, render, template
from helm.values_readme import documented, readme

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())


def test_every_value_is_documented():
    assert [path for path, said, _ in documented() if not said] == []


def test_the_readme_lists_the_values():
    assert (CHART / "README.md").read_text() == readme(), "run: python tests/helm/values_readme.py"


def test_the_schema_knows_the_values_and_no_others():
    assert keys(SCHEMA) - keys_of(VALUES, SCHEMA) == {"enabled"}
    assert keys_of(VALUES, SCHEMA) - keys(SCHEMA) == set()


def keys(schema, path=""):
    found = set()
    for name, inner in schema.get("properties", {}).items():
        found |= {path + name} | keys(inner, f"{path}{name}.")
    return found


def keys_of(values, schema, path=""):
    found = set()
    for name, value in values.items():
        found.add(path + name)
        inner = schema.get("properties", {}).get(name, {})
        if isinstance(value, dict) and "properties" in inner:
            found |= keys_of(value, inner, f"{path}{name}.")
    return found


def test_every_table_of_our_own_is_strict():
    def open_tables(schema, path):
        if "properties" in schema and path != ".global" and schema.get("additionalProperties") is not False:
            yield path
        for name, inner in schema.get("properties", {}).items():
            yield from open_tables(inner, f"{path}.{name}")

    assert list(open_tables(SCHEMA, "")) == []


@pytest.mark.parametrize(
    "values",
    [
        {"replicas": 2},
        {"ingress": {"hosts": ["a"]}},
        {"image": {"digest": "abc"}},
        {"replicaCount": "many"},
        {"persistence": {"size": "20 GB"}},
        {"persistence": {"accessModes": []}},
        {"publicUrl": "takehold.example.com"},
        {"service": {"port": 70000}},
        {"metrics": {"port": -1}},
        {"outbound": {"proxy": "proxy:3128"}},
        {"listenAddress": "::"},
        {"podLabels": {"a": 1}},
    ],
    ids=json.dumps,
)
def test_the_schema_refuses(values):
    assert "don't meet the specifications of the schema" in refusal(values)


def test_labels_annotations_and_extras_are_open():
    render({
        "commonLabels": {"a": "1"},
        "podAnnotations": {"b.example.com/c": "d"},
        "global": {"storageClass": "of another chart"},
        "enabled": True,
        "extraVolumes": [{"name": "a", "emptyDir": {"medium": "Memory"}}],
        "nodeSelector": {"disk": "ssd"},
    })


POSTGRES_URL = {"url": "postgres://u:p@h/d"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"replicaCount": 2}, "replicaCount is 2, but SQLite takes exactly 1 server: set replicaCount to 1, or name a PostgreSQL"),
        ({"replicaCount": 2, "database": {"url": "sqlite:///var/lib/takehold/a.db"}}, "SQLite takes exactly 1 server"),
        ({"autoscaling": {"enabled": True}}, "autoscaling.enabled is set, but SQLite takes exactly 1 server"),
        ({"updateStrategy": {"type": "RollingUpdate"}}, "updateStrategy is set, but with SQLite"),
        ({"database": {**POSTGRES_URL, "existingSecret": "db"}}, "database.url and database.existingSecret are both set"),
        ({"database": {"url": "mysql://u@h/d"}}, "begins with neither postgres:// nor sqlite://"),
        ({"database": {"url": "sqlite://./t.db"}}, "outside of /var/lib/takehold/"),
        ({"database": {"url": "sqlite:///var/lib/takehold/../t.db"}}, "outside of /var/lib/takehold/"),
        ({"bootstrap": {"ownerEmail": "a@example.com"}}, "without bootstrap.existingSecret"),
        ({"bootstrap": {"existingSecret": "a"}}, "without bootstrap.ownerEmail"),
        ({"config": {"server": {"secret_key": "a"}}}, "config.server.secret_key does not belong in config: use secretKey.existingSecret"),
        ({"config": {"auth": {"oidc": {"client_secret": "a"}}}}, "use auth.oidc.existingSecret"),
        ({"config": {"auth": {"ldap": {"bind_password": "a"}}}}, "use auth.ldap.existingSecret"),
        ({"config": {"database": {"url": "a"}}}, "use database.url or database.existingSecret"),
        ({"config": {"server": {"listen": "a"}}}, "use listenAddress"),
        ({"config": {"smtp": {"url": "smtp://u:p@h"}}}, "config.smtp.url holds a password"),
        ({"config": {"smtp": {"url": "smtp://h"}}, "smtp": {"existingSecret": "a"}}, "both set"),
        ({"backup": {"schedule": "0 1 * * *"}, **DATABASE}, "set backup.persistence.enabled"),
        ({"backup": {"persistence": {"enabled": True}}, "replicaCount": 2, **DATABASE}, "lacks ReadWriteMany"),
        ({"outbound": {"caBundle": {"existingSecret": "a", "pem": "b"}}}, "outbound.caBundle takes one of"),
        ({"extraEnv": [{"name": "TAKEHOLD_DATA_DIR", "value": "/"}]}, "extraEnv sets TAKEHOLD_DATA_DIR, which the chart sets itself"),
        ({"podDisruptionBudget": {"enabled": True, "minAvailable": 1, "maxUnavailable": 1}}, "minAvailable or maxUnavailable"),
        ({"metrics": {"port": 8080}}, "metrics.port is 8080"),
        ({"httpRoute": {"enabled": True}}, "without httpRoute.parentRefs"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_cannot_work_is_refused(values, sentence):
    assert sentence in refusal(values)


def test_a_parent_charts_condition_is_no_unknown_value():
    assert template({"enabled": True}).returncode == 0


def test_kubernetes_of_long_ago_is_refused():
    assert "1.24" in template({}, "--kube-version", "1.24.0").stderr


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ["on SQLite", "create secret generic use-secret-key", "port-forward", "Set up:"]),
        ({"persistence": {"enabled": False}}, ["The data is lost with the pod"]),
        ({"ingress": {"enabled": True}}, ["publicUrl is empty"]),
        ({"database": POSTGRES_URL}, ["on PostgreSQL", "database.existingSecret keeps it out of there", "no scheduled backups"]),
        ({"bootstrap": {"ownerEmail": "o@example.com", "existingSecret": "own"}, "publicUrl": "https://a.example"}, ["as o@example.com", "https://a.example"]),
    ],
    ids=json.dumps,
)
def test_the_notes_say_what_to_do_next(values, said):
    done = helm("install", RELEASE, CHART, "--namespace", "tools", "--dry-run=client", "--values", "-", stdin=json.dumps(values))
    assert done.returncode == 0, done.stderr
    notes = done.stdout.split("NOTES:")[1]
    assert [each for each in said if each not in notes] == []
    assert "<no value>" not in notes and "u:p@h" not in notes
