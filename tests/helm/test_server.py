"""The Deployment, and what stands around it, by the switches that matter."""

import tomllib

import pytest

from helm.chart import DATABASE, RELEASE, pick, pod_environment, render, server, template, variables

SETTINGS = "/etc/takehold"


def pod(values=None):
    return pick(render(values), "Deployment")["spec"]["template"]["spec"]


def sources(values=None):
    """The files of the volume of settings: path → (kind, name, key)."""
    volume = next(each for each in pod(values)["volumes"] if each["name"] == "settings")
    found = {}
    for source in volume["projected"]["sources"]:
        kind, about = next(iter(source.items()))
        assert "optional" not in about, "the pod must wait for what is missing"
        found |= {item["path"]: (kind, about["name"], item["key"]) for item in about["items"]}
    return found


def test_sqlite_has_one_server_that_ends_before_the_next_starts():
    objects = render()
    spec = pick(objects, "Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    data = next(each for each in spec["template"]["spec"]["volumes"] if each["name"] == "data")
    claim = pick(objects, "PersistentVolumeClaim")
    assert data["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert pod_environment().mounts["/var/lib/takehold"] == data
    assert not [each for each in objects if each["kind"] in ("Job", "HorizontalPodAutoscaler", "Secret")]


def test_sqlite_can_be_stopped_for_a_restore():
    assert pick(render({"replicaCount": 0}), "Deployment")["spec"]["replicas"] == 0


def test_a_named_sqlite_file_stays_on_the_volume():
    url = "sqlite:///var/lib/takehold/other.db"
    assert pod_environment({"database": {"url": url}}).env["TAKEHOLD_DATABASE__URL"] == url


def test_sqlite_without_persistence_or_with_another_claim():
    objects = render({"persistence": {"enabled": False}})
    assert pick(objects, "PersistentVolumeClaim") is None
    objects = render({"persistence": {"existingClaim": "old"}})
    assert pick(objects, "PersistentVolumeClaim") is None
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "old"}} in pick(objects, "Deployment")["spec"]["template"]["spec"]["volumes"]


