"""Signing in by a real directory, on both engines."""

import time

import pytest

from signon.actors import Person
from signon.directory import GROUPS, PASSWORD, PEOPLE, Liar, Silent

MAPPINGS = {
    "owners": "owner",
    f"CN=Admins,OU=Groups,{GROUPS.split(',', 1)[1].upper()}": "admin",
    "all": "viewer",
    "builders of shop": "builder:shop",
}


@pytest.fixture(scope="module")
def installed(new_appliance, engine, directory):
    appliance = new_appliance(engine)
    appliance.environment |= directory.environment(MAPPINGS)
    yield appliance.start()


@pytest.fixture
def person(installed):
    return Person(installed)


def test_who_is_in_a_mapped_group_signs_in(person):
    answer = person.at_directory("ada", PASSWORD)
    assert answer.status_code == 200, answer.text
    assert answer.json()["email"] == "ada@example.org" and answer.json()["name"] == "Ada Owner"
    assert person.roles() == {"default": "owner"}
    assert person.send("DELETE", "/api/v1/session").status_code == 204
    assert person.me() is None


def test_a_mapping_may_name_the_group_by_its_dn(person):
    assert person.at_directory("grace", PASSWORD).status_code == 200
    assert person.roles() == {"default": "admin"}


@pytest.mark.parametrize("uid", ["p0001", "p0002", "p0003"])
def test_groups_of_groups_count_and_a_cycle_ends(person, uid):
    answer = person.at_directory(uid, PASSWORD)
    assert answer.status_code == 200, answer.text
    assert person.roles() == {"default": "viewer"}


def test_a_group_gives_a_builder_an_app(person):
    assert person.at_directory("p0004", PASSWORD).status_code == 200
    assert person.roles() == {"default": "builder"}


def test_who_is_mapped_to_no_role_is_told_so(person):
    answer = person.at_directory("p0700", PASSWORD)
    assert answer.status_code == 403 and answer.json()["code"] == "no_role", answer.text
    assert person.me() is None


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada", "wrong"),
        ("ada", ""),
        ("", PASSWORD),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("ada)(uid=*", PASSWORD),
        ("*)(|(uid=ada", PASSWORD),
        ("ada)(&(uid=ada", PASSWORD),
        (f"uid=ada,{PEOPLE}", PASSWORD),
        ("a\\64a", PASSWORD),
        ("x" * 300, PASSWORD),
    ],
)
def test_a_wrong_name_or_password_is_refused_alike(person, username, password):
    person.browser.headers["X-Forwarded-For"] = "203.0.113.9"
    answer = person.at_directory(username, password)
    if answer.status_code == 429:
        pytest.fail("the tests ask too often from one address")
    assert answer.status_code == 401 and answer.json()["code"] == "wrong_credentials", answer.text
    assert person.me() is None


def test_a_name_with_signs_of_filters_is_a_name(installed, directory):
    directory.join("o(b)r*ien", "sales")
    try:
        person = Person(installed)
        answer = person.at_directory("o(b)r*ien", PASSWORD)
        assert answer.status_code == 200, answer.text
        assert answer.json()["email"] == "odd@example.org"
    finally:
        directory.leave("o(b)r*ien", "sales")


def test_without_an_email_there_is_no_user(installed, directory):
    directory.join("mailless", "sales")
    try:
        answer = Person(installed).at_directory("mailless", PASSWORD)
        assert answer.status_code == 403 and answer.json()["code"] == "no_email", answer.text
    finally:
        directory.leave("mailless", "sales")


def test_roles_follow_the_groups_at_each_log_in(installed, directory):
    person = Person(installed)
    directory.join("p0010", "admins")
    try:
        assert person.at_directory("p0010", PASSWORD).status_code == 200
        assert person.roles() == {"default": "admin"}
    finally:
        directory.leave("p0010", "admins")
    answer = person.at_directory("p0010", PASSWORD)
    assert answer.status_code == 403, answer.text
    # What was lost is lost for the session that was open, too.
    assert person.me() is None


def with_directory(new_appliance, environment):
    appliance = new_appliance()
    appliance.environment |= environment
    return appliance.start()


