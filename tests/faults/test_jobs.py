"""Three servers on one PostgreSQL: when the one that leads the jobs falls, another leads, and every run is done."""

import signal
import time
from contextlib import ExitStack

import pytest

from appliance import Reader, until
from harness import Load, beside, crash, reckon, strike
from runs import Runs, leader_of
from stores import ask_postgres

# Another leads within this time, whatever became of the one before.
HAND_OVER = 15.0


@pytest.fixture
def servers(new_appliance, tmp_path):
    first = new_appliance("postgres").start()
    everyone = [first]
    try:
        for number in (2, 3):
            folder = tmp_path / f"server{number}"
            folder.mkdir()
            everyone.append(beside(first, folder).start())
        yield everyone
    finally:
        for server in everyone[1:]:
            if server.process and server.process.poll() is None:
                server.kill()


def killed(leader):
    leader.kill()
    return leader.start


def stopped(leader):
    leader.process.terminate()

    def after():
        assert leader.process.wait(timeout=30) == 0, leader.log()
        leader.start()

    return after


def frozen(leader):
    leader.process.send_signal(signal.SIGSTOP)

    def after():
        leader.process.send_signal(signal.SIGCONT)

    return after


@pytest.mark.parametrize("fall, within", [(killed, HAND_OVER), (frozen, HAND_OVER), (stopped, 3.0)])
def test_another_server_takes_the_lead(servers, fall, within):
    token, key = servers[0].token(), servers[0].write_key()
    readers = [Reader(server, token) for server in servers]
    with ExitStack() as stack:
        loads = [stack.enter_context(Load(server, key, senders=2, seed=n)) for n, server in enumerate(servers)]
        runs = stack.enter_context(Runs(servers, token, ["retention", "rollup"]))
        for load in loads:
            load.goes_on(100)
        leader = until(lambda: leader_of(servers, token))
        others = [server for server in servers if server is not leader]
        began = time.monotonic()
        restore = fall(leader)
        new = until(lambda: leader_of(others, token), within)
        print(f"{fall.__name__}: another led after {time.monotonic() - began:.1f} s")
        restore()
        for load in loads:
            load.goes_on(100)
        # The one that came back does not lead beside the new one.
        assert until(lambda: leader_of(servers, token)) is new
        runs.goes_on(5)
    reckon(readers[0], *loads).assert_exact()
    # Each server answers the same.
    assert len({reader.events() for reader in readers}) == 1
    assert runs.not_done() == []


HELD_UP = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND state = 'idle in transaction' AND datname = current_database()"""


def test_a_server_that_is_held_up_does_not_hold_up_the_others(servers):
    held, other, _ = servers
    key = held.write_key()
    with Load(held, key, senders=2, seed=1) as one, Load(other, key, senders=2, seed=2) as two:
        for load in (one, two):
            load.goes_on(100)

        def stands_in_the_way():
            """It is stopped in the middle of a transaction that others wait for."""
            held.process.send_signal(signal.SIGSTOP)
            if ask_postgres(held.database, HELD_UP) != "0":
                return True
            held.process.send_signal(signal.SIGCONT)
            return False

        until(stands_in_the_way)
        try:
            two.goes_on(1_000, 30)
        finally:
            held.process.send_signal(signal.SIGCONT)
        one.goes_on(100)
    reckon(Reader(other, held.token()), one, two).assert_exact()


def test_runs_outlive_crashes(new_appliance, engine, chance):
    appliance = new_appliance(engine).start()
    token = appliance.token()
    reader = Reader(appliance, token)
    with (
        Load(appliance, appliance.write_key(), senders=2) as load,
        Runs([appliance], token, ["retention", "rollup"]) as runs,
    ):
        for _ in range(2):
            runs.goes_on(3, 30)
            strike(appliance, load, reader, crash, 1, chance)
        runs.goes_on(3, 30)
    reckon(reader, load).assert_exact()
    assert runs.not_done() == []
