"""The manual's commands are typed in order, as far as this machine allows; the others are looked at."""

import re
import shlex
import subprocess

import pytest
import yaml

from appliance import BINARY
from helm.chart import CHART, helm_binary
from manual.pages import PAGES, REASONS, TOP, blocks
from manual.program import verbs
from manual.terminal import Terminal

ACTIONS = {"sh": {"run", "helm", "no-run"}, "yaml": {"", "helm"}, "toml": {"", "file"}}
OPTIONS = {"run", "no-run", "helm", "in", "with", "prepared", "file"}
RUN = sorted({block.page for block in blocks("sh", "run")})
HELM = sorted({block.page for block in [*blocks("sh", "helm"), *blocks("yaml", "helm")]})
# Options of `docker run` that Podman has too.
DOCKER_RUN = {
    *("--detach", "--name", "--restart", "--stop-timeout", "--publish", "--volume", "--read-only", "--tmpfs"),
    *("--cap-drop", "--security-opt", "--env"),
}


def test_each_block_says_what_becomes_of_it():
    for block in blocks():
        if block.language in ACTIONS:
            assert block.action in ACTIONS[block.language], f"{block}: {block.words}"
        for word in block.words[1:]:
            assert word.split("=")[0] in OPTIONS, f"{block}: {word}"
        if block.action == "no-run":
            assert block.option("no-run") in REASONS, f"{block}: {block.option('no-run')}"


@pytest.mark.parametrize("page", RUN)
def test_the_commands_of_a_page_work(page, tmp_path):
    terminals = {}
    try:
        for block in PAGES[page].blocks:
            name = block.option("in", "page")
            if block.language not in ("sh", "toml") or (block.language == "sh" and block.action != "run"):
                continue
            if name not in terminals:
                terminals[name] = Terminal(tmp_path / name)
            if block.language == "sh":
                terminals[name].type(block)
            elif block.option("file"):
                (terminals[name].folder / block.option("file")).write_text(block.text)
        for terminal in terminals.values():
            terminal.stop()
    finally:
        for terminal in terminals.values():
            terminal.close()


def helm(folder, *arguments):
    home = folder / "home"
    names = ("HOME", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")
    environment = {"PATH": "/usr/bin:/bin"} | {name: str(home) for name in names}
    done = subprocess.run(
        [helm_binary(), *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"{shlex.join(arguments)}: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", HELM)
def test_what_a_page_gives_to_helm_is_rendered(page, tmp_path):
    (tmp_path / "helm").symlink_to(CHART.parent)
    # A page may speak of values that another page showed.
    (tmp_path / "values.yaml").write_text("{}\n")
    rendered, secrets = "", []
    for block in PAGES[page].blocks:
        if block.language == "yaml" and block.action == "helm":
            file = block.option("file", "unnamed.yaml")
            (tmp_path / file).write_text(block.text)
            rendered += helm(tmp_path, "template", "takehold", "helm/takehold", "--values", file)
        elif block.language == "sh" and block.action == "helm":
            for line in block.lines:
                words = shlex.split(line)
                match words[:2]:
                    case ["helm", "install" | "upgrade"]:
                        rendered += helm(tmp_path, "template", *words[2:])
                    case ["helm", "package" | "lint"]:
                        helm(tmp_path, *words[1:])
                    case ["helm", "test"]:
                        pass
                    case ["kubectl", "create" | "exec" | "logs" | "rollout"]:
                        secrets += re.findall(r"secret generic (\S+) .*--from-\w+=([\w-]+)=", line)
                    case _:
                        pytest.fail(f"{block}: nobody looks at {line}")
    mounted = {
        (source["secret"]["name"], item["key"])
        for each in yaml.safe_load_all(rendered)
        if each and each["kind"] == "Deployment"
        for volume in each["spec"]["template"]["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source
        for item in source["secret"]["items"]
    }
    assert set(secrets) <= mounted, f"{secrets} are made, {mounted} are wanted"


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_the_server_takes_each_piece_of_configuration(block, tmp_path):
    file = tmp_path / "takehold.toml"
    file.write_text(block.text)
    # The configuration is read before anything is asked.
    done = subprocess.run(
        [BINARY, "--config", file, "healthcheck", "--url", "http://127.0.0.1:9"],
        env={},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1, f"{block}: {done.stderr}"


def test_plain_yaml_can_be_read():
    for block in blocks("yaml"):
        yaml.safe_load(block.text)


def test_docker_is_told_what_the_image_has():
    dockerfile = (TOP / "packaging" / "Dockerfile").read_text()
    folder, port = re.search(r"WORKDIR (\S+)", dockerfile)[1], re.search(r"EXPOSE (\d+)", dockerfile)[1]
    runs = [line for block in blocks("sh") for line in block.lines if line.startswith("docker run ")]
    assert runs
    for line in runs:
        words = shlex.split(line)
        assert {word for word in words if word.startswith("--")} <= DOCKER_RUN, line
        assert words[words.index("--volume") + 1].endswith(f":{folder}")
        assert words[words.index("--publish") + 1].endswith(f":{port}")


def test_scripts_exist_with_their_options():
    for block in blocks("sh"):
        for script, rest in re.findall(r"^(packaging/[\w-]+)([^#\n]*)", block.text, re.M):
            text = (TOP / script).read_text()
            for option in re.findall(r"--[a-z]+", rest):
                assert option in text, f"{block}: {script} has no {option}"


# Where a command begins: a line, after an operator or a variable, or behind a program that runs another.
COMMAND = re.compile(
    r"(?:^|[;&|(]\s*|\s--\s+|sudo -u takehold\s+|docker exec takehold\s+|\b[A-Z_]+=\S+\s+)takehold((?:\s+[^\s;&|)#]+)*)"
)


def typed():
    """Every call of the program in the manual: the place and its words."""
    for block in blocks("sh"):
        for line in block.lines:
            for found in COMMAND.findall(line):
                yield str(block), found.split()
    for page in PAGES.values():
        for code in page.code:
            # What the program says may begin with its name too.
            if code.startswith("takehold ") and "…" not in code:
                yield f"{page.name}.md", code.split()[1:]


def test_verbs_and_options_exist():
    known = verbs()
    for place, words in typed():
        if "--config" in words:
            at = words.index("--config")
            del words[at : at + 2]
        path = ()
        while words and (*path, words[0]) in known:
            path = (*path, words.pop(0))
        told = f"{place}: takehold {' '.join([*path, *words])}"
        assert path or words[:1] in ([], ["--help"], ["--version"]), f"{told}: there is no such verb"
        beneath = [verb for verb in known if verb[:-1] == path and verb]
        assert not path or not beneath or not words or words[0].startswith("-"), f"{told}: there is no such verb"
        for word in words:
            if word.startswith("--"):
                option = word.split("=")[0]
                assert option in known[path] | known[()], f"{told}: there is no {option}"


def test_options_in_sentences_exist():
    known = {option for options in verbs().values() for option in options}
    for page in PAGES.values():
        for code in page.code:
            if re.match(r"--[a-z]", code):
                assert code.split()[0] in known, f"{page.name}.md: {code}"


def test_every_verb_is_told():
    told = {words[0] for _, words in typed() if words}
    assert {verb[0] for verb in verbs() if verb} <= told
