"""A reader of one page, who types its commands in order, in a folder of their own."""

import contextlib
import json
import os
import subprocess
import uuid
from datetime import datetime, timezone

import pytest
import requests

from appliance import BINARY, POSTGRES, free_port, in_postgres, postgres_url, until
from manual.pages import TOP

DATABASE = "postgres://takehold:PASSWORD@db.example.com/takehold"
PATIENCE = 120


def some_events():
    """A day of two people."""
    day = datetime.now(timezone.utc).strftime("%Y-%m-%dT08:%M:%SZ")
    calls = [
        {"type": "track", "event": "Report Opened", "userId": f"u-{n % 2}", "messageId": f"m-{n}", "timestamp": day, "context": {"app": "Shop"}}
        for n in range(20)
    ]
    return "".join(json.dumps(call) + "\n" for call in calls)


class Terminal:
    """A folder, and the server that a block started in it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        programs = folder.with_name(folder.name + "-bin")
        programs.mkdir()
        (programs / "takehold").symlink_to(BINARY)
        (folder / "events.ndjson").write_text(some_events())
        (folder / "helm").symlink_to(TOP / "helm")
        self.port = free_port()
        self.server = self.database = self.key = None
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TAKEHOLD_")} | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            # Wins over what a block's file says; blocks name the port that they know.
            "TAKEHOLD_SERVER__LISTEN": f"127.0.0.1:{self.port}",
        }

    def type(self, block):
        """Does what the block's first line says, and answers what was printed."""
        if block.option("run") == "stopped":
            self.stop()
        if "prepared" in block.words or block.option("with") == "server":
            self.bash("takehold migrate && takehold import events.ndjson", block)
        if block.option("with") == "server":
            self.serve("takehold serve\n", block)
        if block.option("run") == "server":
            return self.serve(self.fill_in(block.text), block)
        said = self.bash(self.fill_in(block.text), block)
        if "/v1/" in block.text.replace("/api/v1/", ""):
            assert '"success":true' in said, f"{block}: {said}"
        return said

    def fill_in(self, text):
        """What stands for something of the reader's own."""
        if DATABASE in text:
            text = text.replace(DATABASE, self.new_database())
        if "YOUR_WRITE_KEY" in text:
            self.key = self.key or self.bash("takehold admin create-write-key --name manual").strip()
            text = text.replace("YOUR_WRITE_KEY", self.key)
        text = text.replace("https://takehold.example/", f"http://127.0.0.1:{self.port}/")
        return text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")

    def new_database(self):
        if not self.database:
            if not POSTGRES:
                pytest.fail("TAKEHOLD_TEST_POSTGRES names no server: tests/run starts one")
            self.database = f"takehold_test_{uuid.uuid4().hex}"
            in_postgres("postgres", f"CREATE DATABASE {self.database}")
        return postgres_url(self.database)

    def bash(self, script, block=""):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{block}: exit {done.returncode}\n{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def serve(self, script, block):
        """The last line is the server's, which is waited for and left running."""
        self.stop()
        *before, last = script.strip().splitlines()
        assert last.strip() == "takehold serve", f"{block}: the last line is not the server's"
        script = "\n".join([*before, f"exec {last}"])
        log = self.folder.with_name(self.folder.name + ".log")
        with log.open("ab") as out:
            self.server = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

        def ready():
            assert self.server.poll() is None, f"{block}: the server ended:\n{log.read_text()}"
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=10).status_code == 200

        until(ready)
        return log.read_text()

    def stop(self):
        if self.server:
            self.server.terminate()
            ended = self.server.wait(timeout=30)
            self.server = None
            assert ended == 0, f"the server ended with {ended}"

    def close(self):
        if self.server and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
        if self.database:
            in_postgres("postgres", f"DROP DATABASE {self.database} WITH (FORCE)")
