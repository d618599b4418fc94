"""The bill of materials of the binary: every crate and npm package in it, and the C libraries that crates bring.

What only helps to build (build scripts, macros, the console's tools) is in no copy of the binary and so not listed.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

LICENSES = LicenseFactory()


def fail(message):
    sys.exit(f"packaging/sbom.py: {message}")


def component(kind, name, version, license, *, sort=ComponentType.LIBRARY, hashes=(), cpe=None):
    """A component whose reference is its package URL."""
    if not license:
        fail(f"{name} {version} names no licence")
    namespace, _, bare = name.rpartition("/")
    url = PackageURL(kind, namespace or None, bare, version)
    return Component(
        type=sort,
        group=namespace or None,
        name=bare,
        version=version,
        purl=url,
        bom_ref=str(url),
        cpe=cpe,
        hashes=hashes,
        # Cargo once allowed a slash between licences to choose from.
        licenses=[LICENSES.make_from_string(re.sub(r"\s*/\s*", " OR ", license))],
    )


# --- C libraries and the tools' own code ----------------------------------------------------------


def after(mark):
    """Reads the library's version from the crate's, which carries it behind a mark."""
    return lambda version, _: version.split(mark, 1)[1]


def in_source(pattern, regex, join=lambda match: match[1]):
    """Reads the library's version from a header that the crate brings."""

    def read(_, folder):
        for file in sorted(folder.glob(pattern)):
            if found := re.search(regex, file.read_text(errors="replace")):
                return join(found)
        return fail(f"no version in {pattern} of {folder.name}")

    return read


def two_digits(found):
    """A number such as 30302: the major version, then two digits each for minor and patch."""
    number = int(found[1])
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


# Crate → the library it compiles in: name, licence, vendor and product as vulnerability lists spell them;
# how to learn its version.
COMPILED_IN = {
    "libsqlite3-sys": (
        ("sqlite", "blessing", "sqlite:sqlite"),
        in_source("sqlite3/sqlite3.h", r'SQLITE_VERSION +"([\d.]+)"'),
    ),
    "openssl-src": (("openssl", "Apache-2.0", "openssl:openssl"), after("+")),
    "pq-src": (("libpq", "PostgreSQL", "postgresql:postgresql"), after("+libpq-")),
    "zstd-sys": (("zstd", "BSD-3-Clause", "facebook:zstandard"), after("+zstd.")),
    "libmimalloc-sys": (
        ("mimalloc", "MIT", "microsoft:mimalloc"),
        in_source("c_src/mimalloc/v3/include/mimalloc.h", r"MI_MALLOC_VERSION +(\d+)", two_digits),
    ),
}


def library(name, license, product, version):
    return component("generic", name, version, license, cpe=f"cpe:2.3:a:{product}:{version}:*:*:*:*:*:*:*")


def toolchain():
    """What the compiler and the C library put into a static binary, by the versions of the machine that builds it."""
    rust = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    libc = subprocess.run(["getconf", "GNU_LIBC_VERSION"], check=True, capture_output=True, text=True).stdout.split()[1]
    yield library("rust-std", "MIT OR Apache-2.0", "rust-lang:rust", rust)
    yield library("glibc", "LGPL-2.1-or-later", "gnu:glibc", libc)


# --- Crates ---------------------------------------------------------------------------------------


