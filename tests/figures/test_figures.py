"""The figures of a real event history, made independently with pandas and DuckDB, however the events came in."""

import datetime
import gzip
import hashlib
import json
import random
import time

import pytest
import requests

from appliance import DATA, Reader, person, until

PEOPLE = DATA / "oca-sale-workflow.people.ndjson.gz"
EVENTS = DATA / "oca-sale-workflow.events.ndjson.gz"
EXPECTED = json.loads((DATA / "oca-sale-workflow.expected.json").read_text())
LINES = 24_987
BATCH = 500


def lines():
    return [line for file in (PEOPLE, EVENTS) for line in gzip.open(file).read().splitlines()]


def imported(appliance):
    assert appliance.say("import", PEOPLE, EVENTS) == f"accepted {LINES}, duplicate 0, rejected 0"


def imported_twice(appliance):
    imported(appliance)
    assert appliance.say("import", PEOPLE, EVENTS) == f"accepted 0, duplicate {LINES}, rejected 0"


def shuffled(appliance):
    mixed = lines()
    random.Random(1).shuffle(mixed)
    said = appliance.say("import", "-", stdin=b"\n".join(mixed))
    assert said == f"accepted {LINES}, duplicate 0, rejected 0"


def received(appliance):
    appliance.start()
    key, all_lines = appliance.write_key(), lines()
    with requests.Session() as client:
        for first in range(0, len(all_lines), BATCH):
            body = b'{"batch":[' + b",".join(all_lines[first : first + BATCH]) + b"]}"
            answer = client.post(f"{appliance.url}/v1/batch", body, auth=(key, ""), timeout=30)
            assert answer.json() == {"success": True}
    appliance.stop()


@pytest.fixture(scope="module", params=[imported, imported_twice, shuffled, received], ids=lambda way: way.__name__)
def filled(request, engine, new_appliance):
    appliance = new_appliance(engine)
    request.param(appliance)
    return appliance


@pytest.fixture(scope="module", params=["incremental", "reindexed"])
def api(request, filled):
    if request.param == "reindexed":
        filled.say("reindex")
    filled.start()
    yield Reader(filled, filled.token())
    filled.stop()


def second(instant):
    """An instant to the second, as the reference writes it."""
    return instant and instant.replace(".000", "")


def retention(api, period, first, last, variant, periods):
    return api.get(
        "metrics/retention",
        from_=first, to=last, period=period, variant=variant, periods=periods, include_excluded="true",
    )["cohorts"]  # fmt: skip


@pytest.mark.parametrize("include_excluded, expected", [("true", "active"), ("false", "active_without_bots")])
def test_active(api, include_excluded, expected):
    for row in EXPECTED[expected]:
        (day,) = api.get("metrics/active", from_=row["date"], to=row["date"], include_excluded=include_excluded)["days"]
        found = [day[name] for name in ("dau", "wau", "mau", "mau_calendar_month", "active_accounts", "events")]
        names = ("dau", "wau", "mau28", "mau_calendar_month", "active_accounts28", "events_that_day")
        assert found == [row[name] for name in names], row["date"]
        assert day["dau_over_mau"] == pytest.approx(row["stickiness_dau_over_mau28"], abs=1e-6)
        assert day["stickiness"] == pytest.approx(row["stickiness_mean_dau28_over_mau28"], abs=1e-6)


@pytest.mark.parametrize("period, expected", [("week", "weekly_cohorts"), ("month", "monthly_cohorts")])
def test_cohorts(api, period, expected):
    for row in EXPECTED[expected]:
        start = row["cohort"] if period == "week" else f"{row['cohort']}-01"
        for variant, retained in (("n_day", row["bounded"]), ("unbounded", row["unbounded"])):
            (cohort,) = retention(api, period, start, start, variant, len(retained) - 1)
            assert (cohort["size"], cohort["retained"]) == (row["size"], retained), (start, variant)


def test_days_after_the_first(api):
    for row in EXPECTED["n_day"]:
        for variant, name in (("n_day", "on_day"), ("unbounded", "on_or_after_day")):
            cohorts = retention(api, "day", f"{row['year']}-01-01", f"{row['year']}-12-31", variant, 30)
            assert sum(cohort["size"] for cohort in cohorts) == row["people"]
            for day in (1, 7, 14, 30):
                assert sum(cohort["retained"][day] for cohort in cohorts) == row[f"day{day}"][name], (row["year"], day)


def test_apps(api):
    answer = api.get("metrics/apps", from_="2022-12-01", to="2023-11-30", include_excluded="true")
    apps = {app["app"]: app for app in answer["apps"]}
    for name, months in EXPECTED["per_app_monthly_active"].items():
        found = {month["start"][:7]: month["active_people"] for month in apps[name]["months"]}
        assert {month: found.get(month, 0) for month in months} == months, name
    for name, row in EXPECTED["first_last"]["apps"].items():
        assert (second(apps[name]["first_seen"]), second(apps[name]["last_seen"])) == (row["first"], row["last"]), name


def test_lifecycle(api):
    for row in EXPECTED["lifecycle_monthly"]:
        month = f"{row['month']}-01"
        answer = api.get("metrics/lifecycle", period="month", from_=month, to=month, include_excluded="true")
        (found,) = answer["periods"]
        names = ("active", "new", "current", "resurrected", "dormant")
        expected = [row[name] for name in ("active", "new", "returning", "resurrected", "dormant")]
        assert [found[name] for name in names] == expected, month


def test_people(api):
    seen = {
        item["external_id"]: (second(item["first_seen"]), second(item["last_seen"]), item["events"])
        for item in api.every("people", include_excluded="true", limit=200)
    }
    text = "".join(f"{who},{first},{last},{events}\n" for who, (first, last, events) in sorted(seen.items()))
    assert len(seen) == EXPECTED["totals"]["people"]
    assert hashlib.sha256(text.encode()).hexdigest() == EXPECTED["first_last"]["people_digest"]
    for who, row in EXPECTED["first_last"]["people_sample"].items():
        found = api.get(person(who))
        found = (second(found["first_seen"]), second(found["last_seen"]), found["events"])
        assert found == seen[who] == (row["first"], row["last"], row["events"])


def test_the_people_behind_a_number(api):
    def behind(**which):
        return api.get("people", include_excluded="true", limit=1, **which)["total"]

    for row in EXPECTED["active"][:3]:
        assert behind(active_from=row["date"], active_to=row["date"]) == row["dau"], row["date"]
    row = EXPECTED["weekly_cohorts"][-1]
    start = datetime.date.fromisoformat(row["cohort"])
    assert behind(first=start, first_period="week") == row["size"]
    for week, retained in enumerate(row["bounded"]):
        monday = start + datetime.timedelta(weeks=week)
        which = {"active_from": monday, "active_to": monday + datetime.timedelta(days=6)}
        assert behind(first=start, first_period="week", **which) == retained, (start, week)


def test_a_server_beside_import_shows_the_numbers_within_a_second(engine, new_appliance):
    appliance = new_appliance(engine).start()
    api = Reader(appliance, appliance.token())
    assert api.events() == 0
    imported(appliance)
    done = time.monotonic()
    events, day = EXPECTED["totals"]["events"], EXPECTED["active"][0]

    def shown():
        """The running server shows what was imported."""
        active = api.get("metrics/active", from_=day["date"], to=day["date"], include_excluded="true")["days"][0]
        return active["dau"] == day["dau"] and api.events() in (events, events - bots_events(api))

    until(shown, 1.0)
    assert time.monotonic() - done < 1.0


def bots_events(api):
    return sum(item["events"] for item in api.every("people", excluded="only", limit=200))
