"""Whatever ends the server or an import, what was acknowledged counts once."""

import pytest

from appliance import Reader
from harness import Load, crash, kill_imports, reckon, restart, strike

KILLS = 5


@pytest.fixture
def appliance(new_appliance, engine):
    return new_appliance(engine).start()


@pytest.mark.parametrize("fault, times", [(crash, KILLS), (restart, 2)], ids=["kill", "stop"])
def test_the_server_ends_while_events_come_in(appliance, chance, fault, times):
    reader = Reader(appliance, appliance.token())
    with Load(appliance, appliance.write_key()) as load:
        strike(appliance, load, reader, fault, times, chance)
    reckon(reader, load).assert_exact()
    assert load.answers.keys() <= {0, 200, 503}
    # The index that survived says the same as one made anew from the log.
    appliance.stop()
    appliance.say("reindex")
    appliance.start()
    reckon(reader, load).assert_exact()


def test_import_is_killed_and_run_again(appliance, chance):
    reader = Reader(appliance, appliance.token())
    kill_imports(appliance, reader, KILLS, 400_000, 0.8, chance).assert_exact()
