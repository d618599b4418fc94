"""Whole sign-ins by the provider and by the directory in Chromium."""

import json
import subprocess
from pathlib import Path

from signon.actors import Provider
from signon.directory import GROUPS, PASSWORD, PEOPLE

HERE = Path(__file__).parent


def test_in_and_out_in_a_browser(new_appliance, engine):
    appliance = new_appliance(engine)
    provider = Provider([appliance], {"ada": {"groups": ["staff"]}, "eve": {"groups": ["guests"]}})
    appliance.environment |= provider.environment({"staff": "viewer"})
    appliance.start()
    try:
        command = ["node", HERE / "browser.mjs", appliance.url, provider.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        seen = json.loads(done.stdout.splitlines()[-1])
        assert seen["landed"] == "/docs", seen
        assert seen["me"]["email"] == "ada@example.com" and seen["me"]["source"] == "oidc"
        assert seen["cookie"] == {"httpOnly": True, "sameSite": "Lax"}
        assert seen["back"].startswith("/sign-in") and seen["gone"] == 401, seen
        assert seen["refused"].startswith("/sign-in?problem=no_role"), seen
        assert seen["outside"] == 401
    finally:
        provider.close()


def test_roles_come_and_go_with_the_directory(new_appliance, engine, own_directory, tmp_path):
    appliance = new_appliance(engine)
    appliance.environment |= own_directory.environment({"admins": "admin", "all": "viewer"})
    appliance.start()

    def visit(*words):
        command = ["node", HERE / "directory.mjs", appliance.url, tmp_path / "memory.json", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def member_of_admins(name):
        own_directory.change(
            f"dn: cn=admins,{GROUPS}\nchangetype: modify\nreplace: member\nmember: uid={name},{PEOPLE}\n"
        )

    def sync():
        assert appliance.run("jobs", "run", "directory-sync").returncode == 0

    wrong = visit("in", "p0001", "wrong password")
    assert wrong["at"] == "/sign-in" and wrong["refused"], wrong
    viewer = visit("in", "p0001", PASSWORD)
    assert "People" in viewer["links"] and "Users" not in viewer["links"], viewer
    # A role that is given is there at the next log-in.
    member_of_admins("p0001")
    assert visit("out")["at"] == "/sign-in"
    assert "Users" in visit("in", "p0001", PASSWORD)["links"]
    # One that is taken away goes while the session goes on.
    member_of_admins("p0009")
    sync()
    assert "Users" not in visit("look")["links"]
    # Whoever has left is out at once, and does not get in again.
    own_directory.remove("p0001")
    sync()
    assert visit("look")["at"] == "/sign-in"
    gone = visit("in", "p0001", PASSWORD)
    assert gone["at"] == "/sign-in" and gone["refused"], gone


def test_a_role_changed_at_the_provider_is_there_at_the_next_log_in(new_appliance, engine):
    appliance = new_appliance(engine)
    provider = Provider([appliance], {"ada": {"groups": ["staff"]}})
    appliance.environment |= provider.environment({"staff": "viewer", "chiefs": "admin"})
    appliance.start()

    def through():
        command = ["node", HERE / "browser.mjs", appliance.url, provider.url, "ada"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    try:
        assert through()["roles"] == ["viewer"]
        provider.change("ada", groups=["chiefs"])
        assert through()["roles"] == ["admin"]
        provider.change("ada", groups=[])
        assert through()["at"].startswith("/sign-in?problem=no_role")
    finally:
        provider.close()
