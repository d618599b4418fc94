"""What keeps a server from starting is said in one line with the remedy, exit code 2."""

import contextlib
import socket
import sqlite3

import pytest

from appliance import in_postgres

WRONG_URLS = {
    "no such engine": "mysql://localhost/takehold",
    "no URL": "takehold.db",
    "nobody there": "postgres://takehold@127.0.0.1:1/takehold",
    "folder that is a device": "sqlite:///proc/takehold/t.db",
}


def refused(done, *words):
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert len(message.splitlines()) == 1, message
    for word in words:
        assert word in message
    return message


@pytest.fixture
def appliance(new_appliance):
    return new_appliance()


@pytest.mark.parametrize("url", WRONG_URLS.values(), ids=WRONG_URLS)
def test_a_wrong_database(appliance, url):
    refused(appliance.run("serve", environment={"TAKEHOLD_DATABASE__URL": url}))


def test_a_database_that_is_none(appliance):
    file = appliance.folder / "t.db"
    file.write_bytes(b"this is no database, though it is long enough to be looked at" * 100)
    refused(appliance.run("serve"), str(file))


def test_a_folder_that_is_a_file(appliance):
    (appliance.folder / "file").touch()
    url = f"sqlite://{appliance.folder}/file/t.db"
    refused(appliance.run("serve", environment={"TAKEHOLD_DATABASE__URL": url}), "file")


def test_a_data_folder_that_cannot_be_written(appliance):
    environment = {"TAKEHOLD_DATA_DIR": "/proc/takehold", "TAKEHOLD_DATABASE__URL": None}
    refused(appliance.run("serve", environment=environment), "/proc/takehold")


def test_a_port_in_use(appliance):
    with socket.create_server(("127.0.0.1", appliance.port)):
        refused(appliance.run("serve"), str(appliance.port))


WRONG_SETTINGS = {
    "TAKEHOLD_SERVER__LISTEN": "nowhere",
    "TAKEHOLD_SERVER__SECRET_KEY": "short",
    "TAKEHOLD_SERVER__NOTHING": "1",
    "TAKEHOLD_CONFIG": "/none.toml",
}


@pytest.mark.parametrize("name, value", WRONG_SETTINGS.items())
def test_a_wrong_setting(appliance, name, value):
    refused(appliance.run("serve", environment={name: value}))


def test_a_second_server_on_one_file(new_appliance):
    appliance = new_appliance().start()
    elsewhere = {"TAKEHOLD_SERVER__LISTEN": "127.0.0.1:0"}
    refused(appliance.run("serve", environment=elsewhere), "another takehold server")
    assert appliance.is_ready()


def test_a_newer_schema(engine, new_appliance):
    appliance = new_appliance(engine)
    appliance.say("migrate")
    newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')"
    if engine == "postgres":
        in_postgres(appliance.database, newer)
    else:
        with contextlib.closing(sqlite3.connect(appliance.folder / "t.db")) as connection, connection:
            connection.execute(newer)
    refused(appliance.run("serve"), "newer")


def test_postgres_needs_a_secret_key(new_appliance):
    appliance = new_appliance("postgres")
    refused(appliance.run("serve", environment={"TAKEHOLD_SERVER__SECRET_KEY": None}), "TAKEHOLD_SERVER__SECRET_KEY")