def test_postgres_runs_several_servers_without_a_claim():
    objects = render({"replicaCount": 3, **DATABASE})
    deployment = pick(objects, "Deployment")["spec"]
    assert deployment["replicas"] == 3
    assert deployment["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert pick(objects, "PersistentVolumeClaim") is None
    spread = deployment["template"]["spec"]["topologySpreadConstraints"]
    assert [each["topologyKey"] for each in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert all(each["labelSelector"]["matchLabels"] == deployment["selector"]["matchLabels"] for each in spread)
    assert pick(render({**DATABASE, "updateStrategy": {"type": "Recreate"}}), "Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_a_database_secret_is_mounted_as_a_file():
    found = sources({"database": {"existingSecret": "db-app", "existingSecretKey": "uri"}})
    assert found["secrets/database-url"] == ("secret", "db-app", "uri")
    environment = pod_environment(DATABASE).env
    assert environment["TAKEHOLD_DATABASE__URL_FILE"] == f"{SETTINGS}/secrets/database-url"
    assert "TAKEHOLD_DATABASE__URL" not in environment


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_database_url_becomes_a_secret_and_nothing_else_shows_it(scheme):
    url = f"{scheme}://takehold:hush@db/takehold"
    values = {"database": {"url": url}, "replicaCount": 2}
    assert sources(values)["secrets/database-url"] == ("secret", f"{RELEASE}-takehold-database", "url")
    text = template(values).stdout
    assert "hush" not in text
    assert len([each for each in render(values) if each["kind"] == "Secret"]) == 2


def test_the_migration_runs_before_the_rest_and_uses_none_of_it():
    objects = render({"database": {"url": "postgres://u:p@h/d"}, "outbound": {"caBundle": {"pem": "x"}}, "networkPolicy": {"enabled": True}})
    job = pick(objects, "Job")
    hook = job["metadata"]["annotations"]
    assert hook["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert hook["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
    spec = job["spec"]["template"]["spec"]
    container = spec["containers"][0]
    assert container["args"] == ["migrate"]
    assert container["image"] == server(objects)["image"]
    assert set(variables(container)) == {"TAKEHOLD_DATA_DIR", "TAKEHOLD_DATABASE__URL_FILE", "TAKEHOLD_TELEMETRY__FORMAT"}
    assert spec["serviceAccountName"] == "default"
    assert not [each for each in spec["volumes"] if "persistentVolumeClaim" in each]
    # Whatever it reads is made by an earlier hook.
    before = {
        (each["kind"].lower(), each["metadata"]["name"])
        for each in objects
        if int(each["metadata"].get("annotations", {}).get("helm.sh/hook-weight", 0)) < int(hook["helm.sh/hook-weight"])
    }
    for source in spec["volumes"][0]["projected"]["sources"]:
        kind, about = next(iter(source.items()))
        assert (kind.lower(), about["name"]) in before
    assert ("networkpolicy", job["metadata"]["name"]) in before


def test_the_migration_is_for_postgres_and_by_choice():
    assert pick(render(), "Job") is None
    assert pick(render({**DATABASE, "migration": {"enabled": False}}), "Job") is None
    named = render({**DATABASE, "serviceAccount": {"create": False, "name": "own"}})
    assert pick(named, "Job")["spec"]["template"]["spec"]["serviceAccountName"] == "own"


@pytest.mark.parametrize("release", ["use", "takehold", "a"])
def test_the_secret_key_is_named_after_the_release_and_never_made(release):
    objects = render(release=release)
    assert pod_environment_of(objects)["TAKEHOLD_SERVER__SECRET_KEY_FILE"] == f"{SETTINGS}/secrets/secret-key"
    text = template(release=release).stdout
    assert f"name: {release}-secret-key" in text
    assert not [each for each in objects if each["kind"] == "Secret"]


def pod_environment_of(objects):
    return variables(server(objects))


def test_the_secret_key_can_be_named():
    found = sources({"secretKey": {"existingSecret": "own", "existingSecretKey": "key"}})
    assert found["secrets/secret-key"] == ("secret", "own", "key")


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({}, "takehold:0.1.0"),
        ({"image": {"registry": "r.example", "repository": "a/takehold", "tag": "1"}}, "r.example/a/takehold:1"),
        ({"image": {"registry": "r.example"}, "global": {"imageRegistry": "mirror.example:5000/x/"}}, "mirror.example:5000/x/takehold:0.1.0"),
        ({"image": {"tag": "1", "digest": "sha256:" + "0" * 64}}, "takehold@sha256:" + "0" * 64),
    ],
)
def test_the_image_is_the_same_everywhere_and_the_digest_wins(values, image):
    objects = render({**values, **DATABASE})
    pods = [pick(objects, "Deployment")["spec"]["template"], pick(objects, "Job")["spec"]["template"], pick(objects, "Pod")]
    assert {each["spec"]["containers"][0]["image"] for each in pods} == {image}


def test_pull_secrets_are_names_or_maps():
    found = pod({"imagePullSecrets": ["a", {"name": "b"}], "global": {"imagePullSecrets": [{"name": "b"}, "c"]}})
    assert found["imagePullSecrets"] == [{"name": "b"}, {"name": "c"}, {"name": "a"}]


def test_openshift_chooses_the_ids():
    assert {"runAsUser", "runAsGroup", "fsGroup"} <= set(pod()["securityContext"])
    assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(pod_environment({"openshift": {"enabled": True}}).security)


def test_probes_ask_over_http():
    container = server(render({"readinessProbe": {"periodSeconds": 7}}))
    paths = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {
        "startupProbe": {"path": "/healthz", "port": "http"},
        "livenessProbe": {"path": "/healthz", "port": "http"},
        "readinessProbe": {"path": "/readyz", "port": "http"},
    }
    assert container["readinessProbe"]["periodSeconds"] == 7


def test_the_pod_outlives_its_drain():
    assert pod_environment().grace_seconds == 30
    slow = pod_environment({"drainSeconds": 50})
    assert (slow.grace_seconds, slow.env["TAKEHOLD_SERVER__DRAIN_SECONDS"]) == (60, "50")


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, None),
        ({"ingress": {"enabled": True}}, None),
        ({"ingress": {"enabled": True, "host": "a.example"}}, "http://a.example"),
        ({"ingress": {"enabled": True, "host": "a.example", "tls": [{"secretName": "t"}]}}, "https://a.example"),
        ({"ingress": {"enabled": True, "host": "a.example"}, "publicUrl": "https://b.example"}, "https://b.example"),
    ],
)
def test_the_server_knows_its_address(values, url):
    assert pod_environment(values).env.get("TAKEHOLD_SERVER__PUBLIC_URL") == url


