"""What every set of values in `ci/` makes: lint, the same bytes twice, Kubernetes' schemas, Pod Security."""

import functools
import json
import tarfile
import tomllib

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate import utils

from helm.chart import CHART, CI, helm, pod_specs, render, template, template_anew
from helm.pod_security import breaches, house_breaches

# Objects that Kubernetes itself does not know are looked at in test_custom.py.
CUSTOM = ("monitoring.coreos.com/", "gateway.networking.k8s.io/")
# The oldest that Chart.yaml accepts, the newest that is known, and some between.
VERSIONS = ["1.25", "1.29", "1.33", utils.latest_version()]
EVERY_CI = pytest.mark.parametrize("values", CI, ids=lambda path: path.name.removesuffix("-values.yaml"))

utils.schema_contents = functools.cache(utils.schema_contents)


def test_there_are_values_to_try():
    assert len(CI) >= 9


@EVERY_CI
def test_lint_finds_nothing(values):
    done = helm("lint", "--strict", CHART, "--values", values)
    assert done.returncode == 0, done.stdout + done.stderr


@EVERY_CI
def test_two_renderings_give_the_same_bytes(values):
    first, second = template(values), template_anew(values)
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


@EVERY_CI
def test_an_upgrade_renders_like_an_installation(values):
    """Argo CD renders upgrades as installations."""
    assert template(values).stdout == template(values, "--is-upgrade").stdout


@EVERY_CI
def test_every_version_of_kubernetes_knows_the_objects(values):
    for version in VERSIONS:
        for each in render(values, "--kube-version", version):
            if each["apiVersion"].startswith(CUSTOM):
                continue
            try:
                valid(json.dumps(each), version)
            except kubernetes_validate.ValidationError as error:
                # What a later version brought is the operator's to set.
                if not is_newer(error):
                    pytest.fail(f"{version}, {each['kind']} {each['metadata']['name']}, {list(error.path)}: {error.message}")


@functools.cache
def valid(text, version):
    kubernetes_validate.validate(json.loads(text), version, strict=True)


def is_newer(error):
    return any(f"'{field}'" in error.message for field in ("sleep", "matchLabelKeys"))


@EVERY_CI
def test_objects_are_told_apart(values):
    names = [(each["apiVersion"], each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in render(values)]
    assert len(names) == len(set(names))


@EVERY_CI
def test_pods_follow_the_restricted_standard(values):
    pods = dict(pod_specs(render(values)))
    assert len(pods) >= 2
    found = {name: [*breaches(spec), *house_breaches(spec)] for name, spec in pods.items()}
    assert not any(found.values()), found


def test_the_check_of_the_standard_sees_breaches():
    bad = {
        "hostNetwork": True,
        "volumes": [{"name": "node", "hostPath": {"path": "/"}}],
        "containers": [{"name": "c", "securityContext": {"privileged": True, "runAsUser": 0}, "ports": [{"hostPort": 80}]}],
    }
    assert len(list(breaches(bad))) == 9
    assert len(list(house_breaches(bad))) == 3


@EVERY_CI
def test_pods_differ_from_each_other_by_their_labels(values):
    """The Service and the budget select servers, never the migration or the test."""
    objects = render(values)
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in objects if each["kind"] in ("Deployment", "Job")]
    labels += [each["metadata"]["labels"] for each in objects if each["kind"] == "Pod"]
    for each in objects:
        if each["kind"] in ("Service", "PodDisruptionBudget", "Deployment"):
            selector = each["spec"]["selector"]
            wanted = selector.get("matchLabels", selector).items()
            assert sum(wanted <= found.items() for found in labels) == 1


def test_no_template_depends_on_chance_or_on_the_cluster():
    text = "\n".join(path.read_text() for path in (CHART / "templates").rglob("*.*"))
    for word in ("randA", "randB", "randI", "randN", "genCA", "genSigned", "genSelf", "genPrivate", "uuidv4", "htpasswd", "now ", "lookup", "Release.Revision", "IsUpgrade", "IsInstall"):
        assert word not in text, word


def test_the_package_is_the_same_each_time_and_holds_what_is_needed(tmp_path):
    packages = []
    for name in ("a", "b"):
        done = helm("package", CHART, "--destination", tmp_path / name)
        assert done.returncode == 0, done.stderr
        packages += (tmp_path / name).iterdir()
    assert packages[0].read_bytes() == packages[1].read_bytes()
    with tarfile.open(packages[0]) as archive:
        names = set(archive.getnames())
    assert {"takehold/values.schema.json", "takehold/README.md", "takehold/files/rules.yaml", "takehold/files/dashboard.json"} <= names
    assert not [name for name in names if name.startswith("takehold/ci")]


def test_the_versions_are_those_of_the_binary():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    cargo = tomllib.loads((CHART.parents[1] / "Cargo.toml").read_text())
    assert chart["appVersion"] == cargo["package"]["version"]
