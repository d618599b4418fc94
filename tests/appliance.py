"""An appliance under test: the real binary on a fresh store, driven by its command line and over HTTP."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import uuid
from pathlib import Path

import requests

BINARY = os.environ.get("TAKEHOLD_BIN", "")
POSTGRES = os.environ.get("TAKEHOLD_TEST_POSTGRES", "")
DATA = Path(__file__).parent / "data"
SECRET_KEY = "07" * 32


def until(what, seconds=30.0, every=0.02):
    """Asks until the answer is true and returns it."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what.__doc__ or what.__name__}"
        time.sleep(every)
    return answer


def free_port():
    """A loopback port below those that outgoing connections take."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def in_postgres(database, sql):
    """Runs SQL in a database of the test server."""
    command = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", postgres_url(database), "-c", sql]
    subprocess.run(command, check=True, capture_output=True)


def postgres_url(database):
    return urllib.parse.urlsplit(POSTGRES)._replace(path=f"/{database}").geturl()


class Appliance:
    """A store with a server that can be started, killed and started again on the same port."""

    def __init__(self, folder, engine="sqlite"):
        self.folder = Path(folder)
        self.engine = engine
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.database = None
        store = f"sqlite://{self.folder}/t.db"
        if engine == "postgres":
            self.database = f"takehold_test_{uuid.uuid4().hex}"
            in_postgres("postgres", f"CREATE DATABASE {self.database}")
            store = postgres_url(self.database)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TAKEHOLD_")} | {
            "TAKEHOLD_DATABASE__URL": store,
            "TAKEHOLD_DATA_DIR": str(self.folder),
            "TAKEHOLD_SERVER__LISTEN": f"127.0.0.1:{self.port}",
            "TAKEHOLD_SERVER__SECRET_KEY": SECRET_KEY,
        }

    def run(self, *arguments, stdin=None, environment=None, seconds=120):
        """Runs a verb to its end, with some of the environment changed or, by None, taken away."""
        environment = self.environment | (environment or {})
        return subprocess.run(
            [BINARY, *map(str, arguments)],
            env={name: value for name, value in environment.items() if value is not None},
            input=stdin,
            capture_output=True,
            timeout=seconds,
            cwd=self.folder,
        )

    def say(self, *arguments, **options):
        """Runs a verb that succeeds, and answers what it printed."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def start(self):
        """Starts the server and waits until it is ready."""
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen([BINARY, "serve"], env=self.environment, stdout=log, stderr=log, cwd=self.folder)
        until(self.is_ready)
        return self

    def is_ready(self):
        """The server is ready."""
        assert self.process.poll() is None, f"the server ended:\n{self.log()}"
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/readyz", timeout=10).status_code == 200

    def kill(self):
        """Ends the server as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks the server to end."""
        self.process.terminate()
        assert self.process.wait(timeout=30) == 0, self.log()
        self.process = None

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")[-4_000:]

    def write_key(self, *arguments):
        return self.say("admin", "create-write-key", "--name", "test", *arguments)

    def token(self, role="owner"):
        return self.say("admin", "create-token", "--name", f"test {role}", "--role", role)

    def close(self):
        """Ends what is left, and forgets the store."""
        if self.process and self.process.poll() is None:
            self.kill()
        if self.database:
            in_postgres("postgres", f"DROP DATABASE {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def outage(self):
        """Kills the server, and starts it again once somebody has knocked in vain."""
        self.kill()
        knocked = threading.Event()
        with socket.create_server(("127.0.0.1", self.port)) as door:
            threading.Thread(target=self._turn_away, args=(door, knocked), daemon=True).start()
            until(knocked.is_set)
            yield
            # Wakes the thread from its wait.
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
        self.start()

    @staticmethod
    def _turn_away(door, knocked):
        with contextlib.suppress(OSError):
            while True:
                guest, _ = door.accept()
                guest.close()
                knocked.set()


class Reader:
    """A program that reads the API with a token."""

    def __init__(self, appliance, token, workspace="default"):
        self.base = f"{appliance.url}/api/v1/workspaces/{workspace}/"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path, **query):
        # `from` is a word of Python: callers write it with an underscore.
        query = {name.rstrip("_"): value for name, value in query.items()}
        answer = self.session.get(self.base + path, params=query, timeout=30)
        assert answer.status_code == 200, f"{path} {query}: {answer.status_code} {answer.text}"
        return answer.json()

    def every(self, path, **query):
        """All items of a list, page by page."""
        cursor = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    def events(self):
        return self.get("summary")["events"]


def person(external_id):
    return "people/" + urllib.parse.quote(external_id, safe="")