def test_an_ingress_needs_no_host():
    ingress = pick(render({"ingress": {"enabled": True}}), "Ingress")["spec"]
    assert "host" not in ingress["rules"][0] and "tls" not in ingress
    ingress = pick(render({"ingress": {"enabled": True, "host": "a.example", "tls": [{"secretName": "t"}]}}), "Ingress")["spec"]
    assert ingress["rules"][0]["host"] == "a.example"
    assert ingress["tls"] == [{"secretName": "t", "hosts": ["a.example"]}]


def test_secrets_are_files():
    values = {
        "bootstrap": {"ownerEmail": "o@example.com", "existingSecret": "owner"},
        "auth": {"oidc": {"existingSecret": "oidc"}, "ldap": {"existingSecret": "ldap", "existingSecretKey": "pw"}},
        "smtp": {"existingSecret": "mail"},
        "backup": {"identity": {"existingSecret": "age"}},
    }
    found = sources(values)
    assert found["secrets/owner-password"] == ("secret", "owner", "password")
    assert found["secrets/oidc-client-secret"] == ("secret", "oidc", "client-secret")
    assert found["secrets/ldap-bind-password"] == ("secret", "ldap", "pw")
    assert found["secrets/smtp-url"] == ("secret", "mail", "url")
    environment = pod_environment(values).env
    named = {value.removeprefix(f"{SETTINGS}/") for name, value in environment.items() if name.endswith("_FILE")}
    assert named == set(found)


def test_config_becomes_toml():
    config = {
        "server": {"trusted_proxies": ["10.0.0.0/8"]},
        "auth": {"oidc": {"role_mappings": {"CN=a,DC=b": "admin", 'quo"te': "viewer"}, "auto_provision": False}},
        "later": {"count": 20, "large": 86_400_000, "share": 0.5, "nothing": None, "text": "a & <b>\n\\", "rows": [{"a": 1}, {"b": {"c": []}}]},
    }
    objects = render({"config": config})
    written = tomllib.loads(pick(objects, "ConfigMap", "-config")["data"]["takehold.toml"])
    del config["later"]["nothing"]
    assert written == config
    assert isinstance(written["later"]["count"], int)
    assert server(objects)["args"] == ["serve"]
    assert {"name": "TAKEHOLD_CONFIG", "value": f"{SETTINGS}/takehold.toml"} in server(objects)["env"]


def test_a_change_of_settings_brings_new_pods():
    def template_of(values):
        return pick(render(values), "Deployment")["spec"]["template"]

    assert template_of({"config": {"webhooks": {"allow_private": ["10.0.0.0/8"]}}}) != template_of({"config": {"webhooks": {"allow_private": ["10.0.0.0/9"]}}})
    assert template_of({"database": {"url": "postgres://a:b@h/d"}}) != template_of({"database": {"url": "postgres://a:c@h/d"}})


