"""My account: name, password, codes of an app with recovery codes, sessions; and breaking the glass."""

import base64
import hashlib
import hmac
import struct
import time

import pytest

from signon.actors import Person
from signon.directory import PASSWORD as DIRECTORY_PASSWORD

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


def code_of(secret, at=None):
    """RFC 6238 by hand."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def with_owner(appliance, **environment):
    appliance.environment |= {"TAKEHOLD_BOOTSTRAP__OWNER_EMAIL": EMAIL, "TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD": PASSWORD} | environment
    return appliance.start()


@pytest.fixture
def appliance(new_appliance, engine):
    return with_owner(new_appliance(engine))


def sign_in(person, **more):
    return person.send("POST", "/api/v1/session", {"email": EMAIL, "password": PASSWORD} | more)


def test_name_and_password_change(appliance):
    person, other = Person(appliance), Person(appliance)
    assert sign_in(person).status_code == 200 and sign_in(other).status_code == 200
    me = person.me()
    assert (me["source"], me["password"], me["totp"]) == ("local", True, False)
    assert person.send("PUT", "/api/v1/me", {"name": "Ada L."}).json()["name"] == "Ada L."
    assert person.send("PUT", "/api/v1/me", {"name": " "}).status_code == 422
    wrong = person.send("PUT", "/api/v1/me/password", {"current": "wrong", "new": "another long one"})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "current", wrong.text
    assert person.send("PUT", "/api/v1/me/password", {"current": PASSWORD, "new": "short"}).status_code == 422
    assert person.send("PUT", "/api/v1/me/password", {"current": PASSWORD, "new": "another long one"}).status_code == 204
    assert person.me() and other.me() is None
    assert sign_in(Person(appliance)).status_code == 401
    assert sign_in(Person(appliance), password="another long one").status_code == 200


def test_codes_of_an_app_count_once_and_recovery_codes_too(appliance):
    person = Person(appliance)
    sign_in(person)
    enrolled = person.send("POST", "/api/v1/me/totp").json()
    assert enrolled["uri"].startswith("otpauth://totp/Takehold") and enrolled["secret"] in enrolled["uri"]
    # What is not confirmed does not count.
    assert sign_in(Person(appliance)).status_code == 200
    assert person.send("POST", "/api/v1/me/totp/confirm", {"code": "000000"}).status_code == 422
    used = code_of(enrolled["secret"])
    confirmed = person.send("POST", "/api/v1/me/totp/confirm", {"code": used})
    assert confirmed.status_code == 200, confirmed.text
    recovery = confirmed.json()["recovery_codes"]
    assert len(set(recovery)) == 10
    assert person.me()["totp"]
    someone = Person(appliance)
    needed = sign_in(someone)
    assert needed.status_code == 401 and needed.json()["code"] == "code_needed", needed.text
    again = sign_in(someone, code=used)
    assert again.status_code == 401 and again.json()["code"] == "wrong_code", again.text
    assert someone.me() is None
    # The next code of the app.
    assert sign_in(someone, code=code_of(enrolled["secret"], time.time() + 30)).status_code == 200
    assert sign_in(Person(appliance), code=recovery[0].upper()).status_code == 200
    assert sign_in(Person(appliance), code=recovery[0]).status_code == 401
    assert person.send("POST", "/api/v1/me/totp").status_code == 409
    assert person.send("POST", "/api/v1/me/totp/remove", {"password": "wrong"}).status_code == 422
    assert person.send("POST", "/api/v1/me/totp/remove", {"password": PASSWORD}).status_code == 204
    assert sign_in(Person(appliance)).status_code == 200
    if appliance.engine == "sqlite":
        assert enrolled["secret"].encode() not in (appliance.folder / "t.db").read_bytes()


def test_owners_may_be_held_to_codes(new_appliance):
    appliance = with_owner(new_appliance(), TAKEHOLD_AUTH__LOCAL__TOTP="required_for_owners")
    person = Person(appliance)
    assert sign_in(person).status_code == 200
    held = person.go("/api/v1/workspaces/default/summary")
    assert held.status_code == 403 and held.json()["code"] == "totp_needed", held.text
    secret = person.send("POST", "/api/v1/me/totp").json()["secret"]
    assert person.send("POST", "/api/v1/me/totp/confirm", {"code": code_of(secret)}).status_code == 200
    assert person.go("/api/v1/workspaces/default/summary").status_code == 200


def test_sessions_are_listed_and_ended(appliance):
    person, other, stranger = Person(appliance), Person(appliance), Person(appliance)
    other.browser.headers["User-Agent"] = "Another browser"
    sign_in(person)
    sign_in(other)
    items = person.go("/api/v1/me/sessions").json()["items"]
    assert sorted((item["agent"] == "Another browser", item["current"]) for item in items) == [(False, True), (True, False)]
    theirs = next(item["id"] for item in items if not item["current"])
    assert stranger.send("DELETE", f"/api/v1/me/sessions/{theirs}").status_code == 401
    assert person.send("DELETE", f"/api/v1/me/sessions/{theirs}").status_code == 204
    assert other.me() is None and person.me()
    assert person.send("DELETE", f"/api/v1/me/sessions/{theirs}").status_code == 404


def test_only_sources_count_but_the_glass_can_be_broken(new_appliance, directory):
    appliance = with_owner(
        new_appliance(), TAKEHOLD_AUTH__LOCAL__ENABLED="false", **directory.environment({"admins": "admin"})
    )
    ways = Person(appliance).go("/api/v1/sign-in").json()
    assert (ways["local"], ways["sso_only"]) == (False, True)
    # The first owner may, and it is told apart.
    person = Person(appliance)
    assert sign_in(person).json()["source"] == "break-glass"
    appliance.say("admin", "create-user", "--email", "ben@example.com", "--role", "admin", stdin=b"a long password\n")
    ben = {"email": "ben@example.com", "password": "a long password"}
    refused = Person(appliance).send("POST", "/api/v1/session", ben)
    assert refused.status_code == 403 and refused.json()["code"] == "local_disabled", refused.text
    wrong = Person(appliance).send("POST", "/api/v1/session", ben | {"password": "wrong"})
    assert wrong.status_code == 401, wrong.text
    appliance.say("admin", "recover", "--email", "ben@example.com", stdin=b"a new long password\n")
    opened = Person(appliance).send("POST", "/api/v1/session", ben | {"password": "a new long password"})
    assert opened.status_code == 200 and opened.json()["source"] == "break-glass", opened.text
    assert Person(appliance).at_directory("grace", DIRECTORY_PASSWORD).status_code == 200
