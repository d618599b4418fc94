"""The Debian package: what is in it, that it installs and goes, and that its unit lets the server live."""

import re
import subprocess
import tarfile
import tomllib
from pathlib import Path

from appliance import BINARY
from root import BECOME_ROOT, TOP

CONFIGURATION = "etc/takehold/takehold.toml"
UNIT = "lib/systemd/system/takehold.service"
FILES = {
    CONFIGURATION,
    UNIT,
    "usr/bin/takehold",
    "usr/lib/sysusers.d/takehold.conf",
    "usr/lib/tmpfiles.d/takehold.conf",
    "usr/share/doc/takehold/changelog.gz",
    "usr/share/doc/takehold/copyright",
    "usr/share/doc/takehold/examples/secrets.conf",
    "usr/share/lintian/overrides/takehold",
}
# Sections that the server has no use for yet, and sign-on, which the file shows as an example only.
NOT_OFFERED = {"auth", "smtp", "webhooks"}
# The worst exposure that passes, in tenths; systemd's scale ends at 10.0.
EXPOSURE = 13


def test_the_package_holds_what_it_should(package, as_root):
    said = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True, text=True).stdout
    fields = dict(re.findall(r"^([\w-]+): (.*)$", said, re.M))
    version = subprocess.run([BINARY, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    assert (fields["Package"], fields["Version"], fields["Architecture"]) == ("takehold", version, "amd64")
    assert package.name == f"takehold_{version}_amd64.deb"
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=unpacking.stdout, mode="r|") as tree:
            found = set()
            for entry in tree:
                assert (entry.uid, entry.gid) == (0, 0)
                name = entry.name.removeprefix("./")
                if entry.isdir():
                    assert entry.mode == 0o755, name
                    continue
                found.add(name)
                assert entry.isreg() and entry.mode == (0o755 if name.startswith("usr/bin/") else 0o644), name
                if name == "usr/bin/takehold":
                    assert tree.extractfile(entry).read() == Path(BINARY).read_bytes()
    assert found == FILES
    conffiles = subprocess.run(["dpkg-deb", "--info", package, "conffiles"], check=True, capture_output=True, text=True)
    assert conffiles.stdout.split() == [f"/{CONFIGURATION}"]


def test_the_same_sources_give_the_same_bytes(build, package, tmp_path):
    assert Path(build("build-deb", "--to", tmp_path)).read_bytes() == package.read_bytes()


def test_lintian_has_nothing_to_say(tools, package):
    tools(lintian="lintian")
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on=error,warning", package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_installs_upgrades_and_goes_but_leaves_the_data(package, root, as_root):
    root.dpkg("--install", package)
    user, group = root.user()
    assert root.stat("etc/takehold") == ("750", 0, group)
    assert root.stat("var/lib/takehold") == ("700", user, group)
    wanted = "etc/systemd/system/multi-user.target.wants/takehold.service"
    assert as_root("readlink", root.folder / wanted).strip() == f"/{UNIT}"

    # What the administrator changed outlives an upgrade: the file, and that the server is not to start.
    as_root("tee", "-a", root.folder / CONFIGURATION, input="\n# ours\n")
    as_root("rm", root.folder / wanted)
    root.dpkg("--install", package)
    assert "# ours" in as_root("cat", root.folder / CONFIGURATION)
    assert not root.exists(wanted)
    assert root.user() == (user, group)

    as_root("touch", root.folder / "var/lib/takehold/takehold.db")
    root.dpkg("--remove", "takehold")
    assert not root.exists("usr/bin/takehold")
    assert root.exists(CONFIGURATION)
    root.dpkg("--purge", "takehold")
    assert not root.exists("etc/takehold")
    assert root.exists("var/lib/takehold/takehold.db")


def test_systemd_finds_the_unit_right_and_tight(package, root, as_root):
    root.dpkg("--install", package)
    # The targets that a unit stands among come with systemd.
    targets = list(Path("/lib/systemd/system").glob("*.target"))
    as_root("cp", "--no-dereference", *targets, root.folder / "lib/systemd/system")
    verify = ["systemd-analyze", "verify", "--man=no", f"--root={root.folder}", "takehold.service"]
    drop_in = root.folder / "etc/systemd/system/takehold.service.d/secrets.conf"
    for prepare in (
        lambda: None,
        # With the secrets that the package shows as an example.
        lambda: as_root(
            "install", "-D", "-m", "644", root.folder / "usr/share/doc/takehold/examples/secrets.conf", drop_in
        ),
    ):
        prepare()
        done = subprocess.run([*BECOME_ROOT, *verify], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    security = [
        "systemd-analyze",
        "security",
        "--offline=yes",
        f"--threshold={EXPOSURE}",
        "--no-pager",
        f"--root={root.folder}",
    ]
    done = subprocess.run([*BECOME_ROOT, *security, "takehold.service"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def doctor(environment=None, configuration=None):
    arguments = ["--config", configuration] if configuration else []
    return subprocess.run([BINARY, *arguments, "doctor"], capture_output=True, text=True, env=environment or {})


def known(key):
    """What the server knows beside a key that it does not."""
    said = doctor({f"TAKEHOLD_{key}": "1"}).stderr
    return set(re.split(", | or ", re.search("; known here: (.*)", said)[1]))


def test_the_configuration_file_names_every_key(tmp_path):
    text = (TOP / "packaging/deb/takehold.toml").read_text()
    # Taken at its word: what is commented out is a line of TOML.
    everything = tmp_path / "takehold.toml"
    everything.write_text(re.sub(r"^# (?=\w+ = )", "", text, flags=re.M))
    offered = tomllib.loads(everything.read_text())
    assert tomllib.loads(text) == {"data_dir": "/var/lib/takehold"} | {
        name: {} for name in offered if name != "data_dir"
    }
    assert known("NO__THING") - NOT_OFFERED == offered.keys()
    for section in offered.keys() - {"data_dir"}:
        assert known(f"{section.upper()}__NO_THING") == offered[section].keys(), section
    # The verb tries whether the folder can be written.
    everything.write_text(everything.read_text().replace("/var/lib/takehold", str(tmp_path)))
    assert "configuration:" not in doctor(configuration=everything).stderr