def test_proxy_and_certificates_hold_for_every_call():
    values = {"outbound": {"proxy": "http://p:3128", "noProxy": [".a", "10.0.0.0/8"], "caBundle": {"existingConfigMap": "ca", "key": "all.pem"}}}
    environment = pod_environment(values).env
    assert environment["TAKEHOLD_OUTBOUND__PROXY"] == "http://p:3128"
    assert environment["TAKEHOLD_OUTBOUND__NO_PROXY"] == ".a,10.0.0.0/8"
    assert environment["TAKEHOLD_OUTBOUND__CA_FILE"] == f"{SETTINGS}/ca.crt"
    assert sources(values)["ca.crt"] == ("configMap", "ca", "all.pem")
    assert sources({"outbound": {"caBundle": {"existingSecret": "ca"}}})["ca.crt"] == ("secret", "ca", "ca.crt")


def test_backups_have_a_volume_by_choice():
    values = {**DATABASE, "replicaCount": 2, "backup": {"keep": 3, "encryptTo": ["age1a", "age1b"], "persistence": {"enabled": True, "accessModes": ["ReadWriteMany"]}}}
    found = pod_environment(values)
    assert "persistentVolumeClaim" in found.mounts[found.env["TAKEHOLD_BACKUP__FOLDER"]]
    assert (found.env["TAKEHOLD_BACKUP__KEEP"], found.env["TAKEHOLD_BACKUP__ENCRYPT_TO"]) == ("3", "age1a,age1b")


def test_scaling_and_disruptions():
    objects = render({**DATABASE, "autoscaling": {"enabled": True, "targetMemoryUtilizationPercentage": 80}, "podDisruptionBudget": {"enabled": True}})
    assert "replicas" not in pick(objects, "Deployment")["spec"]
    scaler = pick(objects, "HorizontalPodAutoscaler")["spec"]
    assert scaler["scaleTargetRef"]["name"] == pick(objects, "Deployment")["metadata"]["name"]
    assert [each["resource"]["name"] for each in scaler["metrics"]] == ["cpu", "memory"]
    assert pick(objects, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    assert pick(render({"podDisruptionBudget": {"enabled": True, "minAvailable": "50%"}}), "PodDisruptionBudget")["spec"]["minAvailable"] == "50%"


def test_the_test_pod_asks_the_service_with_our_own_verb():
    objects = render({"service": {"port": 8000}})
    test = pick(objects, "Pod")
    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    url = f"http://{pick(objects, 'Service')['metadata']['name']}.tools:8000"
    assert test["spec"]["containers"][0]["args"] == ["healthcheck", "--url", url, "--ready"]
    assert pick(render({"helmTest": {"enabled": False}}), "Pod") is None


def test_extras_are_added():
    objects = render({
        "extraArgs": ["--x"],
        "extraEnv": [{"name": "A", "value": "b"}],
        "extraEnvFrom": [{"secretRef": {"name": "s"}}],
        "extraVolumes": [{"name": "v", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "v", "mountPath": "/v"}],
        "extraContainers": [{"name": "c", "image": "i"}],
        "extraInitContainers": [{"name": "n", "image": "i"}],
        "extraObjects": ["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-x"],
    })
    container = server(objects)
    assert container["args"] == ["serve", "--x"] and variables(container)["A"] == "b"
    assert container["envFrom"] == [{"secretRef": {"name": "s"}}]
    assert {"name": "v", "mountPath": "/v"} in container["volumeMounts"]
    found = pick(objects, "Deployment")["spec"]["template"]["spec"]
    assert found["containers"][1]["name"] == "c" and found["initContainers"][0]["name"] == "n"
    assert pick(objects, "ConfigMap", "-x")["metadata"]["name"] == f"{RELEASE}-x"


def test_long_names_keep_their_tails():
    objects = render({**DATABASE, "metrics": {"port": 9090}, "networkPolicy": {"enabled": True}}, release="r" * 53)
    assert max(len(each["metadata"]["name"]) for each in objects) <= 63
    assert len({(each["kind"], each["metadata"]["name"]) for each in objects}) == len(objects)
