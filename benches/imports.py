"""Bulk import of a file, beside peers that read the same file into a table."""

import re

from figures import Figures, count
from workshop import Shape, Timed, Workshop, median

GOAL = 400_000
SQLITE_SAMPLE = Shape(200_000, 100_000, 200_000)


def run(workshop: Workshop, figures: Figures) -> None:
    cases = [(1_000_000, 1, [])] if workshop.quick else [(2_000_000, 3, []), (2_000_000, 1, ["shuffled"]), (10_000_000, 1, [])]
    for events, repeats, more in cases:
        file = workshop.file(Shape(events, 100_000, events), *more)
        runs: dict[str, list[Timed]] = {"takehold": [], "DuckDB": [], "chDB": []}
        # Alternating, so that a noisy minute hits all of them.
        for _ in range(repeats):
            runs["takehold"].append(ours(workshop, file, events))
            for peer in ("DuckDB", "chDB"):
                runs[peer].append(workshop.load_peer(peer.lower(), file)[1])
        took = {name: median(times) for name, times in runs.items()}
        best = min(took["DuckDB"].seconds, took["chDB"].seconds)
        rate = events / took["takehold"].seconds
        figures.add(
            f"import {count(events)}{' shuffled' * bool(more)}",
            f"{words(events, took['takehold'])}",
            "" if more else f"{count(GOAL)}/s and DuckDB's time",
            ", ".join(f"{name} {words(events, took[name])}" for name in ("DuckDB", "chDB"))
            + f"; {best / took['takehold'].seconds:.2f} x the best",
            None if more else rate >= GOAL and took["takehold"].seconds <= took["DuckDB"].seconds,
        )
    _, sample, _ = workshop.load_peer("sqlite", workshop.file(SQLITE_SAMPLE))
    figures.add(
        f"  SQLite rows, three indexes, {count(SQLITE_SAMPLE.events)}", "", "", words(SQLITE_SAMPLE.events, sample)
    )


def ours(workshop: Workshop, file, events: int) -> Timed:
    took = workshop.run(workshop.new_folder(), "import", str(file))
    tally = re.findall(r"\d+", took.out.splitlines()[-1])
    assert tally == [str(events), "0", "0"], took.out
    return took


def words(events: int, took: Timed) -> str:
    return f"{count(events / took.seconds)}/s ({took.cpu / events * 1e6:.1f} µs CPU each)"
