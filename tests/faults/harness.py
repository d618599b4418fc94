"""Load that remembers what was acknowledged, faults to strike it with, and the reckoning at the end.

A fault is a function that takes an appliance under load, harms it, and leaves it serving again; `strike` repeats one at
random moments. `Load` sends every batch until it is acknowledged, as the official clients do, and so knows what must be
found in the end: each event once.
"""

import contextlib
import copy
import json
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import requests

from appliance import BINARY, free_port, until

# Answers that ask a client to come again.
AGAIN = {429, 503}
DAYS = [f"2026-03-{day:02}" for day in range(1, 8)]


class Load:
    """Senders that go on, each with a batch at a time, until they are stopped."""

    def __init__(self, appliance, key, senders=4, size=25, seed=1):
        self.url = f"{appliance.url}/v1/batch"
        self.key, self.size, self.seed = key, size, seed
        self.acknowledged, self.by_person, self.by_day = 0, Counter(), Counter()
        # How often each status came; 0 stands for no answer at all.
        self.answers = Counter()
        self.wrong = []
        self.lock, self.stopping, self.given_up = threading.Lock(), threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(senders)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, failure, *_):
        if failure:
            # Nobody waits for what will not come.
            self.given_up.set()
        self.stop(5 if failure else 60, failure is None)

    def stop(self, seconds=60, demand=True):
        """Lets each sender bring its last batch home."""
        self.stopping.set()
        deadline = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        left = sum(thread.is_alive() for thread in self.threads)
        if demand:
            assert not left, f"{left} senders wait for a 200 in vain: {dict(self.answers)}"
            assert not self.wrong, self.wrong[:3]

    def _send(self, sender):
        chance = random.Random(f"{self.seed}/{sender}")
        number = 0
        with requests.Session() as session:
            session.auth = (self.key, "")
            while not self.stopping.is_set() and not self.wrong:
                people, days = Counter(), Counter()
                batch = []
                for _ in range(self.size):
                    person, day = f"person-{sender}-{chance.randrange(10)}", chance.choice(DAYS)
                    call = {"type": "track", "userId": person, "event": "Opened", "context": {"app": "Portal"}}
                    call |= {"messageId": f"{self.seed}-{sender}-{number}", "timestamp": f"{day}T10:00:00Z"}
                    batch.append(call)
                    people[person] += 1
                    days[day] += 1
                    number += 1
                if self._until_acknowledged(session, {"batch": batch}):
                    with self.lock:
                        self.acknowledged += self.size
                        self.by_person += people
                        self.by_day += days

    def _until_acknowledged(self, session, body):
        while not (self.wrong or self.given_up.is_set()):
            try:
                answer = session.post(self.url, json=body, timeout=30)
            except requests.RequestException:
                status = 0
            else:
                status = answer.status_code
            with self.lock:
                self.answers[status] += 1
            if status == 200:
                if answer.json() == {"success": True}:
                    return True
                self.wrong.append(answer.text)
            elif status in AGAIN:
                self._look_at(answer)
            elif status:
                self.wrong.append(f"{status} {answer.text}")
            # Nobody is hurried by a server that is away.
            time.sleep(0.02)
        return False

    def _look_at(self, answer):
        """Every refusal says in words what is the matter."""
        with contextlib.suppress(ValueError):
            if answer.json().get("detail"):
                return
        self.wrong.append(f"{answer.status_code} without a word: {answer.text!r}")

    def goes_on(self, events=1, seconds=60):
        """Waits until more has been acknowledged."""
        wanted = self.acknowledged + events

        def is_further():
            """The load goes on."""
            assert not self.wrong, self.wrong[:3]
            return self.acknowledged >= wanted

        until(is_further, seconds)


@dataclass
class Reckoning:
    """What was acknowledged and what is there."""

    sent: int
    found: int
    lost: int = 0
    doubled: int = 0
    details: list = field(default_factory=list)

    def assert_exact(self):
        assert (self.lost, self.doubled) == (0, 0), f"sent {self.sent}, found {self.found}: {self.details[:5]}"


def reckon(reader, *loads):
    """Compares what stopped loads were promised with what each way of asking answers."""
    by_person = sum((load.by_person for load in loads), Counter())
    assert by_person.total() == sum(load.acknowledged for load in loads)
    return compare(reader, by_person, sum((load.by_day for load in loads), Counter()))


