"""A store that is away, full, read-only, damaged or somebody else's: clear words, nothing acknowledged lost."""

import contextlib
import json
import os
import random
import sqlite3
import subprocess

import pytest
import requests

from appliance import Reader, until
from harness import Load, reckon, strike
from stores import FailingDisk, Postgres, SmallDisk, as_root

EMAIL, PASSWORD = "owner@example.com", "a password for tests"
OTHER_KEY = "08" * 32


def refused(done, *words):
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert len(message.splitlines()) == 1, message
    for word in words:
        assert word in message
    return message


def serving(appliance):
    appliance.start()
    appliance.say("admin", "create-user", "--email", EMAIL, "--role", "owner", stdin=PASSWORD.encode())
    return Reader(appliance, appliance.token()), appliance.write_key()


def log_in(appliance):
    return requests.post(
        f"{appliance.url}/api/v1/session",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"X-Takehold-Request": "1"},
        timeout=30,
    )


def track(appliance, key):
    call = {"userId": "somebody", "event": "Opened", "messageId": "the same", "timestamp": "2026-03-01T10:00:00Z"}
    return requests.post(f"{appliance.url}/v1/track", json=call, auth=(key, ""), timeout=30)


def is_refused_in_words(answer):
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] and answer.json()["detail"]


# --- PostgreSQL is away ---------------------------------------------------------------------------


def test_postgres_restarts_under_load(new_appliance):
    with contextlib.closing(Postgres()) as postgres:
        appliance = new_appliance()
        appliance.environment["TAKEHOLD_DATABASE__URL"] = postgres.url
        reader, key = serving(appliance)
        modes = iter(["immediate", "fast", "immediate"])

        def restart(_):
            postgres.stop(next(modes))
            postgres.start()

        with Load(appliance, key) as load:
            strike(appliance, load, reader, restart, 3, random.SystemRandom())

            # Away for longer: requests wait, then they are told.
            postgres.stop()
            is_refused_in_words(requests.get(f"{reader.base}summary", headers=reader.session.headers, timeout=60))
            assert requests.get(f"{appliance.url}/healthz", timeout=10).status_code == 200

            def is_unready():
                """The server says that it cannot take requests."""
                return requests.get(f"{appliance.url}/readyz", timeout=10).status_code == 503

            until(is_unready)
            postgres.start()
            until(appliance.is_ready)
            load.goes_on()
        reckon(reader, load).assert_exact()
        assert load.answers.keys() <= {200, 503}
        appliance.stop()


# --- The disk is full -----------------------------------------------------------------------------


@pytest.fixture
def disk(new_appliance):
    """An appliance on a small disk of its own."""
    appliance = new_appliance()
    with contextlib.closing(SmallDisk(appliance.folder, 24)) as disk:
        yield appliance, disk
        if appliance.process and appliance.process.poll() is None:
            appliance.kill()


def test_a_full_disk_is_told_and_once_there_is_room_nobody_need_do_anything(disk):
    appliance, disk = disk
    reader, key = serving(appliance)
    with Load(appliance, key) as load:
        load.goes_on(1_000)
        disk.fill()

        def is_full():
            """Events are refused."""
            return load.answers[503] >= 20

        until(is_full)
        is_refused_in_words(track(appliance, key))
        # What is there can be read.
        assert reader.events() >= load.acknowledged > 0
        assert requests.get(appliance.url, timeout=10).status_code == 200
        done = appliance.run("doctor", "--json")
        assert done.returncode == 1
        [space] = [check for check in json.loads(done.stdout)["checks"] if check["name"] == "disk space"]
        assert not space["ok"] and "make room" in space["remedy"]
        disk.make_room()
        load.goes_on(1_000)
    reckon(reader, load).assert_exact()
    assert load.answers.keys() == {200, 503}
    appliance.stop()


def test_a_full_disk_locks_nobody_out(disk):
    appliance, disk = disk
    serving(appliance)
    disk.fill()
    assert log_in(appliance).status_code in {200, 201, 204}


def test_a_full_disk_is_called_by_its_name(disk):
    appliance, disk = disk
    _, key = serving(appliance)
    disk.fill()
    assert "full" in track(appliance, key).json()["detail"]


