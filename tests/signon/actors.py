"""A provider in a process of its own, and people with browsers who sign in."""

import json
import subprocess
import urllib.parse
from pathlib import Path

import requests

from appliance import free_port, until

HERE = Path(__file__).parent
SECRET = "a-secret-of-the-client"


class Provider:
    """The provider in its own process."""

    def __init__(self, appliances, accounts, **settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        urls = [appliance.url for appliance in appliances]
        client = {
            "client_id": "takehold",
            "client_secret": SECRET,
            "redirect_uris": [f"{url}/auth/oidc/callback" for url in urls],
            "post_logout_redirect_uris": [f"{url}/sign-in" for url in urls],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "backchannel_logout_uri": f"{urls[0]}/auth/oidc/backchannel-logout",
            "backchannel_logout_session_required": True,
        }
        told = {"port": self.port, "clients": [client], "accounts": accounts} | settings
        command = ["node", str(HERE / "provider.mjs"), json.dumps(told)]
        self.process = subprocess.Popen(command, cwd=HERE, stderr=subprocess.PIPE, text=True)
        until(self.answers)

    def answers(self):
        """The provider answers."""
        assert self.process.poll() is None, self.process.stderr.read()
        try:
            return requests.get(f"{self.url}/.well-known/openid-configuration", timeout=5).ok
        except requests.ConnectionError:
            return False

    def environment(self, mappings, **more):
        return {
            "TAKEHOLD_AUTH__OIDC__ISSUER": self.url,
            "TAKEHOLD_AUTH__OIDC__CLIENT_ID": "takehold",
            "TAKEHOLD_AUTH__OIDC__CLIENT_SECRET": SECRET,
            "TAKEHOLD_AUTH__OIDC__SCOPES": "openid profile email groups",
            "TAKEHOLD_AUTH__OIDC__ROLE_MAPPINGS": json.dumps(mappings),
        } | {f"TAKEHOLD_AUTH__OIDC__{key.upper()}": str(value) for key, value in more.items()}

    def change(self, name, **account):
        requests.put(f"{self.url}/accounts/{name}", json=account, timeout=5).raise_for_status()

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)


class Person:
    """Somebody with a browser of their own, at one or more appliances."""

    def __init__(self, appliance):
        self.appliance = appliance
        self.browser = requests.Session()
        self.browser.headers["X-Takehold-Request"] = "1"

    def go(self, path, **options):
        return self.browser.get(self.appliance.url + path, timeout=30, **options)

    def send(self, method, path, body=None, **options):
        return self.browser.request(method, self.appliance.url + path, json=body, timeout=30, **options)

    def at_provider(self, name, path="/auth/oidc/login", until_callback=False):
        """Walks a log-in by the provider, typing this name where it is asked for; answers the last answer."""
        answer = self.go(path, allow_redirects=False)
        for _ in range(12):
            if answer.is_redirect:
                target = urllib.parse.urljoin(answer.url, answer.headers["Location"])
                if until_callback and "/auth/oidc/callback" in target:
                    return target
                # The console itself is of no interest here.
                if target.startswith(self.appliance.url) and "/auth/" not in target:
                    return answer
                answer = self.browser.get(target, allow_redirects=False, timeout=30)
            elif "<h1>login</h1>" in answer.text:
                answer = self.browser.post(answer.url, data={"login": name}, allow_redirects=False, timeout=30)
            else:
                return answer
        raise AssertionError("the log-in goes round in circles")

    def at_directory(self, username, password, **more):
        return self.send("POST", "/auth/ldap/login", {"username": username, "password": password} | more)

    def me(self):
        answer = self.go("/api/v1/me")
        return answer.json() if answer.status_code == 200 else None

    def roles(self):
        return {role["workspace"]: role["role"] for role in self.me()["roles"]}


def refusals(appliance, token):
    """The reasons of refused log-ins, newest first."""
    answer = requests.get(
        f"{appliance.url}/api/v1/audit", params={"action": "session.refused"}, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    answer.raise_for_status()
    return answer.json()["items"]
