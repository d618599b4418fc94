"""What the tests of packages share: the scripts that make them, and a word when the machine lacks a tool."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance import BINARY
from root import BECOME_ROOT, TOP, Root


@pytest.fixture(scope="session")
def tools():
    """Says which Debian package a missing command comes with."""

    def needed(**commands):
        for command, package in commands.items():
            command = command.replace("_", "-")
            if not (shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin")):
                pytest.fail(f"{command} is missing: install it with apt-get install {package}", pytrace=False)

    return needed


@pytest.fixture(scope="session")
def as_root():
    """Runs a command as root and answers what it printed."""

    def run(*command, **options):
        done = subprocess.run(
            [*BECOME_ROOT, *map(str, command)], capture_output=True, text=True, timeout=120, **options
        )
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def build():
    """Runs a script of `packaging` and answers its last line."""

    def run(script, *arguments, binary=BINARY, environment=None):
        command = [TOP / "packaging" / script, *(["--binary", binary] if binary else []), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, env={**os.environ, **(environment or {})}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    return run


@pytest.fixture(scope="session")
def built(build, tmp_path_factory, request):
    """Runs a script of `packaging` once for all processes of the test run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if hasattr(request.config, "workerinput") else base

    def run(script):
        folder = base / script
        folder.mkdir(mode=0o755, exist_ok=True)
        with (folder / "last-line").open("a+") as answer:
            fcntl.flock(answer, fcntl.LOCK_EX)
            answer.seek(0)
            line = answer.read()
            if not line:
                line = build(script, "--to", folder)
                answer.write(line)
            return line

    return run


@pytest.fixture(scope="module")
def package(tools, built):
    tools(dpkg_deb="dpkg")
    return Path(built("build-deb"))


@pytest.fixture
def root(tools, tmp_path, as_root):
    tools(systemd_sysusers="systemd", systemd_analyze="systemd", deb_systemd_helper="init-system-helpers")
    # Its user must be able to reach it.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    folder = tmp_path / "root"
    folder.mkdir(mode=0o755)
    yield Root(folder, as_root)
    as_root("rm", "-rf", folder)
