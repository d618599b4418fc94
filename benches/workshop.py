"""What the benches work with: tools built once, simulated events, stores made from them, servers."""

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "takehold" / "benches"
PEERS = ["duckdb==2.0.0", "chdb==4.4.0"]


@dataclass(frozen=True)
class Shape:
    """So many events of so many people; events beyond `people_days` fall on the same people and days."""

    events: int
    people: int
    people_days: int


@dataclass
class Timed:
    seconds: float
    cpu: float
    out: str


class Workshop:
    def __init__(self, quick: bool, full: bool) -> None:
        self.quick, self.full = quick, full
        self.folder = Path(tempfile.mkdtemp(prefix="takehold-bench-", dir=os.environ.get("TAKEHOLD_BENCH_DIR")))
        self.binary = os.environ.get("TAKEHOLD_BIN") or build_static()
        self.python = peers_python()
        self.generate = tool("generate")
        self.load = tool("load")
        self._stores: dict[Shape, Path] = {}

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, shape: Shape, *more: str) -> Path:
        """The events of a shape as NDJSON; made once."""
        words = [str(number) for number in (shape.events, shape.people, shape.people_days)] + list(more)
        path = self.folder / ("-".join(words) + ".ndjson")
        if not path.exists():
            with path.open("wb") as out:
                subprocess.run([self.generate, *words], stdout=out, check=True)
        return path

    def store(self, shape: Shape) -> Path:
        """The folder of a database that holds the events of a shape; made once, through a pipe."""
        if shape not in self._stores:
            folder = self.new_folder()
            words = [str(number) for number in (shape.events, shape.people, shape.people_days)]
            with subprocess.Popen([self.generate, *words], stdout=subprocess.PIPE) as source:
                self.run(folder, "import", "-", stdin=source.stdout)
            self._stores[shape] = folder
        return self._stores[shape]

    def new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    def environment(self, folder: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAKEHOLD_")}
        return kept | {"TAKEHOLD_DATABASE__URL": f"sqlite://{folder}/takehold.db", "TAKEHOLD_DATA_DIR": str(folder)}

    def run(self, folder: Path, *words: str, stdin=subprocess.DEVNULL) -> Timed:
        """Runs a verb of the binary on the database in `folder`."""
        return timed([self.binary, *words], env=self.environment(folder), stdin=stdin)

    def peer(self, *words: str | Path) -> dict:
        """What a peer prints; it times itself, since starting Python is not its work."""
        return json.loads(timed([self.python, HERE / "peers.py", *words]).out)

    def load_peer(self, engine: str, *files: Path) -> tuple[Path, Timed, list[int]]:
        """The store that a peer made of the files, the time it took, and the bytes after each file."""
        store = self.new_folder() / "peer"
        said = self.peer(engine, "load", store, *files)
        return store, Timed(said["seconds"], said["cpu"], ""), said["bytes"]


class Server:
    """A server on a loopback port, ended when the block ends."""

    def __init__(self, workshop: Workshop, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        started = time.perf_counter()
        environment = workshop.environment(folder) | {"TAKEHOLD_SERVER__LISTEN": self.address}
        self.log = (folder / "server.log").open("wb")
        self.process = subprocess.Popen([workshop.binary, "serve"], env=environment, stdout=self.log, stderr=self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        while not self.ready():
            if self.process.poll() is not None or time.perf_counter() - started > 60:
                self.process.kill()
                sys.exit(f"the server does not start: {(folder / 'server.log').read_text()[-500:]}")
            time.sleep(0.002)
        self.seconds_to_ready = time.perf_counter() - started

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def ready(self) -> bool:
        try:
            self.connection.request("GET", "/readyz")
            answer = self.connection.getresponse()
            answer.read()
            return answer.status == 200
        except OSError:
            self.connection.close()
            return False

    def get(self, path: str, token: str) -> tuple[float, bytes]:
        """Seconds and body of an answer."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - started
        if answer.status != 200:
            sys.exit(f"{path} answers {answer.status}: {body[:300]!r}")
        return took, body

    def memory(self) -> dict[str, float]:
        """`VmRSS` and `VmHWM` in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        pairs = (line.split(":") for line in lines if line.startswith(("VmRSS", "VmHWM")))
        return {name: int(value.split()[0]) / 1024 for name, value in pairs}

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(command: list, **options) -> Timed:
    """Runs a command to its end; sys.exit with its words if it fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as err:
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=err, **options)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode != 0:
            err.seek(0)
            sys.exit(f"{command[0]} failed: {err.read()[-1000:].decode(errors='replace')}")
    return Timed(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, out.decode())


def median(runs: list[Timed]) -> Timed:
    return Timed(statistics.median(r.seconds for r in runs), statistics.median(r.cpu for r in runs), runs[-1].out)


def build_static() -> str:
    return timed([HERE.parent / "packaging" / "build-static"]).out.splitlines()[-1].strip()


def tool(name: str) -> Path:
    """Builds one of the small Rust programs beside this file when it is missing or older."""
    built = CACHE / name
    newest = max(source.stat().st_mtime for source in (HERE / "tools").glob("*.rs"))
    if not built.exists() or built.stat().st_mtime < newest:
        CACHE.mkdir(parents=True, exist_ok=True)
        timed(["rustc", "-O", "--edition", "2024", "-o", built, HERE / "tools" / f"{name}.rs"])
    return built


def peers_python() -> Path:
    """A Python that has the peers, made from PyPI the first time."""
    python = CACHE / "venv" / "bin" / "python"
    mark = CACHE / "venv" / "peers.txt"
    if not mark.exists() or mark.read_text().split() != PEERS:
        timed([sys.executable, "-m", "venv", "--clear", CACHE / "venv"])
        timed([python, "-m", "pip", "install", "--quiet", *PEERS])
        mark.write_text("\n".join(PEERS))
    return python
