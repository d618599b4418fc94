"""Segment's official clients deliver every event exactly once, though the server is killed in the middle."""

import subprocess
import sys
from pathlib import Path

import pytest

from appliance import Reader, person, until

HERE = Path(__file__).parent
# Events that each of the people does, told apart by the property `n`.
PEOPLE, EVENTS = 5, 400

CLIENTS = {
    "node": ["node", HERE / "node.mjs"],
    "python": [sys.executable, HERE / "python.py"],
    "browser": ["node", HERE / "browser.mjs", "standard"],
    "browser in batches": ["node", HERE / "browser.mjs", "batching"],
}


@pytest.mark.parametrize(
    "client, engine",
    [(name, "sqlite") for name in CLIENTS] + [("node", "postgres")],
    ids=lambda value: value.replace(" ", "-"),
)
def test_each_event_arrives_once(new_appliance, client, engine):
    appliance = new_appliance(engine).start()
    api = Reader(appliance, appliance.token())
    command = [*CLIENTS[client], appliance.url, appliance.write_key("--app", "Portal"), str(PEOPLE), str(EVENTS)]
    everything = PEOPLE * EVENTS
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True) as sender:
        for share in (0.2, 0.6):
            until(lambda: api.events() >= share * everything or sender.poll(), 60)
            assert api.events() < everything, "the server must die in the middle"
            with appliance.outage():
                assert sender.poll() is None, sender.stdout.read()
        until(lambda: api.events() >= everything or sender.poll(), 90)
        # Those that would stay end with their standard input.
        said = sender.communicate(timeout=60)[0]
    assert sender.returncode == 0, said
    assert api.events() == everything
    for number in range(PEOPLE):
        found = api.get(person(f"user-{number}"))
        assert found["events"] == EVENTS
        assert found["account"] == f"account-{number}"
        assert found["merged"] == [f"anonymous-{number}"]
        traits = {trait["name"]: trait["value"] for trait in found["traits"]}
        assert traits == {"name": f"User {number}", "email": f"user-{number}@example.com"}
        account = api.get(f"accounts/account-{number}")
        assert (account["name"], account["plan"], account["people"]) == (f"Account {number}", "team", 1)
        tracked = [
            item["properties"]["n"]
            for item in api.every(f"{person(found['external_id'])}/timeline", limit=200)
            if item["type"] == "track"
        ]
        assert sorted(tracked) == list(range(EVENTS))
    assert [app["app"] for app in api.every("apps")] == ["Portal"]
    assert len(list(api.every("people"))) == PEOPLE
