"""A whole sign-in by the provider in Chromium."""

import json
import subprocess
from pathlib import Path

from signon.actors import Provider

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
