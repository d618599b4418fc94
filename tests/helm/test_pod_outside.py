"""There is no cluster here: the real binary is run with the environment, arguments and files that a pod would get."""

import os
import subprocess
import uuid

import pytest
import requests

from appliance import BINARY, POSTGRES, free_port, in_postgres, postgres_url, until
from helm.chart import DATABASE, RELEASE, pod_environment

SECRETS = {(f"{RELEASE}-secret-key", "secret-key"): "07" * 32 + "\n", ("owner", "password"): "correct horse battery staple\n"}


def test_the_server_is_ready_with_what_the_chart_gives_it(tmp_path):
    values = {
        "publicUrl": "https://takehold.example.com",
        "bootstrap": {"ownerEmail": "owner@example.com", "existingSecret": "owner"},
        "telemetry": {"level": "info"},
        "config": {
            "server": {"trusted_proxies": ["10.0.0.0/8"]},
            "auth": {"oidc": {"issuer": "https://id.example.com", "role_mappings": {"CN=Staff,DC=example": "viewer"}}},
            "webhooks": {"allow_private": ["10.1.0.0/16"]},
        },
    }
    with serving(tmp_path, pod_environment(values)) as base:
        session = requests.post(f"{base}/api/v1/session", json={"email": "owner@example.com", "password": "correct horse battery staple"}, timeout=10)
        assert session.status_code == 200, session.text
    assert (tmp_path / "var/lib/takehold/takehold.db").exists()
    # The key came from the Secret: none was made.
    assert not (tmp_path / "var/lib/takehold/secret-key").exists()


def test_the_least_values_are_enough(tmp_path):
    with serving(tmp_path, pod_environment()) as base:
        assert requests.get(f"{base}/healthz", timeout=10).json() == {"status": "ok"}


@pytest.fixture
def database():
    if not POSTGRES:
        pytest.fail("TAKEHOLD_TEST_POSTGRES names no server: tests/run starts one")
    name = f"takehold_test_{uuid.uuid4().hex}"
    in_postgres("postgres", f"CREATE DATABASE {name}")
    yield postgres_url(name)
    in_postgres("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def test_the_migration_may_run_twice_and_a_server_follows(tmp_path, database):
    secrets = {**SECRETS, ("db", "url"): database}
    for _ in range(2):
        environment, arguments = pod_environment(DATABASE, "Job").lay_out(tmp_path / "job", secrets)
        done = subprocess.run([BINARY, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "the schema is up to date"
    with serving(tmp_path / "server", pod_environment(DATABASE), secrets) as base:
        assert requests.get(f"{base}/readyz", timeout=10).json() == {"status": "ready"}


class serving:
    """The pod's process, with its mounts below a folder, and its port on loopback."""

    def __init__(self, folder, pod, secrets=SECRETS):
        self.environment, self.arguments = pod.lay_out(folder, secrets)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        assert self.environment["TAKEHOLD_SERVER__LISTEN"] == "0.0.0.0:8080"
        self.environment["TAKEHOLD_SERVER__LISTEN"] = f"127.0.0.1:{port}"
        self.log = folder / "log"
        self.grace = pod.grace_seconds
        # Where nothing is mounted, nothing can be written.
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [BINARY, *self.arguments], env={"PATH": os.environ["PATH"], **self.environment}, cwd=self.elsewhere, stdout=log, stderr=log
            )

        def is_ready():
            """The pod's server is ready."""
            assert self.process.poll() is None, self.log.read_text()
            try:
                return requests.get(f"{self.base}/readyz", timeout=10).ok
            except requests.ConnectionError:
                return False

        try:
            until(is_ready)
        except BaseException:
            self.process.kill()
            raise
        return self.base

    def __exit__(self, *_):
        self.process.terminate()
        try:
            assert self.process.wait(timeout=self.grace) == 0, self.log.read_text()
        finally:
            self.process.kill()
        assert not list(self.elsewhere.iterdir()), "something was written outside of the mounts"
