"""Whatever ends the server, what it acknowledged counts once."""

import json
import random
import signal
import subprocess

import pytest

from appliance import BINARY, Reader, until
from harness import DAYS, Load, crash, reckon, strike

KILLS = 5


@pytest.fixture
def chance(request):
    """Random moments; a failure names the seed."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    return random.Random(seed)


def serving(new_appliance, engine):
    appliance = new_appliance(engine).start()
    return appliance, Reader(appliance, appliance.token()), appliance.write_key()


def test_crashes_while_events_come_in(new_appliance, engine, chance):
    appliance, reader, key = serving(new_appliance, engine)
    with Load(appliance, key) as load:
        strike(appliance, load, reader, crash, KILLS, chance)
    reckon(reader, load).assert_exact()
    assert load.answers.keys() <= {0, 200, 503}


def test_a_stop_while_events_come_in(new_appliance, engine, chance):
    appliance, reader, key = serving(new_appliance, engine)

    def restart(appliance):
        """The server ends by itself, soon and without complaint."""
        appliance.process.terminate()
        assert appliance.process.wait(timeout=20) == 0, appliance.log()
        appliance.start()

    with Load(appliance, key) as load:
        strike(appliance, load, reader, restart, 2, chance)
    reckon(reader, load).assert_exact()


def history(file, lines):
    """A history with message ids, and one in which a line's place among its equals is its only name."""
    with file.open("w") as out:
        for number in range(lines):
            call = {"type": "track", "userId": f"person-{number % 100}", "event": "Opened"}
            call["timestamp"] = f"{DAYS[number % 7]}T10:00:00Z"
            if number % 2:
                call["messageId"] = f"m{number}"
            out.write(json.dumps(call) + "\n")


def test_crashes_of_import(new_appliance, engine, chance, tmp_path):
    appliance, reader, _ = serving(new_appliance, engine)
    lines, file = 400_000, tmp_path / "history.ndjson"
    history(file, lines)
    killed = 0
    while True:
        with (tmp_path / "said").open("w+") as said:
            process = subprocess.Popen([BINARY, "import", file], env=appliance.environment, stdout=said, stderr=said)
            before = reader.events()
            if killed < KILLS:
                # Once it has begun to store, at any moment.
                until(lambda: process.poll() is not None or reader.events() > before or before, 60)
                try:
                    process.wait(timeout=chance.uniform(0, 0.3))
                except subprocess.TimeoutExpired:
                    process.kill()
                if process.wait(timeout=60) == -signal.SIGKILL:
                    killed += 1
                    continue
            assert process.wait(timeout=120) == 0
            said.seek(0)
            last = said.read().splitlines()[-1]
            break
    assert killed == KILLS, f"import ended before it was killed {KILLS} times: make the history longer"
    accepted, duplicate, rejected = (int(word.split()[1]) for word in last.split(", "))
    assert (accepted + duplicate, rejected) == (lines, 0)
    assert reader.events() == lines
    days = {day["date"]: day["events"] for day in reader.get("metrics/active", from_=DAYS[0], to=DAYS[-1])["days"]}
    assert days == {day: len(range(number, lines, 7)) for number, day in enumerate(DAYS)}
    people = [person["events"] for person in reader.every("people", limit=200)]
    assert people == [lines // 100] * 100
