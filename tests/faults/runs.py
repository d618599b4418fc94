"""Jobs under fault: who leads, and whether every run that was asked for came to its end."""

import contextlib
import threading

import requests

from appliance import until
from harness import AGAIN


def leader_of(servers, token):
    """The server that says it leads the jobs, if one does."""
    leaders = []
    for server in servers:
        with contextlib.suppress(requests.RequestException):
            answer = requests.get(
                f"{server.url}/api/v1/system/jobs", headers={"Authorization": f"Bearer {token}"}, timeout=2
            )
            if answer.ok and (answer.json()["leader"] or {}).get("here"):
                leaders.append(server)
    return leaders[0] if len(leaders) == 1 else None


# A turn of a continuous job is tried once, for the next one follows anyway; so is one that somebody asked for.
ENDS = {"rollup": {"succeeded", "failed"}}


class Runs:
    """Asks for runs of jobs, one after the other, at whichever server answers; in the end each was done."""

    def __init__(self, servers, token, jobs):
        self.servers, self.jobs = servers, jobs
        self.headers = {"Authorization": f"Bearer {token}"}
        self.asked, self.refused = {}, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)

    def _ask(self):
        number = 0
        while not self.stopping.wait(0.05):
            server, job = self.servers[number % len(self.servers)], self.jobs[number % len(self.jobs)]
            number += 1
            url = f"{server.url}/api/v1/system/jobs/{job}/runs"
            with contextlib.suppress(requests.RequestException):
                answer = requests.post(url, json={"workspace": "default"}, headers=self.headers, timeout=3)
                if answer.status_code == 202:
                    self.asked[answer.json()["id"]] = job
                # 409: such a run waits or goes on already.
                elif answer.status_code not in AGAIN | {409}:
                    self.refused.append(f"{answer.status_code} {answer.text}")

    def goes_on(self, runs, seconds=30):
        wanted = len(self.asked) + runs

        def is_further():
            """Runs are taken on."""
            return len(self.asked) >= wanted

        until(is_further, seconds)

    def _rows(self):
        """Every run that the store knows of these jobs."""
        found = {}
        for job in self.jobs:
            url, query = f"{self.servers[0].url}/api/v1/system/jobs/{job}/runs", {"limit": 200}
            while query:
                answer = requests.get(url, params=query, headers=self.headers, timeout=30).json()
                for row in answer["items"]:
                    assert row["id"] not in found, f"run {row['id']} is there twice"
                    found[row["id"]] = row
                query = {"limit": 200, "cursor": answer["next_cursor"]} if answer["next_cursor"] else None
        return found

    def not_done(self, seconds=90):
        """Waits until nothing is left to do; answers the runs that were taken on and have not come to their end."""
        assert not self.refused, self.refused[:3]

        def is_quiet():
            """No run waits or goes on that somebody asked for."""
            return not [
                row for row in self._rows().values() if row["asked_by"] and row["state"] in ("queued", "running")
            ]

        until(is_quiet, seconds, 0.2)
        done = self._rows()
        return [
            done.get(id, f"{job} run {id} is gone")
            for id, job in self.asked.items()
            if id not in done or done[id]["state"] not in ENDS.get(job, {"succeeded"})
        ]
