"""Bad input to /v1: each gets its own status and code, the rest of a batch is kept, and nothing else is stored."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from appliance import Reader, until

LIMIT = 512_000
GOOD = {"type": "track", "userId": "someone", "event": "Good"}


@pytest.fixture(scope="module")
def key(appliance):
    return appliance.write_key()


@pytest.fixture(scope="module")
def api(appliance):
    return Reader(appliance, appliance.token())


def text(call):
    return call if isinstance(call, (str, bytes)) else json.dumps(call)


def track(**fields):
    return text({"userId": "a", "event": "x"} | fields)


def nested(levels):
    return '{"userId":"a","event":"x","properties":' + '{"a":' * levels + "1" + "}" * levels + "}"


def sized(size):
    """A batch of one good call and exactly `size` bytes."""
    start, end = '{"batch":[' + text(GOOD) + '],"padding":"', '"}'
    return start + "x" * (size - len(start) - len(end)) + end


def in_hours(hours):
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.fixture
def stored(api):
    """Says how many events came in since the test began, once a good one behind them is in."""
    before = api.events()

    def count():
        return api.events() - before

    return count


@pytest.fixture
def send(appliance, key):
    def send(call, body, **headers):
        if isinstance(body, str):
            body = body.encode()
        url = f"{appliance.url}/v1/{call}"
        return requests.post(url, body, auth=(key, ""), headers=headers, timeout=30)

    return send


def problem(answer):
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code and body["detail"] and body["title"]
    return answer.status_code, body["code"]


REFUSED = {
    "nothing": ("track", "", 400, "bad_json"),
    "half a call": ("track", '{"userId":"a"', 400, "bad_json"),
    "two calls": ("track", track() + track(), 400, "bad_json"),
    "text": ("track", '"call"', 400, "bad_field"),
    "null": ("track", "null", 400, "bad_field"),
    "array": ("track", '["track","id","someone",null,"x"]', 400, "bad_field"),
    "nobody": ("track", '{"event":"x"}', 400, "no_person"),
    "empty id": ("track", track(userId=""), 400, "no_person"),
    "no event": ("track", '{"userId":"a"}', 400, "no_event"),
    "no group": ("group", '{"userId":"a"}', 400, "no_group"),
    "no previous id": ("alias", '{"userId":"a"}', 400, "no_previous_id"),
    "object as id": ("track", track(userId={"id": 1}), 400, "bad_field"),
    "boolean as id": ("track", track(userId=True), 400, "bad_field"),
    "fraction as id": ("track", track(userId=1.5), 400, "bad_field"),
    "number as context": ("track", track(context=5), 400, "bad_field"),
    "array as context": ("track", track(context=["account"]), 400, "bad_field"),
    "number as app": ("track", track(context={"app": 5}), 400, "bad_field"),
    "array as properties": ("track", track(properties=[1]), 400, "bad_facts"),
    "text as traits": ("identify", text({"userId": "a", "traits": "x"}), 400, "bad_facts"),
    "trait out of range": ("identify", '{"userId":"a","traits":{"plan":"pro","x":1e999}}', 400, "bad_facts"),
    "trait with half a character": ("identify", '{"userId":"a","traits":{"plan":"\\ud800"}}', 400, "bad_facts"),
    "number out of range": ("track", '{"userId":"a","event":"x","timestamp":1e999}', 400, "bad_json"),
    "duplicate key": ("track", '{"userId":"a","userId":"b","event":"x"}', 400, "bad_field"),
    "61 levels": ("track", nested(61), 400, "too_deep"),
    "60,000 levels": ("track", nested(60_000), 400, "too_deep"),
    "long name": ("track", track(event="x" * 1_001), 400, "too_long"),
    "NUL in a name": ("track", track(event="a\0b"), 400, "bad_text"),
    "control character in an id": ("track", track(userId="a\x1bb"), 400, "bad_text"),
    "bare NUL": ("track", b'{"userId":"a\0b","event":"x"}', 400, "bad_json"),
    "no UTF-8": ("track", b'{"userId":"a\xff","event":"x"}', 400, "bad_encoding"),
    "lone surrogate": ("track", '{"userId":"a\\ud800","event":"x"}', 400, "bad_json"),
    "UTF-16": ("track", track().encode("utf-16"), 400, "bad_encoding"),
    "word as time": ("track", track(timestamp="yesterday"), 400, "bad_timestamp"),
    "day that is none": ("track", track(timestamp="2026-02-30T00:00:00Z"), 400, "bad_timestamp"),
    "time of sending that is none": ("track", track(timestamp="2026-01-01T00:00:00Z", sentAt="now"), 400, "bad_timestamp"),
    "far future": ("track", track(timestamp="9000-01-01T00:00:00Z"), 400, "future_timestamp"),
    "batch without calls": ("batch", "{}", 400, "bad_batch"),
    "batch of an object": ("batch", '{"batch":{}}', 400, "bad_batch"),
    "huge batch": ("batch", '{"batch":[' + ",".join(["{}"] * 20_001) + "]}", 400, "too_many"),
    "batch cut off": ("batch", '{"batch":[' + text(GOOD), 400, "bad_json"),
    "unknown call": ("dance", track(), 404, "not_found"),
    "10 MB of text": ("track", track(event="x" * 10_000_000), 413, "too_large"),
    "one byte too many": ("batch", sized(LIMIT + 1), 413, "too_large"),
}


@pytest.mark.parametrize("call, body, status, code", REFUSED.values(), ids=REFUSED)
def test_refused(send, stored, call, body, status, code):
    assert problem(send(call, body)) == (status, code)
    assert stored() == 0


PACKED = {
    "bomb": (gzip.compress(b"\0" * 100_000_000), 413, "too_large"),
    "large after unpacking": (gzip.compress(sized(LIMIT + 1).encode()), 413, "too_large"),
    "cut off": (gzip.compress(track().encode())[:-12], 400, "unreadable"),
    "wrong checksum": (gzip.compress(track().encode())[:-8] + b"\0" * 8, 400, "unreadable"),
    "not packed": (track().encode(), 400, "unreadable"),
}


@pytest.mark.parametrize("body, status, code", PACKED.values(), ids=PACKED)
def test_refused_when_packed(send, stored, body, status, code):
    answer = send("batch", body, **{"Content-Encoding": "gzip"})
    assert problem(answer) == (status, code)
    assert stored() == 0


def test_the_largest_body_is_taken(send, stored):
    assert send("batch", sized(LIMIT)).json() == {"success": True}
    assert send("batch", gzip.compress(sized(LIMIT).encode()), **{"Content-Encoding": "gzip"}).json() == {"success": True}
    until(lambda: stored() == 2)


def test_a_mixed_batch_keeps_the_good_ones(send, stored):
    bad = {
        "bad_type": {"type": "dance", "userId": "a"},
        "no_person": {"type": "track", "event": "x"},
        "no_event": {"type": "track", "userId": "a"},
        "bad_facts": {"type": "track", "userId": "a", "event": "x", "properties": "none"},
        "bad_field": {"type": "track", "userId": [], "event": "x"},
        "bad_text": {"type": "track", "userId": "a", "event": "\x07"},
        "too_long": {"type": "track", "userId": "a" * 1_001, "event": "x"},
        "future_timestamp": {"type": "track", "userId": "a", "event": "x", "timestamp": in_hours(25)},
        "bad_timestamp": {"type": "track", "userId": "a", "event": "x", "timestamp": "noon"},
    }
    calls = [GOOD]
    for call in bad.values():
        calls += [call, GOOD]
    answer = send("batch", text({"batch": calls}))
    assert answer.status_code == 200
    body = answer.json()
    assert body["success"] is True
    assert [(item["index"], item["code"]) for item in body["rejected"]] == list(zip(range(1, 19, 2), bad, strict=True))
    assert all(item["message"] for item in body["rejected"])
    until(lambda: stored() == len(bad) + 1)


def test_tomorrow_is_taken_and_the_day_after_is_not(send, stored):
    assert send("track", track(timestamp=in_hours(23.9))).status_code == 200
    assert problem(send("track", track(timestamp=in_hours(24.1)))) == (400, "future_timestamp")
    until(lambda: stored() == 1)


def test_any_age_is_taken(send, stored, api):
    for year in ("1990", "1900", "0001"):
        assert send("track", text({"userId": f"of {year}", "event": "x", "timestamp": f"{year}-01-01T00:00:00Z"})).ok
    until(lambda: stored() == 3)
    assert api.get("people/of%200001")["first_seen"] == "0001-01-01T00:00:00Z"


def test_a_repeat_counts_once(send, stored):
    call = track(messageId="the same", timestamp="2026-03-01T09:14:02Z")
    for _ in range(3):
        assert send("track", call).json() == {"success": True}
    until(lambda: stored() == 1)
    assert send("track", track(messageId="the same", timestamp="2026-03-02T09:14:02Z")).ok
    until(lambda: stored() == 2)


KEYS = {
    "none": {},
    "unknown": {"Authorization": "Bearer thw_unknown"},
    "a digest": {"Authorization": "Digest x"},
    "no base64": {"Authorization": "Basic *"},
}


@pytest.mark.parametrize("headers", KEYS.values(), ids=KEYS)
def test_a_wrong_key_is_refused(appliance, stored, headers):
    answer = requests.post(f"{appliance.url}/v1/track", track(), headers=headers, timeout=30)
    assert problem(answer) == (401, "sign_in_needed")
    assert stored() == 0


def test_the_key_may_come_in_three_places(appliance, key, stored):
    for options in ({"auth": (key, "")}, {"headers": {"Authorization": f"Bearer {key}"}}, {}):
        body = track(writeKey=key) if not options else track()
        assert requests.post(f"{appliance.url}/v1/track", body, timeout=30, **options).json() == {"success": True}
    until(lambda: stored() == 3)