def test_tls_by_an_authority_of_its_own(new_appliance, directory):
    trusted = {"ca_file": str(directory.ca_file)}
    for url, more in [(directory.tls_url, {}), (directory.url, {"start_tls": "true"})]:
        appliance = with_directory(new_appliance, directory.environment(MAPPINGS, url=url, **more, **trusted))
        assert Person(appliance).at_directory("ada", PASSWORD).status_code == 200, appliance.log()
        # What the outbound calls trust counts too; an unknown authority does not.
        appliance.stop()
        appliance.environment.pop("TAKEHOLD_AUTH__LDAP__CA_FILE")
        appliance.start()
        refused = Person(appliance).at_directory("ada", PASSWORD)
        assert refused.status_code == 503 and refused.json()["code"] == "directory_unavailable", refused.text
        appliance.stop()
        appliance.environment["TAKEHOLD_OUTBOUND__CA_FILE"] = str(directory.ca_file)
        appliance.start()
        assert Person(appliance).at_directory("ada", PASSWORD).status_code == 200
        appliance.close()


def test_passwords_do_not_go_unencrypted_beyond_this_machine(new_appliance, directory):
    appliance = with_directory(new_appliance, directory.environment(MAPPINGS, url="ldap://192.0.2.1"))
    begun = time.monotonic()
    answer = Person(appliance).at_directory("ada", PASSWORD)
    assert answer.status_code == 503 and "unencrypted" in answer.json()["detail"], answer.text
    assert time.monotonic() - begun < 5


def test_a_directory_that_is_away_shuts_nobody_out(new_appliance, own_directory):
    appliance = with_directory(new_appliance, own_directory.environment(MAPPINGS))
    person = Person(appliance)
    assert person.at_directory("ada", PASSWORD).status_code == 200
    own_directory.stop()
    for _ in range(7):
        answer = Person(appliance).at_directory("ada", PASSWORD)
        assert answer.status_code == 503 and answer.json()["code"] == "directory_unavailable", answer.text
    assert person.roles() == {"default": "owner"}
    own_directory.start()
    assert Person(appliance).at_directory("ada", PASSWORD).status_code == 200


def test_the_next_server_is_asked_when_one_is_away(new_appliance, directory):
    hanging = Silent()
    urls = f"ldap://127.0.0.1:1 {hanging.url}, {directory.url}"
    appliance = with_directory(new_appliance, directory.environment(MAPPINGS, url=urls))
    answer = Person(appliance).at_directory("ada", PASSWORD)
    assert answer.status_code == 200, answer.text
    hanging.close()


def test_a_directory_that_hangs_keeps_nobody_waiting_for_long(new_appliance, directory):
    hanging = Silent()
    appliance = with_directory(new_appliance, directory.environment(MAPPINGS, url=hanging.url))
    begun = time.monotonic()
    answer = Person(appliance).at_directory("ada", PASSWORD)
    assert answer.status_code == 503, answer.text
    assert time.monotonic() - begun < 10
    hanging.close()


def bind_answer(code, text=b""):
    """An answer to any bind: message 1, this code."""

    def answer(asked):
        body = b"\x0a\x01" + bytes([code]) + b"\x04\x00" + b"\x04" + bytes([len(text)]) + text
        message = b"\x02\x01" + asked[4:5] + b"\x61" + bytes([len(body)]) + body
        return b"\x30" + bytes([len(message)]) + message

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        bind_answer(51, b"too many requests"),
        bind_answer(52),
        lambda _: b"\x30\x84\xff\xff\xff\xff",
        lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        lambda _: b"\x30\x03\x02\x01\x01",
        lambda _: None,
    ],
    ids=["busy", "unavailable", "endless", "http", "empty", "hangs up"],
)
def test_a_directory_that_lies_or_has_enough_lets_nobody_in_and_shuts_nobody_out(new_appliance, directory, answer):
    liar = Liar(answer)
    appliance = with_directory(new_appliance, directory.environment(MAPPINGS, url=liar.url))
    refused = Person(appliance).at_directory("ada", PASSWORD)
    assert refused.status_code == 503, refused.text
    assert requests_work(appliance)
    liar.close()


def requests_work(appliance):
    return Person(appliance).go("/healthz").status_code == 200


def test_an_account_that_may_not_search_is_said(new_appliance, directory):
    appliance = with_directory(new_appliance, directory.environment(MAPPINGS, bind_password="wrong"))
    answer = Person(appliance).at_directory("ada", PASSWORD)
    assert answer.status_code == 503 and answer.json()["code"] == "directory_settings", answer.text
    assert "wrong" not in answer.text
