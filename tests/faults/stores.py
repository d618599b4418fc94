"""Stores that can be taken away: a PostgreSQL of one's own, a disk that fills up, a disk that fails."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from appliance import free_port, postgres_url, until

BECOME_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


def ask_postgres(database, sql):
    """One value from a database of the test server."""
    command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", postgres_url(database), "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Postgres:
    """A server that may be restarted without disturbing other tests."""

    def __init__(self):
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        assert binaries, "PostgreSQL is missing: install it with apt-get install postgresql"
        self.binaries = binaries[-1]
        self.port = free_port()
        # As root it runs as another user, who must be able to reach the folder.
        self.folder = Path(tempfile.mkdtemp(prefix="takehold-postgres-"))
        self.become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.become:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def _run(self, program, *arguments):
        command = [*self.become, self.binaries / program, "-D", self.folder / "data", *arguments]
        with (self.folder / "output").open("ab") as output:
            done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", timeout=60)
        assert done.returncode == 0, (self.folder / "output").read_text()[-2_000:]

    def start(self):
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-w", "start", "-o", options, "-l", self.folder / "log")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "-w", "stop", "-m", mode)

    def close(self):
        if (self.folder / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- Disks ----------------------------------------------------------------------------------------


def as_root(*command):
    done = subprocess.run([*BECOME_ROOT, *map(str, command)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stderr}"
    return done.stdout


class SmallDisk:
    """A small file system in memory that can be filled up."""

    def __init__(self, folder, megabytes):
        self.folder = Path(folder)
        self.ballast = self.folder / "ballast"
        options = f"size={megabytes}m,mode=755,uid={os.getuid()},gid={os.getgid()}"
        as_root("mount", "-t", "tmpfs", "-o", options, "takehold-test", self.folder)

    def fill(self):
        with self.ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def make_room(self):
        self.ballast.unlink()

    def close(self):
        as_root("umount", "--lazy", self.folder)


class FailingDisk:
    """A file system on a disk that fails: the kernel lets nobody write any more until it is checked."""

    def __init__(self, image, folder, megabytes=256):
        self.image, self.folder = Path(image), Path(folder)
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        # Debian keeps these where only root looks.
        os.environ["PATH"] += ":/usr/sbin:/sbin"
        as_root("mkfs.ext4", "-q", "-F", self.image)
        self._mount()
        as_root("chown", f"{os.getuid()}:{os.getgid()}", self.folder)

    def _mount(self):
        as_root("mount", "-o", "loop,errors=remount-ro", self.image, self.folder)
        self.device = as_root("findmnt", "--noheadings", "--output=SOURCE", "--mountpoint", self.folder).strip()

    def fail(self):
        as_root("sh", "-c", f"echo 1 >/sys/fs/ext4/{Path(self.device).name}/trigger_fs_error")

    def repair(self):
        """Checks the file system; nobody may use it meanwhile."""
        # A process that has just ended may hold its files for another moment.
        umount = [*BECOME_ROOT, "umount", self.folder]
        until(lambda: subprocess.run(umount, capture_output=True).returncode == 0)
        # Exit code 1 says that something was repaired.
        subprocess.run([*BECOME_ROOT, "fsck.ext4", "-p", self.image], capture_output=True, timeout=60)
        self._mount()

    def close(self):
        as_root("umount", "--lazy", self.folder)
