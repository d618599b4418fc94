"""The figures of a run, printed as they come and as a table at the end."""

from dataclasses import dataclass


@dataclass
class Figure:
    what: str
    ours: str
    goal: str = ""
    peer: str = ""
    met: bool | None = None

    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.met]


class Figures:
    def __init__(self) -> None:
        self.all: list[Figure] = []

    def add(self, what: str, ours: str, goal: str = "", peer: str = "", met: bool | None = None) -> None:
        figure = Figure(what, ours, goal, peer, met)
        self.all.append(figure)
        print("  " + " | ".join(part for part in (what, ours, goal and f"goal {goal}", peer, figure.verdict()) if part), flush=True)

    def table(self) -> str:
        rows = [("figure", "takehold", "goal", "peers in the same run", "")]
        rows += [(f.what, f.ours, f.goal, f.peer, f.verdict()) for f in self.all]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
        lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
        return "\n".join(lines)


def count(number: float) -> str:
    """2000000 as 2 M."""
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.0f}"
