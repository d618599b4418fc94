"""What the manual says is so: settings, links, sentences, figures."""

import re

import yaml

from helm.chart import CHART
from manual.pages import PAGES, TOP
from manual.program import configuration, default_of, is_printed, metrics, secrets, variable, variables

SCHEMES = ("https://", "http://", "mailto:")


def settings():
    """The rows of the tables of settings: key, variable, default."""
    for table in PAGES["configuration"].tables():
        if table[0][:3] == ["key", "environment", "default"]:
            for key, environment, default, *_ in table[1:]:
                yield key.strip("`"), environment.strip("`"), default


def test_every_key_is_documented_and_every_documented_key_exists():
    documented = [key for key, _, _ in settings()]
    assert sorted(documented) == sorted(configuration())


def test_settings_bear_the_names_of_their_variables():
    for key, environment, _ in settings():
        assert environment == variable(key) + ("(_FILE)" if key in secrets() else ""), key


def test_defaults_are_those_of_the_program():
    for key, _, default in settings():
        kind, file = configuration()[key]
        if kind.startswith(("Option<", "Vec<", "BTreeMap<")):
            continue
        assert re.fullmatch(r"`[^`]+`", default), f"{key}: {default} is no value"
        source = re.sub(r"(?<=\d)_(?=\d)", "", default_of(file).lower())
        for word in re.findall(r"\w+", default):
            assert re.search(rf"\b{word}\b", source), f"{key}: {default} is not what {file.name} says"


def test_variables_exist():
    for page in PAGES.values():
        for name in set(re.findall(r"\bTAKEHOLD_[A-Z0-9_]+", page.text)) - {"TAKEHOLD_SECTION__KEY"}:
            assert name in variables(), f"{page.name}.md: {name}"


def chart_values(values, prefix=""):
    for name, value in values.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from chart_values(value, f"{prefix}{name}.")


def actions():
    source = "".join(file.read_text() for file in (TOP / "src").rglob("*.rs"))
    return set(re.findall(r'"([a-z_]+\.[a-z_]+)"', source))


def test_keys_in_sentences_exist():
    of_chart = set(chart_values(yaml.safe_load((CHART / "values.yaml").read_text())))
    known = set(configuration()) | of_chart
    sections = {key.split(".")[0] for key in known}
    for page in PAGES.values():
        # What the audit log calls an action has the form of a key.
        for code in set(page.code) - (actions() if page.name == "audit" else set()):
            if re.fullmatch(r"[a-z_]\w*(\.\w+)+", code) and code.split(".")[0] in sections:
                assert code in known, f"{page.name}.md: {code}"


def test_links_resolve():
    for page in PAGES.values():
        for link in page.links:
            if link.startswith(SCHEMES):
                continue
            # The console shows any other form as plain text.
            named = re.fullmatch(r"(?:/docs/([\w-]+))?(?:#([\w-]+))?", link)
            assert named and link, f"{page.name}.md: {link}"
            target = named[1] or page.name
            assert target in PAGES, f"{page.name}.md: {link}"
            assert not named[2] or named[2] in PAGES[target].anchors, f"{page.name}.md: {link}"


def test_links_of_the_console_resolve():
    for file in (TOP / "web" / "src").rglob("*.ts*"):
        for target, anchor in re.findall(r'"/docs/([\w-]+)(?:#([\w-]+))?"', file.read_text()):
            assert target in PAGES, f"{file.name}: {target}"
            assert not anchor or anchor in PAGES[target].anchors, f"{file.name}: {target}#{anchor}"


def test_the_console_lists_every_page_by_its_title():
    listed = re.findall(r'key: "([\w-]+)", title: "([^"]+)"', (TOP / "web/src/words/manual.ts").read_text())
    assert sorted(listed) == sorted((page.name, page.title) for page in PAGES.values())


def test_pages_hold_what_the_console_shows():
    for page in PAGES.values():
        assert not re.search(r"!\[|^\s*<|\\\|", page.prose, re.M), f"{page.name}.md: an image, HTML or an escaped bar"
        widths = {len(row) for table in page.tables() for row in table if len(row) != len(table[0])}
        assert not widths, f"{page.name}.md: rows of a table differ in width"


def test_sentences_are_those_that_the_program_prints():
    wrong = []
    for page in PAGES.values():
        quoted = [line[2:] for line in page.prose.splitlines() if line.startswith("> ")]
        for table in page.tables():
            if table[0][0] == "it says":
                quoted += [code for row in table[1:] for code in re.findall(r"`([^`]+)`", row[0])]
        wrong += [f"{page.name}.md: {sentence}" for sentence in quoted if not is_printed(sentence)]
    assert not wrong, "\n".join(wrong)


def test_figures_of_operation_are_those_of_the_program():
    table = next(table for table in PAGES["operation"].tables() if table[0][0] == "metric")
    assert {name for row in table[1:] for name in re.findall(r"`([a-z_]+)`", row[0])} == metrics()


def test_measured_figures_are_those_of_the_readme():
    readme = (TOP / "README.md").read_text()
    table = next(table for table in PAGES["sizing"].tables() if table[0] == ["what", "figure"])
    for what, figure in table[1:]:
        for part in figure.split(", "):
            assert part.removeprefix("p95 ") in readme, f"{what}: README.md does not say {part}"


def test_files_that_are_named_exist():
    for page in PAGES.values():
        for name in page.code:
            if re.match(r"(helm|packaging)/", name):
                assert (TOP / name).exists(), f"{page.name}.md: {name}"