def compare(reader, by_person, by_day):
    """Compares what was sent with what each way of asking answers."""
    result = Reckoning(by_person.total(), reader.events())
    days = reader.get("metrics/active", from_=DAYS[0], to=DAYS[-1])["days"]
    people = {person["external_id"]: person["events"] for person in reader.every("people", limit=200)}
    for what, wanted, found in [
        ("person", by_person, Counter(people)),
        ("day", by_day, Counter({day["date"]: day["events"] for day in days})),
        ("all", Counter({"events": result.sent}), Counter({"events": result.found})),
    ]:
        lost, doubled = wanted - found, found - wanted
        result.lost = max(result.lost, lost.total())
        result.doubled = max(result.doubled, doubled.total())
        result.details += [f"{what} {name}: {wanted[name]} sent, {found[name]} found" for name in lost | doubled]
    return result


# --- Faults ---------------------------------------------------------------------------------------


def crash(appliance):
    """Ends the server as a power cut does, and starts it again."""
    appliance.kill()
    appliance.start()


def restart(appliance):
    """Asks the server to end, which it does soon and without complaint, and starts it again."""
    appliance.process.terminate()
    assert appliance.process.wait(timeout=20) == 0, appliance.log()
    appliance.start()


def strike(appliance, load, reader, fault, times, chance, before=None):
    """Strikes at random moments under load; answers the longest time from a blow until an event was taken again."""
    worst = 0.0
    for _ in range(times):
        load.goes_on()
        if before:
            before()
        # Anywhere in a commit, a fold or a compaction.
        time.sleep(chance.uniform(0, 0.5))
        promised, began = load.acknowledged, time.monotonic()
        fault(appliance)
        load.goes_on()
        worst = max(worst, time.monotonic() - began)
        found = reader.events()
        assert found >= promised, f"{promised} events were acknowledged before, {found} are there after"
    return worst


def history(file, lines):
    """Writes a history half of whose lines have a message id; the others are known by their place among their equals."""
    with file.open("w") as out:
        for number in range(lines):
            call = {"type": "track", "userId": f"person-{number % 100}", "event": "Opened"}
            call["timestamp"] = f"{DAYS[number % 7]}T10:00:00Z"
            if number % 2:
                call["messageId"] = f"m{number}"
            out.write(json.dumps(call) + "\n")


def kill_imports(appliance, reader, times, lines, window, chance):
    """Loads a file into an empty store again and again, killing runs within a window; answers what was found at last."""
    file = appliance.folder / "history.ndjson"
    history(file, lines)
    output = appliance.folder / "import.log"
    killed = 0
    while killed < times:
        with output.open("w") as said:
            process = subprocess.Popen([BINARY, "import", file], env=appliance.environment, stdout=said, stderr=said)
        if killed == 0:
            # Later runs pass over what is there: those may be killed at any moment of that too.
            until(lambda: process.poll() is not None or reader.events(), 60)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0, window))
        process.kill()
        # One that came to its end was too quick to be killed.
        code = process.wait()
        assert code in (0, -signal.SIGKILL), output.read_text()
        killed += code != 0
    last = appliance.say("import", file, seconds=600).splitlines()[-1]
    accepted, duplicate, rejected = (int(word.split()[1]) for word in last.split(", "))
    assert (accepted + duplicate, rejected) == (lines, 0), last
    file.unlink()
    return compare(
        reader,
        Counter({f"person-{number}": len(range(number, lines, 100)) for number in range(100)}),
        Counter({day: len(range(number, lines, 7)) for number, day in enumerate(DAYS)}),
    )


def beside(appliance, folder):
    """A second server on the same store, with a port and a data folder of its own."""
    other = copy.copy(appliance)
    other.folder, other.port, other.process, other.database = Path(folder), free_port(), None, None
    other.url = f"http://127.0.0.1:{other.port}"
    other.environment = appliance.environment | {
        "TAKEHOLD_DATA_DIR": str(folder),
        "TAKEHOLD_SERVER__LISTEN": f"127.0.0.1:{other.port}",
    }
    return other
