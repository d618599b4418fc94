"""The server answers as its OpenAPI document says, whatever is asked, with a whole company behind it."""

import re
import subprocess

import pytest
import requests

from appliance import BINARY, Reader, free_port

# The document need not spell out every constraint: a request that fits it may still be refused.
UNCHECKED = "positive_data_acceptance"
REAL_IDS = """
[[operations]]
include-path-regex = "/{list}/"
parameters = {{ "path.{parameter}" = ["{id}", "nobody"] }}
"""


class Demo:
    """The simulated company, with a token of its owner."""

    def __init__(self):
        command = [BINARY, "demo", "--port", str(free_port())]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self._said("Open: (.*)")[1]
        email, password = self._said("Log in: (.*) / (.*)").groups()
        with requests.Session() as browser:
            browser.headers["X-Takehold-Request"] = "1"
            api = f"{self.url}/api/v1"
            browser.post(f"{api}/session", json={"email": email, "password": password}, timeout=30).raise_for_status()
            token = browser.post(f"{api}/workspaces/default/tokens", json={"name": "t", "role": "owner"}, timeout=30)
        self.token = token.json()["secret"]

    def _said(self, pattern):
        return next(found for line in self.process.stdout if (found := re.match(pattern, line)))


@pytest.fixture
def demo():
    demo = Demo()
    yield demo
    demo.process.terminate()
    assert demo.process.wait(timeout=30) == 0


def test_answers_conform(demo, tmp_path):
    api = Reader(demo, demo.token)
    config = tmp_path / "schemathesis.toml"
    config.write_text(
        "".join(
            REAL_IDS.format(list=name, parameter=key, id=api.get(name, limit=1)["items"][0][key])
            for name, key in (("people", "external_id"), ("accounts", "external_id"), ("apps", "app"))
        )
    )
    done = subprocess.run(
        ["schemathesis", "--config-file", config, "run", f"{demo.url}/api/v1/openapi.json"]
        + ["--header", f"Authorization: Bearer {demo.token}", "--checks=all", f"--exclude-checks={UNCHECKED}"]
        + ["--phases=examples,coverage,fuzzing", "--max-examples=20", "--workers=2", "--seed=1"]
        + ["--continue-on-failure", "--warnings=off", "--no-color"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    # All this was asked with a token that holds, of a server that is well.
    assert api.events() > 0
