"""Between log-ins: the job directory-sync, and two replicas on one PostgreSQL."""

import pytest

from appliance import Appliance, free_port
from signon.actors import Person, Provider
from signon.directory import COUNT, GROUPS, PASSWORD, PEOPLE

MAPPINGS = {"owners": "owner", "admins": "admin", "all": "viewer"}


def sync(appliance):
    return appliance.run("jobs", "run", "directory-sync")


@pytest.fixture
def synced(new_appliance, engine, own_directory):
    appliance = new_appliance(engine)
    appliance.environment |= own_directory.environment(MAPPINGS)
    return appliance.start(), own_directory


def test_who_leaves_or_changes_groups_is_brought_up_to_date(synced):
    appliance, directory = synced
    ada, grace, one = (Person(appliance) for _ in range(3))
    for person, uid in ((ada, "ada"), (grace, "grace"), (one, "p0001")):
        assert person.at_directory(uid, PASSWORD).status_code == 200
    done = sync(appliance)
    assert done.returncode == 0, done.stderr.decode()
    assert ada.roles() == {"default": "owner"} and one.roles() == {"default": "viewer"}
    # A role that the groups give no longer, and a person who is gone.
    directory.change(
        f"dn: cn=admins,{GROUPS}\nchangetype: modify\nreplace: member\nmember: uid=p0001,{PEOPLE}\n"
    )
    directory.remove("grace")
    done = sync(appliance)
    assert done.returncode == 0, done.stderr.decode()
    assert grace.me() is None
    assert one.roles() == {"default": "admin"}
    assert grace.at_directory("grace", PASSWORD).status_code == 401
    # An error is not absence.
    directory.stop()
    done = sync(appliance)
    assert done.returncode != 0
    assert ada.roles() == {"default": "owner"} and one.roles() == {"default": "admin"}
    directory.start()
    # The last owner stays one.
    directory.change(
        f"dn: cn=owners,{GROUPS}\nchangetype: modify\nreplace: member\nmember: uid=p0009,{PEOPLE}\n"
    )
    assert sync(appliance).returncode == 0
    assert ada.roles() == {"default": "owner"}


def test_a_directory_that_suddenly_lacks_many_shuts_nobody_out(new_appliance, own_directory):
    appliance = new_appliance()
    appliance.environment |= own_directory.environment({"everybody": "viewer"})
    appliance.start()
    people = [Person(appliance) for _ in range(12)]
    for number, person in enumerate(people, 1):
        assert person.at_directory(f"p{number:04}", PASSWORD).status_code == 200
    appliance.stop()
    # Somebody points the setting elsewhere: everybody is absent there.
    appliance.environment["TAKEHOLD_AUTH__LDAP__USER_BASE"] = GROUPS
    appliance.start()
    done = sync(appliance)
    assert done.returncode != 0 and b"disable_limit" in done.stdout + done.stderr, done.stderr.decode()
    assert all(person.me() for person in people)
    appliance.stop()
    appliance.environment["TAKEHOLD_AUTH__LDAP__USER_BASE"] = PEOPLE
    appliance.start()
    for number in range(1, 4):
        own_directory.remove(f"p{number:04}")
    assert sync(appliance).returncode == 0
    assert [bool(person.me()) for person in people[:4]] == [False, False, False, True]


class Replica(Appliance):
    """Another server on the store of the first."""

    def __init__(self, folder, first):
        super().__init__(folder)
        self.environment = first.environment | {"TAKEHOLD_SERVER__LISTEN": f"127.0.0.1:{self.port}", "TAKEHOLD_DATA_DIR": str(folder)}


def test_a_session_lives_and_dies_on_both_replicas_at_once(new_appliance, own_directory, tmp_path):
    first = new_appliance("postgres")
    first.environment |= own_directory.environment(MAPPINGS)
    first.port_of_second = free_port()
    (tmp_path / "second").mkdir()
    second = Replica(tmp_path / "second", first)
    provider = Provider([first, second], {"zoe": {"groups": ["admins"]}})
    for one in (first, second):
        one.environment |= provider.environment(MAPPINGS)
    first.start()
    second.start()
    try:
        here, there = Person(first), Person(second)
        assert here.at_directory("ada", PASSWORD).status_code == 200
        there.browser.cookies = here.browser.cookies
        assert there.roles() == {"default": "owner"}
        # A log-in may come back to another replica than it set off from.
        zoe = Person(first)
        callback = zoe.at_provider("zoe", until_callback=True)
        answer = zoe.browser.get(callback.replace(first.url, second.url), allow_redirects=False, timeout=30)
        # The provider's answer names the first one's address; the attempt is known to both.
        assert answer.status_code == 303, answer.text
        session = here.go("/api/v1/me/sessions").json()["items"][0]["id"]
        assert there.send("DELETE", f"/api/v1/me/sessions/{session}").status_code == 204
        assert here.me() is None and there.me() is None
        # What is set in the console holds on both at once.
        token = first.token()
        bearer = {"Authorization": f"Bearer {token}"}
        made = {"key": "more", "kind": "oidc", "name": "More", "settings": {"issuer": provider.url, "client_id": "takehold"}}
        assert here.send("POST", "/api/v1/sign-in-sources", made, headers=bearer).status_code == 201
        assert "more" in [way["key"] for way in there.go("/api/v1/sign-in").json()["sources"]]
    finally:
        provider.close()
        second.kill()


def test_twelve_hundred_people_are_synced(new_appliance, own_directory):
    """Bounded by what a run may take: one connection serves a hundred people."""
    appliance = new_appliance()
    appliance.environment |= own_directory.environment({"everybody": "viewer"})
    appliance.start()
    assert COUNT == 1_200
    person = Person(appliance)
    assert person.at_directory("p1200", PASSWORD).status_code == 200
    assert person.roles() == {"default": "viewer"}
    assert sync(appliance).returncode == 0
