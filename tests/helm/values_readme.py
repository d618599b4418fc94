"""Writes the table of values in the chart's README from the comments in values.yaml: `python tests/helm/values_readme.py`.

A comment that begins with `# --` and stands right above a key is its documentation, over as many lines as it takes.
"""

import json
import re
from pathlib import Path

import yaml

CHART = Path(__file__).parents[2] / "helm" / "takehold"
BEGIN, END = "<!-- values: begin -->", "<!-- values: end -->"


def comment_above(lines, number):
    """The documentation that ends right above a line, or none."""
    said = []
    while number > 0 and (found := re.match(r"\s*# ?(.*)", lines[number - 1])):
        said.insert(0, found[1])
        if found[1].startswith("-- "):
            return " ".join(said).removeprefix("-- ")
        number -= 1
    return None


def walk(node, lines, path=()):
    """Every key in order, as (path, documentation, default); a documented table is shown whole."""
    for key, value in node.value:
        here = (*path, key.value)
        said = comment_above(lines, key.start_mark.line)
        if isinstance(value, yaml.MappingNode) and said is None and value.value:
            yield from walk(value, lines, here)
        else:
            yield ".".join(here), said, yaml.safe_load(yaml.serialize(value))


def documented():
    text = (CHART / "values.yaml").read_text()
    return list(walk(yaml.compose(text), text.splitlines()))


def table():
    rows = ["| Value | What it is | Default |", "| --- | --- | --- |"]
    for path, said, default in documented():
        cells = [f"`{path}`", said or "", f"`{json.dumps(default, ensure_ascii=False)}`"]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def readme():
    """The README as it should be."""
    text = (CHART / "README.md").read_text()
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    (CHART / "README.md").write_text(readme())
