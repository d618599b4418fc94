"""The bill of materials is a valid document and names what is in the binary."""

import hashlib
import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from appliance import BINARY
from root import TOP


@pytest.fixture(scope="module")
def path(tools, built):
    tools(cargo="cargo")
    # The script holds it against the schema before it answers.
    return Path(built("build-sbom"))


@pytest.fixture(scope="module")
def document(path):
    return json.loads(path.read_text())


def check(file):
    return subprocess.run([TOP / "packaging/build-sbom", "--check", file], capture_output=True, text=True)


def test_a_wrong_document_is_refused(path, document, tmp_path):
    assert check(path).returncode == 0
    document["components"][0]["type"] = "nonsense"
    for name, text in {"wrong.json": json.dumps(document), "no.json": "nonsense"}.items():
        (tmp_path / name).write_text(text)
        done = check(tmp_path / name)
        assert done.returncode == 1 and name in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    document["components"][0]["type"] = "library"


def test_it_is_the_bill_of_this_binary(document):
    program = document["metadata"]["component"]
    version = tomllib.loads((TOP / "Cargo.toml").read_text())["package"]["version"]
    assert (program["name"], program["version"]) == ("takehold", version)
    assert program["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(Path(BINARY).read_bytes()).hexdigest()}]


def test_what_is_in_the_binary_is_in_it(document):
    found = {}
    for each in document["components"]:
        assert each["version"] and each["licenses"] and each["purl"], each
        found.setdefault(each["purl"].rpartition("@")[0], []).append(each)
    locked = {package["name"]: package for package in tomllib.loads((TOP / "Cargo.lock").read_text())["package"]}
    web = json.loads((TOP / "web/package-lock.json").read_text())["packages"]
    for crate in ("diesel", "actix-web", "openssl-src"):
        [each] = found[f"pkg:cargo/{crate}"]
        assert each["version"] == locked[crate]["version"]
        assert each["hashes"][0]["content"] == locked[crate]["checksum"]
    for package in ("react", "@mantine/core"):
        [each] = found[f"pkg:npm/{package.replace('@', '%40')}"]
        assert each["version"] == web[f"node_modules/{package}"]["version"]
        assert each["hashes"][0]["alg"] == "SHA-512"
    [diesel] = found["pkg:cargo/diesel"]
    assert diesel["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    # C libraries are looked up in vulnerability lists by their own names.
    for name in ("sqlite", "openssl", "libpq", "zstd", "mimalloc", "glibc", "rust-std"):
        [each] = found[f"pkg:generic/{name}"]
        assert each["version"] in each["cpe"] and each["version"][0].isdigit()
    assert found["pkg:generic/openssl"][0]["version"] == locked["openssl-src"]["version"].split("+")[1]


def test_what_only_helps_to_build_is_not(document):
    names = {each["purl"].rpartition("@")[0] for each in document["components"]}
    tools = {"pkg:cargo/cc", "pkg:cargo/proptest", "pkg:cargo/serde_derive", "pkg:npm/vite", "pkg:npm/typescript"}
    assert not names & tools


def test_every_component_is_reached_from_the_program(document):
    needs = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    reached, waiting = set(), [document["metadata"]["component"]["bom-ref"]]
    while waiting:
        reference = waiting.pop()
        if reference not in reached:
            reached.add(reference)
            waiting += needs.get(reference, [])
    assert {each["bom-ref"] for each in document["components"]} <= reached
