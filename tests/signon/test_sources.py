"""Sources in the console: settings with their origin, the staged test, the preview, groups and their roles."""

import pytest
import requests

from signon.actors import SECRET, Person, Provider
from signon.directory import GROUPS, PASSWORD, PEOPLE, SERVICE, SERVICE_PASSWORD


class Admin:
    """Calls the API with a token."""

    def __init__(self, appliance, role="owner"):
        self.url = f"{appliance.url}/api/v1/"
        self.headers = {"Authorization": f"Bearer {appliance.token(role)}"}

    def call(self, method, path, body=None):
        return requests.request(method, self.url + path, json=body, headers=self.headers, timeout=30)

    def ok(self, method, path, body=None):
        answer = self.call(method, path, body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def settings(self, key):
        sources = {source["key"]: source for source in self.ok("GET", "sign-in-sources")["items"]}
        return {setting["key"]: setting for setting in sources[key]["settings"]}


@pytest.fixture
def appliance(new_appliance):
    return new_appliance().start()


def directory_settings(directory, **more):
    return {
        "url": directory.url,
        "bind_dn": SERVICE,
        "bind_password": SERVICE_PASSWORD,
        "user_base": PEOPLE,
        "user_filter": "(uid={username})",
        "group_base": GROUPS,
    } | more


def test_a_directory_is_set_up_in_the_console_alone(appliance, directory):
    admin = Admin(appliance)
    made = admin.ok("POST", "sign-in-sources", {"key": "corp", "kind": "ldap", "name": "Corporate", "settings": directory_settings(directory)})
    assert made["missing"] is None and not made["locked"]
    password = admin.settings("corp")["bind_password"]
    assert (password["value"], password["is_set"], password["secret"], password["origin"]) == (None, True, True, "console")
    assert admin.settings("corp")["nested_groups"]["origin"] == "default"
    # Nothing is mapped yet, so nobody gets in.
    assert Person(appliance).at_directory("ada", PASSWORD).status_code == 403
    mapping = {"source": "corp", "group": "owners", "workspace": "default", "role": "admin"}
    admin.ok("POST", "group-mappings", mapping)
    assert admin.call("POST", "group-mappings", mapping).status_code == 409
    tested = admin.ok("POST", "sign-in-sources/corp/test", {"username": "ada"})
    assert tested["ok"] and [s["stage"] for s in tested["stages"]] == ["connect", "tls", "bind", "user", "groups", "role"]
    assert "admin in default" in tested["stages"][-1]["message"]
    preview = admin.ok("POST", "sign-in-sources/corp/preview", {"username": "ada"})
    assert preview["refused"] is None
    assert preview["roles"] == [{"workspace": "default", "role": "admin", "app": None, "group": "owners"}]
    assert admin.ok("POST", "sign-in-sources/corp/preview", {"username": "p0700"})["refused"]
    assert admin.call("POST", "sign-in-sources/corp/preview", {"username": "nobody"}).status_code == 404
    person = Person(appliance)
    assert person.at_directory("ada", PASSWORD).status_code == 200
    assert person.roles() == {"default": "admin"} and person.me()["source"] == "corp"
    listed = admin.ok("GET", "group-mappings")["items"]
    assert [(m["group"], m["role"], m["origin"]) for m in listed] == [("owners", "admin", "console")]
    # Secrets rest sealed.
    assert SERVICE_PASSWORD.encode() not in (appliance.folder / "t.db").read_bytes()
    admin.ok("DELETE", f"group-mappings/{listed[0]['id']}")
    assert person.at_directory("ada", PASSWORD).status_code == 403
    admin.ok("DELETE", "sign-in-sources/corp")
    assert person.at_directory("ada", PASSWORD).status_code == 404


@pytest.mark.parametrize(
    ("changes", "stage", "words"),
    [
        ({"url": "ldap://127.0.0.1:1"}, "connect", "refused"),
        ({"url": "ldap://192.0.2.1"}, "connect", "unencrypted"),
        ({"start_tls": "true"}, "tls", "certificate"),
        ({"bind_password": "wrong"}, "bind", "invalidCredentials"),
        ({"user_base": "ou=nowhere,dc=example,dc=org"}, "user", "noSuchObject"),
        ({"user_filter": "(uid={username}"}, "user", "user_filter"),
        ({"group_base": "ou=nowhere,dc=example,dc=org"}, "groups", "noSuchObject"),
    ],
)
def test_the_test_says_which_stage_fails_in_the_servers_own_words(appliance, directory, changes, stage, words):
    admin = Admin(appliance)
    settings = directory_settings(directory, **changes)
    admin.ok("POST", "sign-in-sources", {"key": "corp", "kind": "ldap", "name": "Corporate", "settings": settings})
    tested = admin.ok("POST", "sign-in-sources/corp/test", {"username": "ada"})
    assert not tested["ok"], tested
    last = tested["stages"][-1]
    assert last["stage"] == stage and words.lower() in last["message"].lower(), last


def test_a_provider_is_tested_to_its_client(appliance):
    admin = Admin(appliance)
    provider = Provider([appliance], {"ada": {"groups": ["staff"]}})
    settings = {"issuer": provider.url, "client_id": "takehold", "client_secret": SECRET, "scopes": "openid email groups"}
    admin.ok("POST", "sign-in-sources", {"key": "id", "kind": "oidc", "name": "Provider", "settings": settings})
    tested = admin.ok("POST", "sign-in-sources/id/test", {})
    assert tested["ok"] and [s["stage"] for s in tested["stages"]] == ["discovery", "keys", "client"], tested
    admin.ok("PUT", "sign-in-sources/id", {"settings": {"client_secret": "wrong"}})
    tested = admin.ok("POST", "sign-in-sources/id/test", {})
    assert not tested["ok"] and "invalid_client" in tested["stages"][-1]["message"], tested
    admin.ok("PUT", "sign-in-sources/id", {"settings": {"issuer": provider.url + "/other"}})
    tested = admin.ok("POST", "sign-in-sources/id/test", {})
    assert tested["stages"][-1]["stage"] == "discovery" and not tested["ok"]
    admin.ok("PUT", "sign-in-sources/id", {"settings": {"issuer": provider.url, "client_secret": SECRET}})
    admin.ok("POST", "group-mappings", {"source": "id", "group": "staff", "workspace": "default", "role": "builder", "app": "shop"})
    preview = admin.ok("POST", "sign-in-sources/id/preview", {"groups": ["staff"]})
    assert preview["roles"] == [{"workspace": "default", "role": "builder", "app": "shop", "group": "staff"}]
    person = Person(appliance)
    person.at_provider("ada", "/auth/oidc/login?source=id")
    assert person.roles() == {"default": "builder"}
    admin.ok("PUT", "sign-in-sources/id", {"enabled": False})
    assert Person(appliance).go("/auth/oidc/login?source=id").status_code == 404
    provider.close()


def test_what_the_environment_sets_is_locked_and_says_where(new_appliance, directory):
    appliance = new_appliance()
    appliance.environment |= directory.environment({"owners": "owner"})
    admin = Admin(appliance.start())
    url = admin.settings("ldap")["url"]
    assert (url["origin"], url["locked"], url["place"]) == ("environment", True, "the variable TAKEHOLD_AUTH__LDAP__URL")
    refused = admin.call("PUT", "sign-in-sources/ldap", {"settings": {"url": "ldap://evil.example"}})
    assert refused.status_code == 409 and "TAKEHOLD_AUTH__LDAP__URL" in refused.json()["detail"], refused.text
    assert admin.call("DELETE", "sign-in-sources/ldap").status_code == 409
    assert admin.call("PUT", "sign-in-sources/ldap", {"enabled": False}).status_code == 409
    # What it does not set, the console may.
    admin.ok("PUT", "sign-in-sources/ldap", {"name": "Our directory", "settings": {"role_strict": "true"}})
    assert admin.settings("ldap")["role_strict"]["origin"] == "console"
    mappings = admin.ok("GET", "group-mappings")["items"]
    assert [(m["group"], m["role"], m["origin"], m["id"]) for m in mappings] == [("owners", "owner", "environment", None)]


def test_values_that_cannot_be_are_refused(appliance):
    admin = Admin(appliance)
    new = {"key": "corp", "kind": "ldap", "name": "Corporate", "settings": {}}
    for wrong in ({"start_tls": "maybe"}, {"colour": "red"}, {"url": "a\nb"}):
        refused = admin.call("POST", "sign-in-sources", new | {"settings": wrong})
        assert refused.status_code == 422, refused.text
    assert admin.call("POST", "sign-in-sources", new | {"key": "local"}).status_code == 422
    assert admin.call("POST", "sign-in-sources", new | {"settings": {"ca_file": "/etc/passwd"}}).status_code == 409
    admin.ok("POST", "sign-in-sources", new)
    assert admin.call("POST", "sign-in-sources", new).status_code == 409
    assert admin.call("POST", "sign-in-sources/corp/test", {}).status_code == 409


def test_an_admin_does_not_become_an_owner_by_a_source(appliance):
    owner, admin, viewer = (Admin(appliance, role) for role in ("owner", "admin", "viewer"))
    new = {"key": "id", "kind": "oidc", "name": "Provider", "settings": {"issuer": "https://id.example", "client_id": "x"}}
    assert viewer.call("GET", "sign-in-sources").status_code == 403
    assert viewer.call("POST", "sign-in-sources", new).status_code == 403
    admin.ok("POST", "sign-in-sources", new)
    mapping = {"source": "id", "group": "chiefs", "workspace": "default", "role": "owner"}
    assert admin.call("POST", "group-mappings", mapping).status_code == 403
    refused = admin.call("PUT", "sign-in-sources/id", {"settings": {"link_by_email": "true"}})
    assert refused.status_code == 403, refused.text
    owner.ok("POST", "group-mappings", mapping)
    assert admin.call("PUT", "sign-in-sources/id", {"settings": {"issuer": "https://evil.example"}}).status_code == 403


def test_several_sources_of_a_kind_serve_side_by_side(new_appliance, directory):
    appliance = new_appliance()
    one = directory.environment({"owners": "owner"})
    other = {
        name.replace("AUTH__LDAP__", "AUTH__SOURCES__OTHER__"): value
        for name, value in directory.environment({"all": "viewer"}, name="The other").items()
    }
    other["TAKEHOLD_AUTH__SOURCES__OTHER__KIND"] = "ldap"
    # Secrets of such sources may lie in files, too.
    file = appliance.folder / "password"
    file.write_text(SERVICE_PASSWORD + "\n")
    del other["TAKEHOLD_AUTH__SOURCES__OTHER__BIND_PASSWORD"]
    other["TAKEHOLD_AUTH__SOURCES__OTHER__BIND_PASSWORD_FILE"] = str(file)
    appliance.environment |= one | other
    appliance.start()
    ways = Person(appliance).go("/api/v1/sign-in").json()["sources"]
    assert [(way["key"], way["name"]) for way in ways] == [("ldap", "Directory"), ("other", "The other")]
    assert Person(appliance).at_directory("ada", PASSWORD).status_code == 200
    assert Person(appliance).at_directory("p0001", PASSWORD).status_code == 403
    person = Person(appliance)
    assert person.at_directory("p0001", PASSWORD, source="other").status_code == 200
    assert person.me()["source"] == "other"
    # The same account by another source is another identity: its e-mail is taken.
    assert Person(appliance).at_directory("ada", PASSWORD, source="other").status_code in (403, 409)


def test_first_log_ins_make_no_user_where_that_is_off(new_appliance, directory):
    appliance = new_appliance()
    appliance.environment |= directory.environment({"owners": "owner"}, auto_provision="false")
    admin = Admin(appliance.start())
    refused = Person(appliance).at_directory("ada", PASSWORD)
    assert refused.status_code == 403 and refused.json()["code"] == "not_provisioned", refused.text
    # An admin links the account by hand; the audit log names its id.
    row = next(row for row in admin.ok("GET", "audit?action=session.refused")["items"])
    assert row["detail"]["reason"] == "not_provisioned" and row["target"] == "ada@example.org"
    appliance.say("admin", "create-user", "--email", "ada@example.org", "--role", "viewer", stdin=b"a long password\n")
    assert Person(appliance).at_directory("ada", PASSWORD).json()["code"] == "email_taken"
    user = next(user for user in admin.ok("GET", "users?q=ada")["items"])
    admin.ok("POST", f"users/{user['id']}/identities", {"source": "ldap", "subject": row["detail"]["subject"]})
    person = Person(appliance)
    assert person.at_directory("ada", PASSWORD).status_code == 200
    assert person.roles() == {"default": "owner"}


def test_failures_are_written_down_without_secrets(new_appliance, directory):
    appliance = new_appliance()
    appliance.environment |= directory.environment({"owners": "owner"})
    admin = Admin(appliance.start())
    Person(appliance).at_directory("ada", "a-wrong-password")
    row = admin.ok("GET", "audit?action=session.refused")["items"][0]
    assert (row["target"], row["detail"]["reason"]) == ("ada", "wrong_credentials"), row
    assert "a-wrong-password" not in str(row) + appliance.log()
    assert "invalidCredentials" in row["detail"]["said"]
    assert SERVICE_PASSWORD not in appliance.log()


def test_a_mapping_that_names_no_role_is_refused_at_the_start(new_appliance, directory):
    appliance = new_appliance()
    appliance.environment |= directory.environment({"owners": "boss"})
    refused = appliance.run("serve", seconds=60)
    assert refused.returncode != 0
    said = refused.stderr.decode()
    assert "auth.ldap.role_mappings" in said and "boss" in said and "viewer" in said, said
