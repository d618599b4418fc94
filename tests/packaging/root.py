"""A throw-away root directory, and the right to work in it."""

import os
import subprocess
from pathlib import Path

TOP = Path(__file__).parents[2]
BECOME_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


class Root:
    """A throw-away root directory that packages are installed into."""

    def __init__(self, folder, as_root):
        self.folder, self.as_root = folder, as_root
        for path in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"):
            (folder / path).mkdir(parents=True)
        (folder / "var/lib/dpkg/status").touch()

    def dpkg(self, *arguments):
        # The maintainer scripts run with this machine's tools, told by DPKG_ROOT where to work.
        options = ["--force-script-chrootless", "--force-depends", "--force-confold"]
        return self.as_root("dpkg", f"--root={self.folder}", *options, *arguments)

    def stat(self, path):
        mode, owner, group = self.as_root("stat", "--format=%a %u %g", self.folder / path).split()
        return mode, int(owner), int(group)

    def user(self):
        """The number of the user and the group that the package made."""
        users = [line.split(":") for line in self.as_root("cat", self.folder / "etc/passwd").splitlines()]
        [(user, group)] = [(int(line[2]), int(line[3])) for line in users if line[0] == "takehold"]
        return user, group

    def exists(self, path):
        return subprocess.run([*BECOME_ROOT, "test", "-e", self.folder / path]).returncode == 0
