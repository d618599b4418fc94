"""Tokens that are not to be believed, and what is not their owner's fault."""

import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from signon import crooked
from signon.actors import Person, refusals

HOUR = 3_600
GRAPH = {"src1": {"endpoint": "https://graph.microsoft.com/v1.0/users/sub-ada/getMemberObjects"}}


@pytest.fixture(scope="module")
def installed(new_appliance):
    provider = crooked.Crooked()
    appliance = new_appliance()
    appliance.environment |= provider.environment({"staff": "viewer"})
    appliance.start()
    yield appliance, provider, appliance.token()
    provider.close()


@pytest.fixture
def provider(installed):
    _, provider, _ = installed
    provider.claims, provider.token, provider.issuer_parameter, provider.userinfo = {}, None, None, None
    provider.discovery, provider.header = {}, {}
    return provider


def sign_in(installed):
    appliance, _, _ = installed
    person = Person(appliance)
    return person, person.at_provider("nobody is asked")


def test_it_serves_while_nothing_is_wrong(installed, provider):
    person, answer = sign_in(installed)
    assert answer.status_code == 303, answer.text
    assert person.roles() == {"default": "viewer"}


WRONG = {
    "another issuer": {"iss": "https://other.example"},
    "no issuer": {"iss": None},
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "other"},
    "several audiences and no party": {"aud": ["takehold", "other"]},
    "another party": {"aud": ["takehold", "other"], "azp": "other"},
    "expired": {"exp": int(time.time()) - 120},
    "from the future": {"iat": int(time.time()) + HOUR},
    "another access token": {"at_hash": "b3RoZXI"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_token_is_refused_and_written_down(installed, provider, claims):
    appliance, _, token = installed
    provider.claims = claims
    person, answer = sign_in(installed)
    assert answer.status_code == 401 and answer.json()["code"] == "token_refused", answer.text
    assert person.me() is None
    last = refusals(appliance, token)[0]
    assert last["detail"]["reason"] == "token_refused" and last["detail"]["source"] == "oidc"


@pytest.mark.parametrize("forge", [crooked.unsigned, crooked.signed_with_secret, crooked.signed_by_other])
def test_a_token_that_the_provider_did_not_sign_is_refused(installed, provider, forge):
    provider.token = forge
    person, answer = sign_in(installed)
    assert answer.status_code == 401 and answer.json()["code"] == "token_refused", answer.text
    assert person.me() is None


def test_a_clock_that_is_a_little_off_is_forgiven(installed, provider):
    now = int(time.time())
    for claims in ({"exp": now - 30}, {"iat": now + 30}):
        provider.claims = claims
        assert sign_in(installed)[1].status_code == 303


def test_an_answer_of_another_issuer_is_refused(installed, provider):
    provider.issuer_parameter = "https://other.example"
    assert sign_in(installed)[1].status_code == 401
    provider.issuer_parameter = provider.url
    assert sign_in(installed)[1].status_code == 303


def test_a_new_key_is_fetched_when_a_token_bears_it(installed, provider):
    assert sign_in(installed)[1].status_code == 303
    before = provider.asked
    provider.key, provider.kid = rsa.generate_private_key(public_exponent=65_537, key_size=2_048), "two"
    provider.published.append((provider.kid, provider.key))
    assert sign_in(installed)[1].status_code == 303
    assert provider.asked == before + 1


def test_too_many_groups_are_said_and_not_taken_for_none(installed, provider):
    provider.claims = {"groups": None, "_claim_names": {"groups": "src1"}, "_claim_sources": GRAPH}
    person, answer = sign_in(installed)
    assert answer.status_code == 403 and answer.json()["code"] == "too_many_groups", answer.text
    assert "200" in answer.json()["detail"]
    provider.claims = {"groups": None, "hasgroups": True}
    assert sign_in(installed)[1].json()["code"] == "too_many_groups"
    provider.claims = {"groups": [1, 2]}
    assert sign_in(installed)[1].json()["code"] == "groups_unreadable"
    assert person.me() is None


def test_userinfo_of_somebody_else_is_refused(installed, provider):
    provider.claims = {"groups": None}
    provider.userinfo = {"sub": "sub-eve", "groups": ["staff"]}
    assert sign_in(installed)[1].status_code == 503
    provider.userinfo = {"sub": "sub-ada", "groups": ["staff"]}
    assert sign_in(installed)[1].status_code == 303


def test_a_discovery_document_of_another_issuer_is_refused(new_appliance):
    provider = crooked.Crooked()
    provider.discovery = {"issuer": "https://other.example"}
    appliance = new_appliance()
    appliance.environment |= provider.environment({"staff": "viewer"})
    appliance.start()
    answer = Person(appliance).go("/auth/oidc/login", allow_redirects=False)
    assert answer.status_code == 503 and "other.example" in answer.json()["detail"], answer.text
    provider.close()


def logout_token(provider, **changes):
    now = int(time.time())
    claims = {
        "iss": provider.url,
        "aud": "takehold",
        "iat": now,
        "exp": now + 120,
        "jti": str(now),
        "sub": "sub-ada",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, provider.key, algorithm="RS256", headers={"kid": provider.kid, "typ": "logout+jwt"})


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"iat": int(time.time()) - HOUR},
        {"exp": int(time.time()) - HOUR},
        {"events": {}},
        {"events": None},
        {"nonce": "n"},
        {"sub": None},
    ],
    ids=["issuer", "audience", "old", "expired", "no logout", "no event", "an ID token", "nobody"],
)
def test_a_wrong_logout_ends_nothing(installed, provider, changes):
    appliance, _, _ = installed
    person, _ = sign_in(installed)
    refused = requests.post(f"{appliance.url}/auth/oidc/backchannel-logout", data={"logout_token": logout_token(provider, **changes)}, timeout=30)
    assert refused.status_code == 400, refused.text
    assert person.me()


def test_a_right_logout_ends_all_sessions_of_the_subject(installed, provider):
    appliance, _, _ = installed
    person, _ = sign_in(installed)
    other, _ = sign_in(installed)
    ended = requests.post(f"{appliance.url}/auth/oidc/backchannel-logout", data={"logout_token": logout_token(provider)}, timeout=30)
    assert ended.status_code == 200, ended.text
    assert person.me() is None and other.me() is None


def test_an_email_that_is_not_verified_passes_no_list_of_domains(new_appliance):
    provider = crooked.Crooked()
    appliance = new_appliance()
    appliance.environment |= provider.environment({"staff": "viewer"}, allowed_domains="example.com")
    appliance.start()
    for claims, status in [
        ({"email_verified": False}, 403),
        ({"email": "ada@example.com.evil.example"}, 403),
        ({"email": None}, 403),
        ({"email_verified": None}, 303),
    ]:
        provider.claims = claims
        answer = Person(appliance).at_provider("")
        assert answer.status_code == status, (claims, answer.text)
    provider.close()
