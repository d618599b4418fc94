"""An unpacked image, run by a container runtime as Kubernetes runs a pod under the *restricted* rules."""

import json
import subprocess
import time
import uuid
from pathlib import Path

from root import BECOME_ROOT

# The profile that containerd, CRI-O and Podman apply by default; Debian's golang-github-containers-common brings it.
SECCOMP = Path("/usr/share/containers/seccomp.json")
PROCESSORS = {"amd64": "SCMP_ARCH_X86_64", "arm64": "SCMP_ARCH_AARCH64"}


def seccomp(architecture):
    """The default profile for a process without capabilities, in the words of the runtime."""
    profile = json.loads(SECCOMP.read_text())

    def applies(rule):
        wanted, unwanted = rule.get("includes") or {}, rule.get("excludes") or {}
        return (
            not wanted.get("caps")
            and architecture in (wanted.get("arches") or [architecture])
            and architecture not in (unwanted.get("arches") or [])
        )

    kept = ("names", "action", "args", "errnoRet")
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile.get("defaultErrnoRet", 1),
        "architectures": [PROCESSORS[architecture]],
        "syscalls": [
            {key: rule[key] for key in kept if rule.get(key)} for rule in profile["syscalls"] if applies(rule)
        ],
    }


class Container:
    """A bundle in a network of its own, where it alone has a loopback: read-only root, no capabilities, seccomp."""

    def __init__(self, bundle, data, as_root, architecture="amd64", environment=None):
        self.bundle, self.as_root = Path(bundle), as_root
        self.id = f"takehold-{uuid.uuid4().hex[:12]}"
        self.runtime = ["runc", "--root", str(self.bundle / "runtime")]
        configuration = json.loads(as_root("cat", self.bundle / "config.json"))
        process = configuration["process"]
        process["terminal"] = False
        process["noNewPrivileges"] = True
        process["capabilities"] = dict.fromkeys(process["capabilities"], [])
        process["env"] += [f"{name}={value}" for name, value in (environment or {}).items()]
        configuration["root"]["readonly"] = True
        quiet = ["nosuid", "nodev"]
        system = [mount for mount in configuration["mounts"] if mount["destination"] in ("/proc", "/dev")]
        etc = Path(data).parent / "etc"
        etc.mkdir(exist_ok=True)
        (etc / "hosts").write_text("127.0.0.1 localhost\n127.0.0.1 hosts.takehold.test\n")
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        configuration["mounts"] = [
            *system,
            {
                "destination": "/tmp",
                "type": "tmpfs",
                "source": "tmpfs",
                "options": [*quiet, "mode=1777", "size=65536k"],
            },
            {
                "destination": "/var/lib/takehold",
                "type": "bind",
                "source": str(data),
                "options": ["bind", "rw", *quiet],
            },
            *(
                {
                    "destination": f"/etc/{name}",
                    "type": "bind",
                    "source": str(etc / name),
                    "options": ["bind", "ro", *quiet],
                }
                for name in ("hosts", "resolv.conf")
            ),
        ]
        configuration["linux"]["seccomp"] = seccomp(architecture)
        # Limits belong to the cluster, and a sandbox may have no right to set any.
        configuration["linux"].pop("resources", None)
        as_root("tee", self.bundle / "config.json", input=json.dumps(configuration))
        self.process = None

    def __enter__(self):
        self.output = (self.bundle / "output").open("w+")
        command = [*self.runtime, "run", "--bundle", self.bundle, "--pid-file", self.bundle / "pid", self.id]
        self.process = subprocess.Popen(
            self._root(command), stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output
        )
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.signal("KILL")
            self.process.wait(timeout=30)
        self.output.close()

    def _root(self, command):
        return [*BECOME_ROOT, *map(str, command)]

    def said(self):
        return (self.bundle / "output").read_text()

    def signal(self, name):
        self.as_root(*self.runtime, "kill", self.id, name)

    def stop(self):
        """Asks the server to end, and answers its exit code and the seconds it took."""
        began = time.monotonic()
        self.signal("TERM")
        return self.process.wait(timeout=60), time.monotonic() - began

    def run(self, *command, environment=None):
        """Runs a program of the image beside the server, as `kubectl exec` does."""
        variables = [word for pair in (environment or {}).items() for word in ("--env", "=".join(pair))]
        command = self._root([*self.runtime, "exec", *variables, self.id, *command])
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def inside(self, *command):
        """The command line that runs a program of this machine in the container's network."""
        pid = (self.bundle / "pid").read_text().strip()
        return self._root(["nsenter", "--target", pid, "--net", *command])

    def get(self, path):
        """Asks the server over the container's own loopback: status, headers and body; None when nothing answers."""
        if not (self.bundle / "pid").exists():
            return None
        done = subprocess.run(
            self.inside("curl", "--silent", "--include", "--max-time", "10", f"http://127.0.0.1:8080{path}"),
            capture_output=True,
            timeout=30,
        )
        if done.returncode != 0:
            return None
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        return int(first.split()[1]), headers, body
