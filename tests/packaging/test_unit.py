"""The installed service under a systemd of its own, booted in a container: it serves within all that the unit forbids."""

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from appliance import free_port, until
from root import BECOME_ROOT

# Secrets as the package's example shows them; a call that the filter forbids ends the server instead of failing quietly.
DROP_IN = """[Service]
Environment=TAKEHOLD_SERVER__LISTEN=127.0.0.1:{port}
LoadCredential=secret-key:/etc/takehold/secrets/secret-key
Environment=TAKEHOLD_SERVER__SECRET_KEY_FILE=%d/secret-key
RestartSec=100ms
SystemCallErrorNumber=kill
"""
SETTINGS = "etc/systemd/system/takehold.service.d/test.conf"
# What a machine has and this one needs not.
LEFT_OUT = ["dbus", "systemd-firstboot", "systemd-logind", "systemd-networkd", "console-getty", "getty@"]


class Machine:
    """This machine's own systemd, booted on a root directory that holds the package and little else."""

    def __init__(self, root, as_root):
        self.root, self.as_root = root, as_root
        self.log = root.folder.parent / "boot.log"

    def __enter__(self):
        # What is installed lies over this machine's own files, which nobody can change from inside.
        usr = f"--overlay-ro=/usr:{self.root.folder}/usr:/usr"
        options = ["--register=no", "--keep-unit", "--console=pipe", "--boot"]
        command = [*BECOME_ROOT, "systemd-nspawn", f"--directory={self.root.folder}", usr, *options]
        self.output = self.log.open("wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        return self

    def __exit__(self, *_):
        # Asks the system inside to shut down.
        self.as_root("kill", "-TERM", str(self._nspawn()))
        try:
            self.process.wait(timeout=60)
        finally:
            self.output.close()

    @staticmethod
    def _children(pid):
        with contextlib.suppress(OSError):
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def _nspawn(self):
        return self.process.pid if not BECOME_ROOT else self._children(self.process.pid)[0]

    def run(self, *command):
        """Runs a command inside; None while there is no inside yet."""
        assert self.process.poll() is None, self.log.read_text()
        inside = self._children(self._nspawn())
        if not inside:
            return None
        command = [*BECOME_ROOT, "nsenter", f"--target={inside[0]}", "--all", *map(str, command)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    def property(self, name):
        done = self.run("systemctl", "show", "--property", name, "--value", "takehold")
        return done.stdout.strip() if done else ""

    def journal(self):
        return self.run("journalctl", "--unit=takehold", "--output=cat", "--no-pager").stdout


@pytest.fixture
def machine(tools, package, root, as_root, tmp_path):
    tools(systemd_nspawn="systemd-container", nsenter="util-linux")
    # Debian's layout: what belongs to the system is below /usr.
    for folder in ("bin", "sbin", "lib", "lib64"):
        (root.folder / "usr" / folder).mkdir(parents=True, exist_ok=True)
        (root.folder / folder).symlink_to(f"usr/{folder}")
    for folder in ("run", "tmp", "root", "proc", "sys", "dev"):
        (root.folder / folder).mkdir()
    shutil.copy("/usr/lib/os-release", root.folder / "usr/lib")
    (root.folder / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root.folder / "etc/group").write_text("root:x:0:\n")
    (root.folder / "etc/hostname").write_text("test\n")
    as_root("systemd-machine-id-setup", f"--root={root.folder}")
    root.dpkg("--install", package)
    port = free_port()
    files = {SETTINGS: DROP_IN.format(port=port), "etc/takehold/secrets/secret-key": "07" * 32}
    for path, text in files.items():
        (tmp_path / "file").write_text(text)
        as_root("install", "-D", "-m", "600", tmp_path / "file", root.folder / path)
    system = root.folder / "etc/systemd/system"
    as_root("ln", "-s", "/lib/systemd/system/multi-user.target", system / "default.target")
    for unit in LEFT_OUT:
        as_root("ln", "-s", "/dev/null", system / f"{unit}.service")
    with Machine(root, as_root) as machine:
        machine.port = port
        yield machine


def test_the_service_boots_serves_and_comes_back(machine, root):
    base = f"http://127.0.0.1:{machine.port}"

    def is_ready():
        """The booted service is ready."""
        assert machine.property("Result") in ("", "success", "signal"), machine.journal()
        with contextlib.suppress(requests.ConnectionError):
            return machine.run("true") and requests.get(f"{base}/readyz", timeout=10).ok

    until(is_ready, 60)
    assert machine.property("ActiveState") == "active"
    assert requests.get(base, timeout=10).headers["content-type"].startswith("text/html")
    # The key opens what one of the verbs made beside the server, as the configuration file says.
    verb = [
        "setpriv",
        "--reuid=takehold",
        "--regid=takehold",
        "--clear-groups",
        "takehold",
        "--config",
        "/etc/takehold/takehold.toml",
    ]
    made = machine.run(*verb, "admin", "create-write-key", "--name", "shop")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    answer = requests.post(f"{base}/v1/track", json={"userId": "a", "event": "x"}, auth=(key, ""), timeout=10)
    assert answer.json() == {"success": True}, answer.text
    assert "Set up: http://" in machine.journal()

    pid = machine.property("MainPID")
    rights = dict(line.split(":\t", 1) for line in machine.run("cat", f"/proc/{pid}/status").stdout.splitlines())
    user, group = root.user()
    assert (set(rights["Uid"].split()), set(rights["Gid"].split())) == ({str(user)}, {str(group)})
    assert {int(rights[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (rights["NoNewPrivs"], rights["Seccomp"]) == ("1", "2")
    # As the service sees the machine, only its own folder and temporary files can be written.
    seen = ["nsenter", f"--target={pid}", "--mount", "touch"]
    for path, may in {
        "/etc/x": False,
        "/usr/x": False,
        "/var/x": False,
        "/var/lib/takehold/x": True,
        "/tmp/x": True,
    }.items():
        assert (machine.run(*seen, path).returncode == 0) == may, path
    # Nobody else on the machine reads the data.
    assert root.stat("var/lib/takehold/takehold.db")[0] == "600"
    assert not root.exists("var/lib/takehold/secret.key")

    # A crash is mended, a stop is clean.
    machine.run("systemctl", "kill", "--signal=KILL", "takehold")
    until(lambda: machine.property("MainPID") not in (pid, "0"))
    until(is_ready)
    machine.run("systemctl", "stop", "takehold")
    assert machine.property("Result") == "success"
    assert machine.property("ExecMainStatus") == "0"
