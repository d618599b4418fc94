"""Whatever a viewer or a builder sends to any route: nothing is written, nothing breaks, nothing of others is told."""

import base64
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import requests

from appliance import Reader, person
from test_openapi import Demo

# Routes at which a token is no credential: they are about a browser's session, or about nobody yet.
NOT_BY_TOKEN = "/api/v1/(session|setup|welcome)|/auth/"
# What a builder may change: own apps, and a test event of one.
OF_BUILDERS = "/apps/[^/]+$|/inspector/test-event$"
# Whatever stands alone in an answer: a text of JSON, a field of CSV.
WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,"\r\n]+)')


@pytest.fixture(scope="module")
def demo():
    demo = Demo()
    yield demo
    demo.process.terminate()
    assert demo.process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def owner(demo):
    return Reader(demo, demo.token)


@pytest.fixture(scope="module")
def own_app(demo, owner):
    """The app that the demo's user owns; all others are foreign to a builder's token of theirs."""
    apps = [row["app"] for row in owner.every("apps", sort="-active_people_28")]
    answer = owner.session.patch(owner.base + "apps/" + requests.utils.quote(apps[0], safe=""), json={"owners": ["demo@takehold.example"]})
    assert answer.status_code == 200, answer.text
    return apps[0]


@pytest.fixture(scope="module")
def secrets(owner, own_app):
    """What neither may be told, and what a builder may not be told beside."""
    people = list(owner.every("people", limit=500, include_excluded="true"))
    told = {text for row in people for text in (row["external_id"], row["name"], row["email"]) if text and len(text) > 5}
    foreign = {row["app"] for row in owner.every("apps")} - {own_app}
    return told, foreign


def state(owner):
    """Everything that a call might have changed."""
    routes = ("", "summary", "apps", "write-keys", "tokens", "people?limit=1")
    answers = {route: owner.get(route.rstrip("/")) if route else owner.session.get(owner.base.rstrip("/")).json() for route in routes}
    for row in answers["tokens"]["items"]:
        row["last_used_at"] = None
    for answer in answers.values():
        answer.pop("as_of", None)
    return answers


@pytest.mark.parametrize("role", ["viewer", "builder"])
def test_nothing_is_written_and_nothing_of_others_is_told(demo, owner, own_app, secrets, tmp_path, role):
    made = owner.session.post(owner.base + "tokens", json={"name": f"a {role}", "role": role}).json()
    token = made["secret"]
    reader = Reader(demo, token)
    pseudonym = reader.get("people", limit=1)["items"][0]["external_id"]
    assert pseudonym.startswith("p-")
    told, foreign = secrets
    foreign_app, today = sorted(foreign)[0], datetime.now(UTC).date()
    config = tmp_path / "schemathesis.toml"
    config.write_text(
        f"""
[[operations]]
include-path-regex = "/people/"
parameters = {{ "path.external_id" = ["{pseudonym}", {json.dumps(sorted(told)[0])}] }}
[[operations]]
include-path-regex = "/apps/"
parameters = {{ "path.app" = [{json.dumps(own_app)}, {json.dumps(foreign_app)}] }}
[[operations]]
include-path-regex = "/metrics/"
[operations.parameters]
"query.app" = [{json.dumps(own_app)}, {json.dumps(foreign_app)}]
"query.from" = ["{today - timedelta(days=90)}"]
"query.to" = ["{today}"]
"""
    )
    before = state(owner)
    record = tmp_path / "record"
    excluded = NOT_BY_TOKEN if role == "viewer" else f"{NOT_BY_TOKEN}|{OF_BUILDERS}"
    done = subprocess.run(
        ["schemathesis", "--config-file", config, "run", f"{demo.url}/api/v1/openapi.json"]
        + ["--header", f"Authorization: Bearer {token}", "--checks=not_a_server_error"]
        + ["--exclude-path-regex", excluded, "--phases=examples,coverage,fuzzing", "--max-examples=5", "--mode=positive"]
        + ["--workers=2", "--seed=1", "--continue-on-failure", "--warnings=off", "--no-color"]
        + ["--report=ndjson", f"--report-ndjson-path={record}"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert state(owner) == before
    seen = list(answers(record))
    assert len(seen) > 200, done.stdout
    for method, path, sent, status, body in seen:
        assert method in ("GET", "HEAD", "OPTIONS") or status >= 400, (method, path, status, body)
        # What the call itself said may come back, in a sentence of refusal.
        found = [text for text in told & words(body) if text not in sent]
        if role == "builder":
            found += [app for app in foreign if app in body and app not in sent]
        assert not found, (method, path, found[:3], body[:500])
    # A real id is no way in, however it is spelt.
    real = next(iter(told & {row["external_id"] for row in owner.every("people", limit=500)}))
    assert reader.session.get(reader.base + person(real)).status_code == 404


def words(body):
    """Everything that stands alone in an answer."""
    return {text for found in WORDS.findall(body) for text in found} | set(re.findall(r"[\w.+-]+@[\w.-]+", body))


def answers(record):
    """Method, address, what was sent, status and body of every call."""
    for line in record.read_text().splitlines():
        finished = json.loads(line).get("ScenarioFinished", {})
        for case in finished.get("recorder", {}).get("interactions", {}).values():
            request, response = case["request"], case["response"]
            if response:
                sent = requests.utils.unquote(request["uri"]).replace("+", " ") + text_of(request.get("body"))
                yield request["method"], request["uri"], sent, response["status_code"], text_of(response.get("content"))


def text_of(body):
    """A recorded body as text."""
    return base64.b64decode(body["$base64"]).decode(errors="replace") if body else ""
