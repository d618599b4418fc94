"""What the program knows: the keys of its configuration, its verbs and options, the sentences in its sources."""

import functools
import re
import subprocess

from appliance import BINARY
from manual.pages import TOP

SOURCES = TOP / "src"
CONFIGURATION = SOURCES / "config"


@functools.cache
def configuration():
    """Key → the type that its field has, and the file of its section."""
    fields, file_of = {}, {}
    for file in CONFIGURATION.glob("*.rs"):
        for name, body in re.findall(r"pub struct (\w+Config|Config) \{\n(.*?)\n\}", file.read_text(), re.S):
            fields[name] = re.findall(r"^    pub (\w+): (.+),$", body, re.M)
            file_of[name] = file
    keys = {}

    def walk(name, prefix):
        for field, kind in fields[name]:
            inner = kind.removeprefix("Option<").removesuffix(">") if kind.startswith("Option<") else kind
            if inner in fields:
                walk(inner, f"{prefix}{field}.")
            else:
                keys[prefix + field] = (kind, file_of[name])

    walk("Config", "")
    return keys


@functools.cache
def secrets():
    """Keys that the environment may also name by file."""
    listed = re.search(r"const SECRETS: \[&str; \d+\] = \[(.*?)\];", (CONFIGURATION / "load.rs").read_text(), re.S)
    return set(re.findall(r'"([^"]+)"', listed[1]))


def variable(key):
    return "TAKEHOLD_" + key.upper().replace(".", "__")


def variables():
    """Every variable of the environment that is heeded."""
    known = {"TAKEHOLD_CONFIG"} | {variable(key) for key in configuration()}
    return known | {variable(key) + "_FILE" for key in secrets()}


def default_of(file):
    """The part of a section's file that holds its defaults."""
    return "".join(re.findall(r"impl Default for \w+ \{.*?\n\}", file.read_text(), re.S))


@functools.cache
def verbs():
    """Path of a verb, such as ("admin", "create-user") → its options."""
    found = {}

    def ask(path):
        done = subprocess.run([BINARY, *path, "--help"], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        found[path] = set(re.findall(r"^\s+(?:-\w, )?(--[a-z][a-z-]*)", done.stdout, re.M))
        _, _, commands = done.stdout.partition("Commands:\n")
        for verb in re.findall(r"^  ([a-z-]+)", commands.partition("\n\n")[0], re.M):
            if verb != "help":
                ask((*path, verb))

    ask(())
    return found


@functools.cache
def sentences():
    """Each file of the sources with its texts as they are printed."""
    found = {}
    for file in sorted(SOURCES.rglob("*.rs")):
        text = re.sub(r"\\\n\s*", "", file.read_text())
        found[file] = text.replace('\\"', '"')
    return found


def is_printed(sentence):
    """Whether one file has every part of a sentence; `…` stands for what differs."""
    parts = [part.strip() for part in sentence.split("…") if part.strip()]
    return any(all(part in text for part in parts) for text in sentences().values())


def metrics():
    """The names of all figures for Prometheus."""
    text = (SOURCES / "telemetry" / "figures.rs").read_text()
    return set(re.findall(r'"((?:takehold|process)_[a-z_]+)"', text))