def crates(metadata, lock):
    """The components of the crates in the binary, and what each is made with."""
    packages = {package["id"]: package for package in metadata["packages"]}
    edges = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    checksums = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}

    def is_in_binary(edge):
        package = packages[edge["pkg"]]
        if any("proc-macro" in target["kind"] for target in package["targets"]):
            return False
        return None in {kind["kind"] for kind in edge["dep_kinds"]} or brings_only_sources(edge)

    def brings_only_sources(edge):
        """Sources of a C library may come as a build dependency, and end up in the binary all the same."""
        kinds = {kind["kind"] for kind in edge["dep_kinds"]}
        return None not in kinds and "build" in kinds and packages[edge["pkg"]]["name"] in COMPILED_IN

    root = metadata["resolve"]["root"]
    made, waiting, found, only_sources = {}, [root], {}, set()
    while waiting:
        id = waiting.pop()
        if id in found:
            continue
        # Code that builds such sources stays behind, with what it needs for that.
        needed = [] if id in only_sources else [edge for edge in edges[id] if is_in_binary(edge)]
        only_sources |= {edge["pkg"] for edge in needed if brings_only_sources(edge)}
        found[id] = [edge["pkg"] for edge in needed]
        waiting += found[id]
        if id == root:
            continue
        package = packages[id]
        checksum = checksums.get((package["name"], package["version"]))
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else []
        made[id] = component("cargo", package["name"], package["version"], package["license"], hashes=hashes)
    brought = {}
    for id in made:
        package = packages[id]
        if package["name"] in COMPILED_IN:
            about, version = COMPILED_IN[package["name"]]
            folder = Path(package["manifest_path"]).parent
            brought[id] = library(*about, version(package["version"], folder))
    if missing := COMPILED_IN.keys() - {packages[id]["name"] for id in brought}:
        fail(f"{', '.join(sorted(missing))}: in the list of crates with C libraries, but not among the crates")
    return packages[root], made, found, brought


# --- npm ------------------------------------------------------------------------------------------


def npm(lock):
    """The components of the console's packages, and what each depends on; the empty path is the console."""
    left_out = ("dev", "optional")
    packages = {path: package for path, package in lock["packages"].items() if not any(map(package.get, left_out))}

    def find(path, name):
        """Where Node would find a package: in the nearest node_modules above."""
        while True:
            place = f"{path}/node_modules/{name}".lstrip("/")
            if place in packages or not path:
                return place if place in packages else None
            path = path.rpartition("/node_modules/")[0] if "/node_modules/" in path else ""

    made, needs = {}, {}
    for path, package in packages.items():
        wanted = [*package.get("dependencies", {}), *package.get("peerDependencies", {})]
        needs[path] = [place for place in (find(path, name) for name in wanted) if place]
        if not path:
            continue
        name = package.get("name") or path.rpartition("node_modules/")[2]
        algorithm, _, digest = package.get("integrity", "").partition("-")
        digest = base64.b64decode(digest).hex() if algorithm == "sha512" else None
        hashes = [HashType(alg=HashAlgorithm.SHA_512, content=digest)] if digest else []
        made[path] = component("npm", name, package["version"], package.get("license"), hashes=hashes)
    return made, needs


# --- The document ---------------------------------------------------------------------------------


def write(arguments):
    lock = tomllib.loads(arguments.lock.read_text())
    root, rust, rust_needs, brought = crates(json.loads(arguments.crates.read_text()), lock)
    web, web_needs = npm(json.loads(arguments.npm.read_text()))
    binary = hashlib.sha256(arguments.binary.read_bytes()).hexdigest()
    program = component(
        "generic",
        "takehold",
        root["version"],
        root["license"],
        sort=ComponentType.APPLICATION,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=binary)],
    )
    program.properties.add(Property(name="takehold:commit", value=arguments.commit))
    console = component("npm", "takehold-console", root["version"], root["license"])

    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, binary))
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    bom.metadata.component = program
    tools = list(toolchain())
    # A package that npm installed at two places in one version is one component.
    everything = [console, *rust.values(), *brought.values(), *web.values(), *tools]
    for each in {str(each.purl): each for each in everything}.values():
        bom.components.add(each)
    for id, needs in rust_needs.items():
        made = rust.get(id, program)
        bom.register_dependency(made, [rust[need] for need in needs] + ([brought[id]] if id in brought else []))
    for path, needs in web_needs.items():
        bom.register_dependency(web[path] if path else console, [web[need] for need in needs])
    bom.register_dependency(program, [console, *tools])
    print(JsonV1Dot6(bom).output_as_string(indent=2))


def check(file):
    try:
        text = file.read_text()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    try:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    except json.JSONDecodeError as no_json:
        error = f"it is no JSON: {no_json}"
    if error:
        fail(f"{file} is no CycloneDX 1.6 document: {' '.join(str(error).split())[:500]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", type=Path)
    for name in ("binary", "crates", "lock", "npm"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--commit")
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments.check)
    else:
        write(arguments)


main()
