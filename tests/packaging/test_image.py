"""The image is the binary and two empty folders, and serves from a read-only root as an unprivileged user."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from appliance import BINARY, until
from container import SECCOMP, Container

USER = 65532
ENVIRONMENT = {
    "PATH=/usr/bin",
    "TAKEHOLD_DATA_DIR=/var/lib/takehold",
    "TAKEHOLD_SERVER__LISTEN=0.0.0.0:8080",
    "TAKEHOLD_TELEMETRY__FORMAT=json",
}
# Path → (kind, mode, owner, group); nothing else is in the image.
EXPECTED = {
    "tmp": ("folder", 0o1777, 0, 0),
    "usr": ("folder", 0o755, 0, 0),
    "usr/bin": ("folder", 0o755, 0, 0),
    "usr/bin/takehold": ("file", 0o755, 0, 0),
    "var": ("folder", 0o755, 0, 0),
    "var/lib": ("folder", 0o755, 0, 0),
    "var/lib/takehold": ("folder", 0o770, USER, 0),
}


def version():
    return subprocess.run([BINARY, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]


@pytest.fixture(scope="module")
def archive(tools, built):
    tools(buildah="buildah")
    return Path(built("build-image"))


class Layout:
    """An OCI image layout on disk."""

    def __init__(self, archive, folder):
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="fully_trusted")
        self.folder = folder
        [self.entry] = json.loads((folder / "index.json").read_text())["manifests"]
        self.manifest = self.json(self.entry)
        self.config = self.json(self.manifest["config"])

    def blob(self, entry):
        return self.folder / "blobs" / entry["digest"].replace(":", "/")

    def json(self, entry):
        return json.loads(self.blob(entry).read_text())


@pytest.fixture
def layout(archive, tmp_path):
    return Layout(archive, tmp_path / "layout")


def test_the_image_says_what_it_is(layout):
    config = layout.config["config"]
    assert (layout.config["os"], layout.config["architecture"]) == ("linux", "amd64")
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["/usr/bin/takehold"]
    assert config["Cmd"] == ["serve"]
    assert set(config["Env"]) == ENVIRONMENT
    assert set(config["ExposedPorts"]) == {"8080/tcp"}
    assert config["WorkingDir"] == "/var/lib/takehold"
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    assert labels["version"] == version() == layout.entry["annotations"]["org.opencontainers.image.ref.name"]
    assert re.fullmatch("[0-9a-f]{40}|unknown", labels["revision"])
    assert labels["licenses"] == "Apache-2.0"


def test_the_image_is_the_binary_and_little_else(layout):
    [layer] = layout.manifest["layers"]
    with tarfile.open(layout.blob(layer)) as tree:
        found = {entry.name.strip("/"): entry for entry in tree}
        assert found.keys() - {""} == EXPECTED.keys()
        for path, (kind, mode, owner, group) in EXPECTED.items():
            entry = found[path]
            assert entry.isdir() if kind == "folder" else entry.isreg()
            assert (oct(entry.mode & 0o7777), entry.uid, entry.gid) == (oct(mode), owner, group), path
        assert tree.extractfile(found["usr/bin/takehold"]).read() == Path(BINARY).read_bytes()
    binary = Path(BINARY).stat().st_size
    assert binary <= 40 << 20
    assert sum(entry.size for entry in found.values()) == binary
    # Packed, the whole archive with its manifests is smaller than the binary.
    assert sum(file.stat().st_size for file in layout.folder.rglob("*") if file.is_file()) < binary


def test_the_same_sources_give_the_same_bytes(build, archive, tmp_path):
    assert Path(build("build-image", "--to", tmp_path)).read_bytes() == archive.read_bytes()


def test_in_dockers_format_it_has_a_health_check(build, tmp_path):
    with tarfile.open(build("build-image", "--to", tmp_path, "--docker")) as packed:
        [manifest] = json.load(packed.extractfile("manifest.json"))
        check = json.load(packed.extractfile(manifest["Config"]))["config"]["Healthcheck"]
    assert check["Test"] == ["CMD", "/usr/bin/takehold", "healthcheck"]
    assert manifest["RepoTags"] == [f"localhost/takehold:{version()}"]


def test_docker_gets_the_same_root(build, tmp_path):
    said = build("build-image", "--context", tmp_path / "context").split()
    assert said[-1] == str(tmp_path / "context")
    assert f"VERSION={version()}" in said
    assert {file.name for file in (tmp_path / "context").iterdir()} == {"Dockerfile", "rootfs.tar"}
    with tarfile.open(tmp_path / "context/rootfs.tar") as tree:
        assert {entry.name for entry in tree} == EXPECTED.keys()


def test_an_arm64_binary_makes_an_arm64_image(build, tmp_path):
    binary = tmp_path / "takehold"
    shutil.copy(BINARY, binary)
    with binary.open("r+b") as file:
        # The processor's number in the header of an ELF file.
        file.seek(18)
        file.write((183).to_bytes(2, "little"))
    archive = build("build-image", "--to", tmp_path, binary=binary)
    assert archive.endswith("-arm64.oci.tar")
    assert Layout(archive, tmp_path / "layout").config["architecture"] == "arm64"


@pytest.fixture
def container(tools, as_root, layout, tmp_path):
    tools(umoci="umoci", runc="runc", nsenter="util-linux", curl="curl", dnsmasq="dnsmasq-base")
    if not SECCOMP.exists():
        pytest.fail(
            f"{SECCOMP} is missing: install it with apt-get install golang-github-containers-common", pytrace=False
        )
    # A bind mount's source must be reachable for the container's user.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    data = tmp_path / "data"
    data.mkdir()
    as_root("chown", f"{USER}:{USER}", data)
    as_root("umoci", "unpack", "--image", f"{layout.folder}:{version()}", tmp_path / "bundle")
    if os.geteuid() != 0:
        as_root("chmod", "755", tmp_path / "bundle")
    with Container(tmp_path / "bundle", data, as_root) as container:
        yield container


def test_it_serves_from_a_read_only_root_without_rights(container, tmp_path, as_root):
    def is_ready():
        """The server in the container is ready."""
        assert container.process.poll() is None, container.said()
        answer = container.get("/readyz")
        return answer and answer[0] == 200

    until(is_ready, 30)
    status, headers, index = container.get("/")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/html")
    script = re.search(rb'<script type="module"[^>]+src="(/assets/[^"]+\.js)"', index)[1].decode()
    status, headers, body = container.get(script)
    assert status == 200 and "javascript" in headers["content-type"] and len(body) > 1_000

    status = as_root("cat", f"/proc/{(tmp_path / 'bundle/pid').read_text()}/status")
    rights = dict(line.split(":\t", 1) for line in status.splitlines())
    assert set(rights["Uid"].split()) == set(rights["Gid"].split()) == {str(USER)}
    assert {int(rights[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (rights["NoNewPrivs"], rights["Seccomp"]) == ("1", "2")

    assert container.run("/usr/bin/takehold", "healthcheck").returncode == 0
    assert container.run("/usr/bin/takehold", "healthcheck", "--ready").returncode == 0
    key = container.run("/usr/bin/takehold", "admin", "create-write-key", "--name", "shop")
    assert key.returncode == 0 and key.stdout.startswith("thw_"), key.stderr
    assert container.run("/usr/bin/takehold", "doctor").returncode == 0

    # A static program has no help from the machine in finding hosts: by file and by name server it must find them itself.
    server = [
        "dnsmasq",
        "--keep-in-foreground",
        "--no-resolv",
        "--no-hosts",
        "--listen-address=127.0.0.1",
        "--bind-interfaces",
    ]
    server += ["--address=/served.takehold.test/127.0.0.1", "--user=root", "--pid-file=", f"--conf-file={os.devnull}"]
    with subprocess.Popen(container.inside(*server), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as names:
        try:
            for host in ("hosts", "served"):
                there = {"TAKEHOLD_DATABASE__URL": f"postgres://takehold@{host}.takehold.test:1/takehold"}

                def is_found():
                    """The name leads to an address, where nothing listens."""
                    return (
                        "(127.0.0.1), port 1 failed"
                        in container.run("/usr/bin/takehold", "doctor", environment=there).stdout
                    )

                until(is_found, 20)
        finally:
            names.terminate()

    code, seconds = container.stop()
    assert code == 0, container.said()
    assert seconds < 10
    said = container.said().splitlines()
    assert any(re.fullmatch(r"Set up: http://localhost:8080/setup\?code=thc_\w+", line) for line in said)
    assert all(json.loads(line) for line in said if not line.startswith("Set up: "))
    # All that was written is in the data folder.
    assert "takehold.db" in as_root("ls", tmp_path / "data").split()
    files = as_root("find", tmp_path / "bundle/rootfs", "-type", "f", "-size", "+0").split()
    assert files == [str(tmp_path / "bundle/rootfs/usr/bin/takehold")]
