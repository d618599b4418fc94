"""The static release needs nothing but itself: it serves the console from a root directory that holds no other file."""

import os
import re
import shutil
import subprocess

import requests

from appliance import BINARY, free_port, until


def test_the_console_is_served_from_an_empty_root(tmp_path):
    shutil.copy(BINARY, tmp_path / "takehold")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    enter = ["chroot"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot"]
    command = [*enter, str(tmp_path), "/takehold", "serve"]
    environment = {"PATH": os.environ["PATH"], "TAKEHOLD_SERVER__LISTEN": f"127.0.0.1:{port}"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:

            def answers():
                """The server in the empty root answers."""
                assert server.poll() is None, server.stdout.read().decode()
                try:
                    return requests.get(f"{base}/readyz", timeout=10).ok
                except requests.ConnectionError:
                    return False

            until(answers)
            index = requests.get(f"{base}/", timeout=10)
            assert index.headers["content-type"].startswith("text/html")
            assert "immutable" not in index.headers.get("cache-control", "")
            script = re.search(r'<script type="module"[^>]+src="(/assets/[^"]+\.js)"', index.text)[1]
            asset = requests.get(base + script, timeout=10)
            assert asset.status_code == 200 and len(asset.content) > 1_000
            assert "javascript" in asset.headers["content-type"]
            assert "immutable" in asset.headers["cache-control"]
        finally:
            server.terminate()
    assert server.returncode == 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"takehold", "takehold-data"}
