"""The manual as text: pages, blocks of code and what their first line says, tables, links, anchors."""

import re
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).parents[2]
FOLDER = TOP / "web" / "docs"
# Why a block is not run by the tests of the manual.
REASONS = {
    "needs-docker": "a Docker engine",
    "needs-registry": "a registry",
    "needs-release-files": "the files of a release",
    "needs-systemd": "systemd, and to change the machine",
    "tests/packaging": "nothing: the tests of the packages do it",
}


@dataclass
class Block:
    """A fenced block. The first line is `sh run`, `sh run=server`, `sh helm`, `sh no-run=REASON`, `yaml helm`, …"""

    page: str
    line: int
    words: list
    text: str

    @property
    def language(self):
        return self.words[0] if self.words else ""

    @property
    def action(self):
        return self.words[1].split("=")[0] if len(self.words) > 1 else ""

    def option(self, name, default=None):
        for word in self.words[1:]:
            key, _, value = word.partition("=")
            if key == name:
                return value
        return default

    @property
    def lines(self):
        """The commands, each on one line."""
        joined = re.sub(r"\\\n\s*", " ", self.text)
        return [line.strip() for line in joined.splitlines() if line.strip()]

    def __str__(self):
        return f"{self.page}.md, line {self.line}"


@dataclass
class Page:
    name: str
    text: str
    blocks: list = field(default_factory=list)
    prose: str = ""

    @property
    def title(self):
        return re.match(r"# (.+)\n", self.text)[1]

    @property
    def anchors(self):
        """As the console makes them: `{#name}`, or from the words."""
        for heading in re.findall(r"^#+ (.+)$", self.prose, re.M):
            named = re.fullmatch(r"(.*?)\s*\{#([\w-]+)\}\s*", heading)
            if named:
                yield named[2]
            else:
                yield re.sub(r"[\W_]+", "-", heading.replace("`", "").lower()).strip("-")

    @property
    def links(self):
        return re.findall(r"\[[^\]]+\]\(([^)]+)\)", self.prose)

    @property
    def code(self):
        """Code within sentences."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    def tables(self):
        """Each table as rows of cells, the head first."""
        rows = []
        for line in [*self.prose.splitlines(), ""]:
            if line.startswith("|"):
                cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
                if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                    rows.append(cells)
            elif rows:
                yield rows
                rows = []


def read(path):
    page = Page(path.stem, path.read_text())
    prose, block = [], None
    for number, line in enumerate(page.text.splitlines(), 1):
        if line.startswith("```"):
            if block is None:
                block = Block(page.name, number, line[3:].split(), "")
            else:
                page.blocks.append(block)
                block = None
        elif block is not None:
            block.text += line + "\n"
        else:
            prose.append(line)
    assert block is None, f"{page.name}.md: the block of line {block.line} has no end"
    page.prose = "\n".join(prose)
    return page


PAGES = {path.stem: read(path) for path in sorted(FOLDER.glob("*.md"))}
BLOCKS = [block for page in PAGES.values() for block in page.blocks]


def blocks(language=None, action=None):
    return [
        block
        for block in BLOCKS
        if (language is None or block.language == language) and (action is None or block.action == action)
    ]
