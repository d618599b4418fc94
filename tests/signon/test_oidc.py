"""Signing in by a real provider, on both engines."""

import urllib.parse

import pytest

from signon.actors import Person, Provider

MAPPINGS = {"staff": "viewer", "admins": "admin", "chiefs": "owner", "shop-builders": "builder:shop"}
ACCOUNTS = {
    "ada": {"groups": ["chiefs", "staff"]},
    "ben": {"groups": ["staff"]},
    "eve": {"groups": ["guests"]},
    "bob": {"groups": ["shop-builders"]},
}


@pytest.fixture(scope="module")
def installed(new_appliance, engine):
    appliance = new_appliance(engine)
    provider = Provider([appliance], ACCOUNTS)
    appliance.environment |= provider.environment(MAPPINGS)
    appliance.start()
    yield appliance, provider
    provider.close()


@pytest.fixture
def person(installed):
    return Person(installed[0])


def test_who_is_in_a_mapped_group_signs_in_and_out(installed, person):
    appliance, provider = installed
    ways = person.go("/api/v1/sign-in").json()
    assert ways["local"] and [(way["key"], way["kind"]) for way in ways["sources"]] == [("oidc", "oidc")]
    answer = person.at_provider("ada", "/auth/oidc/login?to=/apps")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/apps"), answer.text
    assert person.me()["email"] == "ada@example.com"
    assert person.roles() == {"default": "owner"}
    ended = person.send("DELETE", "/api/v1/session")
    assert ended.status_code == 200, ended.text
    logout = urllib.parse.urlsplit(ended.json()["logout_url"])
    query = urllib.parse.parse_qs(logout.query)
    assert ended.json()["logout_url"].startswith(provider.url)
    assert query["post_logout_redirect_uri"] == [f"{appliance.url}/sign-in"] and query["id_token_hint"]
    assert person.me() is None
    # The provider takes it: it offers to log out, and does.
    page = person.browser.get(ended.json()["logout_url"], timeout=30)
    assert page.status_code == 200 and "op.logoutForm" in page.text, page.text


def test_roles_follow_the_groups_at_each_log_in(installed, person):
    _, provider = installed
    person.at_provider("ben")
    assert person.roles() == {"default": "viewer"}
    provider.change("ben", groups=["admins"])
    person.at_provider("ben")
    assert person.roles() == {"default": "admin"}
    provider.change("ben", groups=["guests"])
    answer = person.at_provider("ben")
    assert answer.status_code == 403 and answer.json()["code"] == "no_role", answer.text
    assert person.me() is None
    provider.change("ben", groups=["staff"])
    person.at_provider("ben")
    assert person.roles() == {"default": "viewer"}


def test_who_is_mapped_to_no_role_is_told_so(installed, person):
    answer = person.at_provider("eve")
    assert answer.status_code == 403, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "no_role" and "role" in answer.json()["detail"]
    assert person.me() is None
    person.browser.headers["Accept"] = "text/html,application/xhtml+xml"
    answer = person.at_provider("eve")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?problem=no_role&detail=")


def test_a_group_gives_a_builder_an_app(installed, person):
    person.at_provider("bob")
    assert person.roles() == {"default": "builder"}


def test_a_code_serves_once_and_only_in_the_browser_it_was_asked_for(installed, person):
    appliance, _ = installed
    callback = person.at_provider("ada", until_callback=True)
    stranger = Person(appliance)
    stolen = stranger.browser.get(callback, allow_redirects=False, timeout=30)
    assert stolen.status_code == 400 and stolen.json()["code"] == "login_unknown", stolen.text
    # The attempt is used up by that.
    late = person.browser.get(callback, allow_redirects=False, timeout=30)
    assert late.status_code == 400, late.text
    callback = person.at_provider("ada", until_callback=True)
    assert person.browser.get(callback, allow_redirects=False, timeout=30).status_code == 303
    again = person.browser.get(callback, allow_redirects=False, timeout=30)
    assert again.status_code == 400, again.text


def test_who_refuses_at_the_provider_is_told_so(installed, person):
    answer = person.go("/auth/oidc/login")
    answer = person.browser.post(answer.url, data={"refuse": "1"}, timeout=30)
    assert answer.status_code == 403 and answer.json()["code"] == "provider_refused", answer.text


def test_a_log_out_at_the_provider_ends_the_session_here(installed, person):
    appliance, provider = installed
    person.at_provider("ada")
    assert person.me()
    page = person.browser.get(f"{provider.url}/session/end", timeout=30)
    action = page.text.split('action="')[1].split('"')[0]
    secret = page.text.split('name="xsrf" value="')[1].split('"')[0]
    done = person.browser.post(action, data={"xsrf": secret, "logout": "yes"}, timeout=30)
    assert done.status_code == 200, done.text
    assert person.me() is None
    forged = person.browser.post(f"{appliance.url}/auth/oidc/backchannel-logout", data={"logout_token": "a.b.c"}, timeout=30)
    assert forged.status_code == 400 and forged.json()["code"] == "logout_refused", forged.text


def test_an_open_redirect_leads_home(installed, person):
    answer = person.at_provider("ada", "/auth/oidc/login?to=//evil.example/")
    assert answer.headers["Location"] == "/"


def test_claims_of_userinfo_count_too(new_appliance):
    appliance = new_appliance()
    provider = Provider([appliance], ACCOUNTS, claims_in="userinfo")
    appliance.environment |= provider.environment(MAPPINGS)
    appliance.start()
    try:
        person = Person(appliance)
        person.at_provider("ada")
        assert person.roles() == {"default": "owner"}
    finally:
        provider.close()


def test_a_provider_that_is_away_shuts_nobody_out(new_appliance):
    appliance = new_appliance()
    provider = Provider([appliance], ACCOUNTS)
    appliance.environment |= provider.environment(MAPPINGS)
    appliance.start()
    person = Person(appliance)
    person.at_provider("ada")
    provider.close()
    answer = Person(appliance).go("/auth/oidc/login", allow_redirects=False)
    # What is known of it is remembered for a while; a server that starts anew must ask.
    assert answer.status_code == 303
    appliance.stop()
    appliance.start()
    answer = Person(appliance).go("/auth/oidc/login", allow_redirects=False)
    assert answer.status_code == 503 and answer.json()["code"] == "provider_unavailable", answer.text
    assert person.roles() == {"default": "owner"}
    assert Person(appliance).go("/auth/oidc/login?source=other").status_code == 404


def test_an_email_that_is_taken_is_not_taken_over(new_appliance):
    appliance = new_appliance()
    provider = Provider([appliance], ACCOUNTS)
    appliance.environment |= provider.environment(MAPPINGS)
    appliance.say("migrate")
    appliance.say("admin", "create-user", "--email", "ada@example.com", "--role", "viewer", stdin=b"a long password\n")
    appliance.start()
    answer = Person(appliance).at_provider("ada")
    assert answer.status_code == 409 and answer.json()["code"] == "email_taken", answer.text
    appliance.stop()
    appliance.environment |= provider.environment(MAPPINGS, link_by_email="true", allowed_domains="example.com")
    appliance.start()
    person = Person(appliance)
    person.at_provider("ada")
    assert person.roles() == {"default": "owner"}
    provider.close()


def test_without_a_source_there_is_none(new_appliance):
    appliance = new_appliance().start()
    person = Person(appliance)
    assert person.go("/auth/oidc/login").status_code == 404
    assert person.at_directory("ada", "x").status_code == 404
    assert person.go("/api/v1/sign-in").json()["sources"] == []