# --- The disk is read-only ------------------------------------------------------------------------


@pytest.fixture
def failing(new_appliance, tmp_path):
    """An appliance on a disk that can fail."""
    appliance = new_appliance()
    with contextlib.closing(FailingDisk(tmp_path / "image", appliance.folder)) as disk:
        yield appliance, disk
        if appliance.process and appliance.process.poll() is None:
            appliance.kill()


def test_a_disk_that_fails(failing):
    appliance, disk = failing
    reader, key = serving(appliance)
    # A kernel whose file system breaks down in the middle of an fsync may call it done: what counts is what was
    # acknowledged before.
    with Load(appliance, key) as before:
        before.goes_on(1_000)
    disk.fail()
    with Load(appliance, key, seed=2) as after:

        def is_refused():
            """Events are refused."""
            return after.answers[503] >= 20

        until(is_refused)
        # What is there can be read.
        assert reader.events() == before.acknowledged
        assert appliance.run("doctor").returncode == 1
        appliance.stop()
        refused(appliance.run("serve", seconds=10), str(appliance.folder), "Read-only")
        disk.repair()
        assert after.acknowledged == 0
        appliance.start()
        after.goes_on(1_000)
    reckon(reader, before, after).assert_exact()
    assert after.answers.keys() == {0, 200, 503}
    appliance.stop()


@pytest.fixture
def mounted_read_only(new_appliance, tmp_path):
    appliance = new_appliance()
    serving(appliance)
    appliance.stop()
    # Takes in the write-ahead log if the server's end left one: opening the file again would have to make it.
    with contextlib.closing(sqlite3.connect(appliance.folder / "t.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    as_root("mount", "--bind", appliance.folder, tmp_path)
    as_root("mount", "-o", "remount,bind,ro", tmp_path)
    yield appliance, tmp_path
    as_root("umount", "--lazy", tmp_path)


def test_a_read_only_folder_is_refused_at_the_start(mounted_read_only):
    appliance, folder = mounted_read_only
    there = {"TAKEHOLD_DATABASE__URL": f"sqlite://{folder}/t.db", "TAKEHOLD_DATA_DIR": str(folder)}
    refused(appliance.run("serve", environment=there, seconds=10), str(folder), "Read-only")


# --- The store is not what it was -----------------------------------------------------------------


@pytest.mark.parametrize("verb", ["serve", "doctor"])
def test_another_secret_key_is_refused(new_appliance, engine, verb):
    appliance = new_appliance(engine)
    serving(appliance)
    appliance.stop()
    with contextlib.suppress(subprocess.TimeoutExpired):
        done = appliance.run(verb, environment={"TAKEHOLD_SERVER__SECRET_KEY": OTHER_KEY}, seconds=5)
        assert done.returncode in (1, 2) and b"secret" in done.stdout + done.stderr
        return
    pytest.fail("it serves with another installation's key")


def damaged(appliance, how):
    """Fills a store, stops the server, and harms the file as a bad disk or a broken copy does."""
    lines = "".join(
        f'{{"type":"track","userId":"p{n % 500}","event":"e{n % 30}","timestamp":"2026-03-{1 + n % 28:02}T10:00:00Z"}}\n'
        for n in range(50_000)
    )
    appliance.say("import", "-", stdin=lines.encode())
    file = appliance.folder / "t.db"
    size = file.stat().st_size
    with file.open("r+b") as data:
        match how:
            case "head":
                data.write(os.urandom(100))
            case "middle":
                data.seek(size // 8192 * 4096)
                data.write(os.urandom(20 * 4096))
            case "cut off":
                data.truncate(size // 8192 * 4096)
    return file


@pytest.mark.parametrize("how", ["head", "cut off", "middle"])
def test_a_damaged_database_is_refused(new_appliance, how):
    appliance = new_appliance()
    file = damaged(appliance, how)
    done = appliance.run("doctor")
    assert done.returncode == 1 and b"restore it from a backup" in done.stdout, done.stdout
    refused(appliance.run("serve", seconds=5), str(file), "damaged", "backup")
